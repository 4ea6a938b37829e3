"""What a parameter may be: the things or concepts the graph holds for it; also tells what was meant by a wrong one."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.errors import BadParameter
from gdb_graph.queryfile import LANGUAGES, Parameter, Query, term
from gdb_graph.rows import Row, read
from gdb_graph.web.parts import JSON_RESULTS, whole

_CHOICES = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT DISTINCT ?choice WHERE {{ {pattern} }}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a parameter may have."""

    iri: str
    label: Mapping[str, str]


class Offer:
    """What the parameters of one request may be; each is asked for once, its names only where they are needed."""

    def __init__(self, now: Published) -> None:
        self._now = now
        self._iris: dict[str, Sequence[str]] = {}
        self._choices: dict[str, Sequence[Choice]] = {}

    async def iris(self, parameter: Parameter) -> Sequence[str]:
        """All values of a thing or concept parameter; empty for the other kinds."""
        pattern = _pattern(self._now, parameter)
        if pattern and pattern not in self._iris:
            rows = await self._ask(pattern)
            self._iris[pattern] = [row["choice"].value for row in rows]
        return self._iris.get(pattern, ())

    async def choices(self, parameter: Parameter) -> Sequence[Choice]:
        """The same with their names, by the German one."""
        pattern = _pattern(self._now, parameter)
        if pattern and pattern not in self._choices:
            rows = await self._ask(pattern, LANGUAGES)
            offered = [Choice(row["choice"].value, _label(row)) for row in rows]
            self._choices[pattern] = sorted(offered, key=lambda each: (each.label["de"].casefold(), each.iri))
        return self._choices.get(pattern, ())

    async def _ask(self, pattern: str, labels: Sequence[str] = ()) -> Sequence[Row]:
        asked = Asked(_CHOICES.format(pattern=pattern), JSON_RESULTS, labels=labels, own=True)
        return read(await whole(await self._now.run(asked)))[1]


def _pattern(now: Published, parameter: Parameter) -> str:
    if parameter.kind == "concept":
        scheme = f"<{parameter.of}>" if parameter.of else "?scheme"
        return f"?choice skos:inScheme {scheme} ."
    if parameter.kind == "thing":
        kind = f"<{parameter.of}>" if parameter.of else "?class"
        return f'?choice a {kind} . FILTER(STRSTARTS(STR(?choice), "{now.snapshot.names.instances}"))'
    return ""


def _label(row: Row) -> Mapping[str, str]:
    german = row["choiceDe"].value if "choiceDe" in row else row["choice"].value
    return {"de": german, "en": row["choiceEn"].value if "choiceEn" in row else german}


async def meant(now: Published, offer: Offer, query: Query, values: Mapping[str, str]) -> dict[str, str]:
    """The `values` with the IRI in place of a name, where one thing alone among the choices has it."""
    found = dict(values)
    for parameter in query.parameters:
        typed = _plain(values.get(parameter.name, ""))
        if not typed or parameter.kind not in ("thing", "concept"):
            continue
        if _iri(now, parameter, values[parameter.name]) not in await offer.iris(parameter):
            offered = await offer.choices(parameter)
            named = {each.iri for each in offered if typed in map(_plain, each.label.values())}
            if len(named) == 1:
                found[parameter.name] = named.pop()
    return found


def _iri(now: Published, parameter: Parameter, value: str) -> str:
    try:
        return term(parameter, value, now.snapshot.names).value
    except BadParameter:  # a name, or a mistake, which `fill` tells
        return ""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


async def fill(now: Published, offer: Offer, query: Query, values: Mapping[str, str]) -> str:
    """The query's text with the `values` filled in. Raises BadParameter, also for a thing the graph does not hold."""
    text = query.fill(values, now.snapshot.names)
    for parameter in query.parameters:
        if parameter.name in values and parameter.kind in ("thing", "concept"):
            _must_exist(now, await offer.iris(parameter), query, parameter, values[parameter.name])
    return text


def _must_exist(now: Published, offered: Sequence[str], query: Query, parameter: Parameter, value: str) -> None:
    if _iri(now, parameter, value) in offered:
        return
    slugs = [iri.rpartition("/")[2] for iri in offered]
    near = difflib.get_close_matches(value.rpartition("/")[2], slugs, 3, 0.5) or sorted(slugs)[:3]
    kind = parameter.of.rpartition("#")[2] or "thing"
    raise BadParameter(
        parameter.name,
        f"{parameter.name!r} names no {kind} of this graph: {value!r}. "
        f"Near it: {', '.join(near)}. All {len(slugs)} stand at /queries/{query.name} in the form.",
    )
