"""`?labels=`: columns with the labels of IRIs beside any SELECT, whose rows stay what they are."""

import csv
import io
import json
from collections.abc import Sequence
from typing import IO, Any, cast

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.engine import labels, sparql
from gdb_graph.formats import ROWS
from gdb_graph.terms import DCT, RDFS, SKOS, Names
from tests.serving import problem

PREFIXES = f"PREFIX gdb: <{Names().prefixes()['gdb']}> PREFIX skos: <{SKOS}> PREFIX rdfs: <{RDFS}>\n"
PILOTS = f"{PREFIXES} SELECT ?pilot ?p {{ ?pilot a gdb:PilotProject ; ?p ?o }}"
QUERIES = [
    "SELECT ?pilot { ?pilot a gdb:PilotProject } ORDER BY DESC(?pilot)",
    "SELECT ?pilot ?label { ?pilot a gdb:PilotProject ; skos:prefLabel ?label } ORDER BY ?label LIMIT 3 OFFSET 1",
    "SELECT * { { ?pilot a gdb:PilotProject } UNION { ?pilot a gdb:PilotProject } } ORDER BY ?pilot",
    "SELECT DISTINCT ?class { ?x a ?class } ORDER BY ?class",
    "SELECT ?class (COUNT(*) AS ?count) { ?x a ?class } GROUP BY ?class ORDER BY DESC(?count) ?class",
    "SELECT ?x ?xDe { BIND(rdfs:label AS ?x) BIND('mine' AS ?xDe) }",
    "SELECT ?x ?y { VALUES (?x ?y) { (UNDEF 1) (rdfs:label UNDEF) (UNDEF UNDEF) } }",
    "SELECT ?x { ?x a gdb:NothingOfThisName }",
    "SELECT ?a { { SELECT ?a { ?a a gdb:PilotProject } ORDER BY ?a LIMIT 2 } } ORDER BY DESC(?a)",
]


def ask(client: httpx.Client, query: str, **parameters: str) -> Any:
    response = client.get("/sparql", params={"query": query, "format": "json"} | parameters)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("query", QUERIES)
def test_without_its_label_columns_an_answer_is_that_of_the_plain_query(client: httpx.Client, query: str) -> None:
    plain, more = ask(client, PREFIXES + query), ask(client, PREFIXES + query, labels="de,en")
    own = plain["head"]["vars"]
    assert [name for name in more["head"]["vars"] if name in own] == own
    rows = [{name: cell for name, cell in row.items() if name in own} for row in more["results"]["bindings"]]
    assert rows == plain["results"]["bindings"]


def test_each_variable_with_iris_has_its_labels_behind_it(client: httpx.Client) -> None:
    answer = ask(
        client, f"{PREFIXES} SELECT ?pilot ?n {{ ?pilot a gdb:PilotProject BIND(1 AS ?n) }}", labels="en,de,en"
    )
    assert answer["head"]["vars"] == ["pilot", "pilotEn", "pilotDe", "n"]
    stated = f"{PREFIXES} SELECT ?x ?l {{ ?x a gdb:PilotProject ; skos:prefLabel ?l }}"
    known = {
        (row["x"]["value"], row["l"]["xml:lang"], row["l"]["value"])
        for row in ask(client, stated)["results"]["bindings"]
    }
    for row in answer["results"]["bindings"]:
        for name, code in (("pilotDe", "de"), ("pilotEn", "en")):
            assert row[name]["xml:lang"] == code
            assert (row["pilot"]["value"], code, row[name]["value"]) in known


def test_terms_have_their_labels_too(client: httpx.Client) -> None:
    (row,) = ask(client, f"{PREFIXES} SELECT ?x {{ VALUES ?x {{ gdb:PilotProject }} }}", labels="de,en")["results"][
        "bindings"
    ]
    assert row["xDe"]["value"]
    assert row["xEn"]["value"]


@pytest.mark.parametrize("format_", ["csv", "tsv", "xml", "json"])
def test_every_format_has_the_columns(client: httpx.Client, format_: str) -> None:
    parameters = {"query": PILOTS, "format": format_, "labels": "de"}
    response = client.get("/sparql", params=parameters)
    assert response.headers["Content-Type"].partition(";")[0] == ROWS[format_]
    assert "pilotDe" in response.text
    assert client.post("/sparql", data=parameters).content == response.content


