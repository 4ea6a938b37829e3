"""Who takes part in what in, a network out: undertakings in the middle, left of them who joins several.

On the right stands who is in one. A thick line is a lead. Nothing overlaps, and the lines on the right do not cross.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gdb_graph.pictures.model import Box, Line, Link, Mark, Picture, Text
from gdb_graph.pictures.reading import Item, Said, item, joined
from gdb_graph.pictures.words import LINE, lines, short
from gdb_graph.rows import Row
from gdb_graph.terms import VOCABULARY

MOST_ACTORS = 120
_WIDTH, _GAP, _SPACE, _MARGIN = 250, 130, 8, 4
_LEFT, _MIDDLE, _RIGHT = (_MARGIN + place * (_WIDTH + _GAP) for place in range(3))
_LEAD = f"{VOCABULARY}role/lead"


@dataclass(slots=True)
class _Node:
    """A box to be: its thing, what stands in it, and those it is joined to; the number is its name in the picture."""

    thing: Item
    number: int
    bold: bool
    notes: dict[str, None] = field(default_factory=dict)
    joined: "dict[str, _Node]" = field(default_factory=dict)
    y: float = 0

    @property
    def name(self) -> tuple[str, ...]:
        return lines(self.thing.label, _WIDTH - 16, 2, self.bold)

    @property
    def height(self) -> float:
        return LINE * (len(self.name) + bool(self.notes)) + 12

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def network(rows: Sequence[Row], hub: str, actor: str, role: str, note: str, said: Said) -> Picture:
    """The picture; `hub`, `actor`, `role` and `note` name columns: `note` is said of an actor beside its name."""
    hubs: dict[str, _Node] = {}
    actors: dict[str, _Node] = {}
    roles: dict[tuple[str, str], dict[Item, None]] = {}
    for row in rows:
        one, other, part = (item(row, name, said.lang) for name in (hub, actor, role))
        if one and other and (other.iri in actors or len(actors) < MOST_ACTORS):
            left = hubs.setdefault(one.iri, _Node(one, len(hubs), bold=True))
            right = actors.setdefault(other.iri, _Node(other, len(actors), bold=False))
            left.joined[other.iri], right.joined[one.iri] = right, left
            right.notes |= {each.label: None for each in [item(row, note, said.lang)] if each}
            roles.setdefault((one.iri, other.iri), {}).update({part: None} if part else {})
    several = [each for each in actors.values() if len(each.joined) > 1]
    height = _place(list(hubs.values()), several)
    marks: list[Mark] = [_line(hubs[one], actors[other], tuple(parts)) for (one, other), parts in roles.items()]
    marks += [_box(each, f"h{each.number}", _MIDDLE) for each in hubs.values()]
    marks += [_box(each, f"a{each.number}", _LEFT if len(each.joined) > 1 else _RIGHT) for each in actors.values()]
    everyone = {found.iri for row in rows if (found := item(row, actor, said.lang))}
    facts = {"hubs": len(hubs), "actors": len(actors), "several": len(several), **_busiest(several)}
    return Picture(_RIGHT + _WIDTH + _MARGIN, height, marks, facts, len(actors), len(everyone))


def _place(hubs: list[_Node], several: list[_Node]) -> float:
    """Give each node its height: who is in one undertaking beside it, who joins several between them."""
    y = float(_MARGIN)
    for hub in hubs:
        top = y
        for each in (each for each in hub.joined.values() if len(each.joined) == 1):
            each.y = y
            y += each.height + _SPACE
        hub.y = max(top, (top + y - _SPACE - hub.height) / 2)
        y = max(y, hub.y + hub.height + _SPACE) + 2 * _SPACE
    several.sort(key=lambda each: sum(hub.middle for hub in each.joined.values()) / len(each.joined))
    free = max(0.0, y - sum(each.height for each in several) - 2 * _MARGIN)
    space = max(_SPACE, free / (len(several) + 1))
    at = _MARGIN + space
    for each in several:
        each.y = at
        at += each.height + space
    return round(max(y, at) + _MARGIN, 1)


def _box(node: _Node, name: str, x: float) -> Link:
    box = Box(x, round(node.y, 1), _WIDTH, node.height, "shade1" if node.bold else "none", 2 if node.bold else 1, 6)
    words = [*node.name, *lines(", ".join(node.notes), _WIDTH - 16)]
    texts = (
        Text(x + _WIDTH / 2, round(node.y + 3 + LINE * place, 1), each, "middle", node.bold, place > len(node.name))
        for place, each in enumerate(words, 1)
    )
    title = ": ".join(filter(None, (short(node.thing.label), short(", ".join(node.notes)))))
    return Link((node.thing.iri,), title, (box, *texts), node=name)


def _line(hub: _Node, actor: _Node, roles: Sequence[Item]) -> Link:
    left = len(actor.joined) > 1
    start, end = (_LEFT + _WIDTH, _MIDDLE) if left else (_RIGHT, _MIDDLE + _WIDTH)
    heavy = any(role.iri == _LEAD for role in roles)
    line = Line(start, round(actor.middle, 1), end, round(hub.middle, 1), 4 if heavy else 1.25)
    said = short(joined(roles))
    title = f"{short(actor.thing.label)} – {short(hub.thing.label)}: {said}"
    ends = (f"a{actor.number}", f"h{hub.number}")
    return Link((actor.thing.iri, hub.thing.iri), title, (line,), ends=ends, said=said)


def _busiest(several: Sequence[_Node]) -> Mapping[str, str | int]:
    first = max(several, key=lambda each: len(each.joined), default=None)
    return {"first": short(first.thing.label) if first else "", "most": len(first.joined) if first else 0}
