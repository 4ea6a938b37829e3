"""A query whose answer may be a spreadsheet in, that answer with a sheet of notes out: what, when, from where."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sheet import Notes
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.formats import SHEETS
from gdb_graph.terms import DCT, VOID
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import language, respond, select, varies

_LICENCE = f"SELECT ?licence {{ ?dataset <{VOID}uriSpace> ?space ; <{DCT}license> ?licence }} ORDER BY ?licence LIMIT 1"


def wants_notes(accept: str | None) -> bool:
    """Whether the answer may be a spreadsheet, the one format with room for more than rows."""
    return accept is not None and SHEETS["xlsx"] in accept


async def with_notes(request: Request, now: Published, query: Query, told: Notes = ()) -> Response:
    """The answer to `query`; a spreadsheet has a second sheet that says what is `told` of it, and where it is from."""
    response = await respond(request, now, replace(query, notes=await _notes(request, now, query.query, told)))
    response.headers["Vary"] = varies(request)
    return response


async def _notes(request: Request, now: Published, query: str, told: Notes) -> Notes:
    """What is `told` of the question, then snapshot, licence, address and the query itself, line by line."""
    lang = language(request)
    pages: Pages = request.app.state.pages
    text = pages.text(lang)
    manifest = now.snapshot.manifest
    _, licences = await select(now, _LICENCE)
    links = Links(request.app.state.base_url, now.snapshot.names)
    query_string = request.url.query
    return [
        *told,
        [text["note_dataset"], manifest["title"].get(lang, "")],
        [text["snapshot"], now.snapshot.id],
        [text["note_created"], manifest["created"]],
        *([text["note_licence"], row["licence"].value] for row in licences),
        [text["note_address"], links.absolute(request.scope["path"] + (f"?{query_string}" if query_string else ""))],
        *(["SPARQL" if number == 0 else "", line] for number, line in enumerate(query.splitlines())),
    ]
