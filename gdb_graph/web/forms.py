"""Dates, numbers and sums as the graph holds them in, as people write them in German or English out.

A date stays as precise as its source: a year, a month or a day. Two languages need no library of all locales.
"""

import re
from decimal import Decimal

_MONTHS = {
    "de": tuple("Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()),  # noqa: SIM905
    "en": tuple("January February March April May June July August September October November December".split()),  # noqa: SIM905
}
_DATE = re.compile(r"(-?\d{4,})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:T(\d\d:\d\d).*|Z|[+-]\d\d:\d\d)?")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DATES = frozenset(("gYear", "gYearMonth", "date", "dateTime"))
_NUMBERS = frozenset(("integer", "decimal", "nonNegativeInteger"))
_SIGNS = {"EUR": "€"}


def date(value: str, lang: str) -> str:
    """`2023`, `2023-02`, `2023-02-05` or a time of a day in words; what is none of these as it is."""
    found = _DATE.fullmatch(value)
    if not found:
        return value
    year, month, day, clock = found.groups()
    name = _MONTHS[lang][int(month) - 1] if month else ""
    number = (f"{int(day)}." if lang == "de" else str(int(day))) if day else ""
    words = " ".join(each for each in (number, name, year) if each)
    return f"{words}, {clock}" if clock else words


def number(value: str, lang: str) -> str:
    """A decimal with the signs of the language, its digits in threes; what is no decimal as it is."""
    if not _NUMBER.fullmatch(value):
        return value
    # A year stays together, as does any number of four digits in German.
    exact = Decimal(value)
    whole, _, fraction = f"{exact:f}".partition(".")
    grouped = f"{int(whole):,}" if len(whole.lstrip("+-")) > 4 else whole
    written = f"{grouped}.{fraction}" if fraction.rstrip("0") else grouped
    return written.translate(str.maketrans(",.", ".,")) if lang == "de" else written


def literal(value: str, datatype: str, lang: str) -> str:
    """A literal of the graph by its datatype: dates and numbers as above, all else as it is."""
    kind = datatype.rpartition("#")[2]
    if kind in _DATES:
        return date(value, lang)
    return number(value, lang) if kind in _NUMBERS else value


def money(value: str, currency: str, lang: str) -> str:
    """A sum with its currency, a code such as `EUR`: after it in German, before it in English."""
    sign, written = _SIGNS.get(currency, currency), number(value, lang)
    if lang == "de" or not sign:
        return f"{written} {sign}".strip()
    return f"{sign}{written}" if sign in _SIGNS.values() else f"{sign} {written}"


def period(since: str, until: str, lang: str) -> str:
    """From when until when; one of them may be missing."""
    first, last = date(since, lang), date(until, lang)
    if not first or not last or first == last:
        words = {"de": ("seit", "bis"), "en": ("since", "until")}[lang]
        if first == last:
            return first
        return f"{words[0]} {first}" if first else f"{words[1]} {last}"
    return f"{first} – {last}"
