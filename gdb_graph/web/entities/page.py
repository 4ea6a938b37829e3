"""A thing in, all that the template of its page shows out; None for one that has only the page of its statements."""

from dataclasses import dataclass

import pyoxigraph as ox

from gdb_graph.engine.answer import Published
from gdb_graph.terms import DCT, GDB, SKOS, Names
from gdb_graph.web.entities import plan
from gdb_graph.web.entities.ask import FROM_SOURCE, HAS_EVIDENCE, INVOLVED, TYPE, Said, called, is_source, said
from gdb_graph.web.entities.disputes import disputes
from gdb_graph.web.entities.notes import Notes
from gdb_graph.web.entities.plan import Kind
from gdb_graph.web.entities.sections import Texts, part
from gdb_graph.web.entities.shown import Dispute, Fact, Note, Part, Value
from gdb_graph.web.entities.values import Values

_DESCRIPTION = (f"{DCT}description", f"{SKOS}definition", f"{SKOS}note", f"{SKOS}historyNote", f"{SKOS}editorialNote")
_COMPLETENESS = f"{GDB}completeness"
_NAMES = (f"{SKOS}prefLabel", f"{DCT}title")
# What is told elsewhere on the page, or of the record and not of the thing.
_TOLD = {*_DESCRIPTION, *_NAMES, _COMPLETENESS, TYPE, INVOLVED}
_TOLD |= {f"{SKOS}altLabel"}
_TOLD |= {
    f"{GDB}{name}" for name in ("hasEvidence", "documentedIn", "involvedActor", "addressedBy", "hasInvolvementRole")
}


@dataclass(frozen=True, slots=True)
class Entity:
    """The page of one thing."""

    iri: str
    kind: Kind
    name: str
    other_names: tuple[Value, ...]
    kinds: tuple[Value, ...]
    line: tuple[Fact, ...]
    texts: tuple[Value, ...]
    missing: tuple[Value, ...]
    disputes: tuple[Dispute, ...]
    parts: tuple[Part, ...]
    rest: tuple[Fact, ...]
    notes: tuple[Note, ...]


async def entity(now: Published, iri: str, classes: frozenset[str], lang: str, texts: Texts) -> Entity | None:
    """The page of `iri`, which is of these classes; None where no plan fits them."""
    names = now.snapshot.names
    kind = plan.kind_of(classes, plan.read(names))
    if kind is None:
        return None
    gathered = await said(now, iri, kind)
    names_of = await called(now, _iris(gathered, names))
    at_odds = await disputes(now, iri, lang)
    values = Values(names, gathered, names_of, Notes(gathered.record), lang)
    disputed = {each.property for each in at_odds}
    # In the order of the page, so that its footnotes count from the top.
    other_names = tuple(values.of(iri, f"{SKOS}altLabel"))
    told = tuple(value for each in _DESCRIPTION for value in values.of(iri, each))
    line = tuple(Fact(values.label(each), found) for each in kind.line if (found := tuple(values.of(iri, each))))
    missing = tuple(values.of(iri, _COMPLETENESS))
    parts = [part(section, values, texts, disputed) for section in kind.sections]
    return Entity(
        iri=iri,
        kind=kind,
        name=values.label(iri),
        kinds=tuple(values.kinds(iri)),
        other_names=other_names,
        texts=told,
        line=line,
        missing=missing,
        disputes=tuple(at_odds),
        parts=tuple(each for each in parts if not each.is_empty),
        rest=tuple(_rest(kind, values, disputed)),
        notes=tuple(values.notes.listed(names_of, lang)),
    )


def _rest(kind: Kind, values: Values, disputed: set[str]) -> list[Fact]:
    """What is said of the thing and stands in no section."""
    shown = {
        link.term for section in kind.sections for link in (*section.facts, *section.timeline) if not link.is_backward
    }
    shown |= {path[0].term for section in kind.sections for path in section.paths if not path[0].is_backward}
    iri = values.said.iri
    return [
        Fact(values.label(each), tuple(values.of(iri, each)), each in disputed)
        for each in sorted(values.said.statements[iri], key=lambda each: values.label(each).casefold())
        if each not in shown | _TOLD | {*kind.line, *kind.told}
    ]


def _iris(found: Said, names: Names) -> set[str]:
    """All that has a name on the page; evidence has none, its source has."""
    iris = set()
    for thing, by_property in found.statements.items():
        is_evidence = FROM_SOURCE in by_property
        if not is_evidence:
            iris |= {thing, *by_property}
        for property_, values in by_property.items():
            if property_ != HAS_EVIDENCE:
                iris |= {value.value for value in values if isinstance(value, ox.NamedNode)}
            for graphs in values.values():
                iris |= {names.thing(each.removeprefix(names.graphs)) for each in graphs if is_source(each, names)}
    return iris
