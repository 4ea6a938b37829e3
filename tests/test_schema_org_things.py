"""What search engines read on the page of a thing: schema.org that says what the page says, and nothing contested."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.content import built_in
from gdb_graph.rows import Cell
from gdb_graph.terms import DCT, GDB, RDF, SCHEMA, SKOS, Names
from gdb_graph.web.schema_org import TYPES, told
from gdb_graph.web.signposts import forms
from tests.conftest import Running
from tests.serving import ask_app
from tests.test_schema_org import expanded, values

HTML = {"Accept": "text/html"}
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def told_by(client: httpx.Client, path: str, lang: str = "de") -> dict[str, Any] | None:
    """The JSON-LD in a page, if there is any."""
    page = client.get(path, params={"lang": lang}, headers=HTML)
    assert page.status_code == 200
    found = _SCRIPT.findall(page.text)
    assert len(found) <= 1
    return dict(json.loads(found[0])) if found else None


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/page/pilot-kiezbox", "Project"),
        ("/page/value-resilient", "DefinedTerm"),
        ("/vocab/role/lead", "DefinedTerm"),
        ("/vocab/role", "DefinedTermSet"),
        ("/page/src-citylab-stadtgremium", "CreativeWork"),
    ],
)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_page_says_what_its_thing_is(service: Running, path: str, type_: str, lang: str) -> None:
    found = told_by(service.client, path, lang)
    assert found is not None
    assert found["@type"] == type_
    heading = re.search("<h1><bdi>(.*?)</bdi></h1>", service.client.get(path, params={"lang": lang}, headers=HTML).text)
    assert heading
    assert unescape(heading[1]) == found["name"]
    assert found["mainEntityOfPage"]["@id"] == f"{service.url}{path}"
    assert found["mainEntityOfPage"]["inLanguage"] == lang
    names = Names()
    assert found["@id"] == (names.thing(path.removeprefix("/page/")) if "/page/" in path else f"{names.base}{path[1:]}")
    store = expanded(found)
    assert values(store, "name", found["@id"]) == {found["name"]}
    assert ox.Quad(ox.NamedNode(found["@id"]), ox.NamedNode(f"{RDF}type"), ox.NamedNode(SCHEMA + type_)) in store


def test_every_type_agrees_with_the_alignments() -> None:
    """Where the ontology says which class of schema.org is near to one of ours, that is the type."""
    store = ox.Store()
    for path in (built_in() / "ontology").glob("*.ttl"):
        store.load(path=path, format=ox.RdfFormat.TURTLE, base_iri=GDB.rstrip("#"))
    checked = 0
    for kind, type_ in TYPES.items():
        aligned = {
            quad.object.value.removeprefix(SCHEMA)
            for match in ("closeMatch", "broadMatch", "exactMatch")
            for quad in store.quads_for_pattern(ox.NamedNode(kind), ox.NamedNode(f"{SKOS}{match}"), None)
            if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(SCHEMA)
        }
        assert aligned in ({type_}, set()), kind
        checked += bool(aligned)
    assert checked == len([kind for kind in TYPES if kind.startswith(GDB)])


# Without a service

FORMS = forms("https://example.org", Names().thing("x"), "/page/x", "/data/x")
PREFIXES = {"altLabel": SKOS, "prefLabel": SKOS, "startDate": GDB, "description": DCT, "exactMatch": SKOS}


def text(value: str, language: str = "") -> Cell:
    return Cell(value, "literal", language)


def of(type_: str, **said: list[Cell]) -> Mapping[str, Any]:
    """What is told of a thing with values by the last part of a property."""
    named = {"prefLabel": [text("Ding", "de"), text("thing", "en")]} | said
    found = told(FORMS, type_, {PREFIXES[name] + name: cells for name, cells in named.items()}, "de", "https://e.org")
    assert found
    return found


def test_the_most_specific_type_goes_first() -> None:
    """Whoever is a public body is an organisation too."""
    order = [*TYPES]
    for special, general in (
        ("PublicBody", "Organisation"),
        ("Organisation", "Actor"),
        ("PilotProject", "Undertaking"),
    ):
        both = [f"{GDB}{each}" for each in (special, general) if f"{GDB}{each}" in order]
        assert both == sorted(both, key=order.index)


def test_what_is_contested_is_left_out() -> None:
    one, other = text("2022-09"), text("2022-10")
    for dates, expected in (([one], "2022-09"), ([one, other], None), ([], None)):
        assert of("Event", startDate=dates).get("startDate") == expected
    assert "startDate" not in of("Project", startDate=[one])


def test_texts_are_those_of_the_language_and_no_markup_ends_the_script(service: Running) -> None:
    texts = [text("</script><b>", "de"), text("other", "en")]
    found = of("Project", altLabel=texts, description=texts)
    assert (found["alternateName"], found["description"]) == (["</script><b>"], "</script><b>")
    page = service.client.get("/page/pilot-kiezbox", headers=HTML).text
    assert page.count("<script") == page.count("</script>")


def test_a_thing_without_a_name_is_not_told_of() -> None:
    assert told(FORMS, "Project", {}, "de", "https://e.org") is None
    assert of("Project", prefLabel=[text("nur deutsch", "en")])["name"] == "nur deutsch"


def test_markup_in_a_label_stays_within_the_block() -> None:
    store = ox.Store()
    label = '"</script><script>alert(1)</script>"@de'
    iri = Names().thing("evil")
    store.load(f"<{iri}> a <{GDB}Undertaking> ; <{SKOS}prefLabel> {label} .".encode(), format=ox.RdfFormat.TURTLE)
    page = ask_app("/page/evil?view=statements", store, {}, HTML)
    (block,) = _SCRIPT.findall(page.text)
    assert json.loads(block)["name"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in page.text


def test_what_has_no_type_there_is_not_told_of(service: Running) -> None:
    assert told_by(service.client, "/page/milestone-hardenbergplatz-pretest") is None


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
def test_a_browser_takes_the_data_block_under_our_policy(service: Running, tmp_path: Path) -> None:
    """A block of data is no script to a Content-Security-Policy: it stays in the document, and nothing is refused."""
    command = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    command += ["--enable-logging=stderr", "--v=0", "--dump-dom", f"{service.url}/page/pilot-kiezbox?lang=de"]
    shown = subprocess.run(command, capture_output=True, timeout=60, check=True)
    found = _SCRIPT.findall(shown.stdout.decode())
    assert len(found) == 1
    assert json.loads(found[0])["@type"] == "Project"
    assert b"Content Security Policy" not in shown.stderr
