"""The name of a format in, its media type out: one spelling for suffixes, `?format=` and the command line."""

from gdb_graph.errors import NotAcceptable

ROWS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
SHEETS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
TABLES = ROWS | SHEETS
"""All that rows are given in: the formats of SPARQL, and those of offices."""
GRAPHS = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
PAGE = {"html": "text/html"}
NAMES = (*TABLES, *GRAPHS)

# What a name means for a graph that is also one for rows, and what clients such as SPARQLWrapper call our formats.
_ALSO = {
    "json": "jsonld",
    "xml": "rdf",
    "turtle": "ttl",
    "n3": "ttl",
    "ntriples": "nt",
    "n-triples": "nt",
    "rdf+xml": "rdf",
    "rdfxml": "rdf",
    "json-ld": "jsonld",
}


def accept(name: str) -> str:
    """What a client that names this format accepts: a name of ours, one that is common elsewhere, or a media type.

    Raises NotAcceptable for any other.
    """
    # In an address a plus that is not encoded means a blank, and no name has one.
    name = name.strip().lower().replace(" ", "+")
    if "/" in name:
        return name
    found = [table[each] for table in (TABLES, GRAPHS, PAGE) for each in (name, _ALSO.get(name, "")) if each in table]
    if not found:
        raise NotAcceptable(f"There is no format {name!r}. There are: {', '.join(NAMES)}.")
    return ", ".join(found)
