"""Documents in, an index in memory out: parts of queries, what they find and in which order; the only home of tantivy.

Queries are put together from words, never read from a text, so no text can be a wrong query. The fields: see `entries`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

import tantivy
from tantivy import Occur, Query

from gdb_graph.search.analysis import Token
from gdb_graph.search.documents import Classes, Document, Text
from gdb_graph.search.entries import COUNTED, LANGUAGES, SPLIT, STEMS, WHOLE, Entries, spelled

Clause = Query
"""A part of a query, to be put together with others."""

_HEAP = 500_000_000  # not filled: all stands in one segment, so that equal scores come in the order of `order`


class Writer:
    """Takes documents, a few at a time, and makes an index of them."""

    def __init__(self, classes: Classes) -> None:
        self._words, self._classes = _Words(), classes
        self._entries = Entries(classes, self._words.stems)
        self._index = tantivy.Index(_schema(), sort_by_field="order")
        self._words.register(self._index)
        self._writer = self._index.writer(_HEAP, num_threads=1)

    def add(self, documents: Iterable[Document]) -> None:
        """Take these too; each thing once."""
        for document in documents:
            entry = tantivy.Document(**self._entries.of(document))
            parts = [getattr(document, field.name) for field in fields(document)]
            entry.add_bytes("document", json.dumps(parts, ensure_ascii=False).encode())
            self._writer.add_document(entry)

    def finish(self) -> "Index":
        """The index of all that was added."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        return Index(self._classes, self._words, self._index)


class Index:
    """All documents of one snapshot; safe to ask from several threads."""

    def __init__(self, classes: Classes, words: "_Words", index: tantivy.Index) -> None:
        self.classes, self._words = classes, words
        self._schema, self._searcher = index.schema, index.searcher()
        self.used_classes = frozenset(self.count_by("class_is", Query.all_query()))

    def stem(self, token: Token) -> Mapping[str, str]:
        """The stem of a word in each language."""
        return {language: self._words.stems(language, [token])[0] for language in LANGUAGES}

    def is_filler(self, word: str) -> bool:
        """Whether a word as it was typed says little: und, the."""
        return self._words.is_filler(word)

    # Parts of queries

    def term(self, field: str, word: str) -> Query:
        """Documents that have the word in the field."""
        return Query.term_query(self._schema, field, word, index_option="freq" if field in STEMS else "basic")

    def prefix(self, field: str, beginning: str) -> Query:
        """Documents with a word in the field that begins so; all score 1."""
        return self.near(field, beginning, 0, prefix=True)

    def near(self, field: str, word: str, typos: int, prefix: bool = False) -> Query:
        """Documents with a word in the field that is, or begins, so but for that many typos; all score 1."""
        return Query.fuzzy_term_query(self._schema, field, word, typos, True, prefix)

    # What they find

    def page(self, query: Query, limit: int, offset: int = 0) -> tuple[int, list[tuple[float, Document]]]:
        """How many documents a query finds, and `limit` of them from `offset` on, with scores, the best first."""
        found = self._searcher.search(query, limit, offset=offset)
        count: int = found.count  # type: ignore[attr-defined]  # is there, though not in the stubs
        return count, [(score, self._read(address)) for score, address in found.hits]

    def count_by(self, field: str, query: Query) -> dict[str, int]:
        """How many documents a query finds for each value of `kind` or `class_is`."""
        asked = {"values": {"terms": {"field": field, "size": 10_000}}}
        counted = self._searcher.aggregate(query, asked)
        return {each["key"]: each["doc_count"] for each in counted["values"]["buckets"]}

    def _read(self, address: tantivy.DocAddress) -> Document:
        iri, kinds, classes, labels, names, texts, links = json.loads(self._searcher.doc(address)["document"][0])
        read = [tuple(Text(*text) for text in listed) for listed in (labels, names, texts)]
        return Document(iri, tuple(kinds), tuple(classes), read[0], read[1], read[2], links)


class _Words:
    """What the engine knows of words in each language."""

    def __init__(self) -> None:
        self._stemmers = {language: _analyzer(tantivy.Filter.stemmer(name)) for language, name in LANGUAGES.items()}
        self._telling = _analyzer(*map(tantivy.Filter.stopword, LANGUAGES.values()))

    def register(self, index: tantivy.Index) -> None:
        """Have fields of stems made by the same stemmers."""
        for language, stemmer in self._stemmers.items():
            index.register_tokenizer(language, stemmer)

    def stems(self, language: str, words: Sequence[Token]) -> list[str]:
        """The stem of each word."""
        return self._stemmers[language].analyze(" ".join(spelled(language, words)))

    def is_filler(self, word: str) -> bool:
        """Whether a word is on a list of stop words."""
        return not self._telling.analyze(word.lower())


def every(*queries: Query) -> Query:
    """Documents that all of the queries find; scores add up."""
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def either(*queries: Query) -> Query:
    """Documents that one of the queries finds; scores add up."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def best(*queries: Query) -> Query:
    """Documents that one of the queries finds; the highest score counts."""
    return Query.disjunction_max_query(queries)


def with_bonus(query: Query, *bonuses: Query) -> Query:
    """Documents that the query finds; what the bonuses find of them scores higher."""
    return Query.boolean_query([(Occur.Must, query), *((Occur.Should, bonus) for bonus in bonuses)])


def weighed(query: Query, weight: float) -> Query:
    """The same documents; scores are multiplied."""
    return Query.boost_query(query, weight)


def scored(query: Query, score: float) -> Query:
    """The same documents, each with this score."""
    return Query.const_score_query(query, score)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in STEMS:
        builder.add_text_field(field, tokenizer_name=field.rpartition("_")[2], index_option="freq")
    for field in (*WHOLE, *COUNTED, "order"):
        fast = field in (*COUNTED, "order")
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=fast)
    for field in SPLIT:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="basic")
    builder.add_bytes_field("document", stored=True)
    return builder.build()


def _analyzer(*filters: tantivy.Filter) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    for each in filters:
        builder = builder.filter(each)
    return builder.build()
