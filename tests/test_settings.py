"""Settings: what is set where, what a wrong value says, and that each one is documented."""

import dataclasses
from pathlib import Path

import pytest

from gdb_graph.errors import GraphError
from gdb_graph.settings import Settings, read
from tests.conftest import ROOT

FIELDS = [field.name for field in dataclasses.fields(Settings)]
VARIABLES = [f"GDB_{name.upper()}" for name in FIELDS]


def test_without_environment_the_defaults_hold() -> None:
    assert read({}) == Settings()


def test_an_empty_variable_counts_as_unset() -> None:
    assert read(dict.fromkeys(VARIABLES, "")) == Settings()


def test_a_variable_sets_its_field_in_its_type() -> None:
    chosen = read({"GDB_PORT": "9", "GDB_SNAPSHOTS": "/tmp/s", "GDB_QUERY_SECONDS": "1.5", "GDB_HOST": "::1"})

    assert chosen == Settings(port=9, snapshots=Path("/tmp/s"), query_seconds=1.5, host="::1")


def test_an_argument_beats_the_environment() -> None:
    assert read({"GDB_PORT": "9"}, port=10).port == 10


def test_an_argument_that_is_not_given_leaves_the_environment() -> None:
    assert read({"GDB_PORT": "9"}, port=None).port == 9


def test_variables_of_others_are_passed_over() -> None:
    assert read({"PORT": "9", "GDB_NONSENSE": "9"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("GDB_PORT", "http", id="a word is no port"),
        pytest.param("GDB_PORT", "80.5", id="half a port"),
        pytest.param("GDB_PORT", "-1", id="a port below the range"),
        pytest.param("GDB_PORT", "65536", id="a port above the range"),
        pytest.param("GDB_ENGINES", "two", id="a number in words"),
        pytest.param("GDB_ENGINES", "0", id="no engine"),
        pytest.param("GDB_WAITING", "-5", id="a waiting line of less than nothing"),
        pytest.param("GDB_QUERY_SECONDS", "soon", id="a deadline in words"),
        pytest.param("GDB_QUERY_SECONDS", "0", id="no time at all"),
        pytest.param("GDB_QUERY_SECONDS", "nan", id="a deadline that is no number"),
        pytest.param("GDB_QUERY_SECONDS", "inf", id="a deadline that never comes"),
        pytest.param("GDB_ENGINE_MEGABYTES", "2GB", id="a number with its unit"),
        pytest.param("GDB_KEEP", "-1", id="fewer snapshots than none"),
        pytest.param("GDB_QUERY_BYTES", "1e6", id="a number in powers"),
        pytest.param("GDB_PUBLIC_URL", "example.org/graph", id="an address without its scheme"),
        pytest.param("GDB_PUBLIC_URL", "https://exa mple.org", id="an address with a space"),
        pytest.param("GDB_PUBLISHER_IRI", "urn:isbn:1", id="an IRI that nobody can look up"),
        pytest.param("GDB_PUBLISHER_TYPE", "Senate", id="a type that is not in the list"),
        pytest.param("GDB_CONTACT_EMAIL", "data at example.org", id="an e-mail address in words"),
        pytest.param("GDB_CONTACT_EMAIL", "mailto:data@example.org", id="an e-mail address with its scheme"),
        pytest.param("GDB_CONTACT_URL", "https://[", id="half an address"),
        pytest.param("GDB_CONTRIBUTOR_ID", "berlinOpenData", id="a code in place of an IRI"),
        pytest.param("GDB_CONTACT_NAME", "Team", id="a contact who cannot be reached"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_the_setting_and_the_value(variable: str, value: str) -> None:
    with pytest.raises(GraphError, match=variable) as raised:
        read({variable: value})

    assert value.strip("-") in str(raised.value) or variable == "GDB_CONTACT_NAME"


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_says_what_it_is(name: str) -> None:
    (text,) = Settings.__annotations__[name].__metadata__

    assert text


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_setting_is_documented(variable: str) -> None:
    assert f"`{variable}`" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_the_base_url_is_the_public_one_without_its_slash() -> None:
    assert Settings(public_url="https://example.org/graph/").base_url == "https://example.org/graph"


def test_without_a_public_url_the_base_url_is_where_it_listens() -> None:
    assert Settings(host="localhost", port=81).base_url == "http://localhost:81"
