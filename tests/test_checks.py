"""For each check: an example that breaks it and nothing else. The ontology itself breaks none."""

from functools import cache

import pyoxigraph as ox
import pytest

from gdb_graph import content, queryfile
from gdb_graph.build import checks
from gdb_graph.build.locate import Locator
from gdb_graph.queryfile import LANGUAGES, Query
from tests.contents import BASE, model, triples

DATASET = f'<{BASE}> <http://rdfs.org/ns/void#uriSpace> "{BASE}id/" .'
LABELS = "rdfs:label 'x'@de , 'x'@en ; skos:definition 'x'@de , 'x'@en"

# What each check must find: Turtle, the node at fault, how often.
BREAKS = {
    "foreign-term": ("id:x foaf:nmae 'x' .", "http://xmlns.com/foaf/0.1/nmae", 1),
    "term-without-label": (f"gdb:New a owl:Class ; {LABELS} , 'y'@en .", "gdb:New", 1),
    "undefined-concept": ("id:x gdb:role role:boss .", "role:boss", 1),
    "undefined-term": ("id:x gdb:adressesField id:y .", "gdb:adressesField", 1),
    "undefined-thing": (f"{DATASET} id:x a gdb:Tool ; gdb:partOf id:y .", "id:y", 1),
}

# What no check may find.
HOLDS = {
    "a term with both labels": f"gdb:New a owl:Class ; {LABELS} .",
    "a foreign term that is declared": "foaf:nmae a owl:DatatypeProperty . id:x foaf:nmae 'x' .",
    "a thing of another content": f"{DATASET} <https://example.org/elsewhere/id/x> gdb:partOf id:z . id:z a gdb:Tool .",
    "a concept that is in a list": "id:x gdb:role role:lead .",
    "our namespace in a text": "id:x skos:note 'https://w3id.org/gdb-berlin/ontology#nothing' .",
}


@cache
def all_checks() -> dict[str, Query]:
    return queryfile.read_folder(content.resolve(None).checks)


def found(turtle: str) -> list[tuple[str, str]]:
    """Name and node of what all checks find in the ontology together with a piece of Turtle."""
    store = ox.Store()
    store.extend(ox.Quad(*quad.triple) for quad in model())
    store.extend(ox.Quad(*triple) for triple in triples(turtle))
    return [(each.rule, each.node) for each in checks.run(store, list(all_checks().values()), Locator([]))]


def full(name: str) -> str:
    """The IRI of a prefixed name or of an IRI."""
    (triple,) = triples(f"{name if '://' not in name else f'<{name}>'} a id:x .")
    assert isinstance(triple.subject, ox.NamedNode)
    return triple.subject.value


@pytest.mark.parametrize("check", BREAKS)
def test_an_example_breaks_exactly_its_check(check: str) -> None:
    turtle, node, times = BREAKS[check]

    assert found(turtle) == [(check, full(node))] * times


@pytest.mark.parametrize("case", HOLDS)
def test_what_is_right_breaks_no_check(case: str) -> None:
    assert found(HOLDS[case]) == []


def test_the_ontology_breaks_no_check() -> None:
    assert found("") == []


def test_each_check_has_an_example() -> None:
    assert {name.removesuffix("-violation") for name in all_checks()} == set(BREAKS)


@pytest.mark.parametrize("name", sorted(all_checks()))
def test_a_check_is_named_after_the_fault_and_says_what_to_do(name: str) -> None:
    assert name.endswith("-violation")
    assert all(all_checks()[name].header["fix"][language] for language in LANGUAGES)
