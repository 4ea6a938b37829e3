"""The same files give the same snapshot to the byte: wherever, whenever and in whatever order things happen."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdb_graph import build, content
from gdb_graph.build import sources
from gdb_graph.build.sources import SourceFile
from gdb_graph.snapshot import Snapshot, current, open_snapshot
from gdb_graph.terms import Names
from tests.contents import BASE, HEAD, NOW, built, copy, write

# Blank nodes that mirror each other, so that only their place in the graph tells them apart.
BLANK = """
id:pilot-lantern gdb:hasEvidence [ a gdb:Evidence ; gdb:fromSource id:src-plan ; gdb:confidence
    <https://w3id.org/gdb-berlin/vocab/evidence-confidence/stated> ] ; rdfs:seeAlso _:p , _:q , _:r .
_:p rdfs:seeAlso _:q .
_:q rdfs:seeAlso _:r .
_:r rdfs:seeAlso _:p ; skos:note "the odd one" .
"""


def timeless(one: Snapshot) -> dict[str, Any]:
    """The manifest but for the times in it, and for the file that judges them."""
    editions = {name: {**told, "modified": ""} for name, told in one.manifest["editions"].items()}
    parts = [part for part in one.manifest["parts"] if part["path"] != "quality.json"]
    return {**one.manifest, "created": "", "editions": editions, "parts": parts}


def with_blank_nodes(folder: Path) -> Path:
    """Otherstadt with blank nodes, twice under the same labels."""
    changed = copy(folder)
    write(changed, "data/curated/blank.ttl", HEAD + BLANK)
    write(changed, "data/sources/src-plan-2.ttl", f"{HEAD}_:p skos:note 'another p' .")
    return changed


def backwards(folder: Path, to: Path) -> Path:
    """A copy of a folder whose files are made in the opposite order, so that the disk lists them otherwise."""
    for path in sorted((path for path in folder.rglob("*") if path.is_file()), reverse=True):
        target = to / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return to


def elsewhere(changed: Path, out: Path, seed: str) -> Snapshot:
    """A snapshot made by another process in another folder, with another seed of Python's hashes."""
    command = [sys.executable, "-m", "gdb_graph", "build", "--content", str(changed), "--out", str(out)]
    subprocess.run(command, cwd=out.parent, env=os.environ | {"PYTHONHASHSEED": seed}, check=True, capture_output=True)
    return open_snapshot(current(out))


@pytest.mark.slow
def test_two_builds_of_the_same_files_are_equal_to_the_byte(tmp_path: Path) -> None:
    changed = with_blank_nodes(tmp_path)
    other = backwards(changed, tmp_path / "elsewhere" / "copy")

    first = build.build(content.resolve(changed), tmp_path / "out", datetime(1999, 12, 31, tzinfo=UTC))
    second = elsewhere(other, tmp_path / "elsewhere" / "out", "1")
    third = elsewhere(other, tmp_path / "elsewhere" / "more", "2")

    for again in (second, third):
        assert again.quads.read_bytes() == first.quads.read_bytes()
        assert timeless(again) == timeless(first)
        assert again.manifest["created"] != first.manifest["created"]


def test_a_changed_file_gives_another_snapshot(tmp_path: Path) -> None:
    changed = copy(tmp_path)
    write(changed, "data/curated/more.ttl", f"{HEAD}id:pilot-lantern skos:altLabel 'Lampion'@de .")
    more = build.build(content.resolve(changed), tmp_path / "out", NOW)
    before = open_snapshot(current(built()))

    assert more.id != before.id
    new = {line for line in lines(more) - lines(before) if b"/graph/void>" not in line}
    triple = b'<%sid/pilot-lantern> <http://www.w3.org/2004/02/skos/core#altLabel> "Lampion"@de' % BASE.encode()
    assert new == {triple + b" .", triple + b" <%sgraph/curated> ." % BASE.encode()}


def lines(made: Snapshot) -> set[bytes]:
    """The quads of a snapshot as they stand on disk."""
    return set(made.quads.read_bytes().splitlines())


def read(folder: Path, text: str, name: str = "data/sources/src-x.ttl") -> list[str]:
    """The quads of a file as sorted N-Quads."""
    path = write(folder, name, text)
    ((_, quads),) = sources.read([SourceFile(path, name, path.stem)], Names())
    return sorted(str(quad) for quad in quads)


LABELS = st.lists(st.sampled_from("abcdefghij"), min_size=4, max_size=4, unique=True)
EDGES = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["p", "q"]), st.integers(0, 3)), min_size=1, max_size=9)


@settings(max_examples=25, deadline=None)
@given(edges=EDGES, labels=LABELS, more=LABELS, order=st.randoms(use_true_random=False))
def test_labels_and_order_of_blank_nodes_do_not_matter(
    edges: list[tuple[int, str, int]],
    labels: list[str],
    more: list[str],
    order: Random,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    def text(names: list[str]) -> str:
        lines = [f"_:{names[a]} <https://example.org/{p}> _:{names[b]} ." for a, p, b in edges]
        order.shuffle(lines)
        return "\n".join(lines)

    folder = tmp_path_factory.getbasetemp()

    assert read(folder, text(labels)) == read(folder, text(more))


def test_blank_nodes_of_two_files_with_the_same_label_stay_apart(tmp_path: Path) -> None:
    text = "_:x <https://example.org/p> _:y ."

    first, second = (read(tmp_path, text, f"data/sources/src-{name}.ttl") for name in "ab")

    assert not {line.split()[0] for line in first} & {line.split()[0] for line in second}


def test_a_blank_node_of_one_file_stays_one(tmp_path: Path) -> None:
    lines = read(tmp_path, "_:x <https://example.org/p> 1 ; <https://example.org/q> 2 .")

    assert len({line.split()[0] for line in lines}) == 1
