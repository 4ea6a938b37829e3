"""The names of a content in, the SELECT queries out whose rows make its network; any SPARQL 1.1 engine answers them."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from gdb_graph.terms import DCT, FOAF, GDB, OWL, PROV, RDFS, SKOS, Names

# What is read beside the relations between things: when and how much a relation is, and where its evidence stands.
DETAILS = ("validFrom", "validUntil", "startDate", "endDate", "attestedOn", "amount", "roleText")
EVIDENCE = ("locator", "supportsValue")
FORMAT = "text/tab-separated-values"

_PREFIXES = "".join(
    f"PREFIX {prefix}: <{iri}>\n"
    for prefix, iri in {
        "dct": DCT,
        "foaf": FOAF,
        "gdb": GDB,
        "owl": OWL,
        "prov": PROV,
        "rdfs": RDFS,
        "skos": SKOS,
    }.items()
)
_TERMS = """
SELECT ?term ?relation ?other WHERE {
  { VALUES ?relation { owl:inverseOf rdfs:subClassOf gdb:connects } ?term ?relation ?other . FILTER(isIRI(?other)) }
  UNION
  { ?term prov:wasDerivedFrom/gdb:snapshotOf ?other . BIND(prov:wasDerivedFrom AS ?relation) }
}
"""
_NAMES = """
SELECT ?thing ?naming ?name WHERE {
  VALUES ?naming { skos:prefLabel skos:altLabel rdfs:label dct:title foaf:page }
  ?thing ?naming ?name . FILTER(isIRI(?thing))
}
"""
_CLASSES = """
SELECT DISTINCT ?thing ?class WHERE {
  GRAPH ?graph { ?thing a ?class }
  FILTER(STRSTARTS(STR(?thing), "%(things)s") && ?graph NOT IN (%(silent)s) && ?class != gdb:Evidence)
}
"""
_STATEMENTS = """
SELECT ?graph ?thing ?property ?value WHERE {
  { ?property a owl:ObjectProperty . GRAPH ?graph { ?thing ?property ?value } }
  UNION
  { VALUES ?property { %(details)s } GRAPH ?graph { ?thing ?property ?value } }
  FILTER(STRSTARTS(STR(?thing), "%(things)s") && ?graph NOT IN (%(silent)s))
}
"""

Row = tuple[ox.NamedNode | ox.Literal, ...]


def questions(names: Names) -> Mapping[str, str]:
    """The four queries by name: terms, names, classes, statements. What is only inferred is not asked for."""
    values = {
        "things": names.instances,
        "silent": ", ".join(f"<{names.graph(each)}>" for each in ("inferred", "provenance")),
        "details": " ".join(f"gdb:{each}" for each in (*DETAILS, *EVIDENCE)),
    }
    texts = {"terms": _TERMS, "names": _NAMES, "classes": _CLASSES, "statements": _STATEMENTS}
    return {name: _PREFIXES + (text % values if "%(" in text else text) for name, text in texts.items()}


def read(answer: bytes) -> Iterator[Row]:
    """The rows of an answer in FORMAT, one at a time: a thread that reads many leaves room for others."""
    solutions = ox.parse_query_results(answer, format=ox.QueryResultsFormat.TSV)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - all are SELECT
    for solution in solutions:
        yield tuple(solution)
