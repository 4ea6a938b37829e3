"""The curated queries over HTTP: their catalogue, and the answer to one, as a page with its form or as data."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph import queryfile
from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import BINDINGS
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.errors import NotAcceptable
from gdb_graph.formats import TABLES
from gdb_graph.queryfile import Query
from gdb_graph.rows import Shown, table
from gdb_graph.web.choices import choices, fill
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import accepted, language, published, respond, select, wants_html, whole
from gdb_graph.web.problems import Problem

NOT_PARAMETERS = ("format", "lang")


async def catalogue(request: Request) -> Response:
    """All curated queries: a page, or JSON."""
    now = published(request)
    if wants_html(request, ["application/json"]):
        pages: Pages = request.app.state.pages
        return pages.show(request, now, "queries", queries=now.queries.values())
    links = Links(request.app.state.base_url, now.snapshot.names)
    return JSONResponse(
        [_entry(query, links) for query in now.queries.values()],
        headers={"Vary": "Accept", "X-Snapshot": now.snapshot.id},
    )


def _entry(query: Query, links: Links) -> Mapping[str, Any]:
    return {
        "name": query.name,
        "url": links.absolute(f"/queries/{query.name}"),
        "summary": query.summary,
        "description": query.description,
        "tags": query.tags,
        "parameters": [
            {
                "name": each.name,
                "type": each.kind,
                "of": each.of or None,
                "label": each.label,
                "default": each.default_text,
            }
            for each in query.parameters
        ],
        "sparql": query.text,
    }


async def one(request: Request) -> Response:
    """The answer to one curated query. The format: the suffix, else `?format=`, else the Accept header."""
    now = published(request)
    name, _, suffix = request.path_params["name"].partition(".")
    query = now.queries.get(name)
    if query is None:
        near = queryfile.near(name, now.queries)
        raise Problem(404, "not-found", f"There is no query {name!r}.{near} All stand at /queries.")
    values = _values(request)
    accept = _accept(request, suffix)
    if accept is None:
        return await _page(request, now, query, values)
    text = await fill(now, query, values)
    return await respond(request, now, Asked(text, accept))


def _values(request: Request) -> dict[str, str]:
    # A form sends every field; one left empty was not filled in.
    return {name: value for name, value in request.query_params.items() if name not in NOT_PARAMETERS and value}


def _accept(request: Request, suffix: str) -> str | None:
    """The media types wanted; None for a page."""
    asked = suffix or request.query_params.get("format", "")
    if asked == "html" or (not asked and wants_html(request, [*BINDINGS])):
        return None
    if asked and asked not in TABLES:
        raise NotAcceptable(f"There is no format {asked!r}. There are: html, {', '.join(TABLES)}.")
    return TABLES[asked] if asked else accepted(request) or "*/*"


async def _page(request: Request, now: Published, query: Query, values: Mapping[str, str]) -> Response:
    pages: Pages = request.app.state.pages
    text = await fill(now, query, values)
    lang = language(request)
    columns, lines, plain = await _shown(now, query, text, lang)
    return pages.show(
        request,
        now,
        "query",
        query=query,
        text=text,
        fields=[(each, await choices(now, each), _value(each, values, now)) for each in query.parameters],
        values=values,
        columns=columns,
        headings={name: _heading(query, name, lang) for name in columns},
        rows=lines,
        plain=plain,
        formats=list(TABLES if query.form == "SELECT" else {}),
    )


async def _shown(now: Published, query: Query, text: str, lang: str) -> tuple[list[str], list[list[Shown]], str]:
    """The columns and rows of a SELECT; of another form its answer as plain text."""
    if query.form == "SELECT":
        return *table(*await select(now, text), lang), ""
    answer = await now.run(Asked(text, "text/turtle, application/sparql-results+json"))
    body = await whole(answer)
    return [], [], body.decode() if query.form != "ASK" else str(json.loads(body)["boolean"]).lower()


def _heading(query: Query, name: str, lang: str) -> str:
    headings = query.header.get("columns", {})
    stated = headings.get(name) or headings.get(name + lang.capitalize()) or {}
    return str(stated.get(lang, name))


def _value(parameter: queryfile.Parameter, values: Mapping[str, str], now: Published) -> str:
    if parameter.name not in values:
        return parameter.default_text
    return queryfile.term(parameter, values[parameter.name], now.snapshot.names).value
