"""A folder of snapshots in, any of them to be asked out: engines for an older one start when it is first asked.

Few are open at a time; one that nobody asks any more is closed. Each has one quick and one slow engine.
"""

import asyncio
import contextlib
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from gdb_graph import history, queryfile, snapshot
from gdb_graph.engine.answer import Answer, Published
from gdb_graph.engine.changes import Changes
from gdb_graph.engine.pool import Limits, Pool
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import Busy, GraphError, SnapshotError
from gdb_graph.queryfile import Query
from gdb_graph.snapshot import Snapshot

_AT_ONCE = 2
_QUERIES_OF = 10
_REST_SECONDS = 60.0
_LOOK_SECONDS = 0.05


@dataclass(eq=False, slots=True)
class _Opened:
    """A snapshot and its engines: whether they have started, who asks them, until when somebody did."""

    pool: Pool
    ready: "asyncio.Future[None]"
    until: float
    asking: int = 0
    life: "asyncio.Task[None] | None" = field(default=None)

    @property
    def at_rest(self) -> bool:
        return not self.asking and self.pool.at_rest


class Archive:
    """The snapshots in a folder; `changes` tells what changed between two. Close it at the end."""

    def __init__(self, snapshots: Path, limits: Limits, rest_seconds: float = _REST_SECONDS) -> None:
        self._folder, self._rest_seconds = snapshots, rest_seconds
        self.changes = Changes(limits.seconds, limits.waiting)
        self._limits = replace(limits, engines=1, slow_engines=1)
        self._opened: OrderedDict[str, _Opened] = OrderedDict()
        self._queries: OrderedDict[str, Mapping[str, Query]] = OrderedDict()
        self._turn = asyncio.Lock()
        self._known: tuple[int, Sequence[Snapshot]] = (0, ())

    def snapshots(self) -> Sequence[Snapshot]:
        """All snapshots in the folder, the latest first; read again when something in the folder has changed."""
        changed = self._folder.stat().st_mtime_ns
        if changed != self._known[0]:
            self._known = changed, tuple(history.read(self._folder))
        return self._known[1]

    def published(self, one: Snapshot) -> Published:
        """A snapshot to be asked, without its curated queries. Nothing is started before it is asked."""
        return Published(one, {}, partial(self._run, one))

    async def queries(self, one: Snapshot) -> Mapping[str, Query]:
        """The curated queries that a snapshot was built with. Raises SnapshotError where they cannot be read now."""
        if one.id not in self._queries:
            try:
                self._queries[one.id] = await asyncio.to_thread(queryfile.read_folder, one.queries)
            except GraphError as error:
                raise SnapshotError(
                    f"The curated queries of snapshot {one.id} cannot be read by this version: {error} "
                    f"Ask /snapshots/{one.id}/sparql instead."
                ) from error
            while len(self._queries) > _QUERIES_OF:
                self._queries.popitem(last=False)
        return self._queries[one.id]

    def load(self) -> Mapping[str, int]:
        """How many queries run and wait in each lane, of all that are open."""
        total: Counter[str] = Counter()
        for opened in self._opened.values():
            total.update(opened.pool.load)
        return total

    async def close(self) -> None:
        """Stop everything at once."""
        await self.changes.close()
        await asyncio.gather(*map(self._end, list(self._opened)))

    async def _run(self, one: Snapshot, request: Request) -> Answer:
        """What `Pool.run` does; raises SnapshotError where the snapshot is damaged or gone, Busy where it must wait."""
        loop = asyncio.get_running_loop()
        opened: _Opened | None = None
        try:
            async with asyncio.timeout(self._limits.seconds):
                opened = await self._enter(one)
                await asyncio.shield(opened.ready)
            return await opened.pool.run(request)
        except TimeoutError as error:
            raise Busy(
                f"Snapshot {one.id} could not be opened in time: {_AT_ONCE} older ones may be open at once, and they "
                "are busy. Try again in a moment."
            ) from error
        finally:
            if opened:
                opened.asking -= 1
                opened.until = loop.time()

    async def _enter(self, one: Snapshot) -> _Opened:
        """The engines of a snapshot, on their way or ready, with one more who asks them."""
        async with self._turn if one.id not in self._opened else contextlib.nullcontext():
            opened = self._opened.get(one.id) or await self._open(one)
            opened.asking += 1
            self._opened.move_to_end(one.id)
            return opened

    async def _open(self, one: Snapshot) -> _Opened:
        while len(self._opened) >= _AT_ONCE:
            if at_rest := next((id_ for id_, each in self._opened.items() if each.at_rest), ""):
                await self._end(at_rest)
            else:
                await asyncio.sleep(_LOOK_SECONDS)
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        ready.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to see it
        opened = _Opened(Pool(one.quads, one.names.base, self._limits), ready, loop.time())
        self._opened[one.id] = opened
        opened.life = loop.create_task(self._live(one, opened))
        return opened

    async def _live(self, one: Snapshot, opened: _Opened) -> None:
        """From the start of the engines until nobody has asked them for a while."""
        loop = asyncio.get_running_loop()
        try:
            with history.hold(one):
                await asyncio.to_thread(snapshot.verify, one.folder)
                await opened.pool.start()
                opened.ready.set_result(None)
                while not opened.at_rest or loop.time() < opened.until + self._rest_seconds:
                    await asyncio.sleep(self._rest_seconds / 10)
        except GraphError as error:
            opened.ready.set_exception(error)
        finally:
            if self._opened.get(one.id) is opened:
                del self._opened[one.id]
            await opened.pool.close()

    async def _end(self, id_: str) -> None:
        life = self._opened.pop(id_).life  # out of sight at once: nobody may come to ask it any more
        if life:
            life.cancel()
            await asyncio.wait([life])
