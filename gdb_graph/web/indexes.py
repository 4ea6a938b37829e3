"""What is published in, its search index out: made from the snapshot's own answers, once, when it is first asked for.

It is made in the background a few things at a time, so that other requests are answered meanwhile.
"""

import asyncio
import logging
from collections.abc import Sequence

from gdb_graph import rows
from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.errors import IndexNotReady
from gdb_graph.search import documents
from gdb_graph.search.index import Index, Writer
from gdb_graph.web.parts import JSON_RESULTS, whole

_AT_ONCE = 100
_KEPT = 2  # while one snapshot follows another, both are asked

log = logging.getLogger(__name__)


class Indexes:
    """The indexes of the snapshots that were served last."""

    def __init__(self, wait_seconds: float) -> None:
        self._wait_seconds = wait_seconds
        self._made: dict[str, asyncio.Task[Index]] = {}

    def prepare(self, now: Published) -> asyncio.Task[Index]:
        """Begin to make the index of this snapshot, unless that has begun; the task gives it."""
        task = self._made.get(now.snapshot.id)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._made[now.snapshot.id] = asyncio.create_task(_make(now))
            task.add_done_callback(_tell)
            for old in [name for name, made in self._made.items() if made.done()][:-_KEPT]:
                del self._made[old]
        return task

    async def of(self, now: Published) -> Index:
        """The index of this snapshot. Raises IndexNotReady while it is not made, EngineError if it cannot be."""
        task = self.prepare(now)
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._wait_seconds)
        except TimeoutError as error:
            raise IndexNotReady(
                "The search index of this snapshot is being made. Try again in a few seconds; "
                "everything else answers meanwhile."
            ) from error


def _tell(task: asyncio.Task[Index]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.warning("a search index could not be made: %s", error)


async def _make(now: Published) -> Index:
    classes = documents.read_classes(await _ask(now, documents.CLASSES))
    iris = [row["thing"].value for row in await _ask(now, documents.things(now.snapshot.names))]
    writer = await asyncio.to_thread(Writer, classes)
    for at in range(0, len(iris), _AT_ONCE):
        answer = await _ask(now, documents.about(iris[at : at + _AT_ONCE]))
        await asyncio.to_thread(writer.add, documents.read(answer, classes))
    index = await asyncio.to_thread(writer.finish)
    log.info("search index of snapshot %s: %d things", now.snapshot.id, len(iris))
    return index


async def _ask(now: Published, text: str) -> Sequence[rows.Row]:
    body = await whole(await now.run(Query(text, JSON_RESULTS, own=True)))
    return (await asyncio.to_thread(rows.read, body))[1]
