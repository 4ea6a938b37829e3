"""An index and a text that a person typed in, the things it means out: those first that fit best."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gdb_graph.search.analysis import Token
from gdb_graph.search.documents import Document
from gdb_graph.search.index import Clause, Index, every, scored
from gdb_graph.search.ranking import Search
from gdb_graph.search.spelling import nearest, typos

MOST_LETTERS = 1000
_LOOKED_AT = 50

How = Literal["all", "corrected", "some", "none"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One document that was found, and how well it fits."""

    document: Document
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: how many there are, some of them, and how they were found."""

    how: How
    """Each hit has all words, or all words of the corrected text, or one of them; or there is no hit."""
    text: str
    """What was searched in the end: the text, or the corrected one."""
    words: tuple[Token, ...] = ()
    """Its words, those that only fill in left out if there are others."""
    total: int = 0
    hits: tuple[Hit, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Of each kind that some hits are of: how many hits are of it or of a class below; whatever class was asked for."""


def find(index: Index, text: str, lang: str, limit: int, offset: int = 0, class_: str = "") -> Found:
    """What `text` means: things that have all its words, else those of the nearest text, else some of its words.

    Labels in `lang` go before others; `class_` leaves only things of that class. Of a long text only the first
    MOST_LETTERS letters count, and of these ranking.MOST_WORDS words.
    """
    how, search = _settle(Search(index, text[:MOST_LETTERS], lang, in_names=False))
    return _answer(how, search, limit, offset, class_)


def complete(index: Index, text: str, lang: str, limit: int) -> Found:
    """What a text that is still being typed may become: things that have all its words in their names."""
    how, search = _settle(Search(index, text[:MOST_LETTERS], lang, in_names=True))
    return _answer(how, search, limit, 0, "")


def _answer(how: How, search: Search, limit: int, offset: int, class_: str) -> Found:
    index = search.index
    query = search.some() if how == "some" else search.all()
    if how == "none" or query is None:
        return Found("none", search.text, search.telling)
    by_class = index.count_by("class_is", query)
    kinds = {kind: by_class[kind] for kind in index.count_by("kind", query)}
    if class_:
        query = every(query, scored(index.term("class_is", class_), 0.0))
    total, hits = index.page(query, limit, offset)
    shown = tuple(Hit(document, round(score, 3)) for score, document in hits)
    return Found(how, search.text, search.telling, total, shown, kinds)


def _settle(asked: Search) -> tuple[How, Search]:
    if _finds(asked.index, asked.all()):
        return "all", asked
    corrected = Search(asked.index, _correct(asked), asked.lang, in_names=asked.in_names)
    if corrected.text != asked.text and _finds(asked.index, corrected.all()):
        return "corrected", corrected
    return "some" if not asked.in_names and _finds(asked.index, asked.some()) else "none", asked


def _finds(index: Index, query: Clause | None) -> bool:
    return query is not None and index.page(query, 1)[0] > 0


def _correct(search: Search) -> str:
    """The text with each word that is found nowhere replaced by the nearest that is."""
    unknown = {word.word: word for word in search.telling if not _finds(search.index, search.anywhere(word))}
    known = {name: _known(search, word) for name, word in unknown.items()}
    text = search.text
    for word in reversed(search.words):
        if written := known.get(word.word):
            text = text[: word.start] + written + text[word.end :]
    return text


def _known(search: Search, word: Token) -> str:
    """The nearest known word, as it is written where it stands; names go before other texts."""
    most, typed = typos(word.word), search.is_typed(word)
    for field_ in ("word", "body") if most and not search.in_names else ("word",) if most else ():
        query = search.index.near(field_, word.word, most, prefix=typed)
        near = [document for _, document in search.index.page(query, _LOOKED_AT)[1]]
        texts = [each.texts if field_ == "body" else (*each.labels, *each.names) for each in near]
        if found := nearest(word.word, (text.value for listed in texts for text in listed), beginning=typed):
            return found
    return ""
