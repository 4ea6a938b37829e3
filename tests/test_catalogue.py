"""The catalogue: what portals trip over is not there, what they need is, and nothing in it is made up."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
import pytest

from gdb_graph.build import editions, quality
from gdb_graph.catalog import catalogue, judge, reading
from gdb_graph.catalog.lists import LICENCES, licence
from gdb_graph.errors import CatalogueError
from gdb_graph.settings import Settings
from gdb_graph.terms import AUTHORITY, DCAT, DCATAP, DCATDE, DCT, FOAF, HYDRA, RDF, RDFS, SPDX, VCARD
from tests.contents import NOW
from tests.offers import (
    BARE,
    FULL,
    STACKS,
    URL,
    entry,
    found_by,
    manifest,
    needs_suites,
    offered,
    said,
    triples,
    without,
)

FEED = triples(offered())
GRAPH = f"{URL}/datasets/graph"
KINDS = ("Catalog", "Dataset", "Distribution", "DataService")


def of_kind(feed: list[ox.Triple], kind: str) -> list[str]:
    """The IRIs typed so, sorted."""
    return sorted(
        each.subject.value  # type: ignore[union-attr]
        for each in feed
        if each.predicate.value == f"{RDF}type" and each.object == ox.NamedNode(kind)
    )


# The official shapes


@needs_suites
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("settings", [FULL, BARE], ids=["configured", "bare"])
def test_the_official_shapes_find_nothing(stack: str, settings: Settings) -> None:
    assert found_by(stack, triples(offered(settings))) == []


@needs_suites
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("name", ["graph", "tables", "ontology"])
def test_the_official_shapes_find_nothing_in_a_dataset_alone(stack: str, name: str) -> None:
    it = offered()
    (one,) = (each for each in it.datasets if each.name == name)

    assert found_by(stack, catalogue.alone(one, it)) == []


@needs_suites
@pytest.mark.parametrize(
    ("stack", "property_"),
    [
        ("DCAT-AP.de 3.0", f"{DCT}title"),
        ("DCAT-AP.de 3.0", f"{DCT}publisher"),
        ("DCAT-AP.de 3.0", f"{DCT}license"),
        ("DCAT-AP.de 3.0", f"{VCARD}hasEmail"),
        ("DCAT-AP.de 3.0", f"{DCAT}startDate"),
        ("DCAT-AP 3.0.1", f"{DCT}title"),
        ("DCAT-AP 3.0.1", f"{DCAT}accessURL"),
        ("DCAT-AP 3.0.1", f"{SPDX}checksumValue"),
        ("DCAT-AP 3.0.1", f"{FOAF}name"),
    ],
)
def test_the_official_shapes_would_find_what_is_missing(stack: str, property_: str) -> None:
    assert found_by(stack, without(FEED, property_))


# Our own shapes, which the build runs: each finds what it is for.


def in_one_language(property_: str, left_out: str) -> list[ox.Triple]:
    """The feed with the texts of a property in all languages but one."""
    return [each for each in FEED if each.predicate.value != property_ or _language(each) != left_out]


def _language(triple: ox.Triple) -> str | None:
    return triple.object.language if isinstance(triple.object, ox.Literal) else None


BROKEN: Mapping[str, list[ox.Triple]] = {
    "Agent-name": without(FEED, f"{FOAF}name"),
    "Catalog-dataset": without(FEED, f"{DCAT}dataset"),
    **{f"{kind}-publisher": without(FEED, f"{DCT}publisher") for kind in ("Catalog", "Dataset", "DataService")},
    "Checksum-value": without(FEED, f"{SPDX}checksumValue"),
    "DataService-endpointURL": without(FEED, f"{DCAT}endpointURL"),
    "Dataset-contactPoint": without(FEED, f"{DCAT}contactPoint"),
    "Dataset-distribution": without(FEED, f"{DCAT}distribution"),
    "Dataset-identifier": without(FEED, f"{DCT}identifier"),
    "Dataset-modified": without(FEED, f"{DCT}modified"),
    "Distribution-accessURL": without(FEED, f"{DCAT}accessURL"),
    "Distribution-format": without(FEED, f"{DCT}format"),
    "Distribution-license": without(FEED, f"{DCT}license"),
    "Kind-reached": without(FEED, f"{VCARD}hasEmail"),
    "PeriodOfTime-date": without(FEED, f"{DCAT}startDate"),
    **{
        f"{kind}-{name}-{lang}": in_one_language(f"{DCT}{name}", lang)
        for kind in KINDS
        for name in ("title", "description")
        for lang in ("de", "en")
    },
}
ADDED: Mapping[str, tuple[str, str, ox.NamedNode | ox.Literal]] = {
    "Dataset-keyword": (GRAPH, f"{DCAT}keyword", ox.Literal("Stadt, Land", language="de")),
    "Dataset-theme": (GRAPH, f"{DCAT}theme", ox.NamedNode("https://example.org/themes/1")),
    "Distribution-byteSize": (f"{GRAPH}#gdb-graph.nt", f"{DCAT}byteSize", ox.Literal("7")),
    "Distribution-mediaType": (f"{GRAPH}#gdb-graph.nt", f"{DCAT}mediaType", ox.NamedNode("https://example.org/csv")),
    "Labelled": (f"{AUTHORITY}frequency/IRREG", f"{RDFS}label", ox.Literal("irregular")),
}


def rules(feed: list[ox.Triple]) -> set[str]:
    """The names of the shapes of ours that a feed breaks."""
    return {finding.rule.rpartition(":")[2] for finding in quality.conformance(feed)}


def test_our_shapes_find_nothing() -> None:
    assert rules(FEED) == set()


def test_without_a_contact_our_shapes_say_how_to_name_one() -> None:
    found = quality.conformance(triples(offered(BARE)))

    assert {finding.severity for finding in found} == {"Warning"}
    assert all("GDB_CONTACT_EMAIL" in finding.en and "GDB_CONTACT_EMAIL" in finding.de for finding in found)


@pytest.mark.parametrize("shape", BROKEN)
def test_our_shapes_find_what_is_missing(shape: str) -> None:
    assert shape in rules(BROKEN[shape])


@pytest.mark.parametrize("shape", ADDED)
def test_our_shapes_find_what_is_wrong(shape: str) -> None:
    subject, property_, value = ADDED[shape]

    assert rules([*FEED, ox.Triple(ox.NamedNode(subject), ox.NamedNode(property_), value)]) == {shape}


def test_each_of_our_shapes_is_broken_by_some_example() -> None:
    from tests.offers import read

    shapes = read(quality.SHAPES)
    named = {
        each.subject.value.rpartition(":")[2]  # type: ignore[union-attr]
        for each in shapes
        if each.predicate.value.endswith("#severity")
    }

    assert named == BROKEN.keys() | ADDED.keys()


# What portals trip over


def test_there_are_exactly_three_datasets_and_no_other_node_is_one() -> None:
    assert of_kind(FEED, f"{DCAT}Dataset") == [f"{URL}/datasets/{name}" for name in ("graph", "ontology", "tables")]
    assert of_kind(FEED, f"{DCAT}DatasetSeries") == []


def test_there_is_no_blank_node() -> None:
    assert all(isinstance(each.subject, ox.NamedNode) and not isinstance(each.object, ox.BlankNode) for each in FEED)


def test_no_entry_of_an_official_list_has_a_label() -> None:
    labelled = {each.subject.value for each in FEED if each.predicate.value == f"{RDFS}label"}  # type: ignore[union-attr]

    assert {iri for iri in labelled if not iri.startswith(URL)} == set()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["title", "description"])
def test_every_text_is_there_in_both_languages(kind: str, name: str) -> None:
    for iri in of_kind(FEED, f"{DCAT}{kind}"):
        found = [
            each.object.language
            for each in FEED
            if each.subject.value == iri and each.predicate.value == f"{DCT}{name}"  # type: ignore[union-attr]
            if isinstance(each.object, ox.Literal) and each.object.value
        ]
        assert sorted(map(str, found)) == ["de", "en"], iri


def test_a_file_is_got_where_it_is_seen_and_has_one_licence_from_the_german_list() -> None:
    files = [iri for iri in of_kind(FEED, f"{DCAT}Distribution") if not iri.endswith("#sparql")]

    assert len(files) == len(manifest()["distributions"])
    for iri in files:
        told = said(FEED, iri)
        assert told[f"{DCAT}accessURL"] == told[f"{DCAT}downloadURL"]
        assert told[f"{DCT}license"] == ["http://dcat-ap.de/def/licenses/cc-by/4.0"]
        assert told[f"{DCAT}byteSize"] == ["7"]


def test_the_endpoint_is_a_distribution_of_the_graph_without_a_download() -> None:
    told = said(FEED, f"{GRAPH}#sparql")

    assert told[f"{DCAT}accessURL"] == [f"{URL}/sparql"]
    assert told[f"{DCAT}accessService"] == [f"{URL}/catalog#sparql"]
    assert f"{DCAT}downloadURL" not in told


def test_the_identifier_of_a_dataset_is_its_iri() -> None:
    assert {said(FEED, iri)[f"{DCT}identifier"][0] for iri in of_kind(FEED, f"{DCAT}Dataset")} == set(
        of_kind(FEED, f"{DCAT}Dataset")
    )


@pytest.mark.parametrize(
    "term",
    [f"{DCATDE}{name}" for name in ("politicalGeocodingURI", "legalBasis", "plannedAvailability", "maintainer")]
    + ["http://www.w3.org/2002/07/owl#versionInfo", f"{DCT}hasVersion", f"{DCT}isVersionOf"]
    + [f"{DCATAP}hvdCategory", f"{DCATAP}applicableLegislation"],
)
def test_what_is_deprecated_or_not_true_is_not_said(term: str) -> None:
    assert [each for each in FEED if each.predicate.value == term] == []


# Who is named


def test_without_a_configured_contact_none_is_named() -> None:
    feed = triples(offered(BARE))

    assert [each for each in feed if each.predicate.value == f"{DCAT}contactPoint"] == []
    assert of_kind(feed, f"{VCARD}Kind") == []


def test_without_a_configured_publisher_it_is_the_creator_the_content_names() -> None:
    feed = triples(offered(BARE))

    assert said(feed, f"{URL}/catalog#publisher") == {
        f"{RDF}type": [f"{FOAF}Agent"],
        f"{FOAF}name": ["Contributors"],
    }


def test_publisher_contact_and_contributor_are_as_configured() -> None:
    chosen = Settings(
        public_url=URL,
        publisher_name="Office",
        publisher_iri="https://example.org/office",
        publisher_type="LocalAuthority",
        contact_url="https://example.org/contact",
        contributor_id="http://dcat-ap.de/def/contributors/berlinOpenData",
    )
    feed = triples(offered(chosen))

    assert said(feed, "https://example.org/office") == {
        f"{DCT}type": ["http://purl.org/adms/publishertype/LocalAuthority"],
        f"{RDF}type": [f"{FOAF}Agent"],
        f"{FOAF}name": ["Office"],
    }
    assert said(feed, f"{URL}/catalog#contact") == {
        f"{RDF}type": [f"{VCARD}Kind"],
        f"{VCARD}fn": ["Office"],
        f"{VCARD}hasURL": ["https://example.org/contact"],
    }
    assert said(feed, GRAPH)[f"{DCATDE}contributorID"] == ["http://dcat-ap.de/def/contributors/berlinOpenData"]


def test_the_contributor_is_off_by_default() -> None:
    assert [each for each in FEED if each.predicate.value == f"{DCATDE}contributorID"] == []


# What is not there


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": {"de": "Titel"}}, id="a title in one language"),
        pytest.param({"description": {}}, id="no description"),
        pytest.param({"dataset": manifest()["dataset"] | {"license": ""}}, id="no licence"),
        pytest.param({"dataset": manifest()["dataset"] | {"creator": ""}}, id="no creator"),
        pytest.param({"dataset": {}}, id="an older snapshot"),
        pytest.param({"editions": {}}, id="no files"),
        pytest.param({"editions": {"graph": manifest()["editions"]["graph"]}}, id="files of one dataset"),
    ],
)
def test_less_than_a_whole_catalogue_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(CatalogueError, match="uild"):
        offered(**changes)


@pytest.mark.parametrize("name", ["rights", "attribution", "places", "themes", "start", "issued", "level", "frequency"])
def test_what_the_content_does_not_state_is_left_out(name: str) -> None:
    dataset = manifest()["dataset"]
    empty = dataset | {name: type(dataset[name])()}

    feed = triples(offered(dataset=empty))

    assert {finding.severity for finding in quality.conformance(feed)} <= {"Warning"}
    assert len(feed) < len(FEED)


@pytest.mark.parametrize("published", LICENCES)
def test_a_licence_is_named_as_portals_know_it(published: str) -> None:
    listed, european = licence(published)

    assert listed.startswith("http://dcat-ap.de/def/licenses/")
    assert european == "" or european.startswith(f"{AUTHORITY}licence/")


def test_a_licence_nobody_lists_stays_as_it_is() -> None:
    assert licence("https://example.org/licence") == ("https://example.org/licence", "")


# Pages


def test_a_page_names_the_next_one_and_only_its_own_datasets() -> None:
    it = offered()
    feed = catalogue.whole(it, it.datasets[:1], f"{URL}/catalog.ttl?page=1", f"{URL}/catalog.ttl?page=2")

    assert of_kind(feed, f"{DCAT}Dataset") == [GRAPH]
    assert said(feed, it.iri)[f"{DCAT}dataset"] == [GRAPH]
    assert said(feed, f"{URL}/catalog.ttl?page=1")[f"{HYDRA}next"] == [f"{URL}/catalog.ttl?page=2"]
    assert rules(feed) == set()


def test_the_last_page_names_no_next_one() -> None:
    it = offered()
    feed = catalogue.whole(it, it.datasets[2:], f"{URL}/catalog.ttl?page=3")

    assert [each for each in feed if each.predicate.value == f"{HYDRA}next"] == []


# Editions: when a dataset changed


def test_the_first_build_dates_all_and_the_next_one_what_changed() -> None:
    first: dict[str, Any] = {"id": "a", "editions": editions.editions(manifest()["distributions"], {}, NOW)}
    later = NOW.replace(year=NOW.year + 1)
    files = manifest()["distributions"]
    same = editions.editions(files, first, later)
    changed = [each | {"sha256": "ff" * 32} if each["name"] == "actors.csv" else each for each in files]
    second: dict[str, Any] = {"id": "b", "editions": editions.editions(changed, first, later)}
    third = editions.editions(changed, second, later.replace(year=later.year + 1))

    assert {each["modified"] for each in same.values()} == {NOW.isoformat(timespec="seconds")}
    assert {each["snapshot"] for each in same.values()} == {"a"}
    assert second["editions"]["tables"] | {"digest": ""} == {
        "digest": "",
        "modified": later.isoformat(timespec="seconds"),
        "snapshot": None,
    }
    assert {name: each["snapshot"] for name, each in third.items()} == {"graph": "a", "ontology": "a", "tables": "b"}


def test_a_new_file_makes_a_new_edition() -> None:
    files = manifest()["distributions"]
    first: dict[str, Any] = {"id": "a", "editions": editions.editions(files, {}, NOW)}
    more = editions.editions([*files, entry("tables", "fields.csv", "text/csv")], first, NOW.replace(year=2040))

    assert {name for name, each in more.items() if each["modified"].startswith("2040")} == {"tables"}


def test_a_dataset_that_did_not_change_keeps_the_address_of_its_files() -> None:
    old = {"digest": "0", "modified": "2020-01-01T00:00:00+00:00", "snapshot": "f" * 32}
    it = offered(editions=manifest()["editions"] | {"ontology": old})
    (ontology,) = (each for each in it.datasets if each.name == "ontology")

    assert {each.url.split("/")[-2] for each in ontology.distributions} == {"f" * 32}
    assert it.modified == "2026-11-23T10:00:00+00:00"


# Determinism


def test_the_order_of_the_manifest_does_not_matter() -> None:
    backwards = manifest()
    backwards["distributions"].reverse()

    assert triples(reading.catalogue(backwards, FULL)) == FEED


def test_the_digest_is_of_the_triples_whatever_their_order() -> None:
    assert judge.digest(reversed(FEED)) == judge.digest(FEED) != judge.digest(FEED[1:])
    assert len(judge.digest(FEED)) == hashlib.sha256().digest_size * 2
