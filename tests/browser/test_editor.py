"""The journey of an analyst in the editor: open it, run an example, break it, understand, mend it, share it."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from gdb_graph.terms import GDB

pytestmark = pytest.mark.browser
QUERY = f"PREFIX gdb: <{GDB}>\nSELECT ?pilot WHERE {{\n  ?pilot a gdb:PilotProject .\n}}"
LINES = ".CodeMirror-line"


def typed(page: Any) -> str:
    """What stands in the editor."""
    text: str = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
    return text


def replace(page: Any, old: str, new: str) -> None:
    """Put `new` in place of `old`, as if typed."""
    page.evaluate(
        """([old, text]) => {
          const editor = document.querySelector(".CodeMirror").CodeMirror;
          const at = editor.getValue().indexOf(old);
          editor.setSelection(editor.posFromIndex(at), editor.posFromIndex(at + old.length));
          editor.focus();
        }""",
        [old, new],
    )
    page.keyboard.type(new)


def test_run_an_example_break_it_understand_mend_and_share(page: Any, served: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="SPARQL", exact=True).first.click()
    page.get_by_text("Examples: the ready-made queries").click()
    page.get_by_role("link", name="Which pilot projects are there").click()
    page.wait_for_selector(".CodeMirror")
    assert "SELECT ?pilot" in typed(page)

    page.get_by_role("button", name="Run").click()
    page.wait_for_selector("#answer table")
    assert page.locator("#answer").get_by_role("link", name="Smart Water").count() == 1

    replace(page, "WHERE", "WERE")
    broken = next(number for number, line in enumerate(typed(page).splitlines(), 1) if "WERE" in line)
    page.get_by_role("button", name="Run").click()
    alert = page.get_by_role("alert")
    assert f"Line {broken}, column" in alert.inner_text()
    assert "“WERE” is no word of SPARQL. Did you mean WHERE?" in alert.inner_text()
    page.wait_for_selector(".fault-line")
    page.get_by_role("link", name=f"Line {broken}").click()
    place = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getCursor()")
    assert place["line"] == broken - 1

    replace(page, "WERE", "WHERE")
    assert page.locator(".fault-line").count() == 0
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer table")
    mended = typed(page)

    page.get_by_role("link", name="Link to this query").click()
    page.get_by_text("copied").wait_for()
    shared = page.evaluate("navigator.clipboard.readText()")
    assert shared.startswith(f"{served}/sparql?query=")
    page.goto(shared)
    page.wait_for_selector("#answer table")
    assert typed(page).strip() == mended.strip()


def test_terms_of_the_graph_are_offered(page: Any) -> None:
    page.goto(f"/sparql?lang=de&query={quote(QUERY)}")
    page.wait_for_selector(".CodeMirror")
    replace(page, "gdb:PilotProject", "gdb:Pilot")
    offered = page.locator(".CodeMirror-hints")
    offered.wait_for()
    assert "gdb:PilotProject  Pilotprojekt" in offered.inner_text().splitlines()
    page.get_by_text("gdb:PilotProject  Pilotprojekt").click()
    assert "a gdb:PilotProject ." in typed(page)


def test_a_prefix_that_is_used_is_declared(page: Any) -> None:
    page.goto(f"/sparql?query={quote(QUERY)}")
    page.wait_for_selector(".CodeMirror")
    replace(page, "?pilot a gdb:PilotProject .", "?pilot skos:")
    page.wait_for_function("document.querySelector('.CodeMirror').CodeMirror.getValue().includes('PREFIX skos:')")


def test_the_keyboard_gets_in_and_out(page: Any) -> None:
    page.goto("/sparql?lang=en")
    page.wait_for_selector(".CodeMirror")
    page.get_by_role("textbox", name="SPARQL query").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Run"


def test_without_rows_the_page_says_why(page: Any) -> None:
    page.goto(f"/sparql?lang=de&query={quote(QUERY.replace('PilotProject', 'Pilotproject'))}")
    told = page.get_by_role("region", name="Warum keine Zeilen?").inner_text()
    assert "gdb:PilotProject (Pilotprojekt)" in told
    assert "Mit diesem Muster fällt die letzte Zeile weg: ?pilot a gdb:Pilotproject" in re.sub(r"\s+", " ", told)


def test_a_query_too_long_for_an_address_is_sent_all_the_same(page: Any) -> None:
    page.goto(f"/sparql?query={quote(QUERY)}")
    page.wait_for_selector(".CodeMirror")
    page.evaluate(
        "document.querySelector('.CodeMirror').CodeMirror.replaceRange(`#${'x'.repeat(20000)}\n`, {line: 0, ch: 0})"
    )
    page.get_by_role("button", name="Run").click()
    page.wait_for_url("**/sparql#answer")
    assert page.get_by_role("link", name="Smart Water").count() >= 1


def test_without_scripts_the_form_does_the_same(browser: Any, served: str) -> None:
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sparql?lang=en")
    page.get_by_label("SPARQL query").fill(QUERY)
    page.get_by_role("button", name="Run").click()
    assert page.locator("#answer").get_by_role("link", name="Smart Water").count() == 1
    context.close()
