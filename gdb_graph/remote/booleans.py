"""A query in, the names that stand for true and false out: told by the operator or function that computes them."""

from collections.abc import Iterator

from gdb_graph.remote import shape
from gdb_graph.remote.rewrite import Pieces
from gdb_graph.remote.shape import word

_TESTS = ["ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "BOUND", "EXISTS", "NOT"]
_FUNCTIONS = frozenset([*_TESTS, "REGEX", "CONTAINS", "STRSTARTS", "STRENDS", "LANGMATCHES", "SAMETERM"])
_OPERATORS = frozenset("=!<>&|")
_OF_VALUES = frozenset(["COALESCE", "MIN", "MAX", "SAMPLE"])


def names(pieces: Pieces) -> frozenset[str]:
    """The variables that `(… AS ?name)` gives a boolean, wherever in the query that stands."""
    found: set[str] = set()
    for expression, name in named(pieces):
        if _is_boolean(expression, found):
            found.add(name)
    return frozenset(found)


def named(pieces: Pieces) -> Iterator[tuple[Pieces, str]]:
    """Every `(expression AS ?name)`: the expression and the name."""
    for number, each in enumerate(pieces):
        if each[1] == "(":
            inside = shape.solid(pieces[number + 1 : shape.close(pieces, number)])
            if len(inside) > 2 and word(inside[-2]) == "AS" and inside[-1][0] == "variable":
                yield inside[:-2], inside[-1][1][1:]


def _is_boolean(expression: Pieces, known: set[str]) -> bool:
    while expression and expression[0][1] == "(" and shape.close(expression, 0) == len(expression) - 1:
        expression = expression[1:-1]
    if not expression:
        return False
    first = word(expression[0])
    if any(expression[at][1] in _OPERATORS or word(expression[at]) == "IN" for at in _outside(expression)):
        return True
    if len(expression) == 1:
        return first in ("TRUE", "FALSE") or expression[0][1][1:] in known
    if first == "IF":
        return all(_is_boolean(each, known) for each in _arguments(expression)[1:])
    if first in _OF_VALUES:
        return all(_is_boolean(each, known) for each in _arguments(expression))
    return first in _FUNCTIONS


def _outside(expression: Pieces) -> Iterator[int]:
    """The places in no bracket."""
    depth = 0
    for at, each in enumerate(expression):
        depth -= each[1] in (")", "}")
        if depth == 0:
            yield at
        depth += each[1] in ("(", "{")


def _arguments(call: Pieces) -> list[Pieces]:
    inside = call[2:-1]
    commas = [at for at in _outside(inside) if inside[at][1] == ","]
    ends = [*commas, len(inside)]
    starts = [0, *(at + 1 for at in commas)]
    return [
        [each for each in inside[start:end] if word(each) != "DISTINCT"]
        for start, end in zip(starts, ends, strict=True)
    ]
