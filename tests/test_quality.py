"""The report on quality: the build writes it, the page shows it, and neither says more than was checked."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from gdb_graph.build import describe, quality
from gdb_graph.catalog import judge, mqa
from gdb_graph.errors import Finding
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot
from tests.conftest import Running
from tests.offers import BARE, FULL, manifest, offered, triples

FIGURES = describe.Figures(1, 2, 3, 4)
NOTE = Finding("Warning", "data/x.ttl", 3, "https://example.org/x", "shape", "Das fehlt.", "That is missing.")


def at(folder: Path, **changes: Any) -> Snapshot:
    """A snapshot whose files lie in `folder`."""
    for each in manifest()["distributions"]:
        file = folder / each["path"]
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"content")
    return Snapshot(folder, manifest(**changes))


def test_findings_are_counted_by_how_grave_they_are(tmp_path: Path) -> None:
    told = quality.report(at(tmp_path), [NOTE, NOTE], FIGURES, FULL)

    assert told["findings"] == {"Violation": 0, "Warning": 2, "Info": 0}
    assert told["coverage"] == {"classes": 1, "properties": 2, "sources": 3, "claims": 4}


@pytest.mark.parametrize(
    ("settings", "total", "findings"), [(FULL, 395, set()), (BARE, 375, {"Warning"})], ids=["configured", "bare"]
)
def test_the_catalogue_is_judged_as_these_settings_would_offer_it(
    tmp_path: Path, settings: Settings, total: int, findings: set[str]
) -> None:
    told = quality.report(at(tmp_path), [], FIGURES, settings)["catalogue"]

    assert {each["total"] for each in told["scores"].values()} == {total}
    assert {each["severity"] for each in told["findings"]} == findings
    assert told["digest"] == judge.digest(triples(offered(settings)))


def test_a_file_that_is_not_there_costs_points(tmp_path: Path) -> None:
    snapshot = at(tmp_path)
    for file in (tmp_path / "tables").iterdir():
        file.write_bytes(b"cut")
    scores = quality.report(snapshot, [], FIGURES, FULL)["catalogue"]["scores"]

    assert {iri.rpartition("/")[2]: each["total"] for iri, each in scores.items()} == {
        "graph": 395,
        "ontology": 395,
        "tables": 315,
    }


def test_content_that_makes_no_catalogue_says_what_is_missing(tmp_path: Path) -> None:
    dataset = manifest()["dataset"] | {"license": ""}
    told = quality.report(at(tmp_path, dataset=dataset), [], FIGURES, FULL)

    assert "license" in told["catalogue"]["missing"]


# The real one


def test_the_build_writes_the_report(snapshot: Snapshot) -> None:
    told = json.loads((snapshot.folder / "quality.json").read_text(encoding="utf-8"))
    noted = json.loads((snapshot.folder / "report.json").read_text(encoding="utf-8"))

    assert sum(told["findings"].values()) == len(noted)
    assert told["findings"]["Violation"] == 0
    assert told["coverage"]["sources"] > 200
    assert told["coverage"]["claims"] > 3000


def test_the_figures_are_those_of_the_command_line(store: Any, checked: Any) -> None:
    assert describe.figures_in(store) == describe.figures(quads for _, quads in checked.parts)


def test_the_real_catalogue_scores_at_least_390_with_a_contact(snapshot: Snapshot) -> None:
    told = quality.report(snapshot, [], FIGURES, FULL)["catalogue"]

    assert told["findings"] == []
    assert min(each["total"] for each in told["scores"].values()) >= 390


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_the_score_of_each_dataset(client: httpx.Client, lang: str) -> None:
    text = client.get("/quality", params={"lang": lang}, headers={"Accept": "text/html"}).text

    for total in ("375 / 405", "Violation", "20 / 20", "0 / 20"):
        assert total in text


def test_the_numbers_of_the_page_are_there_for_machines(service: Running, snapshot: Snapshot) -> None:
    told = service.client.get("/quality", headers={"Accept": "application/json"}).json()
    written = json.loads((snapshot.folder / "quality.json").read_text(encoding="utf-8"))

    assert {name: told[name] for name in written} == written
    assert set(told["now"]["scores"]) == {f"{service.url}/datasets/{name}" for name in ("graph", "tables", "ontology")}
    assert {each["total"] for each in told["now"]["scores"].values()} == {375}
    assert all(each["of"] == mqa.FULL for each in told["now"]["scores"].values())


def test_a_service_with_other_settings_than_the_build_says_so(client: httpx.Client) -> None:
    """The session's snapshot was built without an address, the service has one."""
    assert client.get("/quality", headers={"Accept": "application/json"}).json()["now"]["checked"] is False
    assert "anderen Angaben" in client.get("/quality?lang=de", headers={"Accept": "text/html"}).text
