"""Why a query has no rows: the pattern that removed the last one, unknown terms, texts in another language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.engine.patterns import split
from gdb_graph.queryfile import Query
from gdb_graph.terms import SKOS, Names
from tests.conftest import start, stop
from tests.serving import problem

PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in Names().prefixes().items())
FIRST_LINE = PREFIXES.count("\n") + 1
COMPETENCY = sorted((Path(__file__).parent / "competency").glob("*.rq"))
PILOT = "?p a gdb:PilotProject"
GRAPH = "GRAPH gdbg:curated"


def explained(client: httpx.Client, query: str, **parameters: str) -> dict[str, Any]:
    response = client.get("/sparql/explain", params={"query": PREFIXES + query} | parameters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize(
    "query",
    [f"SELECT * {{ {PILOT} }}", "ASK {}", f"CONSTRUCT {{ {PILOT} }} WHERE {{ {PILOT} }}", f"DESCRIBE ?p {{ {PILOT} }}"],
)
def test_where_there_are_rows_nothing_is_explained(client: httpx.Client, query: str) -> None:
    assert explained(client, query) == {"rows": True}


@pytest.mark.parametrize(
    ("query", "text", "before", "alone"),
    [
        pytest.param(f"SELECT * {{ {PILOT} ; gdb:nope ?x }}", "?p gdb:nope ?x", 5, False, id="a property nobody has"),
        pytest.param(f"SELECT * {{ {PILOT} . ?p gdb:actor ?x . ?x a ?y }}", "?p gdb:actor ?x", 5, True, id="of others"),
        pytest.param(
            f"SELECT * {{ {PILOT} FILTER(false) ?p ?q ?o }}", "FILTER(false)", None, True, id="a filter, last"
        ),
        pytest.param(f"ASK {{ {PILOT} FILTER NOT EXISTS {{ ?p a ?c }} }}", None, 5, True, id="ASK, NOT EXISTS"),
        pytest.param(f"SELECT * {{ {PILOT} MINUS {{ ?p a ?c }} }}", "MINUS { ?p a ?c }", 5, None, id="MINUS"),
        pytest.param(f"SELECT * {{ {PILOT} }} VALUES ?p {{ 1 }}", "VALUES ?p { 1 }", 5, True, id="VALUES behind"),
        pytest.param(
            f"SELECT * {{ {GRAPH} {{ {PILOT} . ?p gdb:nope ?x }} }}",
            f"{GRAPH} {{ ?p gdb:nope ?x }}",
            5,
            False,
            id="in a graph",
        ),
        pytest.param(
            f"SELECT * {{ ?s ?o ?x {{ SELECT * {{ {PILOT} . ?p gdb:nope 1.5 }} LIMIT 3 }} }}",
            "?p gdb:nope 1.5",
            5,
            False,
            id="in a sub-select",
        ),
        pytest.param(f"SELECT * {{ {{ {PILOT} . ?p gdb:nope 1 }} }}", "?p gdb:nope 1", 5, False, id="in a group"),
        pytest.param(
            f"SELECT * {{ {PILOT} {{ ?p gdb:nope 1 }} UNION {{ ?p gdb:nope 2 }} }}",
            "{ ?p gdb:nope 1 } UNION { ?p gdb:nope 2 }",
            5,
            False,
            id="a union",
        ),
        pytest.param(f"CONSTRUCT {{ ?p a 1 }} {{ {PILOT}; gdb:nope ?x }}", "?p gdb:nope ?x", 5, False, id="CONSTRUCT"),
        pytest.param(
            f"CONSTRUCT WHERE {{ {PILOT}. ?p gdb:nope ?x }}", "?p gdb:nope ?x", 5, False, id="CONSTRUCT WHERE"
        ),
        pytest.param("SELECT * { ?a ?b ?c . ?d gdb:nope ?e }", "?d gdb:nope ?e", 1001, False, id="counted so far"),
        pytest.param(
            f"SELECT * {{ {PILOT} # a . comment {{\n ; gdb:nope 'a . b ; c {{' }}",
            "?p gdb:nope 'a . b ; c {'",
            5,
            False,
            id="dots and brackets in texts",
        ),
    ],
)
def test_the_pattern_that_removed_the_last_row_is_named(
    client: httpx.Client, query: str, text: str | None, before: int | None, alone: bool | None
) -> None:
    removed = explained(client, query)["removed"]
    assert text is None or removed["text"] == text
    assert before is None or removed["rows_before"] == before
    assert alone is None or removed["alone"] == alone
    assert removed["line"] in (FIRST_LINE, FIRST_LINE + 1)


def test_patterns_that_do_not_go_together_are_named(client: httpx.Client) -> None:
    found = explained(client, f"SELECT * {{\n{PILOT} .\n?x a ?y .\n?p gdb:actor ?x }}")
    assert found["removed"]["against"] == [{"text": PILOT, "line": FIRST_LINE + 1}]
    assert [each["text"] for each in found["without"]] == [PILOT, "?p gdb:actor ?x"]


def test_what_stands_behind_the_patterns_may_leave_no_row(client: httpx.Client) -> None:
    for tail in ("LIMIT 0", "OFFSET 100", "GROUP BY ?p HAVING(COUNT(*) > 99)"):
        found = explained(client, f"SELECT ?p {{ {PILOT} }} {tail}")
        assert found["modifiers"], tail
        assert found["removed"] is None


@pytest.mark.parametrize(
    ("query", "text", "near"),
    [
        pytest.param(
            "SELECT * { ?p a gdb:Pilotproject }",
            "gdb:Pilotproject",
            f"{Names().prefixes()['gdb']}PilotProject",
            id="class",
        ),
        pytest.param(
            "ASK { gdbi:pilot-smartwater ?p ?o }",
            "gdbi:pilot-smartwater",
            Names().thing("pilot-smart-water"),
            id="thing",
        ),
        pytest.param("ASK { ?s skos:preflabel ?o }", "skos:preflabel", f"{SKOS}prefLabel", id="property"),
        pytest.param("ASK { GRAPH gdbg:curatd { ?s ?p ?o } }", "gdbg:curatd", Names().graph("curated"), id="graph"),
        pytest.param(
            "ASK { ?s <http://www.w3.org/2004/02/skos/core#prefLable>/^rdf:type ?o }",
            "<http://www.w3.org/2004/02/skos/core#prefLable>",
            f"{SKOS}prefLabel",
            id="in a path",
        ),
    ],
)
def test_an_unknown_term_is_named_with_what_is_like_it(client: httpx.Client, query: str, text: str, near: str) -> None:
    (found,) = explained(client, query)["unknown"]
    assert (found["text"], found["line"]) == (text, FIRST_LINE)
    assert near in [each["iri"] for each in found["near"]]


def test_what_is_like_a_term_has_its_labels(client: httpx.Client) -> None:
    (found,) = explained(client, "SELECT * { ?p a gdb:Pilotproject }")["unknown"]
    assert set(found["near"][0]["labels"]) == {"de", "en"}


def test_a_long_query_may_be_posted(client: httpx.Client) -> None:
    query = f"{PREFIXES} ASK {{ {PILOT} ; gdb:nope 1 }}"
    answers = [
        client.get("/sparql/explain", params={"query": query}),
        client.post("/sparql/explain", data={"query": query}),
        client.post("/sparql/explain", content=query, headers={"Content-Type": "application/sparql-query"}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_functions_and_datatypes_are_no_terms(client: httpx.Client) -> None:
    assert explained(client, 'ASK { ?s ?p "x"^^xsd:date FILTER(xsd:integer(?p) = 1) }')["unknown"] == []


@pytest.mark.parametrize(
    ("literal", "instead"),
    [
        pytest.param('"Smart Water"', '"Smart Water"@en', id="no language"),
        pytest.param('"Smart Water"@fr', '"Smart Water"@en', id="another language"),
        pytest.param('"2022"', '"2022"^^<http://www.w3.org/2001/XMLSchema#gYear>', id="another type"),
    ],
)
def test_a_text_in_another_language_or_type_is_named(client: httpx.Client, literal: str, instead: str) -> None:
    for query in (
        f"ASK {{ ?p ?q {literal} }}",
        f"ASK {{ ?p a ?q ; skos:prefLabel ?o FILTER(?o = {literal} && false) }}",
    ):
        (found,) = explained(client, query)["literals"]
        assert found["text"] == literal
        assert instead in found["instead"]


def test_a_text_that_is_there_is_not_named(client: httpx.Client) -> None:
    assert explained(client, 'ASK { ?p skos:prefLabel "Smart Water"@en ; gdb:nope 1 }')["literals"] == []


def test_the_dataset_of_the_query_holds_for_the_explanation_too(client: httpx.Client) -> None:
    query = "ASK { ?p a gdb:PilotProject }"
    assert explained(client, query) == {"rows": True}
    found = explained(client, query, **{"default-graph-uri": Names().graph("ontology")})
    assert found["removed"]["text"] == "?p a gdb:PilotProject"
    assert explained(client, query.replace("{", "FROM gdbg:ontology {", 1))["removed"]


def test_a_query_that_is_wrong_is_told_as_ever(client: httpx.Client) -> None:
    assert problem(client.get("/sparql/explain", params={"query": "SELEC"}), 400, "bad-query")["line"] == 1
    problem(client.get("/sparql/explain"), 400, "bad-query")


def test_every_query_we_have_can_be_asked_piece_by_piece(client: httpx.Client, queries: Mapping[str, Query]) -> None:
    """What is put together from the pieces is a query and means the same, with all of them and without any one."""
    texts = {query.name: query.text for query in queries.values()}
    texts |= {path.stem: path.read_text(encoding="utf-8") for path in COMPETENCY}
    store = ox.Store()
    for name, text in texts.items():
        parts = split(text)
        assert parts, name
        for left_out in (None, *parts.patterns):
            store.query(parts.ask([each for each in parts.patterns if each is not left_out]))
        for pattern in parts.patterns:
            assert pattern.text[:3].strip()[0] == text[pattern.at :].strip()[0] or pattern.kind in (
                "graph",
                "triple",
                "select",
            )


@pytest.mark.parametrize(
    "name", ["actors-of-undertaking", "contradictions", "sector-shares", "pilots", "status-of-all"]
)
def test_a_long_query_without_rows_is_explained(client: httpx.Client, queries: Mapping[str, Query], name: str) -> None:
    text = queries[name].text
    parts = split(text)
    assert parts
    at = parts.patterns[0].at
    found = client.get(
        "/sparql/explain", params={"query": f"{text[:at]} ?nobody <a:nope> ?nothing . {text[at:]}"}
    ).json()
    assert found["rows"] is False
    assert found["removed"]["text"] == "?nobody <a:nope> ?nothing"
    assert [each["text"] for each in found["unknown"]] == ["<a:nope>"]


@given(st.text("SELCT WHR{}()[].;,?x'\"#<>:@ a\n", max_size=80))
def test_any_text_is_taken_apart_or_not(text: str) -> None:
    parts = split(f"SELECT * {{ {text} }}")
    assert parts is None or all(each.text for each in parts.patterns)


def test_asking_again_is_charged_to_the_client() -> None:
    running = start(client_seconds="0.3", limit_loopback="true")
    try:
        for number in range(100):  # each is another query, since what is known costs nothing
            query = f"{PREFIXES} SELECT * {{ ?p a gdb:Pilotproject{number} }}"
            answer = running.client.get("/sparql/explain", params={"query": query})
            if answer.status_code != 200:
                break
        problem(answer, 429, "too-much")
    finally:
        stop(running)
