"""Every claim of the fact base stands in the graph of its source, or docs/coverage.md says why not."""

import re
from collections.abc import Mapping

import pyoxigraph as ox
import pytest

from gdb_graph.terms import DCT, FOAF, GDB, ORG, RDF, SKOS, Names
from tests.conftest import ROOT, SHARED
from tests.factbase import Facts, Graphs, Name, Wanted, claims, items, missing, read, sources

LEAST = 0.97

Everything = Mapping[str, list[Wanted]]


@pytest.fixture(scope="module")
def everything() -> Everything:
    """What the graph must hold, by kind. The fact base need not be there: the graph stands on its own."""
    folder = SHARED / "facts"
    if not folder.is_dir():
        pytest.skip(f"the fact base from which the graph was made is not at {folder}")
    facts: Facts = read(folder)
    return {"claims": claims(facts), "items": list(items(facts)), "sources": list(sources(facts))}


@pytest.fixture(scope="module")
def graphs(store: ox.Store) -> Graphs:
    return Graphs(store)


@pytest.fixture(scope="module")
def left_out(everything: Everything, graphs: Graphs) -> dict[str, set[Name]]:
    return {kind: {each.name for each in missing(wanted, graphs)} for kind, wanted in everything.items()}


@pytest.fixture(scope="module")
def document() -> str:
    return (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")


def listed(document: str) -> dict[Name, str]:
    """What docs/coverage.md leaves out, each with the reason."""
    table = document.partition("| item | property | value | source | reason |\n")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[1:]]
    return {(row[0], row[1], row[2], row[3]): row[4] for row in rows}


def test_the_fact_base_is_covered(
    everything: Everything, left_out: Mapping[str, set[Name]], document: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def held(kind: str) -> str:
        return f"{len(everything[kind]) - len(left_out[kind])} of {len(everything[kind])} {kind}"

    share = 1 - len(left_out["claims"]) / len(everything["claims"])
    lines = (
        f"{held('claims')} as triples ({100 * share:.1f} %), {len(left_out['claims'])} listed in docs/coverage.md",
        f"{held('items')}, {held('sources')}",
    )
    with capsys.disabled():
        print("", *lines, sep="\ncoverage: ")
    assert set.union(*left_out.values()) == set(listed(document))
    assert share >= LEAST
    assert all(each in re.sub(r"\s+", " ", document) for each in lines)


def test_what_is_left_out_has_a_reason(document: str) -> None:
    assert all(listed(document).values())


def test_a_claim_stands_in_the_graph_of_its_source(everything: Everything) -> None:
    assert {each.graph for each in everything["claims"] if each.name[3] == "src-editorial"} == {"curated"}
    assert all(each.graph == each.name[3] for each in everything["claims"] if each.name[3] != "src-editorial")


PRESS, PAGE = "src-kommune21-2022-12-23", "src-smart-city-berlin-modellprojekt"
PROGRAMME, STRATEGY = "programme-berlin-lebenswert-smart", "strategy-gdb"
EVIDENCE = "ev-strategy-gdb-kommune21-2022-12-23-3"


@pytest.mark.parametrize(
    ("graph", "subject", "property_"),
    [
        ("curated", PROGRAMME, f"{RDF}type"),
        ("curated", PROGRAMME, f"{SKOS}prefLabel"),
        ("curated", PROGRAMME, f"{DCT}description"),
        ("curated", PROGRAMME, f"{GDB}takesPlaceIn"),
        ("curated", "term-agil", f"{SKOS}inScheme"),
        ("curated", "org-senatskanzlei", f"{GDB}administrativePosition"),
        ("curated", "ev-editorial", f"{GDB}confidence"),
        (PRESS, PRESS, f"{FOAF}page"),
        (PRESS, STRATEGY, f"{GDB}aim"),
        (PRESS, STRATEGY, f"{GDB}hasEvidence"),
        (PRESS, PROGRAMME, f"{GDB}startDate"),
        (PRESS, PROGRAMME, f"{GDB}hasInvolvement"),
        (PRESS, "inv-programme-berlin-lebenswert-smart-org-kfw-funder", f"{GDB}role"),
        (PRESS, "inv-programme-berlin-lebenswert-smart-org-kfw-funder", f"{GDB}hasEvidence"),
        (PRESS, EVIDENCE, f"{GDB}fromSource"),
        (PRESS, EVIDENCE, f"{GDB}confidence"),
        (PRESS, EVIDENCE, f"{GDB}locator"),
        (PRESS, EVIDENCE, f"{GDB}supportsProperty"),
        (PRESS, EVIDENCE, f"{SKOS}note"),
        (PAGE, "q-programme-berlin-lebenswert-smart-pilot-projects", f"{GDB}countValue"),
        (PAGE, "q-programme-berlin-lebenswert-smart-pilot-projects", f"{GDB}counted"),
        ("src-citylab-stadtgremium", "body-stadtgremium", f"{GDB}countQualifier"),
        ("src-creative-bureaucracy-2022", "m-person-ralf-kleindiek-org-senatskanzlei-post-cdo", f"{GDB}validFrom"),
        ("src-zlb-strategiepapier", "m-person-franziska-giffey-org-senat-post-governing-mayor", f"{GDB}attestedOn"),
        ("src-zlb-strategiepapier", "person-franziska-giffey", f"{ORG}holds"),
        ("src-meinberlin-steckbrief-2022-14219", "st-pilot-smarte-partizipation-planned-2022", f"{GDB}validFrom"),
        ("src-citylab-pilot-workshops-2022", "inv-pilot-smart-water-org-citylab-berlin-facilitator", f"{GDB}task"),
    ],
)
def test_a_triple_removed_is_noticed(
    everything: Everything,
    graphs: Graphs,
    left_out: Mapping[str, set[Name]],
    graph: str,
    subject: str,
    property_: str,
) -> None:
    before = set.union(*left_out.values())
    values = graphs.values(graph, Names().thing(subject), property_)
    assert values
    for value in values:
        less = graphs.without(graph, Names().thing(subject), property_, value)
        assert {each.name for wanted in everything.values() for each in missing(wanted, less)} > before
