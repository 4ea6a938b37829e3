"""`/overview`: the strategy at a glance, as pictures drawn from curated queries; each a page with its table, or SVG."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from gdb_graph import queryfile
from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.pictures.gallery import OFFERS, Offer
from gdb_graph.pictures.model import Picture
from gdb_graph.pictures.reading import Said
from gdb_graph.pictures.words import short
from gdb_graph.queryfile import Query
from gdb_graph.rows import Row, read, table
from gdb_graph.web.connections import chosen_format
from gdb_graph.web.links import Links
from gdb_graph.web.pages import SECURITY, Pages
from gdb_graph.web.parts import HTML, JSON_RESULTS, language, published, varies, whole
from gdb_graph.web.problems import Problem
from gdb_graph.web.work import Work

FORMATS = {"svg": "image/svg+xml", "html": HTML}
FILES = ("csv", "xlsx")
# A longer table makes a page too heavy; the query has all rows.
MOST_ROWS = 500
_EVIDENCE = "evidence-of"


async def overview(request: Request) -> Response:
    """`/overview`: all pictures that can be drawn of what is published."""
    now = published(request)
    pages: Pages = request.app.state.pages
    offers = offered(now)
    related = dict.fromkeys(name for offer in offers for name in offer.related if name in now.queries)
    return pages.show(request, now, "overview", offers=offers, related=[now.queries[name] for name in related])


async def picture(request: Request) -> Response:
    """`/overview/{name}`: a page, or with `.svg`, `?format=svg` or such an Accept header the picture by itself."""
    now = published(request)
    name, _, suffix = request.path_params["name"].partition(".")
    # Who accepts anything gets a page: that is what is looked for here.
    chosen = suffix or (chosen_format(request, FORMATS) if _is_asked(request) else "html")
    offers = {each.name: each for each in offered(now)}
    if name not in offers or chosen not in FORMATS:
        near = queryfile.near(name, offers) if name not in offers else ""
        raise Problem(404, "not-found", f"There is no picture {name!r} as {chosen}.{near} All stand at /overview.")
    offer = offers[name]
    answer = await whole(await now.run(Asked(now.queries[offer.query].text, JSON_RESULTS, own=True)))
    # Reading and drawing are work of the processor: beside the event loop.
    work: Work = request.app.state.work
    return await work.do(_respond, request, now, offer, answer, chosen)


def offered(now: Published) -> Sequence[Offer]:
    """The pictures whose query is there."""
    return [each for each in OFFERS if each.query in now.queries]


def _is_asked(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "format" in request.query_params or FORMATS["svg"] in accept


def _respond(request: Request, now: Published, offer: Offer, answer: bytes, chosen: str) -> Response:
    pages: Pages = request.app.state.pages
    lang = language(request)
    query = now.queries[offer.query]
    variables, rows = read(answer)
    texts = pages.text(lang)
    headings = _headings(query, lang)
    drawn = offer.draw(rows, Said(lang, headings, texts))
    links = Links(request.app.state.base_url, now.snapshot.names, lang)
    if chosen == "svg":
        parts = urlsplit(request.app.state.base_url)
        headers = {"Vary": varies(request), "Content-Language": lang, "X-Snapshot": now.snapshot.id}
        written = _written(pages, offer, drawn, links, query, f"{parts.scheme}://{parts.netloc}")
        return Response(written, 200, SECURITY | headers, FORMATS["svg"])
    columns, lines = table(variables, rows[:MOST_ROWS], lang)
    return pages.show(
        request,
        now,
        "picture",
        offer=offer,
        query=query,
        drawn=drawn,
        svg=_written(pages, offer, drawn, links, query) if rows else "",
        told=_told(offer, drawn, texts),
        columns=columns,
        headings=headings,
        lines=[(line, _evidence(now, offer, row, links)) for line, row in zip(lines, rows, strict=False)],
        all_rows=len(rows),
        files=[*(f"/queries/{query.name}.{each}" for each in FILES), f"/overview/{offer.name}.svg"],
        related=[now.queries[each] for each in offer.related if each in now.queries],
        others=[each for each in offered(now) if each.name != offer.name],
    )


def _headings(query: Query, lang: str) -> Mapping[str, str]:
    return {name: str(stated.get(lang, name)) for name, stated in query.header.get("columns", {}).items()}


def _told(offer: Offer, drawn: Picture, texts: Mapping[str, str]) -> str:
    return texts[f"overview_told_{offer.name.replace('-', '_')}"].format(**drawn.facts)


def _written(pages: Pages, offer: Offer, drawn: Picture, links: Links, query: Query, origin: str = "") -> Markup:
    """The picture as SVG; with an `origin`, such as https://example.org, as a file by itself."""
    texts = pages.text(links.language)

    def address(things: Sequence[str]) -> str:
        path = links.iri(things[0]) if len(things) == 1 else connected(links, things, offer.hops)
        return path if path.startswith(("http:", "https:")) or not path else origin + path

    values: dict[str, Any] = {"title": short(query.summary[links.language]), "told": _told(offer, drawn, texts)}
    return pages.render(
        "picture.svg", lang=links.language, drawn=drawn, address=address, alone=bool(origin), origin=origin, **values
    )


def connected(links: Links, things: Sequence[str], hops: int) -> str:
    """Where it stands how two things are connected, with the sources of each step."""
    ends = [each.removeprefix(links.names.instances) for each in things]
    return links.path("/connections", **{"from": ends[0], "to": ends[1], "max_hops": str(hops)})


def _evidence(now: Published, offer: Offer, row: Row, links: Links) -> str:
    """Where the sources of a row stand; "" where there is no such page."""
    things = offer.backing(row)
    if len(things) == 2:
        return connected(links, things, offer.hops)
    if things and _EVIDENCE in now.queries:
        return links.path(f"/queries/{_EVIDENCE}", thing=things[0])
    return ""
