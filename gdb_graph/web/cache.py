"""A request in, its stored answer out while the snapshot is the same: ETags, and a bounded store of small answers.

A snapshot never changes, so an answer is a function of the snapshot, the program and the request, and its strong
entity tag is a hash of these (RFC 9110, 8.8.3): the same question again needs no evaluation to be told 304.
"""

import hashlib
from collections import OrderedDict
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.web.parts import chosen_before

LARGEST = 1024 * 1024
_VARYING = (b"accept", b"accept-language", b"cookie")

Headers = Sequence[tuple[bytes, bytes]]
Key = tuple[str, str, bytes, tuple[bytes, ...]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A whole answer of status 200; `query` is the hash of the query asked for it, if one was."""

    headers: Headers
    body: bytes
    tag: bytes
    query: str = ""
    rows: int = 0
    modified: bytes = b""
    """Its Last-Modified header, if it has one."""


def key(scope: MutableMapping[str, Any], snapshot: str) -> Key | None:
    """What the answer to this request depends on; None where it is not to be stored or tagged."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    said = dict.fromkeys(_VARYING, b"")
    for name, value in scope["headers"]:
        if name in said:
            said[name] += b"," + value
        elif name in (b"range", b"authorization"):
            return None
    # Of all that a cookie may hold, the language alone changes an answer.
    said[b"cookie"] = chosen_before(said[b"cookie"].decode("latin-1")).encode()
    return snapshot, scope["path"], scope["query_string"], tuple(said.values())


def vary(of: Key) -> bytes:
    """The Vary header of a 304 to `of`: the cookie may choose the language of a page whose address does not say it."""
    _, _, query, (accept, _, cookie) = of
    is_chosen = b"lang=" not in query and bool(cookie or b"text/html" in accept)
    return b"Accept, Accept-Language, Cookie" if is_chosen else b"Accept, Accept-Language"


def named(path: str, current: str) -> str:
    """The snapshot that a path names, else the current one: what older ones answer stays the same when that changes."""
    parts = path.split("/")
    return parts[2] if path.startswith("/snapshots/") and parts[3:4] in (["sparql"], ["queries"]) else current


def tag(of: Key, seed: bytes) -> bytes:
    """The strong entity tag of the answer to `of` by the program that `seed` tells."""
    digest = hashlib.blake2b(repr(of).encode(), digest_size=16, key=seed[:64])
    return b'"' + digest.hexdigest().encode() + b'"'


def matches(tag_: bytes, if_none_match: bytes) -> bool:
    """Whether the header names the tag (weak comparison, RFC 9110, 13.1.2). `*` is for whoever knows what there is."""
    return any(each.strip().removeprefix(b"W/") == tag_ for each in if_none_match.split(b","))


def revalidated(request: Request, response: Response) -> Response:
    """An answer that more than its snapshot decides: tagged by its own bytes, and asked for again each time."""
    tag_ = b'"' + hashlib.blake2b(bytes(response.body), digest_size=16).hexdigest().encode() + b'"'
    headers = {"ETag": tag_.decode(), "Cache-Control": "no-cache", "Vary": response.headers.get("Vary", "Accept")}
    if matches(tag_, request.headers.get("if-none-match", "").encode()):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def unchanged(scope: MutableMapping[str, Any], stored: Stored) -> Headers | None:
    """The headers of the 304 for a client that names the very time of the stored answer; None for all others.

    Not for a later time: after a step back to an older snapshot that client has seen something else.
    """
    said = {name: value for name, value in scope["headers"] if name in (b"if-modified-since", b"if-none-match")}
    if b"if-none-match" in said or said.get(b"if-modified-since") != stored.modified:
        return None
    return [(name, value) for name, value in stored.headers if not name.startswith(b"content-")]


class Cache:
    """Answers by key, the least recently used dropped first when they hold more than `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._stored: OrderedDict[Key, Stored] = OrderedDict()

    def get(self, of: Key) -> Stored | None:
        """The stored answer, if there is one."""
        found = self._stored.get(of)
        if found:
            self._stored.move_to_end(of)
        return found

    def put(self, of: Key, answer: Stored) -> None:
        """Store an answer, if it is small."""
        if len(answer.body) > min(LARGEST, self._most):
            return
        self._drop(of)
        self._stored[of] = answer
        self._held += _size(of, answer)
        while self._held > self._most:
            self._drop(next(iter(self._stored)))

    def _drop(self, of: Key) -> None:
        gone = self._stored.pop(of, None)
        if gone:
            self._held -= _size(of, gone)

    @property
    def held(self) -> int:
        """Bytes held."""
        return self._held


def _size(of: Key, answer: Stored) -> int:
    return len(answer.body) + len(of[1]) + len(of[2]) + sum(map(len, of[3])) + 1000
