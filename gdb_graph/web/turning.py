"""The rows of a table and how they are to be sorted in, one page of them out."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdb_graph.errors import BadParameter
from gdb_graph.queryfile import near
from gdb_graph.rows import Shown
from gdb_graph.terms import XSD

LONG = 100
PARAMETERS = ("sort", "page")
_NUMERIC = frozenset(f"{XSD}{name}" for name in ("integer", "decimal", "double", "float"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows `first` to `last` (counted from 1) of `count`, on page `number` of `pages`; `sort` as in the address."""

    columns: Sequence[str]
    lines: Sequence[Sequence[Shown]]
    sort: str
    number: int
    pages: int
    first: int
    last: int
    count: int

    def order(self, column: str) -> str:
        """How a column is sorted, in the words of ARIA; "" if it is not."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "")

    def next_sort(self, column: str) -> str:
        """What a click on the head of a column asks for: up, then down, then as the query has it."""
        return {column: f"-{column}", f"-{column}": ""}.get(self.sort, column)


def turned(columns: Sequence[str], lines: Sequence[Sequence[Shown]], asked: Mapping[str, str]) -> Sheet:
    """The page that `sort` and `page` in `asked` name. Raises BadParameter for a column or page there is not."""
    sort = asked.get("sort", "")
    if sort:
        lines = _sorted(columns, lines, sort)
    pages = max(1, math.ceil(len(lines) / LONG))
    number = _number(asked.get("page", "") or "1", pages)
    begin = (number - 1) * LONG
    shown = lines[begin : begin + LONG]
    return Sheet(columns, shown, sort, number, pages, begin + bool(shown), begin + len(shown), len(lines))


def _number(typed: str, pages: int) -> int:
    if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed[:9]) <= pages:
        raise BadParameter("page", f"'page' must be a number from 1 to {pages}, not {typed!r}.")
    return int(typed)


def _sorted(columns: Sequence[str], lines: Sequence[Sequence[Shown]], sort: str) -> Sequence[Sequence[Shown]]:
    name = sort.removeprefix("-")
    if name not in columns:
        raise BadParameter(
            "sort", f"There is no column {name!r}.{near(name, columns)} There are: {', '.join(columns)}."
        )
    place = columns.index(name)
    # What has no value comes last either way.
    filled = sorted((line for line in lines if line[place][0]), key=lambda line: _key(line[place]))
    if sort.startswith("-"):
        filled.reverse()
    return [*filled, *(line for line in lines if not line[place][0])]


def _key(shown: Shown) -> tuple[bool, float, str]:
    """Numbers by their value and before texts; texts as a German dictionary has them (DIN 5007-1): ä as a, ß as ss."""
    text, cell = shown
    if cell and cell.datatype in _NUMERIC:
        try:
            return False, float(cell.value), ""
        except ValueError:  # the graph may hold what is not of its type
            pass
    letters = unicodedata.normalize("NFKD", text.casefold())
    return True, 0.0, "".join(letter for letter in letters if not unicodedata.combining(letter))
