"""Two snapshots in, the RDF Patch (https://afs.github.io/rdf-patch/) that makes the second out of the first out."""

from collections.abc import Iterator
from uuid import UUID

from gdb_graph.diff import lines
from gdb_graph.errors import SnapshotError
from gdb_graph.snapshot import Snapshot


def patch(before: Snapshot, after: Snapshot, everything: bool = False) -> Iterator[bytes]:
    """The rows of the patch: removals first, each part sorted. Blank nodes keep the labels they have in quads.nq.

    Both files are read twice, so that nothing has to be kept. Raises SnapshotError for a damaged snapshot; what came
    until then is an open transaction.
    """
    yield b"H id <%s> .\n" % _uuid(after)
    yield b"H prev <%s> .\n" % _uuid(before)
    yield b"TX .\n"
    for code, added in ((b"D ", False), (b"A ", True)):
        found = lines.differing(before, after, everything)
        yield from (code + line.text for line in found if line.added == added)
    yield b"TC .\n"


def _uuid(one: Snapshot) -> bytes:
    try:
        return f"uuid:{UUID(one.id)}".encode()  # the id, in the spelling that tools for RDF Patch expect
    except ValueError as error:
        raise SnapshotError(f"The snapshot in {one.folder} is damaged: {one.id!r} is no id.") from error
