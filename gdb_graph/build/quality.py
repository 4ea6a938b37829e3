"""A written snapshot and what was noted on the way in, its report on quality out: findings, coverage, catalogue."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import pyoxigraph as ox

from gdb_graph.build import validate
from gdb_graph.build.describe import Figures
from gdb_graph.build.locate import Locator
from gdb_graph.catalog import catalogue, judge, mqa, reading
from gdb_graph.errors import CatalogueError, Finding, Severity
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot

SHAPES = Path(catalogue.__file__).parent / "shapes" / "catalogue.ttl"


def report(snapshot: Snapshot, findings: Sequence[Finding], figures: Figures, settings: Settings) -> dict[str, Any]:
    """What the build found: how many findings of which severity, what is attested, how good the catalogue is.

    The catalogue is the one that a service with these settings would offer.
    """
    counted = Counter(finding.severity for finding in findings)
    return {
        "findings": {severity: counted[severity] for severity in get_args(Severity)},
        "coverage": asdict(figures),
        "catalogue": _of_catalogue(snapshot, settings),
    }


def _of_catalogue(snapshot: Snapshot, settings: Settings) -> dict[str, Any]:
    try:
        it = reading.catalogue(snapshot.manifest, settings)
    except CatalogueError as error:
        return {"missing": str(error)}
    triples = catalogue.whole(it, it.datasets)
    found = conformance(triples)
    compliant = not any(finding.severity == "Violation" for finding in found)
    scores = mqa.scores(triples, compliant, judge.answering(it, snapshot.folder))
    return {
        "digest": judge.digest(triples),
        "findings": [asdict(finding) for finding in found],
        "scores": {
            each.dataset: {"total": each.total, "points": [asdict(one) for one in each.points]} for each in scores
        },
    }


def conformance(triples: Sequence[ox.Triple]) -> list[Finding]:
    """What our shapes for catalogues find in the triples of one."""
    shapes = list(ox.parse(path=SHAPES, format=ox.RdfFormat.TURTLE))
    tasks = validate.whole((ox.Quad(*triple) for triple in triples), shapes, Locator([]))
    return [finding for task in tasks for finding in task()]


def write(folder: Path, told: dict[str, Any]) -> None:
    """Write the report into the folder of a snapshot that has no name yet."""
    (folder / "quality.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
