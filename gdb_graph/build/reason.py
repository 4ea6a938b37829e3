"""Asserted quads and CONSTRUCT rules in, what follows out: each stratum to a fixpoint, then the next."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, cycle, groupby

import pyoxigraph as ox

from gdb_graph.build.ask import construct
from gdb_graph.errors import ContentError, Finding
from gdb_graph.queryfile import Query

_PARTS = re.compile(r"^CONSTRUCT\s*\{(?P<template>[^{}]*)\}\s*WHERE\s*(?P<where>\{.*\})\s*\Z", re.MULTILINE | re.DOTALL)


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


def infer(asserted: ox.Store, rules: Sequence[Query], say: Callable[[str], None] = lambda _: None) -> list[ox.Triple]:
    """All triples that `rules` imply from the default graph of `asserted` and that are not in it, each once.

    Adds them to that default graph on the way, so that the next rule sees what the one before it brought. The rules
    of a stratum take turns; it is done when each in turn has brought nothing. Raises ContentError for a rule that
    makes new nodes: it would never end.
    """
    inferred: list[ox.Quad] = []
    for level, members in groupby(sorted(rules, key=stratum), key=stratum):
        together = [(rule, _only_new(rule.text)) for rule in members]
        silent = 0
        for rule, text in cycle(together):
            new = _new(asserted, rule, text)
            if new:
                say(f"stratum {level}, {rule.name}: {len(new)} triples")
                asserted.bulk_extend(new)
                inferred += new
            silent = 0 if new else silent + 1
            if silent == len(together):
                break
    return [quad.triple for quad in inferred]


def _only_new(text: str) -> str:
    """The rule, to answer only what is not in the store: else each turn would hand over all that is known already.

    A solution is left out where every triple of the template is there. As it stands where that cannot be put in:
    with blank nodes in the template, where they are no variables, and with more than a WHERE behind it.
    """
    parts = _PARTS.search(text)
    if not parts or re.search(r"_:|[\[(]", parts["template"]):
        return text
    before, template, where = text[: parts.start()], parts["template"], parts["where"]
    narrowed = f"{before}CONSTRUCT {{{template}}}\nWHERE {{ {where}\nFILTER NOT EXISTS {{{template}}}\n}}"
    try:
        ox.Store().query(narrowed)
    except SyntaxError:
        return text
    return narrowed


def _new(store: ox.Store, rule: Query, text: str) -> list[ox.Quad]:
    """What a rule brings that is not in the store yet; in order, for neighbours in the store are met together."""
    new: dict[ox.Quad, None] = {}
    blank: set[ox.BlankNode] = set()
    for subject, predicate, value in construct(store, text):
        quad = ox.Quad(subject, predicate, value)
        if quad not in store:
            new[quad] = None
            blank.update(node for node in (subject, value) if isinstance(node, ox.BlankNode))
    if any(not _occurs(store, node) for node in blank):
        de = "die Regel legt neue Knoten an und käme nie zu einem Ende; im CONSTRUCT keine leeren Knoten verwenden"
        en = "the rule makes new nodes and would never end; use no blank nodes in its CONSTRUCT"
        raise ContentError([_fault(rule, de, en)])
    return list(new)


def _occurs(store: ox.Store, node: ox.BlankNode) -> bool:
    found = chain(store.quads_for_pattern(node, None, None), store.quads_for_pattern(None, None, node))
    return next(found, None) is not None


def _fault(rule: Query, de: str, en: str) -> Finding:
    return Finding("Violation", f"rules/{rule.name}.rq", 1, "", "rule", de, en)
