"""Time and memory of each stage of the build by size, with the growth exponents: `python benchmarks/build.py 1 10 100`.

The arguments are numbers of invented cities (see generate.py). Each size is built in a process of its own.
Prints a Markdown table for docs/benchmarks.md.
"""

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import generate

from gdb_graph import build, content

SEED = 1


def measure(folder: Path, out: Path) -> dict[str, float]:
    """Seconds of each stage and of all, triples, and megabytes of the largest process, of one build."""
    begun: list[tuple[str, float]] = []
    start = time.perf_counter()
    made = build.build(
        content.resolve(folder), out, datetime.now(UTC), lambda name, _n, _of: begun.append((name, time.perf_counter()))
    )
    begun.append(("all", time.perf_counter()))
    stages = {name: after - at for (name, at), (_, after) in pairwise(begun)}
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return stages | {
        "all": begun[-1][1] - start,
        "triples": made.manifest["counts"]["triples"],
        "megabytes": largest / 1024,
    }


def main(sizes: list[int]) -> None:
    """Measure each size in a process of its own and print the table."""
    rows = []
    for cities in sizes:
        with tempfile.TemporaryDirectory() as folder:
            generate.write(Path(folder), cities, SEED)
            command = [sys.executable, __file__, "--one", folder, f"{folder}/out"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            rows.append(json.loads(done.stdout.splitlines()[-1]))
        print(f"{cities} cities: {rows[-1]}", file=sys.stderr)
    names = list(rows[0])
    print("| cities | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for cities, row in zip(sizes, rows, strict=True):
        print(f"| {cities} | " + " | ".join(f"{row[name]:,.1f}" for name in names) + " |")
    if len(rows) > 1:
        print("| exponent | " + " | ".join(exponent(rows[-2], rows[-1], name) for name in names) + " |")


def exponent(small: dict[str, float], large: dict[str, float], name: str) -> str:
    """By which power of the triples a figure grows between two sizes."""
    return f"{math.log(large[name] / small[name]) / math.log(large['triples'] / small['triples']):.2f}"


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        print(json.dumps(measure(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main([int(size) for size in sys.argv[1:]])
