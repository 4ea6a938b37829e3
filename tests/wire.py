"""HTTP as it stands on the wire: exact bytes over a socket, since clients such as httpx put right what they send."""

import http.client
import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from tests.conftest import Running

ORIGIN = {"Origin": "https://elsewhere.example"}


@dataclass(frozen=True)
class Reply:
    """An answer: the headers as they came, the body as bytes."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    service: Running, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Reply:
    """Send a request as it is: no header is added but Host, Connection and the length of a body.

    `{id}` in the target stands for the id of the snapshot that is served.
    """
    if "{id}" in target:
        target = target.replace("{id}", service.client.get("/readyz").json()["snapshot"])
    address = urlsplit(service.url)
    lines = [f"{method} {target} HTTP/1.1", f"Host: {address.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines += [f"Content-Length: {len(body)}"] if body is not None else []
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 80), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        return Reply(response.status, response.headers, response.read())


def problem(reply: Reply, status: int, kind: str) -> dict[str, Any]:
    """The problem document of an answer, after a look at all that every one must have."""
    assert (reply.status, reply.media_type) == (status, "application/problem+json"), reply.body
    told: dict[str, Any] = reply.json()
    assert told["status"] == status
    assert told["type"].endswith(f"/problems#{kind}")
    assert told["title"]
    assert told["detail"]
    return told


def names(text: str) -> Sequence[str]:
    """The members of a header that is a list, in order of the alphabet."""
    return sorted(part.strip() for part in text.split(","))
