"""Speed of the service, as ratios to its peers on the same data: `python benchmarks/serve.py`.

Needs wrk, curl, and the peers `oxigraph` and `rdflib-endpoint`. The snapshots that are measured (`real`, and `million`,
of 53 invented cities) are kept in a folder, and built if they are not there: minutes, and 4 GB of memory. Prints a
Markdown table for docs/benchmarks.md, and every command on stderr.
"""

import argparse
import http.client
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from serving import questions, servers, single, throughput
from serving.load import Failed
from serving.servers import Server
from serving.table import Row, markdown

REAL = ("curated", "etag")
MILLION = ("small", "aggregate", "stream", "memory", "busy")
NAMES = ("start", *REAL, *MILLION)
COUNTS = ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
PAGES = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, how long, and with which programs and snapshots; `cities` 53 make a million triples."""

    wanted: frozenset[str]
    rounds: int
    seconds: float
    megabytes: float
    oxigraph: str
    rdflib_endpoint: str
    data: Path
    invented: str
    cities: int


def main() -> int:
    """Measure what was asked for and print the table; 1 where something is missing."""
    options = _parser().parse_args()
    try:
        _check(options)
        plan = _plan(options)
        settings = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("GDB_")]
        load = os.getloadavg()[0]
        rows = [*_on_real(plan), *_on_million(plan)]
    except Failed as error:
        print(f"benchmarks/serve.py: {error}", file=sys.stderr)
        return 1
    print(markdown(rows))
    how = [f"{plan.rounds} rounds of {plan.seconds:g} s", *settings]
    print(f"\n{', '.join(how)}; {os.cpu_count()} cores, other programs at the start: load {load:.1f}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kept = Path("snapshots/benchmarks")
    parser.add_argument("--data", type=Path, default=kept, help=f"folder that keeps the snapshots (default: {kept})")
    parser.add_argument("--oxigraph", default="oxigraph", help="program of the peer (default: found in PATH)")
    parser.add_argument("--rdflib-endpoint", default="rdflib-endpoint", help="likewise")
    parser.add_argument("--rounds", type=int, default=3, help="ours and the peer are measured in turn so many times")
    parser.add_argument("--seconds", type=float, default=5, help="length of one measurement under load")
    parser.add_argument("--only", default=",".join(NAMES), help=f"some of {','.join(NAMES)}")
    parser.add_argument("--smoke", action="store_true", help="little data and one short round: does everything work?")
    return parser


def _check(options: argparse.Namespace) -> None:
    """See to it that all programs are there, the peer in the right version. Raises Failed."""
    if unknown := set(options.only.split(",")) - set(NAMES):
        raise Failed(f"There is no workload {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.")
    apart = "with pip into an environment of its own, and name its program with"
    hints = {
        "wrk": "Install the package wrk of your system.",
        "curl": "Install the package curl of your system.",
        options.oxigraph: f"Install `oxigraph` {apart} --oxigraph.",
        options.rdflib_endpoint: f"Install `rdflib-endpoint[cli]` {apart} --rdflib-endpoint.",
    }
    if missing := [f"There is no program {name}. {hint}" for name, hint in hints.items() if not shutil.which(name)]:
        raise Failed("\n".join(missing))
    told = subprocess.run([options.oxigraph, "--version"], capture_output=True, text=True, check=True).stdout.split()[
        -1
    ]
    if told != (needed := importlib.metadata.version("pyoxigraph")):
        raise Failed(f"{options.oxigraph} has version {told}; install {needed}, the version of pyoxigraph here.")


def _plan(options: argparse.Namespace) -> Plan:
    wanted = frozenset(options.only.split(","))
    how = (1, 0.4, 1, "smoke", 1) if options.smoke else (options.rounds, options.seconds, 50, "million", 53)
    rounds, seconds, megabytes, invented, cities = how
    peers = options.oxigraph, options.rdflib_endpoint
    return Plan(wanted, rounds, seconds, megabytes, *peers, options.data, invented, cities)


def _on_real(plan: Plan) -> Iterator[Row]:
    if not plan.wanted & {"start", *REAL}:
        return
    snapshot = questions.snapshot(plan.data / "real", 0)
    things = questions.things(snapshot)
    first = f"{things.small()[0]}1000"
    if "start" in plan.wanted:
        yield from _tried("start", single.start("real content", 1.5, snapshot, first, plan.rounds))
    if not plan.wanted & {*REAL}:
        return
    with _both(plan, snapshot, first) as (ours, peer):
        asked = questions.curated(snapshot), things.slugs()[:PAGES]
        workloads = {
            "curated": throughput.curated(ours, peer, plan.rounds, plan.seconds, *asked),
            "etag": throughput.not_modified(ours, peer, plan.rounds, plan.seconds, first),
        }
        for name, rows in workloads.items():
            yield from _tried(name, rows if name in plan.wanted else ())


def _on_million(plan: Plan) -> Iterator[Row]:
    if not plan.wanted & {"start", *MILLION}:
        return
    snapshot = questions.snapshot(plan.data / plan.invented, plan.cities)
    things = questions.things(snapshot)
    texts = things.small()
    first = f"{texts[0]}1000"
    if "start" in plan.wanted:
        yield from _tried("start", single.start("invented cities", 6, snapshot, first, plan.rounds))
    if not plan.wanted & {*MILLION}:
        return
    with _both(plan, snapshot, first) as (ours, peer):
        begun = [servers.megabytes(server) for server in (ours, peer)]
        workloads = {
            "small": _small(plan, ours, peer, things),
            "aggregate": single.aggregate(ours, peer, plan.rounds),
            "stream": single.stream(ours, peer, plan.rounds, plan.megabytes),
            "memory": single.memory(ours, peer, begun),
            "busy": single.busy(ours, peer, plan.rounds, plan.seconds, texts),
        }
        for name, rows in workloads.items():
            yield from _tried(name, rows if name in plan.wanted else ())


@contextmanager
def _both(plan: Plan, snapshot: Path, first: str) -> Iterator[tuple[Server, Server]]:
    """The service and `oxigraph serve` with the same quads, counted. Raises Failed where they differ."""
    with servers.gdb_graph(snapshot, first) as ours, servers.oxigraph(plan.oxigraph, snapshot, first) as peer:
        counts = [json.loads(rows[0])["n"]["value"] for rows in throughput.must_agree(ours, peer, COUNTS)]
        print(f"Both hold {counts[0]} triples, and {counts[1]} in named graphs.", file=sys.stderr)
        yield ours, peer


def _small(plan: Plan, ours: Server, peer: Server, things: questions.Things) -> Iterator[Row]:
    with tempfile.NamedTemporaryFile(suffix=".nt") as file:
        file.write(things.triples)
        file.flush()
        with servers.rdflib_endpoint(plan.rdflib_endpoint, Path(file.name), f"{things.small()[0]}1000") as slow:
            yield from throughput.small(ours, peer, slow, plan.rounds, plan.seconds, things)


def _tried(name: str, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a workload; where it cannot be measured a row that says why, so that the others are not lost."""
    try:
        yield from rows
    except (Failed, OSError, http.client.HTTPException) as error:
        yield Row(name, None, "", [], faults=[f"{type(error).__name__}: {error}"])


if __name__ == "__main__":
    sys.exit(main())
