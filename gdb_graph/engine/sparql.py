"""A store, a query and an Accept header in, a media type and the bytes of the whole answer out.

Parsing and evaluation happen here and only here, so a text that overflows the engine's stack ends a child
process and nothing else. Results are serialised where they are made: pyoxigraph's must not change threads.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol, TypeVar

import pyoxigraph as ox

from gdb_graph.engine import tokens
from gdb_graph.errors import BadQuery, NotAcceptable
from gdb_graph.negotiation import best

_JSON, _XML = ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML
_CSV, _TSV = ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV

# The first of each table is the answer to `*/*`; the right side is what the Content-Type says.
BOOLEAN = {
    "application/sparql-results+json": (_JSON, "application/sparql-results+json"),
    "application/sparql-results+xml": (_XML, "application/sparql-results+xml"),
    "application/json": (_JSON, "application/json"),
    "application/xml": (_XML, "application/xml"),
}
BINDINGS = BOOLEAN | {
    "text/csv": (_CSV, "text/csv; charset=utf-8; header=present"),
    "text/tab-separated-values": (_TSV, "text/tab-separated-values; charset=utf-8"),
}
GRAPH = {
    "text/turtle": (ox.RdfFormat.TURTLE, "text/turtle; charset=utf-8"),
    "application/n-triples": (ox.RdfFormat.N_TRIPLES, "application/n-triples"),
    "application/rdf+xml": (ox.RdfFormat.RDF_XML, "application/rdf+xml"),
    "application/ld+json": (ox.RdfFormat.JSON_LD, "application/ld+json"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """One query as the protocol gives it: the text, the dataset it names, what the client accepts."""

    query: str
    accept: str | None = None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()


class Begin(Protocol):
    """Told the content type, and of a graph the number of triples, gives the file to write the answer to."""

    def __call__(self, content_type: str, rows: int = 0, /) -> IO[bytes]:
        """The file."""


def answer(store: ox.Store, request: Request, prefixes: dict[str, str], begin: Begin) -> None:
    """Evaluate the query and write the whole answer to the file that `begin` gives.

    Raises BadQuery or NotAcceptable before `begin` is called.
    """
    if tokens.nested_too_deeply(request.query):
        raise BadQuery("The query is nested too deeply for the engine's stack. Simplify it.")
    if tokens.calls_a_service(request.query):
        raise BadQuery("SERVICE is refused: this service never calls other endpoints. Ask the other endpoint itself.")
    try:
        results = _evaluate(store, request)
    except SyntaxError as error:
        raise BadQuery(_readable(str(error), request.query)) from error
    except ValueError as error:
        raise BadQuery(str(error)) from error
    if isinstance(results, ox.QuerySolutions):
        format_, content_type = _choose(request.accept, BINDINGS)
        results.serialize(begin(content_type), format_)
    elif isinstance(results, ox.QueryBoolean):
        format_, content_type = _choose(request.accept, BOOLEAN)
        results.serialize(begin(content_type), format_)
    else:
        rdf_format, content_type = _choose(request.accept, GRAPH)
        # A CONSTRUCT answer is a graph, and a graph is a set.
        triples = dict.fromkeys(results)
        ox.serialize(triples, begin(content_type, len(triples)), rdf_format, prefixes=prefixes)


def _evaluate(store: ox.Store, request: Request) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    default_iris, named_iris = request.default_graphs, request.named_graphs
    if not default_iris and not named_iris:
        # What the protocol names goes before FROM (SPARQL 1.1 Protocol, 2.1.4).
        default_iris, named_iris = tokens.dataset(request.query)
        if len(default_iris) < 2:
            return store.query(request.query)
    default, named = _graphs(default_iris), _graphs(named_iris)
    if len(default) < 2:
        # A dataset that names graphs but no default graph has an empty one (SPARQL 1.1, 13.2).
        return store.query(request.query, default_graph=default, named_graphs=named)
    # Several default graphs merge into a set; Oxigraph would match a triple once in each.
    merged = ox.Store()
    for graph in named:
        merged.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    for graph in default:
        merged.bulk_extend(ox.Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))
    return merged.query(request.query, default_graph=[ox.DefaultGraph()], named_graphs=named)


def _graphs(iris: Sequence[str]) -> list[Any]:
    return [ox.NamedNode(iri) for iri in dict.fromkeys(iris)]


_Format = TypeVar("_Format")


def _choose(accept: str | None, offered: dict[str, tuple[_Format, str]]) -> tuple[_Format, str]:
    chosen = best(accept, tuple(offered))
    if chosen is None:
        raise NotAcceptable(f"None of these is accepted: {', '.join(offered)}. Ask for one of them, or for */*.")
    return offered[chosen]


def _readable(message: str, query: str) -> str:
    found = re.fullmatch(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if not found:
        return f"Not a SPARQL query: {message}."
    line, column = int(found.group(1)), int(found.group(2))
    lines = query.splitlines()
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    near = f"before {rest[:40]!r}" if rest else "at the end of the text"
    return f"Not a SPARQL query: line {line}, column {column}, {near}: {_expected(found.group(3))}."


def _expected(text: str) -> str:
    # The engine's grammar also lists ranges of characters ('a'..='z', [_]); they tell a person nothing.
    words = text.removeprefix("expected one of ").removeprefix("expected ").split(", ")
    telling = [word.strip() for word in words if ".." not in word and "[" not in word]
    for word in telling:
        if re.fullmatch(r"[A-Za-z]+( [A-Za-z]+)+", word):  # a sentence such as `Prefix not found`, not a token
            return word
    return f"expected {' or '.join(telling[:12])}" if telling else "something else is expected"
