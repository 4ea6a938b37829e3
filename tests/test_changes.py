"""What changed between snapshots over HTTP: page, JSON, RDF Patch and the feed of the latest."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph import diff, history, snapshot
from tests.conftest import Running, start, stop
from tests.contents import BASE, built, built_twice
from tests.serving import problem, until
from tests.test_pages import sound

HTML = {"Accept": "text/html"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITE = "https://example.org/g"


@pytest.fixture(scope="module")
def twice() -> Path:
    return built_twice()


@pytest.fixture(scope="module")
def serving(twice: Path) -> Iterator[Running]:
    """The service over a snapshot and a later one in which something changed."""
    folder = str(snapshot.current(twice))
    running = start("--snapshot", folder, query_seconds="60", public_url=SITE, waiting="4")
    yield running
    stop(running)


@pytest.fixture
def after(serving: Running) -> httpx.Client:
    return serving.client


@pytest.fixture
def pair(twice: Path) -> dict[str, str]:
    later, earlier = history.read(twice)
    return {"since": earlier.id, "until": later.id}


def test_json_has_what_the_command_line_tells(after: httpx.Client, twice: Path, pair: dict[str, str]) -> None:
    later, earlier = history.read(twice)
    response = after.get("/changes", params=pair | {"lang": "de"})

    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Snapshot"] == later.id
    assert response.json() == json.loads(json.dumps(diff.as_records(earlier, later, "de")))
    assert {"added", "removed", "changed"} <= {thing["kind"] for thing in response.json()["things"]}


@pytest.mark.parametrize("how", [{"headers": {"Accept": "application/rdf-patch"}}, {"params": {"format": "patch"}}])
def test_the_patch_makes_the_second_out_of_the_first(
    after: httpx.Client, twice: Path, pair: dict[str, str], how: dict[str, dict[str, str]]
) -> None:
    later, earlier = history.read(twice)
    response = after.get("/changes", params=pair | how.get("params", {}), headers=how.get("headers"))

    assert response.headers["Content-Type"] == "application/rdf-patch"
    rows = response.content.splitlines(keepends=True)
    removed, added = ({row[2:] for row in rows if row.startswith(code)} for code in (b"D ", b"A "))
    assert removed and added
    patched = (compared(earlier) - removed) | added
    assert patched == compared(later)


def compared(one: snapshot.Snapshot) -> set[bytes]:
    lines = one.quads.read_bytes().splitlines(keepends=True)
    return {line for line in lines if any(diff.lines.is_compared(quad, one.names) for quad in parse(line))}


def parse(line: bytes) -> list[ox.Quad]:
    return list(ox.parse(line, format=ox.RdfFormat.N_QUADS))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("de", ["Mondlicht", "„Mondschein &amp; &lt;Glanz&gt;“", "Entferntes Ding: Amt für Lampen", "Neues Ding"]),
        ("en", ["Removed thing: lamplighters’ office", "New thing"]),
    ],
)
def test_the_page_tells_it_in_words_and_links_things(
    after: httpx.Client, pair: dict[str, str], lang: str, said: list[str]
) -> None:
    response = after.get("/changes", params=pair | {"lang": lang}, headers=HTML)

    page = sound(response)
    assert page.lang == lang
    for text in said:
        assert text in response.text
    assert f"/g/page/field-moonlight?lang={lang}" in page.links
    assert not any("org-lamplighters" in link for link in page.links)
    assert any("format=patch" in link for link in page.links)


def test_from_the_one_before_where_nothing_is_named(after: httpx.Client, pair: dict[str, str]) -> None:
    response = after.get("/changes", params={"lang": "en"}, headers=HTML)

    assert response.status_code == 302
    assert dict(httpx.URL(response.headers["Location"]).params) == pair | {"lang": "en"}


def test_until_now_where_no_end_is_named(after: httpx.Client, pair: dict[str, str]) -> None:
    assert after.get("/changes", params={"since": pair["since"]}).json()["after"] == pair["until"]


def test_backwards_is_a_difference_too(after: httpx.Client, pair: dict[str, str]) -> None:
    told = after.get("/changes", params={"since": pair["until"], "until": pair["since"]})
    assert (told.json()["before"], told.json()["after"]) == (pair["until"], pair["since"])
    assert told.headers["X-Snapshot"] == pair["since"]


def test_nothing_changed_from_a_snapshot_to_itself(after: httpx.Client, pair: dict[str, str]) -> None:
    same = {"since": pair["until"], "until": pair["until"]}
    assert after.get("/changes", params=same).json()["things"] == []
    assert "No change" in after.get("/changes", params=same | {"lang": "en"}, headers=HTML).text


def test_it_never_changes_so_it_is_tagged_and_stored(after: httpx.Client, pair: dict[str, str]) -> None:
    first = after.get("/changes", params=pair)
    known = after.get("/changes", params=pair, headers={"If-None-Match": first.headers["ETag"]})
    assert known.status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "kind", "says"),
    [
        ({"since": "nonsense"}, 404, "not-found", "/snapshots"),
        ({"until": "nonsense"}, 404, "not-found", "/snapshots"),
        ({"format": "nonsense"}, 406, "not-acceptable", "application/rdf-patch"),
        ({"page": "0", "format": "html"}, 422, "bad-parameter", "page"),
        ({"page": "x", "format": "html"}, 422, "bad-parameter", "page"),
        ({"page": "9999", "format": "html"}, 404, "not-found", "page"),
    ],
)
def test_what_cannot_be_told_is_a_problem(
    after: httpx.Client, pair: dict[str, str], asked: dict[str, str], status: int, kind: str, says: str
) -> None:
    assert says in problem(after.get("/changes", params=pair | asked), status, kind)["detail"]


def test_before_the_oldest_there_is_nothing(after: httpx.Client, pair: dict[str, str]) -> None:
    problem(after.get("/changes", params={"until": pair["since"]}), 404, "not-found")


def test_with_one_snapshot_there_is_nothing_to_compare_but_a_feed() -> None:
    running = start("--snapshot", str(snapshot.current(built())))
    try:
        problem(running.client.get("/changes"), 404, "not-found")
        feed = ElementTree.fromstring(running.client.get("/changes.atom").content)
        assert len(feed.findall("a:entry", ATOM)) == 1
    finally:
        stop(running)


def test_a_comparison_that_takes_too_long_is_stopped(twice: Path, pair: dict[str, str]) -> None:
    running = start("--snapshot", str(snapshot.current(twice)), query_seconds="0.05")
    try:
        problem(running.client.get("/changes", params=pair), 504, "query-timeout")
    finally:
        stop(running)


# The feed


def entries(feed: httpx.Response) -> list[ElementTree.Element]:
    return ElementTree.fromstring(feed.content).findall("a:entry", ATOM)


def text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"a:{name}", "", ATOM)


@pytest.mark.parametrize(("lang", "said"), [("de", "Entferntes Ding: Amt für Lampen"), ("en", "Removed thing")])
def test_the_feed_has_an_entry_for_each_snapshot(
    after: httpx.Client, twice: Path, pair: dict[str, str], lang: str, said: str
) -> None:
    response = after.get("/changes.atom", params={"lang": lang})

    assert response.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    later, earlier = history.read(twice)
    latest, oldest = entries(response)
    assert text(feed, "updated") == text(latest, "updated") == later.manifest["created"]
    assert text(latest, "id") == f"urn:uuid:{UUID(later.id)}"
    assert said in text(latest, "content")
    assert text(oldest, "updated") == earlier.manifest["created"]
    assert all(text(each, name) for each in (latest, oldest) for name in ("id", "title", "updated", "summary"))
    assert text(feed.findall("a:author", ATOM)[0], "name")
    links = {each.get("rel"): each.get("href") for each in latest.findall("a:link", ATOM)}
    assert links["alternate"] == f"{SITE}/changes?since={pair['since']}&until={pair['until']}"


def test_what_a_thing_is_called_cannot_break_the_feed(after: httpx.Client) -> None:
    latest, _ = entries(after.get("/changes.atom", params={"lang": "de"}))
    assert "<li>Mondschein &amp; &lt;Glanz&gt;" in text(latest, "content")


def test_a_reader_that_has_the_feed_is_told_so(after: httpx.Client) -> None:
    first = after.get("/changes.atom")
    assert after.get("/changes.atom", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.headers["Cache-Control"] == "no-cache"
    assert after.head("/changes.atom").status_code == 200


def test_a_comparison_that_takes_long_is_found_for_the_next_who_asks_for_the_feed(twice: Path) -> None:
    running = start("--snapshot", str(snapshot.current(twice)), query_seconds="0.2")
    try:
        first = running.client.get("/changes.atom")
        if first.status_code != 200:  # most likely, but not on a very quick machine
            problem(first, 503, "busy")
            assert int(first.headers["Retry-After"]) > 0
        assert until(lambda: running.client.get("/changes.atom").status_code == 200, 60)
    finally:
        stop(running)


def test_things_of_the_feed_are_those_of_this_content(after: httpx.Client, pair: dict[str, str]) -> None:
    iris = {thing["iri"] for thing in after.get("/changes", params=pair).json()["things"]}
    assert f"{BASE}id/field-moonlight" in iris
