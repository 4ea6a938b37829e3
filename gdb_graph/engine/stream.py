"""Chunks of a large answer in as its engine makes them, the same out as its client takes them; bounded between."""

import asyncio
from collections import deque
from typing import Protocol

from gdb_graph.errors import GraphError

_AHEAD = 1024 * 1024


class Pausable(Protocol):
    """What the chunks come from."""

    def pause_reading(self) -> None:
        """Let nothing more come for now."""

    def resume_reading(self) -> None:
        """Let more come."""


class Stream:
    """The bytes of a large answer as they come. Ends with an error where the answer is cut."""

    def __init__(self, source: Pausable) -> None:
        self._source = source
        self._chunks: deque[bytes] = deque()
        self._ahead = 0
        self._paused = False
        self._more: asyncio.Future[None] | None = None
        self._error: GraphError | None = None
        self.ended = self.closed = False
        self.rows: int | None = None

    def feed(self, chunk: bytes) -> None:
        """Take a chunk; the engine has to wait while the client is far behind."""
        self._chunks.append(chunk)
        self._ahead += len(chunk)
        if self._ahead > _AHEAD and not self._paused:
            self._paused = True
            self._source.pause_reading()
        self._wake()

    def end(self, error: GraphError | None = None, rows: int | None = None) -> None:
        """Nothing more comes: that was all, or `error` cuts it."""
        self._error, self.rows, self.ended = error, rows, True
        self._resume()
        if error:  # what has not been sent must not make a cut answer look longer
            self._chunks.clear()
        self._wake()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._source.resume_reading()

    def _wake(self) -> None:
        if self._more and not self._more.done():
            self._more.set_result(None)

    def __aiter__(self) -> "Stream":
        """Itself."""
        return self

    async def __anext__(self) -> bytes:
        """The next chunk. Raises EngineError where the answer is cut."""
        while not self._chunks:
            if self._error:
                raise self._error
            if self.ended:
                raise StopAsyncIteration
            self._more = asyncio.get_running_loop().create_future()
            await self._more
        chunk = self._chunks.popleft()
        self._ahead -= len(chunk)
        if self._ahead <= _AHEAD:
            self._resume()
        return chunk

    async def aclose(self) -> None:
        """Nobody reads on; the query is stopped if it still runs."""
        self.closed = True
