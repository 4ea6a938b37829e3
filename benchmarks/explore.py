"""How long it takes to make the network of a snapshot and to ask it: `python benchmarks/explore.py SNAPSHOT …`.

Each SNAPSHOT is a folder with `quads.nq`. Prints a Markdown table for docs/benchmarks.md: seconds of processor time,
and for searches between random pairs of things (seeded) median, 99th percentile and largest, in milliseconds.
"""

import io
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdb_graph.explore.actors import actors
from gdb_graph.explore.criteria import Need
from gdb_graph.explore.gather import gather
from gdb_graph.explore.network import Network
from gdb_graph.explore.partners import rank
from gdb_graph.explore.paths import HOPS, MOST_HOPS, MOST_PATHS, PATHS, Wish, find
from gdb_graph.explore.questions import questions, read
from gdb_graph.terms import GDB, Names

PAIRS = 300
COLUMNS = ("triples", "things", "edges", "questions s", "network s", "MB of rows", "default ms", "widest ms", "cut")


def timed(work: Callable[..., Any], *given: Any) -> tuple[Any, float]:
    """What the work gives, and the processor time it took."""
    begun = time.process_time()
    return work(*given), time.process_time() - begun


def ask(store: ox.Store, names: Names) -> dict[str, bytes]:
    """The answers to the questions."""
    found = {}
    for name, text in questions(names).items():
        body = io.BytesIO()
        store.query(text).serialize(body, ox.QueryResultsFormat.TSV)
        found[name] = body.getvalue()
    return found


def searches(network: Network, hops: int, count: int) -> tuple[str, int]:
    """Median, 99th percentile and largest of the searches, and how many were cut."""
    chance = random.Random(1)  # noqa: S311 - no secret
    things = sorted(network.things)
    spent, cut = [], 0
    for _ in range(PAIRS):
        start, goal = chance.sample(things, 2)
        found, seconds = timed(find, network, Wish(start, goal, hops, count))
        spent.append(1000 * seconds)
        cut += not found.complete
    spent.sort()
    return f"{spent[PAIRS // 2]:.1f} / {spent[PAIRS * 99 // 100]:.0f} / {spent[-1]:.0f}", cut


def main(folders: list[str]) -> None:
    """Print the table."""
    print("| " + " | ".join((*COLUMNS, "partners ms")) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for folder in map(Path, folders):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        names = Names(manifest["base"])
        store = ox.Store()
        store.bulk_load(path=folder / "quads.nq", format=ox.RdfFormat.N_QUADS)
        answers, asking = timed(ask, store, names)
        rows = {name: read(answer) for name, answer in answers.items()}
        network, making = timed(gather, names, rows)
        edges = sum(len(found) for beside in network.beside.values() for found in beside.values()) // 2
        default, _ = searches(network, HOPS, PATHS)
        widest, cut = searches(network, MOST_HOPS, MOST_PATHS)
        who = actors(network)
        needs = [Need(undertaking=each.iri) for each in network.of(f"{GDB}Undertaking")[:50]]
        ranked = sorted(1000 * timed(rank, who, need)[1] for need in needs)
        size = sum(map(len, answers.values())) / 1e6
        cells = (f"{manifest['counts']['triples']:,}", len(network.things), edges, f"{asking:.2f}", f"{making:.2f}")
        print(
            "|",
            " | ".join(map(str, (*cells, f"{size:.0f}", default, widest, cut, f"{ranked[len(ranked) // 2]:.1f}"))),
            "|",
        )


if __name__ == "__main__":
    main(sys.argv[1:])
