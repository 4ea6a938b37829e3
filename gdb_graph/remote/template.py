"""A CONSTRUCT in, a SELECT and a template out, which makes the graph of the rows here instead of in the engine."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from gdb_graph.remote import rewrite, shape
from gdb_graph.remote.rewrite import Pieces

_AT_ONCE = 1000
NODE = "urn:gdb-graph:node:"


@dataclass(frozen=True, slots=True)
class Template:
    """What is made of each row: the prologue and the template as they stand, the variables, the base IRI."""

    prologue: str
    triples: str
    variables: tuple[str, ...]
    base: str

    def fill(self, rows: Iterable[ox.QuerySolution]) -> Iterator[ox.Triple]:
        """The triples of all rows; blank nodes of the template are others for each row (SPARQL 1.1, 16.2.1)."""
        store = ox.Store()
        coming = iter(rows)
        head = " ".join(f"?{name}" for name in self.variables)
        while part := list(islice(coming, _AT_ONCE)):
            lines = "\n".join(f"({' '.join(written(row[name]) for name in self.variables)})" for row in part)
            text = f"{self.prologue} CONSTRUCT {{ {self.triples} }} WHERE {{ VALUES ({head}) {{ {lines} }} }}"
            made = store.query(text, base_iri=self.base or None)
            yield from filter(None, map(_with_nodes, made))  # type: ignore[arg-type]


def parted(pieces: Pieces, base: str) -> tuple[Pieces, Template]:
    """The SELECT that gives the rows, and the template."""
    words = [kind == "word" and piece.upper().startswith("CONSTRUCT") for kind, piece in pieces]
    at = words.index(True)
    opening = next(number for number in range(at, len(pieces)) if pieces[number][1] == "{")
    between = rewrite.text(pieces[at + 1 : opening])
    closing = shape.close(pieces, opening)
    inside = pieces[opening + 1 : closing]
    # CONSTRUCT WHERE { … } has one pattern for both (16.2.4).
    rest = pieces[opening:] if "WHERE" in between.upper() else pieces[closing + 1 :]
    variables = tuple(dict.fromkeys(piece[1:] for kind, piece in inside if kind == "variable"))
    head = " ".join(f"?{name}" for name in variables) or "(1 AS ?one)"
    prologue = rewrite.text(pieces[:at])
    select: Pieces = [*pieces[:at], *rewrite.pieces(f"SELECT {head} "), *rest]
    return select, Template(prologue, rewrite.text(inside), variables or ("one",), base)


def written(term: object) -> str:
    """A term as it stands in VALUES; a blank node as an IRI, since it cannot stand there."""
    if term is None:
        return "UNDEF"
    return f"<{NODE}{term.value}>" if isinstance(term, ox.BlankNode) else str(term)


def _with_nodes(triple: ox.Triple) -> ox.Triple | None:
    """The triple with its blank nodes again; None where one stands as a property, as no triple can have it."""
    subject, object_ = (_node(each) for each in (triple.subject, triple.object))
    if triple.predicate.value.startswith(NODE):
        return None
    return ox.Triple(subject, triple.predicate, object_)  # type: ignore[arg-type]


def _node(term: object) -> object:
    if isinstance(term, ox.NamedNode) and term.value.startswith(NODE):
        return ox.BlankNode(term.value.removeprefix(NODE))
    return term
