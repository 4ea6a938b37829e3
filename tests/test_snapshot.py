"""The folder of snapshots: what is in it, what is damaged, and that only one build writes into it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

from gdb_graph import distribution, snapshot
from gdb_graph.__main__ import main
from gdb_graph.errors import SnapshotError
from tests.contents import OTHERSTADT, built, state
from tests.serving import canonical

QUADS = [
    ox.Quad(ox.NamedNode("https://example.org/s"), ox.NamedNode("https://example.org/p"), ox.Literal(number))
    for number in range(100)
]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with a whole snapshot that a test may damage."""
    return Path(shutil.copytree(built(), tmp_path / "snapshots", symlinks=True))


def opened(snapshots: Path) -> snapshot.Snapshot:
    return snapshot.open_snapshot(snapshot.current(snapshots))


def make(snapshots: Path, quads: list[ox.Quad], queries: Path) -> snapshot.Snapshot:
    """Write a snapshot of a few quads."""
    with snapshot.writing(snapshots) as folder:
        return snapshot.publish(folder, snapshot.write(folder, quads, queries, {"base": "https://example.org/"}, []))


def test_a_snapshot_holds_what_its_manifest_says(copied: Path) -> None:
    made = opened(copied)

    assert made.folder.name == made.id
    assert made.manifest["bytes"] == made.quads.stat().st_size
    assert made.manifest["quads"] == len(made.quads.read_bytes().splitlines())
    assert len(ox.Store.read_only(str(made.folder / "store"))) == made.manifest["quads"]


def test_a_store_that_is_filled_in_steps_holds_what_the_quads_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_AT_ONCE", 2)
    node, other = ox.BlankNode(), ox.BlankNode()
    iri = ox.NamedNode("https://example.org/p")
    linked = [ox.Quad(iri, iri, node), ox.Quad(node, iri, other), ox.Quad(other, iri, ox.Literal("_:"))]

    made = make(tmp_path / "out", QUADS + linked, tmp_path)

    store = ox.Store.read_only(str(made.folder / "store"))
    assert canonical(store) == canonical(QUADS + linked)


def test_its_quads_are_sorted_and_unique(copied: Path) -> None:
    lines = opened(copied).quads.read_bytes().splitlines()

    assert lines == sorted(set(lines))


def test_its_counts_are_what_sparql_counts(copied: Path) -> None:
    made = opened(copied)
    store = ox.Store.read_only(str(made.folder / "store"))

    assert made.manifest["counts"]["triples"] == len(list(store.quads_for_pattern(None, None, None, ox.DefaultGraph())))


def test_its_id_tells_of_quads_and_queries(tmp_path: Path) -> None:
    queries = tmp_path / "queries"
    queries.mkdir()
    ids = {make(tmp_path / "a", QUADS, queries).id, make(tmp_path / "b", QUADS[::-1], queries).id}
    other = make(tmp_path / "c", QUADS[1:], queries).id
    (queries / "x.rq").write_text("ASK {}", encoding="utf-8")

    assert len(ids) == 1
    assert len({*ids, other, make(tmp_path / "d", QUADS, queries).id}) == 3


def test_a_new_snapshot_leaves_the_old_one_beside_it(tmp_path: Path) -> None:
    first = make(tmp_path / "out", QUADS, tmp_path)
    second = make(tmp_path / "out", QUADS[1:], tmp_path)

    assert snapshot.open_snapshot(first.folder) == first
    assert opened(tmp_path / "out") == second


def test_the_same_snapshot_again_is_the_same_folder(tmp_path: Path) -> None:
    first = make(tmp_path / "out", QUADS, tmp_path)
    before = state(tmp_path / "out")

    assert make(tmp_path / "out", QUADS, tmp_path) == first
    assert state(tmp_path / "out") == before


