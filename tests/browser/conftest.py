"""What the journeys share: the service with the real content, and a page that may reach it and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def served(service: Running) -> str:
    """The address of the service."""
    return service.url


@pytest.fixture(scope="package")  # while it runs, an event loop runs, and tests elsewhere start their own
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser here: {CHROMIUM}")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: "Browser", served: str) -> "Iterator[Page]":
    """A fresh page. When the test is done, nothing must have left the host, and no script must have failed."""
    context = browser.new_context(base_url=served, locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(10_000)
    opened = context.new_page()
    elsewhere: list[str] = []
    faults: list[str] = []
    opened.on("request", lambda asked: None if asked.url.startswith((served, "data:")) else elsewhere.append(asked.url))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    context.close()
    assert elsewhere == []
    assert faults == []
