"""A server's address and requests in, figures out: wrk for requests a second, curl for the time of one answer."""

import http.client
import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

JSON = "application/sparql-results+json"
CONNECTIONS = 8
PATIENCE = 10
"""Seconds without an answer that count as an error."""


class Failed(Exception):
    """Something cannot be measured; the text says what."""


@dataclass(frozen=True, slots=True)
class Response:
    """One whole HTTP response; the names of the headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def get(port: int, path: str, headers: Mapping[str, str]) -> Response:
    """GET from this machine. Raises OSError, or http.client.HTTPException where the body is cut."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        return Response(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def solutions(response: Response) -> list[str]:
    """The rows of a JSON answer, in a form that is equal where they are: sorted, blank nodes without their labels.

    Raises Failed where it is no such answer.
    """
    if response.status != 200:
        raise Failed(f"status {response.status}: {response.body[:300].decode(errors='replace')}")
    try:
        rows = json.loads(response.body)["results"]["bindings"]
    except (ValueError, KeyError, TypeError) as error:
        raise Failed(f"not an answer in JSON: {response.body[:300].decode(errors='replace')}") from error
    for row in rows:
        for term in row.values():
            if term["type"] == "bnode":
                term["value"] = ""
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def rows(response: Response) -> int:
    """How many rows a JSON answer has. Raises Failed where it is none."""
    return len(solutions(response))


def unique_number() -> int:
    """A number to begin counting from: no earlier or later call gives one that such a count has reached.

    It is the clock in microseconds, and nobody sends a million requests a second.
    """
    return time.time_ns() // 1000


def show(command: Sequence[str]) -> None:
    """Tell which command runs."""
    line = shlex.join(command)
    print(f"$ {line if len(line) < 500 else line[:500] + ' …'}", file=sys.stderr, flush=True)


def _output(command: Sequence[str]) -> str:
    show(command)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{command[0]} ended with status {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout


def upload(url: str, quads: Path) -> None:
    """Send N-Quads to a graph store. Raises Failed."""
    command = ["curl", "-sS", "--fail-with-body", "-X", "POST", "-H", "Content-Type: application/n-quads"]
    _output([*command, "-T", str(quads), url])


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk gave."""

    requests: int
    seconds: float
    bytes: int
    errors: Mapping[str, int]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def size(self) -> float:
        """Mean bytes of an answer, with its head."""
        return self.bytes / max(self.requests, 1)


def wrk(
    url: str,
    paths: Sequence[str],
    order: Sequence[int],
    seconds: float,
    headers: Mapping[str, str],
    unique: bool = False,
) -> Load:
    """Ask for the paths in that order, again and again, over eight connections from one thread.

    With `unique` a number follows each path that no other request has.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "paths"), Path(folder, "order")
        files[0].write_text("".join(f"{path}\n" for path in paths))
        files[1].write_text("".join(f"{index + 1}\n" for index in order))
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(round(seconds), 1)}s", "--timeout", f"{PATIENCE}s"]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        command += ["-s", str(Path(__file__).with_name("wrk.lua")), url, "--", *map(str, files)]
        counts = json.loads(_output([*command, *([str(unique_number())] if unique else [])]).splitlines()[-1])
    errors = {kind: counts[kind] for kind in ("status", "connect", "read", "write", "timeout") if counts[kind]}
    return Load(counts["requests"], counts["seconds"], counts["bytes"], errors)


@dataclass(frozen=True, slots=True)
class Transfer:
    """What curl says of one answer: seconds to its first byte and to its last, and the bytes of its body."""

    first: float
    seconds: float
    bytes: int


def curl(url: str, *options: str) -> Transfer:
    """GET one answer and throw it away. Raises Failed for a status other than 200 or an answer cut short."""
    form = "%{http_code} %{time_starttransfer} %{time_total} %{size_download}"
    status, first, total, size = _output(
        ["curl", "-sS", "-o", "/dev/null", "-w", form, "-H", f"Accept: {JSON}", *options, url]
    ).split()
    if status != "200":
        raise Failed(f"status {status}")
    return Transfer(float(first), float(total), int(size))
