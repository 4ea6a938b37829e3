"""A request and its query in, what a spreadsheet tells about its rows on a second sheet out."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sheet import Notes
from gdb_graph.terms import DCT, VOID
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import language, select

_LICENCE = f"SELECT ?licence {{ ?dataset <{VOID}uriSpace> ?space ; <{DCT}license> ?licence }} ORDER BY ?licence LIMIT 1"


async def notes(request: Request, now: Published, query: str, told: Sequence[Sequence[str]] = ()) -> Notes:
    """What is `told` of the question, then address, snapshot, licence and the query itself, line by line.

    In the language of the request.
    """
    lang, pages = language(request), _pages(request)
    text: Mapping[str, str] = pages.text(lang)
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


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages
