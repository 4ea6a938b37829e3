"""A source and a file of a snapshot in, that file on disk out: begun again where it broke off, right or not there."""

import hashlib
import shutil
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from gdb_graph.errors import PullError
from gdb_graph.pull.plan import Item
from gdb_graph.pull.source import Interrupted, Source

PAUSES = (0.5, 1.0, 2.0, 4.0)
_LONGEST_PAUSE = 30.0
_CHUNK = 1 << 20
_Result = TypeVar("_Result")


def insist(try_: Callable[[], _Result], come: Callable[[], int] = lambda: 0) -> _Result:
    """What `try_` gives; tried again after a pause when it is interrupted, from the first pause where more has `come`.

    Raises PullError when that does not help.
    """
    pauses, had = iter(PAUSES), come()
    while True:
        try:
            return try_()
        except Interrupted as error:
            if (have := come()) > had:
                pauses, had = iter(PAUSES), have
            pause = next(pauses, None)
            if pause is None:
                raise PullError(f"{error} Tried {len(PAUSES) + 1} times; what has come so far is kept.") from error
            time.sleep(min(max(pause, error.seconds), _LONGEST_PAUSE))


def fetch(source: Source, id_: str, item: Item, folder: Path) -> None:
    """Have the file in `folder`, with the size and hash it should have. Raises PullError."""
    part = _begun(folder, item)
    before = _size(part)
    try:
        insist(lambda: _go_on(source, id_, item, part), lambda: _size(part))
        _finish(part, item, folder)
    except _Wrong:
        part.unlink()
        if not before:
            raise
        fetch(source, id_, item, folder)  # what was there from an earlier time did not fit


class _Wrong(PullError):
    """The bytes are not those that the manifest promises."""


def _wrong(item: Item) -> _Wrong:
    return _Wrong(f"{item.path} has come with other bytes than its manifest promises. It is refused.")


def _go_on(source: Source, id_: str, item: Item, part: Path) -> None:
    """Fetch what is missing of the file. Raises Interrupted where it ends too soon."""
    have = _size(part)
    if have > item.bytes:
        raise _wrong(item)
    if have == item.bytes and part.exists():
        return
    with source.open(id_, item.path, have) as (start, chunks), part.open("r+b" if start else "wb") as file:
        file.seek(start)
        _write(file.write, chunks, item, start)
    if (have := _size(part)) < item.bytes:
        raise Interrupted(f"{item.path} ended after {have} of {item.bytes} bytes.")


def _write(write: Callable[[bytes], object], chunks: Iterable[bytes], item: Item, have: int = 0) -> None:
    """No byte more than the file should have is written, whatever comes."""
    for chunk in chunks:
        have += len(chunk)
        if have > item.bytes:
            raise _wrong(item)
        write(chunk)


def unpack(packed: Item, item: Item, folder: Path) -> None:
    """Have the file in `folder`, from its gzip that is there. Raises PullError."""
    part = _begun(folder, item)
    try:
        with (folder / packed.path).open("rb") as source, part.open("wb") as file:
            _write(file.write, _unpacked(iter(lambda: source.read(_CHUNK), b"")), item)
        _finish(part, item, folder)
    except zlib.error as error:
        raise _wrong(item) from error


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A gzip stream as it was, in pieces of bounded size: a small file may hold a very large one."""
    stream = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        while chunk:
            yield stream.decompress(chunk, _CHUNK)
            chunk = stream.unconsumed_tail
    yield stream.flush()


def take(known: Path, item: Item, folder: Path) -> bool:
    """Have the file in `folder` from a copy of this machine; whether that is the right one."""
    part = _begun(folder, item)
    try:
        shutil.copyfile(known, part)
        _finish(part, item, folder)
    except (OSError, _Wrong):
        part.unlink(missing_ok=True)
        return False
    return True


def _begun(folder: Path, item: Item) -> Path:
    path = folder / f"{item.path}.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _finish(part: Path, item: Item, folder: Path) -> None:
    """Give the file its name if it is whole. Raises _Wrong."""
    if not is_right(part, item):
        raise _wrong(item)
    part.rename(folder / item.path)


def is_right(path: Path, item: Item) -> bool:
    """Whether the file is there, with the size and hash it should have."""
    if not path.is_file() or path.stat().st_size != item.bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == item.sha256
