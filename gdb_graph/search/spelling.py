"""A word that is known nowhere and texts with known ones in, the nearest of these out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from gdb_graph.search.analysis import tokens


def typos(word: str) -> int:
    """How many wrong letters a word of this length may have."""
    return 2 if len(word) >= 8 else 1 if len(word) >= 4 else 0


def nearest(word: str, texts: Iterable[str], *, beginning: bool = False) -> str:
    """The word in `texts` with the fewest typos against the folded `word`, as it is written there; "" if none is near.

    Among equally near ones the commonest. With `beginning` only as many letters are compared as `word` has.
    """
    most = typos(word)
    counted = Counter(pair for text in texts for pair in _with_pairs(text))
    found = [
        (away, -count, known, written)
        for (known, written), count in counted.items()
        if (away := distance(word, known[: len(word)] if beginning else known, most)) <= most
    ]
    return min(found)[3] if found else ""


def _with_pairs(text: str) -> Iterator[tuple[str, str]]:
    """Each word of a text, and each two as one, as they are compared and as they are written."""
    words = list(tokens(text))
    for word in words:
        yield word.word, text[word.start : word.end]
    for one, other in pairwise(words):
        yield one.word + other.word, text[one.start : other.end]


def distance(one: str, other: str, most: int) -> int:
    """How many letters must be added, left out, changed or swapped with their neighbour to make one the other.

    Past `most` any number above it.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i, *[0] * len(other)]
        for j, its in enumerate(other, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[-1]