def test_a_large_answer_streams_whole(client: httpx.Client) -> None:
    query = "SELECT ?s ?n { ?s ?p ?o BIND(1 AS ?n) } LIMIT 15000"
    assert labels.LOOKED_THROUGH < 15000
    plain, more = (
        list(
            csv.DictReader(io.StringIO(client.get("/sparql", params={"query": query, "format": "csv", **labels_}).text))
        )
        for labels_ in ({}, {"labels": "de"})
    )
    assert len(plain) == 15000
    assert sorted(more[0]) == ["n", "nDe", "s", "sDe"]  # past what is looked through, every variable has its columns
    assert [{name: row[name] for name in ("s", "n")} for row in more] == plain


@pytest.mark.parametrize("query", ["ASK {}", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"])
def test_what_has_no_columns_stays_as_it_is(client: httpx.Client, query: str) -> None:
    plain, more = (client.get("/sparql", params={"query": query} | labels_) for labels_ in ({}, {"labels": "de"}))
    assert more.status_code == 200
    assert more.content == plain.content


@pytest.mark.parametrize("value", ["german", "de en", "d", "de-AT", "1"])
def test_what_is_no_language_is_named(client: httpx.Client, value: str) -> None:
    told = problem(client.get("/sparql", params={"query": PILOTS, "labels": value}), 422, "bad-parameter")
    assert told["parameter"] == "labels"


def test_a_label_is_the_best_kind_of_name_in_the_very_language() -> None:
    store, iri = ox.Store(), ox.NamedNode("a:x")
    for naming, text, language in (
        (f"{DCT}title", "a title", "de"),
        (f"{RDFS}label", "b", "de"),
        (f"{RDFS}label", "a", "de"),
        (f"{SKOS}prefLabel", "only here", "fr"),
        (f"{DCT}title", "plain", None),
    ):
        store.add(ox.Quad(iri, ox.NamedNode(naming), ox.Literal(text, language=language)))
    answer = asked(store, "SELECT ?x { BIND(<a:x> AS ?x) }", ("de", "en", "fr"))
    assert answer == {"x": "a:x", "xDe": "a", "xFr": "only here"}


def asked(store: ox.Store, query: str, languages: Sequence[str]) -> dict[str, str]:
    body = io.BytesIO()
    sparql.answer(store, sparql.Request(query, labels=languages), {}, lambda *_: cast(IO[bytes], body))
    (row,) = json.loads(body.getvalue())["results"]["bindings"]
    return {name: cell["value"] for name, cell in row.items()}


IRIS = st.from_regex(r"[a-z]:[a-zé/?=&0-9]{0,8}", fullmatch=True).map(ox.NamedNode)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LITERALS = st.one_of(
    TEXTS.map(ox.Literal),
    st.builds(lambda text, language: ox.Literal(text, language=language), TEXTS, st.sampled_from(["de", "en-gb"])),
    st.builds(lambda text, kind: ox.Literal(text, datatype=kind), TEXTS, IRIS),
    st.integers(-(10**9), 10**9).map(ox.Literal),
    st.booleans().map(ox.Literal),
)
TERMS = st.one_of(IRIS, LITERALS)


@given(st.lists(st.tuples(IRIS, st.one_of(TERMS, st.builds(ox.Triple, IRIS, IRIS, TERMS))), max_size=5))
def test_every_term_comes_through_unchanged(pairs: list[tuple[ox.NamedNode, Any]]) -> None:
    store = ox.Store()
    for subject, term in pairs:
        store.add(ox.Quad(subject, ox.NamedNode("a:p"), term))
    query = "SELECT ?s ?o ?missing { ?s ?p ?o } ORDER BY ?s ?o"
    plain, more = store.query(query), labels.labelled(cast(ox.QuerySolutions, store.query(query)), store, ("de",))
    assert isinstance(plain, ox.QuerySolutions)
    rows = list(more)
    assert [tuple(row[name] for name in ("s", "o", "missing")) for row in rows] == [tuple(row) for row in plain]
