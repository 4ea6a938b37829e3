"""Every answer says in its format exactly what was found, or is an error: no row torn, no character lost."""

import csv
import http.client
import io
import json
from typing import IO, cast
from urllib.parse import quote
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph import formats
from gdb_graph.engine import sparql
from gdb_graph.errors import BadQuery, NotAcceptable
from gdb_graph.formats import GRAPHS, ROWS
from tests.conftest import Running
from tests.serving import canonical
from tests.wire import ask, problem

READERS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
RDF_NAMESPACE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NAME_ENDS = st.text(st.sampled_from("aZ_1-.·é×:/#?%2"), max_size=4)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def answer(query: str, format_: str) -> tuple[str, bytes]:
    """The content type and the bytes of an answer, as an engine makes them."""
    types, file = list[str](), io.BytesIO()

    def begin(content_type: str, *_: int) -> IO[bytes]:
        types.append(content_type)
        return cast(IO[bytes], file)

    request = sparql.Request(query, formats.accept(format_))
    sparql.answer(ox.Store(), request, {"e": "https://e.example/"}, begin)
    return types[0], file.getvalue()


# Names


def test_every_format_has_a_writer() -> None:
    assert set(ROWS.values()) <= set(sparql.BINDINGS)
    assert set(GRAPHS.values()) == set(sparql.GRAPH)


@pytest.mark.parametrize("name", ["", "yaml", "text", "csv,tsv", "q=1"])
def test_a_name_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(NotAcceptable, match="There are: json, xml, csv, tsv, xlsx, ttl, nt, rdf, jsonld"):
        formats.accept(name)


# CSV and TSV

TERMS = r"""SELECT ?a ?b ?c { VALUES (?a ?b ?c) {
    ("plain" "com,ma" "quo\"te")
    ("line\nfeed" "carriage\rreturn" "tab\tx")
    (1 1.50 1e0)
    (true "typed"^^<https://e.example/t> "ü"@de)
    (<https://e.example/a,b> UNDEF "")
    ("back\\slash" " blank before" "blank after ")
} }"""


def test_csv_is_as_the_recommendation_says() -> None:
    content_type, body = answer(TERMS, "csv")
    assert content_type == "text/csv; charset=utf-8; header=present"
    assert body.decode() == (
        "a,b,c\r\n"
        'plain,"com,ma","quo""te"\r\n'
        '"line\nfeed","carriage\rreturn",tab\tx\r\n'
        "1,1.5,1\r\n"
        "true,typed,ü\r\n"
        '"https://e.example/a,b",,\r\n'
        "back\\slash, blank before,blank after \r\n"
    )


def test_tsv_is_as_the_recommendation_says() -> None:
    content_type, body = answer(TERMS, "tsv")
    assert content_type == "text/tab-separated-values; charset=utf-8"
    assert body.decode() == (
        "?a\t?b\t?c\n"
        '"plain"\t"com,ma"\t"quo\\"te"\n'
        '"line\\nfeed"\t"carriage\\rreturn"\t"tab\\tx"\n'
        '1\t1.5\t"1"^^<http://www.w3.org/2001/XMLSchema#double>\n'
        'true\t"typed"^^<https://e.example/t>\t"ü"@de\n'
        '<https://e.example/a,b>\t\t""\n'
        '"back\\\\slash"\t" blank before"\t"blank after "\n'
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("SELECT ?x ?y {} LIMIT 0", "x,y\r\n", id="no row"),
        pytest.param("SELECT * {}", "\r\n\r\n", id="no column"),
        pytest.param("SELECT ?x { VALUES ?x { 1 UNDEF } }", 'x\r\n1\r\n""\r\n', id="one column, nothing in it"),
    ],
)
def test_csv_with_little_in_it(query: str, expected: str) -> None:
    assert answer(query, "csv")[1].decode() == expected


def test_a_blank_node_in_csv_is_told_from_a_text() -> None:
    first, second = answer("SELECT (BNODE() AS ?x) (BNODE() AS ?y) {}", "csv")[1].decode().splitlines()[1].split(",")
    assert (first[:2], second[:2]) == ("_:", "_:")
    assert first != second


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1))
def test_csv_gives_back_every_text(rows: list[tuple[str, str]]) -> None:
    values = " ".join(f"({ox.Literal(a)} {ox.Literal(b)})" for a, b in rows)
    body = answer(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}", "csv")[1]
    assert list(csv.reader(io.StringIO(body.decode(), newline="")))[1:] == [list(row) for row in rows]


# XML: right or refused


def xml_texts(body: bytes) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(body).iter(f"{RESULTS}literal")]


