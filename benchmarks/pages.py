"""How long the server needs for each kind of page: `python benchmarks/pages.py SNAPSHOT [ROUNDS]`.

Nothing is taken from the store of answers. Pages of things: up to MOST of each kind, each once a round, the others as
often as rounds. Prints a Markdown table for docs/benchmarks.md: wall time in ms (median, 95th percentile, largest),
processor time of the HTTP process (median), and the largest page in KB; and how busy the machine was meanwhile.
"""

import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import httpx
import pyoxigraph as ox

from gdb_graph.engine.child import Bounds
from gdb_graph.engine.pool import Limits
from gdb_graph.engine.service import Service
from gdb_graph.settings import Settings
from gdb_graph.snapshot import open_snapshot
from gdb_graph.web.app import create_app
from gdb_graph.web.entities import plan
from gdb_graph.web.lists.plan import plans

MOST = 40
OTHERS = {
    "home": ["/"],
    "lists": [f"/{name}" for name in plans()],
    "lists, narrowed": ["/undertakings?type=PilotProject", "/actors?sector=science&sort=-type", "/sources?q=water"],
    "search": ["/search?q=Smart+Water", "/search?q=Datne", "/search?q=Strategie"],
    "pages for data": ["/sparql", "/tables/", "/dumps/", "/catalog", "/docs", "/quality", "/snapshots", "/cite"],
    "ontology": ["/ontology"],
    "rules": ["/shapes"],
    "catalogue of questions": ["/queries"],
}
HEADERS = {"Accept": "text/html", "Accept-Language": "de"}


def addresses(folder: Path) -> Mapping[str, list[str]]:
    """What is asked for, by kind of page."""
    snapshot = open_snapshot(folder)
    names = snapshot.names
    store = ox.Store.read_only(str(folder / "store"))
    classes: dict[str, set[str]] = {}
    found = store.query(
        f'SELECT ?thing ?class {{ ?thing a ?class FILTER(STRSTARTS(STR(?thing), "{names.instances}")) }}'
    )
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 - it is a SELECT
    for thing, class_ in found:
        classes.setdefault(thing.value, set()).add(class_.value)  # type: ignore[union-attr]
    pages: dict[str, list[str]] = {}
    for thing, of in sorted(classes.items()):
        kind = plan.kind_of(of, plan.read(names))
        name = f"page: {kind.class_.rpartition('#')[2].rpartition('/')[2]}" if kind else "page of statements"
        pages.setdefault(name, []).append(f"/page/{thing.removeprefix(names.instances)}")
    chance = random.Random(1)  # noqa: S311 - no secret
    sampled = {name: chance.sample(of, min(MOST, len(of))) for name, of in sorted(pages.items())}
    questions = [f"/queries/{path.stem}" for path in sorted(snapshot.queries.glob("*.rq"))]
    return {**OTHERS, "questions": questions, **sampled}


async def ask(client: httpx.AsyncClient, paths: Iterable[str], rounds: int) -> tuple[list[float], list[float], int]:
    """Wall and processor times in milliseconds, and the size of the largest page in bytes."""
    walls, used, largest = [], [], 0
    for number in range(rounds):
        for path in paths:
            began, spent = time.perf_counter(), time.process_time()
            answer = await client.get(path, params={"lang": ("de", "en")[number % 2]} if "?" not in path else None)
            walls.append(1000 * (time.perf_counter() - began))
            used.append(1000 * (time.process_time() - spent))
            if answer.status_code != 200:
                raise SystemExit(f"{path} answers {answer.status_code}: {answer.text[:300]}")
            largest = max(largest, len(answer.content))
    return walls, used, largest


async def measure(folder: Path, rounds: int) -> None:
    """Print the table."""
    limits = Limits(2, 1, 64, 60, 60, Bounds(2048))
    async with Service(folder, lambda: folder, limits, 1.0) as service:
        app = create_app(Settings(cache_megabytes=0), service.current, service.load, None, service.archive)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://inside", headers=HEADERS, timeout=60
        ) as client:
            pages = addresses(folder)
            # What is made once a snapshot is not the price of a page.
            while (await client.get("/search?q=ready")).status_code == 503:
                await asyncio.sleep(1)
            for paths in pages.values():
                await ask(client, paths[:1], 1)
            print("| page | asked | median ms | 95 % | largest | processor ms | KB |")
            print("|---|---|---|---|---|---|---|")
            for name, paths in pages.items():
                walls, used, largest = await ask(client, paths, rounds)
                cut = statistics.quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0]
                times = f"{statistics.median(walls):.0f} | {cut:.0f} | {max(walls):.0f} | {statistics.median(used):.0f}"
                print(f"| {name} | {len(walls)} | {times} | {largest / 1000:.0f} |", flush=True)
    print(f"\nLoad of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")


def main(arguments: list[str]) -> None:
    """Measure."""
    if not arguments:
        raise SystemExit(__doc__)
    asyncio.run(measure(Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 4))


if __name__ == "__main__":
    main(sys.argv[1:])
