"""What routes share: an answer as a response, query results as rows, the language and the links of a page."""

import asyncio
import re
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gdb_graph import queryfile, rows
from gdb_graph.engine import tokens
from gdb_graph.engine.answer import Answer, Current, Published
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.negotiation import best
from gdb_graph.web.exchange import KEY, Exchange

JSON_RESULTS = "application/sparql-results+json"
HTML = "text/html"
CLIENT_LEFT = 499
_Result = TypeVar("_Result")
_WATCH_AFTER = 0.05
COOKIE = "gdb_language"
_COOKIE = re.compile(rf"(?:^|[;,])\s*{COOKIE}=({'|'.join(queryfile.LANGUAGES)})\s*(?:[;,]|$)")
_PRIMARY = re.compile(r"(^|,)\s*([A-Za-z]{1,8}|\*)[^,;]*")


def published(request: Request) -> Published:
    """What is published for this request, however often it asks. Raises SnapshotError where nothing is yet."""
    exchange: Exchange = request.scope[KEY]
    if exchange.now is None:
        current: Current = request.app.state.current
        exchange.now = current()
    return replace(exchange.now, run=exchange.counting(exchange.now.run))


async def respond(request: Request, now: Published, query: Query) -> Response:
    """Run a query on `now` for the client of `request`, give the answer as it comes; stop it if the client leaves."""
    answer = await while_connected(request, now.run(query))
    if answer is None:
        return Response(status_code=CLIENT_LEFT)  # nobody reads it; the log shows it
    headers = {"Vary": "Accept", "X-Snapshot": now.snapshot.id}
    if tokens.differs_each_time(query.query):
        headers["Cache-Control"] = "no-store"
    if answer.chunks is None:
        return Response(answer.body, headers=headers, media_type=answer.content_type)
    return StreamingResponse(
        answer.chunks,
        headers=headers,
        media_type=answer.content_type,
        background=BackgroundTask(answer.chunks.aclose),
    )


async def while_connected(request: Request, asking: Awaitable[_Result]) -> _Result | None:
    """The answer; None if the client leaves first: then the query is stopped."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - requests are handled in tasks
    watch = _Watch(request, task)
    # Small answers are there before anybody could leave; to watch for it would cost as much as they do.
    timer = asyncio.get_running_loop().call_later(_WATCH_AFTER, watch.begin)
    try:
        return await asking
    except asyncio.CancelledError:
        if not watch.left:
            raise
        task.uncancel()
        return None
    finally:
        timer.cancel()
        watch.end()


class _Watch:
    """Cancels `task` when the client of `request` leaves."""

    def __init__(self, request: Request, task: "asyncio.Task[Any]") -> None:
        self._request, self._task = request, task
        self._watching: asyncio.Task[None] | None = None
        self.left = False

    def begin(self) -> None:
        self._watching = asyncio.get_running_loop().create_task(self._until_left())

    def end(self) -> None:
        if self._watching:
            self._watching.cancel()

    async def _until_left(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.left = True
        self._task.cancel()


def all_of(graph: str) -> str:
    """The query for all that stands in the named graph `graph`, an IRI."""
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"


async def select(now: Published, text: str) -> tuple[list[str], list[rows.Row]]:
    """The variables and the rows of a SELECT query."""
    return rows.read(await whole(await now.run(Query(text, JSON_RESULTS, own=True))))


async def whole(answer: Answer) -> bytes:
    """All bytes of an answer."""
    return answer.body if answer.chunks is None else b"".join([chunk async for chunk in answer.chunks])


def language(request: Request) -> str:
    """The language of a page: `?lang=`, else what was chosen before, else the best of Accept-Language, else German."""
    asked = request.query_params.get("lang")
    if asked in queryfile.LANGUAGES:
        return asked
    if before := chosen_before(";".join(request.headers.getlist("cookie"))):
        return before
    # Language ranges rank as media ranges do; of `de-DE` the `de` counts.
    ranges = _PRIMARY.sub(r"\1lang/\2", request.headers.get("accept-language", ""))
    chosen = best(ranges, tuple(f"lang/{code}" for code in queryfile.LANGUAGES))
    return chosen.removeprefix("lang/") if chosen else queryfile.LANGUAGES[0]


def chosen_before(cookies: str) -> str:
    """The language in a Cookie header, set by the switch on every page; "" where there is none that we speak."""
    found = _COOKIE.search(cookies)
    return found.group(1) if found else ""


def varies(request: Request) -> str:
    """The Vary header of a page: where its address does not say the language, the cookie may."""
    stated = request.query_params.get("lang") in queryfile.LANGUAGES
    return "Accept, Accept-Language" if stated else "Accept, Accept-Language, Cookie"


def accepted(request: Request) -> str | None:
    """What the client accepts; several Accept headers count as one (RFC 9110, 5.3). None where it says nothing."""
    return ", ".join(request.headers.getlist("accept")) or None


def wants_html(request: Request, others: Sequence[str]) -> bool:
    """Whether the client likes a page better than any of `others`; `*/*` is not a wish for a page."""
    return best(accepted(request), (*others, HTML)) == HTML
