"""What leads from a thing to points in time in, what happened when out, the earliest first."""

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from gdb_graph.web import forms
from gdb_graph.web.entities.ask import EVENT, EVENT_TEXT, UNTIL
from gdb_graph.web.entities.plan import Link
from gdb_graph.web.entities.shown import Moment, Value
from gdb_graph.web.entities.values import Values


def moments(links: Sequence[Link], values: Values) -> list[Moment]:
    """All points, one for each date of a property, each state and each event; those without a date are left out."""
    found = [each for link in links for each in _at(link, values)]
    return sorted(found, key=lambda each: (each.key, each.when))


def _at(link: Link, values: Values) -> Iterator[Moment]:
    iri = values.said.iri
    for other, graphs in values.said.at(iri, link).items():
        if isinstance(other, ox.Literal):
            notes = values.notes.of([(graph, iri, link.term, other.value) for graph in graphs])
            yield Moment(other.value, forms.date(other.value, values.lang), (Value(values.label(link.term)),), notes)
        else:
            yield from _event(other.value, values)


def _event(thing: str, values: Values) -> Iterator[Moment]:
    said = values.said
    dates = sorted({term.value for each in EVENT for term in said.values(thing, each)})
    if not dates:
        return
    ends = {term.value for each in UNTIL for term in said.values(thing, each)}
    since = [each for each in dates if each not in ends]
    when = forms.period(since[0], max(ends), values.lang) if since and ends else forms.date(dates[0], values.lang)
    told = [Value(each.text, each.iri, each.lang) for name in EVENT_TEXT for each in values.of(thing, name)]
    called = values.called.label(thing, values.lang)
    what = [Value(called, thing)] if called else told
    statements = [
        (graph, thing, each, value.value)
        for each in (*EVENT, *EVENT_TEXT)
        for value, graphs in said.values(thing, each).items()
        for graph in graphs
    ]
    yield Moment(dates[0], when, tuple(what), values.notes.of(statements))
