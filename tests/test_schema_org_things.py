"""What search engines read on the page of a thing: schema.org that says what the page says, and nothing contested."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.content import built_in
from gdb_graph.rows import Cell
from gdb_graph.terms import DCT, GDB, RDF, SCHEMA, SKOS, Names
from gdb_graph.web.describe import Statement, Thing
from gdb_graph.web.entity import TYPES, described
from tests.conftest import Running
from tests.test_schema_org import expanded, values

HTML = {"Accept": "text/html"}
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def told(client: httpx.Client, path: str, lang: str = "de") -> dict[str, Any] | None:
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
    found = told(service.client, path, lang)
    assert found is not None
    assert found["@type"] == type_
    heading = re.search("<h1>(.*?)</h1>", service.client.get(path, params={"lang": lang}, headers=HTML).text)
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

IRI = Names().thing("x")


def thing(**said: list[Cell]) -> Thing:
    """A thing with values by the last part of a property."""
    properties = {"type": f"{RDF}type", "altLabel": f"{SKOS}altLabel", "startDate": f"{GDB}startDate"}
    properties |= {"description": f"{DCT}description", "exactMatch": f"{SKOS}exactMatch"}
    statements = {properties[name]: [Statement(each, (), False) for each in cells] for name, cells in said.items()}
    return Thing(IRI, statements, {}, {IRI: {"de": "Ding", "en": "thing"}})


def kind(*names: str) -> list[Cell]:
    return [Cell(f"{GDB}{name}", "uri") for name in names]


@pytest.mark.parametrize(
    ("kinds", "type_"),
    [
        (("PublicBody", "Organisation", "Actor"), "GovernmentOrganization"),
        (("Actor", "Organisation"), "Organization"),
        (("PilotProject", "Undertaking"), "Project"),
        (("Evidence",), None),
        ((), None),
    ],
)
def test_the_most_specific_type_is_told(kinds: tuple[str, ...], type_: str | None) -> None:
    found = described(thing(type=kind(*kinds)), "https://example.org/page/x", "de", "https://example.org")
    assert (found and found["@type"]) == type_


def test_what_is_contested_is_left_out() -> None:
    one, other = (Cell(text, "literal") for text in ("2022-09", "2022-10"))
    for dates, expected in (([one], "2022-09"), ([one, other], None), ([], None)):
        event = thing(type=kind("ParticipationEvent"), startDate=dates)
        found = described(event, "https://example.org/page/x", "en", "https://example.org")
        assert found
        assert found.get("startDate") == expected


def test_texts_are_those_of_the_language_and_no_markup_ends_the_script(service: Running) -> None:
    texts = [Cell("</script><b>", "literal", "de"), Cell("other", "literal", "en")]
    found = described(
        thing(type=kind("Undertaking"), altLabel=texts, description=texts), "https://e.org", "de", "https://e.org"
    )
    assert found
    assert (found["alternateName"], found["description"]) == (["</script><b>"], "</script><b>")
    page = service.client.get("/page/pilot-kiezbox", headers=HTML).text
    assert page.count("<script") == page.count("</script>")


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