def test_going_back_is_building_what_was(tmp_path: Path) -> None:
    first = make(tmp_path / "out", QUADS, tmp_path)
    make(tmp_path / "out", QUADS[1:], tmp_path)
    make(tmp_path / "out", QUADS, tmp_path)

    assert opened(tmp_path / "out") == first


def test_others_may_read_a_snapshot(tmp_path: Path) -> None:
    made = make(tmp_path / "out", QUADS, tmp_path)
    plain = tmp_path / "plain"
    plain.mkdir()

    assert made.folder.stat().st_mode == plain.stat().st_mode


def truncate(folder: Path) -> None:
    with (folder / "quads.nq").open("r+b") as file:
        file.truncate(1000)


def set_manifest(text: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / "manifest.json").write_text(text, encoding="utf-8")

    return damage


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated quads": truncate,
    "flipped bit": lambda folder: flip(folder / "quads.nq"),
    "no quads": lambda folder: (folder / "quads.nq").unlink(),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "an empty manifest": set_manifest(""),
    "half a manifest": set_manifest('{"id": "0f'),
    "a manifest that says nothing": set_manifest("{}"),
    "a manifest that is a list": set_manifest("[]"),
    "no store": lambda folder: shutil.rmtree(folder / "store"),
    "no folder": shutil.rmtree,
}


@pytest.mark.parametrize("damage", set(DAMAGES) - {"flipped bit"})
def test_a_damaged_snapshot_is_not_opened(damage: str, copied: Path) -> None:
    folder = snapshot.current(copied)
    DAMAGES[damage](folder)

    with pytest.raises(SnapshotError, match=str(folder)):
        snapshot.open_snapshot(folder)


@pytest.mark.parametrize("damage", ["truncated quads", "flipped bit", "no manifest", "no folder"])
def test_building_again_mends_a_damaged_snapshot(damage: str, tmp_path: Path) -> None:
    first = make(tmp_path / "out", QUADS, tmp_path)
    DAMAGES[damage](first.folder)

    assert make(tmp_path / "out", QUADS, tmp_path) == first
    assert len(ox.Store.read_only(str(first.folder / "store"))) == len(QUADS)


def test_where_nothing_was_built_there_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="Run `gdb-graph build` first"):
        opened(tmp_path)


# Begins to write a snapshot and waits there until it is told to end.
OTHER_BUILD = """
import sys
from pathlib import Path
from gdb_graph import distribution, snapshot
with snapshot.writing(Path(sys.argv[1])):
    print("inside", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_build(snapshots: Path) -> Iterator[None]:
    """Another process in the middle of a build."""
    command = [sys.executable, "-c", OTHER_BUILD, str(snapshots)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"inside\n"
        yield
        process.communicate()


def test_a_second_build_at_the_same_time_is_refused(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with another_build(copied):
        before = state(copied)
        status = main(["build", "--content", str(OTHERSTADT), "--out", str(copied)])
        after = state(copied)

    assert status == 1
    assert capsys.readouterr().err == f"gdb-graph: Another build is writing into {copied}. Wait for it to end.\n"
    assert after == before


def test_what_an_interrupted_build_left_is_swept_away_by_the_next(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / ".building-half" / "store").mkdir(parents=True)
    (out / ".building-current").symlink_to("nowhere")

    made = make(out, QUADS, tmp_path)

    assert {path.name for path in out.iterdir()} == {".lock", "current", made.id}


def test_a_failed_write_leaves_nothing(copied: Path) -> None:
    before = state(copied)

    with pytest.raises(ZeroDivisionError), snapshot.writing(copied) as folder:
        (folder / "half").write_text("x", encoding="utf-8")
        raise ZeroDivisionError

    assert state(copied) == before


def test_manifest_and_report_are_json_for_people(copied: Path) -> None:
    manifest, report = (
        (snapshot.current(copied) / f"{name}.json").read_text(encoding="utf-8") for name in ("manifest", "report")
    )

    assert json.loads(manifest)["content_hash"].startswith(f"sha256:{opened(copied).id}")
    assert json.loads(manifest)["title"]["de"] in manifest
    assert json.loads(report) == []


def flip(path: Path) -> None:
    """Change one byte of a file and leave its size."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


