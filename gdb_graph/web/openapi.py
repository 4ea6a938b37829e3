"""The OpenAPI description: what FastAPI knows of the routes, and one path for each curated query with its types."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.formats import NAMES, TABLES
from gdb_graph.queryfile import Parameter, Query
from gdb_graph.web.lists.plan import plans
from gdb_graph.web.openapi_explore import explored
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import published, wants_html

_PROBLEM = {
    "description": "What is wrong and what to do",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_SCHEMAS = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "parameter": {"type": "string", "description": "the parameter at fault"},
            "line": {"type": "integer", "description": "where in the query, counted from 1"},
            "column": {"type": "integer", "description": "where in that line, counted from 1"},
        },
    }
}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "description": "of a snapshot"}
_VERSIONS = {
    "/snapshots": ("the snapshots that can be asked, the latest first: HTML or JSON",),
    "/changes": ("what changed between two snapshots: HTML, JSON or RDF Patch", "since", "until", "format", "page"),
    "/changes.atom": ("the latest snapshots as an Atom feed, with what changed in each",),
    "/cite": ("how to cite: HTML, BibTeX or CSL-JSON", "snapshot", "iri", "query", "format"),
}
_LISTS = {
    f"/{plan.name}": (
        f"{plan.title['en'].lower()}, with facets: HTML, JSON or CSV; a facet may be given several times",
        *(each.name for each in plan.filters),
        *("q", "sort", "page", "format"),
    )
    for plan in plans().values()
}
_OLDER = {
    "/snapshots/{id}/queries": "the curated queries that a snapshot was built with: HTML or JSON",
    "/snapshots/{id}/queries/{name}": "the answer of that snapshot to one of them, in the formats of /queries/{name}",
}
_SPARQL: dict[str, Any] = {
    "summary": "SPARQL 1.1 Protocol, query part",
    "parameters": [
        {
            "name": "query",
            "in": "query",
            "schema": {"type": "string"},
            "description": "one SPARQL 1.1 query; without it: the service description",
        },
        {
            "name": "default-graph-uri",
            "in": "query",
            "schema": {"type": "array", "items": {"type": "string", "format": "uri"}},
            "explode": True,
        },
        {
            "name": "named-graph-uri",
            "in": "query",
            "schema": {"type": "array", "items": {"type": "string", "format": "uri"}},
            "explode": True,
        },
        {
            "name": "format",
            "in": "query",
            "schema": {"type": "string"},
            "description": f"a media type, or {', '.join(NAMES)}; goes before Accept",
        },
        {
            "name": "labels",
            "in": "query",
            "schema": {"type": "string"},
            "description": "languages with commas, such as de,en: a SELECT gets columns with the labels of its IRIs, "
            "`x` is followed by `xDe` and `xEn`",
        },
    ],
    "responses": {
        "200": {"description": "the whole answer"},
        **dict.fromkeys(("400", "406", "422", "503", "504"), _PROBLEM),
    },
}
_EXPLAIN = {
    "summary": "why a query has no rows: the pattern that removed the last, unknown terms, texts in other languages",
    "parameters": _SPARQL["parameters"][:3],
}
_FILES = {
    "/dumps/": "all snapshots that can be taken away, the newest first",
    "/dumps/latest/{name}": "leads to a file of the published snapshot",
    "/dumps/{id}/": "the files of a snapshot with sizes and SHA-256; as JSON: manifest.json",
    "/dumps/{id}/{name}": "a file of a snapshot, whole or in ranges",
    "/tables/": "all tables: a page, or a table group (CSV on the Web)",
    "/tables/{name}": "a table (.csv), or its description (.csv-metadata.json)",
}


_TEXT = {"name": "q", "in": "query", "schema": {"type": "string"}, "description": "any text"}
_LANG = {"name": "lang", "in": "query", "schema": {"type": "string", "enum": ["de", "en"]}}
_SEARCH = {
    "summary": "full-text search: things by their names, abbreviations, former names and descriptions",
    "parameters": [
        _TEXT,
        {"name": "type", "in": "query", "schema": {"type": "string"}, "description": "a class: its IRI or last part"},
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}},
        {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["html", "json"]}},
        _LANG,
    ],
    "responses": {"200": {"description": "HTML or JSON"}, **dict.fromkeys(("406", "422", "503"), _PROBLEM)},
}
_SUGGEST = {
    "summary": "names that a text may become, as OpenSearch Suggestions",
    "parameters": [_TEXT, _LANG],
    "responses": {"200": {"description": "text, names, what they are, addresses"}, "503": _PROBLEM},
}


def description(request: Request) -> Mapping[str, Any]:
    """The whole OpenAPI 3.1 document."""
    now = published(request)
    paths: dict[str, Any] = {"/sparql": {"get": _SPARQL}}
    paths["/snapshots/{id}/sparql"] = {"get": _SPARQL | {"parameters": [_ID, *_SPARQL["parameters"]]}}
    paths["/sparql/explain"] = {"get": _SPARQL | _EXPLAIN}
    paths["/sparql/terms"] = {
        "get": {
            "summary": "prefixes, classes and properties, for completion in an editor",
            "parameters": [_LANG],
            "responses": {"200": {"description": "JSON"}, "503": _PROBLEM},
        }
    }
    paths |= {path: {"get": _file(path, summary)} for path, summary in _OLDER.items()}
    paths["/queries"] = {
        "get": {"summary": "all curated queries", "responses": {"200": {"description": "HTML or JSON"}}}
    }
    paths |= {f"/queries/{query.name}": {"get": _operation(query)} for query in now.queries.values()}
    paths |= {"/search": {"get": _SEARCH}, "/search/suggest": {"get": _SUGGEST}}
    paths |= explored(_PROBLEM)
    paths["/id/{slug}"] = {"get": _thing()}
    paths |= {path: {"get": _file(path, summary)} for path, summary in _FILES.items()}
    paths |= {path: {"get": _versioned(*told)} for path, told in (_VERSIONS | _LISTS).items()}
    paths |= {
        f"/{name}": {"get": {"summary": text, "responses": {"200": {"description": "ok"}, "503": _PROBLEM}}}
        for name, text in (("healthz", "alive"), ("readyz", "ready to answer"))
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": now.snapshot.manifest["title"].get("en", "gdb-graph"),
            "version": now.snapshot.id,
            "description": now.snapshot.manifest["description"].get("en", ""),
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": request.app.state.base_url}],
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }


def _operation(query: Query) -> Mapping[str, Any]:
    formats: Mapping[str, Any] = {media_type: {} for media_type in ["text/html", *TABLES.values()]}
    return {
        "operationId": query.name,
        "summary": query.summary["en"],
        "description": query.description.get("en", ""),
        "tags": list(query.tags),
        "parameters": [_parameter(each) for each in query.parameters] + [_format()],
        "responses": {
            "200": {"description": query.summary["en"], "content": formats},
            "406": _PROBLEM,
            "422": _PROBLEM,
            "503": _PROBLEM,
            "504": _PROBLEM,
        },
    }


def _parameter(parameter: Parameter) -> Mapping[str, Any]:
    schema: dict[str, Any] = {
        "type": "integer" if parameter.kind == "integer" else "string",
        "default": int(parameter.default_text) if parameter.kind == "integer" else parameter.default_text,
    }
    description = parameter.label["en"]
    if parameter.kind in ("thing", "concept"):
        description += "; a full IRI, or its last part"
    if parameter.of:
        schema["x-of"] = parameter.of
    return {"name": parameter.name, "in": "query", "required": False, "description": description, "schema": schema}


def _format() -> Mapping[str, Any]:
    return {
        "name": "format",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "enum": ["html", *TABLES]},
    }


def _versioned(summary: str, *parameters: str) -> Mapping[str, Any]:
    listed = [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in parameters]
    return {"summary": summary, "parameters": listed, "responses": {"200": {"description": "ok"}, "404": _PROBLEM}}


def _thing() -> Mapping[str, Any]:
    slug = {
        "name": "slug",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "example": "pilot-smart-water",
    }
    return {
        "summary": "a thing: 303 to its page or its data",
        "parameters": [slug],
        "responses": {"303": {"description": "see Location"}, "404": _PROBLEM},
    }


def _file(path: str, summary: str) -> Mapping[str, Any]:
    return {
        "summary": summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", path)
        ],
        "responses": {"302": {"description": "see Location"}} if "/latest/" in path else {"200": {"description": "ok"}},
    }


async def openapi(request: Request) -> Response:
    """`/openapi.json`."""
    return JSONResponse(description(request))


async def docs(request: Request) -> Response:
    """`/docs`: the same as a page."""
    pages: Pages = request.app.state.pages
    if not wants_html(request, ["application/json"]):
        return JSONResponse(description(request), headers={"Vary": "Accept"})
    return pages.show(request, published(request), "docs", api=description(request))
