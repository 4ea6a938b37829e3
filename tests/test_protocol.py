"""`/sparql` as the SPARQL 1.1 Protocol wants it, asked over HTTP as clients ask."""

import csv
import io
import json
from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import GDB, VOID, XSD
from tests.conftest import Running, start, stop
from tests.serving import canonical, problem

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ORIGIN = {"Origin": "https://elsewhere.example"}
SD = "http://www.w3.org/ns/sparql-service-description#"

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
TURTLE, N_TRIPLES, RDF_XML, JSON_LD = (
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
)
RDF = {
    TURTLE: ox.RdfFormat.TURTLE,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    RDF_XML: ox.RdfFormat.RDF_XML,
    JSON_LD: ox.RdfFormat.JSON_LD,
}

ASK = "ASK {}"
SELECT = 'SELECT ?a ?b ?none { VALUES (?a ?b) { ("ü, \\"x\\""@de 1) (<http://a.example/> true) } }'
CONSTRUCT = (
    f"CONSTRUCT {{ ?s <a:knows> [ <a:label> ?l ] }} {{ ?s a <{GDB}PilotProject> ; ?p ?l FILTER(isLiteral(?l)) }}"
)
DESCRIBE = "DESCRIBE <https://w3id.org/gdb-berlin/id/pilot-smart-water>"


@pytest.fixture(scope="module")
def local(snapshot: Snapshot) -> ox.Store:
    """What the service holds, to compare with."""
    store = ox.Store()
    store.bulk_load(path=snapshot.quads, format=ox.RdfFormat.N_QUADS)
    return store


def get(client: httpx.Client, query: str, accept: str = "*/*", **parameters: str | list[str]) -> httpx.Response:
    return client.get("/sparql", params={"query": query, **parameters}, headers={"Accept": accept})


def number(response: httpx.Response) -> int:
    """The one number of an answer in CSV."""
    assert response.status_code == 200, response.text
    return int(response.text.splitlines()[1])


# Ways to ask


@pytest.mark.parametrize(
    ("method", "address", "body", "headers"),
    [
        pytest.param("GET", "?query=ASK%20%7B%7D", "", {}, id="GET"),
        pytest.param("POST", "", "query=ASK+%7B%7D", FORM, id="POST of a form"),
        pytest.param("POST", "", ASK, DIRECT, id="POST of a query"),
        pytest.param(
            "POST", "", ASK, {"Content-Type": "application/sparql-query; charset=UTF-8"}, id="POST in UTF-8, said so"
        ),
        pytest.param("POST", "", ASK, {"Content-Type": "Application/SPARQL-Query"}, id="media type in capitals"),
        pytest.param("POST", "?default-graph-uri=a:b", ASK, DIRECT, id="POST of a query, the dataset in the address"),
    ],
)
def test_every_way_to_ask_gets_the_answer(
    client: httpx.Client, method: str, address: str, body: str, headers: dict[str, str]
) -> None:
    response = client.request(method, f"/sparql{address}", content=body or None, headers=headers)
    assert (response.status_code, response.json()["boolean"]) == (200, True)


def test_umlauts_come_back_whole_in_every_way_to_ask(client: httpx.Client) -> None:
    query = 'SELECT ("Bürger*innen 🐻" AS ?x) {}'
    for response in (
        get(client, query, CSV),
        client.post("/sparql", data={"query": query}, headers={"Accept": CSV}),
        client.post("/sparql", content=query.encode(), headers=DIRECT | {"Accept": CSV}),
    ):
        assert response.text.splitlines() == ["x", "Bürger*innen 🐻"]


def test_head_tells_what_get_would_without_the_body(client: httpx.Client) -> None:
    whole, head = get(client, SELECT, CSV), client.head("/sparql", params={"query": SELECT}, headers={"Accept": CSV})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Length", "X-Snapshot"):
        assert head.headers[name] == whole.headers[name]


def test_options_names_the_methods(client: httpx.Client) -> None:
    response = client.options("/sparql")
    assert response.status_code == 204
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


# Answers


