"""A function in, what it gives out: work of the processor beside the event loop, bounded in number."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from gdb_graph.errors import Busy

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class Work:
    """Searches, paths, rankings and pictures: `at_once` are worked on, `waiting` may wait for their turn."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, "work")
        self._places = BoundedSemaphore(at_once + waiting)

    async def do(self, function: Callable[_Given, _Result], *given: _Given.args, **named: _Given.kwargs) -> _Result:
        """What the function gives. Raises Busy at once where too many wait already.

        Who leaves while waiting gives the place free; what has begun in a thread cannot be stopped and keeps it.
        """
        if not self._places.acquire(blocking=False):
            raise Busy("More searches are waiting than this service lets wait. Try again in a moment.")
        try:
            work = self._threads.submit(function, *given, **named)
        except BaseException:
            self._places.release()
            raise
        work.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(work)
