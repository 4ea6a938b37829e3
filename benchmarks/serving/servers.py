"""A snapshot in, the service and its peers running on the same data out, and what their processes hold in memory.

Each is started as its users start it, on a free port, and ended on leaving its context.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from serving import load

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 600
_SOCKET = re.compile(r"socket:\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Server:
    """One running server: `path` is that of its SPARQL endpoint, `started` the seconds until its first answer."""

    name: str
    pid: int
    port: int
    path: str
    started: float

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str) -> str:
        """The path that asks `query`."""
        return f"{self.path}?query={quote(query, safe='')}"

    def get(self, path: str, **headers: str) -> load.Response:
        """The answer to GET `path`."""
        return load.get(self.port, path, headers)


@contextmanager
def gdb_graph(snapshot: Path, first: str, *options: str) -> Iterator[Server]:
    """`gdb-graph serve` with two engines, else with these options and the settings of the environment."""
    command = [sys.executable, "-m", "gdb_graph", "serve", "--snapshot", str(snapshot), "--port", "{port}", *options]
    with _running("gdb-graph", command, "/sparql", first) as server:
        yield server


@contextmanager
def oxigraph(program: str, snapshot: Path, first: str) -> Iterator[Server]:
    """`oxigraph serve` with the quads of the snapshot in memory, sent to its store."""
    quads = snapshot / "quads.nq"
    with _running("oxigraph serve", [program, "serve", "--bind", "127.0.0.1:{port}"], "/query", first, quads) as server:
        yield server


@contextmanager
def rdflib_endpoint(program: str, triples: Path, first: str) -> Iterator[Server]:
    """`rdflib-endpoint serve` with the triples of a file."""
    command = [program, "serve", "--host", "127.0.0.1", "--port", "{port}", str(triples)]
    with _running("rdflib-endpoint", command, "/", first) as server:
        yield server


@contextmanager
def _running(name: str, command: Sequence[str], path: str, first: str, quads: Path | None = None) -> Iterator[Server]:
    port = free_port()
    arguments = [part.replace("{port}", str(port)) for part in command]
    load.show(arguments)
    with tempfile.TemporaryFile() as log:
        begun = time.perf_counter()
        process = subprocess.Popen(arguments, cwd=ROOT, env=os.environ | {"GDB_ENGINES": "2"}, stdout=log, stderr=log)
        try:
            if quads:
                until(lambda: listens(port), process, name)
                load.upload(f"http://127.0.0.1:{port}/store?no_transaction", quads)
            server = Server(name, process.pid, port, path, 0)
            until(lambda: _answers(server, first), process, name)
            yield Server(name, process.pid, port, path, time.perf_counter() - begun)
        except load.Failed as error:
            log.seek(0)
            raise load.Failed(f"{error}\n{log.read().decode(errors='replace')[-2000:]}") from error
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str) -> None:
    """Wait until `ready` says so. Raises Failed where the process ends before, or it takes too long."""
    end = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None:
            raise load.Failed(f"{name} ended with status {process.returncode} before it answered:")
        if time.monotonic() > end:
            raise load.Failed(f"{name} did not answer within {START_SECONDS} s:")
        time.sleep(0.005)


def listens(port: int) -> bool:
    """Whether somebody does."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _answers(server: Server, first: str) -> bool:
    with suppress(OSError):
        response = server.get(server.ask(first), Accept=load.JSON)
        return response.status == 200 and bool(load.solutions(response))
    return False


def family(pid: int) -> set[int]:
    """The process and all below it."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended in the meantime
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = members = {pid}
    while found:
        found = {each for each, parent in parents.items() if parent in found}
        members = members | found
    return members


def megabytes(server: Server) -> float:
    """Memory of all processes of the server; a page that several of them share is counted once (PSS)."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in family(server.pid)) / 1024


def processor_seconds(server: Server) -> float:
    """Processor time that all processes of the server have used so far, with that of those that have ended."""
    ticks = 0
    for pid in family(server.pid):
        with suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def growth(server: Server, grown: list[float]) -> Iterator[None]:
    """Append to `grown` by how many MB the process that listens grew inside the context at most."""
    pids = [pid for pid in family(server.pid) if _listener(server.port) & _sockets(pid)]
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # VmHWM, the peak of VmRSS, begins anew
    before = {pid: _kilobytes(pid, "status", "VmRSS") for pid in pids}
    yield
    grown.append(max(_kilobytes(pid, "status", "VmHWM") - before[pid] for pid in pids) / 1024)


def _kilobytes(pid: int, file: str, name: str) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0


def _listener(port: int) -> set[str]:
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {line[9] for line in lines if line[3] == "0A" and line[1].endswith(f":{port:04X}")}


def _sockets(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.update(_SOCKET.findall(str(descriptor.readlink())))
    return found
