"""What tests share: the real content, checked and built once a session, and the service running as users run it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph import build, content
from gdb_graph.queryfile import Query
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import Names

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def checked() -> build.Checked:
    """The real content, checked."""
    return build.check(content.resolve(None))


@pytest.fixture(scope="session")
def names(checked: build.Checked) -> Names:
    """The IRIs of the real content."""
    return checked.names


@pytest.fixture(scope="session")
def queries(checked: build.Checked) -> Mapping[str, Query]:
    """The curated queries."""
    return checked.queries


@pytest.fixture(scope="session")
def store(checked: build.Checked) -> ox.Store:
    """All quads of a snapshot of the real content, in memory. Do not write into it."""
    return build.dataset(checked)[0]


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot of the real content and `current`. Do not write into it."""
    folder = tmp_path_factory.mktemp("snapshots")
    build.build(content.resolve(None), folder, datetime.now(UTC))
    return folder


@pytest.fixture(scope="session")
def snapshot(snapshots: Path) -> Snapshot:
    """The snapshot in that folder."""
    from gdb_graph.snapshot import current, open_snapshot

    return open_snapshot(current(snapshots))


class Running:
    """A service in a process of its own: where it is, and a client for it."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process, self.url = process, url
        self.client = httpx.Client(base_url=url, timeout=30, follow_redirects=False)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(*arguments: str, **settings: str) -> Running:
    """Start `gdb-graph serve` with arguments and GDB_ settings, and wait until it is ready.

    What nobody asks for is not made, unless `prepare` says so: tests look at what the service does.
    """
    settings = {"prepare": "false"} | settings
    port = free_port()
    environment = os.environ | {f"GDB_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "gdb_graph", "serve", "--port", str(port), *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    running = Running(process, f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if running.client.get("/readyz").status_code == 200:
                return running
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    stop(running)
    raise RuntimeError(f"the service did not get ready: {command}")


def stop(running: Running) -> None:
    """End a service and wait for it."""
    running.client.close()
    running.process.terminate()
    try:
        running.process.wait(10)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()


@pytest.fixture(scope="session")
def service(snapshot: Snapshot) -> Iterator[Running]:
    """The service with the real content and a deadline of 2 seconds."""
    running = start("--snapshot", str(snapshot.folder), query_seconds="2", engine_megabytes="512")
    yield running
    stop(running)


@pytest.fixture
def client(service: Running) -> httpx.Client:
    """A client of that service that has chosen no language before."""
    service.client.cookies.clear()
    return service.client
