"""Pairs of things with a number in, a matrix out: those with most come first, each number is also a shade."""

from collections.abc import Mapping, Sequence

from gdb_graph.pictures.model import Box, Fill, Line, Link, Mark, Picture, Text
from gdb_graph.pictures.reading import Item, Said, item, number
from gdb_graph.pictures.words import LINE, lines, short
from gdb_graph.rows import Row

MOST_ROWS, MOST_COLUMNS = 60, 40
_HEAD, _TOP, _CELL, _ROW = 220, 190, 40, 38
_SHADES: tuple[Fill, ...] = ("shade1", "shade2", "shade3", "shade4")


def matrix(rows: Sequence[Row], columns: tuple[str, str], counted: str, said: Said) -> Picture:
    """The picture of pairs; `columns` names the rows and the columns of it, `counted` the number of each pair."""
    counts: dict[tuple[Item, Item], int] = {}
    for row in rows:
        left, top = (item(row, name, said.lang) for name in columns)
        if left and top:
            counts[left, top] = number(row, counted)
    down = _most(counts, 0)
    across = _most(counts, 1)[:MOST_COLUMNS]
    shown = down[:MOST_ROWS]
    most = max(counts.values(), default=0)
    right, bottom = _HEAD + _CELL * len(across), _TOP + _ROW * len(shown)
    marks: list[Mark] = [_column(top, place) for place, top in enumerate(across)]
    marks += [Line(_HEAD + _CELL * at, _TOP, _HEAD + _CELL * at, bottom, faint=True) for at in range(len(across) + 1)]
    marks += [Line(0, _TOP + _ROW * at, right, _TOP + _ROW * at, faint=True) for at in range(len(shown) + 1)]
    for place, left in enumerate(shown):
        y = _TOP + _ROW * place
        words = lines(left.label, _HEAD - 12, 2)
        first = y + _ROW / 2 + 5 - LINE * (len(words) - 1) / 2
        texts = (Text(_HEAD - 8, first + LINE * at, each, "end") for at, each in enumerate(words))
        marks.append(Link((left.iri,), short(left.label), tuple(texts)))
        for at, top in enumerate(across):
            if count := counts.get((left, top)):
                marks.append(_cell(left, top, count, most, _HEAD + _CELL * at, y))
    pairs = sum(1 for count in counts.values() if count)
    facts: dict[str, str | int] = {"rows": len(down), "columns": len({top for _, top in counts}), "pairs": pairs}
    return Picture(right + 4, bottom + 4, marks, {**facts, **_busiest(counts)}, len(shown), len(down))


def _most(counts: Mapping[tuple[Item, Item], int], end: int) -> tuple[Item, ...]:
    """The things at one end of the pairs, the one with the highest sum first, else as they come."""
    sums: dict[Item, int] = {}
    for pair, count in counts.items():
        sums[pair[end]] = sums.get(pair[end], 0) + count
    return tuple(sorted(sums, key=lambda each: -sums[each]))


def _column(top: Item, place: int) -> Link:
    words = lines(top.label, _TOP - 12, 2)
    x = _HEAD + _CELL * place + _CELL / 2 + 5 - LINE * (len(words) - 1) / 2
    marks = tuple(Text(x + LINE * at, _TOP - 8, each, angle=-90) for at, each in enumerate(words))
    return Link((top.iri,), short(top.label), marks)


def _cell(left: Item, top: Item, count: int, most: int, x: float, y: float) -> Link:
    shade = _SHADES[min(len(_SHADES) - 1, (count - 1) * len(_SHADES) // most)]
    box = Box(x + 2, y + 2, _CELL - 4, _ROW - 4, shade, round=3)
    title = f"{short(left.label)} – {short(top.label)}: {count}"
    return Link(
        (left.iri, top.iri), title, (box, Text(x + _CELL / 2, y + _ROW / 2 + 5, str(count), "middle", bold=True))
    )


def _busiest(counts: Mapping[tuple[Item, Item], int]) -> Mapping[str, str | int]:
    if not any(counts.values()):
        return {"most": 0, "first": "", "second": ""}
    (left, top), count = max(counts.items(), key=lambda each: each[1])
    return {"most": count, "first": short(left.label), "second": short(top.label)}
