"""Labels that attack or burst a page are text to it: nothing runs, nothing grows wider than the window."""

from collections.abc import Iterator
from typing import Any

import pytest

from gdb_graph import build, content
from gdb_graph.snapshot import current
from tests.browser.conftest import PHONE, opened
from tests.browser.looks import overflow
from tests.conftest import start, stop
from tests.contents import NOW, copy

pytestmark = pytest.mark.browser
SCRIPT = "</title><script>alert(1)</script><img src=x onerror=alert(2)>"
RIGHT_TO_LEFT = "\u202e\u05d0\u05d1\u05d2 exe.gnp\u2067"
LONG = "Lampe" * 2000
LABELS = {"Laterne": SCRIPT, "lantern": f"{SCRIPT} \u202e", "Amt für Lampen": RIGHT_TO_LEFT, "Mondlicht": LONG}
PAGES = {
    "/undertakings": [SCRIPT, LONG],
    "/actors": [RIGHT_TO_LEFT],
    "/fields": [LONG, SCRIPT],
    "/page/pilot-lantern": [SCRIPT, RIGHT_TO_LEFT, LONG],
    "/page/field-moonlight": [LONG, SCRIPT],
    "/page/org-lamplighters": [RIGHT_TO_LEFT, SCRIPT],
    "/search?q=script": [SCRIPT],
    "/queries/pilots": [SCRIPT, RIGHT_TO_LEFT],
    "/connections?from=org-lamplighters&to=field-moonlight": [RIGHT_TO_LEFT, SCRIPT, LONG],
    "/partners?field=field-moonlight": [LONG],
    "/overview/actors-and-pilots": [SCRIPT, RIGHT_TO_LEFT],
    "/overview/actors-and-fields": [LONG, RIGHT_TO_LEFT],
    "/overview/timeline": [SCRIPT],
}
EXPLORED = [path for path in PAGES if path.startswith(("/connections", "/overview/actors-and-pilots"))]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with Otherstadt, some of whose things have such labels."""
    folder = tmp_path_factory.mktemp("hostile")
    changed = copy(folder)
    things = changed / "data" / "curated" / "things.ttl"
    text = things.read_text(encoding="utf-8")
    for label, worse in LABELS.items():
        assert f'"{label}"@' in text
        text = text.replace(f'"{label}"@', f'"{worse}"@')
    things.write_text(text, encoding="utf-8")
    build.build(content.resolve(changed), folder / "snapshots", NOW)
    running = start("--snapshot", str(current(folder / "snapshots")))
    yield running.url
    stop(running)


@pytest.mark.parametrize("path", PAGES)
def test_a_hostile_label_is_text(browser: Any, hostile: str, path: str) -> None:
    with opened(browser, hostile, locale="de-DE", viewport=PHONE) as page:
        assert page.goto(path).ok
        page.wait_for_load_state("networkidle")
        told = page.locator("main").evaluate("main => main.textContent")
        # A picture may cut a label; a table beside it has all of it.
        assert [label[:40] for label in PAGES[path] if label not in told] == []
        assert page.locator("main script, main img").count() == 0
        assert overflow(page) <= 0
        page.set_viewport_size({"width": 1600, "height": 900})
        assert overflow(page) <= 0


@pytest.mark.parametrize("path", EXPLORED)
def test_a_picture_of_hostile_labels_is_explored(browser: Any, hostile: str, path: str) -> None:
    with opened(browser, hostile, locale="de-DE", viewport=PHONE) as page:
        page.goto(path)
        page.get_by_role("button", name="Bild erkunden").click()
        things = page.get_by_label("Ding im Bild:")
        things.wait_for()
        # Marks that turn the reading direction never get into a picture.
        assert "\u05d0\u05d1\u05d2 exe.gnp" in things.evaluate("each => each.textContent")
        things.select_option(index=1)
        assert overflow(page) <= 0


def test_a_hostile_label_is_suggested_as_text(browser: Any, hostile: str) -> None:
    with opened(browser, hostile, locale="de-DE", viewport=PHONE) as page:
        page.goto("/")
        page.get_by_role("combobox", name="Suche").press_sequentially("alert")
        option = page.get_by_role("option").first
        option.wait_for()
        assert SCRIPT in option.evaluate("each => each.textContent")
        assert overflow(page) <= 0
