"""A portal harvests over real HTTP, again and again: it gets all, and sees a change only where there is one."""

import hashlib
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from gdb_graph import build, content
from gdb_graph.catalog.lists import MEDIA_TYPE
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DCAT, DCT, SPDX
from tests.conftest import Running, start, stop
from tests.contents import HEAD, NOW, copy, write
from tests.harvest import Aborted, Harvest, gather, over, resources
from tests.serving import until

SUFFIXES = ["", ".ttl", ".rdf", ".xml", ".jsonld", ".nt"]
NAMES = ("graph", "ontology", "tables")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_portal_finds_three_datasets_with_all_their_distributions(
    service: Running, snapshot: Snapshot, suffix: str
) -> None:
    harvest = gather(over(service.client), f"{service.url}/catalog{suffix}")

    assert harvest.datasets.keys() == harvest.added == {f"{service.url}/datasets/{name}" for name in NAMES}
    for iri, dataset in harvest.datasets.items():
        name = iri.rpartition("/")[2]
        files = {f"{iri}#{each['name']}" for each in snapshot.manifest["distributions"] if each["dataset"] == name}
        assert files
        assert resources(dataset, iri).keys() == files | ({f"{iri}#sparql"} if name == "graph" else set())


def test_every_serialisation_says_the_same(service: Running) -> None:
    harvests = [gather(over(service.client), f"{service.url}/catalog{suffix}").datasets for suffix in SUFFIXES]

    assert all(each == harvests[0] for each in harvests)


def test_a_second_harvest_changes_nothing(service: Running) -> None:
    address = f"{service.url}/catalog.ttl"
    portal = gather(over(service.client), address).datasets

    assert gather(over(service.client), address, portal) == Harvest(portal, frozenset(), frozenset(), frozenset())


def test_every_address_answers_with_the_stated_type_size_and_checksum(service: Running) -> None:
    harvest = gather(over(service.client), f"{service.url}/catalog.rdf")
    asked = 0
    for iri, dataset in harvest.datasets.items():
        checksums = {
            each.subject.value: each.object.value  # type: ignore[union-attr]
            for each in dataset
            if each.predicate.value == f"{SPDX}checksumValue"
        }
        for way, told in resources(dataset, iri).items():
            (address,) = told[f"{DCAT}accessURL"]
            head, get = (service.client.request(method, address) for method in ("HEAD", "GET"))
            assert (head.status_code, get.status_code) == (200, 200), address
            asked += 1
            if f"{DCAT}downloadURL" in told:
                (type_,) = told.get(f"{DCAT}compressFormat") or told[f"{DCAT}mediaType"]
                (size,), (checksum,) = told[f"{DCAT}byteSize"], told[f"{SPDX}checksum"]
                for response in (head, get):
                    assert response.headers["Content-Type"].partition(";")[0] == type_.removeprefix(MEDIA_TYPE), way
                    assert response.headers["Content-Length"] == size, way
                assert hashlib.sha256(get.content).hexdigest() == checksums[checksum], way
    assert asked > 20


@pytest.mark.parametrize("term", [f"{DCAT}landingPage", "http://xmlns.com/foaf/0.1/page", f"{DCAT}endpointURL"])
def test_every_page_the_catalogue_names_answers(service: Running, term: str) -> None:
    text = service.client.get("/catalog.nt").text
    addresses = {line.split("<")[-1].partition(">")[0] for line in text.splitlines() if f"<{term}>" in line}

    assert addresses
    for address in addresses:
        for method in ("HEAD", "GET"):
            assert service.client.request(method, address, headers={"Accept": "text/html"}).status_code == 200, address


