"""The network of what is published: made once a snapshot, for all who ask at the same time, again after a failure."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pyoxigraph as ox
import pytest

from gdb_graph.engine.answer import Answer, Published
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import QueryTimeout
from gdb_graph.explore.questions import questions
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DEFAULT_BASE, GDB, SKOS, Names
from gdb_graph.web.networks import Networks

TURTLE = f'<{Names().thing("a")}> a <{GDB}Actor> ; <{SKOS}prefLabel> "a"@de .'


class Engine:
    """Answers from a small store, and counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False
        self._store = ox.Store()
        for graph in (ox.DefaultGraph(), ox.NamedNode(Names().graph("curated"))):
            self._store.load(TURTLE.encode(), format=ox.RdfFormat.TURTLE, to_graph=graph)

    async def run(self, request: Request) -> Answer:
        self.asked += 1
        await asyncio.sleep(0)
        if self.fails:
            raise QueryTimeout("too long")
        body = io.BytesIO()
        cast(ox.QuerySolutions, self._store.query(request.query)).serialize(body, ox.QueryResultsFormat.TSV)
        return Answer("text/tab-separated-values", body.getvalue())


@pytest.fixture
def engine() -> Engine:
    return Engine()


def published(engine: Engine, id_: str) -> Published:
    return Published(Snapshot(Path("/nowhere"), {"id": id_, "base": DEFAULT_BASE}), {}, engine.run)


def played(scene: Callable[[Networks], Awaitable[None]]) -> None:
    async def play() -> None:
        await scene(Networks())

    asyncio.run(play())


def test_it_is_made_once_for_all_who_ask(engine: Engine) -> None:
    async def scene(networks: Networks) -> None:
        found = await asyncio.gather(*(networks.of(published(engine, "one")) for _ in range(5)))
        again = await networks.of(published(engine, "one"))

        assert engine.asked == len(questions(Names()))
        assert {id(each) for each in (*found, again)} == {id(again)}
        assert list(again.network.things) == [Names().thing("a")]

    played(scene)


def test_another_snapshot_has_another_and_the_one_before_stays(engine: Engine) -> None:
    async def scene(networks: Networks) -> None:
        one = await networks.of(published(engine, "one"))
        two = await networks.of(published(engine, "two"))

        assert one is not two
        assert await networks.of(published(engine, "one")) is one
        await networks.of(published(engine, "three"))
        assert await networks.of(published(engine, "two")) is two
        assert await networks.of(published(engine, "one")) is not one

    played(scene)


def test_after_a_failure_the_next_request_tries_again(engine: Engine) -> None:
    async def scene(networks: Networks) -> None:
        engine.fails = True
        with pytest.raises(QueryTimeout):
            await networks.of(published(engine, "one"))
        engine.fails = False
        assert (await networks.of(published(engine, "one"))).network.things

    played(scene)


def test_who_leaves_does_not_take_it_from_the_others(engine: Engine) -> None:
    async def scene(networks: Networks) -> None:
        leaving, staying = (asyncio.create_task(networks.of(published(engine, "one"))) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()

        assert (await staying).network.things
        assert leaving.cancelled()
        assert engine.asked == len(questions(Names()))

    played(scene)
