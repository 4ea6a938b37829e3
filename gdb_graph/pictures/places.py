"""Places with what is there in, one row a place out; it is no map, for it knows no shapes of places."""

from collections.abc import Sequence

from gdb_graph.pictures.model import Box, Line, Link, Mark, Picture, Text
from gdb_graph.pictures.reading import Item, Said, item
from gdb_graph.pictures.words import LINE, lines, short
from gdb_graph.rows import Row

MOST, MOST_EACH = 60, 24
_HEAD, _WIDTH, _HEIGHT, _SPACE, _ACROSS = 270, 190, 48, 8, 4


def places(rows: Sequence[Row], place: str, thing: str, said: Said) -> Picture:
    """The picture; the place with most comes first, the text `nothing_here` stands where nothing is recorded."""
    found: dict[Item, dict[Item, None]] = {}
    for row in rows:
        if where := item(row, place, said.lang):
            each = item(row, thing, said.lang)
            found.setdefault(where, {}).update({each: None} if each else {})
    ordered = sorted(found.items(), key=lambda each: -len(each[1]))
    right = _HEAD + _ACROSS * (_WIDTH + _SPACE)
    marks: list[Mark] = []
    y = 0.0
    for where, there in ordered[:MOST]:
        marks.append(Line(0, y, right, y, faint=True))
        shown = list(there)[:MOST_EACH]
        name = lines(f"{where.label} ({len(there)})", _HEAD - 12, 2, bold=True)
        words = tuple(Text(0, y + 24 + LINE * at, each, bold=bool(there)) for at, each in enumerate(name))
        marks.append(Link((where.iri,), f"{short(where.label)}: {len(there)}", words))
        if not there:
            marks.append(Text(_HEAD, y + 24, said.texts["nothing_here"], italic=True))
        for at, one in enumerate(shown):
            marks.append(_box(one, _HEAD + at % _ACROSS * (_WIDTH + _SPACE), y + _SPACE + at // _ACROSS * 56))
        more = len(there) - len(shown)
        tall = max(LINE * len(name) + 20, -(-len(shown) // _ACROSS) * (_HEIGHT + _SPACE) + _SPACE)
        if more:
            marks.append(Text(_HEAD, y + tall + 12, f"+ {more}"))
        y += tall + (LINE + 4 if more else 0)
    marks.append(Line(0, y, right, y, faint=True))
    things = {each for there in found.values() for each in there if each}
    facts = {"places": len(found), "empty": sum(not there for there in found.values()), "things": len(things)}
    return Picture(right, y + 2, marks, facts, min(len(found), MOST), len(found))


def _box(thing: Item, x: float, y: float) -> Link:
    words = lines(thing.label, _WIDTH - 14, 2)
    first = y + _HEIGHT / 2 + 5 - LINE * (len(words) - 1) / 2
    texts = (Text(x + _WIDTH / 2, first + LINE * at, each, "middle") for at, each in enumerate(words))
    return Link((thing.iri,), short(thing.label), (Box(x, y, _WIDTH, _HEIGHT, "shade1", 1.25, 5), *texts))
