"""What a newcomer comes for, begun on the home page and done by clicking, then in English by keyboard on a phone."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest

from tests.browser.conftest import PHONE, opened
from tests.browser.looks import overflow

pytestmark = pytest.mark.browser


class Mouse:
    """Somebody who clicks."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def open(self, wanted: Any) -> None:
        wanted.click()

    def follow(self, role: str, name: str) -> None:
        """Open a link of that name, or press a button, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.open(self.page.locator("main").get_by_role(role, name=name, exact=True).first)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)


class Keys(Mouse):
    """Somebody with the keyboard alone, on a screen where nothing may be wider than it is."""

    def go_to(self, wanted: Any) -> None:
        """Press Tab until the focus is there."""
        assert overflow(self.page) <= 0
        for _ in range(400):
            if wanted.evaluate("each => each === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not get to {wanted}")

    def open(self, wanted: Any) -> None:
        self.go_to(wanted)
        self.page.keyboard.press("Enter")

    def choose(self, label: str, option: str) -> None:
        self.go_to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(option)

    def fill(self, label: str, text: str) -> None:
        self.go_to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)


# How a newcomer reads and moves: the language, and with what.
WAYS: dict[str, tuple[type[Mouse], dict[str, Any]]] = {
    "de": (Mouse, {"locale": "de-DE", "viewport": {"width": 1300, "height": 900}}),
    "en": (Keys, {"locale": "en-GB", "viewport": PHONE, "has_touch": True, "color_scheme": "dark"}),
}


@pytest.fixture(params=WAYS)
def newcomer(request: pytest.FixtureRequest, browser: Any, served: str) -> Iterator[tuple[Mouse, Callable[..., str]]]:
    """Somebody on the home page, and which of two texts, German and English, stands there for them."""
    kind, options = WAYS[request.param]
    with opened(browser, served, **options) as page:
        page.goto("/")
        yield kind(page), lambda de, en: de if request.param == "de" else en


Newcomer = tuple[Mouse, Callable[..., str]]


def test_who_takes_part_in_smart_water_and_as_what(newcomer: Newcomer) -> None:
    person, say = newcomer
    page = person.page
    person.follow(
        "link",
        say("Wer wirkt an welchem Vorhaben mit, und als was?", "Who takes part in which undertaking, and as what?"),
    )
    person.follow("link", say("Smart Water – Wasser und Stadtgrün klimagerecht gestalten", "Smart Water"))
    table = page.get_by_role("region", name=say("Wer mitwirkt", "Who takes part"))
    row = table.get_by_role("row").filter(has_text="Kompetenzzentrum Wasser Berlin").first
    assert say("federführend (verantwortlich)", "lead (responsible)") in row.inner_text()
    with page.expect_download() as download:
        person.open(page.get_by_role("link", name="Excel (XLSX)"))
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()), read_only=True)
    heads, *lines = book.worksheets[0].iter_rows(values_only=True)
    taken = {tuple(line[heads.index(f"{each}{say('De', 'En')}")] for each in ("actor", "role")) for line in lines}
    assert ("Kompetenzzentrum Wasser Berlin gGmbH", say("federführend (verantwortlich)", "lead (responsible)")) in taken
    assert len(lines) == table.locator("tbody tr").count()


def test_how_the_kfw_and_a_district_office_are_connected(newcomer: Newcomer) -> None:
    person, say = newcomer
    page = person.page
    person.follow("link", say("Wie hängen zwei Dinge zusammen?", "How are two things connected?"))
    person.fill(say("Von", "From"), "KfW")
    person.fill(say("Nach", "To"), "Bezirksamt Pankow")
    person.follow("button", say("Wege suchen", "Find paths"))
    sentence = page.locator(".paths li").first
    assert "KfW" in sentence.inner_text()
    assert "Bezirksamt Pankow" in sentence.inner_text()
    picture = page.locator("svg.drawing")
    assert picture.is_visible()
    assert "Bezirksamt Pankow" in picture.text_content()
    number = sentence.locator("a[href^='#source-']").first
    source = page.locator(number.get_attribute("href"))
    person.open(number)
    assert source.get_by_role("link").first.inner_text()
    assert page.url.endswith(number.get_attribute("href"))


def test_whom_to_bring_into_something_new_in_pankow(newcomer: Newcomer) -> None:
    person, say = newcomer
    page = person.page
    person.follow("link", say("Wer sollte zusammenkommen?", "Who should come together?"))
    person.choose(say("Handlungsfeld", "Action field"), say("Intelligente Datennutzung", "Intelligent Data Use"))
    person.choose(say("Bezirk", "District"), "Pankow")
    person.follow("button", say("Partner suchen", "Find partners"))
    ranks = page.get_by_role("region", name=say("Rangfolge", "Ranking")).locator("tbody tr")
    scores = [int(each.split()[0]) for each in ranks.locator("td:nth-child(2)").all_inner_texts()]
    assert len(scores) >= 5
    assert scores == sorted(scores, reverse=True)
    first = page.locator("details.partner").first
    assert first.locator(".reasons li").first.is_visible()
    assert first.locator(".reasons li a[href^='#source-']").count() > 0
    second = page.locator("details.partner").nth(1)
    assert not second.locator(".reasons").is_visible()
    person.open(second.locator("summary"))
    assert second.locator(".reasons li").first.is_visible()


def test_which_fields_have_no_pilot_and_who_disagrees_on_the_period_of_smart_water(newcomer: Newcomer) -> None:
    person, say = newcomer
    page = person.page
    person.follow(
        "link",
        say("In welchen Handlungsfeldern gibt es kein Pilotprojekt?", "Which action fields have no pilot project?"),
    )
    fields = page.locator("main table tbody th").all_inner_texts()
    assert say("Bedarfsgerechte Bürgerservices", "Citizen Services") in fields
    assert say("Partizipative Governance und Beteiligung", "Participatory Governance") not in fields
    page.goto("/")
    person.follow("link", say("Smart Water – Wasser und Stadtgrün klimagerecht gestalten", "Smart Water"))
    dispute = page.locator(".dispute").filter(has_text=say("Beginn von Smart Water", "Start of Smart Water"))
    readings = dispute.locator("dl, ul").inner_text()
    assert say("Juli 2022", "July 2022") in readings
    assert say("November 2023", "November 2023") in readings
    assert "Grün und blau, aber schlau" in readings
