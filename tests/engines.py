"""SPARQL engines of others, started on a port of their own, and one that answers whatever a test wants."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from gdb_graph.remote.marker import Marker
from gdb_graph.snapshot import Snapshot
from tests.conftest import free_port

OXIGRAPH = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
VIRTUOSO = shutil.which("virtuoso-t")
PASSWORD = "a secret: p%40ss"
MOST_ROWS = 60_000
"""What that Virtuoso gives at most: more than any graph of the content, less than all of them together."""

_SETTINGS = """
[Database]
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
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 16
[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass(frozen=True)
class Engine:
    """An engine that runs: its address, and who may write there."""

    name: str
    url: str
    user: str = ""
    password: str = ""

    @property
    def settings(self) -> dict[str, str]:
        """Settings of the command line that may write there."""
        return {"engine_user": self.user, "engine_password": self.password} if self.user else {}

    def environment(self) -> dict[str, str]:
        """The environment of a command that may write there."""
        return os.environ | {f"GDB_{name.upper()}": value for name, value in self.settings.items()}

    def publish(self, snapshot: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`gdb-graph publish`."""
        command = [sys.executable, "-m", "gdb_graph", "publish", self.url, "--snapshot", str(snapshot), *arguments]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=300, check=False)

    def rows(self, query: str) -> list[list[str]]:
        """The rows of a SELECT as the engine itself answers it."""
        path = {"oxigraph": "query", "virtuoso": "sparql"}[self.name]
        response = httpx.post(f"{self.url}/{path}", data={"query": query}, headers={"Accept": "text/csv"}, timeout=60)
        assert response.status_code == 200, response.text
        return [[cell.strip('"') for cell in line.split(",")] for line in response.text.split()[1:]]

    def update(self, text: str) -> None:
        """Change something there behind everybody's back."""
        path, name = {"oxigraph": ("update", "update"), "virtuoso": ("sparql-auth", "query")}[self.name]
        auth = httpx.DigestAuth(self.user, self.password) if self.user else None
        response = httpx.post(f"{self.url}/{path}", data={name: text}, auth=auth, timeout=60)
        assert response.status_code < 300, response.text


@contextmanager
def oxigraph() -> Iterator[Engine]:
    """`oxigraph serve`, in memory. Skips where it is not installed."""
    if not OXIGRAPH:
        pytest.skip("there is no `oxigraph`: pip install oxigraph")
    port = free_port()
    with _running([OXIGRAPH, "serve", "--bind", f"127.0.0.1:{port}"], Path(), f"http://127.0.0.1:{port}") as url:
        yield Engine("oxigraph", url)


@contextmanager
def virtuoso(folder: Path) -> Iterator[Engine]:
    """Virtuoso with an empty database in `folder`. Skips where it is not installed."""
    if not VIRTUOSO:
        pytest.skip("there is no `virtuoso-t`: apt-get install virtuoso-opensource-7-bin")
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_SETTINGS.format(sql=sql, http=http, rows=MOST_ROWS), encoding="utf-8")
    command = [VIRTUOSO, "+configfile", "virtuoso.ini", "+foreground"]
    # This makes the database, changes the password and ends.
    subprocess.run([*command, "+pwdold", "dba", "+pwddba", PASSWORD], cwd=folder, check=True, capture_output=True)
    with _running(command, folder, f"http://127.0.0.1:{http}") as url:
        yield Engine("virtuoso", url, "dba", PASSWORD)


@contextmanager
def _running(command: list[str], folder: Path, url: str) -> Iterator[str]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not _answers(url):
            assert process.poll() is None and time.monotonic() < deadline, f"it did not start: {command[0]}"
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code < 500
    except httpx.TransportError:
        return False


@dataclass
class Fake:
    """An engine that says what `answer` writes to a query that is not about the marker."""

    url: str
    marker: Marker
    answer: Callable[[BaseHTTPRequestHandler], None]
    server: str = "Fake/1"
    asked: list[str] = field(default_factory=list)
    down: bool = False
    """Whether it closes every connection without a word."""
    marked: Callable[[BaseHTTPRequestHandler], None] | None = None
    """What it says to a query about the marker, where that is not the marker."""


def say(
    handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, length: int | None = None, **headers: str
) -> None:
    """Answer with a body; `length` is what is promised, where that is not its length."""
    handler.send_response(status)
    stated = {"Content-Type": "application/sparql-results+json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    for name, value in stated.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def rows(*values: str) -> bytes:
    """An answer with one column `x`."""
    cells = ",".join(f'{{"x":{{"type":"literal","value":"{value}"}}}}' for value in values)
    return f'{{"head":{{"vars":["x"]}},"results":{{"bindings":[{cells}]}}}}'.encode()


@contextmanager
def fake(snapshot: Snapshot, port: int = 0) -> Iterator[Fake]:
    """A fake engine that holds the snapshot, as it says."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def version_string(self) -> str:
            return engine.server

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            if engine.down:
                self.close_connection = True
                return
            say(self, b"", 404)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            query = form["query"][0]
            self.close_connection = engine.down
            if engine.down:
                return
            if "urn:gdb-graph:says" in query:
                said = f'{{"said":{{"type":"literal","value":"{engine.marker}"}}}}'
                if engine.marked:
                    engine.marked(self)
                    return
                say(self, f'{{"head":{{"vars":["said"]}},"results":{{"bindings":[{said}]}}}}'.encode())
                return
            engine.asked.append(query)
            engine.answer(self)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    marker = Marker(snapshot.id, "urn:gdb-graph:default:x", "word")
    engine = Fake(f"http://127.0.0.1:{server.server_port}", marker, lambda handler: say(handler, rows("one", "two")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield engine
    finally:
        server.shutdown()
        server.server_close()
