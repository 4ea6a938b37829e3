"""The rows of the four questions in, the network out: nodes between things become edges with their evidence."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from gdb_graph.explore.model import Model, Named
from gdb_graph.explore.network import Edge, Labels, Network, Source, Thing, Time
from gdb_graph.explore.questions import Row
from gdb_graph.explore.record import Record, Statement
from gdb_graph.terms import DCT, GDB, ORG, VOCABULARY, Names

# What speaks of the record and not of the city: no way leads through it.
RECORD = frozenset(f"{GDB}{name}" for name in ("Contradiction", "Reading", "ExtractionActivity", "SourceSnapshot"))
# What a node between things says of its relation.
_ROLES = (f"{GDB}role", f"{ORG}role", f"{DCT}type")
_ROLE_TEXT, _AMOUNT, _CURRENCY, _ATTESTED = (
    f"{GDB}{name}" for name in ("roleText", "amount", "currency", "attestedOn")
)
_SINCE, _UNTIL = (f"{GDB}validFrom", f"{GDB}startDate"), (f"{GDB}validUntil", f"{GDB}endDate")
_SAID = {*_ROLES, _ROLE_TEXT, _AMOUNT, _CURRENCY, _ATTESTED, *_SINCE, *_UNTIL}


def gather(names: Names, answers: Mapping[str, Iterable[Row]]) -> Network:
    """The network of a content from the rows of `questions(names)`, by the name of the question."""
    model = Model(answers["terms"])
    called = Named(answers["names"])
    classes: dict[str, set[str]] = defaultdict(set)
    for thing, class_ in answers["classes"]:
        classes[thing.value].add(class_.value)
    things = _things(names, model, called, classes)
    record = Record(model.source, answers["statements"])
    relations = {node: relation for node, kinds in classes.items() if (relation := model.relation(kinds))}
    edges = [*_direct(record, model, things), *_between(record, model, things, relations)]
    edges.sort(key=lambda edge: (edge.left, edge.right, edge.key, edge.node))
    beside: dict[str, dict[str, list[Edge]]] = {iri: {} for iri in sorted(things)}
    marks: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.right in things:
            beside[edge.left].setdefault(edge.right, []).append(edge)
            beside[edge.right].setdefault(edge.left, []).append(edge)
        else:
            marks[edge.left].append(edge)
    return Network(
        names,
        things,
        {iri: {other: tuple(found[other]) for other in sorted(found)} for iri, found in beside.items()},
        {iri: tuple(found) for iri, found in marks.items()},
        {iri: labels for iri, labels in called.labels.items() if iri not in things},
        {iri: Source(iri, titles, called.pages.get(iri, "")) for iri, titles in called.titles.items()},
    )


def _things(names: Names, model: Model, called: Named, classes: Mapping[str, set[str]]) -> dict[str, Thing]:
    things = {}
    for iri in sorted(called.preferred):
        stated = classes.get(iri, set())
        kinds = model.kinds(stated)
        if iri.startswith(names.instances) and stated and not (kinds & RECORD or model.relation(stated)):
            wider = frozenset[str]().union(*(model.kinds({class_}) - {class_} for class_ in stated))
            narrowest = tuple(sorted(stated - wider)) or tuple(sorted(stated))
            labels: Labels = called.labels[iri]
            things[iri] = Thing(iri, labels, tuple(sorted(called.others.get(iri, ()))), narrowest, kinds)
    return things


def _direct(record: Record, model: Model, things: Mapping[str, Thing]) -> Iterator[Edge]:
    """The edges that are one property: between two things, or from a thing to a concept of a closed list."""
    found: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for statement in record.statements:
        _, left, property_, right = statement
        is_concept = right.startswith(VOCABULARY)
        if left in things and left != right and (right in things or is_concept):
            kept = model.inverse.get(property_)
            triple = (right, kept, left) if kept and not is_concept else (left, property_, right)
            found[triple].append(statement)
    for (left, property_, right), statements in found.items():
        yield Edge(left, right, property_, evidence=record.evidence(statements))


def _between(record: Record, model: Model, things: Mapping[str, Thing], relations: Mapping[str, str]) -> Iterator[Edge]:
    """The edges that stand for a node: one for each two things at different ends of it."""
    ends: dict[str, dict[tuple[str, str], list[Statement]]] = defaultdict(lambda: defaultdict(list))
    said: dict[str, list[Statement]] = defaultdict(list)
    for statement in record.statements:
        graph, left, property_, right = statement
        if left in relations:
            if right in things and (end := model.end(relations[left], property_)):
                ends[left][end, right].append(statement)
            elif property_ in _SAID:
                said[left].append(statement)
        elif right in relations and left in things and (end := model.end_from(relations[right], property_)):
            ends[right][end, left].append((graph, right, end, left))
    for node, found in ends.items():
        about = _about(record, said[node])
        for ((one, left), stated), ((two, right), also) in combinations(sorted(found.items()), 2):
            if one != two and left != right:
                evidence = record.evidence([*stated, *also, *said[node]])
                yield Edge(left, right, relations[node], (one, two), node, evidence=evidence, **about)


def _about(record: Record, statements: Sequence[Statement]) -> dict[str, Any]:
    """What is said of a node between things, as the fields of its edges."""

    def values(*properties: str) -> tuple[str, ...]:
        return tuple(sorted({value for _, _, name, value in statements if name in properties}))

    currencies = [each.rpartition("/")[2] for each in values(_CURRENCY)]
    currency = f" {currencies[0]}" if len(currencies) == 1 else ""
    return {
        "roles": values(*_ROLES),
        "role_text": tuple(sorted({pair for text in values(_ROLE_TEXT) for pair in record.texts[text]})),
        "amounts": tuple(each + currency for each in values(_AMOUNT)),
        "time": Time(values(*_SINCE), values(*_UNTIL), values(_ATTESTED)),
    }
