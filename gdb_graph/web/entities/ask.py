"""A thing and the plan of its page in, the one query for all that the page says out, and its answer as what is said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.explore.questions import FORMAT, Row, read
from gdb_graph.explore.record import Record
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.terms import DCT, FOAF, GDB, RDF, RDFS, SKOS, Names
from gdb_graph.web.entities.plan import MONEY, PSEUDO, SELF, SHARED, WHEN, Kind, Link, Section
from gdb_graph.web.parts import whole

TYPE = f"{RDF}type"
SINCE = (f"{GDB}validFrom", f"{GDB}startDate")
UNTIL = (f"{GDB}validUntil", f"{GDB}endDate")
ATTESTED, AMOUNT, CURRENCY, QUALIFIER = (
    f"{GDB}{name}" for name in ("attestedOn", "amount", "currency", "countQualifier")
)
INVOLVED = f"{GDB}involvedIn"
PAGE, ISSUED = f"{FOAF}page", f"{DCT}issued"
HAS_EVIDENCE, FROM_SOURCE, _SUPPORTS = (f"{GDB}{name}" for name in ("hasEvidence", "fromSource", "supportsProperty"))
_EVIDENCE = (FROM_SOURCE, _SUPPORTS, *(f"{GDB}{name}" for name in ("supportsValue", "locator", "confidence")))
_OF_PSEUDO = {
    SELF: (),
    WHEN: (*SINCE, *UNTIL, ATTESTED),
    MONEY: (AMOUNT, CURRENCY, QUALIFIER),
    SHARED: (INVOLVED,),
}
# What is told of a point in the course of something.
EVENT = (*SINCE, *UNTIL, *(f"{GDB}{name}" for name in ("achievedOn", "dueDate", "decidedOn", "dateText")))
EVENT_TEXT = tuple(f"{GDB}{name}" for name in ("status", "statusText", "atStep"))
_NAMING = (f"{SKOS}prefLabel", f"{RDFS}label", f"{DCT}title")

Term = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a thing and of the things beside it: by thing, property and value, the graphs that say it."""

    iri: str
    statements: Mapping[str, Mapping[str, Mapping[Term, Sequence[str]]]]
    record: Record

    def values(self, thing: str, property_: str) -> Mapping[Term, Sequence[str]]:
        """The values of a property with their graphs."""
        return self.statements.get(thing, {}).get(property_, {})

    def at(self, thing: str, link: Link) -> Mapping[Term, Sequence[str]]:
        """The things at the other end of a link, with the graphs that say so."""
        if not link.is_backward:
            return self.values(thing, link.term)
        end = ox.NamedNode(thing)
        return {
            ox.NamedNode(other): graphs
            for other, said in self.statements.items()
            if (graphs := said.get(link.term, {}).get(end))
        }

    def follow(self, paths: Iterable[Sequence[Link]]) -> list[str]:
        """The things at the end of any of the paths, without the thing itself."""
        ends: dict[str, None] = {}
        for path in paths:
            found = {self.iri: None}
            for link in path:
                found = {value.value: None for each in found for value in self.at(each, link)}
            ends |= found
        return [each for each in ends if each != self.iri]


async def ask(now: Published, text: str) -> Iterator[Row]:
    """The rows of a SELECT."""
    return read(await whole(await now.run(Query(text, FORMAT, own=True))))


async def said(now: Published, iri: str, kind: Kind) -> Said:
    """All that the page of `iri` shows: what is said of it, of what stands beside it, and what backs both.

    Three questions that name what they ask of, one after the other: each is a look into an index.
    """
    near = list(await ask(now, near_question(iri, kind)))
    beside = Said(iri, _gathered(near), Record({}, ()))
    nodes, things = _beside(beside, kind)
    wanted = dict.fromkeys([*_wanted(kind), *EVENT, *EVENT_TEXT, HAS_EVIDENCE])
    further = list(await ask(now, _of([*nodes, *things], wanted))) if nodes or things else []
    rows = [*near, *further]
    # Of a thing with a page of its own only what backs the link to it counts here.
    backing = [
        value.value
        for _, thing, property_, value in rows
        if property_.value == HAS_EVIDENCE and thing.value not in things
    ]
    linked = [
        value.value
        for _, thing, property_, value in further
        if property_.value == HAS_EVIDENCE and thing.value in things
    ]
    if backing or linked:
        rows += await ask(now, _evidence(backing, linked, kind))
    return Said(iri, _gathered(rows), Record(_Sources(now.snapshot.names), rows))


def _gathered(rows: Iterable[Row]) -> dict[str, dict[str, dict[Term, list[str]]]]:
    statements: dict[str, dict[str, dict[Term, list[str]]]] = {}
    for graph, thing, property_, value in rows:
        by_value = statements.setdefault(thing.value, {}).setdefault(property_.value, {})
        graphs = by_value.setdefault(value, [])
        if graph.value not in graphs:
            graphs.append(graph.value)
    return statements


def _beside(near: Said, kind: Kind) -> tuple[list[str], list[str]]:
    """The nodes between things that the page tells of, and the things that it names with what is said of them."""
    nodes: dict[str, None] = {}
    things: dict[str, None] = {}
    for section in kind.sections:
        found = near.follow([*section.paths, *((link,) for link in section.timeline)])
        (things if SELF in section.columns else nodes).update(dict.fromkeys(found))
    return [each for each in nodes if "://" in each], [each for each in things if each not in nodes]


