"""A store and the text of a query in, its rows or triples out, typed: pyoxigraph's answer is a union of all forms."""

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal


def select(store: ox.Store, text: str) -> Iterator[Mapping[str, Term]]:
    """The rows of a SELECT, each with the variables that are bound, in the order of the SELECT clause."""
    solutions = store.query(text)
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError(f"not a SELECT: {text}")
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        row: dict[str, Term] = {}
        for name in names:
            term = solution[name]
            if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal):
                row[name] = term
        yield row


def construct(store: ox.Store, text: str) -> Iterable[ox.Triple]:
    """The triples of a CONSTRUCT; one may come more than once."""
    triples = store.query(text)
    if not isinstance(triples, ox.QueryTriples):
        raise TypeError(f"not a CONSTRUCT: {text}")
    return triples
