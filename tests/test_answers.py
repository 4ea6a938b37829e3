"""The curated queries against answers a person wrote: tests/answers/<query>.yaml, a list of cases.

A case says why it is there, its parameters and its rows, all of them and in order (`contains: true`: at least
these, in any order). `count` is how many rows there are in all. A row is compared in the columns that any row of
its case names; one it leaves out is unbound. Things go by slug, concepts by scheme/concept, terms of an ontology
by prefix and name.
"""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from gdb_graph.queryfile import Query
from gdb_graph.terms import VOCABULARY, Names

TESTS = Path(__file__).parent
NAMES = sorted(path.stem for path in (TESTS.parent / "queries").glob("*.rq"))
ANSWERS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted((TESTS / "answers").glob("*.yaml"))}

LONG = 40
"""An answer with more rows than this need not be written out."""

Row = dict[str, str]


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=f"{name}: {case['why']}") for name, cases in ANSWERS.items() for case in cases],
)
def test_the_answer_is_the_expected_one(
    store: ox.Store, queries: dict[str, Query], names: Names, name: str, case: dict[str, Any]
) -> None:
    assert case.keys() <= {"why", "params", "rows", "contains", "count"}
    variables, found = select(store, queries[name].fill(case["params"], names), names)
    columns = {column for row in case["rows"] for column in row}
    assert columns <= set(variables), "a column that the query does not have"
    expected = [{column: str(row.get(column, "")) for column in columns} for row in case["rows"]]
    projected = [{column: row[column] for column in columns} for row in found]
    assert len(found) == case.get("count", len(found))
    if case.get("contains"):
        assert expected and [row for row in expected if row not in projected] == []
    else:
        assert projected == expected if columns else not found


def test_every_query_has_answers() -> None:
    assert sorted(ANSWERS) == NAMES


def is_full(case: dict[str, Any], rows: int) -> bool:
    """Whether a case gives a whole answer of so many rows; of a long one some rows and their number will do."""
    return not case.get("contains") or (rows > LONG and case.get("count") == rows)


@pytest.mark.parametrize("name", NAMES)
class TestQuery:
    def test_its_parameters_are_tried(self, queries: dict[str, Query], name: str) -> None:
        tried = {parameter for case in ANSWERS[name] for parameter in case["params"]}
        assert tried == {parameter.name for parameter in queries[name].parameters}

    def test_its_default_answer_is_given_whole(
        self, store: ox.Store, queries: dict[str, Query], name: str, names: Names
    ) -> None:
        rows = len(select(store, queries[name].text, names)[1])
        assert any(is_full(case, rows) for case in ANSWERS[name] if not case["params"])

    def test_it_runs_unchanged_on_an_empty_store(self, queries: dict[str, Query], name: str, names: Names) -> None:
        assert select(ox.Store(), queries[name].text, names)[1] == []

    def test_it_states_an_order(self, queries: dict[str, Query], name: str) -> None:
        assert queries[name].form == "SELECT"
        assert re.search(r"^ORDER BY ", queries[name].text, re.MULTILINE)

    def test_no_row_comes_twice(self, store: ox.Store, queries: dict[str, Query], name: str, names: Names) -> None:
        _, rows = select(store, queries[name].text, names)
        assert len({tuple(row.items()) for row in rows}) == len(rows)

    def test_every_column_has_a_heading(self, queries: dict[str, Query], name: str, names: Names) -> None:
        query = queries[name]
        variables, _ = select(ox.Store(), query.text, names)
        assert list(query.header["columns"]) == list(dict.fromkeys(base(each, variables) for each in variables))
        for heading in query.header["columns"].values():
            assert heading.keys() == {"de", "en"}

    def test_labels_stand_beside_what_they_name(self, queries: dict[str, Query], name: str, names: Names) -> None:
        variables, _ = select(ox.Store(), queries[name].text, names)
        for before, after in pairwise(variables):
            if after.endswith("En"):
                assert before == f"{after[:-2]}De"
            if after.endswith("De") and after[:-2] in variables:
                assert before == after[:-2]

    def test_it_asks_and_explains_in_both_languages(self, queries: dict[str, Query], name: str) -> None:
        for lang in ("de", "en"):
            assert queries[name].summary[lang].endswith("?")
            assert queries[name].description[lang].endswith(".")


def base(variable: str, variables: list[str]) -> str:
    """The name under which a page shows a variable: `taskDe` and `taskEn` are `task`."""
    stem = variable[:-2]
    return stem if variable[-2:] in ("De", "En") and {f"{stem}De", f"{stem}En"} <= set(variables) else variable


def select(store: ox.Store, text: str, names: Names) -> tuple[list[str], list[Row]]:
    """The variables of a SELECT, and its rows with every term in the short form of the answer files."""
    solutions = store.query(text)
    assert isinstance(solutions, ox.QuerySolutions)
    variables = [variable.value for variable in solutions.variables]
    return variables, [{each: short(solution[each], names) for each in variables} for solution in solutions]


def short(term: Any, names: Names) -> str:
    """A term as the answer files write it."""
    if not isinstance(term, ox.NamedNode):
        return term.value if term else ""
    for namespace in (names.instances, VOCABULARY):
        if term.value.startswith(namespace):
            return term.value.removeprefix(namespace)
    for prefix, namespace in names.prefixes().items():
        if term.value.startswith(namespace):
            return f"{prefix}:{term.value.removeprefix(namespace)}"
    return term.value
