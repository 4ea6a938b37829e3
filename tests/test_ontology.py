"""What a published ontology says about itself, and that its alignments stand the same in Turtle and in SSSOM."""

import csv
import re
from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox
import pytest

from gdb_graph import content
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.terms import DCT, DEFAULT_BASE, GDB, OWL, RDFS, SKOS, VOCABULARY
from tests.contents import model, rows

ONTOLOGY = GDB.removesuffix("#")
FOLDER = content.resolve(None).ontology
VANN = "http://purl.org/vocab/vann/"
TODAY = r"\d{4}-\d\d-\d\d"


@cache
def store() -> ox.Store:
    """The ontology and the vocabulary in one graph."""
    both = ox.Store()
    both.extend(ox.Quad(*quad.triple) for quad in model())
    return both


def header(property_: str) -> list[str]:
    """What the ontology says about itself with a property."""
    return sorted(value for (value,) in rows(store(), f"SELECT ?value {{ <{ONTOLOGY}> <{property_}> ?value }}"))


def releases() -> list[str]:
    """The versions in the change log of the ontology, newest first."""
    log = (FOLDER / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(r"^## (\d+\.\d+\.\d+) ", log, re.MULTILINE)


# FOOPS!: OM1 minimum metadata, OM2 recommended metadata, VER1 and VER2 version.
@pytest.mark.parametrize(
    ("item", "property_", "form"),
    [
        ("OM1", f"{DCT}title", ".+"),
        ("OM1", f"{DCT}description", ".{40,}"),
        ("OM1", f"{DCT}license", "https://creativecommons.org/licenses/by/4.0/"),
        ("OM1", f"{DCT}creator", ".+"),
        ("OM1", f"{OWL}versionInfo", r"\d+\.\d+\.\d+"),
        ("OM2", f"{VANN}preferredNamespacePrefix", "gdb"),
        ("OM2", f"{VANN}preferredNamespaceUri", re.escape(GDB)),
        ("OM2", f"{DCT}created", TODAY),
        ("OM2", f"{DCT}modified", TODAY),
        ("OM2", f"{DCT}bibliographicCitation", ".+"),
        ("VER1", f"{OWL}versionIRI", rf"{ONTOLOGY}/\d+\.\d+\.\d+"),
        ("changes", f"{SKOS}historyNote", r".*ontology/CHANGELOG\.md.*"),
    ],
)
def test_the_header_says(item: str, property_: str, form: str) -> None:
    values = header(property_)

    assert values
    assert all(re.fullmatch(form, value) for value in values)


@pytest.mark.parametrize("property_", [f"{DCT}title", f"{DCT}description", f"{SKOS}historyNote"])
def test_the_header_speaks_both_languages(property_: str) -> None:
    query = f"SELECT (LANG(?value) AS ?language) {{ <{ONTOLOGY}> <{property_}> ?value }}"

    assert sorted(language for (language,) in rows(store(), query)) == list(LANGUAGES)


def test_the_version_is_one_everywhere() -> None:
    (version,) = header(f"{OWL}versionInfo")

    assert header(f"{OWL}versionIRI") == [f"{ONTOLOGY}/{version}"]
    assert releases()[0] == version
    assert all(
        f"version {version}," in text and f"/{version}" in text for text in header(f"{DCT}bibliographicCitation")
    )


def test_a_prior_version_is_named_if_there_is_one() -> None:
    assert header(f"{OWL}priorVersion") == [f"{ONTOLOGY}/{prior}" for prior in releases()[1:2]]


def test_it_was_modified_after_it_was_created() -> None:
    assert header(f"{DCT}created") <= header(f"{DCT}modified")


# VOC3, VOC4. That a term has no second label is a check: term-without-label.
@pytest.mark.parametrize("property_", [f"{RDFS}label", f"{SKOS}definition"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_is_labelled_and_defined(property_: str, language: str) -> None:
    query = f"""SELECT ?term {{ ?term rdfs:isDefinedBy <{ONTOLOGY}>
        FILTER NOT EXISTS {{ ?term <{property_}> ?text FILTER(LANG(?text) = "{language}") }} }}"""

    assert list(rows(store(), query)) == []


def test_every_term_names_the_ontology_that_defines_it() -> None:
    query = f"""SELECT ?term {{ ?term a ?kind . FILTER(STRSTARTS(STR(?term), "{GDB}"))
        FILTER NOT EXISTS {{ ?term rdfs:isDefinedBy <{ONTOLOGY}> }} }}"""

    assert list(rows(store(), query)) == []


COUNTED = {
    "classes": ("owl:Class", GDB),
    "object properties": ("owl:ObjectProperty", GDB),
    "datatype properties": ("owl:DatatypeProperty", GDB),
    "annotation properties": ("owl:AnnotationProperty", GDB),
    "closed lists": ("skos:ConceptScheme", VOCABULARY),
    "values": ("skos:Concept", VOCABULARY),
}


@pytest.mark.parametrize("what", COUNTED)
def test_the_change_log_counts_right(what: str) -> None:
    kind, namespace = COUNTED[what]
    query = f'SELECT ?term {{ ?term a {kind} FILTER(STRSTARTS(STR(?term), "{namespace}")) }}'
    newest = (FOLDER / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]

    assert f"{len(list(rows(store(), query)))} {what}" in newest


MATCHES = {f"{SKOS}closeMatch", f"{SKOS}broadMatch"}
Mapping = tuple[str, str, str]


def in_turtle() -> set[Mapping]:
    """The mappings of alignments.ttl; the file holds nothing else."""
    return {
        (str(quad.subject.value), quad.predicate.value, quad.object.value)
        for quad in ox.parse(path=FOLDER / "alignments.ttl", format=ox.RdfFormat.TURTLE)
    }


def sssom() -> tuple[dict[str, str], list[dict[str, str]]]:
    """The prefixes of alignments.sssom.tsv and its rows."""
    lines = (FOLDER / "alignments.sssom.tsv").read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    prefixes = dict(re.findall(r"^#   ([\w-]+): (\S+)$", "\n".join(head), re.MULTILINE))
    return prefixes, list(csv.DictReader(lines[len(head) :], delimiter="\t", strict=True))


def in_sssom() -> Iterator[Mapping]:
    """The mappings of alignments.sssom.tsv with full IRIs."""
    prefixes, mappings = sssom()

    def full(name: str) -> str:
        prefix, _, local = name.partition(":")
        return prefixes[prefix] + local

    for row in mappings:
        yield full(row["subject_id"]), full(row["predicate_id"]), full(row["object_id"])


def test_both_files_hold_the_same_mappings() -> None:
    assert sorted(in_sssom()) == sorted(in_turtle())
    assert len(in_turtle()) > 30


def test_a_mapping_leads_from_a_term_of_ours_to_a_foreign_one() -> None:
    ours = {term for (term,) in rows(store(), f"SELECT ?term {{ ?term rdfs:isDefinedBy <{ONTOLOGY}> }}")}

    assert {subject for subject, _, _ in in_turtle()} <= ours
    assert {predicate for _, predicate, _ in in_turtle()} == MATCHES
    assert not [target for _, _, target in in_turtle() if target.startswith(DEFAULT_BASE)]


def test_a_mapping_says_how_sure_it_is_and_why() -> None:
    _, mappings = sssom()

    for row in mappings:
        assert 0 < float(row["confidence"]) <= 1
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert row["author_label"]
        assert re.fullmatch(TODAY, row["mapping_date"])
        assert row["comment"]


def test_a_term_is_not_aligned_with_what_it_is_a_kind_of() -> None:
    """What is a superclass or super-property already is more than close."""
    query = "SELECT ?term ?above { ?term (rdfs:subClassOf|rdfs:subPropertyOf)+ ?above }"

    assert not {(subject, target) for subject, _, target in in_turtle()} & set(rows(store(), query))


def test_nothing_is_called_equivalent() -> None:
    equivalent = {f"{OWL}equivalentClass", f"{OWL}equivalentProperty", f"{OWL}sameAs"}

    assert not {quad.predicate.value for quad in model()} & equivalent
