"""What clients send to `/sparql` besides the plain case: odd encodings, headers and parameters, byte by byte."""

from urllib.parse import quote

import pytest

from gdb_graph.formats import GRAPHS, ROWS
from gdb_graph.web.parameters import MOST
from tests.conftest import Running
from tests.wire import ask, names, problem

FORM, DIRECT, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
UMLAUT = 'SELECT ("ü" AS ?x) {}'
ASK = "/sparql?query=ASK%7B%7D"
DESCRIBE = "/sparql?query=DESCRIBE%20%3Chttps://w3id.org/gdb-berlin/id/pilot-kiezbox%3E"


# The body of a POST and what is said of it


@pytest.mark.parametrize(
    ("content_type", "status", "kind"),
    [
        pytest.param(f"{DIRECT}", 200, "", id="plain"),
        pytest.param(f'{DIRECT}; charset="UTF-8"', 200, "", id="charset in quotes"),
        pytest.param(f"{DIRECT};charset=utf8", 200, "", id="utf8 without hyphen"),
        pytest.param(f"{DIRECT} ; charset = utf-8", 200, "", id="blanks"),
        pytest.param(f"{DIRECT}; version=1.2; charset=utf-8; q=1", 200, "", id="more parameters"),
        pytest.param(f"{DIRECT};", 200, "", id="a semicolon and nothing after it"),
        pytest.param("APPLICATION/SPARQL-QUERY; CHARSET=UTF-8", 200, "", id="capitals"),
        pytest.param(f"{DIRECT}; charset=iso-8859-1", 415, "charset", id="Latin 1"),
        pytest.param(f"{DIRECT}; charset = utf-16", 415, "charset", id="UTF-16 after blanks"),
        pytest.param(f"{DIRECT}; charset=x-utf-8y", 415, "charset", id="a charset with utf-8 in its name"),
        pytest.param(f"{DIRECT}; boundary=utf-8; charset=latin1", 415, "charset", id="utf-8 in another parameter"),
        pytest.param(f"{DIRECT}; charset=", 415, "charset", id="a charset without name"),
        pytest.param(f"{UPDATE}; charset=utf-8", 400, "read-only", id="an update"),
        pytest.param("", 415, "media-type", id="empty"),
        pytest.param(";", 415, "media-type", id="only a semicolon"),
        pytest.param("sparql-query", 415, "media-type", id="no family"),
        pytest.param("application/json", 415, "media-type", id="JSON"),
        pytest.param("application/sparql-query+x", 415, "media-type", id="longer"),
        pytest.param("*/*", 415, "media-type", id="a wish"),
    ],
)
def test_the_content_type_of_a_query(service: Running, content_type: str, status: int, kind: str) -> None:
    reply = ask(service, "POST", "/sparql", {"Content-Type": content_type}, b"ASK {}")
    if status == 200:
        assert reply.json()["boolean"] is True
    else:
        problem(reply, status, kind)


def test_415_says_what_would_be_taken(service: Running) -> None:
    reply = ask(service, "POST", "/sparql", {"Content-Type": "text/plain"}, b"ASK {}")
    assert names(reply.headers["Accept"]) == [DIRECT, FORM]


def test_a_compressed_body_is_415_and_not_garbage(service: Running) -> None:
    reply = ask(service, "POST", "/sparql", {"Content-Type": DIRECT, "Content-Encoding": "gzip"}, b"ASK {}")
    problem(reply, 415, "content-encoding")
    assert reply.headers["Accept-Encoding"] == "identity"
    same = ask(service, "POST", "/sparql", {"Content-Type": DIRECT, "Content-Encoding": "identity"}, b"ASK {}")
    assert same.status == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param(FORM, b"query=" + quote(UMLAUT).encode(), id="a form, encoded"),
        pytest.param(FORM, b"query=" + UMLAUT.replace(" ", "+").encode(), id="a form as curl -d sends it"),
        pytest.param(DIRECT, UMLAUT.encode(), id="a query"),
        pytest.param(DIRECT, b"\xef\xbb\xbf" + UMLAUT.encode(), id="a query from a file with a byte order mark"),
    ],
)
def test_utf8_is_understood(service: Running, content_type: str, body: bytes) -> None:
    reply = ask(service, "POST", "/sparql", {"Content-Type": content_type, "Accept": "text/csv"}, body)
    assert reply.body == "x\r\nü\r\n".encode()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param(FORM, b"query=" + UMLAUT.encode("latin-1"), id="a form in Latin 1"),
        pytest.param(FORM, b"query=" + quote(UMLAUT, encoding="latin-1").encode(), id="a form in Latin 1, encoded"),
        pytest.param(FORM, b"query=%ED%A0%80", id="half a character, encoded"),
        pytest.param(DIRECT, UMLAUT.encode("latin-1"), id="a query in Latin 1"),
        pytest.param(DIRECT, UMLAUT.encode("utf-16"), id="a query in UTF-16"),
        pytest.param(DIRECT, b"\xed\xa0\x80", id="half a character"),
    ],
)
def test_what_is_not_utf8_is_400(service: Running, content_type: str, body: bytes) -> None:
    told = problem(ask(service, "POST", "/sparql", {"Content-Type": content_type}, body), 400, "bad-query")
    assert "not UTF-8" in told["detail"]


