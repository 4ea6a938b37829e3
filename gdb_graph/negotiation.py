"""An Accept header and the media types on offer in, the best of them out (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Sequence
from functools import lru_cache

_QUOTED = r'"(?:[^"\\]|\\.)*"?'
_COMMA = re.compile(rf'(?:[^",]+|{_QUOTED})+')
_SEMICOLON = re.compile(rf'(?:[^";]+|{_QUOTED})+')


@lru_cache(1000)  # few clients differ in what they accept, and the hot path asks each time
def best(accept: str | None, offered: tuple[str, ...]) -> str | None:
    """The offered media type the header likes best, earlier offers first; None if it likes none.

    A missing or empty header accepts everything. For each offer the most specific range counts;
    q=0 forbids it. Parameters other than q do not matter. Parts that cannot be read are passed over, and
    `*` counts as `*/*`, since old Java clients send it.
    """
    ranges = _ranges(accept or "*/*")
    ranked = [(_quality(offer, ranges), -place, offer) for place, offer in enumerate(offered)]
    quality, _, offer = max(ranked, default=(0.0, 0, ""))
    return offer if quality > 0 else None


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in _split(accept, _COMMA):
        name, *parameters = (piece.strip().lower() for piece in _split(part, _SEMICOLON))
        if name == "*":
            name = "*/*"
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                quality = _number(value)
        if name.count("/") == 1:
            ranges.append((name, quality))
    return ranges


def _split(text: str, between: re.Pattern[str]) -> Sequence[str]:
    """The pieces of a list; what stands in quotes separates nothing."""
    return between.findall(text) or [""]


def _number(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return min(quality, 1.0) if quality > 0 else 0.0


def _quality(offer: str, ranges: list[tuple[str, float]]) -> float:
    family = offer.split("/")[0] + "/*"
    for wanted in (offer, family, "*/*"):
        found = [quality for name, quality in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0
