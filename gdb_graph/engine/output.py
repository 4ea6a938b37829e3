"""What an engine writes in, frames over its socket out: gathered into few, counted in rows and bytes, within limits."""

import io
import resource
import socket
from collections.abc import Sequence
from typing import Any

from gdb_graph.engine import frames
from gdb_graph.errors import ResultTooLarge

_TOGETHER = 64 * 1024
_CSV, _TSV = "text/csv", "text/tab-separated-values"

# What stands once a row and cannot stand within a value: there JSON escapes quotes, XML `<`, TSV line feeds.
# (A JSON row that binds nothing is not counted.)
_JSON_ROW, _XML_ROW = (b'"bindings":[{"', b'"}},{"'), (b"</result>",)
_ROW_MARKS: dict[str, Sequence[bytes]] = {
    "application/sparql-results+json": _JSON_ROW,
    "application/json": _JSON_ROW,
    "application/sparql-results+xml": _XML_ROW,
    "application/xml": _XML_ROW,
    _CSV: (b"\n",),
    _TSV: (b"\n",),
}


def grown() -> int:
    """How many MB this process has touched since it was forked: so much, at most, it no longer shares.

    Reading alone makes a page its own: the engine counts references where the quads stand.
    """
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    return faults * resource.getpagesize() // (1024 * 1024)


class Output(io.RawIOBase):
    """A file for one answer. Past `limit_rows` or `limit_bytes` (0: none) writing raises ResultTooLarge."""

    def __init__(self, connection: socket.socket, limit_rows: int = 0, limit_bytes: int = 0) -> None:
        self._connection, self._limit_rows, self._limit_bytes = connection, limit_rows, limit_bytes
        self._head = b""
        self._gathered = bytearray()
        self._tails: dict[bytes, bytes] = {}
        self._csv = self._in_quotes = False
        self.rows = self.bytes = 0

    def begin(self, content_type: str, rows: int = 0) -> "Output":
        """State the content type, and the rows where they are known before the first is written."""
        self._head = frames.pack(frames.HEAD, content_type.encode())
        media_type = content_type.partition(";")[0]
        self._tails = dict.fromkeys(_ROW_MARKS.get(media_type, ()), b"")
        self._csv = media_type == _CSV
        self.rows = -1 if media_type in (_CSV, _TSV) else rows  # the header is no row
        self._check()
        return self

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes of the answer; they travel when there are enough of them."""
        self._gathered += data
        self.bytes += len(data)
        self._count(data)
        self._check()
        if len(self._gathered) >= _TOGETHER:
            self._connection.sendall(self._take())
        return len(data)

    def finish(self) -> None:
        """Send what is left, and that this was all."""
        self._connection.sendall(self._take() + frames.end(max(self.rows, 0), grown()))

    def _take(self) -> bytes:
        taken = self._head + (frames.pack(frames.DATA, bytes(self._gathered)) if self._gathered else b"")
        self._head = b""
        self._gathered.clear()
        return taken

    def _count(self, data: bytes) -> None:
        if self._csv:  # only a line feed outside quotes ends a row
            for number, piece in enumerate(data.split(b'"')):
                self._in_quotes ^= number > 0
                self.rows += 0 if self._in_quotes else piece.count(b"\n")
            return
        for mark, tail in self._tails.items():
            seen = tail + data
            self.rows += seen.count(mark)
            self._tails[mark] = seen[max(0, len(seen) - len(mark) + 1) :]

    def _check(self) -> None:
        if self._limit_rows and self.rows > self._limit_rows:
            raise ResultTooLarge(
                f"The answer has more than {self._limit_rows} rows (GDB_ROWS). "
                "Add a LIMIT and OFFSET, or take the dump."
            )
        if self._limit_bytes and self.bytes > self._limit_bytes:
            raise ResultTooLarge(
                f"The answer is larger than {self._limit_bytes} bytes (GDB_RESULT_BYTES). Add a LIMIT and OFFSET, or "
                "take the dump."
            )
