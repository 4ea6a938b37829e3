"""The quads of a snapshot and the one before it in, which names there are and which are gone out, as files beside them.

What is gone is carried over from build to build, so that a service can say so without opening an older snapshot.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdb_graph import disk, snapshot
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DCT, GDB, RDF, SKOS, VOCABULARY, Names

_TYPE = [f"{RDF}type"]
_NAMING = [f"{SKOS}prefLabel", f"{DCT}title"]
_REPLACED = [f"{DCT}isReplacedBy", f"{GDB}succeededBy"]


def write(folder: Path, names: Names, graphs: Collection[str], before: Snapshot | None) -> None:
    """Write both files into the folder of the unfinished snapshot, which has these named graphs.

    `before` is the snapshot that was current until now.
    """
    quads = folder / "quads.nq"
    called = {iri for iri, _ in _said(quads, names, _NAMING)} | {*graphs}
    (folder / snapshot.NAMES).write_text("".join(f"{each}\n" for each in sorted(called)), encoding="utf-8")
    there = {iri for iri, _ in _said(quads, names, _TYPE)} | {*graphs}
    # Another content has other names, and none of them was ever ours.
    gone = _gone(there, before) if before and before.names == names else {}
    disk.write_json(folder / snapshot.GONE, dict(sorted(gone.items())))


def _gone(there: Collection[str], before: Snapshot) -> dict[str, Any]:
    """Every name that `before` or one before it had and that is not `there`, with what is known of it."""
    carried = {iri: {**told, "since": told["since"] or before.id} for iri, told in before.gone.items()}
    had = {iri for iri, _ in _said(before.quads, before.names, _TYPE)} | {*before.manifest["counts"]["graphs"]}
    lost = _last_words(before, {iri for iri in had if iri not in there})
    return {iri: told for iri, told in carried.items() if iri not in there} | lost


def _last_words(before: Snapshot, lost: Collection[str]) -> dict[str, dict[str, Any]]:
    """Each lost name with its labels by language, and what takes its place where that was stated."""
    told: dict[str, dict[str, Any]] = {
        iri: {"last": before.id, "since": None, "label": {}, "replacedBy": []} for iri in lost
    }
    found = _said(before.quads, before.names, [*_NAMING, *_REPLACED]) if lost else ()
    lines = b"".join(line for iri, line in found if iri in told)
    for subject, property_, value, _ in ox.parse(lines, format=ox.RdfFormat.N_QUADS):
        entry = told[subject.value]
        if isinstance(value, ox.Literal):
            entry["label"].setdefault(value.language or "", value.value)
        elif property_.value in _REPLACED and value.value not in entry["replacedBy"]:
            entry["replacedBy"].append(value.value)
    return told


def _said(quads: Path, names: Names, properties: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """The lines of N-Quads that say one of the properties of a thing or a concept, each with its IRI."""
    spaces = tuple(f"<{space}".encode() for space in (names.instances, VOCABULARY))
    wanted = {f"<{each}>".encode() for each in properties}
    with quads.open("rb") as lines:
        for line in lines:
            if line.startswith(spaces):
                subject, property_, _ = line.split(b" ", 2)
                if property_ in wanted:
                    yield subject[1:-1].decode(), line
