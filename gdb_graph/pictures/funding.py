"""Allocations with their amounts in, bars out: one for each allocation, under what it is for; nothing is added up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from gdb_graph.pictures.model import Box, Link, Mark, Picture, Text
from gdb_graph.pictures.reading import Item, Said, item, joined, value
from gdb_graph.pictures.words import LINE, lines, short, thousands
from gdb_graph.rows import Row

MOST = 100
_INDENT, _BAR, _WIDTH, _HEIGHT, _SPACE = 16, 480, 760, 18, 16
# What may be said several times of one allocation.
_COLUMNS = ("purpose", "kind", "currency", "funder")


@dataclass(slots=True)
class _Allocation:
    """One allocation with all that is said of it, each once and in the order of the rows."""

    thing: Item
    said: dict[str, dict[Item, None]] = field(default_factory=lambda: {name: {} for name in _COLUMNS})
    amounts: dict[str, None] = field(default_factory=dict)

    @property
    def size(self) -> Decimal:
        """The largest amount; 0 where none is recorded."""
        return max(map(_decimal, self.amounts), default=Decimal(0))

    @property
    def purposes(self) -> tuple[Item, ...]:
        return tuple(self.said["purpose"])

    @property
    def currency(self) -> str:
        return joined(self.said["currency"])


def funding(rows: Sequence[Row], said: Said) -> Picture:
    """The picture. Bars of one currency have one scale; the texts needed are `no_amount` and `no_purpose`."""
    found = sorted(_gathered(rows, said.lang), key=lambda each: -each.size)
    largest: dict[str, Decimal] = {}
    groups: dict[tuple[Item, ...], list[_Allocation]] = {}
    for one in found[:MOST]:
        largest.setdefault(one.currency, one.size)
        groups.setdefault(one.purposes, []).append(one)
    marks: list[Mark] = []
    y = 4.0
    # What is said to be for nothing comes last; sorting keeps the rest as it is, the largest first.
    for purposes, allocations in sorted(groups.items(), key=lambda each: not each[0]):
        title = joined(purposes) or said.texts["no_purpose"]
        text = Text(0, y + LINE, lines(title, _WIDTH, bold=True)[0], bold=True)
        marks.append(Link((purposes[0].iri,), short(title), (text,)) if len(purposes) == 1 else text)
        y += LINE + 10
        for each in allocations:
            drawn, y = _drawn(each, y, largest[each.currency], said)
            marks.append(drawn)
        y += _SPACE
    facts = {
        "allocations": len(found),
        "amounts": sum(bool(each.size) for each in found),
        "purposes": len({purpose for each in found for purpose in each.purposes}),
    }
    return Picture(_WIDTH, y, marks, facts, min(len(found), MOST), len(found))


def _gathered(rows: Sequence[Row], lang: str) -> Iterable[_Allocation]:
    found: dict[str, _Allocation] = {}
    for row in rows:
        if thing := item(row, "allocation", lang):
            one = found.setdefault(thing.iri, _Allocation(thing))
            one.amounts |= {value(row, "amount"): None} if value(row, "amount") else {}
            for name in _COLUMNS:
                one.said[name] |= {each: None for each in [item(row, name, lang)] if each}
    return found.values()


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and found > 0 else Decimal(0)


def _drawn(one: _Allocation, y: float, largest: Decimal, said: Said) -> tuple[Link, float]:
    """One allocation from `y` downwards, and where the next begins."""
    name = lines(one.thing.label, _WIDTH - _INDENT, 2)
    amounts = " | ".join(thousands(each, said.lang) for each in one.amounts)
    amount = f"{amounts} {one.currency}".strip() if amounts else said.texts["no_amount"]
    about = "; ".join(filter(None, (joined(one.said["kind"]), joined(one.said["funder"]))))
    marks: list[Text | Box] = [Text(_INDENT, y + 13 + LINE * at, each) for at, each in enumerate(name)]
    bar = y + LINE * len(name) + 4
    long = max(2.0, round(float(one.size / largest) * _BAR, 1)) if one.size else 0.0
    if long:
        marks.append(Box(_INDENT, bar, long, _HEIGHT, "shade3", 1.25, 2))
    begin = round(_INDENT + long + (8 if long else 0), 1)
    marks.append(Text(begin, bar + 14, lines(amount, _WIDTH - begin, bold=True)[0], bold=bool(long), italic=not long))
    under = lines(about, _WIDTH - _INDENT, 2)
    marks += [Text(_INDENT, bar + _HEIGHT + 15 + LINE * at, each, italic=True) for at, each in enumerate(under)]
    title = "; ".join(filter(None, (f"{short(one.thing.label)}: {short(amount)}", short(about))))
    return Link((one.thing.iri,), title, tuple(marks)), bar + _HEIGHT + LINE * len(under) + _SPACE
