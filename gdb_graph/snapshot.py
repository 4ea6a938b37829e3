"""The door between the rooms: one folder, written once, named by its content; `current` points at one of them.

snapshots/
  current -> 0f3c…          switched atomically
  0f3c…/manifest.json       what it is: hash, counts, hashes of the files, versions of the tools
        quads.nq            all quads, sorted: what the hash is taken over, and what engines load
        store/              the same as an Oxigraph store, for other programs and for disk
        queries/*.rq        the curated queries; those in queries/tables define tables
        dumps/ tables/      what people and portals take away, named in the manifest with size and checksum
        report.json         warnings and notes of the validation
        quality.json        how good the data and its catalogue are
"""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdb_graph import disk, distribution
from gdb_graph.distribution import Distribution
from gdb_graph.errors import BuildInProgress, Finding, SnapshotError
from gdb_graph.terms import Names

UNFINISHED = ".building-"
"""How the names of folders begin that are not yet, or no longer, snapshots; the next build removes them."""
MANIFEST = "manifest.json"
QUADS = "quads.nq"
STORE = "store"
LAYOUT = 1
"""The form of the folder. It goes up when an older program could not read a snapshot any more."""
NAMES, GONE = "names.txt", "gone.json"
"""What has a name in a snapshot, one IRI a line in order; and what had one in those before it, with its last words."""
_POINTER = "current"
# Oxigraph sorts what it is given in one call: so many quads at once keep the time of a load proportional to its size.
_AT_ONCE = 200_000


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

    @property
    def distributions(self) -> list[Distribution]:
        """What is offered to take away; nothing where an older version built the snapshot."""
        return distribution.read(self.manifest.get("distributions", []))

    @property
    def metadata(self) -> list[Distribution]:
        """Descriptions of distributions, each named as what it describes and `-metadata.json`."""
        return distribution.read(self.manifest.get("metadata", []))

    @property
    def called(self) -> list[str]:
        """The IRIs of all that has a label, in order; none where an older version built the snapshot."""
        try:
            return (self.folder / NAMES).read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    @property
    def gone(self) -> Mapping[str, Mapping[str, Any]]:
        """By the IRI of what snapshots before this had: `last` and `since` when, its `label`, what `replacedBy`.

        `last` is the id of the last that had it, `since` of the first that had not; None is this one.
        """
        try:
            return dict(json.loads((self.folder / GONE).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    @property
    def files(self) -> list[Distribution]:
        """All files that are served as they are."""
        return [*self.distributions, *self.metadata]

    @property
    def parts(self) -> list[Distribution]:
        """The other files that make it up, but for the manifest and the store; each is named by its path."""
        return distribution.read(self.manifest.get("parts", []))


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
    if manifest.get("layout", 0) > LAYOUT:
        raise SnapshotError(f"The snapshot in {folder} was built by a newer gdb-graph. Install that version here too.")
    if size != stated:
        raise SnapshotError(f"The snapshot in {folder} is damaged: quads.nq has {size} bytes, not {stated}.")
    if not (folder / "store").is_dir():
        raise SnapshotError(f"The snapshot in {folder} is damaged: it has no store/. Build it again.")
    return Snapshot(folder.resolve(), manifest)


def verify(folder: Path) -> Snapshot:
    """The snapshot in `folder`, after reading all of it. Raises SnapshotError where a bit of it has changed."""
    opened = open_snapshot(folder)
    if f"sha256:{digest(opened.quads, opened.queries)}" != opened.manifest.get("content_hash"):
        raise SnapshotError(f"The snapshot in {folder} is damaged: its hash does not fit its content. Build it again.")
    for file in [*opened.files, *opened.parts]:
        distribution.verify(folder, file)
    return opened


def digest(quads: Path, queries: Path) -> str:
    """The content hash of a snapshot with these quads and queries, in hexadecimal."""
    with quads.open("rb") as file:
        found = hashlib.file_digest(file, "sha256")
    for path in _query_files(queries):
        found.update(path.relative_to(queries).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _query_files(queries: Path) -> list[Path]:
    return [*sorted(queries.glob("[!.]*.rq")), *sorted(queries.glob("tables/[!.]*.rq"))]


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
    with locked(snapshots):
        folder = snapshots / f"{UNFINISHED}snapshot"
        folder.mkdir()
        yield folder


@contextmanager
def locked(snapshots: Path) -> Iterator[None]:
    """Nobody else writes into the folder, which is made; what an interrupted build left is removed.

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
            yield
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
    with (folder / "quads.nq").open("wb") as file:
        file.writelines(lines)
    (folder / "queries" / "tables").mkdir(parents=True)
    for path in _query_files(queries):
        shutil.copyfile(path, folder / "queries" / path.relative_to(queries))
    hash_ = digest(folder / "quads.nq", folder / "queries")
    fill_store(folder, lines)
    id_ = hash_[:32]
    whole = {
        "id": id_,
        "layout": LAYOUT,
        "content_hash": f"sha256:{hash_}",
        **manifest,
        "bytes": (folder / "quads.nq").stat().st_size,
        "quads": len(lines),
    }
    disk.write_json(folder / "report.json", [asdict(finding) for finding in findings])
    disk.write_json(folder / "manifest.json", whole)
    return id_


def fill_store(folder: Path, lines: Iterable[bytes]) -> None:
    """Write the lines of quads.nq into `folder` as a store."""
    store, nodes = ox.Store(folder / STORE), list[bytes]()
    rest = iter(lines)
    while some := list(islice(rest, _AT_ONCE)):
        # Each call gives blank nodes new labels, so all quads that have some go in one.
        nodes += [line for line in some if b"_:" in line]
        store.bulk_load(b"".join(line for line in some if b"_:" not in line), format=ox.RdfFormat.N_QUADS)
    store.bulk_load(b"".join(nodes), format=ox.RdfFormat.N_QUADS)
    store.flush()


def seal(folder: Path) -> None:
    """Have the manifest of the unfinished snapshot in `folder` name every file, so that others can fetch them all."""
    queries = {
        path.relative_to(folder).as_posix(): "application/sparql-query" for path in _query_files(folder / "queries")
    }
    there = queries | dict.fromkeys(("report.json", "quality.json", GONE), "application/json")
    there |= {NAMES: "text/plain"}
    parts = [distribution.measure(folder, "", path, media_type, name=path) for path, media_type in there.items()]
    add(folder, {"parts": [distribution.entry(each) for each in parts]})


def add(folder: Path, more: Mapping[str, Any]) -> None:
    """Add keys to the manifest of the unfinished snapshot in `folder`: what was made of it after it was written."""
    path = folder / "manifest.json"
    disk.write_json(path, json.loads(path.read_text(encoding="utf-8")) | more)


def publish(unfinished: Path, id_: str) -> Snapshot:
    """Give the finished folder its name and switch `current` to it; readers see the old or the new, never half.

    A whole folder of that name that offers the same files stays: their bytes have been promised not to change.
    """
    snapshots = unfinished.parent
    final = snapshots / id_
    disk.sync(unfinished)
    if _offered(final) == _names(open_snapshot(unfinished)):
        shutil.rmtree(unfinished)
    else:
        if final.exists():
            final.rename(snapshots / f"{UNFINISHED}replaced")
        unfinished.rename(final)
    point(snapshots, id_)
    return open_snapshot(final)


def point(snapshots: Path, id_: str) -> None:
    """Switch `current` to a snapshot in the folder; call it inside `locked` or `writing`."""
    pointer = snapshots / f"{UNFINISHED}{_POINTER}"
    pointer.symlink_to(id_)
    pointer.replace(snapshots / _POINTER)
    disk.sync_folder(snapshots)


def _offered(folder: Path) -> list[str] | None:
    try:
        return _names(verify(folder))
    except SnapshotError:
        return None


def _names(one: Snapshot) -> list[str]:
    return [file.name for file in [*one.files, *one.parts]]
