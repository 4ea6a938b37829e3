"""`gdb-graph doctor`: each fault of an installation is named, with what to do; a sound one is called fine."""

import errno
import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gdb_graph import content, snapshot
from gdb_graph.__main__ import main
from gdb_graph.doctor import address, online, origin, program, publisher, shelf, system, variables
from gdb_graph.doctor.address import Port
from gdb_graph.doctor.note import Note
from gdb_graph.doctor.online import Seen
from gdb_graph.doctor.program import Program
from gdb_graph.doctor.shelf import Shelf
from gdb_graph.doctor.system import System
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot
from tests.conftest import Running, free_port, start, stop
from tests.contents import OTHERSTADT, built

GIGABYTE = 1024**3
NOW = datetime(2031, 5, 1, tzinfo=UTC)
BASE = "https://graph.example.org"
ID = "0" * 32
PUBLIC = Settings(public_url=BASE)
SOUND = Program((3, 11, 2), {"rich": "13.1"}, ["rich>=13"], {"rich": "13.1"}, "openjdk 21")
MACHINE = System("linux", (), 4096, 64 * GIGABYTE, NOW)
MANIFEST = {"id": ID, "bytes": 100_000_000, "created": "2031-04-01T00:00:00+00:00", "files": {"data/a.ttl": "1"}}
ONE = Snapshot(Path("/nowhere"), MANIFEST)
ROOM = Shelf(Path("snapshots"), exists=True, writable=True, free=10**12, current=ONE, taken=10**6)
SEEN = Seen("", 200, ID, BASE, styled=True, date=NOW)


def told(notes: Iterable[Note]) -> list[tuple[str, str]]:
    """What is not fine: level and text."""
    return [(note.level, note.text) for note in notes if note.level != "fine"]


def sees(level: str, text: str, notes: Iterable[Note]) -> None:
    """One note of that level has that text, and says what to do."""
    found = list(notes)
    hits = [note for note in found if note.level == level and re.search(text, note.text)]
    assert len(hits) == 1, found
    assert hits[0].remedy.endswith(".")


@pytest.mark.parametrize(
    "notes",
    [
        pytest.param(lambda: variables.check(["GDB_PORT", "HOME", "GDB_TEST_CKAN"]), id="variables"),
        pytest.param(lambda: program.check(SOUND, builds=True), id="program"),
        pytest.param(lambda: system.check(MACHINE, Settings(), ONE), id="system"),
        pytest.param(lambda: shelf.check(ROOM, Settings(), None), id="folder"),
        pytest.param(lambda: address.check(Port(), PUBLIC, ID), id="address"),
        pytest.param(lambda: address.check(Port(errno.EADDRINUSE, ID), PUBLIC, ID), id="a service runs"),
        pytest.param(lambda: online.check(SEEN, BASE, ID, NOW), id="online"),
    ],
)
def test_a_sound_installation_is_called_fine(notes: Callable[[], Iterator[Note]]) -> None:
    assert told(notes()) == []
    assert list(notes())


@pytest.mark.parametrize(
    ("name", "level", "text"),
    [
        ("GDB_PUBILC_URL", "problem", "GDB_PUBILC_URL .* Did you mean 'GDB_PUBLIC_URL'"),
        ("GDB_ENGINE_MEGABYTE", "problem", "GDB_ENGINE_MEGABYTES"),
        ("GDB_COFFEE_MACHINE_COLOUR", "warning", "no such setting"),
    ],
)
def test_a_variable_that_is_no_setting(name: str, level: str, text: str) -> None:
    sees(level, text, variables.check([name]))


@pytest.mark.parametrize(
    ("found", "level", "text"),
    [
        pytest.param(replace(SOUND, python=(3, 10, 1)), "problem", "Python is 3.10.1", id="an old Python"),
        pytest.param(replace(SOUND, installed={}), "problem", "rich is missing", id="no package"),
        pytest.param(replace(SOUND, installed={"rich": "12.0"}), "problem", "rich is 12.0; needed", id="too old"),
        pytest.param(replace(SOUND, installed={"rich": "15.0"}), "warning", r"rich 15.0 \(tested: 13.1\)", id="newer"),
        pytest.param(replace(SOUND, required=[]), "warning", "not installed", id="not installed"),
        pytest.param(replace(SOUND, startable=False), "problem", "may not start the Python", id="another's Python"),
        pytest.param(replace(SOUND, java=""), "problem", "Java does not start", id="no Java"),
    ],
)
def test_a_program_that_is_not_as_it_should_be(found: Program, level: str, text: str) -> None:
    sees(level, text, program.check(found, builds=True))


