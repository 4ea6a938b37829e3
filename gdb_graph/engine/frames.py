"""How an engine and the HTTP process talk: frames of a kind, a length and bytes over one stream socket.

request   →  Q {"query": …, "accept": …, …}
answer    ←  H content type · D bytes … · E        or, instead of any of these, X {"error": …, "message": …}
"""

import asyncio
import io
import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gdb_graph.engine.sparql import Request

QUERY, HEAD, DATA, END, ERROR = b"Q", b"H", b"D", b"E", b"X"

_PREFIX = struct.Struct(">cI")
_CHUNK = 64 * 1024


def encode(request: Request) -> bytes:
    """The frame of a request."""
    return pack(QUERY, json.dumps(asdict(request)).encode())


def decode(payload: bytes) -> Request:
    """The request in a frame's payload."""
    return Request(**json.loads(payload))


def error(name: str, message: str) -> bytes:
    """The frame of an error: the name of its class and its text."""
    return pack(ERROR, json.dumps({"error": name, "message": message}).encode())


def read_error(payload: bytes) -> Mapping[str, Any]:
    """What `error` packed."""
    value: Mapping[str, Any] = json.loads(payload)
    return value


def pack(kind: bytes, payload: bytes = b"") -> bytes:
    """One frame."""
    return _PREFIX.pack(kind, len(payload)) + payload


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next frame's kind and payload. Raises asyncio.IncompleteReadError if the other side is gone."""
    kind, length = _PREFIX.unpack(await reader.readexactly(_PREFIX.size))
    return kind, await reader.readexactly(length)


def receive(connection: socket.socket) -> tuple[bytes, bytes] | None:
    """The next frame, waiting for it; None if the other side is gone."""
    prefix = _exactly(connection, _PREFIX.size)
    if prefix is None:
        return None
    kind, length = _PREFIX.unpack(prefix)
    payload = _exactly(connection, length)
    return None if payload is None else (kind, payload)


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)


class _Body(io.RawIOBase):
    """What is written becomes DATA frames."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        payload = bytes(data)
        self._connection.sendall(pack(DATA, payload))
        return len(payload)


def body(connection: socket.socket) -> io.BufferedWriter:
    """A file whose content travels as DATA frames of up to 64 KiB."""
    return io.BufferedWriter(_Body(connection), _CHUNK)
