"""A difference in, lines of text in German or English out.

Told once: a value that comes or goes in both languages, in the one asked for; and an evidence that says no more than
that the source of a change is its source, by naming the source of the change. The patch and the JSON have everything.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gdb_graph.diff.naming import Naming, local, named_in
from gdb_graph.diff.records import by_label
from gdb_graph.diff.sides import NAMING, Sides, Term, language
from gdb_graph.diff.things import Change, Difference, Kind, Node, Thing
from gdb_graph.diff.wording import HEADS
from gdb_graph.terms import GDB, RDF, SKOS

_CLASS, _OTHER_NAME, _HAS_EVIDENCE = f"{RDF}type", f"{SKOS}altLabel", f"{GDB}hasEvidence"
_SUPPORTS = f"{GDB}supportsProperty"
_DATES = ("dateKind", "validFrom", "validUntil")
_PLAIN, _CONFIDENCE = (_CLASS, f"{GDB}fromSource", _SUPPORTS), f"{GDB}confidence"
_STATED = "/evidence-confidence/stated>"


@dataclass(frozen=True, slots=True)
class Told:
    """What changed about one thing: a heading and lines."""

    kind: Kind
    iri: str
    heading: str
    lines: Sequence[str]


def tell(difference: Difference, both: Sides, lang: str) -> Iterator[str]:
    """The two snapshots, each thing with its changes, a summary."""
    snapshots = [side.snapshot for side in (both.before, both.after)]
    yield " → ".join(f"{one.id} ({one.manifest.get('created', '?')})" for one in snapshots)
    for told in tell_things(difference, both, lang):
        yield ""
        yield told.heading
        yield from (f"  {line}" for line in told.lines)
    yield ""
    yield from summarise(difference, both, lang)
    yield Naming(both, lang).text("everything" if both.after.everything else "asserted")


def tell_things(
    difference: Difference, both: Sides, lang: str, first: int = 0, count: int | None = None
) -> Iterator[Told]:
    """Each thing with its changes, in the order of their labels: `count` things from `first` on."""
    say = Naming(both, lang)
    for thing in islice(by_label(difference.things, both, lang), first, None if count is None else first + count):
        yield Told(thing.kind, thing.iri, _heading(thing, say), list(_thing(thing, say)))


def summarise(difference: Difference, both: Sides, lang: str) -> Iterator[str]:
    """How much changed, in one or two sentences."""
    say = Naming(both, lang)
    kinds = Counter(thing.kind for thing in difference.things)
    counts = {"new": kinds["added"], "gone": kinds["removed"], "changed": kinds["changed"]}
    if difference.things:
        yield say.text("summary").format(**counts, added=difference.added, removed=difference.removed)
    else:
        yield say.text("nothing")
        if both.before.snapshot.id != both.after.snapshot.id:
            yield say.text("elsewhere")


def _heading(thing: Thing, say: Naming) -> str:
    name, short = say.name(thing.iri), say.short(thing.iri)
    called = name if name == short else f"{name} ({short})"
    if thing.kind == "changed":
        return called
    classes = ", ".join(sorted(say.name(class_) for class_ in say.both.classes(thing.iri)))
    return say.text(f"{thing.kind} thing") + called + (f", {classes}" if classes else "")


def _thing(thing: Thing, say: Naming) -> Iterator[str]:
    changes = [each for each in _once(thing.changes, say) if not _is_in_heading(each, thing, say)]
    named = {(each.graph, each.kind) for each in changes if each.property != _HAS_EVIDENCE}
    named |= {(node.graph, node.kind) for node in thing.nodes if _names_source(node, say)}

    def is_understood(graph: str, kind: Kind) -> bool:
        return thing.kind == kind != "changed" or not named.isdisjoint({(graph, kind), (graph, "changed")})

    for change in changes:
        if not (change.property == _HAS_EVIDENCE and is_understood(change.graph, change.kind)):
            yield _change(change, say)
    for node in thing.nodes:
        if node.kind == "changed":
            yield from _changed_node(node, any(graph == node.graph for graph, _ in named), say)
        elif not (_is_plain(node, say) and is_understood(node.graph, node.kind)):
            yield _whole_node(node, say)


def _once(changes: Sequence[Change], say: Naming) -> list[Change]:
    """Without the values in another language that come or go together with one in ours."""
    ours = {(each.kind, each.property, each.graph) for each in changes if language(_value(each)) == say.lang}
    return [
        each
        for each in changes
        if language(_value(each)) in ("", say.lang)
        or each.kind == "changed"
        or each.property == _OTHER_NAME
        or (each.kind, each.property, each.graph) not in ours
    ]


def _value(change: Change) -> Term | None:
    return change.before if change.after is None else change.after


def _is_in_heading(change: Change, thing: Thing, say: Naming) -> bool:
    if thing.kind == "changed" or thing.kind != change.kind:
        return False
    value = _value(change)
    label = language(value) == say.lang and getattr(value, "value", "") == say.name(thing.iri)
    return change.property == _CLASS or (change.property in NAMING and label)


def _is_evidence(node: Node, say: Naming) -> bool:
    return f"{GDB}Evidence" in say.both.classes(node.iri)


def _names_source(node: Node, say: Naming) -> bool:
    """Whether to tell the node is to name its source, other than by an evidence."""
    only_evidence = node.kind == "changed" and all(each.property == _HAS_EVIDENCE for each in node.changes)
    return not (only_evidence or _is_evidence(node, say))


def _is_plain(node: Node, say: Naming) -> bool:
    """Whether a node is an evidence that says no more than that something is stated in its source."""
    if not _is_evidence(node, say):
        return False
    more = {each.property: _value(each) for each in node.changes if each.property not in _PLAIN}
    return all(name == _CONFIDENCE and str(value).endswith(_STATED) for name, value in more.items())


def _change(change: Change, say: Naming, of: str = "") -> str:
    values = " → ".join(say.value(value) for value in (change.before, change.after) if value is not None)
    return f"{say.text(change.kind)}: {of}{say.name(change.property)}: {values} ({say.source(change.graph)})"


def _changed_node(node: Node, is_source_named: bool, say: Naming) -> Iterator[str]:
    for change in _once(node.changes, say):
        if not (is_source_named and change.property in (_HAS_EVIDENCE, _SUPPORTS)):
            yield _change(change, say, f"{_head(node, say)} – ")


def _whole_node(node: Node, say: Naming) -> str:
    details = [*_dates(node, say), *_details(node, say)]
    if not _is_evidence(node, say):
        details.append(say.source(node.graph))
    kind = say.text(f"{node.kind} elsewhere" if node.elsewhere else node.kind)
    return f"{kind}: {_head(node, say)}" + (f" ({'; '.join(details)})" if details else "")


def _head(node: Node, say: Naming) -> str:
    said = say.both.said(node.iri)
    return say.head(said) or ", ".join(map(say.name, say.both.classes(node.iri))) or say.short(node.iri)


def _dates(node: Node, say: Naming) -> Iterator[str]:
    """Since when, until when: in a few words instead of three properties."""
    said = {local(each.property): getattr(_value(each), "value", "") for each in node.changes}
    if start := said.get("validFrom"):
        how = said.get("dateKind", "")
        yield f"{say.text(how if how in ('since', 'as-of') else 'from')} {start}"
    if end := said.get("validUntil"):
        yield f"{say.text('until')} {end}"


def _details(node: Node, say: Naming) -> Iterator[str]:
    """What a node that came or went says beside what its head and its dates tell."""
    told = {"type", "hasEvidence", *_DATES}
    for class_ in say.both.classes(node.iri):
        told.update(named_in(HEADS[say.lang].get(local(class_), "")))
    values: dict[str, list[str]] = {}
    for change in _once(node.changes, say):
        value = _value(change)
        if value is not None and local(change.property) not in told:
            values.setdefault(change.property, []).append(say.value(value))
    yield from (f"{say.name(name)}: {', '.join(listed)}" for name, listed in values.items())