FLIPPED = {
    "quads.nq": "hash does not fit",
    "queries/pilots.rq": "hash does not fit",
    "queries/tables/actors.rq": "hash does not fit",
    "dumps/gdb-graph.ttl.gz": "gdb-graph.ttl.gz is not what was built",
    "tables/actors.csv": "actors.csv is not what was built",
    "tables/actors.csv-metadata.json": "actors.csv-metadata.json is not what was built",
}


@pytest.mark.parametrize("file", FLIPPED)
def test_a_flipped_bit_is_seen_before_it_is_served(file: str, copied: Path) -> None:
    folder = snapshot.current(copied)
    assert snapshot.verify(folder).folder == folder
    flip(folder / file)

    with pytest.raises(SnapshotError, match=FLIPPED[file]):
        snapshot.verify(folder)


def test_a_missing_dump_is_seen_before_it_is_served(copied: Path) -> None:
    folder = snapshot.current(copied)
    (folder / "dumps" / "gdb-graph.rdf").unlink()

    with pytest.raises(SnapshotError, match=r"gdb-graph\.rdf is not what was built"):
        snapshot.verify(folder)


def offer(snapshots: Path, text: str, name: str = "dumps/x.ttl") -> snapshot.Snapshot:
    """Write a snapshot of a few quads that offers one file."""
    with snapshot.writing(snapshots) as folder:
        id_ = snapshot.write(folder, QUADS, folder, {"base": "https://example.org/"}, [])
        (folder / "dumps").mkdir()
        (folder / name).write_text(text, encoding="utf-8")
        made = distribution.measure(folder, "graph", name, "text/turtle")
        snapshot.add(folder, {"distributions": [distribution.entry(made)]})
        return snapshot.publish(folder, id_)


def test_what_is_offered_under_an_id_does_not_change(tmp_path: Path) -> None:
    first = offer(tmp_path / "out", "first")
    again = offer(tmp_path / "out", "second, by another version of the program")

    assert again == first
    assert (first.folder / "dumps" / "x.ttl").read_text(encoding="utf-8") == "first"


@pytest.mark.parametrize("before", ["nothing", "another file", "a damaged file"])
def test_building_again_brings_the_files_that_are_missing(before: str, tmp_path: Path) -> None:
    if before == "nothing":
        first = make(tmp_path / "out", QUADS, tmp_path)
    else:
        first = offer(tmp_path / "out", "first", "dumps/y.ttl" if before == "another file" else "dumps/x.ttl")
    if before == "a damaged file":
        flip(first.folder / "dumps" / "x.ttl")
    made = offer(tmp_path / "out", "second")

    assert made.id == first.id
    assert (made.folder / "dumps" / "x.ttl").read_text(encoding="utf-8") == "second"
    assert snapshot.verify(made.folder) == made
    assert {path.name for path in (tmp_path / "out").iterdir()} == {".lock", "current", made.id}


def test_its_id_tells_of_the_tables(tmp_path: Path) -> None:
    queries = tmp_path / "queries"
    (queries / "tables").mkdir(parents=True)
    without = make(tmp_path / "a", QUADS, queries)
    (queries / "tables" / "x.rq").write_text("SELECT * {}", encoding="utf-8")
    made = make(tmp_path / "b", QUADS, queries)

    assert made.id != without.id
    assert (made.queries / "tables" / "x.rq").read_text(encoding="utf-8") == "SELECT * {}"


def test_a_service_on_a_damaged_snapshot_ends_with_a_sentence(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = snapshot.current(copied)
    flip(folder / "quads.nq")

    assert main(["serve", "--snapshot", str(folder)]) == 1
    assert capsys.readouterr().err.endswith("Build it again.\n")
