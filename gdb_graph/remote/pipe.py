"""Between the event loop and a thread: bytes that come to it as a file, and what it writes as the answer to a job."""

import asyncio
import io
import queue
import threading
from collections.abc import Callable
from typing import Any, cast

from gdb_graph.engine.link import Job, Link

_AHEAD = 1024 * 1024


class Pipe(io.RawIOBase):
    """Bytes in as the event loop receives them, the same bytes out as a file that a thread reads; bounded between.

    `put` and `end` belong to the event loop, reading to one thread. `clean`, if any, is given whole lines.
    """

    def __init__(self, clean: Callable[[bytes], bytes] | None) -> None:
        self._loop, self._clean = asyncio.get_running_loop(), clean
        self._chunks: queue.SimpleQueue[bytes | BaseException] = queue.SimpleQueue()
        self._ahead = 0
        self._room = asyncio.Event()
        self._rest = self._ready = b""
        self._ended = False

    async def put(self, chunk: bytes) -> None:
        """Hand on a chunk; waits while the thread is far behind."""
        self._ahead += len(chunk)
        self._chunks.put(chunk)
        while self._ahead > _AHEAD:
            self._room.clear()
            await self._room.wait()

    def end(self, error: BaseException | None = None) -> None:
        """That was all; or `error` ends it, and is what the thread gets."""
        self._chunks.put(error or b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as there is something."""
        while not self._ready and not self._ended:
            self._ready = self._clean(self._next_lines()) if self._clean else self._next()
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _next(self) -> bytes:
        """The next chunk; nothing at the end."""
        chunk = self._chunks.get()
        self._ended = not isinstance(chunk, bytes) or not chunk
        if isinstance(chunk, BaseException):
            raise chunk
        self._loop.call_soon_threadsafe(self._taken, len(chunk))
        return chunk

    def _next_lines(self) -> bytes:
        """The next whole lines; at the end what is left."""
        data = self._rest + self._next()
        end = len(data) if self._ended else data.rfind(b"\n") + 1
        self._rest = data[end:]
        return data[:end]

    def _taken(self, count: int) -> None:
        self._ahead -= count
        self._room.set()


class Sink:
    """What an answer is written to, from a thread or from the event loop: it comes out of the job as it should."""

    def __init__(self, job: Job) -> None:
        self._loop, self._loops_thread = asyncio.get_running_loop(), threading.get_ident()
        self._link = Link(lambda _link, _job: None, lambda _link: None)
        self._link.connection_made(cast(asyncio.BaseTransport, self))
        self._link.job = job
        self._open = asyncio.Event()
        self._open.set()

    def sendall(self, data: bytes) -> None:
        """Take frames of the answer; the thread waits while the client is far behind."""
        if threading.get_ident() == self._loops_thread:
            self._link.data_received(data)
        else:
            asyncio.run_coroutine_threadsafe(self._feed(data), self._loop).result()

    def pause_reading(self) -> None:
        """Let the thread wait."""
        self._open.clear()

    def resume_reading(self) -> None:
        """Let it go on."""
        self._open.set()

    def close(self) -> None:
        """Take nothing more."""
        self._link.job = None
        self._open.set()

    async def _feed(self, data: bytes) -> None:
        self._link.data_received(data)
        await self._open.wait()
