"""What is published in, the things of a list with the values of their facets out: asked for once a snapshot."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.explore.questions import FORMAT, Row, read
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.search.analysis import fold
from gdb_graph.terms import SKOS, Names
from gdb_graph.web.entities.ask import Called, called
from gdb_graph.web.lists.plan import Plan, plans
from gdb_graph.web.parts import whole

# The one that is served, and the one before for requests that began on it.
_KEPT = 2
_NAMED = f"{SKOS}altLabel"


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet: as it stands in an address, its IRI ("" for a text), its names, its datatype."""

    key: str
    iri: str
    labels: Mapping[str, str]
    datatype: str = ""

    def label(self, lang: str) -> str:
        """What it is called."""
        return next((self.labels[code] for code in (lang, *LANGUAGES, *self.labels) if code in self.labels), self.key)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a list: its names, the words by which it is found, and its values facet by facet."""

    iri: str
    labels: Mapping[str, str]
    words: str
    values: Mapping[str, tuple[str, ...]]

    def label(self, lang: str) -> str:
        """What it is called, else the last part of its IRI."""
        known = (self.labels[code] for code in (lang, *LANGUAGES, *self.labels) if code in self.labels)
        return next(known, self.iri.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Items:
    """The things of one list; `options` are the values of each facet by key."""

    plan: Plan
    items: tuple[Item, ...]
    options: Mapping[str, Mapping[str, Option]]


class Lists:
    """The lists of the snapshots served last, each put together when it is first asked for."""

    def __init__(self) -> None:
        self._tasks: dict[tuple[str, str], asyncio.Task[Items]] = {}

    async def of(self, now: Published, plan: Plan) -> Items:
        """The list of what is published; requests that come at the same time wait for the same one.

        Raises what asking raises; the next request tries again.
        """
        key = now.snapshot.id, plan.name
        task = self._tasks.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._tasks[key] = asyncio.create_task(_items(now, plan))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            kept = list(dict.fromkeys(snapshot for snapshot, _ in self._tasks))[-_KEPT:]
            self._tasks = {each: made for each, made in self._tasks.items() if each[0] in kept}
        # A client that leaves must not take the list away from the others.
        return await asyncio.shield(task)

    async def all(self, now: Published) -> Sequence[Items]:
        """All lists, one after the other: the engines are there for those who ask."""
        return [await self.of(now, plan) for plan in plans().values()]


def question(plan: Plan, names: Names) -> str:
    """The query for the things of a list (without a facet: their other names) and the values of their facets."""
    about = f'?thing a {plan.class_} . FILTER(STRSTARTS(STR(?thing), "{names.instances}"))'
    values = {"inferred": f"<{names.graph('inferred')}>"}
    parts = [f'{{ {about} OPTIONAL {{ ?thing <{_NAMED}> ?value }} BIND("" AS ?facet) }}']
    for each in plan.facets:
        pattern = each.pattern % values
        parts.append(f'{{ {about} {pattern} BIND("{each.name}" AS ?facet) }}')
    prologue = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in names.prefixes().items())
    return f"{prologue}SELECT DISTINCT ?thing ?facet ?value WHERE {{ {' UNION '.join(parts)} }}"


async def _items(now: Published, plan: Plan) -> Items:
    answer = await whole(await now.run(Query(question(plan, now.snapshot.names), FORMAT, own=True)))
    rows = await asyncio.to_thread(_rows, answer)
    iris = {term.value for thing, _, value in rows for term in (thing, value) if isinstance(term, ox.NamedNode)}
    names = await called(now, iris) if iris else Called({}, {}, {})
    return await asyncio.to_thread(_put_together, plan, rows, names)


def _rows(answer: bytes) -> list[Row]:
    # Read and kept in one thread: what reads an answer must not change threads.
    return list(read(answer))


def _put_together(plan: Plan, rows: Sequence[Row], names: Called) -> Items:
    options: dict[str, dict[str, Option]] = {each.name: {} for each in plan.facets}
    values: dict[str, dict[str, list[str]]] = {}
    others: dict[str, list[str]] = {}
    for thing, facet, value in rows:
        assert thing is not None and facet is not None  # noqa: S101 - they are bound in each part
        said = values.setdefault(thing.value, {})
        if value is None or not facet.value:
            others.setdefault(thing.value, []).append(value.value if value else "")
            continue
        option = _option(value, names)
        options[facet.value].setdefault(option.key, option)
        said.setdefault(facet.value, []).append(option.key)
    items = [
        Item(
            iri,
            names.labels.get(iri, {}),
            fold(" ".join((*names.labels.get(iri, {}).values(), *others.get(iri, ())))),
            {facet: tuple(sorted(set(keys))) for facet, keys in said.items()},
        )
        for iri, said in values.items()
    ]
    items.sort(key=lambda item: (fold(item.label(LANGUAGES[0])), item.iri))
    return Items(plan, tuple(items), options)


def _option(value: ox.NamedNode | ox.Literal, names: Called) -> Option:
    if isinstance(value, ox.NamedNode):
        return Option(value.value.replace("#", "/").rpartition("/")[2], value.value, names.labels.get(value.value, {}))
    return Option(value.value, "", {}, value.datatype.value)
