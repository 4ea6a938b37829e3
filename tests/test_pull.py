"""`gdb-graph pull`: what comes is the source's snapshot, whole and at once, or nothing changes."""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox
import pytest

from gdb_graph import pull, snapshot
from gdb_graph.__main__ import main
from gdb_graph.errors import GraphError, PullError, SnapshotError
from gdb_graph.pull import fetch, plan
from tests.conftest import Running, start, stop
from tests.contents import OTHERSTADT, built, built_twice
from tests.serving import canonical, switch


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(pull, "_PAUSE", 0.0)


def current_id(snapshots: Path) -> str:
    return snapshot.current(snapshots).name


def same(one: Path, other: Path) -> bool:
    """Whether two snapshot folders hold the same files; the stores only the same quads."""
    paths = [sorted(path.relative_to(of).as_posix() for path in of.rglob("*") if path.is_file()) for of in (one, other)]
    kept = [[path for path in each if not path.startswith("store/")] for each in paths]
    stores = [canonical(ox.Store.read_only(str(of / "store"))) for of in (one, other)]
    return (
        kept[0] == kept[1]
        and stores[0] == stores[1]
        and all((one / path).read_bytes() == (other / path).read_bytes() for path in kept[0])
    )


@dataclass
class Script:
    """A file server over a folder that notes requests, and does to each what the test wants."""

    folder: Path
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    spoil: Callable[[str, bytes], tuple[int, bytes, dict[str, str]] | None] = lambda path, body: None
    cut: dict[str, list[int]] = field(default_factory=dict)
    """By the end of a path: after how many bytes the connection breaks, one for each request."""
    ranges: bool = True
    url: str = ""

    def asked(self, end: str) -> list[dict[str, str]]:
        return [headers for path, headers in self.requests if path.endswith(end)]


def handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            script.requests.append((self.path, dict(self.headers)))
            file = script.folder / unquote(self.path.lstrip("/"))
            if not file.is_file():
                return self.reply(404, b"", {})
            body = file.read_bytes()
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == tag:
                return self.reply(304, b"", {})
            if (changed := script.spoil(self.path, body)) is not None:
                return self.reply(*changed)
            begin = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            if script.ranges and begin:
                first = int(begin[1])
                told = {"Content-Range": f"bytes {first}-{len(body) - 1}/{len(body)}"}
                return self.reply(206, body[first:], told)
            return self.reply(200, body, {"ETag": tag})

        def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            cuts = next((cuts for end, cuts in script.cut.items() if self.path.endswith(end)), [])
            if cuts:
                self.wfile.write(body[: cuts.pop(0)])
                self.close_connection = True
            else:
                self.wfile.write(body)

    return Handler


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Script]:
    """A file server with a copy of two snapshots of Otherstadt, the later one current."""
    script = Script(Path(shutil.copytree(built_twice(), tmp_path / "origin", symlinks=True)))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(script)) as server:
        thread = threading.Thread(target=partial(server.serve_forever, 0.01))
        thread.start()
        script.url = f"http://127.0.0.1:{server.server_port}"
        yield script
        server.shutdown()
        thread.join()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


def get(source: str | Path, here: Path) -> pull.Pulled:
    return pull.pull(str(source), here, 0)


# What comes


def test_what_comes_over_http_is_the_snapshot_as_it_is(origin: Script, here: Path) -> None:
    pulled = get(origin.url, here)

    assert pulled.is_new
    assert pulled.snapshot.id == current_id(here) == current_id(origin.folder)
    assert same(snapshot.current(here), snapshot.current(origin.folder))
    assert snapshot.verify(snapshot.current(here))


def test_what_comes_from_a_folder_is_the_same(here: Path) -> None:
    get(built(), here)

    assert same(snapshot.current(here), snapshot.current(built()))


def test_a_folder_may_be_that_of_one_snapshot(here: Path) -> None:
    get(snapshot.current(built()), here)

    assert current_id(here) == current_id(built())


def test_what_can_be_unpacked_is_not_fetched(origin: Script, here: Path) -> None:
    get(origin.url, here)

    asked = [path for path, _ in origin.requests]
    assert any(path.endswith("/gdb-graph.nq.gz") for path in asked)
    assert not [path for path in asked if path.endswith((".nq", ".nt", ".trig", "graph.ttl"))]
    assert not [path for path in asked if "/store/" in path]


