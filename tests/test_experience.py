"""What is remembered of slow queries: their text, and their form."""

import pytest

from gdb_graph.engine.experience import Experience

SLOW = 'SELECT * { <https://x.example/a> ?p "dear \\"one\\"", \'b\' } LIMIT 10'


@pytest.fixture
def experience() -> Experience:
    made = Experience()
    made.slow(SLOW)
    return made


def test_the_same_text_is_known(experience: Experience) -> None:
    assert experience.knows(SLOW)
    assert experience.suspects(SLOW)


@pytest.mark.parametrize(
    ("query", "alike"),
    [
        pytest.param(SLOW.replace("10", "20"), True, id="another number"),
        pytest.param(SLOW.replace("x.example/a", "y.example/b"), True, id="another IRI"),
        pytest.param(SLOW.replace("'b'", "'c d'"), True, id="another text"),
        pytest.param(SLOW.replace('dear \\"one\\"', "cheap"), True, id="another text that held quotes"),
        pytest.param(SLOW.replace("?p", "?q"), False, id="another variable"),
        pytest.param(SLOW.replace("LIMIT", "OFFSET"), False, id="another keyword"),
        pytest.param("", False, id="nothing"),
        pytest.param('SELECT "', False, id="a text without an end"),
        pytest.param("\ud800", False, id="half a character"),
    ],
)
def test_the_same_form_is_suspected_and_not_known(experience: Experience, query: str, alike: bool) -> None:
    assert experience.suspects(query) == alike
    assert not experience.knows(query)


def test_what_proves_quick_is_forgotten(experience: Experience) -> None:
    experience.quick(SLOW)
    assert not experience.knows(SLOW)
    assert not experience.suspects(SLOW)


def test_the_oldest_is_forgotten_past_a_thousand(experience: Experience) -> None:
    for number in range(1000):
        experience.slow(f"SELECT ?v{'x' * number} {{}}")
    assert not experience.knows(SLOW)
    assert not experience.suspects(SLOW)
    assert not Experience().suspects(SLOW)