def rows_of(response: httpx.Response) -> list[list[str | None]]:
    """The plain values of a SELECT answer, whatever its format."""
    kind = response.headers["Content-Type"].partition(";")[0]
    if kind == JSON:
        found = response.json()
        return [
            [row.get(name, {}).get("value") for name in found["head"]["vars"]] for row in found["results"]["bindings"]
        ]
    if kind == XML:
        ns = {"s": "http://www.w3.org/2005/sparql-results#"}
        tree = ElementTree.fromstring(response.content)
        names = [each.attrib["name"] for each in tree.findall("s:head/s:variable", ns)]
        found = [
            {cell.attrib["name"]: cell[0].text for cell in row.findall("s:binding", ns)}
            for row in tree.findall("s:results/s:result", ns)
        ]
        return [[row.get(name) for name in names] for row in found]
    if kind == CSV:
        return [[cell or None for cell in row] for row in csv.reader(io.StringIO(response.text))][1:]
    plain = {'"ü, \\"x\\""@de': 'ü, "x"', "<http://a.example/>": "http://a.example/", "": None}
    return [[plain.get(cell, cell) for cell in line.split("\t")] for line in response.text.splitlines()[1:]]


@pytest.mark.parametrize("media_type", [JSON, XML, CSV, TSV])
def test_a_select_answer_says_the_same_in_every_format(client: httpx.Client, media_type: str) -> None:
    response = get(client, SELECT, media_type)
    assert response.headers["Content-Type"].startswith(media_type)
    assert rows_of(response) == [['ü, "x"', "1", None], ["http://a.example/", "true", None]]


def test_csv_says_that_it_is_utf8_with_a_header(client: httpx.Client) -> None:
    response = get(client, SELECT, CSV)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response.content.splitlines(keepends=True)[0] == b"a,b,none\r\n"


@pytest.mark.parametrize(("query", "truth"), [("ASK {}", "true"), ("ASK { <a:a> <a:b> <a:c> }", "false")])
def test_an_ask_answer_is_json_or_xml(client: httpx.Client, query: str, truth: str) -> None:
    assert get(client, query, JSON).json()["boolean"] is (truth == "true")
    tree = ElementTree.fromstring(get(client, query, XML).content)
    assert tree.findtext("{http://www.w3.org/2005/sparql-results#}boolean") == truth


@pytest.mark.parametrize("media_type", [pytest.param(each, id=each) for each in RDF])
@pytest.mark.parametrize("query", [pytest.param(CONSTRUCT, id="CONSTRUCT"), pytest.param(DESCRIBE, id="DESCRIBE")])
def test_a_graph_answer_is_the_same_graph_in_every_format(
    client: httpx.Client, local: ox.Store, query: str, media_type: str
) -> None:
    response = get(client, query, media_type)
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    expected = local.query(query)
    assert isinstance(expected, ox.QueryTriples)
    given = canonical(ox.parse(response.content, format=RDF[media_type]))
    assert given == canonical(ox.Quad(*triple) for triple in expected)
    assert len(given) > 0


def test_a_constructed_graph_is_a_set(client: httpx.Client) -> None:
    query = "CONSTRUCT { <a:a> <a:b> <a:c> } { VALUES ?x { 1 2 3 } }"
    assert get(client, query, N_TRIPLES).text.splitlines() == ["<a:a> <a:b> <a:c> ."]


def test_a_turtle_answer_uses_our_prefixes(client: httpx.Client) -> None:
    assert f"@prefix gdb: <{GDB}>" in get(client, DESCRIBE, TURTLE).text


@pytest.mark.parametrize(
    ("query", "accept", "chosen"),
    [
        pytest.param(SELECT, "*/*", JSON, id="rows are JSON by default"),
        pytest.param(ASK, "*/*", JSON, id="truth is JSON by default"),
        pytest.param(CONSTRUCT, "*/*", TURTLE, id="a graph is Turtle by default"),
        pytest.param(SELECT, "text/csv;q=0.5, application/sparql-results+xml;q=0.6", XML, id="the higher q"),
        pytest.param(SELECT, "image/png, text/csv;q=0.1", CSV, id="what there is before what there is not"),
        pytest.param(SELECT, "application/json", "application/json", id="rows as plain JSON"),
        pytest.param(SELECT, "application/xml", "application/xml", id="rows as plain XML"),
        pytest.param(SELECT, "text/*", CSV, id="rows in a family"),
        pytest.param(CONSTRUCT, "text/csv, application/ld+json;q=0.1", JSON_LD, id="a graph is no CSV"),
        pytest.param(CONSTRUCT, "application/*;q=0.5, text/turtle;q=0.4", N_TRIPLES, id="a graph in a family"),
        pytest.param(ASK, "text/csv, application/sparql-results+xml;q=0.1", XML, id="truth is no CSV"),
    ],
)
def test_the_accept_header_chooses_the_format(client: httpx.Client, query: str, accept: str, chosen: str) -> None:
    response = get(client, query, accept)
    assert response.headers["Content-Type"].partition(";")[0] == chosen
    assert "Accept" in response.headers["Vary"]