def test_nothing_to_do_is_one_conditional_request(origin: Script, here: Path) -> None:
    get(origin.url, here)
    origin.requests.clear()

    assert not get(origin.url, here).is_new
    ((path, headers),) = origin.requests
    assert path == "/current/manifest.json"
    assert "If-None-Match" in headers


def test_only_what_is_new_is_fetched(origin: Script, here: Path) -> None:
    later = current_id(origin.folder)
    switch(origin.folder, current_id(built()))
    get(origin.url, here)
    switch(origin.folder, later)
    origin.requests.clear()

    assert get(origin.url, here).is_new
    assert same(snapshot.current(here), snapshot.current(origin.folder))
    assert len(origin.requests) < 25, "queries and the ontology are the same and need not come again"


def test_going_back_at_the_source_needs_nothing_but_the_manifest(origin: Script, here: Path) -> None:
    before = current_id(built())
    switch(origin.folder, before)
    get(origin.url, here)
    switch(origin.folder, current_id(built_twice()))
    get(origin.url, here)
    switch(origin.folder, before)
    origin.requests.clear()

    assert get(origin.url, here).snapshot.id == before == current_id(here)
    assert len(origin.requests) == 1


def test_who_switched_by_hand_is_brought_back(origin: Script, here: Path) -> None:
    switch(origin.folder, current_id(built()))
    get(origin.url, here)
    switch(origin.folder, current_id(built_twice()))
    get(origin.url, here)
    switch(here, current_id(built()))

    assert get(origin.url, here).is_new
    assert current_id(here) == current_id(built_twice())


def test_older_snapshots_stay_as_many_as_are_wished(origin: Script, here: Path) -> None:
    switch(origin.folder, current_id(built()))
    get(origin.url, here)
    switch(origin.folder, current_id(built_twice()))
    pull.pull(origin.url, here, 1)

    assert [path.name for path in here.glob("[!.]*") if not path.is_symlink()] == [current_id(here)]


def test_nothing_but_snapshots_is_left_behind(origin: Script, here: Path) -> None:
    get(origin.url, here)

    assert {path.name for path in here.iterdir()} == {".lock", ".pulled.json", "current", current_id(here)}
    assert not list(here.rglob("*.part"))


def test_a_damaged_snapshot_here_is_fetched_anew(origin: Script, here: Path) -> None:
    get(origin.url, here)
    (snapshot.current(here) / "quads.nq").write_bytes(b"")

    get(origin.url, here)

    assert same(snapshot.current(here), snapshot.current(origin.folder))


def test_one_pull_or_build_at_a_time(here: Path) -> None:
    command = [sys.executable, "-m", "gdb_graph", "pull", str(built()), "--out", str(here)]
    with snapshot.writing(here):
        ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "Wait for it to end." in ended.stderr


# What breaks off


def test_what_breaks_off_goes_on_where_it_was(origin: Script, here: Path) -> None:
    origin.cut = {"/gdb-graph.nq.gz": [1000, 500], "/gdb-ontology.ttl": [0]}

    get(origin.url, here)

    assert [each.get("Range") for each in origin.asked("/gdb-graph.nq.gz")] == [None, "bytes=1000-", "bytes=1500-"]
    assert same(snapshot.current(here), snapshot.current(origin.folder))


def test_a_server_without_ranges_gives_it_all_again(origin: Script, here: Path) -> None:
    origin.cut, origin.ranges = {"/gdb-graph.nq.gz": [1000]}, False

    get(origin.url, here)

    assert same(snapshot.current(here), snapshot.current(origin.folder))


def test_what_was_interrupted_is_taken_up_the_next_time(origin: Script, here: Path) -> None:
    origin.cut = {"/gdb-graph.rdf.gz": [700, 0, 0, 0, 0, 0]}
    with pytest.raises(PullError, match="Tried 3 times; what has come so far is kept"):
        get(origin.url, here)
    assert not (here / "current").exists()
    assert not list(here.glob("[!.]*"))
    origin.cut.clear()
    origin.requests.clear()

    get(origin.url, here)

    assert same(snapshot.current(here), snapshot.current(origin.folder))
    assert [each.get("Range") for each in origin.asked("/gdb-graph.rdf.gz")] == ["bytes=700-"]
    assert not origin.asked("/gdb-graph.nq.gz"), "it was there already"


