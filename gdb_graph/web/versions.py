"""The snapshots that stay: their list, each one, its own SPARQL endpoint and its own curated queries."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.archive import Archive
from gdb_graph.snapshot import Snapshot
from gdb_graph.web import curated, protocol
from gdb_graph.web.cache import revalidated
from gdb_graph.web.exchange import KEY
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import published, wants_html
from gdb_graph.web.problems import Problem


def known(request: Request) -> Sequence[Snapshot]:
    """All snapshots that can be asked, the latest first."""
    archive: Archive | None = request.app.state.archive
    current = published(request).snapshot
    older = archive.snapshots() if archive else ()
    return older if any(one.id == current.id for one in older) else (current, *older)


def find(request: Request, id_: str) -> Snapshot:
    """The snapshot with that id. Raises Problem 404."""
    found = next((one for one in known(request) if one.id == id_), None)
    if found is None:
        raise Problem(404, "not-found", f"There is no snapshot {id_!r} here, or no longer. /snapshots lists all.")
    return found


def at(request: Request, one: Snapshot) -> Published:
    """That snapshot to be asked, instead of the current one, for all of this request."""
    archive: Archive | None = request.app.state.archive
    if archive and one.id != published(request).snapshot.id:
        request.scope[KEY].now = archive.published(one)
    return published(request)


def predecessors(snapshots: Sequence[Snapshot]) -> Mapping[str, Snapshot]:
    """By the id of a snapshot the one made before it."""
    return {one.id: before for one, before in pairwise(snapshots)}


async def listing(request: Request) -> Response:
    """`/snapshots`: all, the latest first, as page or JSON."""
    return revalidated(request, _show(request, known(request)))


async def one(request: Request) -> Response:
    """`/snapshots/{id}`: one of them."""
    return revalidated(request, _show(request, [find(request, request.path_params["id"])]))


async def sparql(request: Request) -> Response:
    """`/snapshots/{id}/sparql`: the whole protocol over that snapshot."""
    at(request, find(request, request.path_params["id"]))
    return await protocol.sparql(request)


async def queries(request: Request) -> Response:
    """`/snapshots/{id}/queries`: the curated queries it was built with."""
    await _with_queries(request)
    return await curated.catalogue(request)


async def query(request: Request) -> Response:
    """`/snapshots/{id}/queries/{name}`: the answer that one of them had then."""
    await _with_queries(request)
    return await curated.one(request)


async def _with_queries(request: Request) -> None:
    one = find(request, request.path_params["id"])
    now, archive = at(request, one), request.app.state.archive
    if archive and not now.queries:
        request.scope[KEY].now = replace(request.scope[KEY].now, queries=await archive.queries(one))


def _show(request: Request, shown: Sequence[Snapshot]) -> Response:
    now = published(request)
    before, alone = predecessors(known(request)), "id" in request.path_params
    if wants_html(request, ["application/json"]):
        pages: Pages = request.app.state.pages
        return pages.show(request, now, "snapshots", snapshots=shown, before=before, one=alone)
    links = Links(request.app.state.base_url, now.snapshot.names)
    entries = [_entry(each, before.get(each.id), each.id == now.snapshot.id, links) for each in shown]
    return JSONResponse(
        entries[0] if alone else entries,
        headers={"Vary": "Accept", "X-Snapshot": now.snapshot.id},
    )


def _entry(one: Snapshot, before: Snapshot | None, served: bool, links: Links) -> Mapping[str, Any]:
    changes = links.absolute(f"/changes?since={before.id}&until={one.id}") if before else None
    return {
        "id": one.id,
        "created": one.manifest["created"],
        "triples": one.manifest["counts"]["triples"],
        "served": served,
        "url": links.absolute(f"/snapshots/{one.id}"),
        "queries": links.absolute(f"/snapshots/{one.id}/queries"),
        "sparql": links.absolute(f"/snapshots/{one.id}/sparql"),
        "changes": changes,
        "cite": links.absolute(f"/cite?snapshot={one.id}"),
    }