def test_a_post_of_nothing_is_415_and_of_an_empty_form_400(service: Running) -> None:
    problem(ask(service, "POST", "/sparql"), 415, "media-type")
    problem(ask(service, "POST", "/sparql", {"Content-Type": FORM}, b""), 400, "bad-query")


def test_a_body_in_chunks_is_read_whole(service: Running) -> None:
    def pieces() -> list[bytes]:
        return [b"ASK", b" {", b"}"]

    reply = service.client.post("/sparql", content=iter(pieces()), headers={"Content-Type": DIRECT})
    assert (reply.request.headers["Transfer-Encoding"], reply.json()["boolean"]) == ("chunked", True)


# Parameters


@pytest.mark.parametrize(
    ("target", "kind", "telling"),
    [
        pytest.param("/sparql?query=", "bad-query", "empty", id="an empty query"),
        pytest.param("/sparql?query=%20%0A", "bad-query", "empty", id="a query of blanks"),
        pytest.param("/sparql?query", "bad-query", "empty", id="a query without equals sign"),
        pytest.param("/sparql?Query=ASK%7B%7D", "bad-query", "exactly one", id="a name in capitals"),
        pytest.param("/sparql?foo=bar", "bad-query", "exactly one", id="another parameter alone"),
        pytest.param("/sparql?query=ASK%7B%7D%zz", "bad-query", "'%zz'", id="an encoding that is none"),
        pytest.param("/sparql?query=ASK%7B%7D%2", "bad-query", "'%2'", id="half an encoding"),
        pytest.param("/sparql?query=ASK%7B%7D;x=%", "bad-query", "'%'", id="a lone percent sign"),
        pytest.param(
            "/sparql?query=ASK%7B%7D;format=xml", "bad-query", "Not a SPARQL", id="a semicolon separates nothing"
        ),
        pytest.param(f"{ASK}&default-graph-uri=", "bad-query", "'' names no graph", id="an empty default graph"),
        pytest.param(f"{ASK}&named-graph-uri=", "bad-query", "'' names no graph", id="an empty named graph"),
        pytest.param(f"{ASK}&default-graph-uri=curated", "bad-query", "'curated' names", id="a relative one"),
        pytest.param(f"{ASK}&default-graph-uri=%3Ca:b%3E", "bad-query", "'<a:b>' names", id="one in angle brackets"),
        pytest.param(
            f"{ASK}&default-graph-uri=a:b&default-graph-uri=a:b%20c", "bad-query", "'a:b c'", id="a blank in one"
        ),
        pytest.param(f"{ASK}&default-graph-uri=a:%00", "bad-query", "names no graph", id="a NUL in one"),
        pytest.param(f"{ASK}&{'&'.join(['a=1'] * MOST)}", "bad-query", str(MOST), id="too many"),
        pytest.param(f"{ASK}&update=", "read-only", "read-only", id="an update beside a query"),
    ],
)
def test_parameters_that_are_wrong_are_400(service: Running, target: str, kind: str, telling: str) -> None:
    assert telling in problem(ask(service, "GET", target), 400, kind)["detail"]


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/sparql?query=ASK+%7B%7D", id="a plus is a blank"),
        pytest.param("/sparql?query=ASK%20%7B%7D%20%23%25", id="a percent sign, encoded"),
        pytest.param("/sparql?%71uery=ASK%7B%7D", id="a name, encoded"),
        pytest.param("/sparql?&query=ASK%7B%7D&&", id="empty pairs"),
        pytest.param(f"{ASK}&timeout=1&results=xml&nobody=knows", id="parameters nobody knows"),
        pytest.param(f"{ASK}&using-graph-uri=a:b", id="a parameter of updates"),
        pytest.param(f"{ASK}&version=1.2", id="a version"),
        pytest.param("/sparql?query=VERSION%20%221.2%22%20ASK%7B%7D", id="a version in the query"),
        pytest.param("/sparql?query=ASK%7B%7D%23%00", id="a NUL in a comment"),
        pytest.param(f"{ASK}#fragment", id="a fragment that no client should send"),
    ],
)
def test_parameters_that_are_odd_are_understood(service: Running, target: str) -> None:
    assert ask(service, "GET", target).json()["boolean"] is True


