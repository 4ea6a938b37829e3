"""Every claim has a source: proved by query over all that is published, and compared with the registry of sources."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from gdb_graph.terms import Names
from tests.conftest import SHARED
from tests.contents import rows

# What we say of things ourselves: which there are, of which kind, called and described how. All else is a claim.
IDENTITY = (
    "rdf:type, skos:prefLabel, dct:description, skos:definition, skos:inScheme, skos:editorialNote, gdb:hasEvidence"
)
# Nodes that tell where something is from need no source themselves.
PROVENANCE = "gdb:Evidence, gdb:ExtractionActivity, gdb:Source, gdb:SourceSnapshot"


def ask(store: ox.Store, names: Names, query: str) -> list[tuple[str, ...]]:
    """The rows of a query; in it, INSTANCES, SOURCES and GRAPH:x stand for IRIs of the content."""
    words = {"INSTANCES": f'"{names.instances}"', "SOURCES": f'"{names.graphs}src-"', "GRAPH:": names.graphs}
    for word, meaning in words.items():
        query = query.replace(word, meaning)
    return list(rows(store, query))


def test_each_default_triple_stands_in_a_named_graph(store: ox.Store, names: Names) -> None:
    lost = ask(store, names, "SELECT * { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?graph { ?s ?p ?o } } }")

    assert lost == []


def test_each_triple_of_a_named_graph_is_a_default_triple_but_shapes_queries_and_counts(
    store: ox.Store, names: Names
) -> None:
    hidden = ask(store, names, "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } }")

    assert sorted(hidden) == [(names.graph(name),) for name in ("queries", "shapes", "void")]


def test_each_claim_is_made_by_a_source_or_follows_or_is_ours(store: ox.Store, names: Names) -> None:
    unsourced = ask(
        store,
        names,
        """SELECT * {
          ?s ?p ?o .
          FILTER(STRSTARTS(STR(?s), INSTANCES))
          FILTER NOT EXISTS {
            GRAPH ?graph { ?s ?p ?o }
            FILTER(STRSTARTS(STR(?graph), SOURCES) || ?graph IN (<GRAPH:inferred>, <GRAPH:curated>))
          }
        }""",
    )

    assert unsourced == []


def test_each_claim_of_ours_is_marked_as_such(store: ox.Store, names: Names) -> None:
    unmarked = ask(
        store,
        names,
        f"""SELECT ?s ?p ?o {{
          GRAPH <GRAPH:curated> {{ ?s ?p ?o }}
          FILTER(STRSTARTS(STR(?s), INSTANCES) && ?p NOT IN ({IDENTITY}))
          FILTER NOT EXISTS {{ ?s a ?kind . FILTER(?kind IN ({PROVENANCE})) }}
          FILTER NOT EXISTS {{
            GRAPH <GRAPH:curated> {{
              ?s gdb:hasEvidence ?evidence .
              ?evidence gdb:fromSource <{names.thing("src-editorial")}> ; gdb:supportsProperty ?p .
            }}
          }}
        }}""",
    )

    assert unmarked == []


def test_evidence_in_a_source_graph_is_from_that_source(store: ox.Store, names: Names) -> None:
    strangers = ask(
        store,
        names,
        """SELECT ?graph ?evidence ?source {
          GRAPH ?graph { ?evidence gdb:fromSource ?source }
          FILTER(STRSTARTS(STR(?graph), SOURCES))
          FILTER(STRAFTER(STR(?graph), "/graph/") != STRAFTER(STR(?source), "/id/"))
        }""",
    )

    assert strangers == []


def test_only_our_own_readings_are_evidence_in_the_curated_graph(store: ox.Store, names: Names) -> None:
    sources = ask(
        store, names, "SELECT DISTINCT ?source { GRAPH <GRAPH:curated> { ?evidence gdb:fromSource ?source } }"
    )

    assert sources == [(names.thing("src-editorial"),)]


def test_no_claim_is_both_stated_and_inferred(store: ox.Store, names: Names) -> None:
    twice = ask(
        store,
        names,
        """SELECT * {
          GRAPH <GRAPH:inferred> { ?s ?p ?o }
          GRAPH ?graph { ?s ?p ?o }
          FILTER(?graph != <GRAPH:inferred>)
        }""",
    )

    assert twice == []


@cache
def source_graphs(store: ox.Store, names: Names) -> frozenset[str]:
    """The slugs of all graphs that hold what a source says."""
    found = (graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode))
    return frozenset(iri.removeprefix(names.graphs) for iri in found if iri.startswith(f"{names.graphs}src-"))


def test_each_source_graph_describes_exactly_the_source_of_its_name(store: ox.Store, names: Names) -> None:
    described = ask(
        store,
        names,
        """SELECT ?graph ?source {
          GRAPH ?graph { ?source a gdb:Source }
          FILTER(STRSTARTS(STR(?graph), SOURCES))
        }""",
    )

    assert sorted(described) == sorted((names.graph(slug), names.thing(slug)) for slug in source_graphs(store, names))


def test_each_source_graph_says_where_it_is_from_who_made_it_and_how_it_may_be_used(
    store: ox.Store, names: Names
) -> None:
    told = ask(
        store,
        names,
        """SELECT DISTINCT ?graph {
          GRAPH <GRAPH:provenance> {
            ?graph a prov:Entity ; prov:wasDerivedFrom ?snapshot ; prov:wasGeneratedBy ?activity .
            ?graph dct:license ?licence .
          }
          ?snapshot a gdb:SourceSnapshot ; gdb:snapshotOf ?source ; gdb:retrievedAt ?day .
          ?activity a gdb:ExtractionActivity .
          FILTER(STRAFTER(STR(?graph), "/graph/") = STRAFTER(STR(?source), "/id/"))
        }""",
    )

    assert {graph for (graph,) in told} == {names.graph(slug) for slug in source_graphs(store, names)}


@pytest.fixture(scope="module")
def registry() -> dict[str, dict[str, Any]]:
    """The sources of the fact base by their names, our own readings left out."""
    path = SHARED / "facts" / "sources.yaml"
    if not path.exists():
        pytest.skip(f"the fact base is not here: {path}")
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    return {each["id"]: each for each in listed if each["url"]}


def said(store: ox.Store, names: Names, slug: str, term: str) -> Iterator[str]:
    """What the graph of a source says about the source itself."""
    query = f"SELECT ?value {{ GRAPH <{names.graph(slug)}> {{ <{names.thing(slug)}> {term} ?value }} }}"
    return (value for (value,) in rows(store, query))


def test_each_source_of_the_registry_with_an_address_has_its_graph(
    store: ox.Store, names: Names, registry: dict[str, dict[str, Any]]
) -> None:
    assert source_graphs(store, names) == set(registry)


def test_each_source_graph_has_a_title(store: ox.Store, names: Names) -> None:
    assert [slug for slug in source_graphs(store, names) if not list(said(store, names, slug, "dct:title"))] == []


@pytest.mark.parametrize(
    ("term", "key"),
    [
        ("foaf:page", "url"),
        ("<http://purl.org/dc/elements/1.1/publisher>", "publisher"),
        ("dct:issued", "date"),
    ],
    ids=["address", "publisher", "date"],
)
def test_each_source_graph_says_what_the_registry_knows(
    term: str, key: str, store: ox.Store, names: Names, registry: dict[str, dict[str, Any]]
) -> None:
    expected = {slug: [known[key]] for slug, known in registry.items() if known.get(key)}
    found = {slug: list(said(store, names, slug, term)) for slug in expected}

    assert found == expected
