"""The rows of a SELECT and languages in, the same rows with label columns out: `x`, `xDe`, `xEn`.

The query runs as it stands and labels are looked up for each row, so order, duplicates and LIMIT stay what they are,
which a rewritten query could not promise.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any, cast

import pyoxigraph as ox

from gdb_graph.terms import DCT, RDFS, SKOS

LOOKED_THROUGH = 10_000
"""Rows that are looked through for IRIs before the columns are chosen; past them every variable has its columns."""

_NAMING = tuple(ox.NamedNode(iri) for iri in (f"{SKOS}prefLabel", f"{RDFS}label", f"{DCT}title"))
_REMEMBERED = 100_000

Labels = Callable[[str], Sequence[str]]
Row = Sequence[Any]


def labelled(results: ox.QuerySolutions, store: ox.Store, languages: Sequence[str], most: int = 0) -> ox.QuerySolutions:
    """The `results` with a column for each of the `languages` behind every variable that holds IRIs.

    A variable that is there already keeps its values: a query that makes its own `xDe` gets no other. `most` is how
    many rows are given; 0: all.
    """
    names = [variable.value for variable in results.variables]
    rows = islice(results, most or None)
    first: list[Row] = list(islice(rows, LOOKED_THROUGH + 1))
    wanted = set(range(len(names))) if len(first) > LOOKED_THROUGH else _holding_iris(first)
    document = _document(names, chain(first, rows), wanted, languages, _labels(store, languages))
    # pyoxigraph makes rows from a document only; it reads this one as it is written.
    read = ox.parse_query_results(cast(IO[bytes], _Lazy(document)), ox.QueryResultsFormat.JSON)
    assert isinstance(read, ox.QuerySolutions)  # noqa: S101 - that document has rows
    return read


def _holding_iris(rows: Iterable[Row]) -> set[int]:
    return {place for row in rows for place, term in enumerate(row) if isinstance(term, ox.NamedNode)}


def _labels(store: ox.Store, languages: Sequence[str]) -> Labels:
    """What gives the label of an IRI in each language, "" where there is none; the best kind of name goes first."""

    @lru_cache(_REMEMBERED)
    def labels(iri: str) -> Sequence[str]:
        found: dict[str, str] = {}
        for naming in _NAMING:
            named = store.quads_for_pattern(ox.NamedNode(iri), naming, None, ox.DefaultGraph())
            literals = [quad.object for quad in named if isinstance(quad.object, ox.Literal)]
            texts = sorted((literal.language or "", literal.value) for literal in literals)
            for language, text in texts:
                found.setdefault(language, text)
        return [found.get(language, "") for language in languages]

    return labels


def _document(
    names: Sequence[str], rows: Iterable[Row], wanted: set[int], languages: Sequence[str], labels: Labels
) -> Iterator[bytes]:
    """SPARQL 1.1 Query Results JSON, piece by piece."""
    added = {place: [name + code.capitalize() for code in languages] for place, name in enumerate(names)}
    columns = {
        place: [(number, each) for number, each in enumerate(added[place]) if each not in names]
        for place in sorted(wanted)
    }
    head = [each for place, name in enumerate(names) for each in (name, *(to for _, to in columns.get(place, ())))]
    yield json.dumps({"head": {"vars": head}})[:-1].encode() + b',"results":{"bindings":['
    between = b""
    for row in rows:
        cells = {name: _cell(term) for name, term in zip(names, row, strict=True) if term is not None}
        for place, targets in columns.items():
            if isinstance(row[place], ox.NamedNode):
                texts = labels(row[place].value)
                cells |= {
                    to: {"type": "literal", "value": texts[number], "xml:lang": languages[number]}
                    for number, to in targets
                    if texts[number]
                }
        yield between + json.dumps(cells).encode()
        between = b","
    yield b"]}}"


def _cell(term: Any) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {name: _cell(getattr(term, name)) for name in ("subject", "predicate", "object")}
        return {"type": "triple", "value": parts}
    stated = {"xml:lang": term.language, "its:dir": term.direction and str(term.direction)}
    if not term.language:
        stated["datatype"] = term.datatype.value
    return {"type": "literal", "value": term.value} | {name: text for name, text in stated.items() if text}


class _Lazy(io.RawIOBase):
    """A file whose bytes are made when they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        taken, self._rest = (self._rest[:size], self._rest[size:]) if size >= 0 else (self._rest, b"")
        return taken
