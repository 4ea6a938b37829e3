"""The home page: what it is, what people ask within one click, the pilots, figures that are true, known gaps."""

import re
from html import unescape

import httpx
import pytest

from tests.test_pages import HTML, Page, sound


@pytest.fixture(params=["de", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def links(page: Page) -> set[str]:
    return {re.sub(r"[?&]lang=\w+", "", each) for each in page.links}


def test_what_people_ask_is_one_click_away(client: httpx.Client, lang: str) -> None:
    page = sound(client.get(f"/?lang={lang}", headers=HTML))
    asked = {
        "/undertakings",
        "/connections",
        "/partners",
        "/fields?pilot=none",
        "/queries/contradictions",
        "/sparql",
        "/queries",
    }
    assert asked <= links(page)
    for each in page.links:
        if each.startswith(tuple(asked)):
            assert client.get(each, headers=HTML).status_code == 200


def test_all_pilots_are_there(client: httpx.Client, lang: str) -> None:
    page = sound(client.get(f"/?lang={lang}", headers=HTML))
    rows = client.get("/queries/pilots.json").json()["results"]["bindings"]
    pilots = {"/page/" + row["pilot"]["value"].rpartition("/")[2] for row in rows}
    assert len(pilots) == 5
    assert pilots <= links(page)


def test_each_figure_is_the_length_of_its_list(client: httpx.Client) -> None:
    text = client.get("/?lang=de", headers=HTML).text
    figures = re.findall(r'<dt><a href="(/\w+)\?lang=de">[^<]*</a></dt><dd>([\d.]+)</dd>', text)
    told = {path: int(number.replace(".", "")) for path, number in figures}
    for path in ("/undertakings", "/actors", "/fields", "/values", "/events", "/decisions", "/sources"):
        assert told[path] == client.get(f"{path}.json").json()["count"]
    assert told["/queries"] == len(client.get("/queries", headers={"Accept": "application/json"}).json())


def test_partners_of_a_pilot_are_found_from_here_and_taken_away_as_a_spreadsheet(
    client: httpx.Client, lang: str
) -> None:
    home = client.get(f"/?lang={lang}", headers=HTML).text
    (pilot,) = {unescape(each) for each in re.findall(r'href="([^"]+)"><bdi>Smart Water', home)}
    page = Page(client.get(pilot, headers=HTML).text)
    (file,) = (each for each in page.links if each.startswith("/queries/actors-of-undertaking.xlsx"))
    answer = client.get(file)
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


def test_known_gaps_are_named(client: httpx.Client, lang: str) -> None:
    text = client.get(f"/?lang={lang}", headers=HTML).text
    rows = client.get("/queries/not-known.json").json()["results"]["bindings"]
    gap = rows[0]["statementDe" if lang == "de" else "statementEn"]["value"]
    assert gap in unescape(text)
    assert str(len(rows)) in text
