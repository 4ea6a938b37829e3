"""A folder of snapshots in, those it holds by age out; removes the oldest when there are more than are to stay."""

import fcntl
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO

from gdb_graph import snapshot
from gdb_graph.errors import SnapshotError
from gdb_graph.snapshot import Snapshot


def read(snapshots: Path) -> list[Snapshot]:
    """The snapshots in the folder, the latest first. Reads manifests alone; what is no whole snapshot is left out."""
    found = []
    for manifest in snapshots.glob("[!.]*/manifest.json"):
        if not manifest.parent.is_symlink():
            with suppress(SnapshotError):
                found.append(snapshot.open_snapshot(manifest.parent))
    return sorted((one for one in found if one.folder.name == one.id), key=_age, reverse=True)


def _age(one: Snapshot) -> tuple[str, str]:
    return str(one.manifest.get("created", "")), one.id  # builds write UTC, so times sort as texts


def hold(one: Snapshot) -> IO[bytes]:
    """Keep `prune`, in whatever process, from removing the snapshot until the file is closed.

    Raises SnapshotError where it is gone already.
    """
    try:
        file = (one.folder / "manifest.json").open("rb")
    except OSError as error:
        raise SnapshotError(f"The snapshot in {one.folder} is gone: {error.strerror}.") from error
    with suppress(OSError):  # a file system without locks
        fcntl.flock(file, fcntl.LOCK_SH)
    return file


def prune(snapshots: Path, keep: int) -> list[str]:
    """Remove all but the `keep` latest snapshots (0: none is removed); return the ids of those removed.

    What `current` points at stays, and what a process holds. Call it inside `snapshot.writing`, so that no build
    publishes one while it is removed.
    """
    pointed = snapshot.current(snapshots)
    old = read(snapshots)[keep:] if keep else []
    return [one.id for one in old if one.folder != pointed and _remove(one)]


def _remove(one: Snapshot) -> bool:
    """Whether it could be removed. It goes out of sight at once, so that nobody sees half of it."""
    away = one.folder.with_name(f"{snapshot.UNFINISHED}old-{one.id}")
    try:
        with (one.folder / "manifest.json").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            one.folder.rename(away)
        shutil.rmtree(away)
    except OSError:  # held, or not ours to remove: the next build tries again
        return False
    return True
