"""Asserted quads and CONSTRUCT rules in, what follows out: each stratum to a fixpoint, then the next."""

from collections.abc import Callable, Sequence
from itertools import groupby

import pyoxigraph as ox

from gdb_graph.build.ask import construct
from gdb_graph.queryfile import Query


def stratum(rule: Query) -> int:
    """The stratum of a rule, from its header; a rule that uses negation stands above what it negates."""
    return int(rule.header.get("stratum", 1))


def infer(
    asserted: ox.Store, rules: Sequence[Query], say: Callable[[str], None] = lambda _: None
) -> frozenset[ox.Triple]:
    """All triples that `rules` imply from the default graph of `asserted` and that are not in it.

    Adds them to that default graph on the way. Every round applies every rule of the stratum;
    a stratum is done when a round brings nothing new.
    """
    inferred: set[ox.Triple] = set()
    for level, members in groupby(sorted(rules, key=stratum), key=stratum):
        texts = [rule.text for rule in members]
        round_ = 0
        while new := _round(asserted, texts):
            round_ += 1
            say(f"stratum {level}, round {round_}: {len(new)} triples")
            asserted.extend(ox.Quad(*triple) for triple in new)
            inferred |= new
    return frozenset(inferred)


def _round(store: ox.Store, rules: Sequence[str]) -> set[ox.Triple]:
    return {triple for rule in rules for triple in construct(store, rule) if ox.Quad(*triple) not in store}
