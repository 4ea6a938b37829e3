"""Tasks that run beside one another: what comes back, in what order, and what happens when one does not come back."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gdb_graph.build import beside
from gdb_graph.errors import GraphError


def after(seconds: float, value: int) -> int:
    time.sleep(seconds)
    return value


@pytest.mark.parametrize("cores", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_come_in_the_order_of_the_tasks(count: int, cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "CORES", cores)

    # The first tasks end last.
    assert beside.run([partial(after, 0.01 * (count - n), n) for n in range(count)]) == list(range(count))


def test_a_process_that_is_free_takes_the_next_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "CORES", 2)

    def slow() -> int:
        time.sleep(0.3)
        return os.getpid()

    first, *others = beside.run([slow, os.getpid, os.getpid, os.getpid])

    assert first not in others
    assert len(set(others)) == 1
    assert os.getpid() not in (first, *others)


def test_a_task_sees_what_its_caller_has() -> None:
    seen = {"what": "is here"}

    assert beside.run([lambda: seen["what"]]) == ["is here"]


def test_what_tasks_write_for_the_moment_goes_where_it_is_told_to(tmp_path: Path) -> None:
    assert beside.run([tempfile.gettempdir] * 3, tmp_path) == [str(tmp_path)] * 3


def refuse() -> int:
    raise FileNotFoundError("there is no such file")


def vanish() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize(
    ("bad", "error", "text"),
    [(refuse, FileNotFoundError, "no such file"), (vanish, GraphError, "killed, probably for lack of memory")],
)
@pytest.mark.parametrize("place", [0, 1, 4])
def test_a_task_that_fails_ends_all(
    place: int, bad: Callable[[], int], error: type[Exception], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "CORES", 2)
    tasks: list[Callable[[], int]] = [partial(after, 0.01, n) for n in range(5)]
    tasks[place] = bad

    with pytest.raises(error, match=text):
        beside.run(tasks)


def test_the_others_are_stopped_when_one_fails() -> None:
    tasks: list[Callable[[], int]] = [refuse, partial(after, 30, 1)]
    start = time.monotonic()

    with pytest.raises(FileNotFoundError):
        beside.run(tasks)
    assert time.monotonic() - start < 10
