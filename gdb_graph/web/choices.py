"""What a parameter may be: the things or concepts the graph holds for it; also tells what was meant by a wrong one."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdb_graph.engine.answer import Published
from gdb_graph.errors import BadParameter
from gdb_graph.queryfile import Parameter, Query, term
from gdb_graph.rows import Row
from gdb_graph.web.parts import select

_CHOICES = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?choice (SAMPLE(?german) AS ?de) (SAMPLE(?english) AS ?en) WHERE {{
  {pattern}
  OPTIONAL {{ ?choice skos:prefLabel ?german FILTER(LANG(?german) = "de") }}
  OPTIONAL {{ ?choice skos:prefLabel ?english FILTER(LANG(?english) = "en") }}
}} GROUP BY ?choice ORDER BY LCASE(?de) ?choice
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a parameter may have."""

    iri: str
    label: Mapping[str, str]


async def choices(now: Published, parameter: Parameter) -> Sequence[Choice]:
    """All values of a thing or concept parameter, by German label; empty for the other kinds."""
    pattern = _pattern(now, parameter)
    if not pattern:
        return ()
    _, rows = await select(now, _CHOICES.format(pattern=pattern))
    return [Choice(row["choice"].value, _label(row)) for row in rows]


def _pattern(now: Published, parameter: Parameter) -> str:
    if parameter.kind == "concept":
        scheme = f"<{parameter.of}>" if parameter.of else "?scheme"
        return f"?choice skos:inScheme {scheme} ."
    if parameter.kind == "thing":
        kind = f"<{parameter.of}>" if parameter.of else "?class"
        return f'?choice a {kind} . FILTER(STRSTARTS(STR(?choice), "{now.snapshot.names.instances}"))'
    return ""


def _label(row: Row) -> Mapping[str, str]:
    german = row["de"].value if "de" in row else row["choice"].value
    return {"de": german, "en": row["en"].value if "en" in row else german}


async def meant(now: Published, query: Query, values: Mapping[str, str]) -> dict[str, str]:
    """The `values` with the IRI in place of a name, where one thing alone among the choices has it."""
    found = dict(values)
    for parameter in query.parameters:
        typed = _plain(values.get(parameter.name, ""))
        if typed and parameter.kind in ("thing", "concept"):
            named = {it.iri for it in await choices(now, parameter) if typed in map(_plain, it.label.values())}
            if len(named) == 1:
                found[parameter.name] = named.pop()
    return found


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


async def fill(now: Published, query: Query, values: Mapping[str, str]) -> str:
    """The query's text with the `values` filled in. Raises BadParameter, also for a thing the graph does not hold."""
    text = query.fill(values, now.snapshot.names)
    for parameter in query.parameters:
        if parameter.name in values and parameter.kind in ("thing", "concept"):
            await _must_exist(now, query, parameter, values[parameter.name])
    return text


async def _must_exist(now: Published, query: Query, parameter: Parameter, value: str) -> None:
    offered = await choices(now, parameter)
    iri = term(parameter, value, now.snapshot.names).value
    if any(choice.iri == iri for choice in offered):
        return
    slugs = {choice.iri.rpartition("/")[2]: choice for choice in offered}
    near = difflib.get_close_matches(value.rpartition("/")[2], slugs, 3, 0.5) or list(slugs)[:3]
    kind = parameter.of.rpartition("#")[2] or "thing"
    raise BadParameter(
        parameter.name,
        f"{parameter.name!r} names no {kind} of this graph: {value!r}. "
        f"Near it: {', '.join(near)}. All {len(slugs)} stand at /queries/{query.name} in the form.",
    )
