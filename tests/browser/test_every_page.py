"""What holds of every type of page: no fault that axe finds, wide and narrow, light and dark, and by keyboard alone."""

from typing import Any

import pytest

from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import Names
from gdb_graph.web.entities import plan
from tests.browser.addresses import ENTITIES, PAGES, PROBLEMS
from tests.browser.conftest import PHONE, opened
from tests.browser.looks import overflow, unreachable, violations

pytestmark = pytest.mark.browser
WIDE = {"width": 1600, "height": 900}


def go(page: Any, name: str, lang: str, snapshot: Snapshot) -> Any:
    """Open the page of that name and tell how the service answered."""
    path = PAGES[name].replace("{id}", snapshot.id)
    response = page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    if path.startswith("/sparql"):
        page.wait_for_selector(".CodeMirror")
    return response


def test_every_kind_of_thing_has_an_address_here() -> None:
    names = Names()
    prefixes = names.prefixes()
    kinds = {prefixes[prefix] + local for prefix, _, local in (each.partition(":") for each in ENTITIES) if local}
    assert {kind.class_ for kind in plan.read(names)} == kinds


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fit_to_read(browser: Any, served: str, snapshot: Snapshot, name: str, lang: str) -> None:
    with opened(browser, served, viewport=WIDE) as page:
        response = go(page, name, lang, snapshot)
        assert response.status == (int(name.split()[1]) if name in PROBLEMS else 200)
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert page.locator("html").get_attribute("lang") == lang
        assert overflow(page) <= 0
        assert violations(page) == []
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        assert overflow(page) <= 0
        assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_tab_gets_to_everything_and_shows_where_it_is(browser: Any, served: str, snapshot: Snapshot, name: str) -> None:
    with opened(browser, served) as page:
        go(page, name, "de", snapshot)
        assert unreachable(page) == ([], [])


@pytest.mark.parametrize("name", ["home", "list of actors", "entity gdb:Actor", "sparql", "problem 404"])
def test_the_first_tab_offers_to_skip_to_the_content(browser: Any, served: str, snapshot: Snapshot, name: str) -> None:
    with opened(browser, served) as page:
        go(page, name, "de", snapshot)
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "Zum Inhalt"
        assert skip.bounding_box()["y"] >= 0
        skip.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("name", ["connections answer", "picture actors-and-pilots"])
def test_a_picture_is_fit_to_explore(browser: Any, served: str, snapshot: Snapshot, name: str) -> None:
    with opened(browser, served, viewport=PHONE) as page:
        go(page, name, "en", snapshot)
        page.get_by_role("button", name="Explore the picture").press("Enter")
        page.get_by_label("Thing in the picture:").select_option(index=1)
        assert overflow(page) <= 0
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page) == []
