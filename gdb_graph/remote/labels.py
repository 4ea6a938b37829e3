"""Rows and a way to ask for labels in, the rows with label columns out: labels come for some rows at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

import pyoxigraph as ox

from gdb_graph.engine import labels
from gdb_graph.terms import DCT, RDFS, SKOS

_AT_ONCE = 500
_NAMING = ", ".join(f"<{iri}>" for iri in (f"{SKOS}prefLabel", f"{RDFS}label", f"{DCT}title"))

Fetch = Callable[[str], Iterable[ox.QuerySolution]]


def labelled(results: ox.QuerySolutions, languages: Sequence[str], fetch: Fetch, most: int) -> ox.QuerySolutions:
    """What `engine.labels.labelled` does; `fetch` gives the rows of a SELECT from the engine."""
    store = ox.Store()
    return labels.labelled(
        cast(ox.QuerySolutions, _Rows(results, store, fetch, bool(languages))), store, languages, most
    )


class _Rows:
    """The rows, each given only when the labels of its IRIs are in the store."""

    def __init__(self, results: ox.QuerySolutions, store: ox.Store, fetch: Fetch, wanted: bool) -> None:
        self.variables = results.variables
        self._results, self._store, self._fetch, self._wanted = results, store, fetch, wanted
        self._known: set[str] = set()

    def __iter__(self) -> Iterator[Any]:
        rows = iter(self._results)
        while part := list(islice(rows, _AT_ONCE)):
            iris = {term.value for row in part for term in row if isinstance(term, ox.NamedNode)} - self._known
            if iris and self._wanted:
                self._known |= iris
                things = " ".join(f"<{iri}>" for iri in sorted(iris))
                text = (
                    f"SELECT ?thing ?naming ?label WHERE {{ VALUES ?thing {{ {things} }} ?thing ?naming ?label . "
                    f"FILTER(?naming IN ({_NAMING})) }}"
                )
                found = (ox.Quad(row["thing"], row["naming"], row["label"]) for row in self._fetch(text))
                self._store.extend(found)
            yield from part
