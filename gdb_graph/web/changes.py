"""`/changes`: what changed from one snapshot to another, as page, JSON or RDF Patch."""

from collections.abc import Iterator
from functools import partial
from typing import IO

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from gdb_graph.engine.archive import Archive
from gdb_graph.engine.changes import Changes
from gdb_graph.engine.compare import PATCH, RECORDS
from gdb_graph.errors import BadParameter, NotAcceptable
from gdb_graph.negotiation import best
from gdb_graph.snapshot import Snapshot
from gdb_graph.web.exchange import KEY, Exchange
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import CLIENT_LEFT, HTML, accepted, language, published, varies, while_connected
from gdb_graph.web.problems import Problem
from gdb_graph.web.versions import at, find, known, predecessors

FORMATS = {"json": "application/json", "patch": "application/rdf-patch", "html": HTML}
_FORMS = {FORMATS["json"]: RECORDS, FORMATS["patch"]: PATCH}
_ON_A_PAGE = 100
_IN_ONE_PIECE = 1024 * 1024
_BLOCK = 64 * 1024


def comparing(request: Request) -> Changes:
    """What finds changes. Raises Problem 404 where there is but one snapshot."""
    archive: Archive | None = request.app.state.archive
    if archive is None or len(known(request)) < 2:
        raise Problem(404, "not-found", "There is only one snapshot, so nothing to compare it with. See /snapshots.")
    return archive.changes


async def changes(request: Request) -> Response:
    """From `since` to `until` (default: the current snapshot); without `since` 302 to the changes from the one before.

    `format` (json, patch or html) goes before the Accept header.
    """
    search, chosen = comparing(request), _format(request)
    until = find(request, request.query_params.get("until", published(request).snapshot.id))
    if "since" not in request.query_params:
        return _to_predecessor(request, until)
    since = find(request, request.query_params["since"])
    exchange: Exchange = request.scope[KEY]
    at(request, until)  # the answer names it
    if chosen == HTML:
        return await _page(request, exchange, search, since, until)
    finding = exchange.charged(partial(search.find, since, until, _FORMS[chosen], language(request)))
    file = await while_connected(request, finding)
    if file is None:
        return Response(status_code=CLIENT_LEFT)
    return _send(file, chosen, {"Vary": varies(request), "X-Snapshot": until.id})


def _format(request: Request) -> str:
    asked = request.query_params.get("format")
    chosen = FORMATS.get(asked, "") if asked else best(accepted(request), (*FORMATS.values(),))
    if not chosen:
        raise NotAcceptable(f"Changes come as {', '.join(FORMATS.values())}. Ask for one of them, or for */*.")
    return chosen


def _to_predecessor(request: Request, until: Snapshot) -> Response:
    before = predecessors(known(request)).get(until.id)
    if before is None:
        raise Problem(404, "not-found", f"No snapshot before {until.id} is left. Name one as since=; see /snapshots.")
    rest = {name: value for name, value in request.query_params.items() if name not in ("since", "until")}
    links = Links(request.app.state.base_url, until.names)
    query = {"since": before.id, "until": until.id} | rest
    return RedirectResponse(links.path("/changes", **query), 302, {"Cache-Control": "no-store"})


async def _page(request: Request, exchange: Exchange, search: Changes, since: Snapshot, until: Snapshot) -> Response:
    number, lang = request.query_params.get("page", "1"), language(request)
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 8 and int(number)):
        raise BadParameter("page", f"page must be a number from 1 on, not {number!r}.")
    first = (int(number) - 1) * _ON_A_PAGE
    telling = exchange.charged(partial(search.told, since, until, lang, first, _ON_A_PAGE))
    told = await while_connected(request, telling)
    if told is None:
        return Response(status_code=CLIENT_LEFT)
    if first and first >= told["total"]:
        raise Problem(404, "not-found", f"There is no page {number}: {told['total']} things changed.")
    pages: Pages = request.app.state.pages
    return pages.show(
        request,
        published(request),
        "changes",
        since=since,
        until=until,
        told=told,
        first=first,
        page=int(number),
        last=max(1, -(-told["total"] // _ON_A_PAGE)),
        snapshots=known(request),
    )


def _send(file: IO[bytes], media_type: str, headers: dict[str, str]) -> Response:
    size = file.seek(0, 2)
    file.seek(0)
    if size <= _IN_ONE_PIECE:
        with file:
            return Response(file.read(), headers=headers, media_type=media_type)
    headers["Content-Length"] = str(size)
    return StreamingResponse(
        _blocks(file), headers=headers, media_type=media_type, background=BackgroundTask(file.close)
    )


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block
