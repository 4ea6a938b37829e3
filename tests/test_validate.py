"""Validation finds what pySHACL finds in the shapes as they are written, however the work is arranged."""

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyshacl.errors import ReportableRuntimeError
from rdflib.namespace import SH

from gdb_graph.build import validate
from gdb_graph.build.locate import Locator
from gdb_graph.errors import Finding
from tests.conftest import ROOT
from tests.contents import model

HEAD = """
@prefix : <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
MALFORMED = "shape"

Breach = tuple[str, str, str]


def read(text: str) -> list[ox.Quad]:
    return list(ox.parse(HEAD + text, format=ox.RdfFormat.TURTLE))


def found(data: list[ox.Quad], shapes: list[ox.Quad], parts: int = 2) -> list[Finding]:
    return [each for task in validate.whole(data, shapes, Locator([]), parts) for each in task()]


def breaches(findings: list[Finding]) -> set[Breach]:
    return {(each.node, each.rule, each.severity) for each in findings if each.rule != MALFORMED}


def by_pyshacl(data: list[ox.Quad], shapes: list[ox.Quad]) -> set[Breach] | None:
    """What pySHACL finds with nothing of ours around it; None where it refuses the shapes."""
    graphs = [rdflib.Graph().parse(data=str(text(quads)), format="nt") for quads in (data, shapes)]
    try:
        _, report, _ = pyshacl.validate(graphs[0], shacl_graph=graphs[1])
    except ReportableRuntimeError:
        return None
    assert isinstance(report, rdflib.Graph)
    of = SH.focusNode, SH.sourceShape, SH.resultSeverity
    rows = ([str(report.value(result, term)) for term in of] for result in report.objects(None, SH.result))
    return {(focus, shape, severity.removeprefix(str(SH))) for focus, shape, severity in rows}


def text(quads: list[ox.Quad]) -> str:
    return ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES).decode()  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.parametrize("parts", [1, 5])
def test_the_real_shapes_find_what_they_find_as_they_are_written(parts: int) -> None:
    folders = ROOT / "tests" / "shapes", ROOT / "ontology" / "shapes"
    examples, shapes = (
        [quad for path in sorted(each.glob("*.ttl")) for quad in ox.parse(path=path)] for each in folders
    )
    data = [*model(), *examples]
    expected = by_pyshacl(data, shapes)

    assert breaches(found(data, shapes, parts)) == expected
    assert len(expected or ()) > 200


# Content and shapes made by chance: shapes that share property shapes, refer to one another, constrain by themselves,
# are switched off, are classes, or name a property shape that is not there.
NODES, CLASSES, PROPERTIES = [f":n{n}" for n in range(4)], [":A", ":B", ":s1"], [":p", ":q"]
ONE = st.one_of(
    st.tuples(st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(NODES)),
    st.tuples(st.sampled_from(NODES), st.just("a"), st.sampled_from(CLASSES)),
)
DATA = st.lists(ONE, max_size=12).map(lambda triples: "".join(f"{' '.join(each)} .\n" for each in triples))

PATH = st.sampled_from([":p", ":q", "[ sh:inversePath :p ]", "( :p :q )", "[ sh:oneOrMorePath :p ]"])
PLAIN = [
    "sh:minCount 1",
    "sh:maxCount 1",
    "sh:class :A",
    "sh:hasValue :n1",
    "sh:or ( [ sh:class :A ] [ sh:class :B ] )",
]
DEEP = ["sh:node :s0", "sh:not :s0", "sh:qualifiedValueShape :s0 ; sh:qualifiedMinCount 1"]
SWITCH = st.sampled_from(["", "", "", "; sh:deactivated true"])
SEVERITY = st.sampled_from(["", "; sh:severity sh:Warning", "; sh:severity sh:Info ; sh:message 'so'@de , 'so'@en"])


def property_shape(number: int) -> st.SearchStrategy[str]:
    """:p0 and :p1 say something plain; the others may refer to the node shape :s0, which lists those two at most."""
    constraint = st.sampled_from(PLAIN if number < 2 else PLAIN + DEEP)
    return st.tuples(PATH, constraint, SEVERITY, SWITCH).map(
        lambda drawn: f":p{number} sh:path {drawn[0]} ; {drawn[1]} {drawn[2]} {drawn[3]} .\n"
    )


TARGET = st.sampled_from(
    ["sh:targetClass :A", "sh:targetClass :B", "sh:targetNode :n1", "sh:targetSubjectsOf :q", "sh:targetObjectsOf :p"]
)
OWN = st.sampled_from(["", "", "; sh:class :B", "; sh:closed true", "; a rdfs:Class", "; a owl:Class"])


def node_shape(number: int) -> st.SearchStrategy[str]:
    listed = [":p0", ":p1"] if number == 0 else [":p0", ":p1", ":p2", ":p3", ":gone"]
    members = st.lists(st.sampled_from(listed), max_size=3)
    return st.tuples(st.lists(TARGET, max_size=2), members, OWN, SWITCH).map(
        lambda drawn: (
            f":s{number} a sh:NodeShape "
            + "".join(f"; {target} " for target in drawn[0])
            + "".join(f"; sh:property {member} " for member in drawn[1])
            + f"{drawn[2]} {drawn[3]} .\n"
        )
    )


SHAPES = st.tuples(*(property_shape(n) for n in range(4)), *(node_shape(n) for n in range(3))).map("".join)
P0 = ":p0 sh:path :p ; sh:minCount 1 .\n"


@settings(max_examples=150, deadline=None)
@given(data=DATA, shapes=SHAPES, parts=st.integers(1, 4))
@example(data=":n1 a :s1 .", shapes=f"{P0} :s1 a rdfs:Class , sh:NodeShape ; sh:property :p0 .", parts=2)
@example(data=":n1 a :s1 .", shapes=f"{P0} :s1 a rdfs:Class , sh:NodeShape ; sh:class :A .", parts=2)
@example(data=":n1 a :A .", shapes=f"{P0} :s1 sh:targetClass :A ; sh:property :p0 , :gone .", parts=1)
@example(data=":n1 a :A .", shapes=f"{P0} :s1 sh:targetClass :A ; sh:property :p0 ; sh:deactivated true .", parts=1)
@example(data=":n1 :q :n2 .", shapes=f"{P0} :s0 sh:targetNode :n1 ; sh:property :p0 .", parts=1)
def test_any_shapes_find_what_they_find_as_they_are_written(data: str, shapes: str, parts: int) -> None:
    expected = by_pyshacl(read(data + ":B rdfs:subClassOf :A ."), read(shapes))
    findings = found(read(data + ":B rdfs:subClassOf :A ."), read(shapes), parts)

    if expected is None:
        assert MALFORMED in {each.rule for each in findings}
    else:
        assert breaches(findings) == expected
        assert [each for each in findings if each.rule == MALFORMED] == []


def test_a_sparql_constraint_looks_at_each_focus_node() -> None:
    shapes = """
    :s a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:sparql [ sh:select '''
        SELECT $this ?value WHERE { $this <https://example.org/p> ?value . ?value <https://example.org/q> $this }
    ''' ] .
    """
    data = ":a :p :b . :b :q :a . :c :p :d . :e :p :f . :f :q :e ."

    assert {node for node, _, _ in breaches(found(read(data), read(shapes)))} == {
        "https://example.org/a",
        "https://example.org/e",
    }


def test_a_source_is_looked_at_alone(tmp_path: Path) -> None:
    def quads(source: str, text: str) -> list[ox.Quad]:
        return [ox.Quad(*quad.triple, ox.NamedNode(f"https://example.org/{source}")) for quad in read(text)]  # type: ignore[call-arg]

    curated = read(":n a :B . :B rdfs:subClassOf :A .")
    shapes = read(":s a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:maxCount 1 ] .")
    apart = [*quads("one", ":n :p 1 ."), *quads("two", ":n :p 2 .")]
    together = quads("one", ":n :p 1 , 2 .")

    assert validate.each_source(curated, apart, shapes, Locator([])) == []
    assert [each.node for each in validate.each_source(curated, together, shapes, Locator([]))] == [
        "https://example.org/n"
    ]
