"""The query `contradictions` finds each contradiction that the fact base names, and shows none without its readings."""

import re
from collections.abc import Mapping

import pyoxigraph as ox
import pytest

from gdb_graph.queryfile import Query
from gdb_graph.terms import GDB, Names
from tests.conftest import SHARED
from tests.test_answers import Row, select

# By topic in GAPS.md, section 2; one topic may hold several.
CONTRADICTIONS: Mapping[str, tuple[str, ...]] = {
    "Day of the Senate decision": ("decision-day",),
    "Decision or first reading": ("decision-or-first-reading",),
    "Start": ("strategy-start",),
    "Framework 2021": ("framework-decision",),
    "Number of topic areas": ("topic-areas",),
    "Name of the strategy": ("strategy-kind", "abbreviation"),
    "Fachstrategie": ("sector-strategy",),
    "Open source strategy": ("open-source-strategy",),
    "Leitgedanken": ("guiding-ideas",),
    "Number of values": ("number-of-values",),
    "Order of the clusters": ("order-of-clusters",),
    "Handlungsfeld": ("action-field",),
    "Draft and final": (
        "draft-goals-and-fields",
        "draft-operating-model",
        "draft-kinds-of-measures",
        "draft-process",
        "draft-governance-levels",
    ),
    "Phase 3": ("phase-3",),
    "Handbook": ("handbook",),
    "Phases of the model project": ("phase-concept", "phase-elaboration", "phase-implementation"),
    "Start of participation": ("participation-start",),
    "Participants": ("participants",),
    "Unit": ("unit-name",),
    "CDO": ("cdo-title", "cdo-start"),
    "Departments": ("department-environment", "department-urban-development"),
    "Federal ministry": ("federal-ministry",),
    "Which five": ("which-five",),
    "Smarte Partizipation, period": ("smarte-partizipation-period",),
    "Smart Water, start": ("smart-water-start",),
    "Data & Smart City Governance, start": ("data-governance-start",),
    "Start of the pilots": ("pilots-start",),
    "Kiezbox, end": ("kiezbox-end",),
    "Kiezlabor": ("kiezlabor-period", "kiezlabor-name"),
    "Data infrastructure measure": ("data-infrastructure-responsible", "data-infrastructure-state"),
    "Grant": ("grant",),
    "Operating company": ("operating-company",),
    "Regenwasseragentur": ("regenwasseragentur-place", "regenwasseragentur-address"),
    "Conference 2025": ("conference-2025-room",),
    "Spelling": ("spelling-schruoffeneger",),
}


@pytest.fixture(scope="module")
def found(store: ox.Store, queries: Mapping[str, Query], names: Names) -> list[Row]:
    """The answer to the query."""
    return select(store, queries["contradictions"].text, names)[1]


def named() -> list[str]:
    """The topics of the table in section 2 of the fact base's list of gaps."""
    gaps = SHARED / "facts" / "GAPS.md"
    if not gaps.is_file():
        pytest.skip(f"the fact base's list of gaps is not at {gaps}")
    section = re.split(r"^## ", gaps.read_text(encoding="utf-8"), flags=re.MULTILINE)[2]
    assert section.startswith("2. Contradictions")
    rows = [line.strip("|").split("|")[0].strip() for line in section.splitlines() if line.startswith("|")]
    assert rows[0] == "Topic"
    return rows[2:]


def test_the_table_has_every_topic_of_the_fact_base_once() -> None:
    assert named() == list(CONTRADICTIONS)


@pytest.mark.parametrize("topic", CONTRADICTIONS)
def test_every_contradiction_of_the_fact_base_is_found_side_by_side(found: list[Row], topic: str) -> None:
    for slug in CONTRADICTIONS[topic]:
        readings = {row["reading"] for row in found if row["contradiction"] == f"contradiction-{slug}"}
        assert len(readings - {""}) >= 2, slug


def test_every_noted_reading_is_found(store: ox.Store, found: list[Row], names: Names) -> None:
    noted = select(store, f"SELECT * {{ ?contradiction <{GDB}hasReading> ?reading }}", names)[1]
    assert noted
    assert [each for each in noted if not any(each.items() <= row.items() for row in found)] == []


def test_every_row_has_a_source_or_a_note_and_every_preference_a_reason(found: list[Row]) -> None:
    for row in found:
        assert row["contradictionDe"]
        assert row["contradictionEn"]
        assert row["thingDe"]
        assert row["source"] or (row["noteDe"] and row["noteEn"])
        assert (row["preferred"] == "true") == bool(row["reasonDe"] and row["reasonEn"])
        assert row["reading"] or (row["property"] and row["value"])
