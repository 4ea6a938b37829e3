"""The query part of the W3C test suite for the SPARQL 1.1 Protocol: the same requests on the wire, on graphs of ours.

The names are those of the suite, so that each case can be found there. Where it asks for any 4xx, the table says
which one this service gives. The suite's seven tests of updates that succeed are turned round: they are refused.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from gdb_graph import snapshot
from gdb_graph.terms import RDF
from tests.conftest import Running, start, stop
from tests.wire import Reply, ask, problem

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
TEXT = {"Content-Type": "text/plain"}
UPDATE = {"Content-Type": "application/sparql-update"}

BASE = "https://data.example/"
EMPTY, ONE, TWO, THREE = (f"{BASE}{name}" for name in ("empty", "one", "two", "three"))
DOCUMENT, SHARED = ox.NamedNode(f"{BASE}Document"), ox.NamedNode(f"{BASE}shared")

BOOLEANS = {"application/sparql-results+json", "application/sparql-results+xml"}
TABLES = BOOLEANS | {"text/csv", "text/tab-separated-values"}
GRAPHS = {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with three made-up graphs; each says of itself that it is a document, and all say one thing more."""
    kind = ox.NamedNode(f"{RDF}type")
    graphs = [ox.NamedNode(iri) for iri in (ONE, TWO, THREE)]
    quads = [ox.Quad(subject, kind, DOCUMENT, graph) for graph in graphs for subject in (graph, SHARED)]
    manifest = {
        "base": BASE,
        "title": {},
        "description": {},
        "created": datetime(2031, 3, 4, tzinfo=UTC).isoformat(),
        "counts": {"triples": 0, "graphs": {graph.value: 2 for graph in graphs}, "classes": {}},
    }
    folder = tmp_path_factory.mktemp("w3c")
    with snapshot.writing(folder) as unfinished:
        id_ = snapshot.write(unfinished, quads, Path("/nonexistent"), manifest, [])
        published = snapshot.publish(unfinished, id_)
    running = start("--snapshot", str(published.folder), engines="1")
    yield running
    stop(running)


def address(*graphs: tuple[str, str], query: str = "") -> str:
    """`/sparql` with a query and a dataset, every value encoded."""
    pairs = [("query", query)] * bool(query) + list(graphs)
    return "/sparql" + ("?" if pairs else "") + "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)


def default(*iris: str) -> list[tuple[str, str]]:
    return [("default-graph-uri", iri) for iri in iris]


def named(*iris: str) -> list[tuple[str, str]]:
    return [("named-graph-uri", iri) for iri in iris]


def form(name: str, value: str) -> bytes:
    return f"{name}={quote(value, safe='')}".encode()


ASK = "ASK {}"
BOTH = f"ASK {{ <{ONE}> a ?type . <{TWO}> a ?type }}"
IN_NAMED = f"GRAPH ?g1 {{ <{ONE}> a ?type }} GRAPH ?g2 {{ <{TWO}> a ?type }}"
FULL = f"ASK {{ <{THREE}> a ?type {IN_NAMED} }}"

# name of the test, method, address, headers, body, media types of the answer; a boolean must be true
ANSWERED = [
    ("query_get", "GET", address(*default(EMPTY), query=ASK), {}, None, BOOLEANS),
    ("query_post_form", "POST", address(*default(EMPTY)), FORM, form("query", ASK), BOOLEANS),
    ("query_post_direct", "POST", address(), DIRECT, ASK.encode(), BOOLEANS),
    ("query_dataset_default_graphs_get", "GET", address(*default(ONE, TWO), query=BOTH), {}, None, BOOLEANS),
    ("query_dataset_default_graphs_post", "POST", address(*default(ONE, TWO)), DIRECT, BOTH.encode(), BOOLEANS),
    (
        "query_dataset_named_graphs_get",
        "GET",
        address(*named(ONE, TWO), query=f"ASK {{ {IN_NAMED} }}"),
        {},
        None,
        BOOLEANS,
    ),
    (
        "query_dataset_named_graphs_post",
        "POST",
        address(*named(ONE, TWO)),
        DIRECT,
        f"ASK {{ {IN_NAMED} }}".encode(),
        BOOLEANS,
    ),
    ("query_dataset_full", "POST", address(*default(THREE), *named(ONE, TWO)), DIRECT, FULL.encode(), BOOLEANS),
    (
        "query_multiple_dataset",
        "POST",
        address(*named(ONE, TWO)),
        DIRECT,
        f"ASK FROM <{THREE}> {{ {IN_NAMED} }}".encode(),
        BOOLEANS,
    ),
    ("query_content_type_select", "POST", address(*default(EMPTY)), DIRECT, b"SELECT (1 AS ?value) {}", TABLES),
    ("query_content_type_ask", "POST", address(*default(EMPTY)), DIRECT, ASK.encode(), BOOLEANS),
    ("query_content_type_describe", "POST", address(*default(EMPTY)), DIRECT, b"DESCRIBE <https://x.example/>", GRAPHS),
    # Its IRIs are relative: a service has a base IRI of its own.
    (
        "query_content_type_construct",
        "POST",
        address(*default(EMPTY)),
        DIRECT,
        b"CONSTRUCT { <s> <p> 1 } WHERE {}",
        GRAPHS,
    ),
]


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "media_types"), [pytest.param(*case[1:], id=case[0]) for case in ANSWERED]
)
def test_is_answered(
    small: Running, method: str, target: str, headers: dict[str, str], body: bytes | None, media_types: set[str]
) -> None:
    reply = ask(small, method, target, headers, body)
    assert (reply.status, reply.media_type in media_types) == (200, True), reply.body
    if media_types is BOOLEANS:
        assert reply.json()["boolean"] is True


