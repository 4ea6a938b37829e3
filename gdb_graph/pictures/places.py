"""Places with what is there in, one row a place out; it is no map, for it knows no shapes of places."""

from collections.abc import Sequence

from gdb_graph.pictures.model import Box, Line, Link, Mark, Picture, Text
from gdb_graph.pictures.reading import Item, Said, item
from gdb_graph.pictures.words import LINE, lines, short
from gdb_graph.rows import Row

MOST, MOST_EACH = 60, 24
_LEFT, _WIDTH, _HEIGHT, _SPACE, _ACROSS = 4, 190, 48, 8, 5


def places(rows: Sequence[Row], place: str, thing: str, said: Said) -> Picture:
    """The picture; the place with most comes first, the text `nothing_here` stands where nothing is recorded."""
    found: dict[Item, dict[Item, None]] = {}
    for row in rows:
        if where := item(row, place, said.lang):
            each = item(row, thing, said.lang)
            found.setdefault(where, {}).update({each: None} if each else {})
    ordered = sorted(found.items(), key=lambda each: -len(each[1]))
    right = _LEFT + _ACROSS * (_WIDTH + _SPACE)
    marks: list[Mark] = []
    y = 0.0
    for where, there in ordered[:MOST]:
        marks.append(Line(0, y, right, y, faint=True))
        name = lines(f"{where.label} ({len(there)})", right - _LEFT, bold=True)[0]
        words = Text(_LEFT, y + 22, name, bold=bool(there))
        marks.append(Link((where.iri,), f"{short(where.label)}: {len(there)}", (words,)))
        y += 30
        if not there:
            marks.append(Text(_LEFT, y + 10, said.texts["nothing_here"], italic=True))
            y += LINE + 6
        shown = list(there)[:MOST_EACH]
        for at, one in enumerate(shown):
            marks.append(_box(one, _LEFT + at % _ACROSS * (_WIDTH + _SPACE), y + at // _ACROSS * (_HEIGHT + _SPACE)))
        y += -(-len(shown) // _ACROSS) * (_HEIGHT + _SPACE)
        if more := len(there) - len(shown):
            marks.append(Text(_LEFT, y + 12, f"+ {more}"))
            y += LINE + 6
    marks.append(Line(0, y, right, y, faint=True))
    things = {each for there in found.values() for each in there if each}
    facts = {"places": len(found), "empty": sum(not there for there in found.values()), "things": len(things)}
    return Picture(right, y + 2, marks, facts, min(len(found), MOST), len(found))


def _box(thing: Item, x: float, y: float) -> Link:
    words = lines(thing.label, _WIDTH - 14, 2)
    first = y + _HEIGHT / 2 + 5 - LINE * (len(words) - 1) / 2
    texts = (Text(x + _WIDTH / 2, first + LINE * at, each, "middle") for at, each in enumerate(words))
    return Link((thing.iri,), short(thing.label), (Box(x, y, _WIDTH, _HEIGHT, "shade1", 1.25, 5), *texts))
