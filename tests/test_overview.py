"""`/overview` over HTTP: every picture as page and SVG, what it shows and leads to, and hostile content."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph import queryfile
from gdb_graph.pictures import words
from gdb_graph.pictures.dates import readings, span
from gdb_graph.pictures.gallery import OFFERS, Offer
from gdb_graph.pictures.model import Box, Line, Link, Picture, Text
from gdb_graph.pictures.reading import Said
from gdb_graph.queryfile import Query
from gdb_graph.rows import Cell, Row
from gdb_graph.web import overview
from tests.serving import PUBLIC_URL, ask_app, problem
from tests.test_pages import SCRIPT, TEXTS, Page, sound

HTML = {"Accept": "text/html"}
SVG = "{http://www.w3.org/2000/svg}"
NAMES = [offer.name for offer in OFFERS]
SAID = Said("en", {}, {key: text["en"] for key, text in TEXTS.items()})


def svg(client: httpx.Client, name: str, lang: str = "de") -> ElementTree.Element:
    response = client.get(f"/overview/{name}.svg", params={"lang": lang})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/svg+xml"
    return ElementTree.fromstring(response.text)


def rows_of(client: httpx.Client, query: str) -> list[Row]:
    bindings = client.get(f"/queries/{query}.json").json()["results"]["bindings"]
    return [{name: Cell(each["value"], each["type"]) for name, each in row.items()} for row in bindings]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("path", ["/overview", *(f"/overview/{name}" for name in NAMES)])
def test_every_picture_has_a_sound_page_in_both_languages(client: httpx.Client, path: str, lang: str) -> None:
    response = client.get(path, params={"lang": lang}, headers=HTML)
    page = sound(response)

    assert response.status_code == 200
    assert page.lang == lang
    assert "h1" in page.tags


def test_all_pictures_are_one_click_from_the_overview(client: httpx.Client) -> None:
    page = Page(client.get("/overview?lang=en", headers=HTML).text)

    assert [f"/overview/{name}?lang=en" for name in NAMES] == [link for link in page.links if "/overview/" in link]
    assert [each for each in page.loads if each.startswith("/overview/")] == [
        f"/overview/{n}.svg?lang=en" for n in NAMES
    ]


def test_gaps_and_contradictions_are_one_click_from_the_overview(client: httpx.Client) -> None:
    """Which action fields have no pilot, and which sources disagree on when."""
    page = Page(client.get("/overview?lang=de", headers=HTML).text)

    assert {f"/queries/{name}?lang=de" for name in ("fields-without-pilot", "contradictions")} <= set(page.links)
    assert "/queries/contradictions?lang=de" in Page(client.get("/overview/timeline?lang=de", headers=HTML).text).links


def test_every_query_named_is_there(queries: Mapping[str, Query]) -> None:
    assert {name for offer in OFFERS for name in (offer.query, *offer.related)} <= set(queries)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_picture_table_query_and_files(client: httpx.Client, name: str) -> None:
    (offer,) = (each for each in OFFERS if each.name == name)
    response = client.get(f"/overview/{name}?lang=en", headers=HTML)
    page = Page(response.text)
    rows = client.get(f"/queries/{offer.query}.csv").text.strip().splitlines()[1:]

    assert {"svg", "table", "figcaption"} <= page.tags
    assert response.text.count("<tr>") - 1 == len(rows)
    wanted = {f"/queries/{offer.query}?lang=en", f"/queries/{offer.query}.csv?lang=en", f"/overview/{name}.svg?lang=en"}
    assert wanted <= set(page.links)


@pytest.mark.parametrize("name", NAMES)
def test_suffix_format_and_accept_agree(client: httpx.Client, name: str) -> None:
    answers = [
        client.get(f"/overview/{name}.svg"),
        client.get(f"/overview/{name}", params={"format": "svg"}),
        client.get(f"/overview/{name}", headers={"Accept": "image/svg+xml"}),
    ]

    assert len({each.content for each in answers}) == 1
    assert {each.headers["Content-Type"] for each in answers} == {"image/svg+xml"}
    assert client.get(f"/overview/{name}").headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_told_in_words_and_needs_no_style(client: httpx.Client, name: str, lang: str) -> None:
    root = svg(client, name, lang)
    page = client.get(f"/overview/{name}", params={"lang": lang}, headers=HTML).text

    assert [each.tag for each in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root.attrib["aria-labelledby"] == "picture-title picture-text"
    assert root[1].text
    assert "{" not in root[1].text
    assert root[1].text.replace("&", "&amp;") in page
    assert not {f"{SVG}script", f"{SVG}style", f"{SVG}foreignObject"} & {each.tag for each in root.iter()}
    assert not [key for each in root.iter() for key in each.attrib if key == "style" or key.startswith("on")]


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_picture_answers_and_says_where_it_leads(client: httpx.Client, name: str) -> None:
    links = list(svg(client, name).iter(f"{SVG}a"))

    assert links
    assert all(each.attrib["href"].startswith("http") for each in links)
    assert all(each[0].tag == f"{SVG}title" and each[0].text for each in links)
    for href in {each.attrib["href"] for each in links[::12]}:
        parts = urlsplit(href)
        assert client.get(f"{parts.path}?{parts.query}", headers=HTML).status_code == 200, href


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_in_a_picture_that_is_not_in_its_table(client: httpx.Client, name: str) -> None:
    (offer,) = (each for each in OFFERS if each.name == name)
    values = {cell.value.rpartition("/")[2] for row in rows_of(client, offer.query) for cell in row.values()}
    for link in svg(client, name).iter(f"{SVG}a"):
        address = urlsplit(link.attrib["href"])
        ends = parse_qs(address.query)
        things = [*ends.get("from", []), *ends.get("to", [])] or [address.fragment or address.path]
        assert {each.rpartition("/")[2] for each in things} <= values | {v.rpartition("#")[2] for v in values}


def test_each_number_of_a_matrix_leads_to_as_many_undertakings(client: httpx.Client) -> None:
    cells = [a for a in svg(client, "actors-and-fields").iter(f"{SVG}a") if "/connections" in a.attrib["href"]]
    rows = rows_of(client, "actors-by-field")

    assert len(cells) == len(rows)
    for cell in cells[::15]:
        ends = parse_qs(urlsplit(cell.attrib["href"]).query)
        found = client.get("/connections.json", params={key: ends[key][0] for key in ("from", "to", "max_hops")}).json()
        assert len(found["paths"]) >= int("".join(cell[-1].itertext()))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_that_states_something_leads_to_its_evidence(client: httpx.Client, name: str) -> None:
    (offer,) = (each for each in OFFERS if each.name == name)
    page = Page(client.get(f"/overview/{name}?lang=de", headers=HTML).text)
    backed = [row for row in rows_of(client, offer.query) if offer.backing(row)]
    way = "/connections?" if len(offer.backed) == 2 else "/queries/evidence-of?thing="
    table = page.links[page.links.index("#table") :]

    for each in backed:
        assert all(cell.value for cell in each.values())
    assert len([link for link in table if link.startswith(way)]) >= len(backed)
    if name != "values-and-fields":
        assert backed


def test_the_network_names_who_joins_several_pilots(client: httpx.Client) -> None:
    root = svg(client, "actors-and-pilots", "en")
    nodes = {each.attrib["data-node"]: each for each in root.iter(f"{SVG}a") if "data-node" in each.attrib}
    lines = [each for each in root.iter(f"{SVG}a") if "data-from" in each.attrib]
    pairs = {(row["actor"].value, row["pilot"].value) for row in rows_of(client, "actors-of-pilots")}
    thick = [each for each in lines if float(each[1].attrib["stroke-width"]) > 2]

    assert len(lines) == len(pairs)
    assert all({each.attrib["data-from"], each.attrib["data-to"]} <= set(nodes) for each in lines)
    assert len(thick) == 5
    assert "CityLAB Berlin (4)" in str(root[1].text)


def test_the_timeline_marks_where_sources_disagree(client: httpx.Client) -> None:
    root = svg(client, "timeline", "en")
    marked = [a for a in root.iter(f"{SVG}a") if any("≠" in (each.text or "") for each in a.iter(f"{SVG}text"))]
    things = {each.attrib["href"].partition("?")[0].rpartition("/")[2] for each in marked}

    assert things == {"pilot-smart-water", "pilot-smarte-partizipation", "pilot-kiezbox", "measure-ladeinfrastruktur"}
    (water,) = (each for each in marked if "pilot-smart-water" in each.attrib["href"])
    assert "2022 | 2022-07 | 2023-02-22 | 2023-11" in str(water[0].text)


def test_funding_is_shown_once_for_each_allocation_and_not_added_up(client: httpx.Client) -> None:
    root = svg(client, "funding", "de")
    texts = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]

    assert [each for each in texts if each.endswith("Euro")].count("17.500.000 Euro") == 1
    assert texts.count("kein Betrag erfasst") == 2
    assert "Kiezlabor, Smart Space Hardenbergplatz" in texts


# What is not there


def test_a_picture_without_its_query_is_not_offered(queries: Mapping[str, Query]) -> None:
    some = {name: query for name, query in queries.items() if name in ("timeline", "pilots")}
    page = sound(ask_app("/overview?lang=de", ox.Store(), some, HTML))

    assert [link for link in page.links if link.startswith("/graph/overview/")] == ["/graph/overview/timeline?lang=de"]
    problem(ask_app("/overview/funding", ox.Store(), some), 404, "not-found")
    assert sound(ask_app("/overview", ox.Store(), {}, HTML)).loads


@pytest.mark.parametrize("address", ["/overview/nothing", "/overview/timeline.pdf", "/overview/timelin"])
def test_what_is_no_picture_is_not_found(client: httpx.Client, address: str) -> None:
    said = problem(client.get(address), 404, "not-found")
    assert "/overview" in said["detail"]
    assert ("Did you mean 'timeline'" in said["detail"]) == address.endswith("timelin")


def test_no_other_format_is_given(client: httpx.Client) -> None:
    problem(client.get("/overview/timeline?format=pdf"), 406, "not-acceptable")


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_is_said(queries: Mapping[str, Query], name: str) -> None:
    page = ask_app(f"/overview/{name}?lang=en", ox.Store(), queries, HTML)

    sound(page)
    assert "<svg" not in page.text
    ElementTree.fromstring(ask_app(f"/overview/{name}.svg", ox.Store(), queries).text)


# Hostile content, and a base URL with a path


LABELS = {
    "script": SCRIPT,
    "right to left": "\u202eevil\u2066\u2067 \u05d0\u05d1\u05d2 \u0627\u0644",
    "long word": "W" * 10_000,
    "long text": "many words " * 1_000,
    "controls": "a\x01b\x0b\x1f\ufffe\ud83d".encode("utf-8", "ignore").decode() + "\uffff",
    "stacked": "Z" + "\u0301" * 10_000,
    "east": "\u6f22" * 500,
    "empty": "",
}


def row_of(label: str, number: int) -> dict[str, Cell]:
    """A row with everything that any picture reads."""
    iri = f"https://w3id.org/gdb-berlin/id/x{number}"
    things = ["actor", "pilot", "field", "value", "thing", "kind", "allocation", "purpose", "funder", "currency"]
    things += ["district", "undertaking", "role", "sector"]
    row = {name: Cell(f"{iri}-{name}", "uri") for name in things}
    row |= {f"{name}En": Cell(label, "literal", "en") for name in things}
    row |= {"undertakings": Cell("3", "literal"), "amount": Cell("1.5E9", "literal")}
    return row | {"starts": Cell("2022 | 2023-13-77 | 9999-12-31", "literal"), "ends": Cell("0000 | later", "literal")}


def boxed(picture: Picture) -> None:
    """Nothing is outside of the picture, and all words are readable and fit."""

    def inside(mark: Text | Box | Line | Link) -> None:
        if isinstance(mark, Link):
            assert len(mark.title) < 1500
            for each in mark.marks:
                inside(each)
        elif isinstance(mark, Text):
            assert 0 <= mark.x <= picture.width
            assert 0 <= mark.y <= picture.height
            wide = words.width(mark.words, mark.bold) if not mark.angle else 0
            begin = mark.x - wide * {"start": 0, "middle": 0.5, "end": 1}[mark.anchor]
            assert -1 <= begin <= begin + wide <= picture.width + 1, mark
            assert mark.words == words.readable(mark.words)
        elif isinstance(mark, Box):
            assert 0 <= mark.x <= mark.x + mark.width <= picture.width
            assert 0 <= mark.y <= mark.y + mark.height <= picture.height
        else:
            assert 0 <= min(mark.x1, mark.x2) <= max(mark.x1, mark.x2) <= picture.width
            assert 0 <= min(mark.y1, mark.y2) <= max(mark.y1, mark.y2) <= picture.height

    for mark in picture.marks:
        inside(mark)


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("offer", OFFERS, ids=NAMES)
def test_no_label_bursts_a_picture(offer: Offer, label: str) -> None:
    boxed(offer.draw([row_of(label, 1), row_of("other", 2), row_of(label, 3)], SAID))


@pytest.mark.parametrize("offer", OFFERS, ids=NAMES)
def test_a_picture_of_very_many_things_stays_one_and_says_so(offer: Offer) -> None:
    picture = offer.draw([row_of(f"label {number}", number) for number in range(400)], SAID)

    boxed(picture)
    assert picture.shown < picture.all == 400
    assert picture.height < 20_000


def test_what_does_not_fit_is_said_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "MOST_ROWS", 50)
    values = " ".join(f'(<a:{n}> "name {n}"@en <b:{n % 9}> "b{n % 9}"@en 1)' for n in range(90))
    given = "VALUES (?actor ?actorEn ?field ?fieldEn ?undertakings)"
    page = ask_app("/overview/actors-and-fields?lang=en", ox.Store(), query(tmp_path, f"{given} {{ {values} }}"), HTML)

    sound(page)
    assert "The picture shows 60 of 90" in page.text
    assert "Here are 50 of 90 rows" in page.text


def query(folder: Path, pattern: str) -> Mapping[str, Query]:
    """Queries under the names of all pictures, which answer with this pattern."""
    header = "#+ summary: { de: 'x <script>?', en: 'x <script>?' }\n"
    for offer in OFFERS:
        (folder / f"{offer.query}.rq").write_text(f"{header}SELECT * {{ {pattern} }}", encoding="utf-8")
    return queryfile.read_folder(folder)


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("name", NAMES)
def test_hostile_content_is_shown_as_text(tmp_path: Path, name: str, label: str) -> None:
    given = row_of(label, 1) | {"actor": Cell("javascript:alert(1)", "uri")}
    terms = {
        key: f"<{cell.value}>" if cell.kind == "uri" else str(ox.Literal(cell.value, language=cell.language or "en"))
        for key, cell in given.items()
    }
    pattern = " ".join(f"VALUES ?{key} {{ {term} }}" for key, term in terms.items())
    queries = query(tmp_path, pattern)
    page = ask_app(f"/overview/{name}?lang=en", ox.Store(), queries, HTML)
    picture = ask_app(f"/overview/{name}.svg?lang=en", ox.Store(), queries)

    links = sound(page).links
    root = ElementTree.fromstring(picture.text)
    assert [each for each in links if each.startswith("javascript:")] == []
    assert {each.tag for each in root.iter()} & {f"{SVG}script"} == set()
    assert not [each for each in root.iter(f"{SVG}a") if not each.attrib["href"].startswith("http")]
    assert "default-src 'none'" in picture.headers["Content-Security-Policy"]


def test_links_are_below_the_path_of_the_base_url(tmp_path: Path) -> None:
    pattern = "VALUES (?actor ?pilot) { (<https://w3id.org/gdb-berlin/id/a> <https://w3id.org/gdb-berlin/id/b>) }"
    queries = query(tmp_path, pattern)
    page = Page(ask_app("/overview/actors-and-pilots", ox.Store(), queries, HTML).text)
    picture = ask_app("/overview/actors-and-pilots.svg", ox.Store(), queries).text

    ours = [each for each in [*page.links, *page.loads] if not each.startswith(("#", "?", "data:", "http"))]
    assert [each for each in ours if not each.startswith("/graph/")] == []
    hrefs = re.findall(r'<a href="([^"?]*)', picture)
    assert set(hrefs) == {f"{PUBLIC_URL}/page/a", f"{PUBLIC_URL}/page/b", f"{PUBLIC_URL}/connections"}


# Words and dates


@given(st.text(max_size=400), st.integers(20, 400), st.integers(1, 4), st.booleans())
def test_lines_fit_and_say_nothing_else(text: str, room: int, most: int, bold: bool) -> None:
    found = words.lines(text, room, most, bold)

    assert 1 <= len(found) <= most
    assert all(words.width(each, bold) <= room for each in found)
    said = "".join(found).replace(" ", "")
    whole = words.readable(text).replace(" ", "")
    assert said == whole or (said.endswith("…") and whole.startswith(said[:-1]))


@given(st.text(max_size=50))
def test_what_is_readable_can_stand_in_xml(text: str) -> None:
    ElementTree.fromstring(f"<a>{words.readable(text).replace('&', '').replace('<', '')}</a>")


@pytest.mark.parametrize(
    ("number", "de", "en"),
    [("17500000", "17.500.000", "17,500,000"), ("1200.50", "1.200,50", "1,200.50"), ("7.0", "7", "7"), ("?", "?", "?")],
)
def test_numbers_are_written_as_the_language_does(number: str, de: str, en: str) -> None:
    assert (words.thousands(number, "de"), words.thousands(number, "en")) == (de, en)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022", (2022, 2023, False)),
        ("2022 | 2022-07", (2022.5, 2022 + 7 / 12, False)),
        ("2022-07 | 2023", (2022.5, 2024, True)),
        ("2023-01-01", (2023, 2023 + 1 / 372, False)),
        ("soon | 20222", None),
        ("2022-13", None),
    ],
)
def test_a_date_covers_what_it_leaves_open(text: str, expected: Any) -> None:
    found = span(readings(text))

    assert (found and (found.since, found.until, found.disputed)) == (expected and pytest.approx(expected))


def things_of(picture: Picture) -> Sequence[tuple[str, ...]]:
    return [each.things for each in picture.marks if isinstance(each, Link)]


@pytest.mark.parametrize("offer", OFFERS, ids=NAMES)
def test_the_same_rows_give_the_same_picture(offer: Offer) -> None:
    rows = [row_of(f"label {number % 7}", number % 11) for number in range(40)]

    assert offer.draw(rows, SAID) == offer.draw(list(rows), SAID)
    assert things_of(offer.draw(rows, SAID))


def test_another_process_draws_the_same_picture() -> None:
    """Whatever the order of its sets and dictionaries is."""
    program = (
        "from tests.test_overview import OFFERS, SAID, row_of\n"
        "rows = [row_of(f'label {number % 7}', number % 11) for number in range(40)]\n"
        "print([offer.draw(rows, SAID) for offer in OFFERS])"
    )

    def drawn(seed: str) -> bytes:
        environment = os.environ | {"PYTHONHASHSEED": seed}
        return subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True).stdout

    assert drawn("1") == drawn("2") != b""
