"""The parser of CKAN's own DCAT harvester reads the catalogue; skipped where none is there (see CONTRIBUTING.md)."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gdb_graph.snapshot import Snapshot
from tests.conftest import Running

PYTHON = os.environ.get("GDB_TEST_CKAN") or (sys.executable if importlib.util.find_spec("ckanext") else "")
PARSER = Path(__file__).parent / "ckan_parser.py"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON, reason="no CKAN: set GDB_TEST_CKAN to a Python that has ckan and ckanext-dcat"),
]


def read_by_ckan(service: Running, suffix: str) -> dict[str, dict[str, Any]]:
    """The datasets as CKAN would store them, by IRI; its extras are fields like the others."""
    feed = service.client.get(f"/catalog.{suffix}")
    media_type = feed.headers["Content-Type"].partition(";")[0]
    command = [PYTHON, "-W", "ignore", str(PARSER), media_type]
    ran = subprocess.run(command, input=feed.content, capture_output=True, check=True, cwd=PARSER.parent.parent.parent)
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["next"] is None
    datasets = (each | {extra["key"]: extra["value"] for extra in each["extras"]} for each in told["datasets"])
    return {each["uri"]: each for each in datasets}


@pytest.fixture(scope="module", params=["ttl", "rdf", "xml", "jsonld"])
def datasets(request: pytest.FixtureRequest, service: Running) -> dict[str, dict[str, Any]]:
    """What CKAN reads of one serialisation."""
    return read_by_ckan(service, request.param)


def test_ckan_reads_three_datasets_with_all_resources(
    datasets: dict[str, dict[str, Any]], service: Running, snapshot: Snapshot
) -> None:
    assert datasets.keys() == {f"{service.url}/datasets/{name}" for name in ("graph", "tables", "ontology")}
    for iri, dataset in datasets.items():
        name = iri.rpartition("/")[2]
        files = {f"{iri}#{each['name']}" for each in snapshot.manifest["distributions"] if each["dataset"] == name}
        expected = files | ({f"{iri}#sparql"} if name == "graph" else set())
        assert {each["uri"] for each in dataset["resources"]} == expected


def test_ckan_stores_iris_of_official_lists_and_not_their_labels(datasets: dict[str, dict[str, Any]]) -> None:
    for dataset in datasets.values():
        assert dataset["frequency"] == "http://publications.europa.eu/resource/authority/frequency/IRREG"
        assert dataset["access_rights"] == "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
        for resource in dataset["resources"]:
            assert resource["license"] == "http://dcat-ap.de/def/licenses/cc-by/4.0"
            assert resource["format"].startswith("http://publications.europa.eu/resource/authority/file-type/")
            assert resource["status"].endswith("distribution-status/COMPLETED")


def test_ckan_reads_texts_dates_and_who_publishes(datasets: dict[str, dict[str, Any]]) -> None:
    for iri, dataset in datasets.items():
        assert dataset["title"]
        assert dataset["notes"]
        assert dataset["identifier"] == iri
        assert dataset["version"]
        assert dataset["publisher_name"] == "gdb-graph contributors"
        assert dataset["modified"] >= dataset["issued"]
        assert dataset["temporal_start"] == "2015-04-21"


def test_ckan_can_store_the_keywords_as_tags(datasets: dict[str, dict[str, Any]]) -> None:
    for dataset in datasets.values():
        names = [tag["name"] for tag in dataset["tags"]]
        assert len(names) == len(set(names)) > 10
        # What CKAN allows in a tag.
        assert all(all(letter.isalnum() or letter in " -_." for letter in name) for name in names)


def test_ckan_reads_size_and_checksum_of_each_file(datasets: dict[str, dict[str, Any]], snapshot: Snapshot) -> None:
    known = {each["name"]: each for each in snapshot.manifest["distributions"]}
    for dataset in datasets.values():
        for resource in dataset["resources"]:
            if not resource["uri"].endswith("#sparql"):
                file = known[resource["uri"].partition("#")[2]]
                assert (resource["size"], resource["hash"]) == (file["bytes"], file["sha256"])
                assert resource["url"] == resource["download_url"] == resource["access_url"]
