"""A SPARQL text that the engine does not understand in, what a person would say is wrong with it and where out.

The engine's parser tells the place where it gave up, which is often not the place of the fault. What can be told from
the tokens alone is told here; the engine still decides what is a query.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gdb_graph.engine.tokens import placed

_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    A ABS ADJUST AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONSTRUCT CONTAINS COUNT DATATYPE
    DAY DESC DESCRIBE DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HASLANG
    HASLANGDIR HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES
    LATERAL LCASE LIMIT MAX MD5 MIN MINUS MINUTES MONTH NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE
    PREFIX RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384
    SHA512 SILENT STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR
    SUM TIMEZONE TRIPLE TRUE TZ UCASE UNDEF UNION URI UUID VALUES VERSION WHERE YEAR
    """,
    )
)
_UPDATES = frozenset({"ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE"})
_CLOSING = {"{": "}", "(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where (both count from 1), a sentence that says so, and the parts it is made of."""

    line: int
    column: int
    kind: str
    values: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """In English."""
        return _SENTENCES[self.kind].format(*self.values)


_SENTENCES = {
    "update": "{0} changes data, and this service is read-only",
    "word": "{0!r} is no word of SPARQL",
    "word_near": "{0!r} is no word of SPARQL; did you mean {1}",
    "prefix": "the prefix {0!r} is not declared",
    "prefix_known": "the prefix {0!r} is not declared; begin the query with: {1}",
    "never_ends": "the text that begins here with {0} never ends",
    "never_closed": "this {0} is never closed with {1}",
    "closes_nothing": "this {0} closes nothing that was opened",
}


def find(query: str, prefixes: Mapping[str, str]) -> Fault | None:
    """A fault that the tokens of `query` tell, brackets last; None where they tell none. `prefixes` may be declared."""
    found = next(_faults(query, prefixes), None)
    if not found:
        return None
    at, kind, values = found
    before = query[:at]
    lines = re.split(r"\r\n|\r|\n", before)
    return Fault(len(lines), len(lines[-1]) + 1, kind, tuple(values))


def _faults(query: str, prefixes: Mapping[str, str]) -> Iterator[tuple[int, str, Sequence[str]]]:
    opened: list[tuple[str, int]] = []
    declared: set[str] = set()
    before: list[str] = ["", ""]
    for kind, text, at in placed(query):
        if kind == "word":
            yield from _word(text, at)
        elif kind == "name":
            prefix = text.partition(":")[0]
            if before[-1].upper() == "PREFIX":
                declared.add(prefix)
            elif before[-1] != "_" and prefix not in declared:  # `_:x` is a blank node
                declared.add(prefix)
                known = prefixes.get(prefix)
                said = ("prefix_known", [prefix, f"PREFIX {prefix}: <{known}>"]) if known else ("prefix", [prefix])
                yield at, *said
        elif text in "'\"":
            yield at, "never_ends", [text]
            return
        elif text in _CLOSING:
            opened.append((text, at))
        elif text in _CLOSING.values() and (not opened or _CLOSING[opened.pop()[0]] != text):
            yield at, "closes_nothing", [text]
            return
        before = [before[-1], text]
    yield from ((at, "never_closed", [text, _CLOSING[text]]) for text, at in opened[-1:])


def _word(text: str, at: int) -> Iterator[tuple[int, str, Sequence[str]]]:
    upper = text.upper()
    if upper in _UPDATES:
        yield at, "update", [upper]
    elif upper not in _WORDS:
        near = difflib.get_close_matches(upper, _WORDS, 1, 0.7)
        yield at, ("word_near" if near else "word"), [text, *near]
