"""The 44 questions the graph was designed for: what it must be able to say, as `tests/competency/answers.yaml` has it.

A question is a curated query or a file of its own. Where the real facts hold no answer, its header says why, and it is
asked of an invented example instead, which never mixes with the content.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from gdb_graph import build, content, queryfile
from gdb_graph.build import reason
from gdb_graph.queryfile import Query
from gdb_graph.terms import Names
from tests.test_answers import Row, select, short

FOLDER = Path(__file__).parent / "competency"
ANSWERS: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "answers.yaml").read_text("utf-8"))
QUALIFIED: list[dict[str, str]] = yaml.safe_load((FOLDER / "qualified.yaml").read_text("utf-8"))
FILES = {path.stem.upper(): queryfile.read(path) for path in sorted(FOLDER.glob("*.rq"))}
BY_EXAMPLE = sorted(name for name, query in FILES.items() if query.header["answered"] == "example")
INVENTED = "https://example.org/"


@pytest.fixture(scope="module")
def examples(checked: build.Checked) -> ox.Store:
    """The invented examples with what follows from them under our ontology."""
    store = ox.Store()
    for file, quads in checked.parts:
        if file.graph in ("ontology", "vocab"):
            store.extend(ox.Quad(*quad.triple) for quad in quads)
    store.extend(invented())
    reason.infer(store, list(queryfile.read_folder(content.resolve(None).rules).values()))
    return store


def invented() -> Iterator[ox.Quad]:
    for path in (FOLDER / "example.trig", FOLDER / "example.ttl"):
        yield from ox.parse(path=path)


def rows(store: ox.Store, query: Query, text: str, names: Names) -> list[Row]:
    if query.form == "SELECT":
        return select(store, text, names)[1]
    triples = store.query(text)
    assert isinstance(triples, ox.QueryTriples)
    return [
        {part: short(getattr(each, part), names) for part in ("subject", "predicate", "object")} for each in triples
    ]


@pytest.mark.parametrize("question", ANSWERS)
def test_it_can_be_answered(
    store: ox.Store, examples: ox.Store, queries: dict[str, Query], names: Names, question: str
) -> None:
    case = ANSWERS[question]
    assert case.keys() <= {"query", "params", "rows", "count"}
    query = queries[case["query"]] if "query" in case else FILES[question]
    found = rows(examples if question in BY_EXAMPLE else store, query, query.fill(case.get("params", {}), names), names)
    assert len(found) == case.get("count", len(found))
    expected = [{column: str(value) for column, value in row.items()} for row in case["rows"]]
    assert expected and [row for row in expected if not any(row.items() <= each.items() for each in found)] == []


@pytest.mark.parametrize(
    ("date", "leads"),
    [
        ("2023", ["person-lamplighter"]),
        ("2024-12-31", ["person-lamplighter"]),
        ("2025-02", []),
        ("2025", ["body-round-table"]),
        ("2025-03-01", ["body-round-table"]),
        ("2030-01-01", ["body-round-table"]),
    ],
)
def test_who_led_on_a_day_goes_by_the_precision_of_the_dates(
    examples: ox.Store, queries: dict[str, Query], names: Names, date: str, leads: list[str]
) -> None:
    """No real source gives a period for a lead, so the example has to."""
    text = queries["who-led-on"].fill({"undertaking": f"{INVENTED}id/pilot-lanterns", "date": date}, names)
    assert [row["actor"] for row in select(examples, text, names)[1]] == [f"{INVENTED}id/{lead}" for lead in leads]


def test_all_questions_are_there() -> None:
    assert list(ANSWERS) == [f"CQ{number:02}" for number in range(1, 45)]
    assert sorted(FILES) == [name for name, case in ANSWERS.items() if "query" not in case]


@pytest.mark.parametrize("question", FILES)
def test_its_header_says_how_it_is_answered(question: str) -> None:
    header = FILES[question].header
    assert header["question"] == question
    assert header["answered"] in ("graph", "example")
    assert ("reason" in header) == (question in BY_EXAMPLE)
    assert all(header["summary"][lang].endswith("?") for lang in ("de", "en"))
    assert all(header.get("reason", {"de": ".", "en": "."})[lang].endswith(".") for lang in ("de", "en"))


@pytest.mark.parametrize("question", BY_EXAMPLE)
def test_the_real_facts_still_hold_no_answer(store: ox.Store, names: Names, question: str) -> None:
    found = rows(store, FILES[question], FILES[question].text, names)
    assert found == [], f"the facts answer {question} by now: ask them, and write down their answer"


@pytest.mark.parametrize("question", FILES)
def test_it_has_one_order(question: str) -> None:
    assert FILES[question].form == "CONSTRUCT" or re.search(r"^ORDER BY ", FILES[question].text, re.MULTILINE)


def test_the_examples_never_mix_with_the_content(store: ox.Store, names: Names) -> None:
    nodes = {node.value for quad in store for node in quad.triple if isinstance(node, ox.NamedNode)}
    assert not [node for node in nodes if node.startswith(INVENTED)]
    for quad in invented():
        if isinstance(quad.subject, ox.NamedNode):
            assert quad.subject.value.startswith(f"{INVENTED}id/")
        for node in quad.triple:
            assert not (isinstance(node, ox.NamedNode) and node.value.startswith(names.instances))


@pytest.mark.parametrize("case", QUALIFIED, ids=lambda case: str(case["question"]))
@pytest.mark.parametrize("lang", ["de", "en"])
def test_what_the_graph_cannot_say_stands_in_the_description(
    queries: dict[str, Query], case: dict[str, str], lang: str
) -> None:
    assert case[lang] in queries[case["query"]].description[lang]
