"""A query from a browser in, a page out: the editor with the query, and its answer or what is wrong with it.

Without scripts it is a form; `static/editor.js` makes an editor of it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from gdb_graph import formats, queryfile
from gdb_graph.engine import faults
from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import BINDINGS
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.errors import BadQuery, GraphError
from gdb_graph.rows import Shown, read, table
from gdb_graph.web.diagnosis import Diagnosis, diagnose
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import CLIENT_LEFT, JSON_RESULTS, language, published, while_connected, whole
from gdb_graph.web.problems import Told, noted, tell
from gdb_graph.web.topics import by_topic

SHOWN = 500
_PREFIXED = ("gdb", "gdbi", "skos")
_EXAMPLE = """SELECT ?pilot ?label
WHERE {
  ?pilot a gdb:PilotProject ;
         skos:prefLabel ?label .
}
ORDER BY ?label"""


@dataclass(frozen=True, slots=True)
class Result:
    """What a page shows of an answer: a table, or a text in Turtle, true or false; `more` if that is not all of it."""

    columns: Sequence[str] = ()
    lines: Sequence[Sequence[Shown]] = ()
    text: str = ""
    formats: Sequence[str] = field(default_factory=tuple)
    is_table: bool = False
    more: bool = False
    why: Diagnosis | None = None


async def blank(request: Request) -> Response:
    """The editor with an example, or with the curated query that `example` names."""
    now = published(request)
    example = now.queries.get(request.query_params.get("example", ""))
    prefixes = now.snapshot.names.prefixes()
    declared = "\n".join(f"PREFIX {name}: <{prefixes[name]}>" for name in _PREFIXED)
    return _show(request, now, bare(example.text) if example else f"{declared}\n\n{_EXAMPLE}\n")


async def answered(request: Request, now: Published, query: Query) -> Response:
    """The editor with the query and the answer to it; what is wrong with it has the status that programs get."""
    try:
        seconds: float = request.app.state.settings.query_seconds
        result = await while_connected(request, _result(now, query, language(request), seconds))
    except GraphError as error:
        told = tell(error)
        response = _show(request, now, query.query, told=told, fault=_fault(error, query.query, now))
        response.headers.update({**told.headers, **noted(request, told.kind)})
        return response
    if result is None:
        return Response(status_code=CLIENT_LEFT)
    return _show(request, now, query.query, result=result)


def bare(text: str) -> str:
    """A query file without its header: what an editor shows."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"


async def _result(now: Published, query: Query, lang: str, seconds: float) -> Result:
    accept = f"{JSON_RESULTS}, text/turtle;q=0.5"
    answer = await now.run(replace(query, accept=accept, labels=queryfile.LANGUAGES, first=SHOWN + 1))
    body = await whole(answer)
    if answer.content_type not in BINDINGS:
        triples = sum(1 for _ in ox.parse(body, format=ox.RdfFormat.TURTLE))
        return Result(text=body.decode(), formats=tuple(formats.GRAPHS), more=triples > SHOWN)
    if b'"boolean"' in body[:100]:
        return Result(text=str(json.loads(body)["boolean"]).lower(), formats=("json", "xml"))
    variables, rows = read(body)
    columns, lines = table(variables, rows[:SHOWN], lang)
    why = None if rows else await diagnose(now, query, seconds)
    return Result(columns, lines, formats=tuple(formats.TABLES), is_table=True, more=len(rows) > SHOWN, why=why)


def _fault(error: GraphError, query: str, now: Published) -> Mapping[str, Any]:
    """Where in the query the error is, and in what words it is told; empty where it is nowhere in particular."""
    if not isinstance(error, BadQuery) or not error.line:
        return {}
    lines = query.splitlines()
    found = faults.find(query, now.snapshot.names.prefixes())
    return {
        "line": error.line,
        "column": error.column,
        "text": lines[error.line - 1] if error.line <= len(lines) else "",
        "kind": found.kind if found else "",
        "values": found.values if found else (),
    }


def _show(
    request: Request,
    now: Published,
    query: str,
    *,
    result: Result | None = None,
    told: Told | None = None,
    fault: Mapping[str, Any] | None = None,
) -> Response:
    pages: Pages = request.app.state.pages
    response = pages.show(
        request,
        now,
        "sparql",
        endpoint=request.scope["path"],
        text=query,
        formats=formats.NAMES,
        examples=by_topic(now.queries.values(), pages.text(language(request))),
        result=result,
        told=told,
        fault=fault or {},
        shown=SHOWN,
    )
    response.status_code = told.status if told else 200
    return response