def test_a_rest_that_does_not_fit_is_fetched_from_its_beginning(origin: Script, here: Path) -> None:
    begun = here / f".pulling-{current_id(origin.folder)}" / "dumps"
    begun.mkdir(parents=True)
    (begun / "gdb-graph.nq.gz.part").write_bytes(b"something else")

    get(origin.url, here)

    assert same(snapshot.current(here), snapshot.current(origin.folder))


def test_what_was_begun_for_another_snapshot_goes(origin: Script, here: Path) -> None:
    (here / ".pulling-0123").mkdir(parents=True)

    get(origin.url, here)

    assert not list(here.glob(".pulling-*"))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_source_that_is_busy_is_asked_again(status: int, origin: Script, here: Path) -> None:
    left = [1, 1]
    origin.spoil = lambda path, body: (status, b"", {"Retry-After": "0"}) if left and left.pop() else None

    assert get(origin.url, here).is_new


def test_a_source_that_changes_in_the_meantime_is_followed(origin: Script, here: Path) -> None:
    later = current_id(origin.folder)
    switch(origin.folder, current_id(built()))

    def change(path: str, body: bytes) -> None:
        if path.endswith(".rq") and snapshot.current(origin.folder).name != later:
            shutil.rmtree(snapshot.current(origin.folder))
            switch(origin.folder, later)

    origin.spoil = change

    assert get(origin.url, here).snapshot.id == later == current_id(here)


# What is refused: `current` stays, and nothing of it can be seen.


def altered(**changes: Any) -> Callable[[str, bytes], tuple[int, bytes, dict[str, str]] | None]:
    """Changes what the manifest says."""

    def spoil(path: str, body: bytes) -> tuple[int, bytes, dict[str, str]] | None:
        return (200, json.dumps(json.loads(body) | changes).encode(), {}) if path.endswith("manifest.json") else None

    return spoil


def entry(**changes: Any) -> Callable[[str, bytes], tuple[int, bytes, dict[str, str]] | None]:
    """Changes what the manifest says of one file."""

    def spoil(path: str, body: bytes) -> tuple[int, bytes, dict[str, str]] | None:
        if not path.endswith("manifest.json"):
            return None
        told = json.loads(body)
        told["parts"][0] |= changes
        return 200, json.dumps(told).encode(), {}

    return spoil


def of(end: str, change: Callable[[bytes], bytes]) -> Callable[[str, bytes], tuple[int, bytes, dict[str, str]] | None]:
    """Changes the bytes of a file."""
    return lambda path, body: (200, change(body), {}) if path.endswith(end) else None


def flipped(body: bytes) -> bytes:
    return body[:-20] + bytes([body[-20] ^ 1]) + body[-19:]


