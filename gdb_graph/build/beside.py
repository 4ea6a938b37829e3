"""Tasks in, their results in the same order out: each in a forked process, as many at a time as there are cores."""

import multiprocessing
import os
import tempfile
import warnings
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

from gdb_graph.errors import GraphError
from gdb_graph.process import die_with_parent

CORES = len(os.sched_getaffinity(0))
Result = TypeVar("Result")


def run(tasks: Sequence[Callable[[], Result]], scratch: Path | None = None) -> list[Result]:
    """Run all tasks; put the longest first. What a task sees is what its caller has: nothing is copied in.

    Only results travel back, so they must be picklable. An exception of a task is raised here. What tasks write
    for the moment goes below `scratch`, so that a killed one leaves nothing elsewhere.
    """
    fork = multiprocessing.get_context("fork")
    results: dict[int, Result] = {}
    running: dict[Connection, tuple[int, multiprocessing.context.ForkProcess]] = {}
    left = list(enumerate(tasks))
    try:
        while left or running:
            while left and len(running) < (CORES):
                number, task = left.pop(0)
                ours, theirs = fork.Pipe(duplex=False)
                process = fork.Process(target=_work, args=(task, theirs, scratch), daemon=True)
                with warnings.catch_warnings():
                    # Python 3.12 warns of forks beside threads; the child only computes and leaves.
                    warnings.simplefilter("ignore", DeprecationWarning)
                    process.start()
                theirs.close()
                running[ours] = number, process
            for connection in wait(list(running)):
                assert isinstance(connection, Connection)  # noqa: S101 - nothing else was put in
                number, process = running.pop(connection)
                results[number] = _result(connection)
                process.join()
    finally:
        for _, process in running.values():
            process.kill()
    return [results[number] for number in range(len(tasks))]


def _work(task: Callable[[], Any], connection: Connection, scratch: Path | None) -> None:
    die_with_parent()
    tempfile.tempdir = str(scratch) if scratch else None
    try:
        connection.send((True, task()))
    except BaseException as error:  # noqa: BLE001 - it is raised again where the task was given
        connection.send((False, error))
    connection.close()


def _result(connection: Connection) -> Any:
    try:
        good, value = connection.recv()
    except EOFError as error:
        raise GraphError("A part of the build was killed, probably for lack of memory.") from error
    if not good:
        raise value
    return value
