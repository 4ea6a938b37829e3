"""Bytes of a client in, requests out: uvicorn's connection, with bounds for heads that never end."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD_SECONDS = 10.0
_HEAD_BYTES = 64 * 1024
_RESERVED = 100


class _Gathered:
    """A transport that sends together what is written in one turn of the loop: uvicorn writes head and body apart."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts:
            self._transport.write(parts[0] if len(parts) == 1 else b"".join(parts))


class Connection(HttpToolsProtocol):
    """One HTTP/1.1 connection. A head that is not there in time or too large ends it (uvicorn bounds neither)."""

    longest_head: int = _HEAD_BYTES
    most: int = 10_000

    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the first head."""
        super().connection_made(cast(asyncio.Transport, _Gathered(transport, self.loop)))
        if len(self.connections) > self.most:
            transport.abort()
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on what comes, as long as the head it may belong to is not too large."""
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self.longest_head + _HEAD_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """The first line of a request has begun."""
        if not self._in_head:
            self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._stop_timer()
        self._in_head = False
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._in_head, self._head_bytes = True, 0
        self._timer = self.loop.call_later(_HEAD_SECONDS, self._refuse, b"408 Request Timeout")

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()


def connection(longest_address: int, open_files: int) -> type[Connection]:
    """Connections for addresses of that many bytes, as many as a process with so many `open_files` can hold."""
    return type(
        "Connection", (Connection,), {"longest_head": longest_address, "most": max(open_files - _RESERVED, _RESERVED)}
    )
