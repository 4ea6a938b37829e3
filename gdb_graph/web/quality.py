"""`/quality`: what the build found in content and catalogue, and how the catalogue scores as it is offered now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.catalog import catalogue, judge, mqa, reading
from gdb_graph.catalog.model import Dataset
from gdb_graph.errors import CatalogueError
from gdb_graph.snapshot import Snapshot
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import published, wants_html


@dataclass(frozen=True, slots=True)
class Judged:
    """The catalogue as it is offered now: its scores, and whether it is the one that the build has checked.

    Without a catalogue `missing` says why there is none.
    """

    scores: Sequence[tuple[Dataset, mqa.Score]]
    checked: bool
    missing: str = ""


async def quality(request: Request) -> Response:
    """A page, or the report of the build as JSON with the scores of now."""
    now = published(request)
    report, noted = _read(now.snapshot, "quality.json"), _read(now.snapshot, "report.json")
    judged = _judge(now.snapshot, request, report)
    if wants_html(request, ["application/json"]):
        pages: Pages = request.app.state.pages
        return pages.show(request, now, "quality", report=report, noted=noted, judged=judged, full=mqa.FULL)
    scores = {dataset.iri: {"total": score.total, "of": mqa.FULL, **asdict(score)} for dataset, score in judged.scores}
    told = report | {"now": {"scores": scores, "checked": judged.checked, "missing": judged.missing}}
    return JSONResponse(told, headers={"Vary": "Accept", "X-Snapshot": now.snapshot.id})


def _read(snapshot: Snapshot, name: str) -> Any:
    """A report of the build; empty in a snapshot that an older build made."""
    file = snapshot.folder / name
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _judge(snapshot: Snapshot, request: Request, report: Mapping[str, Any]) -> Judged:
    try:
        it = reading.catalogue(snapshot.manifest, request.app.state.settings)
    except CatalogueError as error:
        return Judged((), False, str(error))
    triples = catalogue.whole(it, it.datasets)
    found = report.get("catalogue", {})
    # The shapes need a library that only the build has; settings say who publishes and where, not what is told how.
    compliant = "findings" in found and not any(each["severity"] == "Violation" for each in found["findings"])
    scores = {each.dataset: each for each in mqa.scores(triples, compliant, judge.answering(it, snapshot.folder))}
    return Judged([(each, scores[each.iri]) for each in it.datasets], judge.digest(triples) == found.get("digest"))
