"""A query in, the same query with other names or without its dataset out, piece by piece; all else stays as it is."""

from collections.abc import Callable, Collection, Iterator, Mapping

import pyoxigraph as ox

from gdb_graph.engine import tokens
from gdb_graph.errors import BadQuery
from gdb_graph.remote.names import NOTHING

Pieces = list[tuple[str, str]]
_SPACE = ("space", "comment")


def pieces(query: str) -> Pieces:
    """The pieces of a query, for the functions below. Raises BadQuery where a keyword is written with escapes."""
    found = list(tokens.pieces(query))
    if ("other", "\\") in found:
        raise BadQuery(r"Write keywords and punctuation as they are: \u escapes are read only in names and strings.")
    return found


def text(of: Pieces) -> str:
    """The query again, comments left out: some engines read them otherwise than others."""
    return "".join(" " if kind == "comment" else piece for kind, piece in of)


def without_dataset(of: Pieces) -> Pieces:
    """The query without FROM and FROM NAMED: the dataset goes beside it, so that engines cannot mix the two."""
    kept: Pieces = []
    skip = 0
    for kind, piece in of:
        word = piece.upper() if kind == "word" else ""
        if skip and kind not in _SPACE:
            skip = 1 if word == "NAMED" else skip - 1
        elif word.endswith(("FROM", "FROMNAMED")) and not _in_pattern(kept):
            kept.append((kind, piece[: word.rindex("FROM")]))
            skip = 1
        else:
            kept.append((kind, piece))
    return kept


def _in_pattern(so_far: Pieces) -> bool:
    """Whether the pattern has begun; of CONSTRUCT the template comes first, and the dataset behind it."""
    depth = 0
    closed = 0
    constructs = any(kind == "word" and piece.upper().startswith("CONSTRUCT") for kind, piece in so_far)
    for _, piece in so_far:
        depth += (piece == "{") - (piece == "}")
        closed += piece == "}" and depth == 0
    return depth > 0 or closed > (1 if constructs else 0)


def known_graphs(of: Pieces, iris: Mapping[str, str], known: Collection[str]) -> Pieces:
    """The query with every constant graph that is not `known` replaced by the one that is always empty."""
    after = False
    kept: Pieces = []
    for kind, piece in of:
        if after and kind in ("iri", "name") and iris.get(piece, piece) not in known:
            kept.append(("iri", f"<{NOTHING}>"))
        else:
            kept.append((kind, piece))
        if kind not in _SPACE:
            after = kind == "word" and piece.upper().endswith("GRAPH")
    return kept


def renamed(of: Pieces, iris: Mapping[str, str], rename: Callable[[str], str]) -> Pieces:
    """The query with the IRIs renamed; a name with a prefix is written out where its IRI has another name."""
    kept: Pieces = []
    for kind, piece in of:
        new = rename(iris[piece]) if piece in iris else ""
        kept.append(("iri", f"<{new}>") if new and new != iris[piece] else (kind, piece))
    return kept


def iris(of: Pieces, base: str) -> Mapping[str, str]:
    """By the text of every IRI and prefixed name in the query: the IRI that it means."""
    prologue, terms = "", dict[str, None]()
    for kind, piece in _terms(of):
        if kind == "declaration":
            prologue += piece
        else:
            terms[piece] = None
    numbered = list(terms)
    # Turtle shares the prologue and the terms, and pyoxigraph reads both languages by the same rules.
    turtle = prologue + "".join(f"<a:{number}> <a:is> {term} .\n" for number, term in enumerate(numbered))
    try:
        read = list(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=base or None))
    except SyntaxError as error:
        raise BadQuery("Put blanks around PREFIX and BASE, so that the names can be told.") from error
    found = {str(quad.subject): quad.object for quad in read}
    means = {term: found.get(f"<a:{number}>") for number, term in enumerate(numbered)}
    return {term: node.value for term, node in means.items() if isinstance(node, ox.NamedNode)}


def _terms(of: Pieces) -> Iterator[tuple[str, str]]:
    """The declarations of the prologue, and every IRI and name behind it."""
    solid = iter([each for each in of if each[0] not in _SPACE])
    for kind, piece in solid:
        word = piece.upper() if kind == "word" else ""
        if word == "BASE":
            yield "declaration", f"BASE {next(solid, ('', ''))[1]} "
        elif word == "PREFIX":
            yield "declaration", f"PREFIX {next(solid, ('', ''))[1]} {next(solid, ('', ''))[1]} "
        elif kind in ("iri", "name") and not piece.startswith("_:"):
            yield kind, piece