OUTSIDE = (
    "../evil",
    "/etc/passwd",
    "queries/../../evil.rq",
    "queries/a/b.rq",
    ".lock",
    "queries/.hidden.rq",
    "store/x",
)
REFUSED = {
    "a flipped bit": (of("/tables/actors.csv", flipped), "tables/actors.csv has come with other bytes"),
    "a flipped bit in a gzip": (of("/gdb-graph.nq.gz", flipped), "gdb-graph.nq.gz has come with other bytes"),
    "more than was promised": (of("/quality.json", lambda body: body + b" "), "quality.json has come with other bytes"),
    "a manifest too large": (of("/manifest.json", lambda body: body + b" " * plan.LONGEST), "more than 16777216 bytes"),
    "no JSON": (of("/manifest.json", lambda body: b"<html>"), "no manifest of a snapshot"),
    "deep JSON": (of("/manifest.json", lambda body: b"[" * 100_000), "no manifest of a snapshot"),
    "a list": (of("/manifest.json", lambda body: b"[]"), "no manifest of a snapshot"),
    "another id": (altered(id="0" * 32), "its id is no hash"),
    "an id that leads elsewhere": (altered(id="../evil"), "its id is no hash"),
    "another hash": (altered(id="0" * 32, content_hash="sha256:" + "0" * 64), "is not there"),
    "no files": (altered(distributions=None), "does not say what files there are"),
    "no quads": (altered(distributions=[]), "does not name each file of a snapshot once"),
    "no date": (altered(created=None), "no manifest of a snapshot"),
    "a date in words": (altered(created="yesterday"), "no manifest of a snapshot"),
    "no counts": (altered(counts=None), "no manifest of a snapshot"),
    "a layout in words": (altered(layout="new"), "a number is none"),
    "a newer layout": (altered(layout=snapshot.LAYOUT + 1), "built by a newer gdb-graph"),
    "an entry without size": (entry(bytes=None), "states no size and SHA-256"),
    "a size below nothing": (entry(bytes=-1), "states no size and SHA-256"),
    "a checksum that is none": (entry(sha256="x"), "states no size and SHA-256"),
    "more than the disk holds": (entry(bytes=1 << 60), "Make room"),
    "a file twice": (entry(path="quads.nq"), "does not name each file of a snapshot once"),
    **{f"a path {path}": (entry(path=path), "which is no file of a snapshot") for path in OUTSIDE},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_as_promised_is_refused(case: str, origin: Script, here: Path) -> None:
    later = current_id(origin.folder)
    switch(origin.folder, current_id(built()))
    get(origin.url, here)
    before = current_id(here)
    switch(origin.folder, later)
    origin.spoil, says = REFUSED[case]

    with pytest.raises(PullError, match=re.escape(says)):
        get(origin.url, here)

    assert current_id(here) == before
    assert snapshot.verify(snapshot.current(here))
    assert not (here / later).exists()
    assert not (here.parent / "evil").exists()


def test_a_gzip_that_holds_more_than_promised_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    (tmp_path / "x.gz").write_bytes(bomb)

    with pytest.raises(PullError, match="other bytes than its manifest promises"):
        fetch.unpack(plan.Item("x.gz", len(bomb), ""), plan.Item("x", 10, "0" * 64), tmp_path)

    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3_000_000


def test_a_snapshot_of_an_older_program_is_not_pulled(origin: Script, here: Path) -> None:
    manifest = snapshot.current(origin.folder) / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    del told["parts"], told["layout"]
    manifest.write_text(json.dumps(told), encoding="utf-8")

    with pytest.raises(PullError, match="Build it there again"):
        get(origin.url, here)
    assert snapshot.verify(snapshot.current(origin.folder)), "it can still be served"


def test_a_snapshot_of_a_newer_program_is_not_opened(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(snapshot.current(built()), tmp_path / "x"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"layout": snapshot.LAYOUT + 1}), encoding="utf-8")

    with pytest.raises(SnapshotError, match="newer gdb-graph"):
        snapshot.open_snapshot(folder)


def test_queries_for_another_program_are_not_switched_to(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gdb_graph import queryfile
    from gdb_graph.errors import ContentError

    def fail(folder: Path) -> None:
        raise ContentError([])

    monkeypatch.setattr(queryfile, "read_folder", fail)

    with pytest.raises(PullError, match="written for another version"):
        get(built(), here)
    assert not (here / "current").exists()


SOURCES = [
    pytest.param("http://127.0.0.1:9", "cannot be reached", id="nobody listens"),
    pytest.param("{origin}/nowhere", "has no current snapshot", id="an address without snapshots"),
    pytest.param("{here}", "There is no snapshot in", id="a folder without snapshots"),
    pytest.param("http://user:secret@example.org", "Leave user and password out", id="credentials"),
    pytest.param("https://", "The address of the source must be", id="no host"),
    pytest.param("https://example.org:x", "The address of the source must be", id="a port in words"),
    pytest.param("https://example.org/?a=b", "The address of the source must be", id="a query string"),
    pytest.param("ftp://example.org", "Name a folder of snapshots, or an address", id="another scheme"),
]


@pytest.mark.parametrize(("source", "says"), SOURCES)
def test_a_source_that_is_none_is_told_in_a_sentence(source: str, says: str, origin: Script, here: Path) -> None:
    with pytest.raises(PullError, match=says) as raised:
        get(source.format(origin=origin.url, here=here), here)

    assert "secret" not in str(raised.value)


def test_a_source_that_moved_is_not_followed_but_named(origin: Script, here: Path) -> None:
    origin.spoil = lambda path, body: (301, b"", {"Location": "https://elsewhere.example/"})

    with pytest.raises(PullError, match=re.escape("leads to https://elsewhere.example/")):
        get(origin.url, here)


def test_a_full_disk_is_told_before_it_is(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1000, 999, 1))

    with pytest.raises(PullError, match="and 1 are free"):
        get(built(), here)


