"""Two snapshots in, what changed between them out, found by a process beside this one: a comparison takes a processor.

One runs at a time. Its result goes to a file without a name, so that a large one is not held in memory.
"""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import IO, Any

from gdb_graph.engine import compare
from gdb_graph.errors import Busy, EngineError, QueryTimeout
from gdb_graph.snapshot import Snapshot

_NICENESS = 5
_PATIENCE = 30
_REMEMBERED = 100

_Key = tuple[str, str, str, int]


class Changes:
    """Finds what changed; a comparison may take `seconds`, and `waiting` may wait for one."""

    def __init__(self, seconds: float, waiting: int) -> None:
        self._seconds, self._most = seconds, waiting
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._outlines: OrderedDict[_Key, Mapping[str, Any]] = OrderedDict()
        self._finding: dict[_Key, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """Stop everything at once."""
        tasks = list(self._finding.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def outline(self, before: Snapshot, after: Snapshot, lang: str, count: int) -> Mapping[str, Any]:
        """A summary in words and the headings of the first `count` things; kept, since it never changes.

        Raises what `find` does, and Busy where it takes longer: it is found nevertheless, for whoever asks again.
        """
        key = before.id, after.id, lang, count
        if key not in self._outlines:
            if key not in self._finding:
                task = self._finding[key] = asyncio.create_task(self._outline(key, before, after))
                task.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left
            task = self._finding[key]
            if not (await asyncio.wait([task], timeout=self._seconds))[0]:
                raise Busy("What changed is still being found. Try again in a moment.")
            await task
        return self._outlines[key]

    async def _outline(self, key: _Key, before: Snapshot, after: Snapshot) -> None:
        try:
            with await self._find([before, after], compare.TOLD, key[2], 0, key[3], self._seconds * _PATIENCE) as file:
                told = json.load(file)
        finally:
            del self._finding[key]
        headings = [thing["heading"] for thing in told["things"]]
        self._outlines[key] = {"summary": told["summary"], "total": told["total"], "headings": headings}
        if len(self._outlines) > _REMEMBERED:
            self._outlines.popitem(last=False)

    async def told(self, before: Snapshot, after: Snapshot, lang: str, first: int, count: int) -> Mapping[str, Any]:
        """What changed in words: see `diff.as_told`."""
        with await self.find(before, after, compare.TOLD, lang, first, count) as file:
            told: Mapping[str, Any] = json.load(file)
            return told

    async def find(
        self, before: Snapshot, after: Snapshot, form: str, lang: str, first: int = 0, count: int = 0
    ) -> IO[bytes]:
        """What changed in one of the forms of `compare`, as a file at its beginning; the caller closes it.

        Raises QueryTimeout, Busy, or EngineError where a snapshot is damaged or gone.
        """
        return await self._find([before, after], form, lang, first, count, self._seconds)

    async def _find(
        self, both: Sequence[Snapshot], form: str, lang: str, first: int, count: int, seconds: float
    ) -> IO[bytes]:
        if self._waiting > self._most:
            raise Busy(f"{self._waiting} comparisons are waiting already. Try again in a moment.")
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds), self._turn:
                arguments = [*(str(one.folder) for one in both), form, lang, str(first), str(count)]
                return await _run(arguments)
        except TimeoutError as error:
            raise QueryTimeout(
                f"The comparison was stopped after {seconds:g} s (GDB_QUERY_SECONDS). Try again, or compare two "
                "snapshots that are nearer to each other."
            ) from error
        finally:
            self._waiting -= 1


async def _run(arguments: list[str]) -> IO[bytes]:
    with contextlib.ExitStack() as failed:
        file = failed.enter_context(tempfile.TemporaryFile())
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", compare.__name__, *arguments, stdout=file, stderr=asyncio.subprocess.PIPE
        )
        try:
            with contextlib.suppress(OSError):  # it has ended
                os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
            _, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise EngineError(said.decode(errors="replace").strip().rpartition("\n")[2] or "The comparison failed.")
        failed.pop_all()
    file.seek(0)
    return file
