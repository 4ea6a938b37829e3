"""The part of the SPARQL 1.1 Graph Store HTTP Protocol that reads, with the cases of the W3C suite that read."""

from urllib.parse import quote

import pyoxigraph as ox
import pytest

from gdb_graph.formats import GRAPHS
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import Names
from tests.conftest import Running
from tests.serving import canonical
from tests.wire import Reply, ask, names, problem

NAMES = Names()
SOURCE = "src-citylab-stadtgremium"
READERS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
READING, WRITING = ["GET", "HEAD"], ["PUT", "POST", "DELETE", "PATCH"]


@pytest.fixture(scope="module")
def local(snapshot: Snapshot) -> ox.Store:
    """What the service holds, to compare with."""
    store = ox.Store()
    store.bulk_load(path=snapshot.quads, format=ox.RdfFormat.N_QUADS)
    return store


def indirect(iri: str) -> str:
    return f"/graphs?graph={quote(iri, safe='')}"


def triples(reply: Reply, name: str = "nt") -> ox.Dataset:
    assert reply.status == 200, reply.body
    return canonical(ox.parse(reply.body, format=READERS[name]))


def stated(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Dataset:
    return canonical(ox.Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))


@pytest.mark.parametrize("name", ["curated", "inferred", "ontology", "provenance", "shapes", "vocab", "void", SOURCE])
def test_a_graph_is_read_by_its_name_and_at_its_own_address(service: Running, local: ox.Store, name: str) -> None:
    expected = stated(local, ox.NamedNode(NAMES.graph(name)))
    assert len(expected) > 0
    for target in (indirect(NAMES.graph(name)), f"/graph/{name}"):
        assert triples(ask(service, "GET", target, {"Accept": GRAPHS["nt"]})) == expected


@pytest.mark.parametrize("target", ["/graphs?default", "/graphs?default="])
def test_the_default_graph_is_read(service: Running, local: ox.Store, target: str) -> None:
    found = triples(ask(service, "GET", target, {"Accept": GRAPHS["nt"]}))
    assert found == stated(local, ox.DefaultGraph())


def test_every_graph_of_the_store_is_there(service: Running, local: ox.Store, snapshot: Snapshot) -> None:
    graphs = {graph.value for graph in local.named_graphs() if isinstance(graph, ox.NamedNode)}
    assert graphs == set(snapshot.manifest["counts"]["graphs"])
    for graph in graphs:
        assert ask(service, "HEAD", indirect(graph)).status == 200


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in GRAPHS])
def test_a_graph_comes_in_every_format(service: Running, local: ox.Store, name: str) -> None:
    expected = stated(local, ox.NamedNode(NAMES.graph(SOURCE)))
    target = indirect(NAMES.graph(SOURCE))
    for reply in (
        ask(service, "GET", target, {"Accept": GRAPHS[name]}),
        ask(service, "GET", f"{target}&format={name}"),
    ):
        assert reply.media_type == GRAPHS[name]
        assert triples(reply, name) == expected


# Cases of the suite. Those that write first are read from what is here; what they write is refused, see below.


@pytest.mark.parametrize(
    ("method", "target", "accept", "status"),
    [
        pytest.param("GET", indirect(NAMES.graph("curated")), "text/turtle", 200, id="get_of_put_indirect"),
        pytest.param("GET", "/graphs?default", "text/turtle", 200, id="put_get_default"),
        pytest.param("HEAD", indirect(NAMES.graph("curated")), "text/turtle; charset=utf-8", 200, id="head_existing"),
        pytest.param("HEAD", indirect(NAMES.graph("nope")), "text/turtle; charset=utf-8", 404, id="head_non_existing"),
        pytest.param("GET", indirect(NAMES.graph("nope")), "text/turtle", 404, id="get_after_delete_indirect"),
        pytest.param("GET", f"/graphs?graph={NAMES.graph('curated')}", "text/turtle", 200, id="uri_not_encoded"),
        pytest.param("GET", f"/graphs?graph={NAMES.graph('%63urated')}", "text/turtle", 200, id="uri_encoded_once"),
        pytest.param("GET", f"/graphs?graph={NAMES.graph('%2563urated')}", "text/turtle", 404, id="uri_encoded_twice"),
        pytest.param("GET", "/graph/curated", "text/turtle", 200, id="get_direct"),
        pytest.param("HEAD", "/graph/curated", "text/turtle; charset=utf-8", 200, id="head_direct"),
        pytest.param("GET", "/graph/nope", "text/turtle", 404, id="get_after_delete_direct"),
    ],
)
def test_case_of_the_suite(service: Running, method: str, target: str, accept: str, status: int) -> None:
    reply = ask(service, method, target, {"Accept": accept})
    assert reply.status == status, reply.body
    expected = "text/turtle; charset=utf-8" if status == 200 else "application/problem+json"
    assert reply.headers["Content-Type"] == expected


@pytest.mark.parametrize("method", WRITING)
@pytest.mark.parametrize("target", ["/graphs?default", indirect(NAMES.graph("curated")), "/graphs", "/graph/curated"])
def test_nothing_is_written(service: Running, method: str, target: str) -> None:
    reply = ask(service, method, target, {"Content-Type": "text/turtle"}, b"<a:a> <a:b> <a:c> .")
    assert "read-only" in problem(reply, 405, "method-not-allowed")["detail"]
    assert names(reply.headers["Allow"]) == ["GET", "HEAD", "OPTIONS"]


@pytest.mark.parametrize(
    ("query", "telling"),
    [
        pytest.param("", "one graph", id="none"),
        pytest.param("?format=ttl", "one graph", id="none, another parameter"),
        pytest.param("?default&graph=https://w3id.org/gdb-berlin/graph/curated", "one graph", id="both"),
        pytest.param("?graph=a:b&graph=a:c", "one graph", id="two names"),
        pytest.param("?default&default", "one graph", id="default twice"),
        pytest.param("?graph=", "absolute", id="an empty name"),
        pytest.param("?graph=curated", "absolute", id="a relative name"),
        pytest.param("?graph=//w3id.org/gdb-berlin/graph/curated", "absolute", id="a name without scheme"),
        pytest.param("?graph=a:b%3E%7D%20%23", "absolute", id="a name that would leave its brackets"),
        pytest.param("?graph=%ff", "UTF-8", id="a name that is not UTF-8"),
        pytest.param("?graph=a:%zz", "percent", id="a broken encoding"),
    ],
)
def test_what_names_no_graph_is_400(service: Running, query: str, telling: str) -> None:
    for method in READING:
        reply = ask(service, method, f"/graphs{query}")
        assert reply.status == 400
    assert telling in problem(ask(service, "GET", f"/graphs{query}"), 400, "bad-query")["detail"]


def test_a_graph_in_no_format_there_is_406(service: Running) -> None:
    for headers, query in (({"Accept": "text/html"}, ""), ({"Accept": "text/csv"}, ""), ({}, "&format=csv")):
        reply = ask(service, "GET", f"/graphs?default{query}", headers)
        assert reply.status == 406, reply.body


def test_an_unknown_graph_is_404_and_says_where_all_stand(service: Running) -> None:
    assert "/sparql" in problem(ask(service, "GET", indirect("https://x.example/g")), 404, "not-found")["detail"]
