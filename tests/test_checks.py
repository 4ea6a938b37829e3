"""For each check: an example that breaks it and nothing else. The ontology itself breaks none."""

from functools import cache

import pyoxigraph as ox
import pytest

from gdb_graph import content, queryfile
from gdb_graph.build import checks
from gdb_graph.build.locate import Locator
from gdb_graph.queryfile import LANGUAGES, Query
from gdb_graph.terms import VOCABULARY
from tests.contents import BASE, model, triples

DATASET = f'<{BASE}> <http://rdfs.org/ns/void#uriSpace> "{BASE}id/" .'
LABELS = "rdfs:label 'x'@de , 'x'@en ; skos:definition 'y'@de , 'y'@en"
OPEN = "skos:scopeNote 'Ohne Definitions- und Wertebereich'@de , 'No domain or range'@en"
REPLACED = f"gdb:old a owl:DatatypeProperty ; {LABELS} ; {OPEN} ; owl:deprecated true ; dct:isReplacedBy gdb:unit ."

# What each check must find: Turtle, the node at fault, how often.
BREAKS = {
    "control-character": (r"id:x skos:note 'soft\u0002hyphen' .", "id:x", 1),
    "cycle": (f"{DATASET} id:x a gdb:Measure ; gdb:partOf id:x .", "id:x", 1),
    "definition-with-label": (
        "gdb:New a owl:Class ; rdfs:label 'neu'@de , 'new'@en ; skos:definition 'a (New) thing'@en , 'erneut'@de .",
        "gdb:New",
        1,
    ),
    "deprecated-term": (f"{REPLACED} id:x gdb:old 'text' .", "id:x", 1),
    "deprecated-term-without-replacement": (f"gdb:Old a owl:Class ; {LABELS} ; owl:deprecated true .", "gdb:Old", 1),
    "foreign-term": ("id:x foaf:nmae 'x' .", "http://xmlns.com/foaf/0.1/nmae", 1),
    "inverse-mismatch": (
        f"gdb:to a owl:ObjectProperty ; {LABELS} ; rdfs:domain gdb:Tool ; rdfs:range gdb:Tool ; owl:inverseOf gdb:fro ."
        f"gdb:fro a owl:ObjectProperty ; {LABELS} ; rdfs:domain gdb:Tool ; rdfs:range gdb:Actor .",
        "gdb:to",
        1,
    ),
    "open-property": (f"gdb:to a owl:ObjectProperty ; {LABELS} ; rdfs:range gdb:Tool .", "gdb:to", 2),
    "orphan-concept": (f"id:x a skos:Concept ; skos:inScheme <{VOCABULARY}role> .", "id:x", 1),
    "term-without-label": (f"gdb:New a owl:Class ; {LABELS} , 'z'@en .", "gdb:New", 1),
    "undefined-concept": ("id:x gdb:role role:boss .", "role:boss", 1),
    "undefined-term": ("id:x gdb:adressesField id:y .", "gdb:adressesField", 1),
    "undefined-thing": (f"{DATASET} id:x a gdb:Tool ; gdb:partOf id:y .", "id:y", 1),
}

# What no check may find.
HOLDS = {
    "a text with line ends and a tab": r"id:x skos:note 'a\tb\r\nc' .",
    "a term with both labels": f"gdb:New a owl:Class ; {LABELS} .",
    "a foreign term that is declared": "foaf:nmae a owl:DatatypeProperty . id:x foaf:nmae 'x' .",
    "a deprecated term with its replacement": f"{REPLACED} gdb:unit dct:replaces gdb:old .",
    "a deprecated term that says why nothing replaces it": (
        f"gdb:Old a owl:Class ; {LABELS} ; owl:deprecated true ; skos:historyNote 'Nobody used it.'@en ."
    ),
    "a property open on purpose": f"gdb:to a owl:ObjectProperty ; {LABELS} ; {OPEN} .",
    "a property that inherits domain and range": (
        f"gdb:to a owl:ObjectProperty ; {LABELS} ; rdfs:subPropertyOf gdb:partOf ."
    ),
    "a part of a part": "id:x gdb:partOf id:y , id:z . id:y gdb:partOf id:z .",
    "a concept below another of its list": f"id:x skos:inScheme <{VOCABULARY}role> ; skos:broader role:lead .",
    "a concept of a flat list": "id:x skos:inScheme id:y .",
    "a definition with a longer word": (
        "gdb:New a owl:Class ; rdfs:label 'neu'@de , 'new'@en ; skos:definition 'erneut'@de , 'renewed'@en ."
    ),
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


# The circle as a whole, and what it says about itself.
CIRCLES = {
    "by a third": ("id:x gdb:partOf id:y . id:y gdb:partOf id:z . id:z gdb:partOf id:x .", 3),
    "by the inverse": ("id:x gdb:partOf id:y ; gdb:hasPart id:y .", 2),
    "of units": ("id:x gdb:unitOf id:y . id:y gdb:belongsTo id:x .", 2),
    "of steps": ("id:x gdb:subStepOf id:y . id:y gdb:subStepOf id:x .", 2),
    "of concepts": ("id:x skos:broader id:y . id:x skos:narrower id:y .", 2),
    "of classes": ("gdb:Actor rdfs:subClassOf gdb:Person .", 2),
}


def full(name: str) -> str:
    """The IRI of a prefixed name or of an IRI."""
    (triple,) = triples(f"{name if '://' not in name else f'<{name}>'} a id:x .")
    assert isinstance(triple.subject, ox.NamedNode)
    return triple.subject.value


@pytest.mark.parametrize("check", BREAKS)
def test_an_example_breaks_exactly_its_check(check: str) -> None:
    turtle, node, times = BREAKS[check]

    assert found(turtle) == [(check, full(node))] * times


@pytest.mark.parametrize("case", CIRCLES)
def test_a_circle_is_found_step_by_step(case: str) -> None:
    turtle, steps = CIRCLES[case]

    assert [name for name, _ in found(turtle)] == ["cycle"] * steps


def test_the_replacement_of_a_deprecated_term_is_shown() -> None:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples(f"{REPLACED} id:x gdb:old 'text' ."))
    (finding,) = checks.run(store, [all_checks()["deprecated-term-violation"]], Locator([]))

    assert f"replacement: {full('gdb:unit')}" in finding.en


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
