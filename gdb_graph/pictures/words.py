"""A text in, the lines of it that fit into a width out: measured by the kind of each letter, for no font is at hand."""

import re
import unicodedata
from functools import lru_cache

SIZE, LINE = 13, 16
# Parts of the font's size, rather too much than too little: a text that is too short is still right.
_WIDE, _CAPITAL, _NARROW, _OTHER, _EAST_ASIAN, _BOLD = 0.95, 0.72, 0.36, 0.6, 1.1, 1.1
_WIDE_LETTERS, _NARROW_LETTERS = frozenset("mwMW@%—…"), frozenset("ijlft.,:;'|!()[]I ‘’·-")
_ELLIPSIS = "…"
# What changes the direction of the letters around it.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST = 300
# The same labels stand in many cells and on every page: so many texts, and letters, are remembered.
_REMEMBERED = 2000
# Where a word may be broken: after a hyphen or a slash.
_BREAK = re.compile(r"(?<=[-/])(?=\w)")


def readable(text: str) -> str:
    """A text without what XML does not allow and what disturbs the text beside it; blanks become single ones."""
    kept = "".join(" " if each.isspace() else each for each in text if _is_readable(each))
    return " ".join(kept.split())


@lru_cache(_REMEMBERED)
def _is_readable(letter: str) -> bool:
    if letter in _DIRECTIONS:
        return False
    return letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cs", "Cn", "Co")


@lru_cache(_REMEMBERED)
def short(text: str) -> str:
    """A readable text for a hint or a sentence, cut where nobody would read on."""
    clean = readable(text[: 4 * _LONGEST])
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1].rstrip() + _ELLIPSIS


def width(text: str, bold: bool = False) -> float:
    """How wide a text is at most, about."""
    return SIZE * (_BOLD if bold else 1) * sum(map(_width, text))


@lru_cache(_REMEMBERED)
def _width(letter: str) -> float:
    if letter in _NARROW_LETTERS:
        return _NARROW
    if letter in _WIDE_LETTERS:
        return _WIDE
    if unicodedata.east_asian_width(letter) in "WF":
        return _EAST_ASIAN
    return _CAPITAL if letter.isupper() else _OTHER


@lru_cache(_REMEMBERED)
def lines(text: str, room: float, most: int = 1, bold: bool = False) -> tuple[str, ...]:
    """A text in at most so many lines that are no wider than `room`; what is left out shows as an ellipsis."""
    room = room / _BOLD if bold else room
    rest = [part for word in readable(text[: 4 * _LONGEST]).split(" ") for part in _BREAK.split(f"{word} ")]
    found: list[str] = []
    while rest and len(found) < most:
        line = ""
        while rest and width((line + rest[0]).rstrip()) <= room:
            line += rest.pop(0)
        if not line:
            line, rest[0] = _cut(rest[0], room)
        found.append(line.strip())
    if rest or len(text) > 4 * _LONGEST:
        last = found[-1]
        while last and width(last + _ELLIPSIS) > room:
            last = last[:-1]
        found[-1] = last.rstrip() + _ELLIPSIS
    return tuple(found)


def _cut(word: str, room: float) -> tuple[str, str]:
    """As much of a word as fits, a letter at least, and the rest."""
    end = 1
    while end < len(word) and width(word[: end + 1]) <= room:
        end += 1
    return word[:end], word[end:]


def thousands(number: str, lang: str) -> str:
    """A number as the language writes it: 17.500.000 in German, 17,500,000 in English; as it is where it is none."""
    whole, _, part = number.partition(".")
    if not (whole.isascii() and whole.isdigit()):
        return number
    grouped = f"{int(whole):,}" + (f".{part}" if part.strip("0") else "")
    return grouped.translate(str.maketrans(",.", ".,")) if lang == "de" else grouped
