"""A store of all quads in, the description of its graphs out: provenance (PROV) and counts.

Counts come from queries over the finished graphs, so that they equal what SPARQL says.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox

from gdb_graph.build.ask import select
from gdb_graph.terms import DCT, GDB, OWL, PROV, RDF, VOID, Names

_SNAPSHOTS = f"""
SELECT ?graph ?snapshot ?activity WHERE {{
  GRAPH ?graph {{ ?snapshot a <{GDB}SourceSnapshot> . OPTIONAL {{ ?snapshot <{PROV}wasGeneratedBy> ?activity }} }}
}} ORDER BY ?graph ?snapshot
"""
_LICENCE = f"""
SELECT ?licence WHERE {{
  GRAPH ?graph {{ ?dataset a <{VOID}Dataset> ; <{DCT}license> ?licence }}
}} ORDER BY ?licence LIMIT 1
"""
_CLASSES = f"""
SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
  ?thing a ?class . FILTER(STRSTARTS(STR(?class), "{GDB}"))
}} GROUP BY ?class ORDER BY ?class
"""
_GRAPHS = """
SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph
"""
_TERMS = """
SELECT (COUNT(DISTINCT ?term) AS ?count) WHERE {{
  GRAPH ?graph {{ VALUES ?kind {{ {kinds} }} ?term a ?kind . FILTER(STRSTARTS(STR(?term), "{gdb}")) }}
}}
"""
_FIGURES = {
    "classes": _TERMS.format(kinds=f"<{OWL}Class>", gdb=GDB),
    "properties": _TERMS.format(kinds=f"<{OWL}ObjectProperty> <{OWL}DatatypeProperty>", gdb=GDB),
    "sources": f"SELECT (COUNT(DISTINCT ?s) AS ?count) WHERE {{ GRAPH ?graph {{ ?snapshot <{GDB}snapshotOf> ?s }} }}",
    "claims": f"""
SELECT (COUNT(*) AS ?count) WHERE {{ {{ SELECT DISTINCT ?graph ?thing ?property ?value WHERE {{
  GRAPH ?graph {{
    ?thing <{GDB}hasEvidence> ?evidence . ?evidence <{GDB}supportsProperty> ?property . ?thing ?property ?value
  }}
}} }} }}
""",
}
_DEFAULT = "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }"


def provenance(store: ox.Store, names: Names) -> Iterator[ox.Quad]:
    """Where each source graph comes from: its snapshots, the activity that made it, its licence.

    `store` holds the asserted named graphs.
    """
    home = ox.NamedNode(names.graph("provenance"))
    licences = [row["licence"] for row in select(store, _LICENCE)]
    for row in select(store, _SNAPSHOTS):
        graph = row["graph"]
        said = [(f"{RDF}type", ox.NamedNode(f"{PROV}Entity")), (f"{PROV}wasDerivedFrom", row["snapshot"])]
        said += [(f"{PROV}wasGeneratedBy", row["activity"])] if "activity" in row else []
        said += [(f"{DCT}license", licence) for licence in licences]
        for property_, value in said:
            yield ox.Quad(graph, ox.NamedNode(property_), value, home)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a content holds: terms of ours, outside sources, and claims: values with evidence, one for each source."""

    classes: int
    properties: int
    sources: int
    claims: int


def figures(parts: Iterable[Iterable[ox.Quad]]) -> Figures:
    """The figures of asserted quads."""
    store = ox.Store()
    store.bulk_extend(chain.from_iterable(parts))
    return figures_in(store)


def figures_in(store: ox.Store) -> Figures:
    """The figures of the named graphs in `store`."""
    counted = {name: next(iter(select(store, query)))["count"].value for name, query in _FIGURES.items()}
    return Figures(**{name: int(value) for name, value in counted.items()})


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is: triples of the default graph, triples by named graph, things by class (full IRIs)."""

    triples: int
    graphs: Mapping[str, int]
    classes: Mapping[str, int]


def counts(store: ox.Store) -> Counts:
    """Count what is in `store`."""
    (default,) = select(store, _DEFAULT)
    return Counts(int(default["count"].value), _table(store, _GRAPHS, "graph"), _table(store, _CLASSES, "class"))


def _table(store: ox.Store, query: str, key: str) -> dict[str, int]:
    return {row[key].value: int(row["count"].value) for row in select(store, query)}
