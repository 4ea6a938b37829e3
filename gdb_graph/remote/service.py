"""A remote engine and a folder of snapshots in, what is published now out: the engine's marker decides which it is.

Its folder must be here: pages, files and curated queries come from there. While it is not, or the engine does not
answer, queries are refused and all else is served from the last snapshot that was known.
"""

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO

import httpx

from gdb_graph import history, queryfile, snapshot
from gdb_graph.engine.answer import Answer, Published
from gdb_graph.engine.archive import Archive
from gdb_graph.engine.pool import Limits, Pool
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import EngineError, EngineGone, GraphError, OtherSnapshot, SnapshotError
from gdb_graph.remote import talk
from gdb_graph.remote.ask import Asker
from gdb_graph.remote.marker import Marker
from gdb_graph.remote.talk import Target
from gdb_graph.remote.watch import Watch
from gdb_graph.terms import DEFAULT_BASE

log = logging.getLogger(__name__)


class RemoteService:
    """Serves from the engine at `target`; enter it as a context.

    `first` is the snapshot to begin with, `find` tells the folder of the one with that id.
    """

    def __init__(
        self, target: Target, first: Path, find: Callable[[str], Path], limits: Limits, look_seconds: float
    ) -> None:
        self._target, self._first, self._find = target, first, find
        self._limits, self._look_seconds = limits, look_seconds
        self.archive = Archive(first.resolve().parent, limits)
        self._stack = contextlib.AsyncExitStack()
        self._published: Published | None = None
        self._marker: Marker | None = None
        self._why: EngineError = OtherSnapshot("The engine behind this service has not been looked at yet. Try again.")
        self._held: IO[bytes] | None = None

    async def __aenter__(self) -> "RemoteService":
        """Open the first snapshot and look at the engine. Raises SnapshotError or EngineError, not where it is gone."""
        async with contextlib.AsyncExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            nothing = Path(folder) / "nothing.nq"
            nothing.touch()
            self._guard = Pool(nothing, DEFAULT_BASE, self._limits)
            stack.push_async_callback(self._guard.close)
            await self._guard.start()
            auth = self._target.auth
            client = httpx.AsyncClient(auth=auth, timeout=talk.timeouts(self._limits.seconds), trust_env=False)
            await stack.enter_async_context(client)
            self._watch = Watch(self._target, client)
            self._asker = Asker(self._watch, client, self._guard, self._limits)
            stack.push_async_callback(self._asker.close)
            stack.push_async_callback(self.archive.close)
            stack.callback(lambda: self._held and self._held.close())
            await self._open(self._first)
            await self._look()
            looking = asyncio.create_task(self._keep_looking())
            stack.push_async_callback(_ended, looking)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything."""
        await self._stack.aclose()

    def current(self) -> Published:
        """What is published now."""
        if self._published is None:
            raise SnapshotError("The service is still opening its snapshot. Try again in a moment.")
        return self._published

    def load(self) -> Mapping[str, int]:
        """How many queries run and wait."""
        here, older = self._asker.load, self.archive.load()
        return {lane: here.get(lane, 0) + older.get(lane, 0) for lane in {*here, *older}}

    async def _run(self, id_: str, graphs: frozenset[str], prefixes: dict[str, str], request: Request) -> Answer:
        """The answer from the engine, if it holds the snapshot `id_` from the beginning to the end of it."""
        self._watch.check()
        if self._marker is None or self._marker.snapshot != id_:
            raise type(self._why)(str(self._why))
        try:
            return await self._asker.run(self._marker, graphs, prefixes, request)
        except OtherSnapshot:
            self._marker = None  # until somebody has looked what it is now
            raise

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(self._look_seconds)
            await self._look()

    async def _look(self) -> None:
        """See what the engine says it holds, and serve that."""
        with contextlib.suppress(EngineGone):
            self._watch.check()
            await self._see()

    async def _see(self) -> None:
        try:
            marker = await self._watch.look()
            if marker is None:
                raise OtherSnapshot(
                    "Nothing whole is published in the engine behind this service: it is being published, or never "
                    "was. Try again in a moment."
                )
            if self._published is None or marker.snapshot != self._published.snapshot.id:
                await self._open(self._find(marker.snapshot))
            self._marker = marker
        except EngineError as error:
            self._doubt(error)
        except (GraphError, OSError) as error:
            self._doubt(OtherSnapshot(f"The engine behind this service holds another snapshot than lies here: {error}"))

    def _doubt(self, why: EngineError) -> None:
        if self._marker or str(why) != str(self._why):
            log.warning("queries are refused: %s", why)
        self._marker, self._why = None, why

    async def _open(self, folder: Path) -> None:
        held = history.hold(snapshot.open_snapshot(folder))
        try:
            opened = await asyncio.to_thread(snapshot.verify, folder)
            queries = queryfile.read_folder(opened.queries)
        except BaseException:
            held.close()
            raise
        graphs = frozenset(opened.manifest["counts"]["graphs"])
        run = partial(self._run, opened.id, graphs, opened.names.prefixes())
        if self._held:
            self._held.close()
        self._held, self._published = held, Published(opened, queries, run)
        log.info("serving snapshot %s from a remote engine", opened.id)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