# name of the test, method, address, headers, body, status, kind of the problem
REFUSED = [
    ("bad_query_method", "PUT", address(*default(EMPTY), query=ASK), FORM, b"", 405, "method-not-allowed"),
    (
        "bad_multiple_queries",
        "GET",
        "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D",
        {},
        None,
        400,
        "bad-query",
    ),
    ("bad_query_wrong_media_type", "POST", address(), TEXT, b"ASK {}", 415, "media-type"),
    ("bad_query_missing_form_type", "POST", address(), {}, form("query", ASK), 415, "media-type"),
    ("bad_query_missing_direct_type", "POST", address(), {}, ASK.encode(), 415, "media-type"),
    (
        "bad_query_non_utf8",
        "POST",
        address(),
        {"Content-Type": "application/sparql-query; charset=UTF-16"},
        ASK.encode("utf-16"),
        415,
        "charset",
    ),
    ("bad_query_syntax", "GET", address(query="ASK {"), {}, None, 400, "bad-query"),
    ("bad_update_get", "GET", "/sparql?update=CLEAR%20ALL", {}, None, 400, "read-only"),
    (
        "bad_multiple_updates",
        "POST",
        address(),
        FORM,
        b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT",
        400,
        "read-only",
    ),
    (
        "bad_update_wrong_media_type",
        "POST",
        address(),
        TEXT,
        b"CLEAR NAMED",
        415,
        "media-type",
    ),
    ("bad_update_missing_form_type", "POST", address(), {}, form("update", "CLEAR NAMED"), 415, "media-type"),
    (
        "bad_update_non_utf8",
        "POST",
        address(),
        {"Content-Type": "application/sparql-update; charset=UTF-16"},
        "CLEAR NAMED".encode("utf-16"),
        415,
        "charset",
    ),
    ("bad_update_syntax", "POST", address(), FORM, form("update", "CLEAR XYZ"), 400, "read-only"),
    (
        "bad_update_dataset_conflict",
        "POST",
        address(("using-named-graph-uri", ONE)),
        UPDATE,
        f"WITH <{TWO}> DELETE {{ ?s ?p 1 }} INSERT {{ ?s ?p 2 }} WHERE {{ ?s ?p 1 }}".encode(),
        400,
        "read-only",
    ),
    ("update_post_form", "POST", address(), FORM, b"update=CLEAR+ALL", 400, "read-only"),
    ("update_post_direct", "POST", address(), UPDATE, b"CLEAR ALL", 400, "read-only"),
    (
        "update_base_uri",
        "POST",
        address(),
        UPDATE,
        f"INSERT DATA {{ GRAPH <{ONE}> {{ <{ONE}> a <test> }} }}".encode(),
        400,
        "read-only",
    ),
    *(
        (name, "POST", address(*using), UPDATE, b"INSERT { ?s a ?o } WHERE { ?s ?p ?o }", 400, "read-only")
        for name, using in (
            ("update_dataset_default_graph", [("using-graph-uri", ONE)]),
            ("update_dataset_default_graphs", [("using-graph-uri", ONE), ("using-graph-uri", TWO)]),
            ("update_dataset_named_graphs", [("using-named-graph-uri", ONE), ("using-named-graph-uri", TWO)]),
            ("update_dataset_full", [("using-graph-uri", ONE), ("using-named-graph-uri", TWO)]),
        )
    ),
]


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "status", "kind"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED]
)
def test_is_refused(
    small: Running, method: str, target: str, headers: dict[str, str], body: bytes | None, status: int, kind: str
) -> None:
    problem(ask(small, method, target, headers, body), status, kind)
    assert count(small, "GRAPH ?g { ?s ?p ?o }") == 6


# What the suite leaves open: a dataset is made of sets, and what the request names goes before the text.


def count(service: Running, pattern: str, *dataset: tuple[str, str], clauses: str = "", path: str = "") -> int:
    query = f"SELECT (COUNT(*) AS ?n) {clauses} {{ {pattern} }}"
    reply: Reply = ask(service, "POST", path or address(*dataset), DIRECT | {"Accept": "text/csv"}, query.encode())
    assert reply.status == 200, reply.body
    return int(reply.body.split()[1])


