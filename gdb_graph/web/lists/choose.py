"""The things of a list and what is wanted of them in, those that fit, in order, and the counts of each facet out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdb_graph.search.analysis import fold
from gdb_graph.web.lists.items import Item, Items
from gdb_graph.web.lists.plan import Facet

NONE = "none"
"""Chosen in a facet: things that have no value there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: any of the values chosen in a facet, in all facets; all words of a text; sorted by a column."""

    chosen: Mapping[str, tuple[str, ...]]
    text: str = ""
    sort: str = "name"
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many things have a value, under all that is chosen in the other facets."""

    key: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The things that fit, and the counts of each facet, the greatest first."""

    items: Sequence[Item]
    counts: Mapping[str, Sequence[Count]]


def choose(items: Items, wish: Wish, lang: str) -> Found:
    """What fits the wish."""
    words = fold(wish.text).split()
    said = [item for item in items.items if all(word in item.words for word in words)]
    fits = [item for item in said if all(_has(item, facet, keys) for facet, keys in wish.chosen.items())]
    counts = {each.name: _counts(each, said, wish) for each in items.plan.filters}
    return Found(sorted_by(fits, items, wish, lang), counts)


def _has(item: Item, facet: str, keys: Sequence[str]) -> bool:
    found = item.values.get(facet, ())
    return any(key in found for key in keys) or (NONE in keys and not found)


def _counts(facet: Facet, said: Sequence[Item], wish: Wish) -> list[Count]:
    others = {name: keys for name, keys in wish.chosen.items() if name != facet.name}
    counted: Counter[str] = Counter()
    for item in said:
        if all(_has(item, name, keys) for name, keys in others.items()):
            counted.update(item.values.get(facet.name, ()) or ((NONE,) if facet.none else ()))
    chosen = wish.chosen.get(facet.name, ())
    # What is chosen stays to be unchosen, also where nothing has it.
    counted.update(dict.fromkeys((key for key in chosen if key not in counted), 0))
    return [
        Count(key, count, key in chosen) for key, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def sorted_by(found: Sequence[Item], items: Items, wish: Wish, lang: str) -> list[Item]:
    """The things by name, or by the first of their values in a column; those without a value come last."""
    named = sorted(found, key=lambda item: fold(item.label(lang)), reverse=wish.is_descending)
    if wish.sort == "name":
        return named
    options = items.options.get(wish.sort, {})

    def first(item: Item) -> str:
        return min((fold(options[key].label(lang)) for key in item.values.get(wish.sort, ())), default="")

    has = [item for item in named if item.values.get(wish.sort)]
    without = [item for item in named if not item.values.get(wish.sort)]
    return [*sorted(has, key=first, reverse=wish.is_descending), *without]
