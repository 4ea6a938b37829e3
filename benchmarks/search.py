"""What the search costs: `python benchmarks/search.py SNAPSHOT …`, each a snapshot folder (see build.py).

For each: things, seconds to make the index and processor seconds of the HTTP process in them, MB it adds, the longest
time the event loop was late meanwhile, median milliseconds of a search. Prints a Markdown table for docs/benchmarks.md.
"""

import asyncio
import resource
import statistics
import sys
import time
from pathlib import Path

from gdb_graph.engine.child import Bounds
from gdb_graph.engine.pool import Limits
from gdb_graph.engine.service import Service
from gdb_graph.search.find import complete, find
from gdb_graph.web.indexes import Indexes

TEXTS = ("Smart Water", "Smrat Watre", "Straße", "Strategie", "wie ist das mit der Förderung", "xyzzyx", "Kiezboxen")
ROUNDS = 20
BEAT = 0.002


async def measure(folder: Path) -> list[str]:
    """One row of the table."""
    async with Service(folder, lambda: folder, Limits(2, 1, 64, 60, 60, Bounds(2048)), 1.0) as service:
        stalls: list[float] = []
        beating = asyncio.create_task(beat(stalls))
        before, begun, used = megabytes(), time.perf_counter(), time.process_time()
        index = await Indexes(wait_seconds=3600).of(service.current())
        wall, processor = time.perf_counter() - begun, time.process_time() - used
        beating.cancel()
        things = index.page(index.prefix("name_is", ""), 1)[0]
        row = [f"{things:,}", f"{wall:.1f}", f"{processor:.1f}", f"{megabytes() - before:.0f}"]
        median = [
            statistics.median(timed(search, index, text) for text in TEXTS * ROUNDS) for search in (find, complete)
        ]
        return [*row, f"{1000 * max(stalls):.0f}", *(f"{1000 * seconds:.1f}" for seconds in median)]


async def beat(stalls: list[float]) -> None:
    """Note how much later than wanted the event loop comes round."""
    while True:
        due = time.perf_counter() + BEAT
        await asyncio.sleep(BEAT)
        stalls.append(time.perf_counter() - due)


def timed(search, index, text: str) -> float:  # type: ignore[no-untyped-def]
    """Seconds of one search."""
    begun = time.perf_counter()
    search(index, text, "de", 20)
    return time.perf_counter() - begun


def megabytes() -> float:
    """The most memory this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(folders: list[str]) -> None:
    """Measure each snapshot and print the table."""
    print(
        "| snapshot | things | index, s | of that processor, s | MB | longest stall, ms | search, ms | suggestion, ms |"
    )
    print("|---" * 8 + "|")
    for folder in folders:
        row = asyncio.run(measure(Path(folder).resolve()))
        print(f"| {Path(folder).resolve().name[:8]} | " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
