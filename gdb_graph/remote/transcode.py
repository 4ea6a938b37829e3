"""What an engine answers in, the answer as this service gives it out: read as results, written as the client likes.

So every answer is one that could be read to its end, whatever the engine has sent, and looks as if from ours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, cast

import pyoxigraph as ox

from gdb_graph.engine import sparql, writers
from gdb_graph.engine.output import Output
from gdb_graph.engine.sparql import Begin, Request
from gdb_graph.errors import EngineCannot, EngineGone
from gdb_graph.remote.labels import Fetch, labelled
from gdb_graph.remote.question import Question

_JSON = ox.QueryResultsFormat.JSON
_NONSENSE = "The engine behind this service gave an answer that cannot be read to its end. Try again in a moment."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the client is to get: its request, what the engine was asked instead, the prefixes of a graph.

    `most_rows` is where the engine ends any answer without a word (0: nowhere), `fetch` gives rows for labels.
    """

    request: Request
    question: Question
    prefixes: dict[str, str]
    most_rows: int
    fetch: Fetch


def transcode(wanted: Wanted, received: IO[bytes], output: Output) -> Exception | None:
    """Read all of an answer, write all of it; what went wrong, if something did: EngineGone where it is not whole.

    An error is given, not raised: with it would go the results, which must not leave the thread they are read in.
    """
    try:
        _transcode(wanted, received, output)
    except Exception as error:  # noqa: BLE001 - raised again by whoever takes it
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)
    return None


def _transcode(wanted: Wanted, received: IO[bytes], output: Output) -> None:
    try:
        if wanted.question.form == "ASK":
            _ask(wanted, received, output)
        elif wanted.question.form == "SELECT":
            rows = _rows(wanted, received)
            if wanted.request.labels or wanted.request.first:
                rows = labelled(rows, wanted.request.labels, wanted.fetch, wanted.request.first)
            sparql.write(rows, wanted.request, cast(Begin, output.begin))
            _check_rows(output.rows, wanted)
        else:
            _graph(wanted, received, output)
        if not wanted.request.first:
            received.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise EngineGone(_NONSENSE) from error


def _rows(wanted: Wanted, received: IO[bytes]) -> ox.QuerySolutions:
    found = read_rows(received)
    return wanted.question.finish.fill(found) if wanted.question.finish else found


def read_rows(received: IO[bytes] | bytes) -> ox.QuerySolutions:
    """The rows in an answer in SPARQL JSON. Raises EngineGone or SyntaxError where there are none."""
    found = ox.parse_query_results(received, format=_JSON)
    if not isinstance(found, ox.QuerySolutions):
        raise EngineGone(_NONSENSE)
    return found


def _ask(wanted: Wanted, received: IO[bytes], output: Output) -> None:
    found = ox.parse_query_results(received, format=_JSON)
    if isinstance(found, ox.QuerySolutions):  # Virtuoso gives one row for yes, and none for no
        answer = b"true" if [None for _ in found] else b"false"
        found = cast(ox.QueryBoolean, ox.parse_query_results(b'{"head":{},"boolean":%b}' % answer, format=_JSON))
    format_, content_type = sparql.choose(wanted.request.accept, sparql.BOOLEAN)
    found.serialize(cast(IO[bytes], output.begin(content_type)), format_)


def _graph(wanted: Wanted, received: IO[bytes], output: Output) -> None:
    format_, content_type = sparql.choose(wanted.request.accept, sparql.GRAPH)
    triples: Iterable[Any]
    first = wanted.request.first or None
    if wanted.question.template:
        counted = _Counted(_rows(wanted, received))
        triples = dict.fromkeys(islice(wanted.question.template.fill(counted), first))
        _check_rows(counted.count, wanted)
    else:
        coming = (quad.triple for quad in ox.parse(received, format=ox.RdfFormat.N_TRIPLES))
        triples = dict.fromkeys(islice(coming, first))
    file = cast(IO[bytes], output.begin(content_type, len(triples)))
    writers.graph(triples, format_, file, wanted.prefixes)


class _Counted:
    """Rows, counted as they go by."""

    def __init__(self, rows: ox.QuerySolutions) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[ox.QuerySolution]:
        for row in self._rows:
            self.count += 1
            yield row


def _check_rows(count: int, wanted: Wanted) -> None:
    """Raises EngineCannot where an engine that ends all answers at so many rows has given as many."""
    if wanted.most_rows and count >= wanted.most_rows:
        raise EngineCannot(
            f"The engine behind this service gives no more than {wanted.most_rows} rows, and this answer may have "
            "more. Add a LIMIT and OFFSET, or take the dump."
        )
