"""A source in, what it states out, by thing: the statements of its graph without the evidence beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdb_graph.engine.answer import Published
from gdb_graph.rows import Cell
from gdb_graph.terms import GDB, RDF
from gdb_graph.web.entities.ask import Called, called
from gdb_graph.web.parts import select

MOST = 400
_QUESTION = """
SELECT ?thing ?property ?value WHERE {{
  GRAPH <{graph}> {{ ?thing ?property ?value
    FILTER(?property != <{gdb}hasEvidence> && ?thing != <{iri}>)
    FILTER NOT EXISTS {{ ?thing a <{gdb}Evidence> }} FILTER NOT EXISTS {{ ?thing a <{gdb}SourceSnapshot> }} }}
}} ORDER BY ?thing ?property ?value LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """The statements by thing and property; `kinds` are the classes stated; `is_cut` where there are more than MOST."""

    kinds: Mapping[str, str]
    things: Mapping[str, Mapping[str, Sequence[Cell]]]
    called: Called
    is_cut: bool


async def by_thing(now: Published, iri: str) -> Stated:
    """What the source `iri` states; its graph is called as it is."""
    names = now.snapshot.names
    graph = names.graph(iri.removeprefix(names.instances))
    _, rows = await select(now, _QUESTION.format(graph=graph, iri=iri, gdb=GDB, most=MOST + 1))
    things: dict[str, dict[str, list[Cell]]] = {}
    kinds: dict[str, str] = {}
    iris: set[str] = set()
    for row in rows[:MOST]:
        thing, property_, value = row["thing"], row["property"], row["value"]
        if property_.value == f"{RDF}type":
            kinds[thing.value] = value.value
        else:
            things.setdefault(thing.value, {}).setdefault(property_.value, []).append(value)
        iris |= {each.value for each in (thing, property_, value) if each.kind == "uri"}
    return Stated(kinds, things, await called(now, iris), len(rows) > MOST)
