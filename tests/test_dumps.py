"""The dumps: each says exactly what the snapshot says, in every format, and is named in the manifest as it is."""

import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from hypothesis import given, settings
from hypothesis import strategies as st

from gdb_graph import distribution, snapshot
from gdb_graph.build import dumps, export, jsonld
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import GDB, SHAPES, VOCABULARY, Names
from tests.serving import canonical

FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}
WITH_GRAPHS = ("trig", "nq")
DEFAULT = ox.DefaultGraph()


def parsed(path: Path) -> set[ox.Quad]:
    """The quads in a dump, whatever its format."""
    names = path.name.split(".")
    text = gzip.decompress(path.read_bytes()) if names[-1] == "gz" else path.read_bytes()
    return set(ox.parse(text, format=FORMATS[names[1]]))


@cache
def quads(of: Path) -> frozenset[ox.Quad]:
    """All quads of a snapshot."""
    return frozenset(ox.parse(path=of / "quads.nq", format=ox.RdfFormat.N_QUADS))


def offered(of: Snapshot, name: str) -> Path:
    """Where the file that the manifest calls `name` lies."""
    (found,) = (each for each in of.files if each.name == name)
    return of.folder / found.path


@pytest.mark.parametrize("suffix", [*FORMATS, *(f"{suffix}.gz" for suffix in FORMATS)])
def test_a_dump_says_what_the_snapshot_says(suffix: str, snapshot: Snapshot) -> None:
    whole = quads(snapshot.folder)
    expected = whole if suffix.split(".")[0] in WITH_GRAPHS else {quad for quad in whole if quad.graph_name == DEFAULT}

    assert parsed(offered(snapshot, f"gdb-graph.{suffix}")) == expected


@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "rdf"])
def test_the_ontology_is_terms_lists_and_shapes(suffix: str, snapshot: Snapshot) -> None:
    graphs = {ox.NamedNode(snapshot.names.graph(name)) for name in ("ontology", "vocab", "shapes")}
    expected = {quad.triple for quad in quads(snapshot.folder) if quad.graph_name in graphs}

    assert {quad.triple for quad in parsed(offered(snapshot, f"gdb-ontology.{suffix}"))} == expected
    assert any(
        triple.subject.value.startswith(SHAPES) for triple in expected if isinstance(triple.subject, ox.NamedNode)
    )


