"""What the tests in a browser share: the service with the real content, and pages that may reach nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import Running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 360, "height": 740}


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


@contextmanager
def opened(browser: "Browser", served: str, **options: Any) -> Iterator[Any]:
    """A fresh page. When the test is done, nothing must have left the host, no script have failed, no dialog opened."""
    context = browser.new_context(base_url=served, **{"locale": "en-GB"} | options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    elsewhere: list[str] = []
    faults: list[str] = []

    def refuse(dialog: "Dialog") -> None:
        faults.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda asked: None if asked.url.startswith((served, "data:")) else elsewhere.append(asked.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("dialog", refuse)
    try:
        yield page
    finally:
        context.close()
    assert elsewhere == []
    assert faults == []


@pytest.fixture
def page(browser: "Browser", served: str) -> "Iterator[Page]":
    """A page of the service with the real content that may use the clipboard."""
    with opened(browser, served, permissions=["clipboard-read", "clipboard-write"]) as page:
        yield page
