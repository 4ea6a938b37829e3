"""Where a replica pulls from in, whether there is anything to be had out."""

from collections.abc import Iterator
from dataclasses import dataclass

from gdb_graph.doctor.note import Note, fine, problem, warning
from gdb_graph.errors import GraphError
from gdb_graph.pull import plan, source


@dataclass(frozen=True, slots=True)
class Origin:
    """The snapshot that is to be had, or why none is."""

    id: str = ""
    error: str = ""


def look(name: str) -> Origin:
    """Ask the source for its current snapshot."""
    try:
        with source.find(name) as found:
            current = found.current({})
            return Origin(plan.read(current.manifest, name).id if current else "")
    except (GraphError, OSError) as error:
        return Origin(error=str(error).rstrip("."))


def check(found: Origin, name: str, current: str) -> Iterator[Note]:
    """What keeps the replica from following its source; `current` is the id of the snapshot here."""
    if found.error:
        remedy = "See to GDB_PULL and to the service there. Until then the replica serves what it has."
        yield problem(f"Nothing can be pulled: {found.error}.", remedy)
    elif found.id != current:
        text = f"{name} has snapshot {found.id}, and the current one here is {current or 'none'}."
        yield warning(text, "Run `gdb-graph pull`; a service that runs does so by itself, or its log says why not.")
    else:
        yield fine(f"{name} can be reached and has the same snapshot.")
