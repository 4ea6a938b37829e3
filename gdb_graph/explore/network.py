"""The network of a content as frozen values: things, edges with role, time and evidence, paths over them, names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gdb_graph.queryfile import LANGUAGES
from gdb_graph.terms import Names

Labels = Mapping[str, str]
"""A name by language."""


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Where a statement stands: the source, the place in it, and how sure that is (a concept); "" where not said."""

    source: str
    locator: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of evidence: its titles by language and its address on the web."""

    iri: str
    titles: Labels
    address: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of the content. `classes` are the narrowest stated ones, `kinds` all it belongs to."""

    iri: str
    labels: Labels
    other_names: tuple[str, ...]
    classes: tuple[str, ...]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Time:
    """When a relation holds, each value as precise as its source; several where sources differ."""

    since: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    attested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """One relation between two things.

    `term` is a property that leads from `left` to `right`, or the class of a node between them (`node`); then `ends`
    are the properties at which they stand. `roles` are concepts or posts, `role_text` says the same in words.
    `right` may be a concept of a closed list.
    """

    left: str
    right: str
    term: str
    ends: tuple[str, ...] = ()
    node: str = ""
    roles: tuple[str, ...] = ()
    role_text: tuple[tuple[str, str], ...] = ()
    amounts: tuple[str, ...] = ()
    time: Time = field(default_factory=Time)
    evidence: tuple[Evidence, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What the wording of the edge depends on."""
        return (self.term, *self.ends)

    def other(self, thing: str) -> str:
        """The end that is not `thing`."""
        return self.right if thing == self.left else self.left


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: all edges that relate the two things."""

    left: str
    right: str
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A way from the first thing to the last, without a thing twice, and what it costs by itself."""

    steps: tuple[Step, ...]
    cost: float = 0.0

    @property
    def things(self) -> tuple[str, ...]:
        """The things on the way, both ends included."""
        return (self.steps[0].left, *(step.right for step in self.steps))


@dataclass(frozen=True, slots=True)
class Network:
    """All things and edges of one snapshot.

    `beside` gives for each thing its neighbours, sorted, with the edges to each; `marks` the edges from a thing to
    concepts of closed lists; `labels` names terms, concepts and nodes between things.
    """

    names: Names
    things: Mapping[str, Thing]
    beside: Mapping[str, Mapping[str, tuple[Edge, ...]]]
    marks: Mapping[str, tuple[Edge, ...]]
    labels: Mapping[str, Labels]
    sources: Mapping[str, Source]

    def label(self, iri: str, lang: str) -> str:
        """What `iri` is called in the language, else in another, else the last part of the IRI."""
        thing = self.things.get(iri)
        return called(thing.labels if thing else self.labels.get(iri, {}), lang) or iri.replace("#", "/").split("/")[-1]

    def classes(self, iri: str, lang: str) -> str:
        """What a thing is."""
        return ", ".join(self.label(class_, lang) for class_ in self.things[iri].classes)

    def title(self, source: str, lang: str) -> str:
        """The title of a source."""
        known = self.sources.get(source)
        return (called(known.titles, lang) if known else "") or self.label(source, lang)

    def degree(self, iri: str) -> int:
        """How many other things a thing is related to."""
        return len(self.beside[iri])

    def of(self, kind: str) -> Sequence[Thing]:
        """The things of a class, by German label."""
        found = (thing for thing in self.things.values() if kind in thing.kinds)
        return sorted(found, key=lambda thing: (called(thing.labels, LANGUAGES[0]).casefold(), thing.iri))

    def edges(self, iri: str, term: str) -> Iterator[Edge]:
        """The edges of one kind at a thing, closed lists included."""
        for edges in (*self.beside.get(iri, {}).values(), self.marks.get(iri, ())):
            yield from (edge for edge in edges if edge.term == term)

    def leads_to(self, iri: str, term: str) -> Iterator[str]:
        """Where a property leads from a thing."""
        yield from (edge.right for edge in self.edges(iri, term) if edge.left == iri)


def called(labels: Labels, lang: str) -> str:
    """The label in the language, else in another one of ours, else in any, else ""."""
    return next((labels[code] for code in (lang, *LANGUAGES, *sorted(labels)) if code in labels), "")
