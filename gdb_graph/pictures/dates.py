"""Dates as sources give them in, places on a line of years out: a date that is less precise covers more."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something may have been, in years; `disputed` where sources exclude each other."""

    since: float
    until: float
    disputed: bool


def readings(text: str) -> tuple[str, ...]:
    """The dates in one cell, those that are no dates left out."""
    return tuple(each for each in text.split(SEPARATOR) if _DATE.fullmatch(each))


def span(given: Sequence[str]) -> Span | None:
    """All that the dates cover; one that another states more precisely (2022 beside 2022-07) does not count."""
    exact = [each for each in given if not any(other.startswith(f"{each}-") for other in given)]
    if not exact:
        return None
    covered = [_covered(each) for each in exact]
    return Span(min(each[0] for each in covered), max(each[1] for each in covered), len(set(exact)) > 1)


def _covered(date: str) -> tuple[float, float]:
    found = _DATE.fullmatch(date)
    assert found  # noqa: S101 - `readings` keeps nothing else
    year, month, day = (int(each) if each else 0 for each in found.groups())
    if not month:
        return year, year + 1
    begin = year + (month - 1) / 12
    if not day:
        return begin, begin + 1 / 12
    # A month has 31 days here: a fraction of a pixel.
    return begin + (day - 1) / 372, begin + day / 372
