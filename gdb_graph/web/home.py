"""The home page: what this is, how much of what there is, and all ways in; for machines the VoID description."""

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.answer import Published
from gdb_graph.rows import Shown, table
from gdb_graph.web import void
from gdb_graph.web.lists.items import Lists
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, language, published, select
from gdb_graph.web.rdf import respond, wanted

# Curated queries that the page shows, where the content has them; of the second only the first rows.
PILOTS, GAPS = "pilots", "not-known"
MOST_GAPS = 5


async def home(request: Request) -> Response:
    """`/`: a page, or RDF."""
    now = published(request)
    media_type = wanted(request)
    if media_type != HTML:
        return respond(now, await void.description(request, now), media_type)
    lang = language(request)
    lists: Lists = request.app.state.lists
    pages: Pages = request.app.state.pages
    return pages.show(
        request,
        now,
        "home",
        counts=[(each.plan, len(each.items)) for each in await lists.all(now)],
        pilots=await _answer(now, PILOTS, lang),
        gaps=await _answer(now, GAPS, lang),
        most_gaps=MOST_GAPS,
        queries=now.queries,
    )


async def _answer(now: Published, name: str, lang: str) -> list[dict[str, Shown]]:
    """The rows of a curated query by column; none where the content has no such query."""
    if name not in now.queries:
        return []
    columns, rows = table(*await select(now, now.queries[name].text), lang)
    return [dict(zip(columns, row, strict=True)) for row in rows]
