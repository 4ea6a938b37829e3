"""A query in, those of its terms that the graph does not hold out, with what may be meant instead."""

import asyncio
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from gdb_graph.engine.answer import Published
from gdb_graph.engine.patterns import Parts
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.engine.tokens import placed
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.rows import Cell, Row, read
from gdb_graph.terms import XSD
from gdb_graph.web.parts import JSON_RESULTS, select, whole

_MOST_TERMS, _MOST_NEAR = 100, 3
_DATATYPES = ("string", "integer", "decimal", "date", "gYear", "gYearMonth", "dateTime", "boolean", "anyURI")
# Shapes and the like stand in named graphs alone.
_KNOWN = """
SELECT ?term WHERE {{ VALUES ?term {{ {terms} }} FILTER(
  EXISTS {{ ?term ?p ?o }} || EXISTS {{ ?s ?term ?o }} || EXISTS {{ ?s ?p ?term }}
  || EXISTS {{ GRAPH ?g {{ ?term ?p ?o }} }} || EXISTS {{ GRAPH ?g {{ ?s ?term ?o }} }}
  || EXISTS {{ GRAPH ?g {{ ?s ?p ?term }} }} || EXISTS {{ GRAPH ?term {{ ?s ?p ?o }} }}
) }}
"""
_ALIKE = """
SELECT DISTINCT ?term WHERE {{
  {{ ?term ?p ?o }} UNION {{ ?s ?term ?o }} UNION {{ ?s ?p ?term }} UNION {{ GRAPH ?term {{ }} }}
  FILTER(isIRI(?term) && STRSTARTS(STR(?term), {namespace}))
}}
"""
_LITERALS = "SELECT ?term WHERE {{ VALUES ?term {{ {terms} }} FILTER EXISTS {{ ?s ?p ?term }} }}"


