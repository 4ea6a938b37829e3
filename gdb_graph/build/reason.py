"""Asserted quads and CONSTRUCT rules in, what follows out: each stratum to a fixpoint, then the next."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, groupby

import pyoxigraph as ox

from gdb_graph.build.ask import construct
from gdb_graph.errors import ContentError, Finding
from gdb_graph.queryfile import Query


def stratum(rule: Query) -> int:
    """The stratum of a rule, from its header; a rule that uses negation stands above what it negates."""
    return int(rule.header.get("stratum", 1))


def faults(rules: Iterable[Query]) -> list[Finding]:
    """What is wrong with rule files as rules."""
    found = []
    for rule in rules:
        if rule.form != "CONSTRUCT":
            found.append(_fault(rule, "eine Regel ist ein CONSTRUCT", "a rule is a CONSTRUCT"))
        if not isinstance(rule.header.get("stratum", 1), int):
            found.append(_fault(rule, "stratum ist eine ganze Zahl", "stratum is a whole number"))
    return found


def infer(
    asserted: ox.Store, rules: Sequence[Query], say: Callable[[str], None] = lambda _: None
) -> frozenset[ox.Triple]:
    """All triples that `rules` imply from the default graph of `asserted` and that are not in it.

    Adds them to that default graph on the way. Every round applies every rule of the stratum;
    a stratum is done when a round brings nothing new. Raises ContentError for a rule that makes new nodes: it would
    never end.
    """
    inferred: set[ox.Triple] = set()
    for level, members in groupby(sorted(rules, key=stratum), key=stratum):
        together = list(members)
        round_ = 0
        while new := set(chain.from_iterable(_new(asserted, rule) for rule in together)):
            round_ += 1
            say(f"stratum {level}, round {round_}: {len(new)} triples")
            asserted.bulk_extend(ox.Quad(*triple) for triple in new)
            inferred |= new
    return frozenset(inferred)


def _new(store: ox.Store, rule: Query) -> set[ox.Triple]:
    new = {triple for triple in construct(store, rule.text) if ox.Quad(*triple) not in store}
    made = {node for triple in new for node in (triple.subject, triple.object) if isinstance(node, ox.BlankNode)}
    if any(not _occurs(store, node) for node in made):
        de = "die Regel legt neue Knoten an und käme nie zu einem Ende; im CONSTRUCT keine leeren Knoten verwenden"
        en = "the rule makes new nodes and would never end; use no blank nodes in its CONSTRUCT"
        raise ContentError([_fault(rule, de, en)])
    return new


def _occurs(store: ox.Store, node: ox.BlankNode) -> bool:
    found = chain(store.quads_for_pattern(node, None, None), store.quads_for_pattern(None, None, node))
    return next(found, None) is not None


def _fault(rule: Query, de: str, en: str) -> Finding:
    return Finding("Violation", f"rules/{rule.name}.rq", 1, "", "rule", de, en)
