"""Another city's strategy is served by the same program: its own base, nothing of Berlin in it."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from gdb_graph.__main__ import main
from gdb_graph.queryfile import read_folder
from gdb_graph.snapshot import Snapshot, current, open_snapshot
from gdb_graph.terms import DEFAULT_BASE, Names
from tests.contents import BASE, OTHERSTADT, built, rows

CITY = Names(BASE)
QUERIES = sorted(path.stem for path in (Path(__file__).parent.parent / "queries").glob("*.rq"))


@pytest.fixture(scope="module")
def city() -> Snapshot:
    """A snapshot of Otherstadt."""
    return open_snapshot(current(built()))


@pytest.fixture(scope="module")
def quads(city: Snapshot) -> ox.Store:
    """All quads of it."""
    store = ox.Store()
    store.bulk_load(path=city.quads, format=ox.RdfFormat.N_QUADS)
    return store


def test_its_base_is_its_own(city: Snapshot) -> None:
    assert city.names == CITY
    assert city.manifest["base"] == BASE


def test_it_says_its_own_title(city: Snapshot) -> None:
    assert city.manifest["title"] == {"de": "Otherstadt (erfunden)", "en": "Otherstadt (made up)"}


def test_all_its_graphs_are_under_its_base(quads: ox.Store) -> None:
    found = {graph.value.removeprefix(CITY.graphs) for graph in quads.named_graphs()}

    assert found == {"curated", "inferred", "ontology", "provenance", "queries", "shapes", "src-plan", "vocab", "void"}


def test_all_its_things_are_under_its_base(quads: ox.Store) -> None:
    things = {
        thing
        for (thing,) in rows(
            quads,
            "SELECT DISTINCT ?thing { ?thing a ?class . ?class a owl:Class . FILTER(isIRI(?thing)) "
            "FILTER NOT EXISTS { ?thing a skos:Concept } FILTER NOT EXISTS { ?thing a skos:ConceptScheme } "
            "FILTER(!STRSTARTS(STR(?class), STR(owl:)) && STRSTARTS(STR(?class), STR(gdb:))) }",
        )
    }

    assert f"{CITY.instances}pilot-lantern" in things
    assert {thing for thing in things if not thing.startswith(CITY.instances)} == set()


def test_nothing_of_berlin_is_in_it(quads: ox.Store) -> None:
    berlin = tuple(f"{DEFAULT_BASE}{part}/" for part in ("id", "graph"))
    terms = {term for quad in quads for term in (quad.subject, quad.object, quad.graph_name)}

    assert {term.value for term in terms if isinstance(term, ox.NamedNode) and term.value.startswith(berlin)} == set()


def test_its_facts_follow_by_the_built_in_rules(quads: ox.Store) -> None:
    found = set(rows(quads, "SELECT ?led ?status { id:pilot-lantern gdb:ledBy ?led ; gdb:currentStatus ?status }"))

    assert found == {(CITY.thing("org-lamplighters"), f"{DEFAULT_BASE}vocab/status/running")}


def test_its_source_graph_says_where_it_is_from(quads: ox.Store) -> None:
    found = set(
        rows(
            quads,
            f"SELECT ?snapshot ?activity ?licence {{ GRAPH <{CITY.graph('provenance')}> {{ <{CITY.graph('src-plan')}> "
            "prov:wasDerivedFrom ?snapshot ; prov:wasGeneratedBy ?activity ; dct:license ?licence } }",
        )
    )

    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert found == {(CITY.thing("snap-plan"), CITY.thing("extraction-otherstadt"), licence)}


@pytest.mark.parametrize("query", QUERIES)
def test_each_curated_query_can_be_asked_of_it(query: str, city: Snapshot, quads: ox.Store) -> None:
    text = read_folder(city.queries)[query].text

    assert quads.query(text) is not None


def test_its_pilot_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["query", "pilots", "--format", "csv", "--content", str(OTHERSTADT), "--out", str(built())])

    first = capsys.readouterr().out.splitlines()[1]
    assert status == 0
    assert first.startswith(f"{CITY.thing('pilot-lantern')},Laterne,lantern,{CITY.thing('org-lamplighters')}")


def test_the_made_up_city_is_not_in_the_real_data() -> None:
    real = (Path(__file__).parent.parent / "data").rglob("*.ttl")

    assert [path.name for path in real if "otherstadt" in path.read_text(encoding="utf-8").lower()] == []
