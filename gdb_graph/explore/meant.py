"""What a person typed in, the thing that is meant out: by IRI, slug or a name that only one thing has."""

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gdb_graph.explore.network import Network, Thing

NEAR = 6
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Unclear:
    """What was typed names no thing, or several: `near` are those that may be meant, the likeliest first."""

    text: str
    near: tuple[str, ...]
    is_ambiguous: bool = False


def meant(network: Network, text: str, among: Iterable[Thing] | None = None) -> str | Unclear:
    """The IRI of the thing meant by an IRI, a slug, its name, or a part of a name that stands in no other one.

    `among` are the things that may be meant, else all.
    """
    candidates = {thing.iri: thing for thing in (network.things.values() if among is None else among)}
    for iri in (text, network.names.thing(text)):
        if iri in candidates:
            return iri
    names = [(iri, name) for iri, thing in candidates.items() for name in _names(thing)]
    sought = _plain(text)
    for found in (
        {iri for iri, name in names if name == sought},
        {iri for iri, name in names if len(sought) >= _SHORTEST and sought in name},
    ):
        if len(found) == 1:
            return found.pop()
        if found:
            return Unclear(text, tuple(sorted(found, key=lambda iri: _rank(candidates[iri], sought))[:NEAR]), True)
    return Unclear(text, tuple(_near(network, sought, names, candidates)))


def _names(thing: Thing) -> Sequence[str]:
    return [_plain(name) for name in (*thing.labels.values(), *thing.other_names)]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _rank(thing: Thing, sought: str) -> tuple[bool, int, str]:
    """What begins with the text comes first, then what is shortest."""
    names = [name for name in _names(thing) if sought in name]
    return (not any(name.startswith(sought) for name in names), min(map(len, names)), thing.iri)


def _near(
    network: Network, sought: str, names: Sequence[tuple[str, str]], candidates: dict[str, Thing]
) -> Iterator[str]:
    of: dict[str, str] = {}
    for iri, name in names:
        of.setdefault(name, iri)
    for iri in candidates:
        of.setdefault(iri.removeprefix(network.names.instances), iri)
    found = (of[name] for name in difflib.get_close_matches(sought, of, 2 * NEAR, 0.5))
    yield from list(dict.fromkeys(found))[:NEAR]
