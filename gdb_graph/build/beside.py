"""Tasks in, their results in the same order out: done by forked processes, one for each core."""

import gc
import itertools
import multiprocessing
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any, TypeVar, cast

from gdb_graph.errors import GraphError
from gdb_graph.process import die_with_parent

CORES = len(os.sched_getaffinity(0))
Result = TypeVar("Result")


def run(tasks: Sequence[Callable[[], Result]], scratch: Path | None = None) -> list[Result]:
    """Run all tasks; put the longest first: whichever process is free takes the next.

    What a task sees is what its caller has: nothing is copied in. Only results travel back, so they must be
    picklable. An exception of a task is raised here. What tasks write for the moment goes below `scratch`, so that
    a killed one leaves nothing elsewhere.
    """
    left = iter(range(len(tasks)))
    results: dict[int, Result] = {}
    busy: dict[Connection, ForkProcess] = {}
    try:
        for first in itertools.islice(left, CORES):
            connection, process = _start(tasks, scratch)
            busy[connection] = process
            with _or_killed():
                connection.send(first)
        while busy:
            for ready in wait(list(busy)):
                connection = cast(Connection, ready)
                following = next(left, None)
                with _or_killed():
                    number, good, value = connection.recv()
                    connection.send(following)
                if not good:
                    raise value
                results[number] = value
                if following is None:
                    busy.pop(connection).join()
    finally:
        for process in busy.values():
            process.kill()
    return [results[number] for number in range(len(tasks))]


def _start(tasks: Sequence[Callable[[], Any]], scratch: Path | None) -> tuple[Connection, ForkProcess]:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=_work, args=(tasks, theirs, scratch), daemon=True)
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; the child only computes and leaves.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    return ours, process


def _work(tasks: Sequence[Callable[[], Any]], connection: Connection, scratch: Path | None) -> None:
    die_with_parent()
    gc.freeze()  # what came from the parent is not looked through again and again, so its memory stays shared
    tempfile.tempdir = str(scratch) if scratch else None
    while (number := connection.recv()) is not None:
        try:
            answer = number, True, tasks[number]()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the task was given
            answer = number, False, error
        connection.send(answer)
    connection.close()


@contextmanager
def _or_killed() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise GraphError("A part of the build was killed, probably for lack of memory.") from error
