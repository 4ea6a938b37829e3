"""Where to find the snapshot in, what is published now out: opens it, and changes over when it is another one.

The old snapshot goes on answering what it began, and ends when that is done.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from gdb_graph import history, queryfile, snapshot
from gdb_graph.engine.answer import Published
from gdb_graph.engine.archive import Archive
from gdb_graph.engine.pool import Limits, Pool
from gdb_graph.errors import GraphError, SnapshotError

log = logging.getLogger(__name__)


class Service:
    """Serves the snapshot in `first`, then any other that `find` comes to name; enter it as a context.

    `archive` has those that lie beside it.
    """

    def __init__(self, first: Path, find: Callable[[], Path], limits: Limits, look_seconds: float) -> None:
        self._first, self._find, self._limits, self._look_seconds = first, find, limits, look_seconds
        self.archive = Archive(first.resolve().parent, limits)
        self._pool: Pool | None = None
        self._held: IO[bytes] | None = None
        self._published: Published | None = None
        self._watch: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Service":
        """Open the snapshot. Raises SnapshotError or EngineError."""
        pointed = self._find()
        await self._open(self._first)
        self._watch = asyncio.create_task(self._look(pointed))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop all engines."""
        for task in [self._watch, *self._ending]:
            if task:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await self.archive.close()
        if self._pool:
            await self._pool.close()
        if self._held:
            self._held.close()

    def current(self) -> Published:
        """What is published now. Raises SnapshotError before the first snapshot is open."""
        if self._published is None:
            raise SnapshotError("The service is still opening its snapshot. Try again in a moment.")
        return self._published

    def load(self) -> Mapping[str, int]:
        """How many queries run and wait in each lane."""
        older = self.archive.load()
        return {lane: count + older.get(lane, 0) for lane, count in (self._pool.load if self._pool else {}).items()}

    async def _open(self, folder: Path) -> None:
        opened = snapshot.open_snapshot(folder)
        held = history.hold(opened)
        try:
            await self._take(opened)
        except BaseException:
            held.close()
            raise
        if self._held:
            self._held.close()
        self._held = held

    async def _take(self, opened: snapshot.Snapshot) -> None:
        queries = queryfile.read_folder(opened.queries)
        pool = Pool(opened.quads, opened.names.base, self._limits)
        try:
            # Whether it is whole is found out while it loads. It is published after both; what is not whole says so.
            work = asyncio.to_thread(snapshot.verify, opened.folder), pool.start()
            for outcome in await asyncio.gather(*work, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
        except BaseException:
            await pool.close()
            raise
        before, self._pool = self._pool, pool
        self._published = Published(opened, queries, pool.run)
        log.info("serving snapshot %s", opened.id)
        if before:
            task = asyncio.create_task(_end(before))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _look(self, tried: Path) -> None:
        while True:
            await asyncio.sleep(self._look_seconds)
            try:
                folder = self._find()
                if folder != tried:
                    tried = folder
                    await self._open(folder)
            except (GraphError, OSError) as error:
                log.error("the snapshot in %s cannot be served, the one before stays: %s", tried, error)


async def _end(pool: Pool) -> None:
    try:
        while not pool.at_rest:
            await asyncio.sleep(0.05)
    finally:
        await pool.close()
