"""The service at growing sizes, with its queries answered in memory, on disk and by Virtuoso.

    python benchmarks/scale.py --forms memory,disk,virtuoso SNAPSHOT SNAPSHOT …

`memory` is the engine built in; `disk` is `oxigraph serve` with a folder, `virtuoso` is Virtuoso 7, each filled by
`gdb-graph publish` and asked through `gdb-graph serve --engine`. Prints a Markdown table for docs/benchmarks.md, with
the exponents by which each figure grows with the triples.
"""

import argparse
import contextlib
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from serving import load, questions, servers
from serving.load import JSON, Failed
from serving.servers import Server
from serving.single import AGGREGATIONS

from gdb_graph import snapshot
from gdb_graph.snapshot import Snapshot

SECONDS, ROUNDS = 5, 5
_PASSWORD = "benchmark"  # noqa: S105 - of a database that is thrown away
_VIRTUOSO = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 16
[SPARQL]
ResultSetMaxRows = 100000000
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine of others that runs: where, which process, in which folder its data lie, and who may write."""

    url: str
    pid: int
    folder: Path
    writer: Mapping[str, str]


def main() -> None:
    """Measure each form at each size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("snapshots", nargs="+", type=Path)
    parser.add_argument("--forms", default="memory,disk,virtuoso")
    parser.add_argument("--oxigraph", default="oxigraph", help="program (default: found in PATH)")
    options = parser.parse_args()
    rows: dict[str, list[dict[str, float]]] = {}
    for form in options.forms.split(","):
        for folder in options.snapshots:
            of = snapshot.open_snapshot(folder)
            try:
                rows.setdefault(form, []).append(measure(form, of, options.oxigraph))
                print(f"{form}: {rows[form][-1]}", file=sys.stderr, flush=True)
            except (Failed, subprocess.SubprocessError) as error:
                print(f"{form}, {of.folder}: {error}", file=sys.stderr)
    names = list(next(iter(rows.values()))[0])
    print("| form | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for form, found in rows.items():
        for row in found:
            print(
                f"| {form} | " + " | ".join(f"{row[name]:,.{0 if row[name] >= 100 else 2}f}" for name in names) + " |"
            )
        if len(found) > 1:
            told = (_exponent(found[-2], found[-1], name) for name in names)
            print(f"| exponent | {' | '.join(told)} |")


def measure(form: str, of: Snapshot, oxigraph: str) -> dict[str, float]:
    """All figures of one form at one size."""
    things = questions.things(of.folder)
    texts = things.small()
    first = f"{texts[0]}1000"
    with _engine(form, oxigraph) as engine:
        published = _publish(engine, of) if engine else 0.0
        options = ("--engine", engine.url) if engine else ()
        with servers.gdb_graph(of.folder, first, *options) as service:
            begun = servers.megabytes(service) + (_memory(engine) if engine else 0)
            paths = [service.ask(text) for text in texts]
            small = load.wrk(service.url, paths, range(len(paths)), SECONDS, {"Accept": JSON}, unique=True)
            if small.errors:
                print(f"{form}: {small.errors}", file=sys.stderr)
            times = {name: _median(service, query) for name, query in AGGREGATIONS.items()}
            ended = servers.megabytes(service) + (_memory(engine) if engine else 0)
            disk = _bytes(engine.folder) if engine else (of.folder / "quads.nq").stat().st_size
            return {
                "triples": of.manifest["counts"]["triples"],
                "load, s": published or service.started,
                "start, s": service.started,
                "MB at start": begun,
                "MB at most": max(begun, ended),
                "disk, MB": disk / 1e6,
                "small /s": small.rate,
                **{f"{name}, ms": each for name, each in times.items()},
            }


def _median(service: Server, query: str) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        response = service.get(service.ask(f"{query} LIMIT {load.unique_number()}"), Accept=JSON)
        times.append((time.perf_counter() - begun) * 1000)
        if response.status != 200:
            return math.nan
    return statistics.median(times)


@contextlib.contextmanager
def _engine(form: str, oxigraph: str) -> Iterator[Engine | None]:
    if form == "memory":
        yield None
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder, port = Path(name), servers.free_port()
        writer: dict[str, str] = {}
        if form == "disk":
            command = [oxigraph, "serve", "--location", name, "--bind", f"127.0.0.1:{port}"]
        else:
            (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(port=port, sql=servers.free_port()))
            command = [shutil.which("virtuoso-t") or "virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"]
            change = [*command, "+pwdold", "dba", "+pwddba", _PASSWORD]
            subprocess.run(change, cwd=folder, check=True, capture_output=True)
            writer = {"GDB_ENGINE_USER": "dba", "GDB_ENGINE_PASSWORD": _PASSWORD}
        load.show(command)
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            servers.until(lambda: servers.listens(port), process, form)
            yield Engine(f"http://127.0.0.1:{port}", process.pid, folder, writer)
        finally:
            process.terminate()
            process.wait()


def _publish(engine: Engine, of: Snapshot) -> float:
    command = [sys.executable, "-m", "gdb_graph", "publish", engine.url, "--snapshot", str(of.folder)]
    load.show(command)
    begun = time.perf_counter()
    done = subprocess.run(command, env=os.environ | engine.writer, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"it cannot be published: {done.stderr[-1000:]}")
    return time.perf_counter() - begun


def _memory(engine: Engine) -> float:
    return servers.megabytes(Server("", engine.pid, 0, "", 0))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _exponent(small: Mapping[str, float], large: Mapping[str, float], name: str) -> str:
    if not (small[name] > 0 and large[name] > 0):
        return "–"
    return f"{math.log(large[name] / small[name]) / math.log(large['triples'] / small['triples']):.2f}"


if __name__ == "__main__":
    main()
