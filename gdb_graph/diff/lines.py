"""Two snapshots in, the quads in which they differ out: a merge of two sorted files, one line of each in memory.

Compared is what is asserted and published: every named graph but those in ASIDE. With `everything`, those and the
default graph, the union of the others, are compared too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from gdb_graph.errors import SnapshotError
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import Names

ASIDE = ("inferred", "provenance", "queries", "shapes", "void")


@dataclass(frozen=True, slots=True)
class Line:
    """A quad that only one of the two has, and how it stands in quads.nq; `added`: it is the second that has it."""

    added: bool
    text: bytes
    quad: ox.Quad


def is_compared(quad: ox.Quad, names: Names, everything: bool = False) -> bool:
    """Whether a quad of a snapshot with these names takes part."""
    graph = quad.graph_name
    asserted = isinstance(graph, ox.NamedNode) and graph.value not in {names.graph(name) for name in ASIDE}
    return everything or asserted


def differing(before: Snapshot, after: Snapshot, everything: bool = False) -> Iterator[Line]:
    """The quads that only one of the two has, in the order of quads.nq. Raises SnapshotError for a damaged one."""
    for added, text in merge(_read(before), _read(after)):
        side = after if added else before
        quad = _parse(text, side)
        if is_compared(quad, side.names, everything):
            yield Line(added, text, quad)


def merge(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    """What only one of two sorted sequences without repetitions has, in order; True: it is the second that has it."""
    left, right = iter(before), iter(after)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(left, None), next(right, None)
        elif other is None or (one is not None and one < other):
            yield False, one  # type: ignore[misc]  # not both are None
            one = next(left, None)
        else:
            yield True, other
            other = next(right, None)


def _read(one: Snapshot) -> Iterator[bytes]:
    last = b""
    try:
        with one.quads.open("rb") as file:
            for line in file:
                if line < last:
                    raise SnapshotError(f"The snapshot in {one.folder} is damaged: quads.nq is not sorted.")
                if line != last:
                    yield line
                last = line
    except OSError as error:
        raise SnapshotError(f"The snapshot in {one.folder} cannot be read: {error}.") from error


def _parse(line: bytes, one: Snapshot) -> ox.Quad:
    try:
        found: list[ox.Quad] = list(ox.parse(line, format=ox.RdfFormat.N_QUADS))
    except SyntaxError:
        found = []
    if len(found) != 1:
        shown = line.decode(errors="replace").strip()
        raise SnapshotError(f"The snapshot in {one.folder} is damaged: quads.nq has a line that is no quad: {shown}")
    return found[0]
