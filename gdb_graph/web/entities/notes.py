"""Statements in, the numbers of their footnotes out: each piece of evidence has one number on a page."""

from collections.abc import Iterable

from gdb_graph.explore.network import Evidence
from gdb_graph.explore.record import Record, Statement
from gdb_graph.web.entities.ask import Called
from gdb_graph.web.entities.shown import Note


class Notes:
    """The footnotes of one page, numbered in the order in which they are first asked for."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._numbers: dict[Evidence, int] = {}

    def of(self, statements: Iterable[Statement]) -> tuple[int, ...]:
        """The numbers of what backs the statements; none for what is ours or follows from others."""
        found = {self._numbers.setdefault(each, len(self._numbers) + 1) for each in self._record.evidence(statements)}
        return tuple(sorted(found))

    def listed(self, called: Called, lang: str) -> list[Note]:
        """All footnotes."""
        return [
            Note(
                number,
                each.source,
                called.label(each.source, lang) or each.source,
                each.locator,
                called.label(each.certainty, lang),
                called.issued.get(each.source, ""),
                called.pages.get(each.source, ""),
            )
            for each, number in self._numbers.items()
        ]
