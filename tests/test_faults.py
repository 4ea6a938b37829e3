"""What is wrong with a query, and where: line and column in the sentence and beside it, for programs."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.engine import faults
from gdb_graph.queryfile import Query
from gdb_graph.terms import GDB, Names
from tests.serving import problem

COMPETENCY = sorted((Path(__file__).parent / "competency").glob("*.rq"))


@pytest.mark.parametrize(
    ("query", "line", "column", "says"),
    [
        pytest.param("SELEC * {}", 1, 1, "did you mean SELECT", id="a word misspelt"),
        pytest.param("SELECT *\nWHERE {\n  ?s ?p ?o .\n  FILER(?o > 1)\n}", 4, 3, "FILTER", id="a word inside"),
        pytest.param("SELECT * { ?s gdb:x ?o }", 1, 15, f"PREFIX gdb: <{GDB}>", id="a prefix we know"),
        pytest.param("SELECT * {\r\n ?s a\r\n nope:x }", 3, 2, "'nope' is not declared", id="a prefix nobody knows"),
        pytest.param("SELECT * {\n ?s ?p ?o", 1, 10, "never closed with }", id="a bracket never closed"),
        pytest.param("SELECT * { ?s ?p ?o }\n}", 2, 1, "closes nothing", id="a bracket too many"),
        pytest.param("SELECT * { ?s ?p (1 2 }", 1, 23, "closes nothing", id="the wrong bracket"),
        pytest.param("SELECT * { ?s ?p 'text }", 1, 18, "never ends", id="a text that never ends"),
        pytest.param("INSERT DATA { <a:a> <a:b> <a:c> }", 1, 1, "read-only", id="an update"),
        pytest.param("SELECT ?x\nWHERE {\n ?x ?y \n}", 4, 2, "expected", id="what only the grammar tells"),
    ],
)
def test_a_fault_is_told_with_its_place(client: httpx.Client, query: str, line: int, column: int, says: str) -> None:
    told = problem(client.get("/sparql", params={"query": query}), 400, "bad-query")
    assert (told["line"], told["column"]) == (line, column)
    assert f"line {line}, column {column}" in told["detail"]
    assert says in told["detail"]


def test_a_refusal_without_a_place_has_none(client: httpx.Client) -> None:
    told = problem(client.get("/sparql", params={"query": "SELECT * { SERVICE <a:b> {} }"}), 400, "bad-query")
    assert not {"line", "column"} & set(told)


def test_a_sound_query_has_no_fault(queries: Mapping[str, Query]) -> None:
    texts = {query.name: query.text for query in queries.values()}
    texts |= {path.stem: path.read_text(encoding="utf-8") for path in COMPETENCY}
    texts["blank"] = 'SELECT * { _:x ?p [] ; ?q ( 1 \'a\\\'b\' """c"d""" ) # it\'s { open\n }'
    assert len(texts) > 60
    assert {name: found for name, text in texts.items() if (found := faults.find(text, {}))} == {}


@given(st.text(max_size=60))
def test_any_text_has_a_place_within_it_or_none(text: str) -> None:
    found = faults.find(text, Names().prefixes())
    if found:
        assert found.line <= text.count("\n") + text.count("\r") + 1
        assert found.column <= len(text) + 1
        assert found.sentence
