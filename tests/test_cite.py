"""How to cite a snapshot, a thing and a query: what the entries say, that others can read them and check the digest."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from gdb_graph import history, snapshot
from gdb_graph.web.bibliography import BIBTEX, CSL, Work, bibtex, csl, escape
from gdb_graph.web.cite import sorted_digest
from tests.conftest import Running, start, stop
from tests.contents import BASE, built_twice
from tests.serving import problem
from tests.test_pages import sound

SITE = "https://example.org/g"
QUERY = "SELECT ?s ?label { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }"


@pytest.fixture(scope="module")
def twice() -> Path:
    return built_twice()


@pytest.fixture(scope="module")
def serving(twice: Path) -> Iterator[Running]:
    running = start("--snapshot", str(snapshot.current(twice)), query_seconds="60", public_url=SITE)
    yield running
    stop(running)


@pytest.fixture
def citing(serving: Running) -> httpx.Client:
    return serving.client


def item(client: httpx.Client, **asked: str) -> dict[str, Any]:
    response = client.get("/cite", params={"format": "csl", "lang": "en"} | asked)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == CSL
    (found,) = response.json()
    assert isinstance(found, dict)
    return found


def fields(entry: str) -> dict[str, str]:
    """The fields of the one entry, as another program reads them."""
    library = parse_string(entry)
    assert not library.failed_blocks
    (found,) = library.entries
    return {field.key: str(field.value) for field in found.fields}


# What is cited


def test_a_snapshot(citing: httpx.Client, twice: Path) -> None:
    later, _ = history.read(twice)
    assert item(citing) == {
        "id": f"graph-{later.id[:12]}",
        "type": "dataset",
        "title": "Otherstadt (made up)",
        "author": [{"literal": "Lamplighters of Otherstadt"}],
        "publisher": "City of Otherstadt",
        "version": later.id,
        "issued": {"date-parts": [[2031, 4, 3]]},
        "URL": f"{SITE}/snapshots/{later.id}",
    }
    assert citing.get(f"/snapshots/{later.id}").status_code == 200


def test_who_published_it_is_said_only_where_the_content_does(citing: httpx.Client, twice: Path) -> None:
    _, earlier = history.read(twice)
    old = item(citing, snapshot=earlier.id)
    assert old["version"] == earlier.id
    assert "publisher" not in old
    assert item(citing, lang="de")["publisher"] == "Stadt Otherstadt"


def test_the_publisher_in_the_settings_goes_before_that_in_the_content(twice: Path) -> None:
    later, earlier = history.read(twice)
    running = start("--snapshot", str(later.folder), public_url=SITE, publisher_name="Stadtarchiv")
    try:
        for one in (later, earlier):
            assert item(running.client, snapshot=one.id)["publisher"] == "Stadtarchiv"
            assert fields(running.client.get("/cite?format=bibtex").text)["publisher"] == "Stadtarchiv"
        tag = running.client.get("/cite").headers["ETag"]
    finally:
        stop(running)
    other = start("--snapshot", str(later.folder), public_url=SITE, publisher_name="Archiv der Stadt")
    try:
        assert other.client.get("/cite", headers={"If-None-Match": tag}).status_code == 200
    finally:
        stop(other)


def test_a_thing(citing: httpx.Client) -> None:
    iri = f"{BASE}id/field-moonlight"
    found = item(citing, iri=iri, lang="de")
    assert (found["title"], found["container-title"]) == ("Mondschein & <Glanz>", "Otherstadt (erfunden)")
    assert (found["note"], found["type"]) == (iri, "entry")
    path = urlsplit(found["URL"]).path.removeprefix("/g")
    assert citing.get(path, headers={"Accept": "text/html"}).status_code == 200


def test_a_thing_that_is_named_in_one_language_is_cited_in_both(citing: httpx.Client) -> None:
    iri = f"{BASE}id/src-plan"
    german, english = (item(citing, iri=iri, lang=lang)["title"] for lang in ("de", "en"))
    assert german == english


@pytest.mark.parametrize("which", [0, 1])
def test_a_query_with_a_digest_that_somebody_can_check_later(citing: httpx.Client, twice: Path, which: int) -> None:
    one = history.read(twice)[which]
    found = item(citing, snapshot=one.id, query=QUERY)
    address = urlsplit(found["URL"])
    assert parse_qs(address.query) == {"query": [QUERY], "format": ["csv"]}
    response = citing.get(f"{address.path.removeprefix('/g')}?{address.query}")
    assert response.headers["X-Snapshot"] == one.id
    command = "LC_ALL=C sort | sha256sum"
    checked = subprocess.run(command, shell=True, input=response.content, capture_output=True, check=True)
    assert checked.stdout.split()[0].decode() in found["note"]


@pytest.mark.parametrize(("query", "form"), [("ASK {}", "json"), ("CONSTRUCT WHERE { ?s a ?o }", "nt")])
def test_a_query_of_another_form(citing: httpx.Client, query: str, form: str) -> None:
    found = item(citing, query=query)
    assert parse_qs(urlsplit(found["URL"]).query)["format"] == [form]


@given(st.binary())
def test_the_digest_is_what_sort_and_sha256sum_say(body: bytes) -> None:
    lines = body.replace(b"\0", b"").split(b"\n")
    text = b"\n".join(lines)
    kept = text.split(b"\n")[:-1] if text.endswith(b"\n") or not text else text.split(b"\n")
    assert sorted_digest(text) == hashlib.sha256(b"".join(line + b"\n" for line in sorted(kept))).hexdigest()
    assert sorted_digest(text) == sorted_digest(b"".join(line + b"\n" for line in reversed(kept)))


# As what


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [("*/*", BIBTEX), (BIBTEX, BIBTEX), (CSL, CSL), ("text/html", "text/html"), ("text/html,*/*;q=0.8", "text/html")],
)
def test_the_client_chooses(citing: httpx.Client, accept: str, chosen: str) -> None:
    response = citing.get("/cite", headers={"Accept": accept})
    assert response.headers["Content-Type"].partition(";")[0] == chosen
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("asked", [{}, {"iri": f"{BASE}id/field-moonlight"}, {"query": QUERY}])
def test_the_page_shows_both(citing: httpx.Client, twice: Path, lang: str, asked: dict[str, str]) -> None:
    page = citing.get("/cite", params=asked | {"lang": lang}, headers={"Accept": "text/html"})
    links = sound(page).links
    for name in ("bibtex", "csl"):
        (address,) = (link for link in links if f"format={name}" in link)
        taken = citing.get(address.removeprefix("/g"))
        assert taken.status_code == 200
    assert ("sha256sum" in page.text) == ("query" in asked)


@pytest.mark.parametrize("path", ["/", "/page/field-moonlight", "/queries/pilots"])
def test_every_page_leads_to_its_citation(citing: httpx.Client, twice: Path, path: str) -> None:
    links = sound(citing.get(path, headers={"Accept": "text/html"})).links
    (cite,) = (link for link in links if link.startswith("/g/cite?"))
    assert snapshot.current(twice).name in cite
    assert citing.get(cite.removeprefix("/g")).status_code == 200
    assert any(link.startswith("/g/snapshots?") for link in links)


def test_bibtex_and_csl_say_the_same(citing: httpx.Client) -> None:
    asked = {"query": QUERY, "lang": "en"}
    found, entry = item(citing, **asked), fields(citing.get("/cite", params=asked | {"format": "bibtex"}).text)
    assert (entry["url"], entry["version"]) == (found["URL"], found["version"])
    assert LatexNodes2Text().latex_to_text(entry["note"]) == found["note"]


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        ({"snapshot": "nonsense"}, 404, "not-found"),
        ({"iri": f"{BASE}id/nobody"}, 404, "not-found"),
        ({"iri": "not an IRI> }"}, 404, "not-found"),
        ({"iri": "https://example.org/elsewhere"}, 404, "not-found"),
        ({"query": "SELEC"}, 400, "bad-query"),
        ({"query": "SELECT (NOW() AS ?now) {}"}, 400, "bad-query"),
        ({"query": "ASK {}", "iri": f"{BASE}id/field-moonlight"}, 400, "bad-request"),
        ({"format": "nonsense"}, 406, "not-acceptable"),
    ],
)
def test_what_cannot_be_cited_is_a_problem(citing: httpx.Client, asked: dict[str, str], status: int, kind: str) -> None:
    problem(citing.get("/cite", params=asked), status, kind)


# The formats

TEXTS = st.text(max_size=40)
HOSTILE = st.text(st.sampled_from("\\{}%$#&_^~\"'@,=`-ab \n"), max_size=40)


def plain(text: str) -> str:
    """A text as one line without control characters."""
    return " ".join("".join(each if each.isprintable() or each.isspace() else " " for each in text).split())


@given(st.one_of(HOSTILE, TEXTS))
def test_no_text_breaks_an_entry(text: str) -> None:
    work = Work("key", text, "https://example.org/?q=%7B", "v", "2031-02-03", (text,), text, text, text)
    entry = fields(bibtex(work))
    assert {"title", "year", "month", "url", "version"} <= set(entry)
    assert (entry["year"], entry["url"]) == ("2031", work.url)
    for name in ("publisher", "howpublished", "note"):
        assert entry.get(name, "") == escape(text)


@given(HOSTILE)
def test_tex_reads_back_what_was_written(text: str) -> None:
    # The library does not know the commands for braces. It turns ligatures into their characters, as TeX does.
    entry = escape(text).replace(r"\textbraceleft{}", r"\{").replace(r"\textbraceright{}", r"\}")
    read = LatexNodes2Text(keep_comments=True).latex_to_text(entry)
    for written, meant in (("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"), ("`", "‘"), ("'", "’")):
        text = text.replace(written, meant)
        read = read.replace(written, meant)
    read = read.replace("ˆ", "^").replace("˜", "~")  # its characters for circumflex and tilde commands
    assert read == plain(text)


@given(st.one_of(HOSTILE, TEXTS))
def test_csl_has_every_text_as_it_is(text: str) -> None:
    work = Work("key", text or "x", "https://example.org/", "v", "2031-02-03", (text or "x",))
    (found,) = json.loads(csl(work))
    assert found["title"] == work.title
    assert found["author"] == [{"literal": work.title}]
    assert found["issued"] == {"date-parts": [[2031, 2, 3]]}
