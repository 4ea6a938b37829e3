"""Files to take away: dumps of every snapshot on disk and tables of the current one, as the build made them."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gdb_graph import distribution, queryfile, snapshot
from gdb_graph.distribution import Distribution
from gdb_graph.errors import SnapshotError
from gdb_graph.negotiation import best
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot
from gdb_graph.web.delivery import deliver
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import accepted, published, wants_html
from gdb_graph.web.problems import Problem

MANIFEST = "manifest.json"
CSVW = "application/csvm+json"
# What is named by its content never changes; what is named `latest` is asked for anew each time.
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
ASK_AGAIN = {"Cache-Control": "no-cache"}
_ID = re.compile(r"[0-9a-f]{32}")


def shelf(request: Request, now: Snapshot) -> list[Snapshot]:
    """Every snapshot that can be had: `now`, the published one, and all others on disk; the newest first."""
    settings: Settings = request.app.state.settings
    folders = settings.snapshots.iterdir() if settings.snapshots.is_dir() else ()
    others = (_open(folder) for folder in folders if _ID.fullmatch(folder.name) and folder.name != now.id)
    found = [now, *(other for other in others if other)]
    return sorted(found, key=lambda each: (each.manifest["created"], each.id), reverse=True)


def _open(folder: Path) -> Snapshot | None:
    try:
        opened = _opened(folder, (folder / "manifest.json").stat().st_mtime_ns)
    except (OSError, SnapshotError):  # being removed, or damaged
        return None
    return opened if opened.id == folder.name else None


@lru_cache(maxsize=32)
def _opened(folder: Path, _written: int) -> Snapshot:
    return snapshot.open_snapshot(folder)


def _find(snapshots: Sequence[Snapshot], id_: str) -> Snapshot:
    for each in snapshots:
        if each.id == id_:
            return each
    detail = f"There is no snapshot {id_!r} here, or no longer. The newest files are at /dumps/latest/, all at /dumps/."
    raise Problem(404, "not-found", detail)


def _keeper(snapshots: Sequence[Snapshot], id_: str, name: str) -> Snapshot | None:
    """A snapshot with the very file that first came in `id_`, where that is gone: portals keep its address."""
    if any(each.id == id_ for each in snapshots):
        return None
    for each in snapshots:
        since = {dataset: told["snapshot"] for dataset, told in each.manifest.get("editions", {}).items()}
        if any(file.name == name and since.get(file.dataset) == id_ for file in each.files):
            return each
    return None


def slashed(request: Request) -> Response:
    """A list asked for without the slash at its end."""
    return RedirectResponse(f"{request.app.state.base_url}{request.scope['path']}/", 308)


def dumps(request: Request) -> Response:
    """`/dumps/`: every snapshot that can be taken away; a page, or JSON."""
    now = published(request)
    found = shelf(request, now.snapshot)
    if wants_html(request, ["application/json"]):
        pages: Pages = request.app.state.pages
        page = pages.show(request, now, "dumps", snapshots=found)
        page.headers.update(ASK_AGAIN)  # what lies on disk changes while the published snapshot is the same
        return page
    links = Links(request.app.state.base_url, now.snapshot.names)
    entries = [
        {
            "id": each.id,
            "created": each.manifest["created"],
            "triples": each.manifest["counts"]["triples"],
            "url": links.absolute(f"/dumps/{each.id}/"),
            "manifest": links.absolute(f"/dumps/{each.id}/{MANIFEST}"),
        }
        for each in found
    ]
    content = {"latest": now.snapshot.id, "snapshots": entries}
    return JSONResponse(content, headers={**ASK_AGAIN, "Vary": "Accept", "X-Snapshot": now.snapshot.id})


def dump(request: Request) -> Response:
    """`/dumps/{id}/`: its files with size and SHA-256; a page, or JSON."""
    now = published(request)
    of = _find(shelf(request, now.snapshot), request.path_params["id"])
    if not wants_html(request, ["application/json"]):
        return _manifest(request, of)
    pages: Pages = request.app.state.pages
    files = {
        dataset: [each for each in of.distributions if each.dataset == dataset]
        for dataset in dict.fromkeys(each.dataset for each in of.distributions)
    }
    page = pages.show(request, now, "dump", of=of, datasets=files)
    page.headers.update(ASK_AGAIN)
    return page


def _manifest(request: Request, of: Snapshot) -> Response:
    links = Links(request.app.state.base_url, of.names)

    def entry(file: Distribution) -> Mapping[str, Any]:
        told = distribution.entry(file)
        del told["path"]
        return told | {"url": links.absolute(f"/dumps/{of.id}/{file.name}")}

    content = {
        "id": of.id,
        "created": of.manifest["created"],
        "contentHash": of.manifest["content_hash"],
        "triples": of.manifest["counts"]["triples"],
        "distributions": [entry(file) for file in of.distributions],
        "metadata": [entry(file) for file in of.metadata],
    }
    return JSONResponse(content, headers={**ASK_AGAIN, "Vary": "Accept", "X-Snapshot": of.id})


def file(request: Request) -> Response:
    """`/dumps/{id}/{name}`: one file of a snapshot, or its manifest; what the manifest does not name is not there."""
    snapshots = shelf(request, published(request).snapshot)
    id_, name = request.path_params["id"], request.path_params["name"]
    of = _keeper(snapshots, id_, name) or _find(snapshots, id_)
    if name == MANIFEST:
        return _manifest(request, of)
    found = _named(of, name, of.files)
    links = _links(request, snapshots, of, found, f"/dumps/{of.id}/")
    return deliver(request, of, found, {**FOREVER, "Link": links})


def latest(request: Request) -> Response:
    """`/dumps/latest/…`: leads to the same of the published snapshot."""
    now = published(request).snapshot
    name = request.path_params.get("name", "")
    if name and name != MANIFEST:
        _named(now, name, now.files)
    return RedirectResponse(f"{request.app.state.base_url}/dumps/{now.id}/{name}", 302, ASK_AGAIN)


def tables(request: Request) -> Response:
    """`/tables/`: all tables; a page, or their metadata as one group (CSV on the Web)."""
    now = published(request)
    described = [_metadata(now.snapshot, each) for each in now.snapshot.metadata]
    if wants_html(request, [CSVW, "application/json"]):
        pages: Pages = request.app.state.pages
        sizes = {each.name: each.bytes for each in now.snapshot.distributions}
        return pages.show(request, now, "tables", tables=described, sizes=sizes)
    links = Links(request.app.state.base_url, now.snapshot.names)
    group = {
        "@context": "http://www.w3.org/ns/csvw",
        "tables": [
            {name: value for name, value in each.items() if name != "@context"}
            | {"url": links.absolute(f"/tables/{each['url']}")}
            for each in described
        ],
    }
    media_type = best(accepted(request), (CSVW, "application/json")) or CSVW
    headers = {"Vary": "Accept", "X-Snapshot": now.snapshot.id}
    return JSONResponse(group, headers=headers, media_type=media_type)


def _metadata(of: Snapshot, description: Distribution) -> dict[str, Any]:
    text = (of.folder / description.path).read_text(encoding="utf-8")
    return dict(json.loads(text))


def table(request: Request) -> Response:
    """`/tables/{name}`: a table of the published snapshot or its metadata."""
    now = published(request).snapshot
    found = _named(now, request.path_params["name"], [each for each in now.files if each.dataset == "tables"])
    version = f"{request.app.state.base_url}/dumps/{now.id}/{found.name}"
    links = _links(request, shelf(request, now), now, found, "/tables/")
    return deliver(request, now, found, {**ASK_AGAIN, "Content-Location": version, "Link": links})


def _named(of: Snapshot, name: str, files: Sequence[Distribution]) -> Distribution:
    known = {each.name: each for each in files}
    if name in known:
        return known[name]
    if not known:
        detail = f"Snapshot {of.id} has no such files: an older version built it, or its content defines none."
        raise Problem(404, "not-found", f"{detail} `gdb-graph build` makes them.")
    there = ", ".join(known)
    detail = f"There is no file {name!r} in snapshot {of.id}.{queryfile.near(name, known)} There are: {there}."
    raise Problem(404, "not-found", detail)


def _links(request: Request, snapshots: Sequence[Snapshot], of: Snapshot, found: Distribution, folder: str) -> str:
    """What belongs to a file: versions of it (RFC 5829), and the description of a table."""
    base = request.app.state.base_url
    links = [f'<{base}/dumps/latest/{found.name}>; rel="latest-version"', f'<{base}/dumps/>; rel="version-history"']
    having = [each.id for each in snapshots if any(file.name == found.name for file in each.files)]
    place = having.index(of.id)
    around = {"predecessor": having[place + 1 : place + 2], "successor": having[:place][-1:]}
    for kind, ids in around.items():
        links += [f'<{base}/dumps/{id_}/{found.name}>; rel="{kind}-version"' for id_ in ids]
    for description in of.metadata:
        if description.name == f"{found.name}-metadata.json":
            links.append(f'<{base}{folder}{description.name}>; rel="describedby"; type="{description.media_type}"')
    return ", ".join(links)
