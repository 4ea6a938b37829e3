"""A build that is killed at any moment: `current` stays good, the next build works, and no debris remains."""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest

from gdb_graph import snapshot
from gdb_graph.__main__ import main
from tests.contents import HEAD, OTHERSTADT, built, copy, write

MOMENTS = 12
WRITES = 16

# Writes one snapshot after the other, each with one quad more, as fast as it can.
WRITER = """
import sys
from pathlib import Path
import pyoxigraph as ox
from gdb_graph import snapshot
good, out = map(Path, sys.argv[1:])
quads = list(ox.parse(path=good / "quads.nq", format=ox.RdfFormat.N_QUADS))
node = ox.NamedNode("https://example.org/x")
print("ready", flush=True)
number = 0
while True:
    number += 1
    quads.append(ox.Quad(node, node, ox.Literal(number)))
    with snapshot.writing(out) as folder:
        snapshot.publish(folder, snapshot.write(folder, quads, good / "queries", {"base": "https://example.org/"}, []))
    print("written", flush=True)
"""


def good_copy(folder: Path) -> Path:
    """A folder with the last good snapshot."""
    return Path(shutil.copytree(built(), folder, symlinks=True))


def start(changed: Path, out: Path) -> subprocess.Popen[bytes]:
    """Start a build in a process of its own."""
    command = [sys.executable, "-m", "gdb_graph", "build", "--content", str(changed), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def opened(out: Path) -> snapshot.Snapshot:
    return snapshot.open_snapshot(snapshot.current(out))


def is_whole(made: snapshot.Snapshot) -> bool:
    """Whether the bytes on disk are those that gave the snapshot its name."""
    digest = hashlib.sha256(made.quads.read_bytes())
    for path in [*sorted(made.queries.glob("*.rq")), *sorted(made.queries.glob("tables/*.rq"))]:
        digest.update(path.relative_to(made.queries).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest().startswith(made.id) and made.folder.name == made.id


def debris(out: Path) -> set[str]:
    """What lies in a folder of snapshots besides whole snapshots, `current` and the lock."""
    names = {path.name for path in out.iterdir()} - {".lock", "current"}
    return {name for name in names if not is_whole(snapshot.open_snapshot(out / name))}


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new_snapshot(tmp_path: Path) -> None:
    changed = copy(tmp_path)
    write(changed, "data/curated/more.ttl", f"{HEAD}id:pilot-lantern skos:altLabel 'Lampion'@de .")
    began = time.monotonic()
    assert start(changed, good_copy(tmp_path / "whole")).wait() == 0
    lasts = time.monotonic() - began
    possible = {opened(built()).id, opened(tmp_path / "whole").id}
    assert len(possible) == 2

    for moment in range(MOMENTS):
        out = good_copy(tmp_path / f"killed-{moment}")
        process = start(changed, out)
        time.sleep(lasts * moment / MOMENTS)
        kill(process)

        assert opened(out).id in possible
        assert is_whole(opened(out))


def start_writer(good: Path, out: Path) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """Start a process that writes snapshots, and wait until it is about to; also its reports."""
    command = [sys.executable, "-c", WRITER, str(snapshot.current(good)), str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    return process, process.stdout


def one_write_lasts(good: Path, out: Path) -> float:
    process, reports = start_writer(good, out)
    began = time.monotonic()
    for _ in range(4):
        reports.readline()
    lasts = (time.monotonic() - began) / 4
    kill(process)
    return lasts


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_whole_snapshot(tmp_path: Path) -> None:
    good, out = good_copy(tmp_path / "good"), good_copy(tmp_path / "out")
    lasts = one_write_lasts(good, tmp_path / "measured")
    seen = set()

    for moment in range(WRITES):
        process, _ = start_writer(good, out)
        time.sleep(lasts * 2 * moment / WRITES)
        kill(process)

        seen.add(opened(out).id)
        assert is_whole(opened(out))

    assert len(seen) > 1
    assert main(["build", "--content", str(OTHERSTADT), "--out", str(out)]) == 0
    assert debris(out) == set()


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.4, 0.6])
def test_the_build_after_a_killed_one_works_at_once(share: float, tmp_path: Path) -> None:
    out = good_copy(tmp_path / "out")
    began = time.monotonic()
    assert start(OTHERSTADT, out).wait() == 0
    process = start(OTHERSTADT, out)
    time.sleep((time.monotonic() - began) * share)
    kill(process)

    assert main(["build", "--content", str(OTHERSTADT), "--out", str(out)]) == 0
    assert debris(out) == set()
