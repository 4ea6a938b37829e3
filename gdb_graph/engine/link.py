"""One engine as the HTTP process sees it: a job in, its answer out as it comes, and word when it is free or gone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from gdb_graph import errors
from gdb_graph.engine import frames
from gdb_graph.engine.answer import Answer
from gdb_graph.engine.sparql import Request
from gdb_graph.engine.stream import Stream
from gdb_graph.errors import EngineError, GraphError

_READY_AT_ONCE = 64 * 1024
_NAMED_ERRORS = {"BadQuery", "NotAcceptable", "QueryTooLarge", "ResultTooLarge"}


@dataclass(eq=False, slots=True)
class Job:
    """One query on its way to an answer. Times are those of the event loop."""

    request: Request
    answer: asyncio.Future[Answer]
    since: float
    """When it began to wait, or, on an engine, to run."""
    content_type: str = ""
    ready: bytearray = field(default_factory=bytearray)
    stream: Stream | None = None

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self.stream.closed if self.stream else self.answer.done()

    def succeed(self, rows: int) -> None:
        """All of the answer is there."""
        if self.stream:
            self.stream.end(rows=rows)
        elif not self.answer.done():
            self.answer.set_result(Answer(self.content_type, bytes(self.ready), rows=rows))

    def fail(self, error: GraphError) -> None:
        """Answer with an error; what has been sent already is cut."""
        if self.stream:
            self.stream.end(error)
        elif not self.answer.done():
            self.answer.set_exception(error)


class Link(asyncio.Protocol):
    """A connection to one engine. Calls `free` with the job that is done and `gone` when the engine has ended.

    `grown` is how many MB of its own the engine has by now, beside those it shares; `idle_since` is the pool's.
    """

    def __init__(self, free: Callable[["Link", Job], None], gone: Callable[["Link"], None]) -> None:
        self._free, self._gone = free, gone
        self._received = bytearray()
        self.pid = 0
        self.job: Job | None = None
        self.slow = False
        self.grown = 0
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)  # a stream socket has no other

    def ask(self, job: Job) -> None:
        """Have the engine do the job; it must be free."""
        self.job = job
        self._transport.write(frames.encode(job.request))

    def close(self) -> None:
        """Let the engine end."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Pass on what the engine says."""
        self._received += data
        for kind, payload in frames.split(self._received):
            if self.job:
                self._heard(self.job, kind, payload)

    def _heard(self, job: Job, kind: bytes, payload: bytes) -> None:
        if kind == frames.DATA:
            if job.stream:
                job.stream.feed(payload)
                return
            job.ready += payload
            if len(job.ready) > _READY_AT_ONCE and not job.answer.done():
                job.stream = Stream(self._transport)
                job.stream.feed(bytes(job.ready))
                job.answer.set_result(Answer(job.content_type, chunks=job.stream))
        elif kind == frames.HEAD:
            job.content_type = payload.decode()
        else:
            if kind == frames.ERROR:
                job.fail(_error(payload))
            else:
                rows, self.grown = frames.read_end(payload)
                job.succeed(rows)
            self.job = None
            self._free(self, job)

    def connection_lost(self, _error: Exception | None) -> None:
        """The engine has ended."""
        self._gone(self)


def _error(payload: bytes) -> GraphError:
    told = frames.read_error(payload)
    if told["error"] not in _NAMED_ERRORS:
        return EngineError(told["message"])
    kind: type[GraphError] = getattr(errors, told["error"])
    return kind(told["message"], *told["place"])
