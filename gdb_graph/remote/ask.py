"""A query in, its answer from a remote engine out: bounded in time, rows and bytes, whole or an error.

The event loop receives, a thread reads and writes, and nothing counts as answered before the engine's marker is seen
to be the same as at the beginning.
"""

import asyncio
import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any, cast

import httpx
import pyoxigraph as ox

from gdb_graph.engine.answer import Answer
from gdb_graph.engine.link import Job
from gdb_graph.engine.output import Output
from gdb_graph.engine.pool import Limits, Pool
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import Busy, EngineGone, GraphError, QueryTimeout
from gdb_graph.remote import talk
from gdb_graph.remote.labels import Fetch
from gdb_graph.remote.marker import Marker
from gdb_graph.remote.pipe import Pipe, Sink
from gdb_graph.remote.question import Question, question
from gdb_graph.remote.transcode import Wanted, read_rows, transcode
from gdb_graph.remote.watch import Watch

_LOOK_EVERY = 0.1
_CUT = "The answer was cut short."

log = logging.getLogger(__name__)


class Asker:
    """Asks one engine. `guard` is a pool over no quads: it refuses what is no query, as the engine built in does."""

    def __init__(self, watch: Watch, client: httpx.AsyncClient, guard: Pool, limits: Limits) -> None:
        self._watch, self._client, self._guard, self._limits = watch, client, guard, limits
        self._most = limits.engines + limits.slow_engines
        self._places = asyncio.Semaphore(self._most)
        self._threads = ThreadPoolExecutor(self._most, "transcode")
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def load(self) -> dict[str, int]:
        """How many queries run and wait; there is one lane."""
        running = min(len(self._tasks), self._most)
        return {"running_quick": running, "waiting_quick": len(self._tasks) - running}

    async def close(self) -> None:
        """Stop everything at once."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(wait=False)

    async def run(self, marker: Marker, graphs: Collection[str], prefixes: dict[str, str], request: Request) -> Answer:
        """What `Pool.run` does, from what `marker` says is published. Raises OtherSnapshot where it no longer is."""
        guarded = await self._guard.run(request)
        if guarded.chunks:
            await guarded.chunks.aclose()
        self._watch.check()
        dialect = self._watch.dialect
        asked = question(request, marker, graphs, dialect)
        fetch = self._fetcher(marker, graphs)
        wanted = Wanted(request, asked, prefixes, dialect.most_rows, fetch)
        if len(self._tasks) >= self._most + self._limits.waiting:
            raise Busy(f"{self._limits.waiting} requests are waiting already (GDB_WAITING). Try again in a moment.")
        loop = asyncio.get_running_loop()
        job = Job(request, loop.create_future(), loop.time())
        task = loop.create_task(self._live(job, wanted, marker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await job.answer

    async def _live(self, job: Job, wanted: Wanted, marker: Marker) -> None:
        """From the waiting line to the last byte of the answer, or until nobody waits for it."""
        exchange = asyncio.create_task(self._bounded(job, wanted, marker))
        try:
            while not (await asyncio.wait([exchange], timeout=_LOOK_EVERY))[0] and not job.abandoned:
                pass
        finally:
            exchange.cancel()
            await asyncio.wait([exchange])
            if exchange.cancelled():
                job.fail(EngineGone(_CUT))
            elif error := exchange.exception():
                log.error("unexpected", exc_info=error)
                job.fail(EngineGone(_CUT))

    async def _bounded(self, job: Job, wanted: Wanted, marker: Marker) -> None:
        seconds = self._limits.seconds
        try:
            async with asyncio.timeout(seconds), self._places:
                job.since = asyncio.get_running_loop().time()
                await self._exchange(job, wanted, marker)
        except TimeoutError:
            text = (
                f"The query was stopped after {seconds:g} s (GDB_QUERY_SECONDS). Ask for less: add a LIMIT, narrow the "
            )
            job.fail(QueryTimeout(f"{text}patterns, or take the dump."))
        except httpx.HTTPError as error:
            if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                self._watch.failed(error)
            job.fail(talk.failure(error))
        except GraphError as error:
            job.fail(error)

    async def _exchange(self, job: Job, wanted: Wanted, marker: Marker) -> None:
        bounds, dialect, asked = self._limits.bounds, self._watch.dialect, wanted.question
        sink = Sink(job)
        most = (0, 0) if wanted.request.own else (bounds.rows, bounds.bytes)
        output = Output(sink, *most)  # type: ignore[arg-type]
        pipe = Pipe(asked.clean)
        headers = {"Accept": asked.accept, "Accept-Encoding": "identity", "Content-Type": talk.FORM}
        try:
            async with talk.asking(self._client, self._watch.url, asked.body, headers) as response:
                if response.status_code != 200:
                    talk.check(response.status_code, await response.aread(), dialect)
                dialect.check(response.headers)
                loop = asyncio.get_running_loop()
                work = loop.run_in_executor(self._threads, transcode, wanted, cast(IO[bytes], pipe), output)
                await _pump(response, pipe, work)
            await self._watch.confirm(marker)
            output.finish()
        finally:
            sink.close()
            pipe.end(EngineGone(_CUT))

    def _fetcher(self, marker: Marker, graphs: Collection[str]) -> Fetch:
        """What the thread of an answer asks for labels with."""
        loop = asyncio.get_running_loop()

        def fetch(text: str) -> ox.QuerySolutions:
            asked = question(Request(text), marker, graphs, self._watch.dialect)
            body = asyncio.run_coroutine_threadsafe(self._body(asked), loop).result()
            return read_rows(asked.clean(body) if asked.clean else body)

        return fetch

    async def _body(self, asked: Question) -> bytes:
        headers = {"Accept": asked.accept, "Content-Type": talk.FORM}
        async with talk.asking(self._client, self._watch.url, asked.body, headers) as response:
            body = await response.aread()
        talk.check(response.status_code, body, self._watch.dialect)
        self._watch.dialect.check(response.headers)
        return body


async def _pump(response: httpx.Response, pipe: Pipe, work: "asyncio.Future[Exception | None]") -> None:
    """Hand on what comes until the thread has written all of it, or has had enough."""

    async def hand_on() -> None:
        async for chunk in response.aiter_raw():
            await pipe.put(chunk)
        pipe.end()

    handing = asyncio.create_task(hand_on())
    either: list[asyncio.Future[Any]] = [handing, work]
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if handing.done():
            await handing
        if error := await work:
            raise error
    finally:
        handing.cancel()
        with suppress(asyncio.CancelledError, httpx.HTTPError):
            await handing
