"""A document that was found and the words that were searched in, what to show of it out: texts with the matches marked.

Marks are places in the text, so whoever shows it escapes it as any other text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gdb_graph.search.analysis import Token, tokens
from gdb_graph.search.documents import FORMER_NAME, LABELS, OTHER_NAMES, Document, Text
from gdb_graph.search.index import Index
from gdb_graph.terms import DCT, SKOS

LENGTH = 220
_BEFORE = 60
_DESCRIPTIONS = (f"{DCT}description", f"{SKOS}definition")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text or a part of one, and the places (start, end) in it that match."""

    text: Text
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def is_name(self) -> bool:
        """Whether it is a name of the thing."""
        return self.text.property in (*LABELS, *OTHER_NAMES)

    @property
    def is_former(self) -> bool:
        """Whether it is the name of what the thing came after."""
        return self.text.property == FORMER_NAME

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it matches."""
        at = 0
        for start, end in self.marks:
            yield self.text.value[at:start], False
            yield self.text.value[start:end], True
            at = end
        yield self.text.value[at:], False


class Marker:
    """Marks words in texts as the index compares them."""

    def __init__(self, index: Index, words: Sequence[Token]) -> None:
        self._index = index
        self._wanted = [(word.word, set(index.stem(word).values())) for word in words]
        self._pairs = [one.word + other.word for one, other in pairwise(words)]

    def label(self, document: Document, lang: str) -> Excerpt:
        """The label of a document in the language, else in another."""
        return self._mark(document.label(lang))[0]

    def match(self, document: Document, lang: str) -> Excerpt | None:
        """The text that says why this was found; where the label says it already, what describes the thing."""
        label = document.label(lang)
        others = [text for text in (*document.names, *document.labels, *document.texts) if text.value != label.value]
        enough = self._mark(label)[1][0] >= len(self._wanted)
        marked = [
            (excerpt, (0, 0, False) if enough else (*found, excerpt.is_name))
            for excerpt, found in map(self._mark, others)
        ]
        best, found = max(
            marked, key=lambda each: (*each[1], *_liking(each[0].text, lang)), default=(None, (0, 0, False))
        )
        if best is None or (not found[0] and best.text.property not in _DESCRIPTIONS):
            return None
        return _cut(best)

    def _mark(self, text: Text) -> tuple[Excerpt, tuple[int, int]]:
        """The text with all that matches marked; how many of the words do, and how many as whole words."""
        marks: list[tuple[int, int]] = []
        seen: set[int] = set()
        whole: set[int] = set()
        for token in tokens(text.value):
            stems = set(self._index.stem(token).values())
            matching = [at for at, (word, its) in enumerate(self._wanted) if _fits(word, token.word) or its & stems]
            whole.update(at for at in matching if self._wanted[at][1] & stems)
            joined = [at for at, pair in enumerate(self._pairs) if token.word.startswith(pair)]
            seen.update(matching, joined, (at + 1 for at in joined))
            if (matching or joined) and (token.start, token.end) not in marks[-1:]:
                marks.append((token.start, token.end))
        return Excerpt(text, tuple(marks)), (len(seen), len(whole))


def _fits(word: str, known: str) -> bool:
    return known.startswith(word) if len(word) < 4 else word in known


def _liking(text: Text, lang: str) -> tuple[bool, bool]:
    return text.language in (lang, ""), text.property in _DESCRIPTIONS


def _cut(excerpt: Excerpt) -> Excerpt:
    """The part around the first match, at most LENGTH letters, from word to word."""
    text = excerpt.text.value
    if len(text) <= LENGTH:
        return excerpt
    first = excerpt.marks[0][0] if excerpt.marks else 0
    earliest = max(first - _BEFORE, 0)
    start = text.find(" ", earliest, first) + 1 or earliest if earliest else 0
    end = text.rfind(" ", start, start + LENGTH) if start + LENGTH < len(text) else len(text)
    end = end if end > first else min(len(text), start + LENGTH)
    shown = f"{'… ' * (start > 0)}{text[start:end]}{' …' * (end < len(text))}"
    move = 2 * (start > 0) - start
    marks = tuple((one + move, other + move) for one, other in excerpt.marks if start <= one and other <= end)
    return Excerpt(excerpt.text._replace(value=shown), marks)
