"""A snapshot, where its engines are, and settings in; an HTTP server out: the engines and the web wired together."""

import asyncio
import gc
import logging
import math
import resource
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
import uvloop

from gdb_graph import snapshot
from gdb_graph.engine.child import Bounds
from gdb_graph.engine.pool import Limits
from gdb_graph.engine.service import Service
from gdb_graph.errors import GraphError
from gdb_graph.replica import Again
from gdb_graph.settings import Settings

if TYPE_CHECKING:
    from gdb_graph.remote.service import RemoteService
    from gdb_graph.web.connection import Connection
    from gdb_graph.web.front import Front


def local(first: Path, find: Callable[[], Path], chosen: Settings) -> None:
    """Serve the snapshot in `first`, then any other that `find` comes to name, until a signal ends it.

    Raises SnapshotError or EngineError where it cannot begin.
    """
    _run(lambda: Service(first, find, _limits(chosen), chosen.look_seconds), chosen)


def remote(folder: Path, chosen: Settings) -> None:
    """Serve what the engine of the settings holds, by the snapshot in `folder` or another one beside it.

    Raises SnapshotError, or GraphError for an address that is none.
    """
    from gdb_graph.remote import talk  # an HTTP client, that nobody else here waits for
    from gdb_graph.remote.service import RemoteService

    first = snapshot.open_snapshot(folder).folder
    engine = talk.target(chosen.engine, chosen)

    def find(id_: str) -> Path:
        return first.parent / id_

    _run(lambda: RemoteService(engine, first, find, _limits(chosen), chosen.look_seconds), chosen)


def _run(make: "Callable[[], Service | RemoteService]", chosen: Settings) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_listen(make, chosen))


async def _listen(make: "Callable[[], Service | RemoteService]", chosen: Settings) -> None:
    loading = asyncio.create_task(asyncio.to_thread(_web))
    async with make() as service, _again(chosen) as again:
        journal = sys.stderr if chosen.log_requests else None
        create_app, connection = await loading
        app = create_app(chosen, service.current, service.load, journal, service.archive, again)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=chosen.host,
                port=chosen.port,
                log_level="warning",
                lifespan="off",
                http=connection(chosen.query_bytes, _open_files()),
                server_header=False,
                access_log=False,
                timeout_graceful_shutdown=math.ceil(chosen.query_seconds),
            )
        )
        gc.collect()
        gc.freeze()  # what the start has made stays; the collector need not look at it again and again
        print(f"Serving on {chosen.base_url} (Ctrl-C ends it)", flush=True)
        preparing = asyncio.create_task(app.prepare(chosen.look_seconds)) if chosen.prepare else None
        await server.serve()
        if preparing:
            preparing.cancel()


def _web() -> "tuple[Callable[..., Front], Callable[[int, int], type[Connection]]]":
    """How the web is made. Imported while the engines load the snapshot: both take their time."""
    from gdb_graph.web.app import create_app
    from gdb_graph.web.connection import connection

    return create_app, connection


@asynccontextmanager
async def _again(chosen: Settings) -> AsyncIterator[Again | None]:
    """Where this is a replica: what looks for another snapshot as long as the service runs."""
    if not chosen.pull:
        yield None
        return
    again = Again(chosen.pull, chosen.snapshots, chosen.keep, chosen.pull_seconds)
    task = asyncio.create_task(again.run())
    try:
        yield again
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _is_news(record: logging.LogRecord) -> bool:
    """Not the traceback of an answer that was cut on purpose: its line in the log of requests says so."""
    return not (record.exc_info and isinstance(record.exc_info[1], GraphError))


def _open_files() -> int:
    """How many files this process may have open, after asking for as many as it can get: each connection is one."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def _limits(chosen: Settings) -> Limits:
    bounds = Bounds(chosen.engine_megabytes, chosen.rows, chosen.result_bytes)
    return Limits(
        chosen.engines, chosen.slow_engines, chosen.waiting, chosen.query_seconds, chosen.quick_seconds, bounds
    )
