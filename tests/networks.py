"""Networks for tests: that of a store, and small ones from pairs of names."""

import io
from collections.abc import Iterable, Mapping
from typing import cast

import pyoxigraph as ox

from gdb_graph.explore.gather import gather
from gdb_graph.explore.network import Edge, Network, Thing
from gdb_graph.explore.questions import questions, read
from gdb_graph.terms import GDB, Names

NEAR = f"{GDB}near"


def network_of(store: ox.Store, names: Names) -> Network:
    """The network of a store, asked as any engine is."""
    answers = {}
    for name, text in questions(names).items():
        body = io.BytesIO()
        cast(ox.QuerySolutions, store.query(text)).serialize(body, ox.QueryResultsFormat.TSV)
        answers[name] = read(body.getvalue())
    return gather(names, answers)


def network_from(pairs: Iterable[tuple[str, str]], alone: Iterable[str] = ()) -> Network:
    """The network with an edge for each pair of slugs; `alone` are things without one."""
    edges = [Edge(Names().thing(left), Names().thing(right), NEAR) for left, right in pairs if left != right]
    things = {Names().thing(each) for each in alone} | {end for edge in edges for end in (edge.left, edge.right)}
    beside: dict[str, dict[str, tuple[Edge, ...]]] = {thing: {} for thing in sorted(things)}
    for edge in edges:
        for thing in (edge.left, edge.right):
            beside[thing][edge.other(thing)] = (*beside[thing].get(edge.other(thing), ()), edge)
    return Network(
        Names(),
        {
            iri: Thing(iri, {"en": slug(iri)}, (), (f"{GDB}Actor",), frozenset({f"{GDB}Actor"}))
            for iri in sorted(things)
        },
        {thing: dict(sorted(found.items())) for thing, found in beside.items()},
        {},
        {},
        {},
    )


def slug(iri: str) -> str:
    """The last part of an IRI."""
    return iri.rpartition("/")[2]


def slugs(iris: Iterable[str]) -> list[str]:
    """The last parts of IRIs."""
    return [slug(iri) for iri in iris]


def edges_between(network: Network, left: str, right: str) -> tuple[Edge, ...]:
    """The edges between two slugs."""
    found: Mapping[str, tuple[Edge, ...]] = network.beside[network.names.thing(left)]
    return found.get(network.names.thing(right), ())
