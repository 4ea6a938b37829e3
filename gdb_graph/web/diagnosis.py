"""A query without rows in, why out: the pattern that removed the last row, and those without which there would be some.

Patterns are left out and asked again, each time as a query of its own for the same client and within the same limits.
What cannot be told so, or not in time, is left unsaid.
"""

import asyncio
import json
from dataclasses import dataclass, replace

from gdb_graph.engine.answer import Published
from gdb_graph.engine.patterns import Parts, Pattern, split
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.errors import GraphError
from gdb_graph.rows import read
from gdb_graph.web.hints import Literal, Unknown, literals, unknown
from gdb_graph.web.parts import JSON_RESULTS, whole

COUNTED = 1000
_MOST_DROPPED, _DEEPEST = 16, 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the query as a person finds it: its text, and the line where it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Removed:
    """The pattern with which the last row goes.

    `before` counts the rows of the patterns before it, as far as COUNTED + 1, or is None; `alone` says whether it
    matches by itself; `against` are patterns that it has no row together with.
    """

    piece: Piece
    before: int | None
    alone: bool
    against: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a query has no rows, as far as found; `complete` if nothing was left unasked for lack of time.

    `modifiers`: the patterns have rows, and HAVING, LIMIT or OFFSET leave none.
    """

    removed: Removed | None = None
    without: tuple[Piece, ...] = ()
    modifiers: bool = False
    unknown: tuple[Unknown, ...] = ()
    literals: tuple[Literal, ...] = ()
    complete: bool = True


class _Asker:
    """Asks variants of one query: in its dataset, under its base."""

    def __init__(self, now: Published, query: Query) -> None:
        self._now = now
        self._query = replace(query, accept=JSON_RESULTS, labels=(), notes=(), first=0)

    async def true(self, text: str) -> bool:
        """The answer to an ASK. Raises GraphError."""
        body = await whole(await self._now.run(replace(self._query, query=text)))
        return bool(json.loads(body)["boolean"])

    async def number(self, text: str) -> int | None:
        """The one number that a query answers with; None where it cannot be had."""
        try:
            _, rows = read(await whole(await self._now.run(replace(self._query, query=text))))
        except GraphError:
            return None
        return int(rows[0]["count"].value) if rows else None


async def diagnose(now: Published, query: Query, seconds: float) -> Diagnosis:
    """Why `query` has no rows; asks for `seconds` at most. Never raises for the query's sake."""
    found = Diagnosis()
    parts = split(query.query)
    if not parts:
        return found
    try:
        async with asyncio.timeout(seconds):
            found = replace(found, unknown=await unknown(now, query, parts))
            found = replace(found, literals=await literals(now, query, parts))
            found = await _patterns(_Asker(now, query), query.query, parts, found)
    except (TimeoutError, GraphError):
        return replace(found, complete=False)
    return found


async def _patterns(asker: _Asker, text: str, parts: Parts, found: Diagnosis, depth: int = 0) -> Diagnosis:
    patterns = parts.patterns
    if not patterns:
        return found
    if await asker.true(parts.ask(patterns)):
        return replace(found, modifiers=True)
    place = await _first_without_rows(asker, parts)
    culprit = patterns[place]
    alone = await asker.true(parts.ask([culprit])) if culprit.kind != "filter" else True
    inner = parts.within(culprit) if not alone and depth < _DEEPEST else None
    if inner and inner.patterns:
        return await _patterns(asker, text, inner, found, depth + 1)
    removed = Removed(
        _piece(text, culprit),
        await asker.number(parts.count(patterns[:place], COUNTED + 1)) if place else None,
        alone,
        await _against(asker, text, parts, place) if alone and culprit.kind == "triple" else (),
    )
    found = replace(found, removed=removed)
    return replace(found, without=await _without(asker, text, parts))


async def _first_without_rows(asker: _Asker, parts: Parts) -> int:
    """The place of the pattern with which the rows of those before it are gone; more patterns never bring rows back."""
    low, high = 0, len(parts.patterns) - 1
    while low < high:
        middle = (low + high) // 2
        if await asker.true(parts.ask(parts.patterns[: middle + 1])):
            low = middle + 1
        else:
            high = middle
    return low


async def _against(asker: _Asker, text: str, parts: Parts, place: int) -> tuple[Piece, ...]:
    culprit, before = parts.patterns[place], parts.patterns[:place][:_MOST_DROPPED]
    others = [each for each in before if each.kind in ("triple", "values", "graph")]
    return tuple([_piece(text, each) for each in others if not await asker.true(parts.ask([each, culprit]))])


async def _without(asker: _Asker, text: str, parts: Parts) -> tuple[Piece, ...]:
    """The patterns without any one of which there are rows."""
    found = []
    for pattern in parts.patterns[:_MOST_DROPPED]:
        if pattern.kind in ("optional", "bind") or len(parts.patterns) == 1:
            continue
        try:
            if await asker.true(parts.ask([each for each in parts.patterns if each is not pattern])):
                found.append(_piece(text, pattern))
        except GraphError:  # without it this is no query, or one too costly; that tells nothing
            continue
    return tuple(found)


def _piece(text: str, pattern: Pattern) -> Piece:
    return Piece(" ".join(pattern.text.split()), text.count("\n", 0, max(pattern.at, 0)) + 1)