# Over builds


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Otherstadt in a folder of this module, which its tests change in turn."""
    return copy(tmp_path_factory.mktemp("harvest"))


@pytest.fixture(scope="module")
def out(city: Path) -> Path:
    """Where its snapshots are, with one in it."""
    folder = city.parent / "snapshots"
    build.build(content.resolve(city), folder, NOW)
    return folder


@pytest.fixture(scope="module")
def portal_of(city: Path, out: Path) -> Iterator[Running]:
    """A service of it."""
    running = start("--content", str(city), "--out", str(out))
    yield running
    stop(running)


def changes(running: Running, city: Path, out: Path, year: int, text: str = "") -> tuple[Harvest, Snapshot]:
    """What a portal sees of another build of the city in that year, after a change to its data."""
    address = f"{running.url}/catalog.ttl"
    before = gather(over(running.client), address).datasets
    if text:
        write(city, f"data/curated/more-{year}.ttl", HEAD + text)
    made = build.build(content.resolve(city), out, NOW.replace(year=year))
    assert until(lambda: running.client.head("/catalog").headers["X-Snapshot"] == made.id, 30)
    return gather(over(running.client), address, before), made


@pytest.mark.slow
def test_over_builds_only_what_changed_is_changed(portal_of: Running, city: Path, out: Path) -> None:
    fetch, address = over(portal_of.client), f"{portal_of.url}/catalog.ttl"
    bytes_before = portal_of.client.get(address).content
    first = gather(fetch, address)

    # The same content again, later: not a byte is another.
    again, _ = changes(portal_of, city, out, 2032)
    assert (again.added, again.changed, again.deleted) == (frozenset(), frozenset(), frozenset())
    assert portal_of.client.get(address).content == bytes_before

    # A note that is in no table: the graph changes, the tables and the ontology do not.
    noted, made = changes(portal_of, city, out, 2033, "id:pilot-lantern skos:historyNote 'Nur hier.'@de .")
    assert noted.changed == {f"{portal_of.url}/datasets/graph"}
    assert (noted.added, noted.deleted) == (frozenset(), frozenset())
    since = gather(fetch, f"{address}?modified_since=2033-01-01")
    assert since.datasets.keys() == noted.changed

    # Files that did not change keep their address, even when the snapshot they came in is gone.
    old = {each["snapshot"] for name, each in made.manifest["editions"].items() if name != "graph"}
    assert len(old) == 1
    shutil.rmtree(out / old.pop())
    ontology = f"{portal_of.url}/datasets/ontology"
    for told in resources(noted.datasets[ontology], ontology).values():
        (download,) = told[f"{DCAT}downloadURL"]
        assert portal_of.client.head(download).status_code == 200
    assert noted.datasets[ontology] == first.datasets[ontology]

    # The label of a thing is in a table.
    labelled, _ = changes(portal_of, city, out, 2034, "id:org-more a gdb:Organisation ; skos:prefLabel 'Mehr'@de .")
    assert labelled.changed == {f"{portal_of.url}/datasets/{name}" for name in ("graph", "tables")}


@pytest.mark.slow
def test_content_that_states_no_licence_is_an_error_not_an_empty_list(tmp_path: Path) -> None:
    city = copy(tmp_path)
    dataset = city / "data" / "dataset.ttl"
    kept = [line for line in dataset.read_text(encoding="utf-8").splitlines() if "dct:license" not in line]
    dataset.write_text("\n".join(kept), encoding="utf-8")
    running = start("--content", str(city), "--out", str(tmp_path / "snapshots"))
    try:
        with pytest.raises(Aborted, match="503"):
            gather(over(running.client), f"{running.url}/catalog.ttl", {"https://example.org/kept": frozenset()})
        assert "license" in running.client.get("/catalog.ttl").json()["detail"]
    finally:
        stop(running)


def test_a_service_that_does_not_answer_aborts_the_harvest() -> None:
    def fetch(method: str, address: str) -> httpx.Response:
        return httpx.Response(502)

    with pytest.raises(Aborted):
        gather(fetch, "https://example.org/catalog", {"https://example.org/kept": frozenset()})


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(service: Running, snapshot: Snapshot) -> None:
    other = start("--snapshot", str(snapshot.folder), public_url=service.url)
    try:
        for path in [
            *(f"/catalog{suffix}" for suffix in SUFFIXES),
            "/datasets/graph.ttl",
            "/.well-known/void",
            "/sparql",
        ]:
            assert other.client.get(path).content == service.client.get(path).content, path
    finally:
        stop(other)


@pytest.mark.slow
def test_the_address_comes_from_the_settings_alone(snapshot: Snapshot) -> None:
    running = start("--snapshot", str(snapshot.folder), public_url="https://data.example.org/sub/path/")
    try:
        lying = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
        for path in ("/catalog.ttl", "/datasets/graph.jsonld", "/.well-known/void", "/sitemap.xml", "/robots.txt"):
            response = running.client.get(path, headers=lying)
            text = response.text + str(dict(response.headers))
            assert "evil" not in text, path
            assert running.url not in text, path
            assert "https://data.example.org/sub/path/" in text, path
    finally:
        stop(running)


def test_the_clock_is_not_in_the_catalogue(service: Running) -> None:
    """Nothing moves by itself: what is asked twice, with time in between, is the same."""
    first = service.client.get("/catalog.ttl").content
    time.sleep(1.1)

    assert service.client.get("/catalog.ttl").content == first
    today = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert f'{DCT}modified> "{today}' not in service.client.get("/catalog.nt").text
