"""The search over HTTP: page, JSON, suggestions, OpenSearch; any text is answered, each snapshot from its own index."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.engine import sparql
from gdb_graph.engine.answer import Answer, Published
from gdb_graph.errors import EngineError, IndexNotReady
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import GDB, SKOS, Names
from gdb_graph.web.indexes import Indexes
from tests.conftest import Running, start, stop
from tests.serving import PUBLIC_URL, ask_app, problem
from tests.test_pages import HTML, sound
from tests.test_search import HOSTILE

JSON = {"Accept": "application/json"}


def ask(client: httpx.Client, **parameters: str) -> httpx.Response:
    return client.get("/search", params=parameters, headers=JSON)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_of_an_answer_is_sound_and_leads_to_the_hits(client: httpx.Client, lang: str) -> None:
    response = client.get("/search", params={"q": "smart water", "lang": lang}, headers=HTML)
    page = sound(response)

    assert f"/page/pilot-smart-water?lang={lang}" in page.links
    assert any("type=https" in link and "PilotProject" in link for link in page.links)
    assert any("page=2" in link for link in page.links)
    assert "<mark>Smart</mark> <mark>Water</mark>" in response.text


def test_every_page_has_a_search_field_that_leads_to_the_search(client: httpx.Client) -> None:
    for path in ("/", "/queries", "/page/pilot-smart-water", "/search", "/ontology", "/docs"):
        text = client.get(path, headers=HTML).text
        (form,) = re.findall(r'<form class="search" role="search" action="/search">.*?</form>', text, re.DOTALL)
        assert len(re.findall(r'<input type="search" id="[\w-]+" name="q"', form)) == 1, path


def test_json_has_what_a_program_needs(client: httpx.Client) -> None:
    found = ask(client, q="SKZL", lang="en").json()
    hit = found["hits"][0]

    assert (found["query"], found["how"], found["corrected"]) == ("SKZL", "all", None)
    assert (found["total"], found["page"], found["pages"]) == (len(found["hits"]), 1, 1)
    assert hit["iri"] == Names().thing("org-senatskanzlei")
    assert hit["url"].endswith("/page/org-senatskanzlei?lang=en")
    assert hit["label"]["de"] == "Senatskanzlei Berlin"
    assert hit["types"][0]["label"] == {"de": "Öffentliche Stelle", "en": "public body"}
    assert hit["match"] == {"text": "SKzl", "lang": "de", "property": f"{SKOS}altLabel", "marks": [[0, 4]]}
    assert hit["score"] > 0
    assert found["types"][0]["count"] >= 1


@pytest.mark.parametrize(
    ("parameters", "accept", "content_type"),
    [
        ({}, "text/html", "text/html"),
        ({}, "application/json", "application/json"),
        ({}, "*/*", "application/json"),
        ({"format": "json"}, "text/html", "application/json"),
        ({"format": "html"}, "application/json", "text/html"),
    ],
)
def test_the_client_chooses_the_format(
    client: httpx.Client, parameters: dict[str, str], accept: str, content_type: str
) -> None:
    response = client.get("/search", params={"q": "Kiez"} | parameters, headers={"Accept": accept})

    assert response.headers["Content-Type"].split(";")[0] == content_type
    assert "Accept" in response.headers["Vary"]
    assert response.headers["X-Snapshot"]


@pytest.mark.parametrize(
    ("parameters", "status", "kind", "hint"),
    [
        ({"format": "xml"}, 406, "not-acceptable", "json"),
        ({"type": "PilotProjekt"}, 422, "bad-parameter", "PilotProject"),
        ({"type": "https://example.org/Nothing"}, 422, "bad-parameter", "type"),
        ({"page": "0"}, 422, "bad-parameter", "1 to"),
        ({"page": "-1"}, 422, "bad-parameter", "1 to"),
        ({"page": "two"}, 422, "bad-parameter", "two"),
        ({"page": "9" * 5000}, 422, "bad-parameter", "1 to"),
        ({"page": "501"}, 422, "bad-parameter", "501"),
        ({"page": "²"}, 422, "bad-parameter", "²"),
    ],
)
def test_wrong_parameters_are_told(
    client: httpx.Client, parameters: dict[str, str], status: int, kind: str, hint: str
) -> None:
    assert hint in problem(ask(client, q="Smart", **parameters), status, kind)["detail"]


def test_pages_are_twenty_hits_each_and_past_the_last_there_are_none(client: httpx.Client) -> None:
    first = ask(client, q="Strategie").json()
    pages = [ask(client, q="Strategie", page=str(number)).json() for number in range(1, first["pages"] + 2)]
    hits = [[hit["iri"] for hit in page["hits"]] for page in pages]

    assert [len(page) for page in hits[:-2]] == [20] * (first["pages"] - 1)
    assert hits[-1] == []
    assert len({iri for page in hits for iri in page}) == sum(map(len, hits)) == first["total"]


def test_page_links_lead_to_what_they_say(client: httpx.Client) -> None:
    parameters = {"q": "Strategie", "type": "Source", "page": "2", "lang": "en"}
    page = sound(client.get("/search", params=parameters, headers=HTML))
    links = [link for link in page.links if "page=" in link and "lang=en" in link]

    assert len(links) == 2
    for link, first in zip(links, (1, 41), strict=True):
        assert "Source" in link
        assert f'<ol class="hits" start="{first}">' in client.get(link, headers=HTML).text


@pytest.mark.parametrize("name", ["PilotProject", f"{GDB}PilotProject"])
def test_a_class_is_named_by_its_iri_or_its_last_part(client: httpx.Client, name: str) -> None:
    found = ask(client, q="Smart", type=name).json()

    assert found["type"] == f"{GDB}PilotProject"
    assert found["hits"]
    for hit in found["hits"]:
        assert f"{GDB}PilotProject" in [each["iri"] for each in hit["types"]]


def test_a_corrected_text_is_told_with_a_link_to_it(client: httpx.Client) -> None:
    response = client.get("/search", params={"q": "Smrat Water", "lang": "de"}, headers=HTML)

    assert "/search?q=Smart+Water&lang=de" in sound(response).links
    assert ask(client, q="Smrat Water").json()["corrected"] == "Smart Water"


@pytest.mark.parametrize(("lang", "said"), [("de", "Nichts gefunden"), ("en", "Nothing found")])
def test_a_page_without_hits_says_what_was_tried(client: httpx.Client, lang: str, said: str) -> None:
    response = client.get("/search", params={"q": "xyzzyx", "lang": lang}, headers=HTML)

    assert sound(response).lang == lang
    assert said in response.text
    assert {f"/queries?lang={lang}", f"/ontology?lang={lang}"} <= set(sound(response).links)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_any_text_is_answered(client: httpx.Client, text: str) -> None:
    sound(client.get("/search", params={"q": text}, headers=HTML))
    assert ask(client, q=text).json()["query"] == text
    assert client.get("/search/suggest", params={"q": text}).json()[0] == text


@pytest.mark.parametrize("raw", ["q=%FF%FE", "q=%", "q=%00", "q", "", "q=a&q=b", "q=%E2%80%AE"])
def test_any_address_is_answered(client: httpx.Client, raw: str) -> None:
    for path in ("/search", "/search/suggest"):
        assert client.get(f"{path}?{raw}", headers=JSON).status_code == 200


# Suggestions and OpenSearch


def suggested(client: httpx.Client, text: str, lang: str = "de") -> tuple[list[str], list[str], list[str]]:
    response = client.get("/search/suggest", params={"q": text, "lang": lang})
    assert response.headers["Content-Type"] == "application/x-suggestions+json"
    query, labels, kinds, addresses = response.json()
    assert query == text
    assert len(labels) == len(kinds) == len(addresses) <= 8
    return labels, kinds, addresses


def test_suggestions_say_what_they_are_and_where(client: httpx.Client) -> None:
    labels, kinds, addresses = suggested(client, "Smart Wat")

    assert labels[0].startswith("Smart Water")
    assert "Pilotprojekt" in kinds[0]
    assert client.get(addresses[0], headers=HTML).status_code == 200


@pytest.mark.parametrize(
    ("text", "lang", "summary"),
    [
        ("skz", "de", "Öffentliche Stelle · auch: SKzl"),
        ("skz", "en", "public body · also: SKzl"),
        ("SenUMVK", "de", "Öffentliche Stelle · früher: SenUMVK"),
    ],
)
def test_a_suggestion_says_by_which_other_name_it_was_found(
    client: httpx.Client, text: str, lang: str, summary: str
) -> None:
    assert summary in suggested(client, text, lang)[1]


def test_a_text_that_becomes_nothing_has_no_suggestions(client: httpx.Client) -> None:
    assert suggested(client, "xyzzyx") == ([], [], [])
    assert suggested(client, "") == ([], [], [])


@pytest.mark.parametrize("lang", ["de", "en"])
def test_browsers_learn_how_to_search_here(service: Running, lang: str) -> None:
    link = re.search(
        r'<link rel="search" type="([^"]+)" title="[^"]+" href="([^"]+)">',
        service.client.get("/", params={"lang": lang}, headers=HTML).text,
    )
    assert link
    response = service.client.get(link[2])
    assert response.headers["Content-Type"].split(";")[0] == link[1] == "application/opensearchdescription+xml"
    described = ElementTree.fromstring(response.content)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert described.tag == f"{space}OpenSearchDescription"
    assert 0 < len(described.findtext(f"{space}ShortName", "")) <= 16
    urls = {each.attrib["type"]: each.attrib["template"] for each in described.iter(f"{space}Url")}
    for type_, template in urls.items():
        assert template.startswith(service.url)
        address = template.replace("{searchTerms}", "Kiez%20%26%20Co")
        assert service.client.get(address, headers={"Accept": type_}).headers["Content-Type"].startswith(type_)
    assert set(urls) == {"text/html", "application/x-suggestions+json"}


def test_addresses_come_from_the_public_one() -> None:
    store = ox.Store()
    store.load(f'<{Names().thing("x")}> <{SKOS}prefLabel> "Anker"@de .', format=ox.RdfFormat.TURTLE)
    found = ask_app("/search?q=Anker", store, {}, JSON).json()

    assert found["hits"][0]["url"] == f"{PUBLIC_URL}/page/x?lang=de"
    assert ask_app("/search/suggest?q=Anker", store, {}).json()[3] == [f"{PUBLIC_URL}/page/x?lang=de"]


# The index of a snapshot


def published(id_: str, label: str, delay: float = 0, fails: Sequence[bool] = ()) -> Published:
    """A snapshot of one thing; `fails` says of each answer whether it fails, `delay` how long each takes."""
    store = ox.Store()
    store.load(f'<{Names().thing("x")}> <{SKOS}prefLabel> "{label}"@de .', format=ox.RdfFormat.TURTLE)
    failing = list(fails)

    async def run(request: sparql.Request) -> Answer:
        await asyncio.sleep(delay)
        if failing and failing.pop(0):
            raise EngineError("No engine.")
        solutions = store.query(request.query)
        assert isinstance(solutions, ox.QuerySolutions)
        return Answer("application/sparql-results+json", solutions.serialize(format=ox.QueryResultsFormat.JSON) or b"")

    return Published(Snapshot(Path("/nowhere"), {"id": id_, "base": Names().base}), {}, run)


def test_each_snapshot_has_its_own_index_made_once() -> None:
    async def ask() -> None:
        indexes = Indexes(wait_seconds=30)
        old, new = published("old", "Anker"), published("new", "Haken")
        first, again, other = await asyncio.gather(indexes.of(old), indexes.of(old), indexes.of(new))
        assert first is again is await indexes.of(old)
        assert first is not other
        for index, label in ((first, "Anker"), (other, "Haken")):
            (hit,) = index.page(index.prefix("word", label.lower()), 5)[1]
            assert hit[1].labels[0].value == label

    asyncio.run(ask())


def test_while_an_index_is_being_made_the_answer_is_to_come_back() -> None:
    async def ask() -> None:
        slow = published("slow", "Anker", delay=0.1)
        impatient, patient = Indexes(wait_seconds=0.05), Indexes(wait_seconds=30)
        with pytest.raises(IndexNotReady, match="Try again"):
            await impatient.of(slow)
        await impatient.prepare(slow)  # goes on though nobody waits
        await impatient.of(slow)
        await patient.of(slow)

    asyncio.run(ask())


def test_an_index_that_could_not_be_made_is_made_at_the_next_request() -> None:
    async def ask() -> None:
        indexes, ill = Indexes(wait_seconds=30), published("ill", "Anker", fails=[False, True])
        with pytest.raises(EngineError):
            await indexes.of(ill)
        await indexes.of(ill)

    asyncio.run(ask())


def test_indexes_of_snapshots_long_gone_are_let_go() -> None:
    async def ask() -> None:
        indexes = Indexes(wait_seconds=30)
        snapshots = [published(str(number), "Anker") for number in range(5)]
        made = [await indexes.of(each) for each in snapshots]
        assert await indexes.of(snapshots[-1]) is made[-1]
        assert await indexes.of(snapshots[0]) is not made[0]

    asyncio.run(ask())


def test_the_index_is_not_charged_to_who_asks_first(snapshot: Snapshot) -> None:
    running = start("--snapshot", str(snapshot.folder), client_seconds="0.001", limit_loopback="true")
    try:
        queries = (f"SELECT * {{ ?s ?p ?o }} LIMIT {number}" for number in range(1000, 1100))
        statuses = (running.client.get("/sparql", params={"query": query}).status_code for query in queries)
        assert 429 in statuses
        assert ask(running.client, q="Smart Water").json()["total"] > 0
    finally:
        stop(running)


def test_a_search_that_must_wait_is_a_problem_with_retry_after(monkeypatch: pytest.MonkeyPatch) -> None:
    async def not_yet(*_: object) -> None:
        raise IndexNotReady("Try again in a few seconds.")

    monkeypatch.setattr(Indexes, "of", not_yet)
    response = ask_app("/search?q=Anker", ox.Store(), {}, JSON)

    problem(response, 503, "index-not-ready")
    assert response.headers["Retry-After"]
