"""A source and a folder of snapshots in, the source's current snapshot in that folder out, and `current` at it.

current/manifest.json ▶ plan ▶ fetch, resume, unpack ▶ store from the quads ▶ verify ▶ switch

What is on its way lies in a hidden folder beside the snapshots, so that it can be taken up again; nobody serves that.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gdb_graph import history, queryfile, snapshot
from gdb_graph.errors import ContentError, PullError, SnapshotError
from gdb_graph.pull import fetch
from gdb_graph.pull import plan as plans
from gdb_graph.pull import source as sources
from gdb_graph.pull.plan import Plan
from gdb_graph.pull.source import Gone, Source
from gdb_graph.snapshot import Snapshot

Progress = Callable[[str, int, int], None]
"""Called with the kind of files that comes next, its number from 1, and how many there are."""

_UNFINISHED = ".pulling-"
_REMEMBERED = ".pulled.json"
_TRIES = 4
_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """The snapshot that is current now, and whether it was another one before."""

    snapshot: Snapshot
    is_new: bool


def pull(source: str, snapshots: Path, keep: int, progress: Progress = lambda *_: None) -> Pulled:
    """Make the current snapshot of `source`, an address or a folder, the current one in `snapshots`.

    The `keep` latest snapshots stay (0: all). Raises PullError, SnapshotError or BuildInProgress; `current` is then
    what it was, and what has come is kept for the next time.
    """
    with sources.find(source) as origin:
        for tries_left in reversed(range(_TRIES)):
            try:
                return _pull(source, origin, snapshots, keep, progress)
            except Gone:
                # The source may have changed in the meantime, or several stand behind one address.
                if not tries_left:
                    raise
                time.sleep(_PAUSE)
    raise AssertionError("unreachable")


def _pull(source: str, origin: Source, snapshots: Path, keep: int, progress: Progress) -> Pulled:
    before = _current(snapshots)
    memory = snapshots / _REMEMBERED
    seen = sources.remembered(memory, source, before.id) if before else {}
    found = fetch.insist(lambda: origin.current(seen))
    if before and found is None:
        return Pulled(before, is_new=False)
    assert found  # noqa: S101 - a source says that nothing has changed only if it was told what was there before
    plan = plans.read(found.manifest, source)
    with snapshot.locked(snapshots):
        _drop(snapshots, all_but=plan.id)
        if _is_whole(snapshots / plan.id):
            snapshot.point(snapshots, plan.id)
        else:
            snapshot.publish(_fetched(origin, plan, before, snapshots, progress), plan.id)
        _drop(snapshots)
        history.prune(snapshots, keep)
        sources.remember(memory, source, plan.id, found.seen)
    now = snapshot.open_snapshot(snapshots / plan.id)
    return Pulled(now, is_new=before is None or before.id != now.id)


def _current(snapshots: Path) -> Snapshot | None:
    try:
        return snapshot.open_snapshot(snapshot.current(snapshots))
    except SnapshotError:
        return None


def _is_whole(folder: Path) -> bool:
    try:
        return bool(snapshot.verify(folder))
    except SnapshotError:
        return False


def _drop(snapshots: Path, all_but: str = "") -> None:
    for folder in snapshots.glob(f"{_UNFINISHED}*"):
        if folder.name != f"{_UNFINISHED}{all_but}":
            shutil.rmtree(folder)


def _fetched(origin: Source, plan: Plan, before: Snapshot | None, snapshots: Path, progress: Progress) -> Path:
    """A hidden folder with the whole snapshot, verified."""
    folder = snapshots / f"{_UNFINISHED}{plan.id}"
    folder.mkdir(exist_ok=True)
    _check_space(plan, folder)
    at_hand = {file.sha256: before.folder / file.path for file in [*before.files, *before.parts]} if before else {}
    kinds: list[str] = []
    for item in plan.fetched:
        if item.kind not in kinds:
            kinds.append(item.kind)
            progress(item.kind, len(kinds), len({each.kind for each in plan.fetched}))
        if not fetch.is_right(folder / item.path, item):
            known = at_hand.get(item.sha256)
            if known is None or not fetch.take(known, item, folder):
                fetch.fetch(origin, plan.id, item, folder)
    for packed, item in plan.unpacked:
        if not fetch.is_right(folder / item.path, item):
            fetch.unpack(packed, item, folder)
    try:
        return _complete(plan, folder)
    except (SnapshotError, SyntaxError, ValueError) as error:
        shutil.rmtree(folder)
        raise PullError(
            f"What has come is not the snapshot that its manifest promises, and is refused: {error}"
        ) from error


def _check_space(plan: Plan, folder: Path) -> None:
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if plan.bytes - there > free:
        raise PullError(
            f"The snapshot takes {plan.bytes - there:,} bytes more in {folder.parent}, and {free:,} are free. "
            "Make room, or lower GDB_KEEP."
        )


def _complete(plan: Plan, folder: Path) -> Path:
    """Add what does not travel. Raises SnapshotError, SyntaxError or ValueError for what is no snapshot."""
    (folder / "queries" / "tables").mkdir(parents=True, exist_ok=True)
    if (folder / snapshot.STORE).exists():
        shutil.rmtree(folder / snapshot.STORE)
    with (folder / snapshot.QUADS).open("rb") as quads:
        snapshot.fill_store(folder, quads)
    (folder / snapshot.MANIFEST).write_bytes(plan.manifest)
    made = snapshot.verify(folder)
    try:
        queryfile.read_folder(made.queries)
    except ContentError as error:
        raise PullError(
            "Its queries are written for another version of gdb-graph. Install that version here."
        ) from error
    return folder
