"""A snapshot and limits in, a function out that answers one query at a time per engine and always comes back.

An engine is killed at the deadline, and when nobody waits for its answer any more; a fresh one takes its place.
"""

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from gdb_graph import errors
from gdb_graph.engine import frames, nursery
from gdb_graph.engine.answer import Answer
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import Busy, EngineError, GraphError, QueryTimeout, QueryTooLarge

_READY_AT_ONCE = 256 * 1024
_AGAIN_SECONDS = 0.1
_NAMED_ERRORS = {"BadQuery", "NotAcceptable", "QueryTooLarge", "EngineError"}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many engines, how long the line, what one query may take (seconds; MB it may add)."""

    engines: int
    waiting: int
    seconds: float
    megabytes: int


@dataclass(eq=False, slots=True)
class _Engine:
    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Pool:
    """The engines of one snapshot. Use `start`, then `run`, and at the end `close`."""

    def __init__(self, quads: Path, base: str, limits: Limits) -> None:
        self._quads, self._base, self._limits = quads, base, limits
        self._idle: asyncio.Queue[_Engine] = asyncio.Queue()
        self._busy: set[_Engine] = set()
        self._waiting = 0
        self._spawning = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._nursery: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None

    async def start(self) -> None:
        """Load the snapshot and fork the engines. Raises EngineError where that fails."""
        await self._start_nursery()
        for _ in range(self._limits.engines):
            self._idle.put_nowait(await self._spawn())

    async def close(self) -> None:
        """Stop everything at once; what is running is cut."""
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        if self._control:
            self._control.close()
        if self._nursery and self._nursery.returncode is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._nursery.wait(), 2)
            if self._nursery.returncode is None:
                self._nursery.kill()
                await self._nursery.wait()
        while not self._idle.empty():
            self._idle.get_nowait().writer.close()

    @property
    def at_rest(self) -> bool:
        """Whether nobody is served and nobody waits."""
        return not self._busy and not self._waiting

    async def run(self, request: Request) -> Answer:
        """The answer to one query. Raises QueryError or EngineError; what it raises before returning, and
        what comes out of the answer's chunks, together tell of every answer that is not whole.
        """
        engine = await self._take()
        deadline = asyncio.get_running_loop().time() + self._limits.seconds
        stream = self._answer(engine, request, deadline)
        try:
            content_type = (await anext(stream)).decode()
            ready = bytearray()
            async for chunk in stream:
                ready += chunk
                if len(ready) > _READY_AT_ONCE:
                    return Answer(content_type, chunks=_rest(bytes(ready), stream))
        except BaseException:
            await stream.aclose()
            raise
        return Answer(content_type, bytes(ready))

    async def _take(self) -> _Engine:
        if self._idle.empty() and self._waiting >= self._limits.waiting:
            raise Busy(f"{self._waiting} requests are waiting already, and no more may. Try again in a moment.")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._limits.seconds):
                engine = await self._idle.get()
                while engine.reader.at_eof():  # somebody killed it while it was idle
                    self._release(engine, clean=False)
                    engine = await self._idle.get()
        except TimeoutError as error:
            raise Busy("No engine came free within the deadline. Try again in a moment.") from error
        finally:
            self._waiting -= 1
        self._busy.add(engine)
        return engine

    async def _answer(self, engine: _Engine, request: Request, deadline: float) -> AsyncGenerator[bytes, None]:
        """First the content type, then the bytes; the engine goes back or is replaced, however this ends."""
        clean = False
        try:
            engine.writer.write(frames.encode(request))
            while True:
                # One timeout a frame: a generator may be driven by more than one task.
                async with asyncio.timeout_at(deadline):
                    kind, payload = await frames.read(engine.reader)
                clean = kind in (frames.END, frames.ERROR)
                if kind == frames.END:
                    return
                if kind == frames.ERROR:
                    raise _error(payload)
                yield payload
        except TimeoutError as error:
            raise QueryTimeout(
                f"The query was stopped after {self._limits.seconds:g} s. Ask for less: add a LIMIT, narrow the "
                "patterns, or take the dump."
            ) from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise QueryTooLarge(
                f"The query was stopped: it needed more than {self._limits.megabytes} MB, or was nested too deeply. "
                "Ask for less, or simplify it."
            ) from error
        finally:
            self._release(engine, clean)

    def _release(self, engine: _Engine, clean: bool) -> None:
        self._busy.discard(engine)
        if clean and not self._closing:
            self._idle.put_nowait(engine)
        elif not self._closing:
            task = asyncio.create_task(self._replace(engine))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _replace(self, engine: _Engine) -> None:
        engine.writer.close()
        try:
            self._tell(b"K " + str(engine.pid).encode())
        except OSError:
            # The nursery is gone, and its engines with it: they die with their parent.
            log.warning("the parent of the engines is gone; starting another")
        while not self._closing:
            try:
                self._idle.put_nowait(await self._spawn())
                return
            except EngineError as error:
                log.warning("%s Trying again.", error)
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _spawn(self) -> _Engine:
        """A new engine; the nursery is started again if it is gone."""
        async with self._spawning:
            if self._nursery is None or self._nursery.returncode is not None:
                await self._start_nursery()
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                reply = await self._ask(b"F", theirs)
            except OSError as error:
                ours.close()
                raise EngineError(f"No engine could be started: {error}") from error
            finally:
                theirs.close()
            if not reply.isdigit():
                ours.close()
                raise EngineError(f"No engine could be started: {reply[1:].decode() or 'its parent is gone'}")
            ours.setblocking(False)
            return _Engine(int(reply), *await asyncio.open_unix_connection(sock=ours, limit=2**20))

    async def _start_nursery(self) -> None:
        if self._control:
            self._control.close()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        arguments = [str(self._quads), self._base, str(self._limits.megabytes), str(theirs.fileno())]
        self._nursery = await asyncio.create_subprocess_exec(
            sys.executable, "-m", nursery.__name__, *arguments, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        if await asyncio.get_running_loop().sock_recv(self._control, 64) != nursery.READY:
            raise EngineError(f"The snapshot could not be loaded from {self._quads}; see the log.")

    def _tell(self, message: bytes, *sockets: socket.socket) -> None:
        assert self._control is not None  # noqa: S101 - start was called
        socket.send_fds(self._control, [message], [each.fileno() for each in sockets])

    async def _ask(self, message: bytes, *sockets: socket.socket) -> bytes:
        assert self._control is not None  # noqa: S101 - start was called
        self._tell(message, *sockets)
        return await asyncio.get_running_loop().sock_recv(self._control, 256)


async def _rest(ready: bytes, stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    try:
        yield ready
        async for chunk in stream:
            yield chunk
    finally:
        await stream.aclose()


def _error(payload: bytes) -> GraphError:
    told = frames.read_error(payload)
    if told["error"] not in _NAMED_ERRORS:
        return EngineError(told["message"])
    kind: type[GraphError] = getattr(errors, told["error"])
    return kind(told["message"])