@dataclass(frozen=True, slots=True)
class Near:
    """An IRI that may be meant, and its label in each language."""

    iri: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unknown:
    """An IRI that the graph does not hold: as the query writes it, in which line, and what is like it."""

    text: str
    iri: str
    line: int
    near: tuple[Near, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A text that the graph holds with another language or type alone."""

    text: str
    line: int
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    text: str
    line: int
    value: ox.NamedNode | ox.Literal


async def unknown(now: Published, query: Query, parts: Parts) -> tuple[Unknown, ...]:
    """The IRIs of the query that the graph does not hold. Raises GraphError."""
    terms = [each for each in _terms(query, parts) if isinstance(each.value, ox.NamedNode)]
    if not terms:
        return ()
    _, rows = await select(now, _KNOWN.format(terms=" ".join({str(each.value) for each in terms})))
    known = {row["term"].value for row in rows}
    strangers = {each.value.value: each for each in reversed(terms) if each.value.value not in known}
    return tuple(
        [
            Unknown(each.text, iri, each.line, await _near(now, query, iri))
            for iri, each in sorted(strangers.items(), key=lambda item: item[1].line)
        ]
    )


async def _near(now: Published, query: Query, iri: str) -> tuple[Near, ...]:
    """Known IRIs like this one: in its own namespace, by their last parts."""
    namespace, local = re.fullmatch(r"(.*[/#:])?(.*)", iri, re.DOTALL).groups(default="")  # type: ignore[union-attr]
    asked = _ALIKE.format(namespace=str(ox.Literal(namespace)))
    answer = await now.run(replace(query, query=asked, accept=JSON_RESULTS, labels=(), notes=(), first=0))
    _, rows = read(await whole(answer))
    found = {row["term"].value.removeprefix(namespace): row["term"].value for row in rows}
    folded = {name.lower(): name for name in found}
    names = await asyncio.to_thread(difflib.get_close_matches, local.lower(), list(folded), _MOST_NEAR, 0.6)
    return await _labelled(now, [found[folded[name]] for name in names])


async def _labelled(now: Published, iris: Sequence[str]) -> tuple[Near, ...]:
    if not iris:
        return ()
    text = f"SELECT ?term {{ VALUES ?term {{ {' '.join(str(ox.NamedNode(iri)) for iri in iris)} }} }}"
    body = await whole(await now.run(Query(text, JSON_RESULTS, labels=LANGUAGES, own=True)))
    _, rows = read(body)
    return tuple(Near(row["term"].value, _labels(row)) for row in rows)


def _labels(row: Row) -> Mapping[str, str]:
    columns = {code: f"term{code.capitalize()}" for code in LANGUAGES}
    return {code: row[column].value for code, column in columns.items() if column in row}


async def literals(now: Published, query: Query, parts: Parts) -> tuple[Literal, ...]:
    """The texts of the query that the graph holds with another language or type alone. Raises GraphError."""
    terms = [each for each in _terms(query, parts) if isinstance(each.value, ox.Literal)]
    if not terms:
        return ()
    variants = {each.text: _variants(each.value) for each in terms if isinstance(each.value, ox.Literal)}
    asked = {str(term) for group in variants.values() for term in group} | {str(each.value) for each in terms}
    _, rows = await select(now, _LITERALS.format(terms=" ".join(sorted(asked))))
    known = {_text(row["term"]) for row in rows}
    found: dict[str, Literal] = {}
    for each in terms:
        instead = tuple(str(term) for term in variants[each.text] if str(term) in known)
        if instead and str(each.value) not in known:
            found.setdefault(each.text, Literal(each.text, each.line, instead))
    return tuple(found.values())


def _text(cell: Cell) -> str:
    if cell.language or not cell.datatype:
        return str(ox.Literal(cell.value, language=cell.language or None))
    return str(ox.Literal(cell.value, datatype=ox.NamedNode(cell.datatype)))


def _variants(literal: ox.Literal) -> Sequence[ox.Literal]:
    text = literal.value
    typed = [ox.Literal(text, datatype=ox.NamedNode(XSD + name)) for name in _DATATYPES]
    tagged = [ox.Literal(text, language=code) for code in LANGUAGES]
    return [each for each in (*tagged, *typed) if each != literal]


def _terms(query: Query, parts: Parts) -> Sequence[_Term]:
    """The IRIs and texts that stand in the patterns, but not as a function or a datatype."""
    found = []
    for pattern in parts.patterns:
        tokens = list(placed(pattern.text))
        for number, (kind, text, at) in enumerate(tokens):
            after = tokens[number + 1][1] if number + 1 < len(tokens) else ""
            after_that = tokens[number + 2][1] if number + 2 < len(tokens) else ""
            before = [each[1] for each in tokens[max(0, number - 2) : number]]
            line = query.query.count("\n", 0, max(0, pattern.at)) + pattern.text.count("\n", 0, at) + 1
            if kind in ("iri", "name"):
                if before != ["^", "^"] and before[-1:] != ["_"] and not (after == "(" and pattern.kind == "filter"):
                    found.append((text.rstrip("."), line))
            elif kind in ("string", "long"):
                if after.startswith("@"):
                    text += after
                elif (after, after_that) == ("^", "^") and number + 3 < len(tokens):
                    text += f"^^{tokens[number + 3][1]}"
                found.append((text, line))
    return _resolved(query, parts.prologue, list(dict.fromkeys(found))[:_MOST_TERMS])


def _resolved(query: Query, prologue: str, found: Sequence[tuple[str, int]]) -> Sequence[_Term]:
    """The terms by the prefixes of the query; Turtle shares these, and the terms."""
    terms = []
    for text, line in found:
        try:
            statement = f"{prologue} <a:a> <a:b> {text} ."
            (quad,) = ox.parse(statement, format=ox.RdfFormat.TURTLE, base_iri=query.base or None)
        except (SyntaxError, ValueError):
            continue
        if isinstance(quad.object, (ox.NamedNode, ox.Literal)):
            terms.append(_Term(text, line, quad.object))
    return terms