def test_several_accept_headers_count_as_one(client: httpx.Client) -> None:
    headers = [("Accept", "image/png"), ("Accept", "text/csv;q=0.5")]
    response = client.get("/sparql", params={"query": SELECT}, headers=headers)
    assert response.headers["Content-Type"].partition(";")[0] == CSV


@pytest.mark.parametrize(
    ("query", "format_", "chosen"),
    [
        (SELECT, "json", JSON),
        (SELECT, "xml", XML),
        (SELECT, "csv", CSV),
        (SELECT, "tsv", TSV),
        (SELECT, "text/csv", CSV),
        (CONSTRUCT, "ttl", TURTLE),
        (CONSTRUCT, "nt", N_TRIPLES),
        (CONSTRUCT, "rdf", RDF_XML),
        (CONSTRUCT, "xml", RDF_XML),
        (CONSTRUCT, "jsonld", JSON_LD),
        (CONSTRUCT, "json", JSON_LD),
    ],
)
def test_format_goes_before_the_accept_header(client: httpx.Client, query: str, format_: str, chosen: str) -> None:
    response = get(client, query, "text/html", format=format_)
    assert response.headers["Content-Type"].partition(";")[0] == chosen


@pytest.mark.parametrize(
    ("query", "accept", "offered"),
    [
        pytest.param(SELECT, "text/turtle", [JSON, XML, CSV, TSV], id="rows are not Turtle"),
        pytest.param(ASK, "text/csv", [JSON, XML], id="truth is not CSV"),
        pytest.param(CONSTRUCT, "text/csv", [TURTLE, N_TRIPLES, RDF_XML, JSON_LD], id="a graph is not CSV"),
        pytest.param("", "image/png", ["text/html", TURTLE, RDF_XML], id="the description is not an image"),
    ],
)
def test_no_format_that_fits_is_406_and_lists_what_there_is(
    client: httpx.Client, query: str, accept: str, offered: list[str]
) -> None:
    parameters = {"query": query} if query else {}
    response = client.get("/sparql", params=parameters, headers={"Accept": accept})
    detail = problem(response, 406, "not-acceptable")["detail"]
    assert [each for each in offered if each not in detail] == []


# The numbers everybody may check


@pytest.mark.parametrize(("class_", "count"), [("PilotProject", 5), ("ActionField", 16), ("StrategicValue", 4)])
def test_the_strategy_has_as_many(client: httpx.Client, class_: str, count: int) -> None:
    query = f"PREFIX gdb: <{GDB}> SELECT (COUNT(?x) AS ?n) {{ ?x a gdb:{class_} }}"
    assert number(get(client, query, CSV)) == count


def test_the_action_fields_are_in_four_clusters(client: httpx.Client) -> None:
    query = f"PREFIX gdb: <{GDB}> SELECT (COUNT(DISTINCT ?c) AS ?n) {{ ?x a gdb:ActionField ; gdb:inCluster ?c }}"
    assert number(get(client, query, CSV)) == 4


# Datasets


@pytest.fixture(scope="module")
def overlapping(local: ox.Store) -> tuple[str, str, int, int]:
    """Two graphs with a triple in common, how many each has, and how many they have together."""
    solutions = local.query(
        "SELECT ?g ?h { GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?s ?p ?o } FILTER(STR(?g) < STR(?h)) } LIMIT 1"
    )
    assert isinstance(solutions, ox.QuerySolutions)
    (row,) = solutions
    each = [{quad.triple for quad in local.quads_for_pattern(None, None, None, row[name])} for name in ("g", "h")]
    assert len(each[0] | each[1]) < len(each[0]) + len(each[1])
    return row["g"].value, row["h"].value, len(each[0]), len(each[0] | each[1])


