"""The words of a text and an index in, the query for what the text means out: it also says what fits best.

What fits best, in steps: the whole label, the whole of another name, the beginning of a label, the label of its class,
the beginning of another name, all words in the label, in label and names, parts of words there, all words anywhere.
The definition of a term and what only records statements stand some steps lower. On one step goes before what others
name more often.
"""

from collections.abc import Iterator
from itertools import islice, pairwise

from gdb_graph.search.analysis import Token, tokens
from gdb_graph.search.entries import MOST_LINKS
from gdb_graph.search.index import Clause, Index, best, either, every, scored, weighed, with_bonus

MOST_WORDS = 16
_WEIGHTS = {"label": 4.0, "name": 3.0, "class": 2.0, "text": 1.0}
_STEP = 1000.0
_BY_RANK = {3: 4.0, 2: 3.8, 1: 1.0, 0: 0.5}
_LINKS_STEP = 10.0


class Search:
    """The queries for one text; `in_names` while it is still being typed: then its last word may go on."""

    def __init__(self, index: Index, text: str, lang: str, *, in_names: bool) -> None:
        self.index, self.text, self.lang, self.in_names = index, text, lang, in_names
        self.words = tuple(islice(tokens(text), MOST_WORDS))
        telling = [word for word in self.words if not index.is_filler(text[word.start : word.end])]
        # Each once: the number 1.1 is two equal words.
        self.telling = tuple({word.word: word for word in telling or self.words}.values())

    def all(self) -> Clause | None:
        """Documents that have all words; None if there are none."""
        if not self.words:
            return None
        ways = [[self.anywhere(word)] for word in self.telling]
        # City Lab is found where CityLAB stands.
        for at, (one, other) in enumerate(pairwise(self.telling)):
            joined = self._joined(one.word + other.word)
            ways[at].append(joined)
            ways[at + 1].append(joined)
        whole, squeezed = (sign.join(word.word for word in self.words) for sign in (" ", ""))
        # An address is found as a whole though its words stand nowhere.
        query = best(every(*(best(*clauses) for clauses in ways)), scored(self.index.term("name_is", whole), 1.0))
        steps = best(*(scored(query, step * _STEP) for step, query in self._steps(whole, squeezed)))
        # What the words weigh is divided, so that many words do not make a step.
        return with_bonus(weighed(query, 1 / len(self.telling)), steps, self._rank(_STEP), self._links())

    def some(self) -> Clause | None:
        """Documents that have at least one of the words: those with more of them first, and with them in names."""
        clauses = [
            with_bonus(scored(self.anywhere(word), _STEP), scored(either(*self._stems(word, ("label", "name"))), 300))
            for word in self.telling
        ]
        return with_bonus(either(*clauses), self._rank(_STEP / 10), self._links()) if clauses else None

    def _steps(self, whole: str, squeezed: str) -> Iterator[tuple[float, Clause]]:
        index, ours = self.index, f"label_is_{self.lang}"
        other = "label_is_en" if self.lang == "de" else "label_is_de"
        for step, field in ((9.1, ours), (9, other), (8, "name_is")):
            yield step, either(index.term(field, whole), index.term(field, squeezed))
        beginnings = {whole, squeezed, self._without_ending(whole)}
        for bonus, field in ((0.1, ours), (0.0, other)):
            yield 7 + bonus, index.prefix(field, f"{whole} ")
            yield 4.8 + bonus, either(*(index.prefix(field, each) for each in sorted(beginnings)))
        yield 4.5, index.prefix("name_is", f"{whole} ")
        stems = [index.stem(word) for word in self.words]
        yield 6, either(*(index.term("class_stems", " ".join(each[lang] for each in stems)) for lang in ("de", "en")))
        for step, kinds in ((4, ("label",)), (3, ("label", "name"))):
            yield step, every(*(either(*self._stems(word, kinds)) for word in self.telling))
        yield 2, every(*(either(*self._parts(word)) for word in self.telling))

    def _without_ending(self, whole: str) -> str:
        stem = self.index.stem(self.words[-1])["de"]
        return whole.removesuffix(self.words[-1].word) + stem if len(stem) >= 4 else whole

    def anywhere(self, word: Token) -> Clause:
        """Documents that have one word, or a part of it."""
        kinds = ("label", "name") if self.in_names else tuple(_WEIGHTS)
        clauses = [*self._stems(word, kinds), *self._parts(word)]
        if not self.in_names and len(word.word) >= 3:
            clauses.append(scored(self.index.prefix("body", word.word), 0.5))
        if not self.in_names and len(word.word) >= 4:
            ends = {each for each in (word.word, self.index.stem(word)["de"]) if len(each) >= 4}
            clauses += [scored(self.index.prefix("tail", end[::-1]), 0.3) for end in sorted(ends)]
        return best(*clauses)

    def _stems(self, word: Token, kinds: tuple[str, ...]) -> Iterator[Clause]:
        for language, stem in self.index.stem(word).items():
            for kind in kinds:
                yield weighed(self.index.term(f"{kind}_{language}", stem), _WEIGHTS[kind])

    def _parts(self, word: Token) -> Iterator[Clause]:
        if len(word.word) >= 3 or self.is_typed(word):
            yield scored(self.index.prefix("word", word.word), 2.0)
        else:
            yield scored(self.index.term("word", word.word), 2.0)
        if len(word.word) >= 4:
            yield scored(self.index.prefix("part", word.word), 1.0)

    def _joined(self, word: str) -> Clause:
        fields = ("word",) if self.in_names else ("word", "body")
        return best(*(self.index.prefix(field, word) for field in fields))

    def _rank(self, step: float) -> Clause:
        return best(*(scored(self.index.term("rank", str(rank)), at * step) for rank, at in _BY_RANK.items()))

    def _links(self) -> Clause:
        return best(*(scored(self.index.term("links", str(at)), at * _LINKS_STEP) for at in range(1, MOST_LINKS + 1)))

    def is_typed(self, word: Token) -> bool:
        """Whether the word may go on."""
        return self.in_names and word.word == self.words[-1].word
