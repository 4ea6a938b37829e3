"""The curated queries over HTTP: their catalogue, and the answer to one, as a page with its form or as data."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from gdb_graph.web.choices import Choice, Offer, fill, meant
from gdb_graph.web.links import Links
from gdb_graph.web.notes import wants_notes, with_notes
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import accepted, language, published, respond, select, wants_html, whole
from gdb_graph.web.problems import Problem
from gdb_graph.web.topics import by_topic, having
from gdb_graph.web.turning import PARAMETERS, turned
from gdb_graph.web.workbench import bare

NOT_PARAMETERS = ("format", "lang")
# So many choices are a list to look through; so many more complete what is typed; beyond that, names are typed.
_LISTED, _COMPLETED = 60, 2000


def home(request: Request) -> str:
    """Where the queries asked for stand: those of the current snapshot, or of the one that the address names."""
    id_ = request.path_params.get("id")
    return f"/snapshots/{id_}/queries" if id_ else "/queries"


async def catalogue(request: Request) -> Response:
    """All curated queries: a page, or JSON."""
    now = published(request)
    if wants_html(request, ["application/json"]):
        pages: Pages = request.app.state.pages
        sought = request.query_params.get("q", "").strip()
        found = having(now.queries.values(), sought)
        topics = by_topic(found, pages.text(language(request)))
        return pages.show(request, now, "queries", topics=topics, count=len(found), sought=sought, home=home(request))
    links = Links(request.app.state.base_url, now.snapshot.names)
    return JSONResponse(
        [_entry(query, links.absolute(home(request))) for query in now.queries.values()],
        headers={"Vary": "Accept", "X-Snapshot": now.snapshot.id},
    )


def _entry(query: Query, address: str) -> Mapping[str, Any]:
    return {
        "name": query.name,
        "url": f"{address}/{query.name}",
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
        raise Problem(404, "not-found", f"There is no query {name!r}.{near} All stand at {home(request)}.")
    accept = _accept(request, suffix)
    # A form sends every field; one left empty was not filled in.
    given = {name: value for name, value in request.query_params.items() if name not in NOT_PARAMETERS and value}
    turning = {name: given.pop(name) for name in PARAMETERS if accept is None and name in given}
    offer = Offer(now)
    values = await meant(now, offer, query, given)
    text = await fill(now, offer, query, values)
    if accept is None:
        fields = [await _field(now, offer, each, values, language(request)) for each in query.parameters]
        return await _page(request, now, query, text, values, turning, fields)
    asked = Asked(text, accept)
    if wants_notes(accept):
        return await with_notes(request, now, asked, _told(query, values, now, language(request)))
    return await respond(request, now, asked)


def _told(query: Query, values: Mapping[str, str], now: Published, lang: str) -> Sequence[Sequence[str]]:
    """What a spreadsheet says of its question: the question, its parameters, and what the columns are called."""
    headings = [(name, _heading(query, name, lang)) for name in query.header.get("columns", {})]
    return [
        [query.summary[lang]],
        *([text] for text in [query.description.get(lang, "")] if text),
        *([each.label[lang], _value(each, values, now)] for each in query.parameters),
        *([name, heading] for name, heading in headings),
    ]


def _accept(request: Request, suffix: str) -> str | None:
    """The media types wanted; None for a page."""
    asked = suffix or request.query_params.get("format", "")
    if asked == "html" or (not asked and wants_html(request, [*BINDINGS])):
        return None
    if asked and asked not in TABLES:
        raise NotAcceptable(f"There is no format {asked!r}. There are: html, {', '.join(TABLES)}.")
    return TABLES[asked] if asked else accepted(request) or "*/*"


async def _page(
    request: Request,
    now: Published,
    query: Query,
    text: str,
    values: Mapping[str, str],
    turning: Mapping[str, str],
    fields: "Sequence[Field]",
) -> Response:
    pages: Pages = request.app.state.pages
    lang = language(request)
    columns, lines, plain = await _shown(now, query, text, lang)
    shared = {name: queryfile.slug(value, now.snapshot.names) for name, value in values.items()}
    return pages.show(
        request,
        now,
        "query",
        home=home(request),
        query=query,
        text=text,
        sparql=bare(text),
        fields=fields,
        values=shared,
        headings={name: _heading(query, name, lang) for name in columns},
        sheet=turned(columns, lines, turning),
        plain=plain,
        formats=list(TABLES if query.form == "SELECT" else {}),
    )


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter as a form shows it: what it may be, if these are few enough to list, and what it is."""

    parameter: queryfile.Parameter
    choices: Sequence[Choice]
    value: str
    shown: str

    @property
    def is_list(self) -> bool:
        """Whether it is chosen from a list; else it is typed, and completed where there are choices."""
        return 0 < len(self.choices) <= _LISTED


async def _field(
    now: Published, offer: Offer, parameter: queryfile.Parameter, values: Mapping[str, str], lang: str
) -> Field:
    value = _value(parameter, values, now)
    if len(await offer.iris(parameter)) > _COMPLETED:
        return Field(parameter, (), value, queryfile.slug(value, now.snapshot.names))
    offered = await offer.choices(parameter)
    labels = Counter(choice.label[lang] for choice in offered)
    label = next((choice.label[lang] for choice in offered if choice.iri == value), value)
    # A name that two things have says too little.
    return Field(parameter, offered, value, label if labels[label] == 1 else value)


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