ALL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NAMED = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


def test_one_default_graph_is_that_graph(client: httpx.Client, overlapping: tuple[str, str, int, int]) -> None:
    one, _, count, _ = overlapping
    assert number(get(client, ALL, CSV, **{"default-graph-uri": one})) == count


def test_a_default_graph_named_twice_counts_once(client: httpx.Client, overlapping: tuple[str, str, int, int]) -> None:
    one, _, count, _ = overlapping
    assert number(get(client, ALL, CSV, **{"default-graph-uri": [one, one]})) == count


@pytest.mark.parametrize("how", ["GET", "form", "direct"])
def test_a_triple_in_two_default_graphs_counts_once(
    client: httpx.Client, overlapping: tuple[str, str, int, int], how: str
) -> None:
    one, other, _, together = overlapping
    graphs = {"default-graph-uri": [one, other]}
    headers = {"Accept": CSV}
    if how == "GET":
        response = get(client, ALL, CSV, **graphs)
    elif how == "form":
        response = client.post("/sparql", data={"query": ALL} | graphs, headers=headers)
    else:
        response = client.post("/sparql", params=graphs, content=ALL, headers=headers | DIRECT)
    assert number(response) == together


def test_a_triple_in_two_graphs_of_from_counts_once(
    client: httpx.Client, overlapping: tuple[str, str, int, int]
) -> None:
    one, other, _, together = overlapping
    query = ALL.replace("{", f"FROM <{one}> FROM <{other}> {{", 1)
    assert number(get(client, query, CSV)) == together


def test_the_dataset_of_the_request_goes_before_that_of_the_query(
    client: httpx.Client, overlapping: tuple[str, str, int, int]
) -> None:
    one, _, count, _ = overlapping
    query = ALL.replace("{", "FROM <a:nothing> {", 1)
    assert number(get(client, query, CSV, **{"default-graph-uri": one})) == count


def test_named_graphs_without_a_default_graph_leave_that_empty(
    client: httpx.Client, overlapping: tuple[str, str, int, int]
) -> None:
    one, _, count, _ = overlapping
    assert number(get(client, ALL, CSV, **{"named-graph-uri": one})) == 0
    assert number(get(client, NAMED, CSV, **{"named-graph-uri": one})) == count


def test_a_default_graph_without_named_graphs_leaves_those_empty(
    client: httpx.Client, overlapping: tuple[str, str, int, int]
) -> None:
    one, other, _, _ = overlapping
    assert number(get(client, NAMED, CSV, **{"default-graph-uri": one})) == 0
    assert number(get(client, NAMED, CSV, **{"default-graph-uri": [one, other]})) == 0


def test_two_default_graphs_and_a_named_one(client: httpx.Client, overlapping: tuple[str, str, int, int]) -> None:
    one, other, count, together = overlapping
    graphs: dict[str, str | list[str]] = {"default-graph-uri": [one, other], "named-graph-uri": one}
    assert number(get(client, ALL, CSV, **graphs)) == together
    assert number(get(client, NAMED, CSV, **graphs)) == count


def test_an_unknown_graph_is_empty(client: httpx.Client) -> None:
    assert number(get(client, ALL, CSV, **{"default-graph-uri": "a:nothing"})) == 0


def test_the_default_graph_holds_every_triple_once(client: httpx.Client, snapshot: Snapshot) -> None:
    assert number(get(client, ALL, CSV)) == snapshot.manifest["counts"]["triples"]


# Refusals


