"""Which file fills which graph, and what is read from it."""

from pathlib import Path

import pytest

from gdb_graph import content
from gdb_graph.build import sources
from gdb_graph.errors import ContentError, GraphError
from gdb_graph.terms import DEFAULT_BASE, Names
from tests.conftest import ROOT
from tests.contents import BASE, OTHERSTADT, copy, write

GRAPHS = {
    "ontology/gdb.ttl": "ontology",
    "ontology/vocabulary/role.ttl": "vocab",
    "ontology/vocabulary/more/role.ttl": "vocab",
    "ontology/shapes/actor.ttl": "shapes",
    "ontology/shapes/each-source/actor.ttl": "shapes",
    "data/dataset.ttl": "curated",
    "data/curated/things.ttl": "curated",
    "data/curated/more/things.ttl": "curated",
    "data/sources/src-plan.ttl": "src-plan",
    "data/sources/2031/src-plan.ttl": "src-plan",
    "data/sources/src-plan.trig": "src-plan",
    "data/sources/src-plan.nq": "src-plan",
}
MISPLACED = [
    "ontology/rules/fault.ttl",
    "ontology/elsewhere/fault.ttl",
    "data/fault/fault.ttl",
    "data/sources/fault.ttl",
    "data/sources/fault.nq",
]
NOT_CONTENT = ["data/curated/.#things.ttl", "data/curated/.things.ttl.swp", "data/curated/._things.ttl"]

TRIPLE = "<https://example.org/s> <https://example.org/p> <https://example.org/o>"


def names_of(folder: Path) -> dict[str, str]:
    """The files that are found in a folder, each with its graph."""
    return {file.shown: file.graph for file in sources.find(folder / "ontology", folder / "data")}


@pytest.mark.parametrize("path", GRAPHS)
def test_the_folder_of_a_file_says_which_graph_it_fills(path: str, tmp_path: Path) -> None:
    write(tmp_path, path, "")

    assert names_of(tmp_path) == {path: GRAPHS[path]}


@pytest.mark.parametrize("path", MISPLACED)
def test_a_file_whose_folder_does_not_say_is_a_fault(path: str, tmp_path: Path) -> None:
    write(tmp_path, path, "")

    with pytest.raises(ContentError) as raised:
        names_of(tmp_path)

    assert [(each.file, each.rule) for each in raised.value.findings] == [(path, "file-place")]


@pytest.mark.parametrize("path", NOT_CONTENT)
def test_hidden_files_of_editors_are_passed_over(path: str, tmp_path: Path) -> None:
    write(tmp_path, path, "not RDF")

    assert names_of(tmp_path) == {}


def test_the_lock_of_an_editor_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "data/curated/things.ttl", "")
    (tmp_path / "data" / "curated" / ".#things.ttl").symlink_to("somebody@example.org.4711:1")

    assert names_of(tmp_path) == {"data/curated/things.ttl": "curated"}


def test_a_folder_with_the_name_of_a_file_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "data/curated/old.ttl/things.ttl", "")

    assert names_of(tmp_path) == {"data/curated/old.ttl/things.ttl": "curated"}


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for path in reversed(GRAPHS):
        write(tmp_path, path, "")

    found = list(names_of(tmp_path))

    assert found == sorted(found, key=lambda path: (path.startswith("data"), path.split("/")))


@pytest.mark.parametrize(
    ("path", "text", "graph"),
    [
        pytest.param("data/curated/x.ttl", f"{TRIPLE} .", "curated", id="Turtle takes the graph of its folder"),
        pytest.param("data/sources/src-x.ttl", f"{TRIPLE} .", "src-x", id="a source has the graph of its name"),
        pytest.param("data/sources/src-x.trig", f"{TRIPLE} .", "src-x", id="TriG outside braces does so too"),
        pytest.param("data/sources/src-x.nq", f"{TRIPLE} .", "src-x", id="N-Quads without graph do so too"),
        pytest.param(
            "data/sources/src-x.trig", f"<{BASE}graph/src-y> {{ {TRIPLE} }}", "src-y", id="TriG keeps its graphs"
        ),
        pytest.param("data/sources/src-x.nq", f"{TRIPLE} <{BASE}graph/src-y> .", "src-y", id="N-Quads keep theirs"),
    ],
)
def test_statements_stand_in_the_graph_of_their_file_or_in_the_one_they_name(
    path: str, text: str, graph: str, tmp_path: Path
) -> None:
    write(tmp_path, path, text)

    ((_, quads),) = sources.read(sources.find(tmp_path / "ontology", tmp_path / "data"), Names(BASE))

    assert [str(quad) for quad in quads] == [f"{TRIPLE} <{BASE}graph/{graph}>"]


def base(folder: Path) -> str:
    return sources.read_base(sources.find(folder / "ontology", folder / "data")).base


def test_the_base_is_what_the_dataset_says() -> None:
    assert base(OTHERSTADT) == BASE


def test_the_real_content_has_the_default_base() -> None:
    assert base(ROOT) == DEFAULT_BASE


def test_without_a_dataset_the_base_is_the_default_one(tmp_path: Path) -> None:
    changed = copy(tmp_path)
    (changed / "data" / "dataset.ttl").unlink()

    assert base(changed) == DEFAULT_BASE


def test_a_file_that_does_not_parse_hides_no_base(tmp_path: Path) -> None:
    changed = copy(tmp_path)
    write(changed, "data/a.ttl", "nonsense")

    assert base(changed) == BASE


@pytest.mark.parametrize("part", ["ontology", "queries"])
def test_a_part_that_is_missing_is_the_built_in_one(part: str) -> None:
    assert getattr(content.resolve(OTHERSTADT), part) == content.built_in() / part


@pytest.mark.parametrize("part", ["ontology", "queries"])
def test_a_part_that_is_there_is_taken(part: str, tmp_path: Path) -> None:
    changed = copy(tmp_path)
    (changed / part).mkdir()

    assert getattr(content.resolve(changed), part) == changed / part


def test_facts_are_never_those_of_another_content(tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()

    assert content.resolve(tmp_path).data == tmp_path / "data"


def test_a_folder_that_does_not_exist_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="There is no folder"):
        content.resolve(tmp_path / "nowhere")


def test_a_folder_without_content_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="none of data/, ontology/ and queries/"):
        content.resolve(tmp_path)
