"""The snapshots that stay: in which order, how many, and what is never removed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from gdb_graph import history, snapshot
from gdb_graph.errors import SnapshotError
from gdb_graph.snapshot import Snapshot
from tests.contents import OTHERSTADT, built, copy, write


def make(snapshots: Path, number: int, day: int | None = None) -> Snapshot:
    """A snapshot of one quad, made on a day of January, now the current one."""
    quad = ox.Quad(ox.NamedNode("https://example.org/s"), ox.NamedNode("https://example.org/p"), ox.Literal(number))
    manifest = {"base": "https://example.org/", "created": f"2031-01-{day or number:02}T00:00:00+00:00"}
    with snapshot.writing(snapshots) as folder:
        return snapshot.publish(folder, snapshot.write(folder, [quad], snapshots / "none", manifest, []))


def prune(snapshots: Path, keep: int) -> list[str]:
    with snapshot.writing(snapshots):
        return history.prune(snapshots, keep)


def test_snapshots_come_by_the_time_they_were_made(tmp_path: Path) -> None:
    made = [make(tmp_path, number, day) for number, day in ((1, 2), (2, 9), (3, 1))]
    os.utime(made[2].folder / "manifest.json")  # copied last, but not made last
    (tmp_path / ".building-snapshot").mkdir()
    (tmp_path / ".building-snapshot" / "manifest.json").write_text("{}")
    (tmp_path / "notes").mkdir()
    shutil.copytree(made[1].folder, tmp_path / "backup")

    assert [one.id for one in history.read(tmp_path)] == [made[1].id, made[0].id, made[2].id]


def test_what_is_damaged_is_no_snapshot(tmp_path: Path) -> None:
    made = [make(tmp_path, number) for number in (1, 2)]
    (made[0].folder / "manifest.json").write_text("{")

    assert [one.id for one in history.read(tmp_path)] == [made[1].id]
    assert history.read(tmp_path / "nowhere") == []


@pytest.mark.parametrize(("keep", "left"), [(0, [5, 4, 3, 2, 1]), (1, [5]), (2, [5, 4]), (9, [5, 4, 3, 2, 1])])
def test_the_latest_stay(tmp_path: Path, keep: int, left: list[int]) -> None:
    made = {number: make(tmp_path, number).id for number in range(1, 6)}

    removed = prune(tmp_path, keep)

    assert [one.id for one in history.read(tmp_path)] == [made[number] for number in left]
    assert set(removed) == set(made.values()) - {made[number] for number in left}
    assert list(tmp_path.glob(f"{snapshot.UNFINISHED}*")) == []


def test_what_current_points_at_stays_however_old(tmp_path: Path) -> None:
    made = [make(tmp_path, number) for number in (1, 2, 3)]
    (tmp_path / "next").symlink_to(made[0].id)
    (tmp_path / "next").replace(tmp_path / "current")

    assert prune(tmp_path, 1) == [made[1].id]
    assert snapshot.open_snapshot(snapshot.current(tmp_path)).id == made[0].id


def test_what_a_process_holds_stays_until_it_lets_go(tmp_path: Path) -> None:
    made = [make(tmp_path, number) for number in (1, 2)]
    script = (
        "import sys, pathlib\n"
        "from gdb_graph import history, snapshot\n"
        "held = history.hold(snapshot.open_snapshot(pathlib.Path(sys.argv[1])))\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(made[0].folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        assert prune(tmp_path, 1) == []
        other.communicate()

    assert prune(tmp_path, 1) == [made[0].id]


def test_what_is_gone_cannot_be_held(tmp_path: Path) -> None:
    made = make(tmp_path, 1)
    shutil.rmtree(made.folder)

    with pytest.raises(SnapshotError):
        history.hold(made)


def test_a_build_removes_the_oldest_after_it_has_published(tmp_path: Path) -> None:
    out = Path(shutil.copytree(built(), tmp_path / "snapshots", symlinks=True))
    (old,) = history.read(out)
    manifest = dict(old.manifest) | {"created": "2001-01-01T00:00:00+00:00"}
    (old.folder / "manifest.json").write_text(json.dumps(manifest))
    changed = copy(tmp_path)
    write(changed, "queries/one.rq", next((OTHERSTADT.parents[2] / "queries").glob("*.rq")).read_text())
    command = [sys.executable, "-m", "gdb_graph", "build", "--content", str(changed), "--out", str(out)]

    subprocess.run(command, env=os.environ | {"GDB_KEEP": "1"}, check=True, capture_output=True)

    (left,) = history.read(out)
    assert left.id != old.id
    assert snapshot.current(out) == left.folder
    assert not old.folder.exists()
