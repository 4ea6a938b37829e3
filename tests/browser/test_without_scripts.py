"""Everything that scripts make easier works without them: forms, choices and links are plain HTML."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import opened

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser: Any, served: str) -> Iterator[Any]:
    """The home page in a browser that runs no scripts."""
    with opened(browser, served, java_script_enabled=False) as page:
        page.goto("/?lang=en")
        yield page


def test_search_and_narrow_down(plain: Any) -> None:
    plain.get_by_role("searchbox").first.fill("Kiezbox 2.0")
    plain.get_by_role("button", name="Search").click()
    assert plain.locator(".hits").get_by_role("link").first.inner_text().startswith("Data in everyday life")
    plain.get_by_role("link", name="Undertakings").first.click()
    plain.get_by_role("link", name="pilot project", exact=True).first.click()
    assert plain.locator("main tbody tr").count() == 5
    within = plain.get_by_role("search", name="Search within this list")
    within.get_by_role("searchbox").fill("Wasser")
    within.get_by_role("button").click()
    plain.get_by_text("1 of 26").wait_for()
    assert plain.locator("main tbody th").all_inner_texts() == ["Smart Water"]


def test_ask_a_question(plain: Any) -> None:
    plain.get_by_role("link", name="Questions", exact=True).first.click()
    plain.get_by_role("link", name="Who takes part in this undertaking").first.click()
    plain.locator("main form select").first.select_option(label="Smart Water")
    plain.locator("main form").get_by_role("button").first.click()
    plain.locator("main table").get_by_role("link", name="CityLAB Berlin").wait_for()


def test_connect_and_bring_together(plain: Any) -> None:
    plain.get_by_role("link", name="How are two things connected?").click()
    plain.get_by_label("From", exact=True).fill("KfW")
    plain.get_by_label("To", exact=True).fill("Smart Water")
    plain.get_by_role("button", name="Find paths").click()
    assert plain.locator("svg.drawing").is_visible()
    plain.locator("svg.drawing a[data-node]").filter(has_text="KfW").first.click()
    assert plain.locator("h1").inner_text() == "KfW"
    plain.get_by_role("link", name="Find partners").first.click()
    plain.get_by_label("District").select_option(label="Pankow")
    plain.get_by_role("button", name="Find partners").click()
    plain.locator("details.partner summary").nth(1).click()
    assert plain.locator("details.partner .reasons").nth(1).is_visible()


def test_change_the_language(plain: Any) -> None:
    plain.get_by_role("link", name="Deutsch").click()
    assert plain.get_by_role("heading", level=2).first.inner_text() == "Was möchten Sie wissen?"
    plain.get_by_role("link", name="Vorhaben").first.click()
    assert plain.locator("h1").inner_text() == "Vorhaben"
