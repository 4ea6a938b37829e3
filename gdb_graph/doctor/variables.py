"""The names of environment variables in, those out that look like settings and are none."""

import dataclasses
from collections.abc import Iterable, Iterator

from gdb_graph.doctor.note import Note, fine, problem, warning
from gdb_graph.queryfile import near
from gdb_graph.settings import Settings

_OF_TESTS = "GDB_TEST_"


def check(names: Iterable[str]) -> Iterator[Note]:
    """A name close to that of a setting is a problem: whoever set it believes that it holds."""
    known = [f"GDB_{field.name.upper()}" for field in dataclasses.fields(Settings)]
    ours = sorted(name for name in names if name.startswith("GDB_") and not name.startswith(_OF_TESTS))
    for name in ours:
        if name in known:
            continue
        text = f"{name} is set, and there is no such setting.{near(name, known)}"
        note = problem if near(name, known) else warning
        yield note(text, "Correct the name or remove it; docs/operations.md lists all.")
    yield fine(f"{sum(name in known for name in ours)} settings come from the environment.")
