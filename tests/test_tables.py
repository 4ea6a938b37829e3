"""The tables: CSV that any reader takes, counts that equal SPARQL's, metadata that are true of the file beside them."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdb_graph import queryfile
from gdb_graph.build import tables
from gdb_graph.queryfile import Query
from gdb_graph.snapshot import Snapshot, current, open_snapshot
from gdb_graph.terms import GDB
from tests.conftest import ROOT
from tests.contents import BASE, built

NAMES = sorted(path.stem for path in (ROOT / "queries" / "tables").glob("*.rq"))
EX = "https://example.org/"
Row = dict[str, str]


def rows(of: Snapshot, name: str) -> list[Row]:
    """The rows of a table by the names of its columns."""
    return list(csv.DictReader(io.StringIO((of.folder / "tables" / f"{name}.csv").read_bytes().decode(), newline="")))


def metadata(of: Snapshot, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((of.folder / "tables" / f"{name}.csv-metadata.json").read_bytes())
    return told


def ask(store: ox.Store, text: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT as texts."""
    solutions = store.query(f"PREFIX gdb: <{GDB}> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n{text}")
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple("" if term is None else term.value for term in row) for row in solutions]


def test_there_are_the_tables_people_ask_for() -> None:
    asked = "undertakings actors involvements fields values funding status-history events sources"

    assert set(asked.split()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_holds_what_its_query_answers(name: str, snapshot: Snapshot, store: ox.Store) -> None:
    text = (snapshot.queries / "tables" / f"{name}.rq").read_text(encoding="utf-8")
    lists = {column["name"] for column in metadata(snapshot, name)["tableSchema"]["columns"] if "separator" in column}
    found = rows(snapshot, name)
    plain = [column for column in found[0] if column not in lists]
    variables = store.query(text).variables  # type: ignore[union-attr]
    answered = [dict(zip((each.value for each in variables), row, strict=True)) for row in ask(store, text)]

    assert list(found[0]) == [each.value for each in variables]
    assert sorted(tuple(row[each] for each in plain) for row in found) == sorted(
        tuple(row[each] for each in plain) for row in answered
    )


THINGS = {
    "undertakings": "?x a gdb:Undertaking",
    "actors": "?x a gdb:Actor",
    "involvements": "?x a gdb:Involvement",
    "fields": "?x a gdb:ActionField",
    "values": "?x a gdb:StrategicValue",
    "funding": "?x a gdb:FundingAllocation",
    "status-history": "?x a gdb:StatusAssertion",
    "events": "?x a gdb:ParticipationEvent",
    "sources": "?snapshot gdb:snapshotOf ?x",
}


@pytest.mark.parametrize("name", NAMES)
def test_no_thing_is_left_out(name: str, snapshot: Snapshot, store: ox.Store) -> None:
    expected = {thing for (thing,) in ask(store, f"SELECT DISTINCT ?x {{ {THINGS[name]} }}")}
    things = [next(iter(row.values())) for row in rows(snapshot, name)]

    assert set(things) == expected
    assert things == sorted(things)


@pytest.mark.parametrize("name", set(NAMES) - {"funding", "events", "status-history"})
def test_a_thing_has_one_row(name: str, snapshot: Snapshot) -> None:
    things = [next(iter(row.values())) for row in rows(snapshot, name)]

    assert len(set(things)) == len(things)


def test_known_facts_stand_in_the_tables(snapshot: Snapshot) -> None:
    names = snapshot.names
    (pilot,) = (row for row in rows(snapshot, "undertakings") if row["undertaking"] == names.thing("pilot-smart-water"))
    (field,) = (row for row in rows(snapshot, "fields") if row["number"] == "2.4")
    involved = {row["actor"] for row in rows(snapshot, "involvements") if row["undertakingEn"] == "Smart Water"}

    assert (pilot["undertakingEn"], pilot["kindDe"], pilot["earliestStart"]) == ("Smart Water", "Pilotprojekt", "2022")
    assert pilot["leads"] == names.thing("org-kwb")
    assert (field["fieldEn"], field["undertakings"]) == ("Smart Cities Learning Together", "")
    assert int(pilot["actors"]) == len(involved) == 12


def test_a_list_holds_each_value_once_and_in_order(snapshot: Snapshot, store: ox.Store) -> None:
    expected: dict[str, set[str]] = {}
    for thing, field in ask(store, "SELECT ?x ?field { ?x gdb:addressesField ?field }"):
        expected.setdefault(thing, set()).add(field)

    for row in rows(snapshot, "undertakings"):
        assert row["fields"].split() == sorted(expected.get(row["undertaking"], ()))


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_what_rfc_4180_says(name: str, snapshot: Snapshot) -> None:
    content = (snapshot.folder / "tables" / f"{name}.csv").read_bytes()
    text = content.decode("utf-8")

    assert not content.startswith(b"\xef\xbb\xbf")
    assert text.endswith("\r\n")
    assert re.search(r"[\r\n]", re.sub(r'"(?:[^"]|"")*"', "", text).replace("\r\n", "")) is None
    width = len(rows(snapshot, name)[0])
    assert {len(row) for row in csv.reader(io.StringIO(text, newline=""))} == {width}


# Metadata

PATTERNS = {"integer": r"[+-]?\d+", "decimal": r"[+-]?\d+(\.\d+)?", "anyURI": r"[a-z]+:\S+", "string": r".*"}


@pytest.mark.parametrize("name", NAMES)
def test_the_metadata_are_true(name: str, snapshot: Snapshot) -> None:
    """As a validator looks at it: the columns are those of the header, and each cell is of the datatype."""
    told, found = metadata(snapshot, name), rows(snapshot, name)
    columns = told["tableSchema"]["columns"]
    assert told["@context"] == "http://www.w3.org/ns/csvw"
    assert told["url"] == f"{name}.csv"
    assert [column["name"] for column in columns] == [column["titles"]["und"] for column in columns] == list(found[0])
    for column in columns:
        datatype = column["datatype"]
        pattern = PATTERNS[datatype] if isinstance(datatype, str) else datatype["format"]
        for cell in filter(None, (row[column["name"]] for row in found)):
            values = cell.split(column["separator"]) if "separator" in column else [cell]
            assert [value for value in values if not re.fullmatch(pattern, value, re.DOTALL)] == [], column["name"]


@pytest.mark.parametrize("name", NAMES)
def test_the_metadata_are_in_both_languages(name: str, snapshot: Snapshot) -> None:
    told = metadata(snapshot, name)
    for term in ("dc:title", "dc:description"):
        assert {text["@language"] for text in told[term] if text["@value"]} == {"de", "en"}
    for lang in ("de", "en"):
        titles = [column["titles"][lang] for column in told["tableSchema"]["columns"]]
        assert all(titles)
        assert len(set(titles)) == len(titles), "two columns are called the same"


@pytest.mark.parametrize("name", NAMES)
def test_the_columns_have_the_types_stated(name: str, snapshot: Snapshot) -> None:
    """No value of the real content makes a column plain text."""
    table = queryfile.read(snapshot.queries / "tables" / f"{name}.rq")
    stated = {column.name: tables.TYPES[column.type][1] for column in tables.columns(table)}

    assert {each["name"]: each["datatype"] for each in metadata(snapshot, name)["tableSchema"]["columns"]} == stated


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_beside_its_thing_in_both_languages(name: str, snapshot: Snapshot) -> None:
    columns = [column["name"] for column in metadata(snapshot, name)["tableSchema"]["columns"]]
    languages = {column["name"]: column.get("lang") for column in metadata(snapshot, name)["tableSchema"]["columns"]}
    for name_ in columns:
        if name_.endswith("De"):
            assert columns[columns.index(name_) + 1] == f"{name_[:-2]}En"
            assert (languages[name_], languages[f"{name_[:-2]}En"]) == ("de", "en")


# Another city, and whatever values there are


def test_another_city_has_the_same_tables_of_its_own_things() -> None:
    city = open_snapshot(current(built()))

    assert sorted(path.stem for path in (city.folder / "tables").glob("*.csv")) == NAMES
    assert {row["undertaking"] for row in rows(city, "undertakings")} == {f"{BASE}id/pilot-lantern"}


def table(folder: Path, type_: str = "string", *, many: bool = False) -> Query:
    """A table of all that is said."""
    path = folder / "said.rq"
    path.write_text(
        "#+ summary: { de: Gesagtes, en: what is said }\n#+ description: { de: Alles, en: all }\n"
        f"#+ columns: {{ thing: {{ de: D, en: T, type: iri }}, said: {{ de: S, en: S, type: {type_}, "
        f"list: {str(many).lower()} }} }}\nSELECT ?thing ?said {{ ?thing <{EX}said> ?said }}",
        encoding="utf-8",
    )
    query = queryfile.read(path)
    assert tables.faults([query]) == []
    return query


def write(folder: Path, query: Query, values: list[Any]) -> tuple[bytes, Any]:
    """The CSV with one row for each value, and the datatype of the column of values."""
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode(f"{EX}{place}"), ox.NamedNode(f"{EX}said"), each) for place, each in enumerate(values)
    )
    tables.write(folder, store, [query])
    told = json.loads((folder / "tables" / "said.csv-metadata.json").read_bytes())
    return (folder / "tables" / "said.csv").read_bytes(), told["tableSchema"]["columns"][1]["datatype"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=5))
