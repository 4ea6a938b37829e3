"""SPARQL results as JSON in, rows and the columns a person wants to see out: labels take the place of IRIs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdb_graph.queryfile import LANGUAGES

_SUFFIXES = tuple(code.capitalize() for code in LANGUAGES)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a result row."""

    value: str
    kind: str
    """`uri`, `literal` or `bnode`."""
    language: str = ""
    datatype: str = ""


Row = Mapping[str, Cell]
Shown = tuple[str, Cell | None]
"""The text to show, and the value it stands for; None where there is no value."""


def read(results: bytes) -> tuple[list[str], list[Row]]:
    """The variables and rows of a SELECT answered as SPARQL 1.1 Query Results JSON."""
    document = json.loads(results)
    rows: list[Row] = [
        {name: _cell(cell) for name, cell in binding.items()} for binding in document["results"]["bindings"]
    ]
    return document["head"]["vars"], rows


def _cell(cell: Mapping[str, str]) -> Cell:
    return Cell(cell["value"], cell["type"], cell.get("xml:lang", ""), cell.get("datatype", ""))


def table(variables: Sequence[str], rows: Sequence[Row], lang: str) -> tuple[list[str], list[list[Shown]]]:
    """The columns to show, and each row: columns per language join into one.

    `actorDe` and `actorEn` name `actor`; shown is the one in `lang`, else the other. A column without any
    value is left out.
    """
    joined = dict.fromkeys(_base(name, variables) for name in variables)
    lines = [{name: _show(name, row, lang) for name in joined} for row in rows]
    shown = [name for name in joined if not lines or any(line[name][0] for line in lines)]
    return shown, [[line[name] for name in shown] for line in lines]


def _base(name: str, variables: Sequence[str]) -> str:
    base = name[:-2]
    paired = name[-2:] in _SUFFIXES and all(base + suffix in variables for suffix in _SUFFIXES)
    return base if paired else name


def _show(name: str, row: Row, lang: str) -> Shown:
    columns = [name + suffix for suffix in sorted(_SUFFIXES, key=lambda suffix: suffix.lower() != lang)]
    label = next((row[column] for column in columns if column in row), None)
    cell = row.get(name, label)
    if cell is None:
        return "", None
    return (label or cell).value, cell
