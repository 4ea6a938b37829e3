"""A snapshot's folder over HTTP, file by file, for replicas: the layout is that of the folder of snapshots on disk."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph import snapshot
from gdb_graph.distribution import Distribution
from gdb_graph.snapshot import Snapshot
from gdb_graph.web import versions
from gdb_graph.web.delivery import deliver
from gdb_graph.web.files import ASK_AGAIN, FOREVER
from gdb_graph.web.parts import published
from gdb_graph.web.problems import Problem
from gdb_graph.web.versions import find


def current(request: Request) -> Response:
    """`/snapshots/current/manifest.json`: the manifest of the snapshot that is served."""
    return _manifest(request, published(request).snapshot)


def file(request: Request) -> Response:
    """`/snapshots/{id}/{path}`: one file of a snapshot, as long as its manifest names it."""
    of, path = find(request, request.path_params["id"]), request.path_params["path"]
    if path == snapshot.MANIFEST:
        return _manifest(request, of)
    found = next((each for each in [*of.files, *of.parts] if each.path == path), None)
    if found is None:
        raise Problem(404, "not-found", f"Snapshot {of.id} has no file {path!r}. Its {snapshot.MANIFEST} names all.")
    return deliver(request, of, found, FOREVER)


async def query(request: Request) -> Response:
    """`/snapshots/{id}/queries/{name}`: the file of a curated query where the name is that of one, else its answer."""
    if request.path_params["name"].endswith(".rq"):
        request.path_params["path"] = f"queries/{request.path_params['name']}"
        return file(request)
    return await versions.query(request)


def _manifest(request: Request, of: Snapshot) -> Response:
    path = of.folder / snapshot.MANIFEST
    text = path.read_bytes()
    name, digest = snapshot.MANIFEST, hashlib.sha256(text).hexdigest()
    told = Distribution("", name, name, "application/json", "", len(text), digest)
    return deliver(request, of, told, ASK_AGAIN)
