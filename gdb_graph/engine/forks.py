"""A snapshot's quads in, connected engines out: starts the nursery that holds them, has it fork and kill."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from gdb_graph.engine import nursery
from gdb_graph.engine.child import Bounds
from gdb_graph.engine.link import Link
from gdb_graph.errors import EngineError

_SLOW_NICENESS = 15


class Forks:
    """The nursery of one snapshot. A nursery that has ended is started again when the next engine is asked for."""

    def __init__(self, quads: Path, base: str, bounds: Bounds) -> None:
        self._quads, self._base, self._bounds = quads, base, bounds
        self._turn = asyncio.Lock()
        self._nursery: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None

    async def connect(self, make: Callable[[], Link]) -> Link:
        """A new engine, connected. Raises EngineError where none can be had."""
        async with self._turn:
            if self._nursery is None or self._nursery.returncode is not None:
                await self._start()
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                self._tell(b"F", theirs)
                reply = await asyncio.get_running_loop().sock_recv(self._heard_on(), nursery.MESSAGE)
            except OSError as error:
                ours.close()
                raise EngineError(f"No engine could be started: {error}") from error
            finally:
                theirs.close()
            if not reply.isdigit():
                ours.close()
                raise EngineError(f"No engine could be started: {reply[1:].decode() or 'its parent is gone'}")
        ours.setblocking(False)
        _, link = await asyncio.get_running_loop().create_unix_connection(make, sock=ours)
        link.pid = int(reply)
        return link

    def kill(self, link: Link) -> None:
        """End an engine whatever it does."""
        with contextlib.suppress(OSError):  # a nursery that is gone took its engines along
            self._tell(b"K " + str(link.pid).encode())

    async def close(self) -> None:
        """End the nursery and all engines."""
        if self._control:
            self._control.close()
        if self._nursery and self._nursery.returncode is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._nursery.wait(), 2)
            if self._nursery.returncode is None:
                self._nursery.kill()
                await self._nursery.wait()

    async def _start(self) -> None:
        if self._control:
            self._control.close()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        arguments = [str(self._quads), self._base, *map(str, self._bounds), str(theirs.fileno())]
        self._nursery = await asyncio.create_subprocess_exec(
            sys.executable, "-m", nursery.__name__, *arguments, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        said = await asyncio.get_running_loop().sock_recv(self._control, nursery.MESSAGE)
        if said != nursery.READY:
            why = said[1:].decode(errors="replace") or "see the log"
            raise EngineError(f"The snapshot could not be loaded from {self._quads}: {why}")

    def _heard_on(self) -> socket.socket:
        assert self._control is not None  # noqa: S101 - the nursery was started
        return self._control

    def _tell(self, message: bytes, *sockets: socket.socket) -> None:
        socket.send_fds(self._heard_on(), [message], [each.fileno() for each in sockets])


def lower_priority(link: Link) -> None:
    """Leave the processor to others while they want it; some of it stays, so that the engine comes to an end."""
    with contextlib.suppress(OSError):  # it has ended
        os.setpriority(os.PRIO_PROCESS, link.pid, _SLOW_NICENESS)
