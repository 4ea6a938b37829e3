"""What templates show of a thing: texts with their language, where they lead, and the numbers of their footnotes."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its text, the IRI it stands for, its language where that is not the page's, its footnotes."""

    text: str
    iri: str = ""
    lang: str = ""
    notes: tuple[int, ...] = ()
    is_inferred: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what is said, all values of it, and whether sources are at odds over it."""

    label: str
    values: tuple[Value, ...]
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: a cell for each column, and the footnotes of the row."""

    cells: tuple[tuple[Value, ...], ...]
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the headings of its columns; a column without any value is left out."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: when, as sorted and as shown, and what."""

    key: str
    when: str
    what: tuple[Value, ...]
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One section of a page."""

    title: str
    facts: tuple[Fact, ...] = ()
    table: Table | None = None
    moments: tuple[Moment, ...] = ()
    none: str = ""
    is_download: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.facts or self.moments or self.none or (self.table and self.table.lines))


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its number, the source, where in it, how sure that is, when it appeared, where it is on the web."""

    number: int
    source: str
    title: str
    locator: str = ""
    certainty: str = ""
    issued: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a contradiction with the sources that hold it."""

    text: str
    sources: list[Value]
    note: str = ""
    is_preferred: bool = False


@dataclass(frozen=True, slots=True)
class Dispute:
    """A contradiction: what about, all readings, and why one is held to be right, if one is."""

    iri: str
    text: str
    property: str
    readings: Sequence[Reading]
    reason: str = ""
