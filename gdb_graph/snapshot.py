"""The door between the rooms: one folder, written once, named by its content; `current` points at one of them.

snapshots/
  current -> 0f3c…          switched atomically
  0f3c…/manifest.json       what it is: hash, counts, hashes of the files, versions of the tools
        quads.nq            all quads, sorted: what the hash is taken over, and what engines load
        store/              the same as an Oxigraph store, for other programs and for disk
        queries/*.rq        the curated queries
        report.json         warnings and notes of the validation
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdb_graph.errors import BuildInProgress, Finding, SnapshotError
from gdb_graph.terms import Names

UNFINISHED = ".building-"
"""How the names of folders begin that are not yet, or no longer, snapshots; the next build removes them."""
_POINTER = "current"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot on disk: its folder and what its manifest says."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The name of the snapshot: the first half of its content hash."""
        return str(self.manifest["id"])

    @property
    def names(self) -> Names:
        """The IRIs of its content."""
        return Names(self.manifest["base"])

    @property
    def quads(self) -> Path:
        """All quads as sorted N-Quads."""
        return self.folder / "quads.nq"

    @property
    def queries(self) -> Path:
        """The folder of the curated queries."""
        return self.folder / "queries"


def open_snapshot(folder: Path) -> Snapshot:
    """The snapshot in `folder`. Raises SnapshotError where there is none, or it is not whole."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        size = (folder / "quads.nq").stat().st_size
        stated = manifest["bytes"]
    except FileNotFoundError as error:
        raise SnapshotError(f"There is no snapshot in {folder}. Run `gdb-graph build` first.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"The snapshot in {folder} cannot be read: {error}. Build it again.") from error
    if size != stated:
        raise SnapshotError(f"The snapshot in {folder} is damaged: quads.nq has {size} bytes, not {stated}.")
    if not (folder / "store").is_dir():
        raise SnapshotError(f"The snapshot in {folder} is damaged: it has no store/. Build it again.")
    return Snapshot(folder.resolve(), manifest)


def verify(folder: Path) -> Snapshot:
    """The snapshot in `folder`, after reading all of it. Raises SnapshotError where a bit of it has changed."""
    opened = open_snapshot(folder)
    if f"sha256:{_digest(opened.quads, opened.queries)}" != opened.manifest.get("content_hash"):
        raise SnapshotError(f"The snapshot in {folder} is damaged: its hash does not fit its content. Build it again.")
    return opened


def _digest(quads: Path, queries: Path) -> str:
    with quads.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    for path in sorted(queries.glob("[!.]*.rq")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def current(snapshots: Path) -> Path:
    """The folder that `current` points at now: cheap enough to ask every second."""
    return (snapshots / _POINTER).resolve()


def good(snapshots: Path) -> Iterator[Snapshot]:
    """All snapshots in the folder that are as they were written, the latest first."""
    manifests = sorted(snapshots.glob("[!.]*/manifest.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for manifest in manifests:
        if not manifest.parent.is_symlink():
            with suppress(SnapshotError):
                yield verify(manifest.parent)


@contextmanager
def writing(snapshots: Path) -> Iterator[Path]:
    """A fresh folder to write a snapshot into; removed on leaving, with what an interrupted build left.

    Raises BuildInProgress while another process is inside.
    """
    snapshots.mkdir(parents=True, exist_ok=True)
    with (snapshots / ".lock").open("w") as lock:
        try:
            # Not flock: the children of a killed build would keep that lock.
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            raise BuildInProgress(f"Another build is writing into {snapshots}. Wait for it to end.") from error
        _sweep(snapshots)
        try:
            folder = snapshots / f"{UNFINISHED}snapshot"
            folder.mkdir()
            yield folder
        finally:
            _sweep(snapshots)


def _sweep(snapshots: Path) -> None:
    for rest in snapshots.glob(f"{UNFINISHED}*"):
        shutil.rmtree(rest) if rest.is_dir() and not rest.is_symlink() else rest.unlink()


def write(
    folder: Path, quads: Iterable[ox.Quad], queries: Path, manifest: Mapping[str, Any], findings: Sequence[Finding]
) -> str:
    """Write a snapshot of `quads` and `queries` into the empty `folder`; return its id.

    Equal quads and queries give an equal id, whenever and wherever they are written.
    """
    lines = sorted(ox.serialize(quads, format=ox.RdfFormat.N_QUADS).splitlines(keepends=True))  # type: ignore[union-attr]
    (folder / "quads.nq").write_bytes(b"".join(lines))
    (folder / "queries").mkdir()
    for path in queries.glob("[!.]*.rq"):
        shutil.copyfile(path, folder / "queries" / path.name)
    digest = _digest(folder / "quads.nq", folder / "queries")
    store = ox.Store(folder / "store")
    store.bulk_load(path=folder / "quads.nq", format=ox.RdfFormat.N_QUADS)
    store.flush()
    id_ = digest[:32]
    whole = {
        "id": id_,
        "content_hash": f"sha256:{digest}",
        **manifest,
        "bytes": (folder / "quads.nq").stat().st_size,
        "quads": len(lines),
    }
    _write_json(folder / "report.json", [asdict(finding) for finding in findings])
    _write_json(folder / "manifest.json", whole)
    return id_


def publish(unfinished: Path, id_: str) -> Snapshot:
    """Give the finished folder its name and switch `current` to it; readers see the old or the new, never half."""
    snapshots = unfinished.parent
    final = snapshots / id_
    _sync(unfinished)
    if _is_whole(final):
        shutil.rmtree(unfinished)
    else:
        shutil.rmtree(final, ignore_errors=True)
        unfinished.rename(final)
    pointer = snapshots / f"{UNFINISHED}{_POINTER}"
    pointer.symlink_to(id_)
    pointer.replace(snapshots / _POINTER)
    _sync_folder(snapshots)
    return open_snapshot(final)


def _is_whole(folder: Path) -> bool:
    try:
        open_snapshot(folder)
    except SnapshotError:
        return False
    return True


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False) + "\n", encoding="utf-8")
