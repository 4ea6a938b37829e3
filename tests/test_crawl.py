"""Every link of the home page, the catalogue, VoID, the sitemap and fifty things answers, as is stated of it."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gdb_graph.snapshot import Snapshot
from tests.conftest import Running, start, stop
from tests.crawling import Link, below, faults, links

HTML, TURTLE = "text/html", "text/turtle"
THINGS = 50
# As its own page has it, the answer depends on what is asked; a form without a question is no address.
SOURCES = [
    ("/", HTML),
    ("/", TURTLE),
    ("/catalog", HTML),
    ("/catalog.ttl", ""),
    ("/catalog.rdf", ""),
    ("/catalog.jsonld", ""),
    ("/.well-known/void", TURTLE),
    ("/.well-known/api-catalog", ""),
    ("/sitemap.xml", ""),
    ("/dumps/", HTML),
    ("/tables/", HTML),
    ("/snapshots", HTML),
    *((f"/datasets/{name}", accept) for name in ("graph", "tables", "ontology") for accept in (HTML, TURTLE)),
    ("/ontology", HTML),
    ("/shapes", HTML),
]


@pytest.fixture(scope="module")
def crawled(snapshot: Snapshot) -> Iterator[Running]:
    running = start("--snapshot", str(snapshot.folder), query_seconds="30", snapshots=str(snapshot.folder.parent))
    yield running
    stop(running)


def get(client: httpx.Client, address: str, accept: str) -> httpx.Response:
    return client.get(address, headers={"Accept": accept or "*/*"}, follow_redirects=True)


@pytest.fixture(scope="module")
def found(crawled: Running) -> Mapping[Link, httpx.Response]:
    """Every different link, with its answer."""
    base = crawled.url
    sitemap = [each.address for each in links(get(crawled.client, "/sitemap.xml", ""), below(base))]
    things = [each for each in sitemap if "/page/" in each]
    chosen = things[:: max(1, len(things) // THINGS)][:THINGS]
    assert len(chosen) == THINGS
    sources = [*SOURCES, *((each, HTML) for each in chosen)]
    sources += [(each.replace("/page/", "/data/") + ".ttl", "") for each in chosen]
    everything: dict[tuple[str, ...], Link] = {}
    for address, accept in sources:
        response = get(crawled.client, address, accept)
        assert response.status_code == 200, address
        for link in links(response, below(base)):
            everything.setdefault((link.address, link.accept, link.media_type, link.sha256, link.fragment), link)
    with ThreadPoolExecutor(4) as pool:
        asked = {(link.address, link.accept) for link in everything.values()}
        answers = dict(zip(asked, pool.map(lambda pair: get(crawled.client, *pair), asked), strict=True))
    return {link: answers[link.address, link.accept] for link in everything.values()}


@pytest.mark.slow
def test_every_link_answers_with_what_is_stated(found: Mapping[Link, httpx.Response]) -> None:
    wrong = [(link, *told) for link, response in found.items() if (told := [*faults(link, response)])]
    assert wrong == []


@pytest.mark.slow
def test_the_crawl_saw_what_it_should(found: Mapping[Link, httpx.Response], snapshot: Snapshot) -> None:
    """Else it would pass where nothing is linked."""
    assert len(found) > 1000
    assert {link.sha256 for link in found if link.bytes > 0} - {""} == {each.sha256 for each in snapshot.distributions}
    assert sum(bool(link.media_type) for link in found) > 200
    paths = " ".join(link.address for link in found)
    for part in ("/id/", "/page/", "/data/", "/vocab/", "/graph/", "/dumps/", "/tables/", "/queries/", "/datasets/"):
        assert part in paths


@pytest.mark.slow
def test_no_link_leads_away_from_the_service(found: Mapping[Link, httpx.Response], crawled: Running) -> None:
    for response in found.values():
        for step in (*response.history, response):
            assert str(step.url).startswith(crawled.url)
