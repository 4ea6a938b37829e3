"""The journeys with pictures: how two things are connected, what is missing, and a picture that can be explored."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser
NETWORK = "/overview/actors-and-pilots?lang=en"
CONNECTED = "/connections?from=org-kfw&to=org-ba-pankow&lang=en"


def explored(page: Any, address: str) -> Any:
    """The canvas of a picture, after a click on what lets it be explored."""
    page.goto(address)
    page.click("button.explore")
    page.wait_for_selector(".canvas canvas")
    return page.locator(".canvas")


def drawn(page: Any) -> str:
    """What the canvas shows now."""
    page.wait_for_timeout(300)
    shown: str = page.evaluate("[...document.querySelectorAll('.canvas canvas')].map((c) => c.toDataURL()).join()")
    return shown


def test_how_a_bank_and_a_district_office_are_connected(page: Any) -> None:
    """From the home page to the path as a picture, a sentence and its sources."""
    page.goto("/?lang=en")
    page.get_by_role("navigation").get_by_role("link", name="Connections").click()
    page.get_by_label("From", exact=True).fill("KfW")
    page.get_by_label("To", exact=True).fill("Bezirksamt Pankow")
    page.get_by_role("button", name="Find paths").click()

    sentence = page.locator(".paths li").first
    assert "KfW" in sentence.inner_text()
    assert "Bezirksamt Pankow" in sentence.inner_text()
    assert page.locator("svg.drawing").is_visible()
    step = page.locator("svg.drawing a[data-from]").first
    step.locator("text").first.click()
    assert page.url.endswith("#step-1-1")
    page.locator("#step-1-1 a[href^='#source-']").first.click()
    assert page.locator(".sources li:target").is_visible()


@pytest.mark.parametrize("query", ["fields-without-pilot", "contradictions"])
def test_what_is_missing_and_what_is_disputed_is_two_clicks_from_home(page: Any, query: str) -> None:
    page.goto("/?lang=de")
    page.locator(f"a[href^='/queries/{query}'], nav a[href^='/overview']").first.click()
    if "/overview" in page.url:
        page.locator(f"a[href^='/queries/{query}']").first.click()

    assert f"/queries/{query}" in page.url
    assert page.locator("tbody tr").count() >= 10


@pytest.mark.parametrize("address", [NETWORK, CONNECTED])
def test_a_picture_can_be_explored_and_put_back(page: Any, address: str) -> None:
    canvas = explored(page, address)
    things = {link.get_attribute("href") for link in page.locator("svg [data-node]").all()}

    assert not page.locator("svg.picture, svg.drawing").first.is_visible()
    assert {each.get_attribute("value") for each in page.locator(".things option").all()} == things | {""}
    page.select_option(".things", index=2)
    assert page.locator(".told .name a").get_attribute("href") in things
    assert page.locator(".told li").count() >= 1
    # What it is connected with comes to the fore by a click on its name.
    page.locator(".told li button").first.click()
    assert page.locator(".told .name").inner_text() == page.locator(".things option:checked").inner_text()
    page.get_by_role("button", name="Back to the still picture").click()
    assert page.locator("svg.picture, svg.drawing").first.is_visible()
    assert not canvas.is_visible()


def test_a_picture_is_moved_and_enlarged_with_the_keyboard(page: Any) -> None:
    page.goto(NETWORK)
    page.locator("button.explore").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".canvas canvas")
    while page.evaluate("document.activeElement.className") != "canvas __________cytoscape_container":
        page.keyboard.press("Tab")
    seen = [drawn(page)]
    for key in ("+", "ArrowDown", "ArrowRight", "-", "0"):
        page.keyboard.press(key)
        seen.append(drawn(page))

    assert len(set(seen)) == len(seen)


def test_a_click_on_a_box_shows_what_it_is_connected_with(page: Any) -> None:
    canvas = explored(page, CONNECTED)
    # The start stands at the left, as high as the whole picture.
    canvas.click(position={"x": 60, "y": 60})

    assert page.locator(".told .name").inner_text().startswith("KfW")
    canvas.click(position={"x": 230, "y": 8})
    assert page.locator(".told li").count() == 0


@pytest.mark.parametrize("address", [NETWORK, CONNECTED, "/overview?lang=en", "/overview/timeline?lang=en"])
def test_a_narrow_screen_scrolls_the_picture_and_not_the_page(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    if page.locator("button.explore").count():
        page.click("button.explore")
        page.wait_for_selector(".canvas canvas")
        page.select_option(".things", index=1)
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_scripts_the_picture_stands_as_it_is(browser: Any, served: str) -> None:
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(NETWORK)

    assert page.locator("svg.picture").is_visible()
    assert page.locator("button.explore").count() == 0
    context.close()
