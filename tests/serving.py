"""What the tests of the serving side share: costly queries, a look at processes, and the app without processes."""

import asyncio
import hashlib
import io
import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any, cast

import httpx
import pyoxigraph as ox

from gdb_graph.engine import sparql
from gdb_graph.engine.answer import Answer, Published
from gdb_graph.queryfile import Query
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import GDB, Names
from gdb_graph.web.app import create_app

SORT = "SELECT * { ?a ?b ?c . ?d ?e ?f . FILTER(STRLEN(CONCAT(STR(?a), STR(?d))) < 3) } ORDER BY ?c ?a"
COUNT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ROWS = "SELECT * { { ?a ?b ?c } { ?d ?e ?f } }"
PUBLIC_URL = "https://example.org/graph"
SETTINGS = Settings(public_url=PUBLIC_URL)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition comes true in time; looks every 20 ms."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def descendants(pid: int) -> dict[int, int]:
    """All processes below `pid`: each with its parent."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended in the meantime
            continue
        if after_name[0] != "Z":
            parents[int(stat.parent.name)] = int(after_name[1])
    below: dict[int, int] = {}
    found = {pid}
    while found:
        found = {each for each, parent in parents.items() if parent in found}
        below |= {each: parents[each] for each in found}
    return below


def nursery(pid: int) -> int:
    """The parent of the engines of the service `pid`."""
    (found,) = (each for each, parent in descendants(pid).items() if parent == pid)
    return found


def engines(pid: int) -> set[int]:
    """The engines of the service `pid`."""
    return {each for each, parent in descendants(pid).items() if parent != pid}


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def processor_time(pid: int) -> int:
    """The ticks of processor time that the process has used; 0 if it has ended."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0
    return int(after_name[11]) + int(after_name[12])


def canonical(quads: Iterable[ox.Quad]) -> ox.Dataset:
    """The quads in a form that is equal where they are isomorphic; blank nodes get new names."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem document of a response, after a look at all that every one must have."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    assert told["type"].endswith(f"/problems#{kind}")
    assert told["title"]
    assert told["detail"]
    return told


def ask_app(
    path: str,
    store: ox.Store,
    queries: Mapping[str, Query],
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
    chosen: Settings = SETTINGS,
    **changes: Any,
) -> httpx.Response:
    """GET `path` from the application over `store`, without engines and without a socket.

    `chosen` are the settings of the service, `changes` those of the manifest.
    """

    async def run(request: sparql.Request) -> Answer:
        body, types = io.BytesIO(), list[str]()

        def begin(content_type: str, _rows: int = 0) -> IO[bytes]:
            types.append(content_type)
            return cast(IO[bytes], body)

        sparql.answer(store, request, Names().prefixes(), begin)
        return Answer(types[0], body.getvalue())

    classes = {f"{GDB}PilotProject": 1}
    manifest = {
        "id": "0" * 32,
        "base": Names().base,
        "title": {"de": "Titel", "en": "title"},
        "description": {"de": "Text", "en": "text"},
        "created": "2026-01-01T00:00:00+00:00",
        "counts": {"triples": len(store), "graphs": {}, "classes": classes},
    }
    now = Published(Snapshot(Path("/nowhere"), manifest | changes), queries, run)

    async def ask() -> httpx.Response:
        app = create_app(chosen, lambda: now)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(ask())


def variant(of: Path, id_: str) -> None:
    """A snapshot beside that one, with one more quad and another id."""
    folder = of.parent / id_
    shutil.copytree(of, folder)
    with (folder / "quads.nq").open("a", encoding="utf-8") as quads:
        quads.write(f'<a:variant> <a:id> "{id_}" .\n')
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    digest, queries = hashlib.sha256((folder / "quads.nq").read_bytes()), folder / "queries"
    size = (folder / "quads.nq").stat().st_size
    for entry in manifest["distributions"]:
        if entry["path"] == "quads.nq":
            entry |= {"bytes": size, "sha256": digest.hexdigest()}
    for path in [*sorted(queries.glob("*.rq")), *sorted(queries.glob("tables/*.rq"))]:
        digest.update(path.relative_to(queries).as_posix().encode() + b"\0" + path.read_bytes())
    manifest |= {"id": id_, "bytes": size, "content_hash": f"sha256:{digest.hexdigest()}"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def switch(snapshots: Path, id_: str) -> None:
    (snapshots / "next").symlink_to(id_)
    (snapshots / "next").replace(snapshots / "current")
