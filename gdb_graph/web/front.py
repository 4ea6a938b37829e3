"""Every request in, its answer out: told 304, from the store, from the hot path, or from the application; then noted.

Plain ASGI, since all of FastAPI's layers together cost more than a small query (see docs/benchmarks.md).
"""

import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from itertools import count
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request

from gdb_graph import __version__
from gdb_graph.errors import GraphError, SnapshotError
from gdb_graph.settings import Settings
from gdb_graph.web import ahead, cache, protocol
from gdb_graph.web.budget import Budget
from gdb_graph.web.cache import Cache, Headers, Key, Stored
from gdb_graph.web.exchange import KEY, Exchange
from gdb_graph.web.journal import Journal
from gdb_graph.web.metrics import Metrics
from gdb_graph.web.pages import HERE
from gdb_graph.web.problems import show_error

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Scripts of any site may read every answer and error: nothing here is secret, and nothing can be changed.
OPEN_TO_ALL: Headers = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Content-Disposition, ETag, Last-Modified, Link, Retry-After, X-Request-Id, X-Snapshot",
    ),
)
PREFLIGHT: Headers = (
    *OPEN_TO_ALL,
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Accept-Language, Content-Type, If-None-Match, Range"),
    (b"access-control-max-age", b"86400"),
)

# The settings that answers show.
_SHOWN = ("base_url", "publisher_", "contact_", "contributor_")

log = logging.getLogger(__name__)


class Front:
    """The ASGI application before the application."""

    def __init__(self, app: FastAPI, settings: Settings, journal: Journal, metrics: Metrics) -> None:
        self._app, self._journal, self._metrics = app, journal, metrics
        self._numbers = map(f"{secrets.token_hex(4)}-{{}}".format, count(1))
        self._cache = Cache(settings.cache_megabytes * 1024 * 1024)
        self._budget = Budget(settings.client_seconds, settings.limit_loopback)
        self._seed = _seed(settings)
        self._age = f"public, max-age={settings.max_age}".encode()
        metrics.cache_bytes = lambda: self._cache.held
        metrics.snapshot = lambda: app.state.current().snapshot.id

    async def prepare(self, look_seconds: float) -> None:
        """Go on making what lists, searches and paths need, before anybody asks; ends when it is cancelled."""
        state = self._app.state
        await ahead.prepare(state.current, state.indexes, state.networks, look_seconds, state.lists)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else ""
        exchange = scope[KEY] = Exchange(next(self._numbers), client, self._budget)
        try:
            await self._answer(scope, receive, _Watched(send, exchange), exchange)
        except BaseException as error:
            exchange.failed(error)
            raise
        finally:
            exchange.end()
            self._metrics.note(scope, exchange)
            self._journal.note(scope, exchange)

    async def _answer(self, scope: Scope, receive: Receive, send: "_Watched", exchange: Exchange) -> None:
        try:
            exchange.now = self._app.state.current()
        except SnapshotError:  # the application says so
            of = None
        else:
            of = cache.key(scope, cache.named(scope["path"], exchange.now.snapshot.id))
        stored = self._cache.get(of) if of else None
        known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        if of and known and cache.matches(tag := stored.tag if stored else cache.tag(of, self._seed), known):
            exchange.outcome = "not modified"
            headers = ((b"etag", tag), (b"cache-control", self._age), (b"vary", cache.vary(of)))
            await send.give(304, (*OPEN_TO_ALL, *headers), b"")
        elif stored and stored.modified and (kept := cache.unchanged(scope, stored)):
            exchange.outcome = "not modified"
            await send.give(304, kept, b"")
        elif stored:
            exchange.outcome, exchange.query, exchange.stored_rows = "cached", stored.query, stored.rows
            await send.give(200, stored.headers, b"" if scope["method"] == "HEAD" else stored.body)
        elif scope["method"] == "OPTIONS" and _is_preflight(scope):
            await send.give(204, PREFLIGHT, b"")
        else:
            if of:
                send.keep(self._cache, scope["method"] == "GET", of, self._seed, self._age)
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != protocol.PATH or scope["method"] not in protocol.METHODS:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        request = Request(scope, receive, send)
        try:
            response = await protocol.sparql(request)
        except Exception as error:
            if not isinstance(error, GraphError) and not hasattr(error, "status_code"):
                log.exception("unexpected")
            response = await show_error(request, error)
        await response(scope, receive, send)


class _Watched:
    """Passes messages on with the headers that all have, and notes them; gives a whole answer its tag, and keeps it."""

    def __init__(self, send: Send, exchange: Exchange) -> None:
        self._send, self._exchange = send, exchange
        self._cache: Cache | None = None
        self._headers: Headers | None = None
        self._parts: list[bytes] = []

    def keep(self, in_: Cache, whole: bool, of: Key, seed: bytes, age: bytes) -> None:
        """Tag the answer to `of`, and keep it if it comes `whole` and is small."""
        self._cache, self._whole, self._of, self._age = in_, whole, of, age
        self._tag = cache.tag(of, seed)

    async def give(self, status: int, headers: Headers, body: bytes) -> None:
        """A whole answer that has all its headers."""
        self._exchange.status, self._exchange.bytes = status, len(body)
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    async def __call__(self, message: Message) -> None:
        """Pass on one message."""
        if message["type"] == "http.response.start":
            self._exchange.status = message["status"]
            message["headers"] = self._complete(message["status"], [*message["headers"], *OPEN_TO_ALL])
        elif message["type"] == "http.response.body":
            body = message.get("body", b"")
            self._exchange.bytes += len(body)
            if self._cache and self._whole and self._headers:
                self._gather(self._cache, body, message.get("more_body", False))
        await self._send(message)

    def _gather(self, in_: Cache, body: bytes, more: bool) -> None:
        self._parts.append(body)
        if self._exchange.bytes > cache.LARGEST:
            self._whole = False
            self._parts.clear()
        elif not more:
            whole, seen = b"".join(self._parts), self._exchange
            length = (b"content-length", b"%d" % len(whole))
            headers = [*(each for each in self._headers or () if each[0] != length[0]), length]
            modified = next((value for name, value in headers if name == b"last-modified"), b"")
            in_.put(self._of, Stored(headers, whole, self._tag, seen.query, seen.rows, modified))

    def _complete(self, status: int, headers: Headers) -> Headers:
        if status >= 400 and self._exchange.outcome == "ok":
            self._exchange.outcome = "refused" if status < 500 else "failed"
        elif status in (200, 304) and self._cache:
            stated = {name for name, _ in headers}
            if b"cache-control" not in stated and b"etag" not in stated:
                headers = [*headers, (b"etag", self._tag), (b"cache-control", self._age)]
                self._headers = headers if status == 200 else None
        return headers


def _is_preflight(scope: Scope) -> bool:
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])


def _seed(settings: Settings) -> bytes:
    """What answers depend on besides snapshot and request: the program, its templates and texts, and the settings."""
    said = [getattr(settings, name) for name in ("base_url", *Settings.__annotations__) if name.startswith(_SHOWN)]
    digest = hashlib.blake2b(repr([__version__, *said]).encode())
    for path in sorted(HERE.parent.rglob("*")):
        if path.suffix in (".py", ".html", ".svg", ".toml") and "content" not in path.parts:
            digest.update(path.read_bytes())
    return digest.digest()
