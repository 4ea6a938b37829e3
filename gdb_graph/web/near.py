"""Names and one that is not among them in, those that are written most alike out.

Only neighbours in two orders are compared, from the front and from the back, so that it costs the same however many
names there are: a name with one slip shares its beginning or its end with the right one.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

_PLACES, _NEIGHBOURS = 6, 6
_ALIKE = 0.6
_SHORTEST, _LONGEST = 3, 200


class Near:
    """The names, in both orders."""

    def __init__(self, names: Iterable[str]) -> None:
        self._written = {_folded(name): name for name in names}
        self._forwards = sorted(self._written)
        self._backwards = sorted(name[::-1] for name in self._written)

    def __call__(self, name: str, most: int) -> Sequence[str]:
        """At most `most` names that look like `name`, the most alike first."""
        wanted = _folded(name[:_LONGEST])
        if len(wanted) < _SHORTEST:
            return []
        candidates = {*_around(self._forwards, wanted)}
        candidates |= {each[::-1] for each in _around(self._backwards, wanted[::-1])}
        found = sorted((-alike, each) for each in candidates if (alike := _alike(wanted, each[:_LONGEST])) >= _ALIKE)
        return [self._written[each] for _, each in found[:most]]


def _alike(wanted: str, other: str) -> float:
    ratio = SequenceMatcher(None, wanted, other, autojunk=False).ratio()
    return max(ratio, _ALIKE) if other.startswith(wanted) or other.endswith(wanted) else ratio


def _around(ordered: Sequence[str], wanted: str) -> Sequence[str]:
    """Those next to where `wanted` would stand, and next to where its beginnings would that end with a word."""
    beginnings = [wanted[:at] for at, letter in enumerate(wanted) if letter in "-/"]
    places = [bisect(ordered, each) for each in (wanted, *beginnings[::-1])[:_PLACES]]
    return [each for place in places for each in ordered[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]]


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")