def test_a_replica_needs_no_java() -> None:
    sees("warning", "Java", program.check(replace(SOUND, java=""), builds=False))


def test_extras_are_not_missed() -> None:
    assert told(program.check(replace(SOUND, required=["rich>=13", "pytest; extra == 'dev'"]), builds=True)) == []


@pytest.mark.parametrize(
    ("found", "level", "text"),
    [
        pytest.param(replace(MACHINE, platform="darwin"), "problem", "The system is darwin", id="no Linux"),
        pytest.param(replace(MACHINE, lacks=("prctl",)), "problem", "without prctl", id="no prctl"),
        pytest.param(replace(MACHINE, open_files=256), "warning", "256 files open", id="few files"),
        pytest.param(replace(MACHINE, memory=GIGABYTE // 4), "problem", "takes about 476 MB", id="too little memory"),
        pytest.param(replace(MACHINE, memory=GIGABYTE // 2), "warning", "side by side", id="memory for one only"),
        pytest.param(replace(MACHINE, memory=4 * GIGABYTE), "warning", "engines add 6144 MB", id="engines too large"),
        pytest.param(replace(MACHINE, now=NOW - timedelta(days=99)), "problem", "here it is 2031-01-22", id="clock"),
    ],
)
def test_a_machine_that_lacks_something(found: System, level: str, text: str) -> None:
    sees(level, text, system.check(found, Settings(), ONE))


@pytest.mark.parametrize(
    ("found", "level", "text"),
    [
        pytest.param(replace(ROOM, writable=False), "problem", "cannot be written into", id="not ours"),
        pytest.param(replace(ROOM, current=None), "warning", "no current snapshot", id="nothing built"),
        pytest.param(replace(ROOM, current=None, damage="It is damaged."), "problem", "It is damaged", id="damaged"),
        pytest.param(replace(ROOM, free=10**5), "problem", "0 MB are free", id="a full disk"),
        pytest.param(replace(ROOM, free=2 * 10**6), "warning", "2 MB are free", id="an almost full disk"),
    ],
)
def test_a_folder_with_a_fault(found: Shelf, level: str, text: str) -> None:
    sees(level, text, shelf.check(found, Settings(), None))


def test_content_that_has_changed_is_told(tmp_path: Path) -> None:
    found = shelf.look(built())
    assert found.current

    sees("warning", "content has changed .* and [0-9]+ more", shelf.check(found, Settings(), content.resolve(None)))
    assert told(shelf.check(found, Settings(), content.resolve(OTHERSTADT))) == []


def test_what_there_is_is_seen(tmp_path: Path) -> None:
    copied = Path(shutil.copytree(built(), tmp_path / "snapshots", symlinks=True))
    whole = shelf.look(copied)
    (snapshot.current(copied) / "tables" / "actors.csv").write_text("", encoding="utf-8")
    damaged, absent = shelf.look(copied), shelf.look(tmp_path / "a" / "b")

    assert whole.current
    assert whole.taken > whole.current.manifest["bytes"]
    assert "tables/actors.csv" in damaged.damage
    assert (absent.exists, absent.writable, absent.current, absent.damage) == (False, True, None, "")


@pytest.mark.parametrize(
    ("fault", "served", "level", "text"),
    [
        pytest.param(errno.EADDRINUSE, "", "problem", "Another program listens", id="taken"),
        pytest.param(errno.EADDRINUSE, "1" * 32, "warning", "serves snapshot 1111", id="not changed over"),
        pytest.param(errno.EACCES, "", "problem", "may not listen", id="a low port"),
        pytest.param(errno.EADDRNOTAVAIL, "", "problem", "no address of this machine", id="another machine's"),
        pytest.param(errno.ENOBUFS, "", "problem", "ENOBUFS", id="anything else"),
    ],
)
def test_a_port_that_is_not_free(fault: int, served: str, level: str, text: str) -> None:
    sees(level, text, address.check(Port(fault, served), PUBLIC, ID))


@pytest.mark.parametrize(
    ("chosen", "level", "text"),
    [
        pytest.param(Settings(), "warning", "links begin with http://127.0.0.1:8000", id="not set"),
        pytest.param(Settings(public_url="http://graph.example.org"), "warning", "without TLS", id="no TLS"),
        pytest.param(Settings(public_url="https://localhost/x"), "warning", "nobody else can follow", id="local"),
        pytest.param(Settings(public_url=f"{BASE}/?x=1"), "problem", "has a query", id="a query"),
        pytest.param(replace(PUBLIC, host="0.0.0.0"), "warning", "past the proxy", id="open to all"),
    ],
)
def test_a_public_address_that_is_not_plausible(chosen: Settings, level: str, text: str) -> None:
    sees(level, text, address.check(Port(), chosen, ID))


@pytest.mark.parametrize(
    ("seen", "level", "text"),
    [
        pytest.param(Seen(error="no route"), "problem", "cannot be reached: no route", id="nobody there"),
        pytest.param(Seen(status=502), "problem", "status 502", id="a proxy before nothing"),
        pytest.param(replace(SEEN, snapshot="1" * 32), "problem", "serves snapshot 1111", id="another snapshot"),
        pytest.param(replace(SEEN, links_to="http://127.0.0.1:8000"), "problem", "lead to http://127", id="links"),
        pytest.param(replace(SEEN, styled=False), "problem", "do not find their style", id="a path left on"),
        pytest.param(replace(SEEN, date=NOW - timedelta(minutes=9)), "warning", "clock there", id="another clock"),
    ],
)
def test_what_an_outsider_sees_wrong(seen: Seen, level: str, text: str) -> None:
    sees(level, text, online.check(seen, BASE, ID, NOW))


def test_a_catalogue_without_publisher_or_contact() -> None:
    one = snapshot.open_snapshot(snapshot.current(built()))
    nameless = Snapshot(one.folder, {**one.manifest, "dataset": {}})

    sees("problem", "no creator", publisher.check(nameless, Settings()))
    sees("warning", "Nobody is named", publisher.check(one, Settings()))
    sees("warning", "what the publisher is", publisher.check(one, Settings()))
    assert told(publisher.check(one, Settings(contact_url=BASE, publisher_type="LocalAuthority"))) == []


def test_a_replica_that_cannot_follow_its_source(tmp_path: Path) -> None:
    id_ = snapshot.current(built()).name
    reached, lost = origin.look(str(built())), origin.look(str(tmp_path))

    assert told(origin.check(reached, "x", id_)) == []
    sees("warning", f"x has snapshot {id_}, and the current one here is none", origin.check(reached, "x", ""))
    sees("problem", "Nothing can be pulled: There is no snapshot in", origin.check(lost, "x", id_))


def test_a_port_is_tried_as_the_service_would() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        assert address.try_port("127.0.0.1", taken.getsockname()[1]) == errno.EADDRINUSE
    assert address.try_port("127.0.0.1", free_port()) == 0
    assert address.try_port("192.0.2.1", free_port()) == errno.EADDRNOTAVAIL


def test_this_machine_is_looked_at() -> None:
    here, there = system.look(), program.look()

    assert here.platform == sys.platform
    assert here.memory > GIGABYTE // 8
    assert here.lacks == ()
    assert there.tested["pyoxigraph"]
    assert "version" in there.java


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    running = start("--snapshot", str(snapshot.current(built())), public_url=BASE)
    yield running
    stop(running)


@pytest.fixture
def recent(tmp_path: Path) -> Path:
    """A folder with a snapshot that was made in the past; that of the other tests is from the future."""
    folder = Path(shutil.copytree(built(), tmp_path / "snapshots", symlinks=True))
    manifest = snapshot.current(folder) / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"created": "2031-', '"created": "2021-'), encoding="utf-8")
    return folder


def test_the_command_sees_a_service_and_where_its_links_lead(
    service: Running, recent: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDB_PUBLIC_URL", service.url)
    port = service.url.rpartition(":")[2]

    status = main(["doctor", "--content", str(OTHERSTADT), "--out", str(recent), "--port", port, "--online"])

    out, err = capsys.readouterr()
    assert (status, err) == (1, "")
    assert f"A service runs at 127.0.0.1, port {port}, and serves the current snapshot." in out
    assert f"problem  Links of the service at {service.url} lead to {BASE}." in out
    assert f"Start the service with GDB_PUBLIC_URL={service.url}." in out
    assert "1 problem, " in out


def test_a_sound_service_is_seen_as_such(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    running = start("--snapshot", str(snapshot.current(built())))
    try:
        seen = online.look(running.url)
        assert told(online.check(seen, running.url, snapshot.current(built()).name, datetime.now(UTC))) == []
        assert online.look(url).error
        assert online.served("127.0.0.1", int(url.rpartition(":")[2])) == ""
    finally:
        stop(running)


def test_warnings_alone_are_no_failure(recent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor", "--content", str(OTHERSTADT), "--out", str(recent), "--port", str(free_port())])

    out = capsys.readouterr().out
    assert "problem  " not in out, out
    assert status == 0
    assert re.search(r"0 problems, \d+ warnings?\.\n$", out)
