"""The pieces of a query in, its parts out: what stands before, the items of SELECT, the pattern, what stands behind."""

from collections.abc import Iterator
from dataclasses import dataclass

from gdb_graph.remote.rewrite import Pieces

_SPACE = ("space", "comment")


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT query: prologue, DISTINCT or REDUCED or nothing, the items, the pattern in its braces, and the rest."""

    prologue: Pieces
    modifier: str
    items: list[Pieces]
    pattern: Pieces
    rest: Pieces


def solid(pieces: Pieces) -> Pieces:
    """Without white space and comments."""
    return [each for each in pieces if each[0] not in _SPACE]


def word(piece: tuple[str, str]) -> str:
    """The keyword that a piece may be, in capitals; "" for what is none."""
    return piece[1].upper() if piece[0] == "word" else ""


def select(pieces: Pieces) -> Select:
    """The parts of a SELECT that is known to be well-formed, without dataset clauses."""
    at = next(number for number, each in enumerate(pieces) if word(each).startswith("SELECT"))
    opening = next(number for number, depth in _depths(pieces, at) if pieces[number][1] == "{" and depth == 1)
    closing = close(pieces, opening)
    inside = [each for each in solid(pieces[at + 1 : opening]) if word(each) != "WHERE"]
    modifier = word(inside[0]) if word(inside[0]) in ("DISTINCT", "REDUCED") else ""
    items = _items(pieces[at + 1 : opening], 1 if modifier else 0)
    return Select(pieces[:at], modifier, items, pieces[opening : closing + 1], pieces[closing + 1 :])


def _items(pieces: Pieces, skip: int) -> list[Pieces]:
    """Variables and expressions in brackets, each as it stands; the first `skip` are left out, and WHERE at the end."""
    items: list[Pieces] = []
    depth = 0
    for each in pieces:
        if depth == 0 and each[0] not in _SPACE:
            items.append([])
        if depth or each[0] not in _SPACE:
            items[-1].append(each)
        depth += (each[1] == "(") - (each[1] == ")")
    return [each for each in items[skip:] if word(each[0]) != "WHERE"]


def _depths(pieces: Pieces, start: int) -> Iterator[tuple[int, int]]:
    """From `start` on each place and how many brackets are open behind it."""
    depth = 0
    for number in range(start, len(pieces)):
        piece = pieces[number][1]
        depth += (piece in ("{", "(")) - (piece in ("}", ")"))
        yield number, depth


def close(pieces: Pieces, opening: int) -> int:
    """Where the bracket that opens there is closed."""
    return next(number for number, depth in _depths(pieces, opening) if depth == 0)


def groups(pieces: Pieces) -> Iterator[tuple[int, int]]:
    """Where each group in braces begins and ends."""
    for number, each in enumerate(pieces):
        if each[1] == "{":
            yield number, close(pieces, number)


def level(pieces: Pieces, opening: int, closing: int) -> Iterator[int]:
    """The places in a group that stand in no bracket within it; brackets that open count, what is in them does not."""
    for number, depth in _depths(pieces[:closing], opening):
        if number != opening and depth == (2 if pieces[number][1] in ("{", "(") else 1):
            yield number
