"""The manifest of a snapshot elsewhere in, what there is to fetch and to unpack out; nothing it says is trusted.

A file whose compressed form comes too is not fetched but unpacked from that.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gdb_graph import snapshot
from gdb_graph.distribution import GZIP
from gdb_graph.errors import PullError

LONGEST = 16 * 1024 * 1024
"""Bytes that a manifest may have."""
_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Nothing hidden, nothing above: no name begins with a dot, and none holds a slash or a control character.
_NAME = r"[^/\\.\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,200}"
_FILES = r"quads\.nq|(?:report|quality|gone)\.json|names\.txt"
_PATH = re.compile(rf"{_FILES}|(?:dumps|tables)/{_NAME}|queries/(?:tables/)?{_NAME}\.rq")


@dataclass(frozen=True, slots=True)
class Item:
    """One file of the snapshot: where it lies in its folder, its size, its checksum."""

    path: str
    bytes: int
    sha256: str

    @property
    def kind(self) -> str:
        """What it is: the folder it lies in, or itself."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """A snapshot to be had: its id, its manifest as it came, the files that travel and those unpacked from them."""

    id: str
    manifest: bytes
    fetched: Sequence[Item]
    unpacked: Sequence[tuple[Item, Item]]

    @property
    def bytes(self) -> int:
        """What all of it takes on disk; the store takes less than the quads do."""
        items = [*self.fetched, *(plain for _, plain in self.unpacked)]
        return sum(each.bytes * (2 if each.path == snapshot.QUADS else 1) for each in items)


def read(manifest: bytes, where: str) -> Plan:
    """What there is to do for the snapshot that `manifest` tells of. Raises PullError; `where` it came from."""
    told = _told(manifest, where)
    if told.get("layout", 0) > snapshot.LAYOUT:
        raise PullError(f"The snapshot at {where} was built by a newer gdb-graph. Install that version here too.")
    if "parts" not in told:
        raise PullError(
            f"The snapshot at {where} was built by an older gdb-graph, which does not name all its files. "
            "Build it there again with the version that runs here."
        )
    try:
        entries = [*told["distributions"], *told["metadata"], *told["parts"]]
        items = {each["name"]: _item(each, where) for each in entries}
        packed = {each["name"] for each in entries if each.get("compressFormat") == GZIP}
    except (LookupError, TypeError, AttributeError) as error:
        raise PullError(f"The manifest at {where} does not say what files there are. It is refused.") from error
    return _plan(told["id"], manifest, items, packed, where)


def _told(manifest: bytes, where: str) -> Mapping[str, Any]:
    """What a manifest says, if it is one."""
    try:
        told: Mapping[str, Any] = json.loads(manifest)
        id_, digest = told["id"], told["content_hash"]
        named = _ID.fullmatch(id_) and re.fullmatch(rf"sha256:{id_}[0-9a-f]{{32}}", digest)
        numbers = told["counts"]["triples"], told["bytes"], told.get("layout", 0)
        whole = all(type(each) is int for each in numbers) and type(told["base"]) is str
        datetime.fromisoformat(told["created"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise PullError(f"What {where} gives is no manifest of a snapshot. Check the address.") from error
    if not named or not whole:
        raise PullError(f"The manifest at {where} is not as a build writes it: its id is no hash, or a number is none.")
    return told


def _item(entry: Mapping[str, Any], where: str) -> Item:
    path, size, digest = entry["path"], entry["bytes"], entry["sha256"]
    if not _PATH.fullmatch(path):
        raise PullError(f"The manifest at {where} names {path!r}, which is no file of a snapshot. It is refused.")
    if type(size) is not int or size < 0 or not _SHA256.fullmatch(digest):
        raise PullError(f"The manifest at {where} states no size and SHA-256 of {path!r}. It is refused.")
    return Item(path, size, digest)


def _plan(id_: str, manifest: bytes, items: Mapping[str, Item], packed: set[str], where: str) -> Plan:
    paths = [each.path for each in items.values()]
    if snapshot.QUADS not in paths or len(set(paths)) < len(paths):
        raise PullError(f"The manifest at {where} does not name each file of a snapshot once. It is refused.")
    pairs = [(items[f"{name}.gz"], item) for name, item in items.items() if f"{name}.gz" in packed]
    plain = {item.path for _, item in pairs}
    return Plan(id_, manifest, [each for each in items.values() if each.path not in plain], pairs)
