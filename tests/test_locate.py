"""Where an IRI stands in the files: so that a message points at a line."""

from pathlib import Path

import pytest

from gdb_graph.build.locate import Locator
from gdb_graph.build.sources import SourceFile
from tests.contents import write

THING = "https://example.org/id/lantern"

HEAD = """@prefix id: <https://example.org/id/> .
@prefix : <https://example.org/id/> .
PREFIX at: <https://example.org/>
"""


def locator(folder: Path, **texts: str) -> Locator:
    """A locator for files with these texts, each the graph of its name."""
    files = [
        SourceFile(write(folder, f"{name}.ttl", text), f"data/{name}.ttl", name.replace("_", "-"))
        for name, text in texts.items()
    ]
    return Locator(files)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("id:lantern a id:Pilot .", 4, id="with prefix"),
        pytest.param(":lantern a :Pilot .", 4, id="with the empty prefix"),
        pytest.param("at:id\\/lantern a id:Pilot .", 4, id="with prefix and escaped slash"),
        pytest.param(f"<{THING}> a id:Pilot .", 4, id="as full IRI"),
        pytest.param("id:other id:uses id:lantern .\n\nid:lantern a id:Pilot .", 6, id="best where a block begins"),
        pytest.param("id:other\n  id:uses id:lantern .", 5, id="else where it is used"),
        pytest.param("id:lantern-old a id:Pilot .\nid:lantern a id:Pilot .", 5, id="not a longer name"),
        pytest.param("id:old-lantern a id:Pilot .\nid:lantern a id:Pilot .", 5, id="not the end of a name"),
        pytest.param("\r\nid:lantern a id:Pilot .", 5, id="with line ends of Windows"),
    ],
)
def test_an_iri_is_found_as_people_write_it(text: str, line: int, tmp_path: Path) -> None:
    assert locator(tmp_path, things=HEAD + text).find(THING) == ("data/things.ttl", line)


def test_what_is_written_nowhere_has_no_place(tmp_path: Path) -> None:
    assert locator(tmp_path, things=HEAD).find(THING) == ("", 0)


def test_a_block_is_better_than_a_use_in_an_earlier_file(tmp_path: Path) -> None:
    found = locator(tmp_path, a=f"{HEAD}id:x id:uses id:lantern .", b=f"{HEAD}\nid:lantern a id:Pilot .").find(THING)

    assert found == ("data/b.ttl", 5)


def test_a_graph_narrows_the_search_to_its_files(tmp_path: Path) -> None:
    files = locator(tmp_path, curated=f"{HEAD}id:lantern a id:Pilot .", src_plan=f"{HEAD}\n\nid:lantern id:uses id:x .")

    assert files.find(THING, "src-plan") == ("data/src_plan.ttl", 6)


def test_the_place_in_a_nquads_file_is_found(tmp_path: Path) -> None:
    file = SourceFile(write(tmp_path, "x.nq", f"\n<{THING}> <https://example.org/p> 'x' .\n"), "data/x.nq", "src-x")

    assert Locator([file]).find(THING) == ("data/x.nq", 2)
