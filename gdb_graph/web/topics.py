"""The curated queries and words that someone looks for in, those queries that have them out, by topic."""

from collections.abc import Iterable, Mapping, Sequence

from gdb_graph.queryfile import Query
from gdb_graph.search.analysis import tokens


def by_topic(queries: Iterable[Query], text: Mapping[str, str]) -> Mapping[str, Sequence[Query]]:
    """The queries by their first tag, which is their topic, as the `text` of a page calls it."""
    found: dict[str, list[Query]] = {}
    for query in queries:
        tag = query.tags[0] if query.tags else "other"
        found.setdefault(text.get(f"topic_{tag}", tag), []).append(query)
    return dict(sorted(found.items()))


def having(queries: Iterable[Query], sought: str) -> Sequence[Query]:
    """The queries in which each word of `sought` begins a word, in either language; all if it has no word."""
    words = [token.word for token in tokens(sought)]
    return [query for query in queries if all(any(it.startswith(word) for it in _words(query)) for word in words)]


def _words(query: Query) -> Sequence[str]:
    labels = [text for parameter in query.parameters for text in parameter.label.values()]
    headings = [str(text) for heading in query.header.get("columns", {}).values() for text in heading.values()]
    said = [query.name, *query.summary.values(), *query.description.values(), *query.tags, *labels, *headings]
    return [token.word for text in said for token in tokens(text)]
