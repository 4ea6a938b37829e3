"""The sorted quads of a snapshot in, its RDF files out: the graph and the ontology in every format, also compressed.

Each task streams through the file and holds no more than the text it writes. The order is that of the quads, by
subject, and in TriG by graph.
"""

import gzip
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from gdb_graph import formats
from gdb_graph.build import jsonld
from gdb_graph.build.ask import select
from gdb_graph.distribution import Distribution, measure
from gdb_graph.terms import SHAPES, SKOS, VOCABULARY, Names

FOLDER = "dumps"
QUADS = "quads.nq"  # the door has written it
MODEL = ("ontology", "vocab", "shapes")
MEDIA_TYPES = formats.GRAPHS | {"trig": "application/trig", "nq": "application/n-quads"}
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
_SCHEMES = f"""
SELECT ?scheme WHERE {{
  ?scheme a <{SKOS}ConceptScheme> . FILTER(STRSTARTS(STR(?scheme), "{VOCABULARY}"))
}} ORDER BY ?scheme
"""
# A line of quads.nq and its graph, if it names one; the engine puts one space between terms and escapes line ends.
_LINE = re.compile(rb'\S+ \S+ (?:<\S*>|_:\S+|".*"(?:@\S+|\^\^<\S*>)?)(?: <(\S*)>)? \.\n')
# Balanced: on a million triples level 9 took three times as long as 6 and saved an eighth.
_LEVEL = 6

Task = Callable[[], list[Distribution]]
Write = Callable[[IO[bytes]], None]


def prefixes(store: ox.Store, names: Names) -> dict[str, str]:
    """What IRIs in the dumps are shortened by: our prefixes, and one for each closed list under its own name."""
    slugs = [row["scheme"].value.removeprefix(VOCABULARY) for row in select(store, _SCHEMES)]
    schemes = {slug: f"{VOCABULARY}{slug}/" for slug in slugs if re.fullmatch(r"[a-z][a-z0-9-]*", slug)}
    return dict(sorted((schemes | {"gdbs": SHAPES, "lang": _LANGUAGES} | names.prefixes()).items()))


def tasks(folder: Path, store: ox.Store, names: Names) -> list[Task]:
    """What there is to write below `folder`, the longest first; each gives what it has written, in a fixed order.

    `store` holds the quads that stand on disk, under the same labels of blank nodes.
    """
    triples = _triples(folder)
    short = prefixes(store, names)

    def default() -> Iterable[ox.Quad]:
        return ox.parse(path=triples, format=ox.RdfFormat.N_TRIPLES)

    writers: dict[str, Write] = {
        "trig": lambda out: _turtle(_by_graph(folder), ox.RdfFormat.TRIG, short, out),
        "jsonld": lambda out: jsonld.write(default, short, out),
        "rdf": lambda out: _xml(default(), short, out),
        "ttl": lambda out: _turtle(default(), ox.RdfFormat.TURTLE, short, out),
    }

    def written(*suffixes: str) -> Task:
        def task() -> list[Distribution]:
            plain = [file for suffix in suffixes for file in _file(folder, "graph", suffix, writers[suffix])]
            return plain + [_compressed(folder, suffix) for suffix in suffixes]

        return task

    def ready() -> list[Distribution]:
        files = {"nq": QUADS, "nt": f"{FOLDER}/gdb-graph.nt"}
        there = [each for suffix, path in files.items() for each in _ready(folder, suffix, path)]
        return there + _ontology(folder, _model(store, names), short)

    # Few processes: each copies what it touches of the memory of this one.
    return [written("trig"), written("jsonld"), written("rdf", "ttl"), ready]


def _file(folder: Path, dataset: str, suffix: str, write: Write) -> list[Distribution]:
    path = f"{FOLDER}/gdb-{dataset}.{suffix}"
    with (folder / path).open("w+b") as output:
        write(output)
    return [measure(folder, dataset, path, MEDIA_TYPES[suffix])]


def _compressed(folder: Path, suffix: str, plain: str = "") -> Distribution:
    path = f"{FOLDER}/gdb-graph.{suffix}.gz"
    with (
        (folder / (plain or path.removesuffix(".gz"))).open("rb") as source,
        (folder / path).open("wb") as file,
        # Neither name nor time: the same content gives the same bytes.
        gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as output,
    ):
        shutil.copyfileobj(source, output, 1 << 20)
    return measure(folder, "graph", path, MEDIA_TYPES[suffix], gzip=True)


def _ready(folder: Path, suffix: str, path: str) -> list[Distribution]:
    """A file that is on disk already; only the compressed one is made."""
    whole = measure(folder, "graph", path, MEDIA_TYPES[suffix], name=f"gdb-graph.{suffix}")
    return [whole, _compressed(folder, suffix, path)]


def _triples(folder: Path) -> Path:
    """The file of the default graph as N-Triples: those lines of the quads that name no graph."""
    (folder / FOLDER).mkdir(exist_ok=True)
    path = folder / FOLDER / "gdb-graph.nt"
    with (folder / QUADS).open("rb") as quads, path.open("wb") as output:
        output.writelines(line for line in quads if not graph_of(line))
    return path


def graph_of(line: bytes) -> bytes:
    """The IRI of the graph that a line of quads.nq names; nothing for the default graph."""
    match = _LINE.fullmatch(line)
    assert match  # noqa: S101 - the engine wrote it
    return match[1] or b""


def _ontology(folder: Path, triples: list[ox.Triple], short: Mapping[str, str]) -> list[Distribution]:
    writers: dict[str, Write] = {
        "ttl": lambda out: _turtle(triples, ox.RdfFormat.TURTLE, short, out),
        "jsonld": lambda out: jsonld.write(lambda: triples, short, out),
        "rdf": lambda out: _xml(triples, short, out),
    }
    return [each for suffix, write in writers.items() for each in _file(folder, "ontology", suffix, write)]


def _by_graph(folder: Path) -> Iterator[ox.Quad]:
    """All quads, the default graph first, then the named ones in the order of their names."""
    lines: dict[bytes, bytearray] = {}
    with (folder / QUADS).open("rb") as quads:
        for line in quads:
            lines.setdefault(graph_of(line), bytearray()).extend(line)
    for graph in sorted(lines):
        yield from ox.parse(BytesIO(lines.pop(graph)), format=ox.RdfFormat.N_QUADS)


def _model(store: ox.Store, names: Names) -> list[ox.Triple]:
    graphs = (ox.NamedNode(names.graph(name)) for name in MODEL)
    triples = {quad.triple for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)}
    return sorted(triples, key=str)


def _turtle(
    statements: Iterable[ox.Triple] | Iterable[ox.Quad],
    format_: ox.RdfFormat,
    short: Mapping[str, str],
    output: IO[bytes],
) -> None:
    # pyoxigraph writes the prefixes in an order that changes from process to process.
    text = ox.serialize(statements, format=format_, prefixes=dict(short))
    assert text is not None  # noqa: S101 - no output was given
    *head, body = text.split(b"\n", len(short))
    output.write(b"\n".join([*sorted(head), body]))


def _xml(triples: Iterable[ox.Triple] | Iterable[ox.Quad], short: Mapping[str, str], output: IO[bytes]) -> None:
    text = ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=dict(short))
    assert text is not None  # noqa: S101 - no output was given
    # pyoxigraph leaves a carriage return as it is, and XML readers make a line feed of that (XML 1.0, 2.11).
    output.write(text.replace(b"\r", b"&#xD;"))
