"""The rows of a SELECT and notes about them in, a spreadsheet (XLSX, ECMA-376) out. The only home of XlsxWriter.

Every text is stored as a text, so nothing that begins with `=` is ever reckoned; the same rows give the same bytes.
"""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

import pyoxigraph as ox

from gdb_graph.errors import NotAcceptable, ResultTooLarge
from gdb_graph.terms import XSD

MOST_ROWS, MOST_CELLS = 1_048_575, 1_500_000
_LONGEST = 32_767
_WIDEST, _NARROWEST = 60, 9
# A spreadsheet reckons with 15 digits; a longer number would be another one.
_NUMBER = re.compile(r"[+-]?(?=(?:\D?\d){1,15}$)(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_NUMERIC = frozenset(f"{XSD}{name}" for name in ("integer", "decimal", "double", "float"))
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A file says when it was made; the same answer shall be the same file.
_OLDEST = datetime(1980, 1, 1)

Notes = Sequence[Sequence[str]]


class Sheet:
    """One answer as a workbook: the rows on its first sheet, the notes on its second."""

    def __init__(self, names: Sequence[str], rows: Iterable[Sequence[Any]], notes: Notes) -> None:
        """Raises ResultTooLarge for more than a spreadsheet holds, NotAcceptable for a text that no cell holds."""
        import xlsxwriter  # half of what the engine takes to load, and few answers are spreadsheets

        self._bytes = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._bytes, {"in_memory": True})
        self._book.set_properties({"created": _OLDEST})
        self._bold = self._book.add_format({"bold": True})
        self.rows = self._fill(names, rows)
        if notes:
            self._note(notes)

    def write(self, file: IO[bytes]) -> None:
        """Write the file."""
        self._book.close()
        file.write(self._bytes.getbuffer())

    def _fill(self, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        sheet = self._book.add_worksheet("answer")
        for place, name in enumerate(names):
            sheet.write_string(0, place, name, self._bold)
        widths = [len(name) for name in names]
        count = 0
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS or count * len(names) > MOST_CELLS:
                raise ResultTooLarge(
                    f"The answer has more than {min(MOST_ROWS, MOST_CELLS // max(1, len(names)))} rows of "
                    f"{len(names)} columns, too many for a spreadsheet. Take CSV, or add a LIMIT and OFFSET."
                )
            for place, term in enumerate(row):
                if term is not None:
                    widths[place] = max(widths[place], _put(sheet, count, place, term))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, max(_NARROWEST, min(width + 2, _WIDEST)))
        sheet.freeze_panes(1, 0)
        if names and count:
            sheet.autofilter(0, 0, count, len(names) - 1)
        return count

    def _note(self, notes: Notes) -> None:
        sheet = self._book.add_worksheet("about")
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 2, _WIDEST)
        row = 0
        for name, *texts in notes:
            sheet.write_string(row, 0, name, self._bold)
            for place, text in enumerate(texts, 1):
                sheet.write_string(row, place, _NO_XML.sub("\ufffd", text[:_LONGEST]))
                for at in range(_LONGEST, len(text), _LONGEST):  # what is longer than a cell goes on below
                    row += 1
                    sheet.write_string(row, place, _NO_XML.sub("\ufffd", text[at : at + _LONGEST]))
            row += 1


def prepare() -> None:
    """Make one, so that all that it takes is loaded before an engine can open no file any more."""
    Sheet(["x"], [[ox.Literal("a")], [ox.Literal(1)]], [["a", "b"]]).write(io.BytesIO())


def _put(sheet: Any, row: int, place: int, term: Any) -> int:
    """Write one term, give the width it wants."""
    text = term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else str(term)
    if isinstance(term, ox.Literal) and term.datatype.value in _NUMERIC and _NUMBER.fullmatch(text):
        sheet.write_number(row, place, float(text))
        return len(text)
    if len(text.encode("utf-16-le")) // 2 > _LONGEST or _NO_XML.search(text):  # it counts as UTF-16 does
        raise NotAcceptable(
            f"Row {row} has a text that no cell of a spreadsheet holds: longer than {_LONGEST} characters, or with "
            "control characters. Ask for another format, such as CSV."
        )
    sheet.write_string(row, place, text)
    return len(text)
