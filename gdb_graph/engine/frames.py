"""How an engine and the HTTP process talk: frames of a kind, a length and bytes over one stream socket.

request   →  Q [query, accept, default graphs, named graphs, base, labels, notes, first, own]
answer    ←  H content type · D bytes … · E rows grown    or, after any, X {"error": …, "message": …, "place": …}
"""

import json
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gdb_graph.engine.sparql import Request

QUERY, HEAD, DATA, END, ERROR = b"Q", b"H", b"D", b"E", b"X"

_PREFIX = struct.Struct(">cI")


def encode(request: Request) -> bytes:
    """The frame of a request."""
    graphs = tuple(request.default_graphs), tuple(request.named_graphs)
    how = request.labels, request.notes, request.first, request.own
    parts = (request.query, request.accept, *graphs, request.base, *how)
    return pack(QUERY, json.dumps(parts).encode())


def decode(payload: bytes) -> Request:
    """The request in a frame's payload."""
    return Request(*json.loads(payload))


def error(name: str, message: str, place: Sequence[int] = ()) -> bytes:
    """The frame of an error: the name of its class, its text, and line and column where it has them."""
    return pack(ERROR, json.dumps({"error": name, "message": message, "place": place}).encode())


def read_error(payload: bytes) -> Mapping[str, Any]:
    """What `error` packed."""
    value: Mapping[str, Any] = json.loads(payload)
    return value


def end(rows: int, grown: int) -> bytes:
    """The frame that ends an answer: its rows, and the MB of memory that the engine no longer shares."""
    return pack(END, b"%d %d" % (rows, grown))


def read_end(payload: bytes) -> tuple[int, int]:
    """What `end` packed."""
    rows, grown = payload.split()
    return int(rows), int(grown)


def pack(kind: bytes, payload: bytes = b"") -> bytes:
    """One frame."""
    return _PREFIX.pack(kind, len(payload)) + payload


def split(received: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """The kind and the payload of each whole frame at the head of `received`, which keeps what is left."""
    at = 0
    while len(received) - at >= _PREFIX.size:
        kind, length = _PREFIX.unpack_from(received, at)
        end = at + _PREFIX.size + length
        if len(received) < end:
            break
        yield kind, bytes(memoryview(received)[at + _PREFIX.size : end])
        at = end
    del received[:at]


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
