"""Paths between two things: against all simple paths on small networks, their limits, and the real content."""

from itertools import pairwise
from math import log2

import networkx as nx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.explore.network import Edge, Network
from gdb_graph.explore.paths import Found, Wish, find
from gdb_graph.terms import GDB, Names
from tests.networks import network_from, network_of, slugs

THING = Names().thing
NODES = "abcdefg"


@pytest.fixture(scope="module")
def real(store: ox.Store, names: Names) -> Network:
    return network_of(store, names)


def ways(found: Found) -> list[str]:
    return [" ".join(slugs(path.things)) for path in found.paths]


def expected(network: Network, wish: Wish) -> list[str]:
    """The same by trying all simple paths: again and again the cheapest that is left, with what was passed dearer."""
    graph = nx.Graph((one, two) for one, beside in network.beside.items() for two in beside)
    graph.add_nodes_from(network.things)
    left = [
        tuple(path)
        for path in nx.all_simple_paths(graph, wish.start, wish.goal, cutoff=wish.hops)
        if not wish.via or wish.via in path
    ]
    passed = dict.fromkeys(network.things, 0)
    found: list[str] = []
    while left and len(found) < wish.count:

        def cost(path: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
            dear = (
                round(1_000_000 * log2(graph.degree(each))) * (1 + wish.variety * passed[each]) for each in path[1:-1]
            )
            return 1_000_000 * (len(path) - 1) + sum(dear), path

        best = min(left, key=cost)
        left.remove(best)
        found.append(" ".join(slugs(best)))
        for each in best:
            passed[each] += 1
    return found


@given(
    pairs=st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=18),
    hops=st.integers(1, 6),
    count=st.integers(1, 12),
    variety=st.integers(0, 2),
    via=st.sampled_from(["", *NODES[2:]]),
)
def test_it_finds_what_trying_all_paths_finds(
    pairs: list[tuple[str, str]], hops: int, count: int, variety: int, via: str
) -> None:
    network = network_from(pairs, NODES)
    wish = Wish(THING("a"), THING("b"), hops, count, THING(via) if via else "", variety=variety)
    found = find(network, wish)

    assert found.complete
    assert ways(found) == expected(network, wish)


@given(
    pairs=st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=18),
    hops=st.integers(1, 6),
    limit=st.integers(0, 60),
)
def test_a_search_cut_short_says_so_and_gives_only_real_paths(
    pairs: list[tuple[str, str]], hops: int, limit: int
) -> None:
    network = network_from(pairs, NODES)
    wish = Wish(THING("a"), THING("b"), hops, 3)
    cut, whole = find(network, wish, limit), find(network, wish)

    assert ways(cut) == ways(whole) if cut.complete else len(cut.paths) <= len(whole.paths)
    for path in cut.paths:
        assert len(path.things) == len(set(path.things)) <= hops + 1
        assert all(two in network.beside[one] for one, two in pairwise(path.things))


def test_no_path_tells_how_many_things_were_searched() -> None:
    """Three things lie within two steps of b; a lies three steps away."""
    network = network_from([("a", "c"), ("c", "d"), ("d", "b"), ("b", "e")])

    assert find(network, Wish(THING("a"), THING("b"), 2)) == Found((), 3, True)
    assert ways(find(network, Wish(THING("a"), THING("b"), 3))) == ["a c d b"]


def test_a_hub_comes_after_a_path_that_is_as_long() -> None:
    spokes = [("hub", f"spoke{number}") for number in range(20)]
    network = network_from([("a", "hub"), ("hub", "b"), ("a", "c"), ("c", "b"), *spokes])

    assert ways(find(network, Wish(THING("a"), THING("b")))) == ["a c b", "a hub b"]


def test_paths_differ_before_they_repeat() -> None:
    """Over c and d there are two ways that share c; with variety the one that shares nothing comes between them."""
    network = network_from(
        (pair[0], pair[1]) for pair in ("ac", "cd", "db", "ce", "eb", "af", "fg", "gb", "fh", "fi", "gi")
    )
    wish = Wish(THING("a"), THING("b"), 3, 3)

    assert ways(find(network, wish)) == ["a c d b", "a f g b", "a c e b"]
    assert ways(find(network, Wish(THING("a"), THING("b"), 3, 3, variety=0)))[:2] == ["a c d b", "a c e b"]


def test_only_allowed_edges_are_walked() -> None:
    network = network_from([("a", "c"), ("c", "b"), ("a", "d"), ("d", "b")])

    def allows(edge: Edge) -> bool:
        return THING("c") not in (edge.left, edge.right)

    assert ways(find(network, Wish(THING("a"), THING("b"), allows=allows))) == ["a d b"]


# The real content


def test_kfw_and_a_district_office_are_connected_in_more_than_one_way(real: Network, names: Names) -> None:
    """By hand: the KfW funds the state, to which the office belongs; it handles money of the ministry that funds Smart
    Water, on which the office works; and it works on the model project, of which Smart Water is a part.
    """
    found = find(real, Wish(names.thing("org-kfw"), names.thing("org-ba-pankow"), 3))

    assert ways(found)[:2] == [
        "org-kfw org-land-berlin org-ba-pankow",
        "org-kfw org-bmwsb pilot-smart-water org-ba-pankow",
    ]
    assert "org-kfw programme-berlin-lebenswert-smart pilot-smart-water org-ba-pankow" in ways(found)
    roles = {role for path in found.paths[1:2] for edge in path.steps[-1].edges for role in slugs(edge.roles)}
    assert roles == {"implementer"}
    assert all(edge.evidence for path in found.paths for step in path.steps for edge in step.edges)


def test_only_funding_leads_from_the_kfw_to_the_state(real: Network, names: Names) -> None:
    def is_funding(edge: Edge) -> bool:
        return edge.term == f"{GDB}FundingAllocation"

    wish = Wish(names.thing("org-kfw"), names.thing("org-land-berlin"), 2, allows=is_funding)
    found = find(real, wish)

    assert found.paths
    assert {edge.term for path in found.paths for step in path.steps for edge in step.edges} == {
        f"{GDB}FundingAllocation"
    }


def test_it_is_the_same_each_time(store: ox.Store, names: Names, real: Network) -> None:
    wish = Wish(names.thing("org-kfw"), names.thing("pilot-smart-water"), 4)

    assert find(network_of(store, names), wish) == find(real, wish)
