"""What is published in, its network out: asked for and put together once a snapshot, beside the event loop."""

import asyncio
from dataclasses import dataclass

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.explore import wording
from gdb_graph.explore.actors import Actors, actors
from gdb_graph.explore.gather import gather
from gdb_graph.explore.network import Network
from gdb_graph.explore.questions import FORMAT, questions, read
from gdb_graph.explore.wording import Wordings
from gdb_graph.terms import Names
from gdb_graph.web.parts import whole

# The one that is served, and the one before for requests that began on it.
_KEPT = 2


@dataclass(frozen=True, slots=True)
class Explored:
    """The network of one snapshot, who works on what in it, and the words for its relations."""

    network: Network
    actors: Actors
    wordings: Wordings


class Networks:
    """The networks of the snapshots served last."""

    def __init__(self) -> None:
        self._wordings = wording.read()
        self._tasks: dict[str, asyncio.Task[Explored]] = {}

    async def of(self, now: Published) -> Explored:
        """The network of what is published; requests that come at the same time wait for the same one.

        Raises what asking raises; the next request tries again.
        """
        task = self._tasks.get(now.snapshot.id)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._tasks[now.snapshot.id] = asyncio.create_task(self._explore(now))
            # If all who wait have left, nobody hears of a failure; the next request tries again.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            for id_ in list(self._tasks)[:-_KEPT]:
                del self._tasks[id_]
        # A client that leaves must not take the network away from the others.
        return await asyncio.shield(task)

    async def _explore(self, now: Published) -> Explored:
        names = now.snapshot.names
        answers = {
            name: await whole(await now.run(Query(text, FORMAT, own=True))) for name, text in questions(names).items()
        }
        return await asyncio.to_thread(_explored, names, answers, self._wordings)


def _explored(names: Names, answers: dict[str, bytes], wordings: Wordings) -> Explored:
    # Read and thrown away in the same thread: results of the engine must not change threads.
    network = gather(names, {name: read(answer) for name, answer in answers.items()})
    return Explored(network, actors(network), wordings)
