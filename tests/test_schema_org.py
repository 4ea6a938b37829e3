"""What search engines read of a dataset says the same as the catalogue."""

import json
from typing import Any

import pyoxigraph as ox
import pytest

from gdb_graph.catalog import catalogue, schema_org
from gdb_graph.catalog.lists import licence
from gdb_graph.catalog.model import Dataset
from gdb_graph.terms import DCAT, DCT, SCHEMA
from tests.offers import BARE, FULL, manifest, offered, said

IT = offered()


def expanded(told: dict[str, Any]) -> ox.Store:
    """The JSON-LD as triples; the context of schema.org is its namespace, with the types of what is an IRI there."""
    iris = ("license", "url", "contentUrl", "encodingFormat")
    context = {"@vocab": SCHEMA} | {name: {"@id": f"{SCHEMA}{name}", "@type": "@id"} for name in iris[:3]}
    store = ox.Store()
    store.load(json.dumps(told | {"@context": context}).encode(), format=ox.RdfFormat.JSON_LD)
    return store


def values(store: ox.Store, property_: str, subject: str | None = None) -> set[str]:
    """The values of a schema.org property."""
    of = ox.NamedNode(subject) if subject else None
    return {quad.object.value for quad in store.quads_for_pattern(of, ox.NamedNode(SCHEMA + property_), None)}  # type: ignore[union-attr]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("one", IT.datasets, ids=lambda one: one.name)
def test_both_say_the_same(one: Dataset, lang: str) -> None:
    feed = catalogue.alone(one, IT)
    dcat, schema = said(feed, one.iri), expanded(schema_org.dataset(one, IT, lang))

    assert values(schema, "identifier", one.iri) == set(dcat[f"{DCT}identifier"])
    assert values(schema, "name", one.iri) < set(dcat[f"{DCT}title"])
    assert values(schema, "description", one.iri) < set(dcat[f"{DCT}description"])
    assert values(schema, "dateModified", one.iri) == set(dcat[f"{DCT}modified"])
    assert values(schema, "datePublished", one.iri) == set(dcat[f"{DCT}issued"])
    assert values(schema, "version", one.iri) == set(dcat[f"{DCAT}version"])
    assert values(schema, "url", one.iri) == set(dcat[f"{DCAT}landingPage"])
    assert values(schema, "spatialCoverage", one.iri) == set(dcat[f"{DCT}spatial"])
    assert values(schema, "publisher", one.iri) == set(dcat[f"{DCT}publisher"])
    assert values(schema, "includedInDataCatalog", one.iri) == {IT.iri}
    assert values(schema, "keywords", one.iri) < set(dcat[f"{DCAT}keyword"])
    assert values(schema, "distribution", one.iri) == set(dcat[f"{DCAT}distribution"])
    for way in dcat[f"{DCAT}distribution"]:
        file = said(feed, way)
        assert values(schema, "contentUrl", way) == set(file[f"{DCAT}accessURL"])
        assert {licence(each)[0] for each in values(schema, "license", one.iri)} == set(file[f"{DCT}license"])
        sizes = {size.removesuffix(" B") for size in values(schema, "contentSize", way)}
        assert sizes == set(file.get(f"{DCAT}byteSize", ()))


def test_languages_and_the_period_are_in_the_words_of_search_engines() -> None:
    told = schema_org.dataset(IT.datasets[0], IT, "de")

    assert told["inLanguage"] == ["de", "en"]
    assert told["temporalCoverage"] == "2015-04-21/.."
    assert told["isAccessibleForFree"] is True
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_what_is_not_known_is_left_out() -> None:
    nothing = {"places": [], "start": "", "issued": "", "keywords": {"de": [], "en": []}, "languages": []}
    it = offered(BARE, dataset=manifest()["dataset"] | nothing)
    told = schema_org.dataset(it.datasets[0], it, "en")

    assert not {"spatialCoverage", "temporalCoverage", "datePublished", "keywords", "inLanguage"} & told.keys()


def test_the_real_texts_are_as_long_as_search_engines_want(snapshot: Any) -> None:
    from gdb_graph.catalog import reading

    real = reading.catalogue(snapshot.manifest, FULL)

    for one in real.datasets:
        for lang in ("de", "en"):
            assert 50 <= len(one.description[lang]) <= 5000
