"""VoID: every count of the description is what SPARQL counts, and the description says all that discovery needs."""

import re

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DCAT, FOAF, RDF, VOID, Names
from tests.conftest import Running
from tests.contents import BASE, built, rows

PREFIX = f"PREFIX void: <{VOID}>\n"
RDF_TYPES = ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]


@pytest.fixture(scope="module")
def quads() -> ox.Store:
    """Otherstadt, built."""
    from gdb_graph.snapshot import current, open_snapshot

    store = ox.Store()
    store.bulk_load(path=open_snapshot(current(built())).quads, format=ox.RdfFormat.N_QUADS)
    return store


def told(store: ox.Store, names: Names, wanted: str, pattern: str) -> list[tuple[str, ...]]:
    """The rows of a query over the graph `void`; `it` stands for the dataset."""
    where = pattern.replace("it ", f"<{names.base}> ")
    return sorted(rows(store, f"{PREFIX}SELECT {wanted} {{ GRAPH <{names.graph('void')}> {{ {where} }} }}"))


def count(store: ox.Store, pattern: str, what: str = "*") -> int:
    """What SPARQL counts in the default graph."""
    ((number,),) = rows(store, f"SELECT (COUNT({what}) AS ?n) {{ {pattern} }}")
    return int(number)


CITIES = pytest.mark.parametrize("city", ["berlin", "otherstadt"])


@pytest.fixture
def counted(city: str, store: ox.Store, quads: ox.Store) -> tuple[ox.Store, Names]:
    """A store with its names."""
    return (store, Names()) if city == "berlin" else (quads, Names(BASE))


@CITIES
def test_the_totals_are_what_sparql_counts(counted: tuple[ox.Store, Names]) -> None:
    store, names = counted
    expected = {
        "triples": count(store, "?s ?p ?o"),
        "classes": count(store, "?s a ?class FILTER(isIRI(?class))", "DISTINCT ?class"),
        "properties": count(store, "?s ?p ?o", "DISTINCT ?p"),
        "entities": count(store, f'?s ?p ?o FILTER(STRSTARTS(STR(?s), "{names.instances}"))', "DISTINCT ?s"),
    }
    for term, number in expected.items():
        assert told(store, names, "?n", f"it void:{term} ?n") == [(str(number),)]


@CITIES
def test_each_class_has_a_partition_with_its_members(counted: tuple[ox.Store, Names]) -> None:
    store, names = counted
    found = told(store, names, "?c ?n ?p", "it void:classPartition ?p . ?p void:class ?c ; void:entities ?n")
    query = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(isIRI(?c)) } GROUP BY ?c"

    assert [(class_, number) for class_, number, _ in found] == sorted(rows(store, query))
    assert len({partition for _, _, partition in found}) == len(found)


@CITIES
def test_each_property_has_a_partition_with_its_triples(counted: tuple[ox.Store, Names]) -> None:
    store, names = counted
    found = told(store, names, "?q ?n ?p", "it void:propertyPartition ?p . ?p void:property ?q ; void:triples ?n")
    query = "SELECT ?q (COUNT(*) AS ?n) { ?s ?q ?o } GROUP BY ?q"

    assert [(property_, number) for property_, number, _ in found] == sorted(rows(store, query))
    assert len({partition for _, _, partition in found}) == len(found)


@CITIES
def test_each_class_says_which_properties_its_members_have(counted: tuple[ox.Store, Names]) -> None:
    store, names = counted
    pattern = "?of void:class ?c ; void:propertyPartition ?p . ?p void:property ?q ; void:triples ?n"
    query = "SELECT ?c ?q (COUNT(*) AS ?n) { ?s a ?c ; ?q ?o FILTER(isIRI(?c)) } GROUP BY ?c ?q"

    assert told(store, names, "?c ?q ?n", pattern) == sorted(rows(store, query))


@CITIES
def test_each_graph_is_a_subset_with_its_triples(counted: tuple[ox.Store, Names]) -> None:
    store, names = counted
    found = told(store, names, "?g ?n", "it void:subset ?g . ?g void:triples ?n FILTER(!CONTAINS(STR(?g), '#'))")
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"

    # The description does not count itself.
    assert found == sorted((graph, number) for graph, number in rows(store, query) if graph != names.graph("void"))


