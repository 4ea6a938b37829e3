"""A snapshot and limits in, a function out that answers queries and always comes back: two lanes, bounded lines.

A query begins in the quick lane. When it has run longer than the quick ones may, its engine moves to the slow lane,
where it runs only when nobody else needs the processor, and a fresh engine takes its place. So slow queries never
stand in the way of quick ones. An engine is killed at the deadline and when nobody waits for its answer any more.
"""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path

from gdb_graph.engine.answer import Answer
from gdb_graph.engine.child import Bounds
from gdb_graph.engine.experience import Experience
from gdb_graph.engine.forks import Forks, lower_priority
from gdb_graph.engine.line import Line
from gdb_graph.engine.link import Job, Link
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import Busy, EngineError, GraphError, QueryTimeout, QueryTooLarge

_LOOK_EVERY = 0.02
_AGAIN_SECONDS = 0.1
_CROWDED_SECONDS = 0.05
_GROWN_MEGABYTES = 64
_RENEW_SECONDS, _WARM_SECONDS = 2.0, 60.0
_KEPT_FREE = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Engines in each lane, how many may wait for one, seconds a query may run and may run in the quick lane."""

    engines: int
    slow_engines: int
    waiting: int
    seconds: float
    quick_seconds: float
    bounds: Bounds


class Pool:
    """The engines of one snapshot. Use `start`, then `run`, and at the end `close`."""

    def __init__(self, quads: Path, base: str, limits: Limits) -> None:
        self._limits, self._loop = limits, asyncio.get_running_loop()
        self._forks = Forks(quads, base, limits.bounds)
        self._idle: list[Link] = []
        self._busy: set[Link] = set()
        self._quick_line = Line(limits.waiting, limits.seconds)
        self._slow_line = Line(limits.waiting, limits.seconds)
        self._starting_slow = 0
        self._experience = Experience()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def start(self) -> None:
        """Load the snapshot and fork the engines. Raises EngineError where that fails."""
        for _ in range(self._limits.engines):
            self._idle.append(await self._forks.connect(self._link))

    async def close(self) -> None:
        """Stop everything at once; what is running is cut."""
        self._closing = True
        if self._timer:
            self._timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        for link in [*self._idle, *self._busy]:
            link.close()
        await self._forks.close()

    @property
    def at_rest(self) -> bool:
        """Whether nobody is served and nobody waits."""
        return not (self._busy or self._quick_line or self._slow_line)

    @property
    def load(self) -> dict[str, int]:
        """How many queries run and wait in each lane."""
        slow = sum(link.slow for link in self._busy)
        return {
            "running_quick": len(self._busy) - slow,
            "running_slow": slow,
            "waiting_quick": len(self._quick_line),
            "waiting_slow": len(self._slow_line),
        }

    async def run(self, request: Request) -> Answer:
        """The answer to one query. Raises QueryError or EngineError; what it raises before returning, and
        what comes out of the answer's chunks, together tell of every answer that is not whole. Cancel it, or
        close the chunks, and the query is stopped.
        """
        job = Job(request, self._loop.create_future(), self._loop.time())
        if self._belongs_in_slow(request.query):
            self._wait_for_slow(job)
        elif self._idle:
            self._begin(self._idle.pop(), job)
        else:
            self._quick_line.put(job)
        self._look_soon()
        return await job.answer

    # Lanes

    def _belongs_in_slow(self, query: str) -> bool:
        """Whether a query has proved slow, or looks like one that has and would take the last engine that is free."""
        return self._experience.knows(query) or (len(self._idle) <= _KEPT_FREE and self._experience.suspects(query))

    def _wait_for_slow(self, job: Job) -> None:
        self._slow_line.put(job)
        self._fill_slow()

    def _begin(self, link: Link, job: Job) -> None:
        job.since = self._loop.time()
        self._busy.add(link)
        link.ask(job)

    def _link(self) -> Link:
        return Link(self._free, self._gone)

    def _free(self, link: Link, done: Job | None = None) -> None:
        """An engine has nothing to do: it gets the next job of its lane."""
        if done and link.slow and self._loop.time() - done.since < self._limits.quick_seconds:
            self._experience.quick(done.request.query)
        line = self._slow_line if link.slow else self._quick_line
        if job := line.next():
            self._begin(link, job)
            return
        self._busy.discard(link)
        if link.slow:  # its priority cannot be raised again
            link.close()
        else:
            self._idle.append(link)
            link.idle_since = self._loop.time()
            if link.grown > _GROWN_MEGABYTES:
                self._loop.call_later(_RENEW_SECONDS, self._renew, link, link.idle_since)

    def _renew(self, link: Link, idle_since: float) -> None:
        """Replace an engine that has been idle and has memory of its own: the next one shares all of it again.

        The one that is used next keeps it longer: what it has once touched it need not copy again.
        """
        if link not in self._idle or link.idle_since != idle_since or self._closing:
            return
        left = idle_since + _WARM_SECONDS - self._loop.time()
        if link is self._idle[-1] and left > 0:
            self._loop.call_later(min(left, _RENEW_SECONDS), self._renew, link, idle_since)
            return
        self._remove(link)
        link.close()

    @property
    def _slow_places(self) -> int:
        taken = sum(link.slow for link in self._busy) + self._starting_slow
        return self._limits.slow_engines - taken

    def _fill_slow(self) -> None:
        for _ in range(min(self._slow_places, len(self._slow_line) - self._starting_slow)):
            self._starting_slow += 1
            self._do(self._add_slow())

    async def _add_slow(self) -> None:
        try:
            link = await self._connect()
        finally:
            self._starting_slow -= 1
        link.slow = True
        lower_priority(link)
        self._busy.add(link)
        self._free(link)

    async def _add_quick(self) -> None:
        link = await self._connect()
        self._busy.add(link)
        self._free(link)

    async def _connect(self) -> Link:
        while True:
            try:
                return await self._forks.connect(self._link)
            except EngineError as error:
                log.warning("%s Trying again.", error)
                await asyncio.sleep(_AGAIN_SECONDS)

    def _gone(self, link: Link) -> None:
        """An engine has ended: killed by us, by its own query, or by somebody else."""
        if self._closing:
            return
        if link.job:
            link.job.fail(
                QueryTooLarge(
                    f"The query was stopped: it needed more than {self._limits.bounds.megabytes} MB "
                    "(GDB_ENGINE_MEGABYTES), or was nested too deeply. Ask for less, or simplify it."
                )
            )
        self._remove(link)

    def _remove(self, link: Link) -> None:
        link.job = None
        known = link in self._busy or link in self._idle
        self._busy.discard(link)
        if link in self._idle:
            self._idle.remove(link)
        if known and not link.slow:
            self._do(self._add_quick())
        self._fill_slow()

    def _kill(self, link: Link) -> None:
        self._forks.kill(link)
        self._remove(link)
        link.close()

    def _do(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # The look that is taken at what runs and what waits, as long as something does

    def _look_soon(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(_LOOK_EVERY, self._look)

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        for link in list(self._busy):
            if link.job:
                self._look_at(link, link.job, now - link.job.since)
        for line in (self._quick_line, self._slow_line):
            line.look(now)
        if not self.at_rest:
            self._look_soon()

    def _look_at(self, link: Link, job: Job, ran: float) -> None:
        if job.abandoned:
            self._kill(link)
        elif ran > self._limits.seconds:
            job.fail(
                QueryTimeout(
                    f"The query was stopped after {self._limits.seconds:g} s (GDB_QUERY_SECONDS). Ask for less: add a "
                    "LIMIT, narrow the patterns, or take the dump."
                )
            )
            self._kill(link)
        elif not link.slow and ran > (_CROWDED_SECONDS if self._quick_line else self._limits.quick_seconds):
            self._make_way(link, job, ran)

    def _make_way(self, link: Link, job: Job, ran: float) -> None:
        """Move a job out of the quick lane: with its engine where there is a place, else to the slow line."""
        if ran > self._limits.quick_seconds:
            self._experience.slow(job.request.query)
        if self._slow_places > 0:
            link.slow = True
            lower_priority(link)
            self._do(self._add_quick())
            return
        self._kill(link)
        again = Job(job.request, job.answer, self._loop.time())
        try:
            if job.stream:
                raise Busy("Too many slow queries are running (GDB_SLOW_ENGINES). Try again in a moment.")
            self._wait_for_slow(again)
        except GraphError as error:
            job.fail(error)
