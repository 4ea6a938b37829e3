"""Results in, the bytes of an answer out: what pyoxigraph writes, put right where others could not read it.

Seen with pyoxigraph 0.5.13: a comma in an IRI splits a CSV row; characters and names that XML does not have stand
in XML; a carriage return in RDF/XML is read as a line feed.
"""

import csv
import io
from collections.abc import Iterable
from typing import IO, Any, cast
from xml.parsers import expat

import pyoxigraph as ox

from gdb_graph.errors import NotAcceptable


def rows(results: ox.QuerySolutions, format_: ox.QueryResultsFormat, file: IO[bytes]) -> None:
    """Write the rows of a SELECT. Raises NotAcceptable for a value that XML cannot hold."""
    if format_ == ox.QueryResultsFormat.CSV:
        _csv(results, file)
    elif format_ == ox.QueryResultsFormat.XML:
        results.serialize(cast(IO[bytes], _WellFormed(file)), format_)
    else:
        results.serialize(file, format_)


def graph(triples: Iterable[ox.Triple], format_: ox.RdfFormat, file: IO[bytes], prefixes: dict[str, str]) -> None:
    """Write triples. Raises NotAcceptable for a term that the format cannot hold."""
    if format_ == ox.RdfFormat.RDF_XML:
        file = cast(IO[bytes], _WellFormed(file))
    try:
        ox.serialize(triples, file, format_, prefixes=prefixes)
    except OSError as error:
        if error.errno is not None:  # the file's, not the format's
            raise
        raise NotAcceptable(f"This graph cannot be written so: {error}. Ask for another format.") from error


def _csv(results: ox.QuerySolutions, file: IO[bytes]) -> None:
    """SPARQL 1.1 Query Results CSV, section 3: RFC 4180 with the plain values of the terms."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        writer = csv.writer(text)
        writer.writerow([variable.value for variable in results.variables])
        writer.writerows([_plain(term) for term in row] for row in results)
    finally:
        text.detach()  # the file is not ours to close


def _plain(term: Any) -> str:
    if isinstance(term, (ox.NamedNode, ox.Literal)):
        return term.value
    return "" if term is None else str(term)


class _WellFormed(io.RawIOBase):
    """Hands on what an XML parser accepts; raises NotAcceptable at the first byte that it does not."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._parser = expat.ParserCreate(namespace_separator=" ")

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        # None of the markup holds one: it stands in a value, and bare it would be read as a line feed.
        text = bytes(data).replace(b"\r", b"&#13;")
        try:
            self._parser.Parse(text)
        except expat.ExpatError as error:
            raise NotAcceptable(
                "This answer holds what XML cannot: a control character, or in RDF/XML a property or class whose IRI "
                f"ends in no XML name ({error}). Ask for another format, such as JSON or Turtle."
            ) from error
        self._file.write(text)
        return len(data)
