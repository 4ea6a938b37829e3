"""The plan of a page and the values of a thing in, the sections of the page out."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from gdb_graph.web.entities.ask import INVOLVED, TYPE
from gdb_graph.web.entities.plan import MONEY, SELF, SHARED, WHEN, Link, Section
from gdb_graph.web.entities.shown import Fact, Line, Part, Table, Value
from gdb_graph.web.entities.timeline import moments
from gdb_graph.web.entities.values import Values

MOST_ROWS = 200
Texts = Mapping[str, str]


def part(section: Section, values: Values, texts: Texts, disputed: Collection[str]) -> Part:
    """One section of the page."""
    table = _table(section, values, texts) if section.paths else None
    found = Part(
        section.title[values.lang],
        tuple(_facts(section, values, texts, disputed)),
        table,
        tuple(moments(section.timeline, values)) if section.timeline else (),
        "",
        section.is_download,
    )
    if section.none and found.is_empty:
        return Part(found.title, none=section.none[values.lang])
    return found


def _facts(section: Section, values: Values, texts: Texts, disputed: Collection[str]) -> Iterator[Fact]:
    for link in section.facts:
        found = values.money(values.said.iri) if link.term == MONEY else values.at(link)
        if found:
            yield Fact(_heading(link, values, texts), tuple(found), link.term in disputed)


def _heading(link: Link, values: Values, texts: Texts) -> str:
    local = link.term.replace("#", "/").rpartition("/")[2]
    if link.is_backward:
        return texts.get(f"back_{local}") or values.label(link.term)
    return texts.get(f"column_{local}") or values.label(link.term)


def _table(section: Section, values: Values, texts: Texts) -> Table:
    found = values.said.follow(section.paths)
    rows = sorted(found, key=lambda thing: _order(thing, section, values))[:MOST_ROWS]
    cells = [[_cell(thing, column, values) for column in section.columns] for thing in rows]
    kept = [at for at in range(len(section.columns)) if any(row[at] for row in cells)]
    headings = tuple(_heading(Link(section.columns[at]), values, texts) for at in kept)
    lines = (
        Line(tuple(row[at] for at in kept), _notes(thing, section, values))
        for thing, row in zip(rows, cells, strict=True)
    )
    return Table(headings, tuple(lines))


def _cell(thing: str, column: str, values: Values) -> tuple[Value, ...]:
    if column == SELF:
        return (Value(values.label(thing), thing),)
    if column == WHEN:
        return tuple(values.when(thing))
    if column == MONEY:
        return tuple(Value(each.text) for each in values.money(thing))
    if column == SHARED:
        return tuple(values.shared(thing, INVOLVED))
    if column == TYPE:
        return tuple(values.kinds(thing))
    # The row has the footnotes.
    return tuple(Value(each.text, each.iri, each.lang) for each in values.of(thing, column))


def _notes(thing: str, section: Section, values: Values) -> tuple[int, ...]:
    said, iri = values.said, values.said.iri
    if SELF not in section.columns:  # a node between things: what it says is what is to be backed
        statements = [
            (graph, thing, column, value.value)
            for column in section.columns
            for value, graphs in said.values(thing, column).items()
            for graph in graphs
        ]
        return values.notes.of(statements)
    links = [path[0] for path in section.paths if len(path) == 1]
    return values.notes.of(
        [
            (graph, thing, link.term, iri) if link.is_backward else (graph, iri, link.term, thing)
            for link in links
            for other, graphs in said.at(iri, link).items()
            if other.value == thing
            for graph in graphs
        ]
    )


def _order(thing: str, section: Section, values: Values) -> tuple[int, int, str, str]:
    shared = len(values.shared(thing, INVOLVED)) if SHARED in section.columns else 0
    by = [value.value for value in values.said.values(thing, section.order)] if section.order else []
    first = min((section.first.index(each) for each in by if each in section.first), default=len(section.first))
    return first, -shared, " ".join(sorted(map(values.label, by))).casefold(), _name(thing, section, values)


def _name(thing: str, section: Section, values: Values) -> str:
    column = next((each for each in section.columns if each != SELF), "") if SELF not in section.columns else ""
    found: Sequence[str] = [values.text(each).text for each in values.said.values(thing, column)] if column else []
    return (found[0] if found else values.label(thing)).casefold()