# On the command line, and with a plain file server


def test_a_plain_file_server_is_a_source(here: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    serving = partial(Quiet, directory=str(built()))
    with ThreadingHTTPServer(("127.0.0.1", 0), serving) as server:
        thread = threading.Thread(target=partial(server.serve_forever, 0.01))
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}/"
            assert get(address, here).is_new
            assert not get(address, here).is_new
        finally:
            server.shutdown()
            thread.join()


def test_the_command_says_what_it_did(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = current_id(built())

    assert main(["pull", str(built()), "--out", str(here)]) == 0
    assert capsys.readouterr().out == f"Snapshot {id_}: switched to it\n"
    monkeypatch.setenv("GDB_PULL", str(built()))
    assert main(["pull", "--out", str(here)]) == 0
    assert capsys.readouterr().out == f"Snapshot {id_}: nothing to do\n"


def test_without_a_source_the_command_says_how_to_name_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "--out", str(here)]) == 1
    assert "gdb-graph pull SOURCE, or set GDB_PULL" in capsys.readouterr().err


def test_a_replica_asks_what_was_pulled_and_builds_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDB_PULL", str(built()))
    ask = ["query", "--out", str(here), "--sparql", "ASK {}"]
    assert main(ask) == 0
    monkeypatch.setenv("GDB_PULL", str(here / "gone"))

    assert main(ask) == 0
    assert "Snapshot" in capsys.readouterr().err
    assert current_id(here) == current_id(built())


# A service as the source


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    running = start("--snapshot", str(snapshot.current(built())))
    yield running
    stop(running)


def test_a_service_is_a_source(service: Running, here: Path) -> None:
    assert get(service.url, here).is_new
    assert same(snapshot.current(here), snapshot.current(built()))
    assert not get(service.url, here).is_new


def test_a_service_says_that_nothing_changed(service: Running) -> None:
    first = service.client.get("/snapshots/current/manifest.json")
    again = service.client.get("/snapshots/current/manifest.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-cache"
    assert first.json()["id"] == first.headers["X-Snapshot"] == current_id(built())


def test_a_service_gives_files_as_they_are_for_good_and_in_parts(service: Running) -> None:
    path = f"/snapshots/{current_id(built())}/queries/pilots.rq"
    whole, part = service.client.get(path), service.client.get(path, headers={"Range": "bytes=10-19"})

    assert whole.content == (snapshot.current(built()) / "queries/pilots.rq").read_bytes()
    assert "immutable" in whole.headers["Cache-Control"]
    assert (part.status_code, part.content) == (206, whole.content[10:20])


@pytest.mark.parametrize(
    "path",
    ["store/CURRENT", "../current/quads.nq", "%2e%2e/.lock", "queries/nonsense.rq", "", "queries/", "manifest.json/x"],
)
def test_a_service_gives_nothing_that_the_manifest_does_not_name(path: str, service: Running) -> None:
    answer = service.client.get(f"/snapshots/{current_id(built())}/{path}")

    assert answer.status_code == 404


def test_errors_are_expected_ones() -> None:
    assert issubclass(PullError, GraphError)


def test_a_replica_that_has_nothing_and_reaches_nobody_ends(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--pull", str(here / "nothing"), "--out", str(here)]) == 1
    assert "There is no snapshot in" in capsys.readouterr().err


def test_content_is_not_asked_for(here: Path) -> None:
    with pytest.raises(SystemExit):
        main(["pull", str(built()), "--content", str(OTHERSTADT), "--out", str(here)])
