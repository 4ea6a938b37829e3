"""A store of all quads in, the description of its graphs out: provenance (PROV) and counts (VoID).

Counts come from queries over the finished graphs, so that they equal what SPARQL says.
"""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from gdb_graph.terms import DCT, GDB, PROV, RDF, VOID, XSD, Names

_SNAPSHOTS = f"""
SELECT ?graph ?snapshot ?activity WHERE {{
  GRAPH ?graph {{ ?snapshot a <{GDB}SourceSnapshot> . OPTIONAL {{ ?snapshot <{PROV}wasGeneratedBy> ?activity }} }}
}} ORDER BY ?graph ?snapshot
"""
_LICENCE = f"SELECT ?licence WHERE {{ ?dataset a <{VOID}Dataset> ; <{DCT}license> ?licence }} ORDER BY ?licence LIMIT 1"
_CLASSES = f"""
SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
  ?thing a ?class . FILTER(STRSTARTS(STR(?class), "{GDB}"))
}} GROUP BY ?class ORDER BY ?class
"""
_GRAPHS = """
SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph
"""
_DEFAULT = "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }"


def provenance(store: ox.Store, names: Names) -> Iterator[ox.Quad]:
    """Where each source graph comes from: its snapshots, the activity that made it, its licence.

    `store` holds the asserted named graphs and their union as the default graph.
    """
    home = ox.NamedNode(names.graph("provenance"))
    licences = [row["licence"] for row in store.query(_LICENCE)]  # type: ignore[union-attr]
    for row in store.query(_SNAPSHOTS):  # type: ignore[union-attr]
        graph, snapshot, activity = row["graph"], row["snapshot"], row["activity"]  # type: ignore[index]
        yield ox.Quad(graph, ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{PROV}Entity"), home)
        yield ox.Quad(graph, ox.NamedNode(f"{PROV}wasDerivedFrom"), snapshot, home)
        if activity:
            yield ox.Quad(graph, ox.NamedNode(f"{PROV}wasGeneratedBy"), activity, home)
        for licence in licences:
            yield ox.Quad(graph, ox.NamedNode(f"{DCT}license"), licence, home)


def counts(store: ox.Store) -> dict[str, int | dict[str, int]]:
    """How much there is: triples of the default graph, triples by named graph, things by class (full IRIs)."""
    (default,) = store.query(_DEFAULT)  # type: ignore[misc]
    return {
        "triples": int(default["count"].value),  # type: ignore[index]
        "graphs": _table(store, _GRAPHS, "graph"),
        "classes": _table(store, _CLASSES, "class"),
    }


def _table(store: ox.Store, query: str, key: str) -> dict[str, int]:
    return {row[key].value: int(row["count"].value) for row in store.query(query)}  # type: ignore[union-attr]


def void(counted: Mapping[str, int | dict[str, int]], names: Names) -> Iterator[ox.Quad]:
    """The counts as a VoID description of the dataset, for the graph `void`."""
    home, dataset = ox.NamedNode(names.graph("void")), ox.NamedNode(names.base)

    def say(subject: ox.NamedNode, term: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
        return ox.Quad(subject, ox.NamedNode(VOID + term), value, home)

    def number(count: int) -> ox.Literal:
        return ox.Literal(str(count), datatype=ox.NamedNode(f"{XSD}integer"))

    yield ox.Quad(dataset, ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{VOID}Dataset"), home)
    yield say(dataset, "triples", number(counted["triples"]))  # type: ignore[arg-type]
    for graph, count in counted["graphs"].items():  # type: ignore[union-attr]
        yield say(dataset, "subset", ox.NamedNode(graph))
        yield say(ox.NamedNode(graph), "triples", number(count))
    for class_, count in counted["classes"].items():  # type: ignore[union-attr]
        partition = ox.NamedNode(f"{names.graph('void')}#{class_.rpartition('#')[2]}")
        yield say(dataset, "classPartition", partition)
        yield say(partition, "class", ox.NamedNode(class_))
        yield say(partition, "entities", number(count))
