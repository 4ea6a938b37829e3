"""Things with their dates in, a timeline out: hatched is what is imprecise or disputed, ≠ where sources disagree."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from gdb_graph.pictures.dates import SEPARATOR, Span, readings, span
from gdb_graph.pictures.model import Box, Line, Link, Mark, Picture, Text
from gdb_graph.pictures.reading import Item, Said, item, value
from gdb_graph.pictures.words import lines, short, width
from gdb_graph.rows import Row
from gdb_graph.terms import GDB

MOST = 150
_LEFT, _TOP, _KIND, _ROW, _BAR, _END = 4, 34, 30, 38, 12, 34
_YEAR, _WIDEST, _LEAST = 120, 1040, 6
_EVENT = f"{GDB}ParticipationEvent"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing with when it began and ended, as far as that is said."""

    thing: Item
    kind: Item
    start: Span | None
    end: Span | None
    title: str

    @property
    def years(self) -> tuple[float, float]:
        known = [each for each in (self.start, self.end) if each]
        return min(each.since for each in known), max(each.until for each in known)

    @property
    def disputed(self) -> bool:
        return any(each.disputed for each in (self.start, self.end) if each)


def timeline(rows: Sequence[Row], said: Said) -> Picture:
    """The picture; kinds with few things come first, and in each what began first."""
    found = {each.thing.iri: each for row in reversed(rows) if (each := _entry(row, said))}
    kinds: dict[str, int] = {}
    for each in found.values():
        kinds[each.kind.iri] = kinds.get(each.kind.iri, 0) + 1
    entries = sorted(found.values(), key=lambda each: (kinds[each.kind.iri], each.kind.iri, each.years, each.thing.iri))
    shown = entries[:MOST]
    first = math.floor(min((each.years[0] for each in shown), default=0))
    last = math.ceil(max((each.years[1] for each in shown), default=1))
    unit = min(_YEAR, _WIDEST / (last - first))
    marks: list[Mark] = []
    y = float(_TOP)
    for _, group in groupby(shown, key=lambda each: each.kind.iri):
        of_kind = list(group)
        kind = of_kind[0].kind
        y += _KIND
        words = Text(_LEFT, y - 8, lines(kind.label, unit * (last - first), bold=True)[0], bold=True)
        marks.append(Link((kind.iri,), short(kind.label), (words,)) if kind.iri else words)
        for each in of_kind:
            marks.append(_drawn(each, y, first, last, unit))
            y += _ROW
    right = _LEFT + unit * (last - first)
    facts = {
        "things": len(found),
        "first": first,
        "last": last - 1,
        "disputed": sum(each.disputed for each in entries),
    }
    grid = _years(first, last, unit, y)
    return Picture(round(right + _END, 1), y + 4, [*grid, *marks], facts, len(shown), len(found))


def _entry(row: Row, said: Said) -> _Entry | None:
    thing = item(row, "thing", said.lang)
    dates = {name: readings(value(row, name)) for name in ("starts", "ends")}
    if not thing or not any(dates.values()):
        return None
    told = [f"{said.headings.get(name, name)} {SEPARATOR.join(each)}" for name, each in dates.items() if each]
    title = f"{short(thing.label)}: {'; '.join(told)}"
    return _Entry(
        thing, item(row, "kind", said.lang) or Item("", ""), span(dates["starts"]), span(dates["ends"]), title
    )


def _years(first: int, last: int, unit: float, bottom: float) -> list[Mark]:
    """The line of each year, its number in the middle; not of every year where that would be too narrow."""
    step = math.ceil(40 / unit)
    marks: list[Mark] = []
    for year in range(first, last + 1, step):
        x = round(_LEFT + unit * (year - first), 1)
        marks.append(Line(x, _TOP - 10, x, bottom, faint=True))
        if year < last:
            marks.append(Text(round(x + unit * step / 2, 1), _TOP - 14, str(year), "middle"))
    return marks


def _drawn(entry: _Entry, y: float, first: int, last: int, unit: float) -> Link:
    def at(year: float) -> float:
        return round(_LEFT + unit * (year - first), 1)

    begin, end = (at(each) for each in entry.years)
    end = max(end, begin + _LEAST)
    top, middle, right = y + 20, y + 20 + _BAR / 2, at(last)
    name = lines(entry.thing.label, right - _LEFT)[0]
    # A name stands above the beginning of its bar, or ends with the picture.
    fits = begin + width(name) <= right + _END
    marks: list[Text | Box | Line] = [Text(begin if fits else right, y + 15, name, "start" if fits else "end")]
    # Surely under way is what lies between the two dates, whatever they turn out to be.
    sure = (at(entry.start.until), at(entry.end.since)) if entry.start and entry.end else (0.0, 0.0)
    marks.append(Box(begin, top, round(end - begin, 1), _BAR, "ink" if _is_exact(entry) else "hatch", 1.25, 2))
    if sure[0] < sure[1] and not _is_exact(entry):
        marks.append(Box(sure[0], top, round(sure[1] - sure[0], 1), _BAR, "ink"))
    if entry.start and not entry.end and entry.kind.iri != _EVENT:
        marks.append(Line(end, middle, end + 26, middle, 1.5, dashed=True))
    if entry.disputed:
        marks.append(Text(end + 6, middle + 5, "≠", bold=True))
    return Link((entry.thing.iri,), entry.title, tuple(marks))


def _is_exact(entry: _Entry) -> bool:
    """Whether each date is a day, and one only."""
    return all(each.until - each.since < 1 / 300 for each in (entry.start, entry.end) if each)
