"""How to get right answers from Virtuoso 7: a query in, the same in words that it answers rightly out, or a refusal.

What is said here was seen with 7.2.5.1.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from gdb_graph.errors import EngineCannot
from gdb_graph.remote import booleans, ending, rewrite, shape
from gdb_graph.remote.finish import Finish
from gdb_graph.remote.names import AS_TEXT
from gdb_graph.remote.rewrite import Pieces
from gdb_graph.remote.shape import word
from gdb_graph.terms import RDF, XSD

# It keeps one of two literals that mean the same moment: "2023"^^xsd:gYear drives out "2023-01"^^xsd:gYearMonth at
# the same subject and property. It gives durations back as seconds or months, and XML literals written anew.
OPAQUE = frozenset(
    [
        *(f"{XSD}{name}" for name in ("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")),
        *(f"{XSD}{name}" for name in ("duration", "dayTimeDuration", "yearMonthDuration")),
        f"{RDF}XMLLiteral",
    ]
)

MOST_ROWS = 1_048_576
"""Whatever its settings allow, an answer over HTTP ends here, with status 200 (virtuoso-opensource, issue 700)."""
_MOST_KEYS = 15
"""It has at most 20 keys for DISTINCT and an order together (SQ186)."""

_NODE, _PLAIN_NODE = b'"bnode", "value": "nodeID://', b'"bnode", "value": "'
_BOOLEAN = b'"datatype": "http://www.w3.org/2001/XMLSchema#boolean", "value": "'
_AS_TEXT = AS_TEXT.encode()


@dataclass(frozen=True, slots=True)
class Said:
    """A query as it is sent, what is left to do with its rows, how a line of its answer is read (None: as it is)."""

    pieces: Pieces
    finish: Finish | None
    clean: Callable[[bytes], bytes] | None


def say(pieces: Pieces, form: str) -> Said:
    """The query said so that it is answered rightly. Raises EngineCannot where no way is known."""
    _refuse(shape.solid(pieces))
    computed = booleans.names(pieces)
    pieces = _grouped(_with_separators(pieces))
    finish = None
    if form == "SELECT":
        pieces, finish = ending.parted(pieces, _MOST_KEYS)
    return Said(pieces, finish, _with_booleans(computed) if computed else clean)


def clean(line: bytes) -> bytes:
    """A line of results in JSON as the standard has it: labels of blank nodes, booleans, our own names of datatypes."""
    # Quotes within values are escaped, so these stand only where they are meant.
    line = line.replace(_NODE, _PLAIN_NODE).replace(_AS_TEXT, b"")
    return line.replace(_BOOLEAN + b'1"', _BOOLEAN + b'true"').replace(_BOOLEAN + b'0"', _BOOLEAN + b'false"')


def _with_booleans(names: Collection[str]) -> Callable[[bytes], bytes]:
    """`clean` that also reads 1 and 0 under these names as what they mean: it computes no booleans."""
    either = b"|".join(sorted(name.encode() for name in names))
    found = re.compile(
        rb'("(?:%b)": \{ "type": "typed-literal", "datatype": "[^"]*#)integer", "value": "([01])"' % either
    )
    meant = {b"1": b"true", b"0": b"false"}
    return lambda line: clean(found.sub(lambda cell: cell[1] + b'boolean", "value": "' + meant[cell[2]] + b'"', line))


def _with_separators(pieces: Pieces) -> Pieces:
    """GROUP_CONCAT(DISTINCT …) with the separator that it has when none is stated (SR183: it asks for one)."""
    kept = list(pieces)
    for at in reversed(range(len(kept))):
        if word(kept[at]) == "GROUP_CONCAT":
            opening = next(number for number in range(at, len(kept)) if kept[number][1] == "(")
            closing = shape.close(kept, opening)
            if not any(word(each) == "SEPARATOR" for each in kept[opening:closing]):
                kept.insert(closing, ("other", ' ; SEPARATOR = " "'))
    return kept


def _refuse(pieces: Pieces) -> None:
    """Raises EngineCannot for what it is known to answer wrongly and without a word. The pieces must be solid."""
    _refuse_exists(pieces)
    for opening, closing in shape.groups(pieces):
        here = list(shape.level(pieces, opening, closing))
        words = [word(pieces[at]) for at in here]
        # Seen: the values restrict one branch of the UNION, or none.
        if words.count("VALUES") > 1 and "UNION" in words:
            raise EngineCannot(
                "The engine behind this service joins several VALUES with a UNION wrongly. State the VALUES in each "
                "part of the UNION, or as a FILTER with IN."
            )
        # Seen: no rows at all, where VALUES stand alone.
        beside = [word(pieces[at]) for at in (opening - 1, closing + 1) if 0 <= at < len(pieces)]
        if "UNION" in beside and words[:1] == ["VALUES"] and _ends(pieces, opening + 1) == closing - 1:
            raise EngineCannot(
                "The engine behind this service loses VALUES that stand alone in a part of a UNION. Put the patterns "
                "that they are for beside them."
            )
        # Seen: the value is lost, or the query takes longer than anybody waits.
        if "OPTIONAL" in words and any(_tests_bound(pieces, at) for at in here if word(pieces[at]) == "BIND"):
            raise EngineCannot(
                "The engine behind this service loses values in BIND(IF(BOUND(…) …)) beside an OPTIONAL. Take COALESCE "
                "in SELECT instead."
            )


def _refuse_exists(pieces: Pieces) -> None:
    """Seen: false for true where nothing in the data has the property that is asked for. In a FILTER it is right."""
    for expression, _ in booleans.named(pieces):
        if any(word(each) == "EXISTS" for each in expression):
            raise EngineCannot(
                "The engine behind this service does not give the value of EXISTS rightly. Ask with EXISTS in a "
                "FILTER, or count with OPTIONAL and COUNT."
            )


def _tests_bound(pieces: Pieces, at: int) -> bool:
    start, end = _span(pieces, at)
    return any(word(each) == "BOUND" for each in pieces[start:end])


def _ends(pieces: Pieces, at: int) -> int:
    """Where the braces that come first after a place are closed."""
    return shape.close(pieces, next(number for number in range(at, len(pieces)) if pieces[number][1] == "{"))


def _grouped(pieces: Pieces) -> Pieces:
    """A FILTER with EXISTS among other conditions, within braces of its own with the patterns that it is about.

    Beside an OPTIONAL, what that gives is lost (seen; virtuoso-opensource, issue 27, is akin). Raises EngineCannot
    where the filter is about what stands outside these patterns: then braces would change its meaning.
    """
    kept = list(pieces)
    for opening, closing in sorted(shape.groups(pieces), reverse=True):
        here = list(shape.level(pieces, opening, closing))
        optional = next((at for at in here if word(pieces[at]) == "OPTIONAL"), None)
        filters = [_span(pieces, at) for at in here if word(pieces[at]) == "FILTER"]
        mixed = [span for span in filters if optional and _is_mixed(pieces[span[0] : span[1]])]
        if not optional or not mixed:
            continue
        if not all(end < optional and _is_about(pieces, (opening, optional), (at, end)) for at, end in mixed):
            raise EngineCannot(
                "The engine behind this service loses what an OPTIONAL gives beside a FILTER of EXISTS with || or &&. "
                "Put braces around the FILTER and the patterns that it is about, without the OPTIONAL."
            )
        kept[optional] = ("other", f" }} {pieces[optional][1]}")
        kept[opening] = ("other", "{ {")
    return rewrite.pieces(rewrite.text(kept))


def _span(pieces: Pieces, at: int) -> tuple[int, int]:
    """Where a FILTER or BIND begins, and where its brackets end."""
    opening = next(number for number in range(at, len(pieces)) if pieces[number][1] in ("(", "{"))
    return at, shape.close(pieces, opening)


def _is_mixed(condition: Pieces) -> bool:
    return any(word(each) == "EXISTS" for each in condition) and any(each[1] in ("|", "&") for each in condition)


def _is_about(pieces: Pieces, part: tuple[int, int], span: tuple[int, int]) -> bool:
    """Whether every variable of the filter that occurs elsewhere surely has a value from the patterns in `part`."""
    inside = _variables(pieces[span[0] : span[1]])
    elsewhere = _variables(pieces[: span[0]]) | _variables(pieces[span[1] :])
    sure = set[str]()
    for at in shape.level(pieces, part[0], part[1]):
        kind, piece = pieces[at]
        if kind == "variable":
            sure.add(piece)
        elif word(pieces[at]) == "GRAPH":
            opening = next(number for number in range(at, part[1]) if pieces[number][1] == "{")
            within = shape.level(pieces, opening, shape.close(pieces, opening))
            sure |= _variables([pieces[number] for number in within])
    return (inside & elsewhere) <= sure


def _variables(pieces: Pieces) -> set[str]:
    return {piece for kind, piece in pieces if kind == "variable"}
