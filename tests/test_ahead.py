"""Search and paths are made ready before anybody asks; work beside the event loop is bounded."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from gdb_graph.engine.answer import Published
from gdb_graph.errors import Busy, EngineError, SnapshotError
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot
from gdb_graph.web import ahead
from gdb_graph.web.app import create_app
from gdb_graph.web.indexes import Indexes
from gdb_graph.web.lists.items import Lists
from gdb_graph.web.networks import Networks
from gdb_graph.web.work import Work
from tests.conftest import free_port
from tests.serving import problem, until
from tests.test_search_http import published


class Makes:
    """Stands for indexes and networks: notes for what it was asked, and fails where it shall."""

    def __init__(self, *fails: Exception) -> None:
        self.made: list[str] = []
        self._fails = list(fails)

    def prepare(self, now: Published) -> asyncio.Future[None]:
        self.made.append(now.snapshot.id)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._fails:
            done.set_exception(self._fails.pop(0))
        else:
            done.set_result(None)
        return done

    async def of(self, now: Published) -> None:
        await self.prepare(now)

    async def all(self, now: Published) -> None:
        await self.prepare(now)


def prepared(indexes: Makes, networks: Makes, ids: list[str]) -> None:
    """Let what is published be each of these for a while; "" is a time when nothing is yet."""

    def current() -> Published:
        if not ids[0]:
            raise SnapshotError("nothing yet")
        return cast(Published, SimpleNamespace(snapshot=SimpleNamespace(id=ids[0])))

    async def play() -> None:
        task = asyncio.create_task(ahead.prepare(current, cast(Indexes, indexes), cast(Networks, networks), 0.001))
        for _ in range(len(ids)):
            await asyncio.sleep(0.05)
            if len(ids) > 1:
                ids.pop(0)
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(play())


def test_the_lists_are_made_ready_too_once_a_snapshot() -> None:
    lists, others = Makes(), Makes()
    ids = ["a"]

    async def play() -> None:
        def current() -> Published:
            return cast(Published, SimpleNamespace(snapshot=SimpleNamespace(id=ids[0])))

        kinds = cast(Indexes, others), cast(Networks, others)
        task = asyncio.create_task(ahead.prepare(current, *kinds, 0.001, cast(Lists, lists)))
        for ids[0] in ("a", "b"):
            await asyncio.sleep(0.05)
        task.cancel()

    asyncio.run(play())
    assert lists.made == ["a", "b"]


def test_each_snapshot_is_prepared_once_when_it_comes() -> None:
    indexes, networks = Makes(), Makes()
    prepared(indexes, networks, ["", "one", "two"])

    assert indexes.made == networks.made == ["one", "two"]


@pytest.mark.parametrize("error", [EngineError("no engine"), RuntimeError("a fault of ours")])
def test_what_fails_is_told_and_the_next_snapshot_is_prepared(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    indexes, networks = Makes(error), Makes()
    prepared(indexes, networks, ["one", "two"])

    assert indexes.made == ["one", "two"]
    assert networks.made == ["two"]
    assert [record.levelname for record in caplog.records] == ["WARNING" if isinstance(error, EngineError) else "ERROR"]


@pytest.mark.parametrize("is_wished", [True, False])
def test_a_service_makes_its_index_though_nobody_asks(snapshot: Snapshot, tmp_path: Path, is_wished: bool) -> None:
    log, port = tmp_path / "log", free_port()
    environment = os.environ | {"GDB_PREPARE": str(is_wished).lower(), "GDB_LOOK_SECONDS": "0.1"}
    command = [sys.executable, "-m", "gdb_graph", "serve", "--port", str(port), "--snapshot", str(snapshot.folder)]
    with (
        log.open("wb") as told,
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=told) as service,
    ):
        try:
            made = until(lambda: b"search index of snapshot" in log.read_bytes(), 30 if is_wished else 4)
        finally:
            service.terminate()
    assert made == is_wished
    assert b"Traceback" not in log.read_bytes()


# Bounded work


def held(work: Work, scene: Callable[[threading.Event, list["asyncio.Task[str]"]], Any]) -> None:
    """Play a scene in which three are at work or wait, until the event is set."""

    async def play() -> None:
        go = threading.Event()

        def wait() -> str:
            go.wait(10)
            return "done"

        tasks = [asyncio.create_task(work.do(wait)) for _ in range(3)]
        await asyncio.sleep(0.05)
        try:
            await scene(go, tasks)
        finally:
            go.set()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(play())


def test_past_the_waiting_line_it_is_busy_at_once_and_later_not() -> None:
    work = Work(at_once=1, waiting=2)

    async def scene(go: threading.Event, tasks: list["asyncio.Task[str]"]) -> None:
        with pytest.raises(Busy, match="Try again"):
            await work.do(str, 1)
        go.set()
        assert await asyncio.gather(*tasks) == ["done"] * 3
        assert await work.do(str, 1) == "1"

    held(work, scene)


def test_who_leaves_while_waiting_gives_the_place_free() -> None:
    work = Work(at_once=1, waiting=2)

    async def scene(go: threading.Event, tasks: list["asyncio.Task[str]"]) -> None:
        tasks[2].cancel()
        await asyncio.wait([tasks[2]])
        following = asyncio.create_task(work.do(str, 1))
        await asyncio.sleep(0.01)
        assert not following.done()
        go.set()
        assert await following == "1"

    held(work, scene)


def test_an_error_of_the_work_comes_out_and_gives_the_place_free() -> None:
    work = Work(at_once=1, waiting=0)

    async def play() -> None:
        for _ in range(3):
            with pytest.raises(ValueError, match="invalid literal"):
                await work.do(int, "x")

    asyncio.run(play())


def test_a_search_past_the_line_is_told_to_come_back() -> None:
    work = Work(at_once=1, waiting=2)
    now = published("one", "Anker")

    async def scene(go: threading.Event, tasks: list["asyncio.Task[str]"]) -> None:
        app = create_app(Settings(), lambda: now)
        app._app.state.work = work
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside") as client:
            refused = await client.get("/search?q=Anker", headers={"Accept": "application/json"})
            problem(refused, 503, "busy")
            assert int(refused.headers["Retry-After"]) > 0
            go.set()
            await asyncio.gather(*tasks)
            assert (await client.get("/search?q=Anker", headers={"Accept": "application/json"})).status_code == 200

    held(work, scene)