def test_every_text_comes_back_as_it_is(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Commas, quotes, line ends; and what a spreadsheet would take for a formula: no character is added."""
    folder = tmp_path_factory.getbasetemp()
    content, _ = write(folder, table(folder), [ox.Literal(text) for text in texts])

    assert [row["said"] for row in csv.DictReader(io.StringIO(content.decode(), newline=""))] == texts


def test_a_formula_is_not_touched(tmp_path: Path) -> None:
    content, _ = write(tmp_path, table(tmp_path), [ox.Literal("=1+1"), ox.Literal("@home"), ox.Literal("-5 °C")])

    assert content == f"thing,said\r\n{EX}0,=1+1\r\n{EX}1,@home\r\n{EX}2,-5 °C\r\n".encode()


@pytest.mark.parametrize(
    ("type_", "value", "datatype"),
    [
        ("integer", ox.Literal(-3), "integer"),
        ("integer", ox.Literal("three"), "string"),
        ("decimal", ox.Literal("1.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")), "decimal"),
        ("decimal", ox.Literal(float("inf")), "string"),
        ("iri", ox.NamedNode("urn:x"), "anyURI"),
        ("iri", ox.BlankNode("b"), "anyURI"),
        ("iri", ox.Literal("no address"), "string"),
        ("date", ox.Literal("2023-05"), {"base": "string", "format": "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"}),
        ("date", ox.Literal("May 2023"), "string"),
    ],
)
def test_a_value_of_another_type_makes_the_column_text(type_: str, value: Any, datatype: Any, tmp_path: Path) -> None:
    content, found = write(tmp_path, table(tmp_path, type_), [value])
    shown = f"_:{value.value}" if isinstance(value, ox.BlankNode) else value.value

    assert found == datatype
    assert content == f"thing,said\r\n{EX}0,{shown}\r\n".encode()


def test_an_empty_table_has_its_header(tmp_path: Path) -> None:
    assert write(tmp_path, table(tmp_path, "integer"), []) == (b"thing,said\r\n", "integer")


def test_a_list_is_sorted(tmp_path: Path) -> None:
    content, datatype = write(
        tmp_path, table(tmp_path, "iri", many=True), [ox.Literal("urn:b urn:a urn:b"), ox.Literal("")]
    )

    assert (content, datatype) == (f"thing,said\r\n{EX}0,urn:a urn:b\r\n{EX}1,\r\n".encode(), "anyURI")
