"""The network of the real content and of Otherstadt: what is a thing, what an edge, and what each edge rests on."""

import time

import pyoxigraph as ox
import pytest

from gdb_graph.explore.gather import RECORD
from gdb_graph.explore.meant import Unclear, meant
from gdb_graph.explore.network import Evidence, Network
from gdb_graph.snapshot import current, open_snapshot
from gdb_graph.terms import GDB, ORG, Names
from tests.contents import built, rows
from tests.networks import edges_between, network_of, slug, slugs


@pytest.fixture(scope="module")
def real(store: ox.Store, names: Names) -> Network:
    return network_of(store, names)


def test_every_involvement_is_an_edge(store: ox.Store, real: Network) -> None:
    stated = set(
        rows(store, "SELECT ?node ?actor ?at ?role { ?node gdb:actor ?actor ; gdb:involvementIn ?at ; gdb:role ?role }")
    )
    found = {
        (edge.node, edge.left, edge.right, role)
        for beside in real.beside.values()
        for edges in beside.values()
        for edge in edges
        if edge.term == f"{GDB}Involvement"
        for role in edge.roles
    }

    assert found == stated


@pytest.mark.parametrize("property_", ["addressesField", "belongsTo", "decidedBy", "takesPlaceIn"])
def test_every_stated_relation_is_an_edge_and_no_inferred_one_is(
    store: ox.Store, names: Names, real: Network, property_: str
) -> None:
    query = f"""SELECT DISTINCT ?left ?right {{ GRAPH ?graph {{ ?left gdb:{property_} ?right }}
        FILTER(?graph != <{names.graph("inferred")}>) }}"""
    found = {(edge.left, edge.right) for thing in real.things for edge in real.edges(thing, f"{GDB}{property_}")}

    assert found == set(rows(store, query))


def test_no_node_between_things_and_no_record_is_a_thing(real: Network) -> None:
    kinds = {kind for thing in real.things.values() for kind in thing.kinds}
    between = {f"{GDB}Involvement", f"{GDB}FundingAllocation", f"{ORG}Membership", f"{GDB}Evidence"}

    assert not kinds & (between | RECORD)
    assert f"{GDB}Undertaking" in kinds
    assert f"{GDB}Actor" in kinds


def test_every_edge_has_evidence(real: Network) -> None:
    edges = [edge for beside in real.beside.values() for edges in beside.values() for edge in edges]

    assert edges
    assert [edge for edge in edges if not edge.evidence] == []
    assert {each.source for edge in edges for each in edge.evidence} <= set(real.sources)


def test_an_edge_keeps_role_time_and_place_in_the_source(real: Network, names: Names) -> None:
    """By hand from src-kommune21-2022-12-23 and four other sources."""
    (edge,) = edges_between(real, "person-ralf-kleindiek", "org-senatskanzlei")

    assert slugs(edge.roles) == ["post-cdo"]
    assert (edge.time.since, edge.time.until) == (("2022",), ("2023-05",))
    assert edge.time.attested == ("2022-12-20", "2022-12-23")
    assert len({each.source for each in edge.evidence}) == 5
    stated = "https://w3id.org/gdb-berlin/vocab/evidence-confidence/stated"
    assert Evidence(names.thing("src-kommune21-2022-12-23"), "paragraph 1", stated) in edge.evidence


def test_evidence_that_names_another_property_does_not_count(real: Network) -> None:
    """By hand: kommune21 backs `operatedBy` as stated and `belongsTo` as derived, both in paragraph 2."""
    edges = {
        slug(edge.term): edge for edge in edges_between(real, "org-citylab-berlin", "org-technologiestiftung-berlin")
    }
    certainty = {
        name: {slug(each.certainty) for each in edge.evidence if slug(each.source) == "src-kommune21-2022-12-23"}
        for name, edge in edges.items()
    }

    assert certainty["ontology#operatedBy"] == {"stated"}
    assert certainty["ontology#belongsTo"] == {"derived"}


def test_a_funding_relates_each_two_of_its_ends(real: Network) -> None:
    """By hand: the district funds the operating company with 50,000 euros, by two sources."""
    edges = edges_between(real, "org-ba-charlottenburg-wilmersdorf", "org-urban-space-gmbh")
    (funding,) = (edge for edge in edges if edge.term == f"{GDB}FundingAllocation")

    assert slugs(funding.ends) == ["ontology#funder", "ontology#recipient"]
    assert funding.amounts == ("50000 EUR",)
    sources = {slug(each.source) for each in funding.evidence}
    assert {"src-berliner-woche-urban-space", "src-bz-hardenbergplatz"} <= sources


def test_it_is_quick_to_make(store: ox.Store, names: Names) -> None:
    begun = time.process_time()
    network_of(store, names)

    assert time.process_time() - begun < 1


def test_another_city_has_its_own() -> None:
    snapshot = open_snapshot(current(built()))
    quads = ox.Store()
    quads.bulk_load(path=snapshot.quads, format=ox.RdfFormat.N_QUADS)
    network = network_of(quads, snapshot.names)

    (edge,) = edges_between(network, "pilot-lantern", "org-lamplighters")
    assert slugs(edge.roles) == ["lead"]
    assert all(iri.startswith(snapshot.names.instances) for iri in network.things)


# What is meant


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("org-kfw", "org-kfw"),
        ("https://w3id.org/gdb-berlin/id/org-kfw", "org-kfw"),
        ("KfW", "org-kfw"),
        ("  bezirksamt   PANKOW ", "org-ba-pankow"),
        ("Pankow", "district-pankow"),
        ("Smart Water", "pilot-smart-water"),
        ("Wasserbetriebe", "org-berliner-wasserbetriebe"),
    ],
)
def test_a_thing_is_found_by_what_is_typed(real: Network, names: Names, typed: str, expected: str) -> None:
    assert meant(real, typed) == names.thing(expected)


@pytest.mark.parametrize(
    ("typed", "is_ambiguous", "near"),
    [
        ("Bezirksamt", True, "org-ba-pankow"),
        ("Senatskanzlie", False, "org-senatskanzlei"),
        ("org-kwf", False, "org-kfw"),
        ("<script>", False, ""),
        ("", False, ""),
    ],
)
def test_what_is_unclear_comes_with_what_is_near(real: Network, typed: str, is_ambiguous: bool, near: str) -> None:
    found = meant(real, typed)

    assert isinstance(found, Unclear)
    assert found.is_ambiguous == is_ambiguous
    assert near in slugs(found.near) if near else not found.near


def test_only_things_of_a_kind_are_meant(real: Network, names: Names) -> None:
    fields = real.of(f"{GDB}ActionField")

    assert meant(real, "Intelligente Datennutzung", fields) == names.thing("field-intelligente-datennutzung")
    assert isinstance(meant(real, "KfW", fields), Unclear)
