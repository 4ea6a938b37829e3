"""The folder of the snapshots in, what is wrong with it out: rights, room, the current snapshot, how old it is."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gdb_graph import snapshot
from gdb_graph.content import Content
from gdb_graph.doctor.note import Note, fine, problem, warning
from gdb_graph.errors import SnapshotError
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder: whether it can be written into, how much is free, the snapshot, or why there is none."""

    folder: Path
    exists: bool
    writable: bool
    free: int
    current: Snapshot | None
    taken: int = 0
    """Bytes of the current snapshot."""
    damage: str = ""


def look(folder: Path) -> Shelf:
    """What there is; the current snapshot is read to its end."""
    exists = folder.is_dir()
    there = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    writable = os.access(there, os.W_OK | os.X_OK)
    free = shutil.disk_usage(there).free
    try:
        current = snapshot.verify(snapshot.current(folder))
    except SnapshotError as error:
        damage = str(error) if (folder / "current").is_symlink() else ""
        return Shelf(folder, exists, writable, free, None, damage=damage)
    taken = sum(path.stat().st_size for path in current.folder.rglob("*") if path.is_file())
    return Shelf(folder, exists, writable, free, current, taken)


def check(found: Shelf, chosen: Settings, content: Content | None) -> Iterator[Note]:
    """What is wrong; `content` is what the next snapshot would be built from, None where none is built."""
    make = f"gdb-graph pull {chosen.pull}" if chosen.pull else "gdb-graph build"
    if not found.writable:
        whose = "The folder" if found.exists else "The folder above"
        text = f"{whose} of the snapshots, {found.folder}, cannot be written into, so no new one can come."
        yield problem(text, f"Give it to the user of the service: chown -R USER {found.folder}.")
    if found.damage:
        yield problem(found.damage, f"Run `{make}`, which writes it anew, or point `current` at another snapshot.")
    elif found.current is None:
        yield warning(f"There is no current snapshot in {found.folder}.", f"Run `{make}`; `serve` does so too.")
    else:
        yield fine(f"Snapshot {found.current.id} in {found.folder} is whole.")
        yield from _of_room(found)
        if content:
            yield from _of_age(found.current.manifest.get("files", {}), content.hashes())


def _of_room(found: Shelf) -> Iterator[Note]:
    free, taken = found.free // 1_000_000, found.taken // 1_000_000
    text = f"{free:,} MB are free for snapshots, and one takes {taken:,} MB."
    if found.free < found.taken:
        yield problem(text, "Make room, or lower GDB_KEEP: the next snapshot does not fit.")
    elif found.free < 3 * found.taken:
        yield warning(text, "Make room soon, or lower GDB_KEEP.")
    else:
        yield fine(text)


def _of_age(built: Mapping[str, str], there: Mapping[str, str]) -> Iterator[Note]:
    changed = sorted(name for name in built.keys() | there.keys() if built.get(name) != there.get(name))
    if changed:
        more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        text = f"The content has changed since the snapshot was built: {', '.join(changed[:_NAMED])}{more}."
        yield warning(text, "Run `gdb-graph build`, or restart the service.")
    else:
        yield fine("The snapshot was built from the content as it is.")
