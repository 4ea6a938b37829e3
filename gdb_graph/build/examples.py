"""The curated queries in, RDF about them out, for the graph `queries`: what SPARQL editors offer as examples.

In the form of https://github.com/sib-swiss/sparql-examples: sh:SPARQLExecutable, and the prefixes as sh:declare.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from gdb_graph.queryfile import Query
from gdb_graph.terms import DCT, RDF, RDFS, SCHEMA, SH, Names

_SPEX = "https://purl.expasy.org/sparql-examples/ontology#"
_FORMS = {
    "SELECT": (f"{SH}SPARQLSelectExecutable", f"{SH}select"),
    "ASK": (f"{SH}SPARQLAskExecutable", f"{SH}ask"),
    "CONSTRUCT": (f"{SH}SPARQLConstructExecutable", f"{SH}construct"),
    "DESCRIBE": (f"{_SPEX}SPARQLDescribeExecutable", f"{_SPEX}describe"),
}


def examples(queries: Iterable[Query], names: Names) -> Iterator[ox.Quad]:
    """Each query with its question in both languages, its text without the header, its tags; and the prefixes."""
    home = ox.NamedNode(names.graph("queries"))
    prologue = ox.NamedNode(f"{home.value}#prefixes")
    said: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = []
    for prefix, namespace in names.prefixes().items():
        declared = ox.NamedNode(f"{home.value}#prefix-{prefix}")
        uri = ox.Literal(namespace, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#anyURI"))
        said += [(prologue, f"{SH}declare", declared), (declared, f"{SH}prefix", ox.Literal(prefix))]
        said += [(declared, f"{SH}namespace", uri)]
    for query in queries:
        iri = ox.NamedNode(f"{names.base}queries/{query.name}")
        kind, text = _FORMS[query.form]
        said += [(iri, f"{RDF}type", ox.NamedNode(each)) for each in (f"{SH}SPARQLExecutable", kind)]
        said += [(iri, f"{RDFS}comment", ox.Literal(each, language=lang)) for lang, each in query.summary.items()]
        said += [
            (iri, f"{DCT}description", ox.Literal(each, language=lang)) for lang, each in query.description.items()
        ]
        said += [(iri, f"{SCHEMA}keywords", ox.Literal(tag)) for tag in query.tags]
        said += [(iri, text, ox.Literal(_body(query.text))), (iri, f"{SH}prefixes", prologue)]
    for subject, property_, value in said:
        yield ox.Quad(subject, ox.NamedNode(property_), value, home)


def _body(text: str) -> str:
    """The query without the lines of its header; its parameters stand in it with their defaults."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+")).strip() + "\n"
