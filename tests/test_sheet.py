"""A spreadsheet: every value as it is, nothing that is reckoned, nothing cut, the same bytes for the same rows."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.engine import sheet
from gdb_graph.engine.sheet import Sheet
from gdb_graph.errors import NotAcceptable, ResultTooLarge
from gdb_graph.terms import XSD

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://a.example")', "\t=1", "{=1}", "http://a.example/"]


def written(names: Sequence[str], rows: Sequence[Sequence[Any]], notes: Sequence[Sequence[str]] = ()) -> bytes:
    file = io.BytesIO()
    Sheet(names, rows, notes).write(file)
    return file.getvalue()


def cells(file: bytes, name: str = "answer") -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(file))
    found = list(book[name].iter_rows())
    assert [cell.hyperlink for row in found for cell in row if cell.hyperlink] == []
    assert {cell.data_type for row in found for cell in row} <= {"s", "n"}  # none is a formula
    return [tuple(cell.value for cell in row) for row in found]


def typed(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + kind))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_a_text(text: str) -> None:
    file = written([text], [[ox.Literal(text)]], [[text, text]])
    assert cells(file) == [(text,), (text,)]
    assert cells(file, "about") == [(text, text)]


@pytest.mark.parametrize(
    ("term", "value"),
    [
        pytest.param(ox.Literal(42), 42, id="integer"),
        pytest.param(typed("-1.5", "decimal"), -1.5, id="decimal"),
        pytest.param(ox.Literal(123456789012345), 123456789012345, id="as long as is exact"),
        pytest.param(ox.Literal(1234567890123456), "1234567890123456", id="longer than is exact"),
        pytest.param(typed("007", "string"), "007", id="digits that are a text"),
        pytest.param(typed("INF", "double"), "INF", id="no number to a spreadsheet"),
        pytest.param(typed("2023-07", "gYearMonth"), "2023-07", id="a month stays a month"),
        pytest.param(typed("2023-07-01", "date"), "2023-07-01", id="a day as the graph has it"),
        pytest.param(ox.Literal(True), "true", id="boolean"),
        pytest.param(ox.NamedNode("https://a.example/x"), "https://a.example/x", id="IRI"),
        pytest.param(ox.BlankNode("b"), "_:b", id="blank node"),
        pytest.param(ox.Literal(" a \n b _x0041_"), " a \n b _x0041_", id="blanks, lines, and what looks escaped"),
        pytest.param(None, None, id="no value"),
    ],
)
def test_a_value_of_each_kind(term: Any, value: Any) -> None:
    assert cells(written(["x", "y"], [[term, ox.Literal("z")]]))[1] == (value, "z")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=50))
def test_any_text_comes_through(text: str) -> None:
    assert cells(written(["x", "y"], [[ox.Literal(text), ox.Literal("z")]]))[1] == (text, "z")


@pytest.mark.parametrize("text", ["\x00", "a\x0b", "\uffff", "x" * 32_768, "\U0001f30d" * 16_384])
def test_a_text_that_no_cell_holds_is_refused(text: str) -> None:
    with pytest.raises(NotAcceptable, match=r"Row 1 .* CSV"):
        written(["x"], [[ox.Literal(text)]])


def test_a_text_as_long_as_a_cell_is_whole() -> None:
    assert cells(written(["x"], [[ox.Literal("x" * 32_767)]]))[1] == ("x" * 32_767,)


def test_more_than_a_sheet_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_CELLS", 6)
    rows = [[ox.Literal(1), ox.Literal(2)]] * 3
    assert len(cells(written(["x", "y"], rows))) == 4
    with pytest.raises(ResultTooLarge, match="more than 3 rows of 2 columns"):
        written(["x", "y"], [*rows, rows[0]])


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = [[ox.Literal("a"), ox.Literal(1)]] * 3
    assert len({written(["x", "y"], rows, [["a", "b"]]) for _ in range(2)}) == 1


def test_a_note_longer_than_a_cell_goes_on_below() -> None:
    told = cells(written(["x"], [], [["query", "y" * 70_000], ["end", "z"]]), "about")
    assert "".join(row[1] for row in told if row[0] != "end") == "y" * 70_000
    assert told[-1] == ("end", "z")


@pytest.mark.parametrize("names", [[], ["x"]])
def test_an_answer_without_rows_is_a_sheet(names: list[str]) -> None:
    assert cells(written(names, []))[:1] == ([tuple(names)] if names else [])
