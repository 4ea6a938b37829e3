"""What HermiT finds to be without a model, and that merging like things for speed changes no answer."""

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
