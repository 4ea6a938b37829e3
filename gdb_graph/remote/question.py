"""A request, what the engine holds and how it talks in; the form to send it and what to make of its answer out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gdb_graph.engine import tokens
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import EngineCannot
from gdb_graph.remote import rewrite, talk, template
from gdb_graph.remote.dialects import Dialect
from gdb_graph.remote.finish import Finish
from gdb_graph.remote.marker import Marker
from gdb_graph.remote.names import NOTHING
from gdb_graph.remote.rewrite import Pieces
from gdb_graph.remote.template import Template


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent, the media type that is asked for, the form of the query, and how its answer is read.

    `template` makes a graph of rows, `finish` puts rows in order, `clean` puts right a line of the answer.
    """

    body: bytes
    accept: str
    form: str
    template: Template | None = None
    finish: Finish | None = None
    clean: Callable[[bytes], bytes] | None = None


def question(request: Request, marker: Marker, graphs: Collection[str], dialect: Dialect) -> Question:
    """The request as this engine answers it from what is published, and nothing else. The query must be well-formed.

    Raises BadQuery where its names cannot be told, EngineCannot where the engine would answer it wrongly.
    """
    pieces, base = rewrite.pieces(request.query), request.base
    iris = rewrite.iris(pieces, base)
    default, named = _dataset(request, marker, graphs)
    pieces = rewrite.known_graphs(rewrite.without_dataset(pieces), iris, named)
    named = _asked(pieces, iris, named)
    pieces = rewrite.renamed(pieces, iris, dialect.stored)
    form, made = tokens.form(request.query), None
    if form == "CONSTRUCT" and not dialect.builds_graphs:
        pieces, made = template.parted(pieces, base)
    if form == "DESCRIBE" and not dialect.builds_graphs:
        raise EngineCannot(
            f"DESCRIBE means something else to the engine behind this service ({dialect.name}). Say with CONSTRUCT "
            "what you want to know."
        )
    states_base = any(kind == "word" and piece.upper() == "BASE" for kind, piece in pieces)
    start = f"BASE <{base}> " if base and not states_base else ""  # Virtuoso takes one only
    said = dialect.say(pieces, "SELECT" if made else form)
    text = start + rewrite.text(said.pieces)
    asked = form in ("SELECT", "ASK") or made
    return Question(
        talk.form([("query", text)]) + b"&" + _encoded((default,), tuple(named)),
        talk.RESULTS if asked else talk.TRIPLES,
        form,
        made,
        said.finish,
        said.clean,
    )


def _dataset(request: Request, marker: Marker, graphs: Collection[str]) -> tuple[str, Collection[str]]:
    """The default graph and the named ones of a request (SPARQL 1.1 Protocol, 2.1.4), of those that are published."""
    default, named = request.default_graphs, request.named_graphs
    if not default and not named:
        default, named = tokens.dataset(request.query, request.base)
        if not default and not named:
            return marker.default, graphs
    known = [each for each in dict.fromkeys(default) if each in graphs]
    if len(known) > 1:
        raise EngineCannot(
            "The engine behind this service would count what stands in two default graphs twice. Name one default "
            "graph, or none: then it is all that is published."
        )
    return next(iter(known), NOTHING), [each for each in dict.fromkeys(named) if each in graphs]


def _asked(pieces: Pieces, iris: Mapping[str, str], named: Collection[str]) -> Collection[str]:
    """Of the named graphs those that the query can come to: all where a variable stands for one, else the stated."""
    found = list[str]()
    after = False
    for kind, piece in pieces:
        if kind in ("space", "comment"):
            continue
        if after and kind == "variable":
            return [*named, NOTHING]
        if after:
            found.append(iris.get(piece, piece))
        after = kind == "word" and piece.upper().endswith("GRAPH")
    return [*(each for each in dict.fromkeys(found) if each in named), NOTHING]


@lru_cache(8)  # of all published graphs there are many, and most queries ask for these
def _encoded(default: Sequence[str], named: Sequence[str]) -> bytes:
    # Both are always stated: without one some engines take all graphs, without the other none.
    pairs = [("default-graph-uri", each) for each in default] + [("named-graph-uri", each) for each in named]
    return talk.form(pairs)
