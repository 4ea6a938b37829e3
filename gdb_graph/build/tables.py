"""Table definitions and a store in, a CSV file and its description (CSV on the Web) for each out.

A definition is a query file; each variable of its SELECT is a column. Its header states under `columns` what the
column is called, its type, and whether a cell may hold several values.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdb_graph.build.ask import Term, select
from gdb_graph.distribution import Distribution, measure
from gdb_graph.errors import Finding
from gdb_graph.queryfile import LANGUAGES, Query

FOLDER = "tables"
MEDIA_TYPE, METADATA_TYPE = "text/csv", "application/csvm+json"
# IRIs hold no space; what SPARQL's GROUP_CONCAT puts between values where it is told nothing.
SEPARATOR = " "

# What a value of a type looks like, and the type as CSV on the Web names it. Dates are as precise as their source.
_DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
TYPES: Mapping[str, tuple[str, str | dict[str, str]]] = {
    "string": (r".*", "string"),
    "iri": (r"([A-Za-z][A-Za-z0-9+.-]*|_):\S*", "anyURI"),
    "integer": (r"[+-]?[0-9]+", "integer"),
    "decimal": (r"[+-]?[0-9]+(\.[0-9]+)?", "decimal"),
    "date": (_DATE, {"base": "string", "format": _DATE}),
}
_LABEL = re.compile(r"(.+)(De|En)")
_SAID = {
    "De": {"de": "{} (deutsch)", "en": "{} (German)"},
    "En": {"de": "{} (englisch)", "en": "{} (English)"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it is called in both languages, what its cells hold, and in which language."""

    name: str
    titles: Mapping[str, str]
    type: str
    many: bool
    language: str

    def values(self, cell: str) -> list[str]:
        """The values in a cell."""
        return cell.split(SEPARATOR) if self.many else [cell]


def columns(table: Query) -> list[Column]:
    """The columns of a table, in the order of its SELECT. Raises KeyError for one that the header leaves out."""
    solutions = ox.Store().query(table.text)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - `faults` has looked
    names = [variable.value for variable in solutions.variables]
    return [_column(name, names, table.header["columns"]) for name in names]


def _column(name: str, names: Iterable[str], stated: Mapping[str, Any]) -> Column:
    label = _LABEL.fullmatch(name)
    if label and name not in stated:
        said = stated[label[1]]
        titles = {lang: _SAID[label[2]][lang].format(said[lang]) for lang in LANGUAGES}
        return Column(name, titles, "string", many=False, language=label[2].lower())
    said = stated[name]
    labelled = f"{name}De" in names
    titles = {lang: f"{said[lang]} (IRI)" if labelled else str(said[lang]) for lang in LANGUAGES}
    return Column(name, titles, said.get("type", "iri" if labelled else "string"), bool(said.get("list")), "")


def faults(tables: Iterable[Query]) -> list[Finding]:
    """What is wrong with table files as tables."""
    return [finding for table in tables for finding in _faults(table)]


def _faults(table: Query) -> Iterator[Finding]:
    types = ", ".join(TYPES)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", table.name):
        yield _fault(table, "der Dateiname besteht aus a-z, 0-9 und -", "the file name consists of a-z, 0-9 and -")
    if not table.description:
        yield _fault(table, "Kopf braucht description mit de und en", "header needs description with de and en")
    if table.form != "SELECT" or table.parameters:
        yield _fault(table, "eine Tabelle ist ein SELECT ohne Parameter", "a table is a SELECT without parameters")
        return
    try:
        found = columns(table)
    except (KeyError, TypeError) as error:
        de = f"jede Spalte braucht unter columns einen Eintrag mit de und en (es fehlt: {error})"
        yield _fault(table, de, f"each column needs an entry under columns with de and en (missing: {error})")
        return
    for column in found:
        if column.type not in TYPES:
            yield _fault(
                table, f"type von {column.name} ist eines von: {types}", f"type of {column.name} is one of: {types}"
            )
        elif column.many and column.type != "iri":
            yield _fault(table, f"list geht nur mit IRIs: {column.name}", f"only IRIs may be in a list: {column.name}")


def _fault(table: Query, de: str, en: str) -> Finding:
    return Finding("Violation", f"queries/tables/{table.name}.rq", 0, "", "table", de, en)


def write(folder: Path, store: ox.Store, tables: Iterable[Query]) -> tuple[list[Distribution], list[Distribution]]:
    """Write each table below `folder`; give the files, and their descriptions in the same order."""
    (folder / FOLDER).mkdir(exist_ok=True)
    made = [_write(folder, store, table) for table in tables]
    return [file for file, _ in made], [description for _, description in made]


def _write(folder: Path, store: ox.Store, table: Query) -> tuple[Distribution, Distribution]:
    path = f"{FOLDER}/{table.name}.csv"
    head = columns(table)
    # Sorted here and not by the query, so that the bytes depend on the rows alone.
    rows = sorted({tuple(_cell(column, row.get(column.name)) for column in head) for row in select(store, table.text)})
    with (folder / path).open("w", encoding="utf-8", newline="") as file:
        # RFC 4180 and nothing else: a text that begins like a formula stays what it is (docs/decisions/).
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(column.name for column in head)
        writer.writerows(rows)
    metadata = f"{path}-metadata.json"
    text = json.dumps(describe(table, head, rows), ensure_ascii=False, indent=1)
    (folder / metadata).write_text(f"{text}\n", encoding="utf-8")
    return measure(folder, "tables", path, MEDIA_TYPE), measure(folder, "tables", metadata, METADATA_TYPE)


def _cell(column: Column, term: Term | None) -> str:
    """What stands in a cell; of a list each value once, in order."""
    if term is None:
        return ""
    text = f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value
    return SEPARATOR.join(sorted(set(text.split(SEPARATOR)))) if column.many else text


def describe(table: Query, head: Sequence[Column], rows: Iterable[Sequence[str]]) -> dict[str, Any]:
    """The metadata of a table as CSV on the Web has it (Metadata Vocabulary for Tabular Data, 5.3).

    A column holds what its type says; one with a value of another type is described as text.
    """
    cells = list(zip(*rows, strict=True)) or [()] * len(head)
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": f"{table.name}.csv",
        "dc:title": _texts(table.summary),
        "dc:description": _texts(table.description),
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": [_schema(column, each) for column, each in zip(head, cells, strict=True)]},
    }


def _texts(text: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@language": lang, "@value": text[lang]} for lang in LANGUAGES]


def _schema(column: Column, cells: Iterable[str]) -> dict[str, Any]:
    pattern, datatype = TYPES[column.type]
    fits = all(re.fullmatch(pattern, value, re.DOTALL) for cell in cells if cell for value in column.values(cell))
    language = {"lang": column.language} if column.language else {}
    separator = {"separator": SEPARATOR} if column.many else {}
    # The header line of the file is a title as well; validators compare the two (5.6).
    titles = {**column.titles, "und": column.name}
    return {"name": column.name, "titles": titles, "datatype": datatype if fits else "string", **language, **separator}
