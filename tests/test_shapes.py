"""For each shape: which nodes break it, and that they break nothing else.

In `tests/shapes/` pass: nodes break nothing and fail: nodes break exactly the shapes that they name with test:breaks.
"""

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from gdb_graph.build import validate
from gdb_graph.build.locate import Locator
from gdb_graph.errors import Finding
from gdb_graph.terms import RDF, SH, SHAPES
from tests.conftest import ROOT
from tests.contents import model

EXAMPLES = ROOT / "tests" / "shapes"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.suffix in (".ttl", ".trig"))
BREAKS = ox.NamedNode("https://example.org/test#breaks")
OURS = ("https://example.org/pass/", "https://example.org/fail/")
ONE_BY_ONE = "each-source"

Breach = tuple[str, str]

# What a shape says besides constraints: what it looks at, what it tells people, what it is made of.
NO_CONSTRAINT = {
    f"{RDF}type",
    *(f"{SH}{name}" for name in ("message", "name", "path", "property", "severity")),
    *(f"{SH}{name}" for name in ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")),
}


def parse(path: Path) -> list[ox.Quad]:
    """The quads of a Turtle or TriG file; its blank nodes do not matter here."""
    return list(ox.parse(path=path))


@cache
def shapes(kind: str = "") -> tuple[ox.Quad, ...]:
    """The shapes for the whole, or those for each source."""
    return tuple(quad for path in sorted((ROOT / "ontology" / "shapes" / kind).glob("*.ttl")) for quad in parse(path))


def all_shapes() -> tuple[ox.Quad, ...]:
    return shapes() + shapes(ONE_BY_ONE)


@cache
def judged(path: Path) -> tuple[frozenset[Breach], frozenset[Breach]]:
    """What the nodes of a file break, and what the file says that they break: pairs of node and shape."""
    quads = parse(path)
    data = [quad for quad in quads if quad.predicate != BREAKS]
    found = one_by_one(data) if path.parent.name == ONE_BY_ONE else together(data)
    stated = ((q.subject.value, q.object.value) for q in quads if q.predicate == BREAKS)  # type: ignore[union-attr]
    return frozenset((each.node, each.rule) for each in found if each.node.startswith(OURS)), frozenset(stated)


def together(data: list[ox.Quad]) -> list[Finding]:
    tasks = validate.whole([*model(), *data], shapes(), Locator([]), 2)
    return [finding for task in tasks for finding in task()]


def one_by_one(data: list[ox.Quad]) -> list[Finding]:
    curated = [quad for quad in data if not is_source(quad)]
    return validate.each_source([*model(), *curated], filter(is_source, data), shapes(ONE_BY_ONE), Locator([]))


def is_source(quad: ox.Quad) -> bool:
    return "/graph/src-" in quad.graph_name.value  # type: ignore[union-attr]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_each_node_breaks_exactly_the_shapes_that_it_names(path: Path) -> None:
    found, stated = judged(path)

    assert found == stated


def said(shape: str, term: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
    return [quad.object for quad in all_shapes() if quad.subject.value == shape and quad.predicate.value == SH + term]  # type: ignore[misc,union-attr]


CONSTRAINING = sorted(
    {
        quad.subject.value
        for quad in all_shapes()
        if isinstance(quad.subject, ox.NamedNode) and quad.predicate.value not in NO_CONSTRAINT
    }
)


def test_there_are_shapes_with_constraints() -> None:
    assert len(CONSTRAINING) > 50


@pytest.mark.slow
def test_each_shape_is_broken_by_some_node() -> None:
    broken = {shape for path in FILES for _, shape in judged(path)[0]}

    assert set(CONSTRAINING) - broken == set()


def test_no_example_names_a_shape_that_is_gone() -> None:
    named = {quad.object.value for path in FILES for quad in parse(path) if quad.predicate == BREAKS}  # type: ignore[union-attr]

    assert named - set(CONSTRAINING) == set()


@pytest.mark.parametrize("shape", CONSTRAINING, ids=lambda shape: shape.removeprefix(SHAPES))
def test_a_shape_says_what_to_do_in_both_languages_and_how_grave_it_is(shape: str) -> None:
    messages = [message for message in said(shape, "message") if isinstance(message, ox.Literal)]

    assert sorted(str(message.language) for message in messages) == ["de", "en"]
    assert len({message.value for message in messages}) == 2
    assert [severity.value for severity in said(shape, "severity")] in (
        [[f"{SH}{name}"] for name in ("Violation", "Warning", "Info")]
    )


def test_a_shape_is_ours_or_part_of_one() -> None:
    named = {quad.subject.value for quad in all_shapes() if isinstance(quad.subject, ox.NamedNode)}

    assert {name for name in named if not name.startswith(SHAPES)} == set()


def test_each_file_of_shapes_has_a_file_of_examples_with_its_name() -> None:
    def names(folder: Path) -> set[str]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).with_suffix("").as_posix() for path in files}

    assert names(ROOT / "ontology" / "shapes") == names(EXAMPLES)
