"""What `looks` finds: a page with one fault of each kind."""

from typing import Any

import pytest

from tests.browser.looks import overflow, unreachable, violations

pytestmark = pytest.mark.browser
FAULTY = """<!DOCTYPE html><html lang="en"><title>faulty</title><style>#plain:focus { outline: none }</style>
<main><h1>faulty</h1><img src="data:,"><a id="plain" href="#">unseen</a> <a href="#">seen</a>
<a href="#" id="trap" onkeydown="event.preventDefault()">trap</a> <a href="#" id="behind">behind</a></main>"""


def test_each_fault_is_found(page: Any) -> None:
    page.set_content(FAULTY)
    assert [each.split(":")[0] for each in violations(page)] == ["image-alt"]
    assert overflow(page) <= 0
    left, unseen = unreachable(page)
    assert ['id="behind"' in each for each in left] == [True]
    assert ['id="plain"' in each for each in unseen] == [True]
    page.evaluate("document.querySelector('h1').style.width = '3000px'")
    assert overflow(page) > 0
