"""The rows of a query in, the things in them by the name of their column out, called in one language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gdb_graph.queryfile import LANGUAGES
from gdb_graph.rows import Row


@dataclass(frozen=True, slots=True)
class Said:
    """In which language a picture speaks: the headings of the columns, and other texts it needs, by key."""

    lang: str
    headings: Mapping[str, str]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A thing and what it is called; a text by itself has no IRI."""

    iri: str
    label: str


def item(row: Row, name: str, lang: str) -> Item | None:
    """The thing in the column `name`, called in the language, else in another one; None where the cell is empty."""
    cell = row.get(name)
    labels = (row.get(name + code.capitalize()) for code in (lang, *LANGUAGES))
    label = next((each.value for each in labels if each), "")
    if cell is None:
        return None
    if cell.kind != "uri":
        return Item("", label or cell.value)
    return Item(cell.value, label or cell.value.replace("#", "/").split("/")[-1])


def value(row: Row, name: str) -> str:
    """The plain value in a column; "" where there is none."""
    cell = row.get(name)
    return cell.value if cell else ""


def number(row: Row, name: str) -> int:
    """A whole number in a column; 0 where there is none."""
    found = value(row, name)
    return int(found) if found.isascii() and found.isdigit() else 0


def joined(items: Iterable[Item | None]) -> str:
    """The labels, each once, in one text."""
    return ", ".join(dict.fromkeys(each.label for each in items if each))
