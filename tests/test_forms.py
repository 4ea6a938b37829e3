"""Curated queries as pages: typed forms, sorting, paging, links to share; the catalogue; and spreadsheets."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import openpyxl
import pyoxigraph as ox
import pytest

from gdb_graph import queryfile
from gdb_graph.queryfile import LANGUAGES, Query
from gdb_graph.terms import SKOS, Names
from gdb_graph.web import turning
from tests.conftest import Running
from tests.serving import PUBLIC_URL, ask_app, problem
from tests.test_pages import HTML, Page, sound

ACTORS = "/queries/actors-of-undertaking"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
THINGS = Names()


def shown(response: httpx.Response) -> list[list[str]]:
    """The texts of the table on a page."""
    assert response.status_code == 200, response.text
    body = response.text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)] for row in rows]


# The catalogue


@pytest.mark.parametrize("lang", LANGUAGES)
def test_queries_stand_under_their_topic(client: httpx.Client, queries: Mapping[str, Query], lang: str) -> None:
    page = client.get("/queries", params={"lang": lang}, headers=HTML)
    sound(page)
    assert page.text.count('<li><a href="/queries/') == len(queries)
    assert ("<h2>Akteure</h2>" if lang == "de" else "<h2>Actors</h2>") in page.text


@pytest.mark.parametrize(
    ("sought", "name"),
    [
        ("Vorhaben wirkt", "actors-of-undertaking"),
        ("takes part", "actors-of-undertaking"),
        ("FOERDER", "funding-by-funder"),
    ],
)
def test_a_query_is_found_by_words_in_either_language(client: httpx.Client, sought: str, name: str) -> None:
    page = client.get("/queries", params={"q": sought, "lang": "de"}, headers=HTML)
    links = [each for each in sound(page).links if each.startswith("/queries/")]
    assert f"/queries/{name}?lang=de" in links
    assert len(links) < 30


def test_what_nobody_asks_is_said_so(client: httpx.Client) -> None:
    page = client.get("/queries", params={"q": "xyzzy", "lang": "en"}, headers=HTML)
    assert "0 questions with “xyzzy”" in page.text
    assert "/queries?lang=en" in sound(page).links


# Forms


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/queries/cooperation", '<input type="number" step="1" id="p-min" name="min" value="3">'),
        ("/queries/who-led-on", 'inputmode="numeric" pattern="\\d{4}(-\\d\\d(-\\d\\d)?)?"'),
        (ACTORS, '<select id="p-undertaking" name="undertaking">'),
        ("/queries/undertakings-of-actor", '<datalist id="p-actor-list">'),
    ],
)
def test_each_kind_of_parameter_has_its_field(client: httpx.Client, path: str, field: str) -> None:
    assert field in client.get(path, headers=HTML).text


@pytest.mark.parametrize(
    "typed", ["CityLAB Berlin", " citylab  berlin ", "org-citylab-berlin", THINGS.thing("org-citylab-berlin")]
)
def test_a_thing_may_be_named_as_people_call_it(client: httpx.Client, typed: str) -> None:
    """And the links of the page say its slug, which stays the same."""
    path = "/queries/undertakings-of-actor"
    page = client.get(path, params={"actor": typed, "lang": "en"}, headers=HTML)
    assert 'name="actor" value="CityLAB Berlin"' in page.text
    assert f"{path}?actor=org-citylab-berlin&lang=en" in sound(page).links
    by_slug = client.get(f"{path}.csv", params={"actor": "org-citylab-berlin"})
    assert client.get(f"{path}.csv", params={"actor": typed}).content == by_slug.content


def test_a_name_that_two_things_have_is_not_guessed(tmp_path: Path) -> None:
    text = "#+ summary: { de: a, en: b }\n#+ params: { x: { type: thing, de: x, en: x } }\n"
    text += f"SELECT ?x {{ VALUES ?x {{ <{THINGS.thing('a')}> }}  # param\n}}"
    (tmp_path / "named.rq").write_text(text, encoding="utf-8")
    store = ox.Store()
    for slug, label in (("a", "Same"), ("b", "same"), ("c", "Other")):
        thing = ox.NamedNode(THINGS.thing(slug))
        store.add(ox.Quad(thing, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode("a:b")))
        store.add(ox.Quad(thing, ox.NamedNode(f"{SKOS}prefLabel"), ox.Literal(label, language="de")))
    queries = queryfile.read_folder(tmp_path)
    assert ask_app("/queries/named.csv?x=other", store, queries).text.split() == ["x", THINGS.thing("c")]
    problem(ask_app("/queries/named.csv?x=Same", store, queries), 422, "bad-parameter")


# Sorting and paging


@pytest.mark.parametrize(("sort", "reverse"), [("field", False), ("-field", True)])
def test_a_column_sorts_as_a_german_dictionary_does(client: httpx.Client, sort: str, reverse: bool) -> None:
    page = client.get("/queries/action-fields", params={"sort": sort, "lang": "de"}, headers=HTML)
    names = [row[1] for row in shown(page)]
    plain = str.maketrans("äöü", "aou")
    assert names == sorted(names, key=lambda name: name.casefold().replace("ß", "ss").translate(plain), reverse=reverse)
    assert f'aria-sort="{"descending" if reverse else "ascending"}"' in page.text


def test_numbers_sort_by_value_and_what_is_empty_comes_last(client: httpx.Client) -> None:
    counts = [
        int(row[-1]) for row in shown(client.get("/queries/action-fields?sort=undertakings&lang=de", headers=HTML))
    ]
    assert counts == sorted(counts)
    for sort in ("validUntil", "-validUntil"):
        ends = [row[5] for row in shown(client.get(f"/queries/office-holders?sort={sort}&lang=de", headers=HTML))]
        assert "" in ends
        assert "" not in ends[: ends.index("")]
        assert set(ends[ends.index("") :]) == {""}


def test_a_head_sorts_up_then_down_then_not_at_all(client: httpx.Client) -> None:
    asked, seen = "/queries/action-fields?lang=en", list[str]()
    for _ in range(3):
        heads = client.get(asked, headers=HTML).text.partition("<thead>")[2].partition("</thead>")[0]
        asked = Page(f"<table>{heads}</table>").links[-1]
        seen += parse_qs(urlsplit(asked).query).get("sort", [""])
    assert seen == ["undertakings", "-undertakings", ""]


def test_a_long_answer_has_pages_that_hold_all_of_it(client: httpx.Client) -> None:
    path, found, asked = "/queries/sources", list[list[str]](), "/queries/sources?lang=en"
    while asked:
        page = client.get(asked, headers=HTML)
        part = shown(page)
        assert 0 < len(part) <= turning.LONG
        found += part
        asked = next((each for each in sound(page).links if f"page={len(found) // turning.LONG + 1}&" in each), "")
        if len(part) < turning.LONG:
            break
    rows = client.get(f"{path}.csv").text.count("\r\n") - 1
    assert len(found) == rows > turning.LONG
    assert f"{rows} rows" in page.text


@pytest.mark.parametrize(
    ("name", "value"), [("sort", "nothing"), ("page", "0"), ("page", "x"), ("page", "99"), ("page", "²")]
)
def test_a_column_or_page_that_is_not_there_is_422(client: httpx.Client, name: str, value: str) -> None:
    told = problem(client.get(f"{ACTORS}.html", params={name: value}), 422, "bad-parameter")
    assert told["parameter"] == name


@pytest.mark.parametrize("name", ["sort", "page"])
def test_files_are_whole_and_in_the_order_of_the_query(client: httpx.Client, name: str) -> None:
    problem(client.get(f"{ACTORS}.csv", params={name: "1"}), 422, "bad-parameter")


def test_no_query_has_a_parameter_that_a_page_needs(queries: Mapping[str, Query]) -> None:
    assert not {each.name for query in queries.values() for each in query.parameters} & {
        "sort",
        "page",
        "lang",
        "format",
        "path",
    }


def test_the_query_opens_in_the_editor_with_what_was_chosen(client: httpx.Client) -> None:
    page = sound(client.get(ACTORS, params={"undertaking": "pilot-kiezbox", "lang": "en"}, headers=HTML))
    (link,) = (each for each in page.links if each.startswith("/sparql?query="))
    assert f"VALUES ?undertaking {{ <{THINGS.thing('pilot-kiezbox')}> }}" in parse_qs(urlsplit(link).query)["query"][0]
    assert client.get(link, headers=HTML).status_code == 200


# Spreadsheets


def book(response: httpx.Response) -> Mapping[str, list[tuple[Any, ...]]]:
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == XLSX
    read = openpyxl.load_workbook(io.BytesIO(response.content))
    return {sheet.title: [tuple(cell.value for cell in row) for row in sheet.iter_rows()] for sheet in read}


@pytest.mark.parametrize("how", ["suffix", "format", "Accept"])
def test_a_spreadsheet_has_the_rows_and_says_where_they_are_from(service: Running, how: str) -> None:
    given = {"undertaking": "pilot-kiezbox", "lang": "en"}
    path = ACTORS + (".xlsx" if how == "suffix" else "")
    response = service.client.get(
        path,
        params=given | ({"format": "xlsx"} if how == "format" else {}),
        headers={"Accept": XLSX if how == "Accept" else "*/*"},
    )
    found = book(response)
    csv_rows = service.client.get(f"{ACTORS}.csv", params=given).text.splitlines()
    assert list(found["answer"][0]) == csv_rows[0].split(",")
    assert len(found["answer"]) == len(csv_rows)
    about = {row[0]: row[1] for row in found["about"] if row[0]}
    assert about["undertaking"] == THINGS.thing("pilot-kiezbox")
    assert about["Snapshot"] == response.headers["X-Snapshot"]
    assert about["Licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert about["Address"].startswith(f"{service.url}{path}?")
    assert "Who takes part in this undertaking" in str(found["about"][0])


def test_the_same_question_is_the_same_file(client: httpx.Client) -> None:
    address = "/queries/pilots.xlsx?lang=de"
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(address, headers={"Range": "bytes=0-"}).content == first.content  # not from the store


def test_any_query_may_be_a_spreadsheet(client: httpx.Client) -> None:
    query = "SELECT ?x ?y\nWHERE { VALUES (?x ?y) { ('=1+1' 42) } }"
    found = book(client.get("/sparql", params={"query": query, "format": "xlsx", "lang": "de"}))
    assert found["answer"] == [("x", "y"), ("=1+1", 42)]
    assert [row[1] for row in found["about"]][-2:] == query.splitlines()
    assert ("Lizenz", "https://creativecommons.org/licenses/by/4.0/") in found["about"]


def test_a_graph_is_no_spreadsheet(client: httpx.Client) -> None:
    problem(
        client.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }", "format": "xlsx"}), 406, "not-acceptable"
    )


def test_what_a_spreadsheet_cannot_hold_is_refused(client: httpx.Client) -> None:
    long = "SELECT (REPLACE(STRUUID(), '.', '{}') AS ?x) {{}}".format("x" * 1000)
    problem(client.get("/sparql", params={"query": long, "format": "xlsx"}), 406, "not-acceptable")


def test_the_address_in_a_spreadsheet_is_the_public_one(tmp_path: Path) -> None:
    response = ask_app(f"/sparql?format=xlsx&query={quote('SELECT * {}')}", ox.Store(), {})
    assert any(str(row[1]).startswith(f"{PUBLIC_URL}/sparql?") for row in book(response)["about"] if len(row) > 1)