def test_each_outside_dataset_has_linksets_with_their_links(store: ox.Store, names: Names) -> None:
    linkset = "?l a void:Linkset ; void:linkPredicate ?link ; void:triples ?n ; void:subjectsTarget it ; "
    target = "void:objectsTarget ?target . ?target a void:Dataset ; void:uriSpace ?space"
    found = told(store, names, "?link ?space ?n", f"it void:subset ?l . {linkset}{target}")

    spaces = {space for _, space, _ in found}
    assert {"http://www.wikidata.org/entity/", "https://berlinonline.github.io/lod-berlin-lor/"} <= spaces
    for link, space, number in found:
        ours = f'STRSTARTS(STR(?s), "{names.instances}")'
        theirs = f'STRSTARTS(STR(?o), "{space}") && !REGEX(SUBSTR(STR(?o), {len(space) + 1}), "[/#]")'
        assert count(store, f"?s <{link}> ?o FILTER({ours} && {theirs})") == int(number), (link, space)


@CITIES
def test_the_vocabularies_are_the_namespaces_of_what_is_used(counted: tuple[ox.Store, Names]) -> None:
    store, names = counted
    found = {row[0] for row in told(store, names, "?v", "it void:vocabulary ?v")}
    used = rows(store, "SELECT DISTINCT ?t { { ?s ?t ?o } UNION { ?s a ?t FILTER(isIRI(?t)) } }")

    assert found == {re.sub(r"[^/#]*$", "", term) for (term,) in used}


@CITIES
def test_the_example_is_what_all_is_about(counted: tuple[ox.Store, Names]) -> None:
    store, names = counted
    topic = list(rows(store, f"SELECT ?t {{ <{names.base}> foaf:primaryTopic ?t }}"))

    assert told(store, names, "?t", "it void:exampleResource ?t") == topic
    assert told(store, names, "?t", "it void:rootResource ?t") == topic


# Over HTTP


@pytest.mark.parametrize("path", ["/.well-known/void", "/"])
@pytest.mark.parametrize("media_type", RDF_TYPES)
def test_the_description_is_given_in_each_serialisation(client: httpx.Client, path: str, media_type: str) -> None:
    response = client.get(path, headers={"Accept": media_type})

    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    assert client.head(path, headers={"Accept": media_type}).headers["Content-Length"] == str(len(response.content))


def test_any_type_gets_turtle_and_a_browser_is_led_to_the_home_page(service: Running) -> None:
    assert service.client.get("/.well-known/void").headers["Content-Type"] == "text/turtle; charset=utf-8"
    response = service.client.get("/.well-known/void", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["Location"]) == (303, f"{service.url}/")


def test_the_service_adds_where_it_answers_and_who_publishes(service: Running, snapshot: Snapshot) -> None:
    store = ox.Store()
    store.load(service.client.get("/.well-known/void").content, format=ox.RdfFormat.TURTLE)
    base = snapshot.names.base
    told_of = {
        (quad.predicate.value, quad.object.value)  # type: ignore[union-attr]
        for quad in store.quads_for_pattern(ox.NamedNode(base), None, None)
    }

    assert {
        (f"{VOID}sparqlEndpoint", f"{service.url}/sparql"),
        (f"{VOID}uriSpace", snapshot.names.instances),
        (f"{FOAF}homepage", f"{service.url}/"),
        (f"{RDF}type", f"{VOID}Dataset"),
        ("http://purl.org/dc/terms/license", "https://creativecommons.org/licenses/by/4.0/"),
        ("http://purl.org/dc/terms/publisher", f"{service.url}/catalog#publisher"),
    } <= told_of
    dumps = {value for property_, value in told_of if property_ == f"{VOID}dataDump"}
    assert {dump.rpartition("/")[2] for dump in dumps} >= {"gdb-graph.ttl", "gdb-graph.nq.gz"}
    assert not list(store.quads_for_pattern(None, ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{DCAT}Dataset")))
