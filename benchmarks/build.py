"""Time and memory of each stage of the build by size, with growth exponents: `python benchmarks/build.py 1 5 53`.

The arguments are numbers of invented cities (see generate.py). Each size is built in a process of its own. Stages are
counted twice: in CPU seconds, those of child processes included, which other work on the machine changes little, and
in seconds on the clock. Prints a Markdown table for docs/benchmarks.md.
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
BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def cpu() -> float:
    """CPU seconds so far, of this process and of all that it has waited for."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, BOTH))


def measure(folder: Path, out: Path) -> dict[str, dict[str, float]]:
    """CPU seconds and seconds on the clock of each stage and of all, triples, megabytes of the largest process."""
    begun: list[tuple[str, float, float]] = []

    def note(name: str, _number: int = 0, _of: int = 0) -> None:
        begun.append((name, cpu(), time.perf_counter()))

    made = build.build(content.resolve(folder), out, datetime.now(UTC), note)
    note("all")
    size = {
        "triples": made.manifest["counts"]["triples"],
        "MB": max(resource.getrusage(who).ru_maxrss for who in BOTH) / 1024,
    }
    stages = list(pairwise(begun))
    return {
        kind: {one[0]: after[at] - one[at] for one, after in stages} | {"all": begun[-1][at] - begun[0][at]} | size
        for kind, at in (("CPU", 1), ("clock", 2))
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
    for kind in rows[0]:
        show(kind, sizes, [row[kind] for row in rows])


def show(kind: str, sizes: list[int], rows: list[dict[str, float]]) -> None:
    """Print one table: a row for each size, then the exponents."""
    names = list(rows[0])
    print(f"| cities, {kind} | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for cities, row in zip(sizes, rows, strict=True):
        print(f"| {cities} | " + " | ".join(shown(name, row[name]) for name in names) + " |")
    if len(rows) > 1:
        of = f"exponent, {sizes[-2]} to {sizes[-1]}"
        print(f"| {of} | " + " | ".join(exponent(rows[-2], rows[-1], name) for name in names) + " |")
    print()


def shown(name: str, figure: float) -> str:
    """A figure as the table shows it: counts whole, seconds with a decimal."""
    return f"{figure:,.{0 if name in ('triples', 'MB') else 1}f}"


def exponent(small: dict[str, float], large: dict[str, float], name: str) -> str:
    """By which power of the triples a figure grows between two sizes."""
    return f"{math.log(large[name] / small[name]) / math.log(large['triples'] / small['triples']):.2f}"


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        print(json.dumps(measure(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main([int(size) for size in sys.argv[1:]])
