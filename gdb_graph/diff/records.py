"""A difference in, a value for JSON out: everything in full, terms as in SPARQL results in JSON."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from gdb_graph.diff.lines import ASIDE
from gdb_graph.diff.sides import Sides, Term
from gdb_graph.diff.things import Change, Difference, Node, Thing
from gdb_graph.terms import XSD


def by_label(things: Sequence[Thing], both: Sides, lang: str) -> list[Thing]:
    """The things by their label in the language, umlauts beside their vowels, those without a label by IRI."""

    def order(thing: Thing) -> tuple[str, str]:
        label = both.label(thing.iri, lang) or thing.iri
        return unicodedata.normalize("NFKD", label.lstrip('[(„“"')).casefold(), thing.iri

    return sorted(things, key=order)


def record(difference: Difference, both: Sides, lang: str) -> dict[str, Any]:
    """The whole difference; things in the order of their labels in the language."""
    return {
        "before": both.before.snapshot.id,
        "after": both.after.snapshot.id,
        "left_out": [] if both.after.everything else list(ASIDE),
        "quads": {"added": difference.added, "removed": difference.removed},
        "things": [_thing(thing, both) for thing in by_label(difference.things, both, lang)],
    }


def _thing(thing: Thing, both: Sides) -> dict[str, Any]:
    return {
        "kind": thing.kind,
        "iri": thing.iri,
        "label": dict(both.labels(thing.iri)),
        "changes": [_change(change) for change in thing.changes],
        "nodes": [_node(node, both) for node in thing.nodes],
    }


def _node(node: Node, both: Sides) -> dict[str, Any]:
    return {
        "kind": node.kind,
        "iri": node.iri,
        "classes": list(both.classes(node.iri)),
        "graph": node.graph,
        "link": node.link or None,
        "elsewhere": node.elsewhere,
        "changes": [_change(change) for change in node.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    values = {"before": change.before, "after": change.after}
    return {
        "kind": change.kind,
        "property": change.property,
        "graph": change.graph,
        **{name: _term(value) for name, value in values.items() if value is not None},
    }


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        return {"type": "triple", "value": str(term)}
    said = {"type": "literal", "value": term.value}
    if term.language:
        return said | {"xml:lang": term.language}
    return said if term.datatype.value == f"{XSD}string" else said | {"datatype": term.datatype.value}
