"""The quads in which two snapshots differ in, things with their changes out.

A thing is a subject. What stands between things (an involvement, a status, an evidence, a blank node) is told with
the one thing that points at it, even over others of its kind; where several do, or none, it is a thing of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pyoxigraph as ox

from gdb_graph.diff.lines import Line
from gdb_graph.diff.sides import Sides, Term, language
from gdb_graph.terms import GDB, ORG

Kind = Literal["added", "removed", "changed"]

_BETWEEN = ("Involvement", "StatusAssertion", "FundingAllocation", "QuantityStatement", "MoneyStatement", "Evidence")
BETWEEN = frozenset((*(GDB + name for name in (*_BETWEEN, "Contradiction", "Reading")), f"{ORG}Membership"))


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a property in a graph: come, gone, or in the place of another."""

    kind: Kind
    property: str
    graph: str
    before: Term | None
    after: Term | None


@dataclass(frozen=True, slots=True)
class Node:
    """What one graph says of a node between things: come as a whole, gone as a whole, or changed.

    `link`: the property by which the thing came, or ceased, to point at it; `elsewhere`: another source had the node
    when this one took it up, or still has it.
    """

    kind: Kind
    iri: str
    graph: str
    link: str
    elsewhere: bool
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing and what changed about it; `iri` is `_:` and a label for a blank node."""

    kind: Kind
    iri: str
    changes: Sequence[Change]
    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True)
class Difference:
    """The things that changed, by IRI, and how many quads came and went."""

    things: Sequence[Thing]
    added: int
    removed: int


def compare(lines: Iterable[Line], both: Sides) -> Difference:
    """Group what changed by thing. The default graph only repeats the others and is left out."""
    by_subject: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if isinstance(line.quad.graph_name, ox.NamedNode):
            by_subject[_key(line.quad.subject)].append(line)
    blank: dict[str, set[str]] = defaultdict(set)
    for subject, listed in by_subject.items():
        for line in listed:
            if isinstance(line.quad.object, ox.BlankNode):
                blank[_key(line.quad.object)].add(subject)
    by_thing: dict[str, dict[str, list[Line]]] = defaultdict(dict)
    for subject, listed in by_subject.items():
        by_thing[_owner(subject, both, blank)][subject] = listed
    things = [_thing(iri, by_thing[iri], both) for iri in sorted(by_thing)]
    added = [line.added for listed in by_subject.values() for line in listed]
    return Difference(things, sum(added), len(added) - sum(added))


def _key(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _owner(subject: str, both: Sides, blank: Mapping[str, set[str]]) -> str:
    waiting, seen, found = [subject], set(), set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if one.startswith("_:"):
            nearer = blank.get(one, set())
        else:
            nearer = both.pointing(one) if BETWEEN.intersection(both.classes(one)) else set()
        waiting += nearer
        if not nearer:
            found.add(one)
    return found.pop() if len(found) == 1 else subject


def _thing(iri: str, by_subject: Mapping[str, Sequence[Line]], both: Sides) -> Thing:
    own = by_subject.get(iri, ())
    nodes = [
        _node(subject, graph, listed, both)
        for subject in sorted(by_subject)
        if subject != iri
        for graph, listed in _by_graph(by_subject[subject]).items()
    ]
    whole = {(node.iri, node.graph, node.kind) for node in nodes}
    links: dict[tuple[str, str, Kind], str] = {}
    rest = []
    for line in own:
        place = (_key(line.quad.object), _graph(line), _direction(line))
        if place in whole and place not in links:
            links[place] = line.quad.predicate.value
        else:
            rest.append(line)
    linked = [replace(node, link=links.get((node.iri, node.graph, node.kind), "")) for node in nodes]
    return Thing(_kind(iri, own, both), iri, _changes(rest), linked)


def _kind(iri: str, own: Sequence[Line], both: Sides) -> Kind:
    return _between(_known(both.before.quads(iri), own, False), _known(both.after.quads(iri), own, True))


def _between(was: bool, is_: bool) -> Kind:
    return "changed" if was == is_ else "added" if is_ else "removed"


def _known(said: Sequence[ox.Quad], lines: Sequence[Line], added: bool) -> bool:
    # Blank nodes cannot be looked up; of them, only what changed is known.
    return bool(said) or any(line.added == added for line in lines)


def _node(iri: str, graph: str, lines: Sequence[Line], both: Sides) -> Node:
    before, after = both.before.quads(iri), both.after.quads(iri)
    was, is_ = ([quad for quad in quads if quad.graph_name == ox.NamedNode(graph)] for quads in (before, after))
    kind = _between(_known(was, lines, False), _known(is_, lines, True))
    others = before if kind == "added" else after
    elsewhere = kind != "changed" and any("/src-" in str(quad.graph_name) for quad in others)
    return Node(kind, iri, graph, "", elsewhere, _changes(lines))


def _by_graph(lines: Sequence[Line]) -> Mapping[str, Sequence[Line]]:
    grouped: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        grouped[_graph(line)].append(line)
    return dict(sorted(grouped.items()))


def _graph(line: Line) -> str:
    return str(line.quad.graph_name.value)  # type: ignore[union-attr]  # the default graph was left out


def _direction(line: Line) -> Kind:
    return "added" if line.added else "removed"


def _changes(lines: Sequence[Line]) -> Sequence[Change]:
    """One change a value; where a property in a graph lost one value and got one in the same language, one for both."""
    grouped: dict[tuple[str, str, str], tuple[list[Term], list[Term]]] = defaultdict(lambda: ([], []))
    for line in lines:
        quad = line.quad
        grouped[quad.predicate.value, _graph(line), language(quad.object)][line.added].append(quad.object)
    changes: list[Change] = []
    for (property_, graph, _), (gone, come) in sorted(grouped.items()):
        if len(gone) == len(come) == 1:
            changes.append(Change("changed", property_, graph, gone[0], come[0]))
        else:
            changes += [Change("removed", property_, graph, value, None) for value in gone]
            changes += [Change("added", property_, graph, None, value) for value in come]
    return tuple(changes)
