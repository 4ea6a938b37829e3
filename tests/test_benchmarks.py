"""The benchmarks of serving: they measure what they say, hide no error, and tell what is missing."""

import importlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zlib import crc32

import pyoxigraph as ox
import pytest

from gdb_graph.snapshot import Snapshot
from tests.conftest import ROOT

PROGRAMS = ("wrk", "curl", "oxigraph", "rdflib-endpoint")
SCRIPT = ROOT / "benchmarks" / "serve.py"


def part(name: str) -> Any:
    """A module of the benchmarks; they are no package of ours."""
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        return importlib.import_module(f"serving.{name}")
    finally:
        sys.path.pop(0)


def run(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({} if path is None else {"PATH": path})
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_it_names_every_program_that_is_missing(tmp_path: Path) -> None:
    done = run("--data", str(tmp_path), path=str(tmp_path))

    assert done.returncode == 1
    assert re.findall(r"There is no program (\S+)\.", done.stderr) == [*PROGRAMS]
    assert "Traceback" not in done.stderr
    assert [*tmp_path.iterdir()] == []


def test_it_names_the_workloads_there_are(tmp_path: Path) -> None:
    done = run("--data", str(tmp_path), "--only", "small,quick")

    assert done.returncode == 1
    assert "There is no workload quick. There are: start, curated," in done.stderr


@pytest.mark.parametrize(
    ("target", "ours", "others", "faults", "ratio", "met"),
    [
        (("≥", 1.5), [30, 10, 40], [10, 10, 20], [], "2.00 (1.00–3.00)", "yes"),
        (("≥", 1.5), [30, 10, 14], [10, 10, 10], [], "1.40 (1.00–3.00)", "no"),
        (("≤", 1.1), [11], [10], [], "1.10", "yes"),
        (("≤", 1.1), [12], [10], [], "1.20", "no"),
        (("≤", 64, "MB"), [63], [1], [], "63.00", "yes"),
        (("≤", 64, "MB"), [65], [], [], "–", "no"),
        (("≥", 1.5), [], [], [], "–", "–"),
        (("≥", 1.5), [30], [10], ["3 errors"], "3.00", "no: errors"),
        (("≥", 1.5), [30], [0], ["no answer"], "–", "no: errors"),
    ],
)
def test_a_target_is_met_by_the_median_of_the_ratios_and_never_with_errors(
    target: Any, ours: list[float], others: list[float], faults: list[str], ratio: str, met: str
) -> None:
    table = part("table")
    row = table.Row("work", table.Target(*target), "/s", ours, others, "peer", faults)

    text = table.markdown([row])

    assert [cell.strip() for cell in text.splitlines()[2].split("|")][5:7] == [ratio, met]
    assert all(f"* work: {fault}." in text for fault in faults)


def test_errors_and_answers_of_the_wrong_size_speak_against_a_rate() -> None:
    drive = part("throughput").Drive(part("servers").Server("peer", 0, 0, "/", 0), [], [], {}, least=100, most=200)
    load = part("load").Load

    assert [*drive.faults(load(10, 1.0, 10 * 150, {}))] == []
    assert [*drive.faults(load(10, 1.0, 10 * 150, {"status": 3}))] == [
        "peer had 3 errors (status) in a round of 10 requests"
    ]
    for size in (0, 99, 201):
        (fault,) = drive.faults(load(10, 1.0, 10 * size, {}))
        assert f"{size} bytes on average" in fault


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], tuple[int, dict[str, str], bytes]]) -> Iterator[int]:
    """The port of a server that gives the status, the headers and the body that `answer` makes."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = answer(self)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - its name there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_latency_counts_every_error_and_the_wait_behind_a_slow_answer() -> None:
    lock, asked = threading.Lock(), list[str]()

    def answer(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        with lock:
            asked.append(request.path)
            count = len(asked)
        if count == 20:
            time.sleep(0.5)
        return 503 if count % 10 == 0 else 200, {}, b'{"value": "x"}'

    with answering(answer) as port:
        beat = part("latency").beat(port, ["/a?q=", "/b?q="], 0.5)

    assert len(set(asked)) == len(asked) == len(beat.times) == 100
    assert beat.errors == {"status 503": 10}
    # One connection of eight stood still: what was due on it in that half second waited too.
    assert sum(time > 50 for time in beat.times) > 5
    assert beat.percentile(1) > 490
    assert beat.percentile(0.5) < 250


@pytest.mark.slow
@pytest.mark.parametrize("honest", [True, False])
def test_an_answer_known_by_its_etag_is_measured_only_where_the_etag_is_told_apart(honest: bool) -> None:
    if not shutil.which("wrk"):
        pytest.skip("not in PATH: wrk")
    body = b'{"results": {"bindings": [{"x": {"type": "literal", "value": "1"}}]}}'

    def answer(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        tag = f'"{crc32(request.path.encode())}"' if honest else '"always"'
        known = request.headers.get("If-None-Match") == tag
        return (304, {"ETag": tag}, b"") if known else (200, {"ETag": tag}, body)

    with answering(answer) as port:
        server = part("servers").Server("itself", os.getpid(), port, "/", 0)
        measure = part("throughput").not_modified(server, server, 1, 0.4, "ASK {}")
        if honest:
            (row,) = measure
            assert row.ours[0] > 0
            assert not row.faults
        else:
            with pytest.raises(part("load").Failed, match="Another query with that ETag"):
                next(measure)


def test_a_tenth_of_the_things_has_all_triples_of_each(snapshot: Snapshot) -> None:
    things = part("questions").things(snapshot.folder)

    expected = {
        quad.triple
        for quad in ox.parse(path=snapshot.quads, format=ox.RdfFormat.N_QUADS)
        if quad.graph_name == ox.DefaultGraph()
        and isinstance(quad.subject, ox.NamedNode)
        and crc32(str(quad.subject).encode()) % 10 == 0
    }
    assert {quad.triple for quad in ox.parse(things.triples, format=ox.RdfFormat.N_TRIPLES)} == expected
    assert len(things.rows) > 100
    assert all(sum(str(s) == f"<{iri}>" for s, _, _ in expected) == n for iri, n in [*things.rows.items()][:20])


@pytest.mark.slow
def test_all_workloads_run(snapshots: Path, tmp_path: Path) -> None:
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        pytest.skip(f"not in PATH: {', '.join(missing)} (benchmarks/serve.py says how to get them)")
    for name in ("real", "smoke"):
        (tmp_path / name).symlink_to(snapshots)

    done = run("--smoke", "--data", str(tmp_path))

    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines()[2:] if line.startswith("|")]
    assert len(lines) == 20, done.stdout
    # Whether quick queries get through beside endless ones is what is measured there.
    assert [line for line in lines if "errors" in line and "endless" not in line] == [], done.stdout