def is_source(graph: str, names: Names) -> bool:
    """Whether a graph holds what a source says."""
    return graph.startswith(f"{names.graphs}src-")


class _Sources(dict[str, str]):
    """The source of a graph: both are called the same, and the names of sources begin with `src-`."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __contains__(self, graph: object) -> bool:
        return isinstance(graph, str) and is_source(graph, self._names)

    def __missing__(self, graph: str) -> str:
        return self._names.thing(graph.removeprefix(self._names.graphs))


def near_question(iri: str, kind: Kind) -> str:
    """The query for graph, thing, property and value of what is said of `iri`, and of what points at it."""
    parts = [f"{{ BIND(<{iri}> AS ?thing) GRAPH ?graph {{ <{iri}> ?property ?value }} }}"]
    backward = dict.fromkeys(link.term for link in _links(kind) if link.is_backward)
    if backward:
        parts.append(f"{{ {_values(backward)} GRAPH ?graph {{ ?thing ?property <{iri}> }} BIND(<{iri}> AS ?value) }}")
    for section in kind.sections:
        for first, then in (path for path in section.paths if len(path) > 1):
            back = f"GRAPH ?graph {{ ?thing <{then.term}> ?value }} BIND(<{then.term}> AS ?property)"
            parts.append(f"{{ <{iri}> {first.path} ?value . {back} }}")
    return f"SELECT ?graph ?thing ?property ?value WHERE {{ {' UNION '.join(parts)} }}"


def _of(things: Iterable[str], properties: Iterable[str]) -> str:
    """The query for these properties of these things."""
    only = ", ".join(f"<{each}>" for each in properties)
    return (
        f"SELECT ?graph ?thing ?property ?value WHERE {{ {_named(things)} "
        f"GRAPH ?graph {{ ?thing ?property ?value }} FILTER(?property IN ({only})) }}"
    )


def _evidence(whole_: Iterable[str], linked: Iterable[str], kind: Kind) -> str:
    """The query for evidence: all of the first, of the second only what backs a link of the page."""
    links = ", ".join(f"<{link.term}>" for link in _links(kind))
    only = ", ".join(f"<{each}>" for each in _EVIDENCE)
    backs = f"FILTER EXISTS {{ ?thing <{_SUPPORTS}> ?link FILTER(?link IN ({links})) }}"
    said = f"GRAPH ?graph {{ ?thing ?property ?value }} FILTER(?property IN ({only}))"
    parts = [f"{{ {_named(whole_)} {said} }}", *([f"{{ {_named(linked)} {said} {backs} }}"] if links else [])]
    return f"SELECT ?graph ?thing ?property ?value WHERE {{ {' UNION '.join(parts)} }}"


def _named(things: Iterable[str]) -> str:
    return f"VALUES ?thing {{ {' '.join(f'<{each}>' for each in dict.fromkeys(things))} }}"


def _values(properties: Iterable[str]) -> str:
    return f"VALUES ?property {{ {' '.join(f'<{each}>' for each in properties)} }}"


def _wanted(kind: Kind) -> Iterator[str]:
    for section in kind.sections:
        yield from _columns(section)


def _links(kind: Kind) -> Iterator[Link]:
    for section in kind.sections:
        yield from (link for link in section.facts if link.term not in PSEUDO)
        yield from section.timeline
        yield from (path[0] for path in section.paths if len(path) == 1)


def _columns(section: Section) -> Iterator[str]:
    for each in (*section.columns, section.order):
        if each:
            yield from _OF_PSEUDO[each] if each in PSEUDO else (each,)


@dataclass(frozen=True, slots=True)
class Called:
    """What things are called, and of sources when and where they are to be found."""

    labels: Mapping[str, Mapping[str, str]]
    pages: Mapping[str, str]
    issued: Mapping[str, str]

    def label(self, iri: str, lang: str) -> str:
        """The label in the language, else in another, else ""."""
        known = self.labels.get(iri, {})
        return next((known[code] for code in (lang, *LANGUAGES, *known) if code in known), "")


async def called(now: Published, iris: Iterable[str]) -> Called:
    """The names of things."""
    # Not as VALUES: joined with those of the things, they make the engine look at all names there are.
    only = ", ".join(f"<{each}>" for each in (*_NAMING, PAGE, ISSUED))
    named = _named(sorted(set(iris)))
    text = f"SELECT ?thing ?property ?value WHERE {{ {named} ?thing ?property ?value FILTER(?property IN ({only})) }}"
    labels: dict[str, dict[str, str]] = {}
    pages: dict[str, str] = {}
    issued: dict[str, str] = {}
    for thing, property_, value in await ask(now, text):
        if property_.value == PAGE:
            pages[thing.value] = value.value
        elif property_.value == ISSUED:
            issued[thing.value] = value.value
        else:
            language = value.language or "" if isinstance(value, ox.Literal) else ""
            labels.setdefault(thing.value, {}).setdefault(language, value.value)
    return Called(labels, pages, issued)
