"""Which ranges of a file are given (RFC 9110, section 14): a table, and whatever a client may send."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gdb_graph.web.delivery import satisfiable

SIZE = 100
RANGES: dict[str, list[str] | None] = {
    "bytes=0-9": ["0-9"],
    "bytes=0-": ["0-"],
    "bytes=-1": ["-1"],
    "bytes=-1000": ["-1000"],
    "bytes=99-99": ["99-99"],
    "bytes=0-1000": ["0-1000"],
    "Bytes=0-9": ["0-9"],
    "bytes=0-9, 20-29 ,-5": ["0-9", "20-29", "-5"],
    "bytes=100-": [],
    "bytes=100-200": [],
    "bytes=-0": [],
    "bytes=100-,200-": [],
    "bytes=0-9,100-": ["0-9"],
    "bytes=9-0": None,
    "bytes=0-9,9-0": None,
    "bytes=-": None,
    "bytes=": None,
    "bytes": None,
    "bytes=0": None,
    "bytes=a-b": None,
    "bytes=+1-2": None,
    "bytes=1.0-2": None,
    "bytes=²-": None,
    "bytes=0-9;x": None,
    "items=0-9": None,
    "bytes=0-" + "9" * 30: None,
    "": None,
}


@pytest.mark.parametrize("header", RANGES)
def test_the_ranges_of_a_header(header: str) -> None:
    assert satisfiable(header, SIZE) == RANGES[header]


def test_an_empty_file_has_no_ranges() -> None:
    assert satisfiable("bytes=0-", 0) == satisfiable("bytes=-5", 0) == []


@given(st.one_of(st.text(), st.text("bytes=0123456789-, ").map(lambda text: f"bytes={text}")), st.integers(0, 200))
@example("bytes=0-0", 0)
def test_what_is_given_lies_in_the_file(header: str, size: int) -> None:
    for each in satisfiable(header, size) or []:
        first, _, last = each.partition("-")
        start = int(first) if first else max(size - int(last), 0)
        assert 0 <= start < size
        assert not (first and last) or int(last) >= start
