"""An IRI of ours that nothing has in, what became of it out: 410 with what replaced it, or 404 with what is near.

Both come from files that the build made beside the snapshot; no older snapshot is opened for it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import GRAPH
from gdb_graph.negotiation import best
from gdb_graph.rows import Cell
from gdb_graph.snapshot import GONE, Snapshot
from gdb_graph.terms import DCT, OWL, SKOS, VOCABULARY, XSD, Names
from gdb_graph.web import versions
from gdb_graph.web.describe import labels
from gdb_graph.web.links import Links
from gdb_graph.web.near import Near
from gdb_graph.web.parts import HTML, accepted, select
from gdb_graph.web.problems import Problem
from gdb_graph.web.rdf import in_order, links, respond

_MOST = 5
_JSON = "application/problem+json"
_STATED = f"""
SELECT ?new WHERE {{{{ <{{iri}}> <{DCT}isReplacedBy>|<{OWL}deprecated> ?new }}}} ORDER BY ?new
"""


async def answer(request: Request, now: Published, iri: str, shown: str) -> Response:
    """What is told of `iri`, which nothing has; `shown` is how it was asked for.

    The description of what is gone as RDF, with status 410, for a client that likes it better than a problem. Raises
    Problem for all others: 410 for what was there in an earlier snapshot or is stated to be gone, else 404.
    """
    told = (await asyncio.to_thread(_gone, now.snapshot)).get(iri)
    stated = await _stated(now, iri)
    if told is None and not stated:
        raise await _not_found(request, now, iri, shown)
    told = told or {}
    new = [cell.value for cell in stated if cell.kind == "uri"] or list(told.get("replacedBy", ()))
    chosen = best(accepted(request), (_JSON, HTML, *GRAPH))
    if chosen not in GRAPH:
        raise await _no_longer(request, now, shown, told, new)
    response = respond(now, _tombstone(iri, told, new), chosen)
    response.status_code = 410
    response.headers["Cache-Control"] = "no-store"
    if new:
        response.headers["Link"] = _successors(request, now, new)
    return response


async def _stated(now: Published, iri: str) -> Sequence[Cell]:
    """What the data says takes its place, or that it is withdrawn; nothing where `iri` is no IRI."""
    try:
        ox.NamedNode(iri)
    except ValueError:
        return ()
    return [row["new"] for row in (await select(now, _STATED.format(iri=iri)))[1]]


async def _no_longer(
    request: Request, now: Published, shown: str, told: Mapping[str, Any], new: Sequence[str]
) -> Problem:
    base = request.app.state.base_url
    last, since = told.get("last", ""), (told.get("since") or now.snapshot.id) if told else ""
    is_kept = any(one.id == last for one in versions.known(request))
    detail = f"{shown!r} is gone" + (f" since snapshot {since}." if since else ".")
    detail += " What takes its place is named here." if new else " Nothing is stated to take its place."
    if is_kept:
        detail += f" Snapshot {last} has it still: ask /snapshots/{last}/sparql."
    members = {
        "label": told.get("label"),
        "goneSince": since,
        "lastSnapshot": last,
        "lastSnapshotUrl": f"{base}/snapshots/{last}" if is_kept else "",
        "replacedBy": await _entries(request, now, new),
    }
    headers = {"Link": _successors(request, now, new)} if new else {}
    return Problem(410, "gone", detail, headers, {name: value for name, value in members.items() if value})


async def _not_found(request: Request, now: Published, iri: str, shown: str) -> Problem:
    space = next((each for each in _spaces(now.snapshot.names) if iri.startswith(each)), "")
    finders = await asyncio.to_thread(_near, now.snapshot)
    near = [f"{space}{each}" for each in finders[space](iri.removeprefix(space), _MOST)] if space else []
    detail = f"There is nothing named {shown!r} in this graph."
    if near:
        detail += f" Did you mean {', '.join(repr(each.removeprefix(space)) for each in near)}?"
    detail += " Ask /search, /queries or /sparql for what there is."
    return Problem(404, "not-found", detail, None, {"near": await _entries(request, now, near)} if near else {})


async def _entries(request: Request, now: Published, iris: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    named = await labels(now, iris) if iris else {}
    return [{"iri": iri, "url": _address(request, now, iri), "label": named.get(iri, {})} for iri in iris]


def _successors(request: Request, now: Published, new: Sequence[str]) -> str:
    return links([(_address(request, now, iri), "successor-version") for iri in new])


def _address(request: Request, now: Published, iri: str) -> str:
    base: str = request.app.state.base_url
    return urljoin(base, Links(base, now.snapshot.names).iri(iri))


def _tombstone(iri: str, told: Mapping[str, Any], new: Sequence[str]) -> Sequence[ox.Triple]:
    """That it is gone, how it was called, and what takes its place."""
    subject, true = ox.NamedNode(iri), ox.Literal("true", datatype=ox.NamedNode(f"{XSD}boolean"))
    said = [ox.Triple(subject, ox.NamedNode(f"{OWL}deprecated"), true)]
    said += [ox.Triple(subject, ox.NamedNode(f"{DCT}isReplacedBy"), ox.NamedNode(each)) for each in new]
    for lang, text in told.get("label", {}).items():
        label = ox.Literal(text, language=lang) if lang else ox.Literal(text)
        said.append(ox.Triple(subject, ox.NamedNode(f"{SKOS}prefLabel"), label))
    return in_order(said)


def _spaces(names: Names) -> Sequence[str]:
    return names.instances, VOCABULARY, names.graphs


def _gone(one: Snapshot) -> Mapping[str, Mapping[str, Any]]:
    try:
        written = (one.folder / GONE).stat().st_mtime_ns
    except OSError:
        return {}
    return _read_gone(one.folder, written)


@lru_cache(maxsize=2)
def _read_gone(folder: Path, _written: int) -> Mapping[str, Mapping[str, Any]]:
    return Snapshot(folder, {}).gone


def _near(one: Snapshot) -> Mapping[str, Near]:
    return _read_near(one.folder, one.names)


@lru_cache(maxsize=2)
def _read_near(folder: Path, names: Names) -> Mapping[str, Near]:
    called = Snapshot(folder, {}).called
    return {space: Near(iri.removeprefix(space) for iri in called if iri.startswith(space)) for space in _spaces(names)}
