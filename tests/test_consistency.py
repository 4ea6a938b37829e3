"""What HermiT finds to be without a model, and that merging like things for speed changes no answer."""

from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from gdb_graph.build import consistency
from tests.contents import triples

MODEL = """
gdb:A a owl:Class . gdb:B a owl:Class ; owl:disjointWith gdb:A . gdb:C a owl:Class ; rdfs:subClassOf gdb:A .
gdb:p a owl:ObjectProperty ; rdfs:domain gdb:A ; rdfs:range gdb:B .
gdb:before a owl:ObjectProperty , owl:AsymmetricProperty , owl:IrreflexiveProperty .
gdb:n a owl:DatatypeProperty . gdb:note a owl:AnnotationProperty .
"""

DATA = {
    "nothing": ("", True),
    "two classes that exclude each other": ("id:x a gdb:A , gdb:B .", False),
    "a subclass of one and the other": ("id:x a gdb:C , gdb:B .", False),
    "a value of the wrong class": ("id:x gdb:p id:y . id:y a gdb:A .", False),
    "a subject of the wrong class": ("id:x a gdb:B ; gdb:p id:y .", False),
    "right classes": ("id:x a gdb:C ; gdb:p id:y . id:y a gdb:B .", True),
    "a thing before itself": ("id:x a gdb:A ; gdb:before id:x .", False),
    "two things before each other": ("id:x a gdb:A ; gdb:before id:y . id:y a gdb:A ; gdb:before id:x .", False),
    "two like things, one before the other": ("id:x a gdb:A ; gdb:before id:y . id:y a gdb:A .", True),
    "a date that OWL does not know": ("id:x a gdb:A ; gdb:n '2031-02-03'^^xsd:date .", True),
    "an IRI where a text belongs": ("id:x a gdb:A ; gdb:n id:y . id:y a gdb:B .", True),
    "a note that is a thing": ("id:x a gdb:A ; gdb:note id:y . id:y a gdb:B .", True),
    "a blank node of two classes": ("id:x gdb:p [ a gdb:A ] .", False),
}


def quads(turtle: str) -> list[ox.Quad]:
    return [ox.Quad(*triple) for triple in triples(turtle)]


@pytest.mark.slow
@pytest.mark.parametrize("case", DATA)
def test_what_has_no_model_is_found_and_nothing_else(case: str) -> None:
    turtle, consistent = DATA[case]

    assert consistency.is_consistent(quads(MODEL), quads(turtle)) is consistent


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much HermiT was asked each time; the answers are its own."""
    sizes: list[int] = []
    ask = consistency._has_a_model

    def counting(facts: Iterable[ox.Triple]) -> bool:
        listed = list(facts)
        sizes.append(len(listed))
        return ask(listed)

    monkeypatch.setattr(consistency, "_has_a_model", counting)
    return sizes


@pytest.mark.slow
@pytest.mark.parametrize("case", ["right classes", "two like things, one before the other"])
def test_the_reasoner_is_not_asked_again_for_the_same(case: str, asked: list[int]) -> None:
    model, data = quads(MODEL), quads(DATA[case][0])
    proof = consistency.proof(model, data)
    assert proof
    asked.clear()

    assert consistency.proof(model, data, proof) == proof
    assert len(asked) == (0 if case == "right classes" else 1), "a summary that clashes is looked at again"


@pytest.mark.slow
def test_a_proof_holds_for_no_other_data(asked: list[int]) -> None:
    model = quads(MODEL)
    proof = consistency.proof(model, quads(DATA["two like things, one before the other"][0]))
    asked.clear()

    assert consistency.proof(model, quads(DATA["two things before each other"][0]), proof) == ""
    assert asked
