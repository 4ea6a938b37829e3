"""A text in German or English in, its words as they are compared out, each with its place in the text.

Equal are: capitals and small letters, composed and decomposed letters, ä, ae and a, ß and ss, all that stands between
words, and the gender forms Bürger, Bürgerin, Bürgerinnen, BürgerInnen, Bürger:innen, Bürger*innen, Bürger/-innen.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 40
"""Letters of a word that count."""

_LETTER = r"[^\W_]"
# Marks that belong to the letter before, and what is invisible: soft hyphen, zero-width signs, directions.
_SILENT = "[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_WORD = f"{_LETTER}(?:{_LETTER}|{_SILENT})*"
_END = f"(?!{_LETTER}|{_SILENT})"
_TOKEN = re.compile(
    f"({_WORD})"
    f"(?:[*:_·•/]-?(?:innen|in|er|r|n|e){_END}"  # Bürger:innen, Regierende:r
    rf"|\((?:innen|in)\){_END}"  # Bürger(innen)
    f"|[*:_·•]innen({_WORD})"  # Bürger:innenhaushalt
    f"|['’]s{_END})?"  # Berlin's
)
_CAPITAL_I = re.compile(r"(?<=[a-zäöüß])In(?:nen)?$|(?<=[a-zäöüß])Innen(?=[a-zäöüß])")
_FEMININE = re.compile(
    r"(?<=[^\W\d_]{3}[rt])(?:innen)+$"  # Bürgerinnen, not beginnen
    r"|(?<=[^\W\d_]{3}(?:er|or|ar))in$|(?<=[^\W\d_]{2}(?:eur|ist|ent))in$"  # Bürgerin, not Berlin
)
_LETTERS = re.compile(r"[^\W_]+")
# Not in Quelle, Bauen, neue: there the e is a letter of its own.
_DIGRAPH = re.compile("(?<![aeiouqy])([aou])e+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: what it is compared by, and where it stands."""

    word: str
    plain: str
    """The same with ae, oe, ue left as they are, which English needs: value, values."""
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of `text` in their order. One that is made of several (½) gives several at the same place."""
    for match in _TOKEN.finditer(text):
        for plain in _plain(match[1] + (match[2] or "")):
            yield Token(_DIGRAPH.sub(r"\1", plain), plain, match.start(), match.end())


def fold(text: str) -> str:
    """The words of `text` as they are compared, with a space between."""
    return " ".join(token.word for token in tokens(text))


@lru_cache(maxsize=50_000)  # the words of a text are mostly those of others
def _plain(word: str) -> tuple[str, ...]:
    composed = unicodedata.normalize("NFKC", word)
    small = _CAPITAL_I.sub("", composed).casefold()
    # Twice, since a letter may fold into one that can be taken apart.
    bare = _without_marks(_without_marks(small).casefold())
    return tuple(_FEMININE.sub("", each[:LONGEST]) for each in _LETTERS.findall(bare))


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    taken_apart = unicodedata.normalize("NFKD", text)
    return "".join(each for each in taken_apart if unicodedata.category(each) not in ("Mn", "Cf"))