TRIPLES, IN_GRAPHS = "?s ?p ?o", "GRAPH ?g { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("dataset", "clauses", "triples", "in_graphs"),
    [
        pytest.param([], "", 0, 6, id="the dataset of the service: its default graph is empty here"),
        pytest.param(default(ONE), "", 2, 0, id="one default graph"),
        pytest.param(default(ONE, TWO), "", 3, 0, id="two default graphs with a triple in common"),
        pytest.param(default(ONE, ONE), "", 2, 0, id="a default graph named twice"),
        pytest.param(default(ONE, EMPTY), "", 2, 0, id="a default graph and one that is not there"),
        pytest.param(default(EMPTY), "", 0, 0, id="a default graph that is not there"),
        pytest.param(named(ONE), "", 0, 2, id="one named graph"),
        pytest.param(named(ONE, ONE), "", 0, 2, id="a named graph named twice"),
        pytest.param([*default(ONE, TWO), *named(TWO, THREE)], "", 3, 4, id="two of each, one of them both"),
        pytest.param(default(ONE), f"FROM <{TWO}> FROM <{THREE}>", 2, 0, id="default graphs before FROM"),
        pytest.param(default(ONE), f"FROM NAMED <{TWO}>", 2, 0, id="default graphs before FROM NAMED"),
        pytest.param(named(ONE), f"FROM <{TWO}>", 0, 2, id="named graphs before FROM"),
        pytest.param([], f"FROM <{ONE}>", 2, 0, id="FROM once"),
        pytest.param([], f"FROM <{ONE}> FROM <{TWO}>", 3, 0, id="FROM two graphs with a triple in common"),
        pytest.param([], f"FROM <{ONE}> FROM <{ONE}>", 2, 0, id="FROM the same graph twice"),
        pytest.param([], f"FROM NAMED <{ONE}> FROM NAMED <{ONE}>", 0, 2, id="FROM NAMED the same graph twice"),
        pytest.param([], f"FROM<{ONE}>FROM<{TWO}>FROM NAMED<{TWO}>", 3, 2, id="FROM without blanks"),
        pytest.param([], "FROM <one> FROM <two>", 3, 0, id="FROM relative to the base of the service"),
        pytest.param([], "FROM <\\u006fne> FROM <two>", 3, 0, id="FROM with a letter by its number"),
        pytest.param([], "FROM <one> # FROM <two>\n FROM <three>", 3, 0, id="FROM in a comment"),
    ],
)
def test_a_dataset_is_made_of_sets(
    small: Running, dataset: list[tuple[str, str]], clauses: str, triples: int, in_graphs: int
) -> None:
    assert count(small, TRIPLES, *dataset, clauses=clauses) == triples
    assert count(small, IN_GRAPHS, *dataset, clauses=clauses) == in_graphs


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(f"PREFIX d: <{BASE}> SELECT (COUNT(*) AS ?n) FROM d:one FROM d:two {{ ?s ?p ?o }}", id="prefixes"),
        pytest.param(
            "BASE <https://data.example/x/y> PREFIX d: <../#> SELECT (COUNT(*) AS ?n) FROM <../one> FROM <../two> "
            "FROM d:a FROM <https://data.example/two#> { ?s ?p ?o }",
            id="a base, and IRIs that end in #",
        ),
        pytest.param(
            "SELECT (COUNT(*) AS ?n) FROM <https://data.example/one> FROM <https://data.example/two> "
            "{ ?s ?p ?o FILTER(STR(?o) != ' FROM <x> ') }",
            id="FROM in a text",
        ),
    ],
)
def test_from_is_read_as_the_engine_reads_it(small: Running, query: str) -> None:
    reply = ask(small, "POST", "/sparql", DIRECT | {"Accept": "text/csv"}, query.encode())
    assert reply.body.split() == [b"n", b"3"]


def test_the_engine_reads_keywords_without_blanks_and_so_do_we(small: Running) -> None:
    query = f"ASKFROM <{ONE}> FROM <{TWO}> {{ {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }} FILTER(?n = 3) }}"
    assert ask(small, "POST", "/sparql", DIRECT, query.encode()).json()["boolean"] is True


def test_clauses_that_cannot_be_told_are_an_error_and_no_wrong_count(small: Running) -> None:
    query = f"PREFIXd: <{BASE}> SELECT (COUNT(*) AS ?n) FROM d:one FROM d:two {{ ?s ?p ?o }}"
    assert "blanks" in problem(ask(small, "POST", "/sparql", DIRECT, query.encode()), 400, "bad-query")["detail"]


def test_the_dataset_may_stand_in_the_address_of_a_form(small: Running) -> None:
    body = form("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") + b"&default-graph-uri=" + quote(TWO).encode()
    reply = ask(small, "POST", address(*default(ONE)), FORM | {"Accept": "text/csv"}, body)
    assert reply.body.split() == [b"n", b"3"]