@pytest.mark.parametrize(
    ("method", "address", "body", "headers", "status", "kind"),
    [
        pytest.param("GET", "?query=SELEC", "", {}, 400, "bad-query", id="does not parse"),
        pytest.param("GET", "?query=ASK%7B%7D&query=ASK%7B%7D", "", {}, 400, "bad-query", id="two queries"),
        pytest.param("POST", "", "query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400, "bad-query", id="two in a form"),
        pytest.param("POST", "?query=ASK%7B%7D", ASK, DIRECT, 400, "bad-query", id="in the address and in the body"),
        pytest.param("POST", "?query=ASK%7B%7D", "query=ASK%7B%7D", FORM, 400, "bad-query", id="address and form"),
        pytest.param("GET", "?default-graph-uri=a:b", "", {}, 400, "bad-query", id="no query, GET"),
        pytest.param("POST", "", "", FORM, 400, "bad-query", id="no query, form"),
        pytest.param("POST", "", "", DIRECT, 400, "bad-query", id="no query, direct"),
        pytest.param("GET", "?query=", "", {}, 400, "bad-query", id="an empty query"),
        pytest.param("GET", "?query=ASK%7B%7D&default-graph-uri=no", "", {}, 400, "bad-query", id="no graph IRI"),
        pytest.param("GET", "?query=%ff", "", {}, 400, "bad-query", id="an address that is not UTF-8"),
        pytest.param("POST", "", b"query=%ff", FORM, 400, "bad-query", id="a form that is not UTF-8"),
        pytest.param("POST", "", b"query=\xff", FORM, 400, "bad-query", id="a form that is not ASCII"),
        pytest.param("POST", "", b"ASK { # \xff\n}", DIRECT, 400, "bad-query", id="a query that is not UTF-8"),
        pytest.param("GET", "?query=DROP+ALL", "", {}, 400, "bad-query", id="an update as query"),
        pytest.param("GET", "?update=DROP+ALL", "", {}, 400, "read-only", id="an update by GET"),
        pytest.param("POST", "", "update=DROP+ALL", FORM, 400, "read-only", id="an update in a form"),
        pytest.param("POST", "", "update=DROP+ALL&query=ASK%7B%7D", FORM, 400, "read-only", id="an update and a query"),
        pytest.param(
            "POST", "", "DROP ALL", {"Content-Type": "application/sparql-update"}, 400, "read-only", id="an update"
        ),
        pytest.param("POST", "", ASK, {}, 415, "media-type", id="no content type"),
        pytest.param("POST", "", ASK, {"Content-Type": "text/plain"}, 415, "media-type", id="another content type"),
        pytest.param(
            "POST", "", ASK, {"Content-Type": "multipart/form-data; boundary=x"}, 415, "media-type", id="parts"
        ),
        pytest.param(
            "POST", "", ASK, {"Content-Type": "application/sparql-query; charset=UTF-16"}, 415, "charset", id="UTF-16"
        ),
        pytest.param("PUT", "", ASK, DIRECT, 405, "method-not-allowed", id="PUT"),
        pytest.param("DELETE", "", "", {}, 405, "method-not-allowed", id="DELETE"),
        pytest.param("PATCH", "", ASK, DIRECT, 405, "method-not-allowed", id="PATCH"),
    ],
)
def test_what_is_wrong_is_refused_and_said(
    client: httpx.Client, method: str, address: str, body: str | bytes, headers: dict[str, str], status: int, kind: str
) -> None:
    response = client.request(method, f"/sparql{address}", content=body or None, headers=headers | ORIGIN)
    problem(response, status, kind)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    if status == 405:
        assert {"GET", "HEAD", "POST", "OPTIONS"} == set(response.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize(
    ("query", "place"),
    [
        pytest.param("SELECT *\nWHER { ?s ?p ?o }", "line 2, column 1, before 'WHER {", id="a word misspelt"),
        pytest.param("SELECT * {\n  ?s ?p ?o . ?s ?p", "line 1, column 10, before '{'", id="never closed"),
        pytest.param("SELECT * {} GROUP BY", "line 1, column 21, at the end of the text", id="at the end"),
        pytest.param(
            "SELECT ?x\nWHERE { ?x nope:a 1 }", "line 2, column 12, before 'nope:a 1 }': the prefix 'nope'", id="prefix"
        ),
        pytest.param(
            "SELECT * { ?x a <a b> }", "line 1, column 22, before ' }': IRI parsing failed.", id="a broken IRI"
        ),
    ],
)
def test_a_syntax_error_is_said_with_its_place(client: httpx.Client, query: str, place: str) -> None:
    assert place in problem(get(client, query), 400, "bad-query")["detail"]


def test_a_problem_is_a_page_for_a_browser(client: httpx.Client) -> None:
    response = client.get("/sparql", params={"query": "SELEC <script>", "lang": "en"}, headers=BROWSER)
    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("text/html")
    assert "Line 1, column 1" in response.text
    assert response.headers["X-Request-Id"]
    assert "<script>" not in response.text


@pytest.fixture(scope="module")
def narrow(snapshot: Snapshot) -> Iterator[Running]:
    """A service that takes requests of up to 2,000 bytes."""
    running = start("--snapshot", str(snapshot.folder), engines="1", query_bytes="2000")
    yield running
    stop(running)


@pytest.mark.parametrize(
    ("method", "status"), [pytest.param("GET", 414, id="address"), pytest.param("POST", 413, id="body")]
)
def test_a_request_too_large_is_refused(narrow: Running, method: str, status: int) -> None:
    query = f"ASK {{}} #{'x' * 3000}"
    place = {"params": {"query": query}} if method == "GET" else {"data": {"query": query}}
    assert "2000 bytes" in problem(narrow.client.request(method, "/sparql", **place), status, "too-large")["detail"]  # type: ignore[arg-type]
    fits = narrow.client.request(method, "/sparql", **{name: {"query": ASK} for name in place})  # type: ignore[arg-type]
    assert fits.status_code == 200


def test_a_large_query_within_the_limit_is_answered(client: httpx.Client) -> None:
    assert client.post("/sparql", data={"query": f"ASK {{}} #{'x' * 900_000}"}).status_code == 200


# Headers of all answers


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/sparql", "/queries", "/", "/nowhere", "/sparql?query=x"])
def test_scripts_of_any_site_may_read_the_answer(client: httpx.Client, path: str) -> None:
    response = client.get(path, headers=ORIGIN)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Snapshot" in response.headers["Access-Control-Expose-Headers"]


def test_scripts_of_any_site_may_post(client: httpx.Client) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    response = client.options("/sparql", headers=ORIGIN | asked)
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "content-type" in response.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize(
    "path", ["/sparql?query=ASK%7B%7D", "/sparql", "/", "/queries", "/queries/pilots.csv", "/ontology"]
)
def test_an_answer_names_its_snapshot(client: httpx.Client, snapshot: Snapshot, path: str) -> None:
    assert client.get(path).headers["X-Snapshot"] == snapshot.id


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sparql",
        "/queries",
        "/queries/pilots",
        "/openapi.json",
        "/docs",
        "/id/pilot-smart-water",
        "/page/pilot-smart-water",
        "/nowhere",
        "/graph/src-citylab-stadtgremium",
    ],
)
def test_no_address_comes_from_the_host_header(service: Running, path: str, accept: str) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Accept": accept}
    response = service.client.get(path, headers=headers)
    assert "evil.example" not in response.text + json.dumps(dict(response.headers))


