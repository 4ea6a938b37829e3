"""What serving is made of: the answer to one query, the function that gives it, and what is published now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gdb_graph.engine.sparql import Request
from gdb_graph.engine.stream import Stream
from gdb_graph.queryfile import Query
from gdb_graph.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of an answer, their content type, and how many rows or triples they hold.

    `body` is the whole answer where it was small enough to be ready at once. Else it is empty and `chunks`
    gives the bytes as they come, and the rows when they have come; an EngineError out of `chunks` means the
    answer is cut and must be aborted.
    """

    content_type: str
    body: bytes = b""
    chunks: Stream | None = None
    rows: int = 0


Run = Callable[[Request], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Published:
    """One snapshot as it is served: what it is, its curated queries, and how to ask it."""

    snapshot: Snapshot
    queries: Mapping[str, Query]
    run: Run


Current = Callable[[], Published]
"""Gives what is published now. A request asks once, so that its answer is from one snapshot."""
