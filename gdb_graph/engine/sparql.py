"""A store, a query and an Accept header in, a media type and the bytes of the whole answer out.

Parsing and evaluation happen here and only here, so a text that overflows the engine's stack ends a child
process and nothing else. Results are serialised where they are made: pyoxigraph's must not change threads.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Protocol, TypeVar

import pyoxigraph as ox

from gdb_graph.engine import faults, labels, tokens, writers
from gdb_graph.engine.sheet import Notes, Sheet
from gdb_graph.errors import BadQuery, NotAcceptable
from gdb_graph.formats import GRAPHS, ROWS, SHEETS
from gdb_graph.negotiation import best

_JSON, _XML = ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML
_CSV, _TSV = ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV

# The first of each table is the answer to `*/*`; the right side is what the Content-Type says.
BOOLEAN = {
    ROWS["json"]: (_JSON, ROWS["json"]),
    ROWS["xml"]: (_XML, ROWS["xml"]),
    "application/json": (_JSON, "application/json"),
    "application/xml": (_XML, "application/xml"),
}
BINDINGS = BOOLEAN | {
    ROWS["csv"]: (_CSV, f"{ROWS['csv']}; charset=utf-8; header=present"),
    ROWS["tsv"]: (_TSV, f"{ROWS['tsv']}; charset=utf-8"),
}
_SHEET = None
_TABLES: dict[str, tuple[ox.QueryResultsFormat | None, str]] = {
    **BINDINGS,
    SHEETS["xlsx"]: (_SHEET, SHEETS["xlsx"]),
}
GRAPH = {
    GRAPHS["ttl"]: (ox.RdfFormat.TURTLE, f"{GRAPHS['ttl']}; charset=utf-8"),
    GRAPHS["nt"]: (ox.RdfFormat.N_TRIPLES, GRAPHS["nt"]),
    GRAPHS["rdf"]: (ox.RdfFormat.RDF_XML, GRAPHS["rdf"]),
    GRAPHS["jsonld"]: (ox.RdfFormat.JSON_LD, GRAPHS["jsonld"]),
}


@dataclass(frozen=True, slots=True)
class Request:
    """One query as the protocol gives it: the text, the dataset it names, what the client accepts.

    `base` is what relative IRIs in the text are relative to, where it states no BASE; "": there are none then.
    `labels` are languages in which IRIs in rows have their labels beside them; `notes` stand in a spreadsheet.
    `first` is how many rows or triples are given at most, for a page that says so; 0: all. The service's `own`
    questions, which it needs for a page, are not held to the limits of an answer (GDB_ROWS, GDB_RESULT_BYTES).
    """

    query: str
    accept: str | None = None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    base: str = ""
    labels: Sequence[str] = ()
    notes: Notes = ()
    first: int = 0
    own: bool = False


class Begin(Protocol):
    """Told the content type, and of a graph the number of triples, gives the file to write the answer to."""

    def __call__(self, content_type: str, rows: int = 0, /) -> IO[bytes]:
        """The file."""


def answer(store: ox.Store, request: Request, prefixes: dict[str, str], begin: Begin) -> None:
    """Evaluate the query and write the whole answer to the file that `begin` gives.

    Raises BadQuery before `begin` is called; NotAcceptable also later, where a value does not fit the format.
    """
    if tokens.nested_too_deeply(request.query):
        raise BadQuery("The query is nested too deeply for the engine's stack. Simplify it.")
    if tokens.calls_a_service(request.query):
        raise BadQuery("SERVICE is refused: this service never calls other endpoints. Ask the other endpoint itself.")
    try:
        results = _evaluate(store, request)
    except SyntaxError as error:
        raise _readable(str(error), request.query, prefixes) from error
    except ValueError as error:
        raise BadQuery(str(error)) from error
    except RuntimeError as error:
        if "custom function" not in str(error):
            raise
        raise BadQuery(f"{error}. The description of /sparql lists those that are.") from error
    if isinstance(results, ox.QuerySolutions):
        if request.labels or request.first:
            results = labels.labelled(results, store, request.labels, request.first)
        write(results, request, begin)
    elif isinstance(results, ox.QueryBoolean):
        format_, content_type = choose(request.accept, BOOLEAN)
        results.serialize(begin(content_type), format_)
    else:
        rdf_format, content_type = choose(request.accept, GRAPH)
        # A CONSTRUCT answer is a graph, and a graph is a set.
        triples = dict.fromkeys(islice(results, request.first or None))
        writers.graph(triples, rdf_format, begin(content_type, len(triples)), prefixes)


def write(results: ox.QuerySolutions, request: Request, begin: Begin) -> None:
    """Write the rows of a SELECT in the format that the request accepts. Raises NotAcceptable where there is none."""
    format_, content_type = choose(request.accept, _TABLES)
    if format_ is _SHEET:
        sheet = Sheet([variable.value for variable in results.variables], iter(results), request.notes)
        sheet.write(begin(content_type, sheet.rows))
    else:
        writers.rows(results, format_, begin(content_type))


def _evaluate(store: ox.Store, request: Request) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    base = request.base or None
    default_iris, named_iris = request.default_graphs, request.named_graphs
    if not default_iris and not named_iris:
        # What the protocol names goes before FROM (SPARQL 1.1 Protocol, 2.1.4).
        try:
            default_iris, named_iris = tokens.dataset(request.query, request.base)
        except BadQuery:
            store.query(request.query, base_iri=base)  # says it better, where the text is no query
            raise
        if len(default_iris) < 2 and len(set(named_iris)) == len(named_iris):
            return store.query(request.query, base_iri=base)
    # A dataset that names graphs but no default graph has an empty one (SPARQL 1.1, 13.2), and it is made of
    # sets; Oxigraph would match a triple once for each default graph, and for each time that a graph is named.
    default, named = _graphs(default_iris), _graphs(named_iris)
    if len(default) < 2:
        return store.query(request.query, base_iri=base, default_graph=default, named_graphs=named)
    merged = ox.Store()
    for graph in named:
        merged.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    for graph in default:
        merged.bulk_extend(ox.Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))
    return merged.query(request.query, base_iri=base, default_graph=[ox.DefaultGraph()], named_graphs=named)


def _graphs(iris: Sequence[str]) -> list[Any]:
    return [_graph(iri) for iri in dict.fromkeys(iris)]


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise BadQuery(f"{iri!r} names no graph: it is not an absolute IRI ({error}).") from error


_Format = TypeVar("_Format")


def choose(accept: str | None, offered: dict[str, tuple[_Format, str]]) -> tuple[_Format, str]:
    """The offered format that the header likes best. Raises NotAcceptable where it likes none."""
    chosen = best(accept, tuple(offered))
    if chosen is None:
        raise NotAcceptable(f"None of these is accepted: {', '.join(offered)}. Ask for one of them, or for */*.")
    return offered[chosen]


def _readable(message: str, query: str, prefixes: Mapping[str, str]) -> BadQuery:
    found = re.fullmatch(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if not found:
        return BadQuery(f"Not a SPARQL query: {message}.")
    line, column, said = int(found.group(1)), int(found.group(2)), _expected(found.group(3))
    # What the tokens tell is nearer to what a person would say, but for what the grammar says in a sentence.
    fault = (
        None
        if " " in said and not said.startswith(("expected", "something", "Prefix"))
        else faults.find(query, prefixes)
    )
    if fault:
        line, column, said = fault.line, fault.column, fault.sentence
    lines = query.splitlines()
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    near = f"before {rest[:40]!r}" if rest else "at the end of the text"
    return BadQuery(f"Not a SPARQL query: line {line}, column {column}, {near}: {said.rstrip('.')}.", line, column)


def _expected(text: str) -> str:
    # The engine's grammar also lists ranges of characters ('a'..='z', [_]); they tell a person nothing.
    words = text.removeprefix("expected one of ").removeprefix("expected ").split(", ")
    telling = [word.strip() for word in words if ".." not in word and "[" not in word]
    for word in telling:
        if re.fullmatch(r"[A-Za-z]+( [A-Za-z]+)+", word):  # a sentence such as `Prefix not found`, not a token
            return word
    return f"expected {' or '.join(telling[:12])}" if telling else "something else is expected"
