"""The page of what changed between two snapshots, which a service with a single one has not."""

from collections.abc import Iterator
from typing import Any

import pytest

from gdb_graph.snapshot import current
from tests.browser.conftest import PHONE, opened
from tests.browser.looks import overflow, unreachable, violations
from tests.conftest import start, stop
from tests.contents import built_twice

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def grown() -> Iterator[str]:
    """The address of a service with two snapshots."""
    running = start("--snapshot", str(current(built_twice())))
    yield running.url
    stop(running)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_changes_are_fit_to_read(browser: Any, grown: str, lang: str) -> None:
    with opened(browser, grown, viewport={"width": 1600, "height": 900}) as page:
        assert page.goto(f"/changes?lang={lang}").status == 200
        assert page.get_by_text("Mondschein & <Glanz>").count() >= 1
        assert overflow(page) <= 0
        assert violations(page) == []
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        assert overflow(page) <= 0
        assert violations(page) == []
        assert unreachable(page) == ([], [])