# The description of the service


@pytest.mark.parametrize("media_type", [pytest.param(each, id=each) for each in RDF])
def test_without_a_query_the_service_describes_itself(service: Running, snapshot: Snapshot, media_type: str) -> None:
    response = service.client.get("/sparql", headers={"Accept": media_type})
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    store = ox.Store()
    store.bulk_extend(ox.parse(response.content, format=RDF[media_type]))
    endpoint, counts = f"{service.url}/sparql", snapshot.manifest["counts"]
    assert store.query(
        f"""PREFIX sd: <{SD}> PREFIX void: <{VOID}> PREFIX xsd: <{XSD}>
        ASK {{ <{endpoint}> a sd:Service ; sd:endpoint <{endpoint}> ; sd:supportedLanguage sd:SPARQL11Query ;
            sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_CSV> ;
            sd:defaultDataset/sd:defaultGraph/void:triples {counts["triples"]} .
            FILTER NOT EXISTS {{ ?s sd:supportedLanguage sd:SPARQL11Update }}
            FILTER NOT EXISTS {{ ?s sd:feature sd:UnionDefaultGraph, sd:BasicFederatedQuery }} }}"""
    )
    named = {quad.object.value for quad in store.quads_for_pattern(None, ox.NamedNode(f"{SD}name"), None)}  # type: ignore[union-attr]
    assert named == set(counts["graphs"])


def test_without_a_query_a_browser_gets_the_form(client: httpx.Client) -> None:
    response = client.get("/sparql", headers=BROWSER)
    assert response.headers["Content-Type"].startswith("text/html")
    assert '<textarea id="query" name="query"' in response.text
