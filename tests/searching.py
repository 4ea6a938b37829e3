"""What the tests of the search share: an index without a service, and a thing by its slug."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from gdb_graph import rows
from gdb_graph.search import documents
from gdb_graph.search.documents import Classes, Document
from gdb_graph.search.find import Found
from gdb_graph.search.index import Index, Writer
from gdb_graph.terms import Names


def select(store: ox.Store, query: str) -> list[rows.Row]:
    """The rows of a SELECT."""
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    results = solutions.serialize(format=ox.QueryResultsFormat.JSON)
    assert results is not None
    return rows.read(results)[1]


def read(store: ox.Store, names: Names) -> tuple[list[Document], Classes]:
    """All documents of a store, and its classes."""
    classes = documents.read_classes(select(store, documents.CLASSES))
    iris = [row["thing"].value for row in select(store, documents.things(names))]
    return list(documents.read(select(store, documents.about(iris)), classes)), classes


def indexed(documents: Iterable[Document], classes: Classes) -> Index:
    """The index of these."""
    writer = Writer(classes)
    writer.add(documents)
    return writer.finish()


def slugs(found: Found) -> list[str]:
    """The last parts of the IRIs of what was found."""
    return [hit.document.iri.rpartition("/")[2] for hit in found.hits]


def text_of(document: Document) -> Iterator[str]:
    """All that is searched of a document."""
    yield from (text.value for text in (*document.labels, *document.names, *document.texts))
