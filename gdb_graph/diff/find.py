"""What a person calls a snapshot in, the snapshot out, or a sentence that helps to name it."""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from gdb_graph import snapshot
from gdb_graph.errors import SnapshotError
from gdb_graph.snapshot import Snapshot

_SHOWN = 5


def find(name: str, snapshots: Path) -> Snapshot:
    """The snapshot `name`: a folder, `current`, or in the folder `snapshots` an id or a beginning only one id has.

    Raises SnapshotError.
    """
    if name == "current":
        return snapshot.open_snapshot(snapshot.current(snapshots))
    if os.sep in name or (Path(name) / "manifest.json").exists():
        return snapshot.open_snapshot(Path(name))
    ids = sorted(path.name for path in snapshots.glob("[!.]*") if path.is_dir() and not path.is_symlink())
    meant = [name] if name in ids else [id_ for id_ in ids if name and id_.startswith(name)]
    if len(meant) == 1:
        return snapshot.open_snapshot(snapshots / meant[0])
    if meant:
        raise SnapshotError(f"{len(meant)} snapshots in {snapshots} begin with {name!r}: {_list(meant)}. Write more.")
    raise SnapshotError(f"There is no snapshot {name!r} in {snapshots}.{_near(name, ids)}")


def _near(name: str, ids: Sequence[str]) -> str:
    """A sentence that names the ids which begin most like `name`, with a space before it; "" where none does."""
    like = difflib.get_close_matches(name, {id_[: len(name)] for id_ in ids})
    near = [id_ for id_ in ids if id_[: len(name)] in like]
    return f" Did you mean {_list(near)}?" if near else ""


def _list(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (", …" if len(ids) > _SHOWN else "")