def test_the_manifest_names_every_file_as_it_is(snapshot: Snapshot) -> None:
    for entry in [*snapshot.manifest["distributions"], *snapshot.manifest["metadata"]]:
        content = (snapshot.folder / entry["path"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    on_disk = {
        path.relative_to(snapshot.folder).as_posix()
        for folder in ("dumps", "tables")
        for path in (snapshot.folder / folder).iterdir()
    }
    assert {each.path for each in snapshot.files} == {*on_disk, "quads.nq"}


def test_the_manifest_keeps_its_order_and_its_keys(snapshot: Snapshot) -> None:
    entries = snapshot.manifest["distributions"]
    graph = [f"gdb-graph.{suffix}{gz}" for suffix in ("ttl", "nt", "trig", "nq", "jsonld", "rdf") for gz in ("", ".gz")]
    ontology = [f"gdb-ontology.{suffix}" for suffix in ("ttl", "jsonld", "rdf")]
    tables = sorted(f"{path.stem}.csv" for path in (snapshot.queries / "tables").glob("*.rq"))

    assert [entry["name"] for entry in entries] == [*graph, *ontology, *tables]
    assert [entry["name"] for entry in snapshot.manifest["metadata"]] == [f"{name}-metadata.json" for name in tables]
    for entry in entries:
        keys = ["dataset", "name", "path", "mediaType", "bytes", "sha256"]
        packed = entry["name"].endswith(".gz")
        assert list(entry) == ([*keys[:4], "compressFormat", *keys[4:]] if packed else keys)
        assert entry.get("compressFormat") == ("application/gzip" if packed else None)
    assert next(entry for entry in entries if entry["name"] == "gdb-graph.ttl.gz") == {
        "dataset": "graph",
        "name": "gdb-graph.ttl.gz",
        "path": "dumps/gdb-graph.ttl.gz",
        "mediaType": "text/turtle",
        "compressFormat": "application/gzip",
        "bytes": offered(snapshot, "gdb-graph.ttl.gz").stat().st_size,
        "sha256": hashlib.sha256(offered(snapshot, "gdb-graph.ttl.gz").read_bytes()).hexdigest(),
    }


@pytest.mark.parametrize("suffix", ["ttl", "trig", "jsonld", "rdf"])
def test_a_dump_reads_well(suffix: str, snapshot: Snapshot) -> None:
    """Names of ours are shortened wherever the format allows it: not in the values of XML attributes."""
    text = offered(snapshot, f"gdb-graph.{suffix}").read_text(encoding="utf-8")
    head = re.compile(r'@prefix [^\n]*|"@context":\{[^}]*\}|xmlns:\w+="[^"]*"')
    body = head.sub("", text) if suffix != "rdf" else "\n".join(re.findall(r"</?([^\s>]+)", head.sub("", text)))
    ours = "|".join(map(re.escape, (GDB, snapshot.names.instances, f"{VOCABULARY}role/")))

    assert re.findall(rf'(?:{ours})[\w-]+(?=[>"\s])', body) == []
    assert "gdb:hasInvolvement" in body


@pytest.mark.parametrize("suffix", ["ttl", "trig"])
def test_prefixes_stand_in_order(suffix: str, snapshot: Snapshot) -> None:
    lines = offered(snapshot, f"gdb-graph.{suffix}").read_text(encoding="utf-8").splitlines()
    prefixes = [line for line in lines if line.startswith("@prefix ")]

    assert prefixes == sorted(prefixes) == lines[: len(prefixes)]
    assert f"@prefix role: <{VOCABULARY}role/> ." in prefixes


def test_a_compressed_file_carries_neither_time_nor_name(snapshot: Snapshot) -> None:
    for path in (snapshot.folder / "dumps").glob("*.gz"):
        flags, time = path.read_bytes()[3], path.read_bytes()[4:8]
        assert (flags, time) == (0, b"\0\0\0\0"), path.name


def test_the_graphs_of_trig_stand_in_order(snapshot: Snapshot) -> None:
    text = offered(snapshot, "gdb-graph.trig").read_text(encoding="utf-8")
    names = re.findall(r"^(gdbg:[\w-]+|<[^>]*>) \{$", text, re.MULTILINE)

    assert len(names) == len({quad.graph_name for quad in quads(snapshot.folder)} - {DEFAULT})
    assert names == sorted(names)


# Whatever texts and names occur

HARD_TEXTS = [
    'a "quoted" <iri> _:b .',
    '" <https://example.org/g> .',
    'end\\" .',
    "line\nfeed",
    "carriage\r\nreturn\rs",
    "tab\tand ]]> &amp; <x/>",
    "😀 \u2028 ä \u00a0",
    " ",
    "",
    "@de",
    "^^<x>",
]
ZOO = Names("https://example.org/zoo/")


def zoo() -> list[ox.Quad]:
    """Quads with all that is hard to write: texts, languages, datatypes, blank nodes, look-alikes of prefixes."""
    thing, graph = ox.NamedNode(ZOO.thing("a")), ox.NamedNode(ZOO.graph("g"))
    say = ox.NamedNode("https://example.org/terms#say")
    values: list[ox.NamedNode | ox.BlankNode | ox.Literal] = [ox.Literal(text) for text in HARD_TEXTS]
    values += [ox.Literal(text, language="de-x-zoo") for text in HARD_TEXTS]
    values += [ox.Literal("01", datatype=ox.NamedNode(f"{GDB}odd")), ox.Literal(1), ox.Literal(1.5), ox.Literal(True)]
    values += [ox.BlankNode("b1"), ox.NamedNode(GDB), ox.NamedNode("urn:x:y"), ox.NamedNode(f"{GDB}//two")]
    values += [ox.NamedNode("gdb:lookalike"), ox.NamedNode(f"{VOCABULARY}role/lead"), ox.NamedNode(f"{GDB}a/b?c=d")]
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    found = [ox.Quad(thing, say, value, home) for value in values for home in (DEFAULT, graph)]
    found += [ox.Quad(ox.BlankNode("b1"), say, ox.BlankNode("b2"), home) for home in (DEFAULT, graph)]
    found += [ox.Quad(thing, kind, value, DEFAULT) for value in (ox.NamedNode(f"{GDB}Tool"), ox.BlankNode("b3"))]
    found += [ox.Quad(thing, kind, ox.Literal("a type that is a text"), DEFAULT)]
    return found


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a snapshot with those quads."""
    out = tmp_path_factory.mktemp("zoo")
    store = ox.Store()
    store.bulk_extend(zoo())
    with snapshot.writing(out) as folder:
        id_ = snapshot.write(folder, store, folder, {"base": ZOO.base}, [])
        snapshot.add(folder, export.run(folder, store, {}, ZOO))
        return snapshot.publish(folder, id_).folder


@pytest.mark.parametrize("suffix", FORMATS)
def test_nothing_is_lost_that_is_hard_to_write(suffix: str, hard: Path) -> None:
    (found,) = (each for each in snapshot.open_snapshot(hard).distributions if each.name == f"gdb-graph.{suffix}")
    expected = quads(hard) if suffix in WITH_GRAPHS else {quad for quad in quads(hard) if quad.graph_name == DEFAULT}

    assert parsed(hard / found.path) == expected


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader of JSON-LD makes one
@pytest.mark.parametrize(("suffix", "format_"), [("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")])
def test_another_reader_finds_the_same(suffix: str, format_: str, hard: Path) -> None:
    expected, found = rdflib.Graph(), rdflib.Graph()
    expected.parse(hard / "dumps" / "gdb-graph.nt", format="nt")
    found.parse(hard / "dumps" / f"gdb-graph.{suffix}", format=format_)

    assert rdflib.compare.isomorphic(expected, found)


def test_writing_again_gives_the_same_bytes(hard: Path, tmp_path: Path) -> None:
    (tmp_path / "quads.nq").write_bytes((hard / "quads.nq").read_bytes())
    store = ox.Store()
    store.bulk_extend(reversed(zoo()))
    told = export.run(tmp_path, store, {}, ZOO)

    assert told["distributions"] == [distribution.entry(each) for each in snapshot.open_snapshot(hard).distributions]


def test_a_prefix_that_is_a_scheme_of_the_graph_is_not_used_in_json(hard: Path) -> None:
    told = json.loads((hard / "dumps" / "gdb-graph.jsonld").read_bytes())

    assert "gdb" not in told["@context"]
    assert "gdbi" in told["@context"]


SHORT = {"a": "https://example.org/a#", "aa": "https://example.org/a#a/", "b": "https://example.org/", "tag": "urn:t:"}


def iri(text: str) -> ox.NamedNode | None:
    """The text as an IRI; None where it is none."""
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


PIECES = st.tuples(st.sampled_from(["a:", "aa:", "tag:", *SHORT.values()]), st.text("ab/:?", max_size=5))
TERMS = PIECES.map(lambda pieces: iri("".join(pieces))).filter(bool)
TEXTS = st.text(st.characters(codec="utf-8"))
OBJECTS = st.one_of(
    TERMS,
    st.sampled_from([ox.BlankNode("x"), ox.BlankNode("y")]),
    TEXTS.map(ox.Literal),
    st.builds(lambda text, kind: ox.Literal(text, datatype=kind), TEXTS, TERMS),
    TEXTS.map(lambda text: ox.Literal(text, language="en-gb")),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.builds(ox.Triple, TERMS, TERMS, OBJECTS), max_size=8))
def test_json_says_what_any_graph_says(triples: list[ox.Triple]) -> None:
    ordered = sorted(set(triples), key=str)
    output = io.BytesIO()
    jsonld.write(lambda: ordered, SHORT, output)

    assert same(ox.parse(output.getvalue(), format=ox.RdfFormat.JSON_LD), ordered)


@settings(max_examples=200, deadline=None)
@given(TERMS, TERMS, OBJECTS, st.one_of(st.just(DEFAULT), TERMS))
def test_the_graph_of_a_line_is_found_whatever_the_line_says(
    subject: ox.NamedNode, predicate: ox.NamedNode, value: ox.Literal, graph: ox.NamedNode | ox.DefaultGraph
) -> None:
    line = ox.serialize([ox.Quad(subject, predicate, value, graph)], format=ox.RdfFormat.N_QUADS)

    assert line is not None
    assert dumps.graph_of(line).decode() == ("" if isinstance(graph, ox.DefaultGraph) else graph.value)


def same(found: Iterable[ox.Quad], expected: Iterable[ox.Triple]) -> bool:
    """Whether two graphs are isomorphic."""
    return canonical(found) == canonical(ox.Quad(*triple) for triple in expected)
