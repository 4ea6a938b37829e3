"""An IRI in, all that is said of it out, as a page shows it: its statements with their sources, what points at it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gdb_graph.engine.answer import Published
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.rows import Cell
from gdb_graph.terms import DCT, GDB, RDF, RDFS, SKOS
from gdb_graph.web.parts import select

INCOMING_LIMIT = 200
_FIRST = (f"{SKOS}prefLabel", f"{RDF}type", f"{SKOS}altLabel", f"{DCT}title", f"{DCT}description", f"{SKOS}definition")

_STATEMENTS = """
SELECT ?property ?value ?graph (BOUND(?snapshot) AS ?fromSource) WHERE {{
  GRAPH ?graph {{ <{iri}> ?property ?value }}
  OPTIONAL {{ ?graph <http://www.w3.org/ns/prov#wasDerivedFrom> ?snapshot }}
}} ORDER BY ?property ?value ?graph
"""
_INCOMING = """
SELECT DISTINCT ?property ?value WHERE {{
  ?value ?property <{iri}> . FILTER(isIRI(?value) && ?property != <{rdf}type>)
  FILTER NOT EXISTS {{ ?value a <{gdb}Evidence> }}
}} ORDER BY ?property ?value LIMIT {limit}
"""
_LABELS = """
SELECT ?thing ?label WHERE {{
  VALUES ?thing {{ {things} }}
  VALUES ?naming {{ <{skos}prefLabel> <{rdfs}label> <{dct}title> }}
  ?thing ?naming ?label .
}}
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """One value, and the graphs of the sources that state it; none if it is ours or follows from others."""

    value: Cell
    sources: tuple[str, ...]
    inferred: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """All that is said of `iri`, by property, the most telling first; `labels` names every IRI that occurs."""

    iri: str
    statements: Mapping[str, Sequence[Statement]]
    incoming: Mapping[str, Sequence[Cell]]
    labels: Mapping[str, Mapping[str, str]]

    def shown(self, lang: str) -> Mapping[str, Sequence[Statement]]:
        """The statements for a page in one language: where the same sources say a text in both, only that one.

        Other names (skos:altLabel) are facts of their language and all shown.
        """
        return {
            name: listed
            if name == f"{SKOS}altLabel"
            else [each for each in listed if not _has_twin(each, listed, lang)]
            for name, listed in self.statements.items()
        }

    def label(self, iri: str, lang: str) -> str:
        """The label of an IRI in the language, else in the other, else ""."""
        known = self.labels.get(iri, {})
        return next((known[code] for code in (lang, *LANGUAGES) if code in known), "")


async def describe(now: Published, iri: str) -> Thing:
    """The statements about `iri` with their sources, and up to INCOMING_LIMIT that point at it."""
    inferred = now.snapshot.names.graph("inferred")
    found: dict[str, dict[Cell, list[tuple[str, bool]]]] = {}
    for row in (await select(now, _STATEMENTS.format(iri=iri)))[1]:
        graph = row["graph"].value
        by_value = found.setdefault(row["property"].value, {})
        by_value.setdefault(row["value"], []).append((graph, row["fromSource"].value == "true"))
    statements = {
        name: [
            Statement(
                value,
                tuple(dict.fromkeys(graph for graph, outside in graphs if outside)),
                all(graph == inferred for graph, _ in graphs),
            )
            for value, graphs in values.items()
        ]
        for name, values in sorted(found.items(), key=_order)
    }
    incoming: dict[str, list[Cell]] = {}
    text = _INCOMING.format(iri=iri, rdf=RDF, gdb=GDB, limit=INCOMING_LIMIT)
    for row in (await select(now, text))[1]:
        incoming.setdefault(row["property"].value, []).append(row["value"])
    return Thing(iri, statements, incoming, await _labels(now, iri, statements, incoming))


def _has_twin(statement: Statement, listed: Sequence[Statement], lang: str) -> bool:
    other = statement.value.language not in ("", lang)
    return other and any(each.value.language == lang and each.sources == statement.sources for each in listed)


def _order(item: tuple[str, object]) -> tuple[int, str]:
    name = item[0]
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST) + (name == f"{GDB}hasEvidence"), name)


async def _labels(
    now: Published,
    iri: str,
    statements: Mapping[str, Sequence[Statement]],
    incoming: Mapping[str, Sequence[Cell]],
) -> Mapping[str, Mapping[str, str]]:
    graphs = now.snapshot.names.graphs
    iris = {iri, *statements, *incoming}
    for listed in statements.values():
        iris |= {each.value.value for each in listed if each.value.kind == "uri"}
        iris |= {now.snapshot.names.thing(graph.removeprefix(graphs)) for each in listed for graph in each.sources}
    iris |= {cell.value for cells in incoming.values() for cell in cells}
    return await labels(now, iris)


async def labels(now: Published, iris: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """The labels by language of each of the IRIs that has any."""
    things = " ".join(f"<{each}>" for each in sorted(iris))
    found: dict[str, dict[str, str]] = {}
    for row in (await select(now, _LABELS.format(things=things, skos=SKOS, rdfs=RDFS, dct=DCT)))[1]:
        found.setdefault(row["thing"].value, {}).setdefault(row["label"].language, row["label"].value)
    return found