def test_it_is_decoded_once(service: Running) -> None:
    query = quote('SELECT ("%41" AS ?x) {}', safe="")
    assert ask(service, "GET", f"/sparql?query={query}", {"Accept": "text/csv"}).body == b"x\r\n%41\r\n"


def test_a_post_takes_its_query_from_the_body_and_the_rest_also_from_the_address(service: Running) -> None:
    reply = ask(service, "POST", "/sparql?format=xml", {"Content-Type": DIRECT}, b"ASK {}")
    assert reply.media_type == ROWS["xml"]
    for content_type, body in ((FORM, b"format=xml"), (FORM, b"query=ASK%7B%7D"), (DIRECT, b"ASK {}")):
        problem(ask(service, "POST", ASK, {"Content-Type": content_type}, body), 400, "bad-query")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_body_of_a_get_says_nothing(service: Running, method: str) -> None:
    reply = ask(service, method, ASK, {"Content-Type": FORM}, b"query=SELEC&update=x")
    assert (reply.status, reply.media_type) == (200, ROWS["json"])


def test_relative_iris_are_relative_to_the_base_of_the_content(service: Running) -> None:
    query = quote("SELECT (COUNT(*) AS ?n) { <id/pilot-kiezbox> ?p ?o }", safe="")
    reply = ask(service, "GET", f"/sparql?query={query}", {"Accept": "text/csv"})
    assert int(reply.body.split()[1]) > 0


def test_an_unknown_function_is_the_askers_mistake(service: Running) -> None:
    query = quote("SELECT (<https://x.example/f>(1) AS ?x) {}", safe="")
    assert "x.example/f" in problem(ask(service, "GET", f"/sparql?query={query}"), 400, "bad-query")["detail"]


# The format by its name


@pytest.mark.parametrize(
    ("target", "name", "media_type"),
    [
        *((ASK, name, ROWS[name]) for name in ("json", "xml")),
        *((DESCRIBE, name, media_type) for name, media_type in GRAPHS.items()),
        (ASK, "JSON", ROWS["json"]),
        (ASK, "application/sparql-results+xml", ROWS["xml"]),
        (ASK, "application/sparql-results%2Bxml", ROWS["xml"]),
        (ASK, "application/json", "application/json"),
        (ASK, "", ROWS["json"]),
        (ASK, "csv&format=xml", ROWS["xml"]),
        (DESCRIBE, "json-ld&format=application%2Fld%2Bjson%2Capplication%2Fx-json%2Bld&format=", GRAPHS["jsonld"]),
        (DESCRIBE, "json", GRAPHS["jsonld"]),
        (DESCRIBE, "xml", GRAPHS["rdf"]),
        (DESCRIBE, "turtle", GRAPHS["ttl"]),
        (DESCRIBE, "n3", GRAPHS["ttl"]),
        (DESCRIBE, "n-triples", GRAPHS["nt"]),
        (DESCRIBE, "rdf+xml", GRAPHS["rdf"]),
        (DESCRIBE, "json-ld", GRAPHS["jsonld"]),
        ("/sparql?lang=de", "nt", GRAPHS["nt"]),
    ],
)
@pytest.mark.parametrize("parameter", ["format", "output"])
def test_a_format_has_a_name(service: Running, target: str, name: str, media_type: str, parameter: str) -> None:
    accept = {"Accept": "*/*" if not name else "image/png"}
    asked = f"{target}&{parameter}={name}".replace("&format=", f"&{parameter}=")
    assert ask(service, "GET", asked, accept).media_type == media_type


def test_format_goes_before_output(service: Running) -> None:
    assert ask(service, "GET", f"{ASK}&output=json&format=xml").media_type == ROWS["xml"]


@pytest.mark.parametrize(
    ("target", "name", "telling"),
    [
        pytest.param(ASK, "yaml", "There is no format 'yaml'. There are: json, xml, csv", id="nobody knows it"),
        pytest.param(ASK, "csv", ROWS["json"], id="not for a truth"),
        pytest.param(ASK, "ttl", ROWS["json"], id="not for rows"),
        pytest.param(DESCRIBE, "csv", GRAPHS["ttl"], id="not for a graph"),
        pytest.param("/sparql?lang=de", "csv", GRAPHS["ttl"], id="not for the description"),
        pytest.param(ASK, "image/png", ROWS["json"], id="a media type that is not there"),
        pytest.param(ASK, "/", ROWS["json"], id="a slash"),
    ],
)
def test_a_format_that_does_not_fit_is_406_and_says_what_does(
    service: Running, target: str, name: str, telling: str
) -> None:
    told = problem(ask(service, "GET", f"{target}&format={name}"), 406, "not-acceptable")
    assert telling in told["detail"]
