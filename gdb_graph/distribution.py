"""A file of a snapshot in, what its manifest says of it out, and back: what is offered to take away."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdb_graph.errors import SnapshotError

GZIP = "application/gzip"


@dataclass(frozen=True, slots=True)
class Distribution:
    """One file in one form. `path` is relative to the folder of the snapshot, `name` unique in it.

    `media_type` is that of the content, `compress_format` that of its wrapping, or "".
    """

    dataset: str
    name: str
    path: str
    media_type: str
    compress_format: str
    bytes: int
    sha256: str

    @property
    def content_type(self) -> str:
        """What the file is as it stands, for HTTP."""
        if self.compress_format:
            return self.compress_format
        return {
            "text/csv": "text/csv; charset=utf-8; header=present",
            "text/turtle": "text/turtle; charset=utf-8",
        }.get(self.media_type, self.media_type)


def measure(
    folder: Path, dataset: str, path: str, media_type: str, *, name: str = "", gzip: bool = False
) -> Distribution:
    """The file at `path` in `folder` as a distribution of `dataset`; without a `name` it keeps that of the file."""
    file = folder / path
    compress_format = GZIP if gzip else ""
    return Distribution(
        dataset, name or file.name, path, media_type, compress_format, file.stat().st_size, _sha256(file)
    )


def entry(one: Distribution) -> dict[str, Any]:
    """The entry of the manifest."""
    compressed = {"compressFormat": one.compress_format} if one.compress_format else {}
    return {
        "dataset": one.dataset,
        "name": one.name,
        "path": one.path,
        "mediaType": one.media_type,
        **compressed,
        "bytes": one.bytes,
        "sha256": one.sha256,
    }


def read(entries: Iterable[Mapping[str, Any]]) -> list[Distribution]:
    """The distributions that entries of the manifest tell of."""
    return [
        Distribution(
            entry["dataset"],
            entry["name"],
            entry["path"],
            entry["mediaType"],
            entry.get("compressFormat", ""),
            entry["bytes"],
            entry["sha256"],
        )
        for entry in entries
    ]


def verify(folder: Path, one: Distribution) -> None:
    """Read the whole file. Raises SnapshotError where it is missing or other than the manifest says."""
    file = folder / one.path
    if not file.is_file() or file.stat().st_size != one.bytes or _sha256(file) != one.sha256:
        raise SnapshotError(f"The snapshot in {folder} is damaged: {one.path} is not what was built. Build it again.")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