@given(TEXTS)
def test_rows_in_xml_give_back_a_text_or_are_refused(text: str) -> None:
    query = f"SELECT ({ox.Literal(text)} AS ?x) {{}}"
    assert json.loads(answer(query, "json")[1])["results"]["bindings"][0]["x"]["value"] == text
    try:
        body = answer(query, "xml")[1]
    except NotAcceptable:
        assert any(ord(char) < 32 or char in "\ufffe\uffff" for char in text)
    else:
        assert xml_texts(body) == [text]


@given(TEXTS, st.sampled_from(list(GRAPHS)))
def test_a_graph_gives_back_a_text_or_is_refused(text: str, format_: str) -> None:
    triple = f"<https://e.example/s> <https://e.example/p> {ox.Literal(text)}"
    try:
        body = answer(f"CONSTRUCT {{ {triple} }} {{}}", format_)[1]
    except NotAcceptable:
        assert format_ == "rdf"
        assert any(ord(char) < 32 or char in "\ufffe\uffff" for char in text)
        return
    if format_ == "rdf":
        ElementTree.fromstring(body)
    (quad,) = ox.parse(body, format=READERS[format_])
    assert quad.object == ox.Literal(text)


@given(NAME_ENDS, st.booleans())
def test_rdf_xml_is_well_formed_or_refused_whatever_the_name(end: str, as_class: bool) -> None:
    iri = f"https://e.example/{end}"
    try:
        ox.NamedNode(iri)
    except ValueError:
        return
    query = f"CONSTRUCT {{ <a:s> {f'a <{iri}>' if as_class else f'<{iri}> 1'} }} {{}}"
    try:
        body = answer(query, "rdf")[1]
    except NotAcceptable:
        assert not end[-1:].isalpha()
        return
    ElementTree.fromstring(body)
    expected = ox.parse(answer(query, "nt")[1], format=ox.RdfFormat.N_TRIPLES)
    assert canonical(ox.parse(body, format=ox.RdfFormat.RDF_XML)) == canonical(expected)


@pytest.mark.parametrize(
    ("query", "format_"),
    [
        pytest.param('SELECT ("\\u0001" AS ?x) {}', "xml", id="a control character in rows"),
        pytest.param('CONSTRUCT { <a:s> <a:p> "\\uFFFE" } {}', "rdf", id="a character that is none in a graph"),
        pytest.param("CONSTRUCT { <a:s> <https://e.example/1> 1 } {}", "rdf", id="a property without name"),
        pytest.param("CONSTRUCT { <a:s> a <https://e.example/> } {}", "rdf", id="a class without name"),
        pytest.param(f"CONSTRUCT {{ <a:s> <{RDF_NAMESPACE}li> 1 }} {{}}", "rdf", id="a name that RDF/XML keeps"),
        pytest.param("CONSTRUCT { <a:s> <a:p> <<( <a:s> <a:p> 1 )>> } {}", "jsonld", id="a triple in JSON-LD"),
    ],
)
def test_what_a_format_cannot_say_is_406_and_the_engine_goes_on(service: Running, query: str, format_: str) -> None:
    reply = ask(service, "GET", f"/sparql?query={quote(query, safe='')}&format={format_}")
    assert "another format" in problem(reply, 406, "not-acceptable")["detail"]
    for _ in range(3):
        assert ask(service, "GET", "/sparql?query=ASK%7B%7D").json()["boolean"] is True


def test_what_xml_cannot_say_at_the_end_of_a_long_answer_cuts_it_visibly(service: Running) -> None:
    query = "SELECT ?s { { GRAPH ?g { ?s ?p ?o } } UNION { BIND('\\u0001' AS ?s) } }"
    with pytest.raises(http.client.IncompleteRead):
        ask(service, "GET", f"/sparql?query={quote(query, safe='')}&format=xml")
    assert ask(service, "GET", "/sparql?query=ASK%7B%7D").json()["boolean"] is True


def test_a_file_that_fails_is_no_matter_of_formats() -> None:
    class Full(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    for query, format_ in (("CONSTRUCT { <a:s> <a:p> 1 } {}", "ttl"), ("CONSTRUCT { <a:s> <a:p> 1 } {}", "rdf")):
        with pytest.raises(OSError, match="No space"):
            sparql.answer(
                ox.Store(), sparql.Request(query, formats.accept(format_)), {}, lambda *_: cast(IO[bytes], Full())
            )


def test_an_unknown_function_is_told_before_the_answer_begins() -> None:
    with pytest.raises(BadQuery, match=r"x\.example/f"):
        answer("SELECT (<https://x.example/f>(1) AS ?x) {}", "json")
