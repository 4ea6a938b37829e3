"""Every IRI of ours answers: `/id/{slug}` by 303 to its page or its data; lists directly."""

from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import GRAPH
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.errors import NotAcceptable
from gdb_graph.formats import GRAPHS
from gdb_graph.negotiation import best
from gdb_graph.terms import GDB, VOCABULARY
from gdb_graph.web.describe import describe, description
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, accepted, published, respond, select, wants_html
from gdb_graph.web.problems import Problem


async def identifier(request: Request) -> Response:
    """A thing's IRI is not a document: 303 to the document the client likes (`/page/…` or `/data/…`)."""
    now, slug = published(request), request.path_params["slug"]
    await _must_exist(now, now.snapshot.names.thing(slug), slug)
    suffix = _preferred(request)
    path = f"/page/{quote(slug)}" if suffix == "html" else f"/data/{quote(slug)}.{suffix}"
    return RedirectResponse(
        Links(request.app.state.base_url, now.snapshot.names).absolute(path), 303, {"Vary": "Accept"}
    )


def _preferred(request: Request) -> str:
    chosen = best(accepted(request), (*GRAPH, HTML))
    if chosen is None:
        raise NotAcceptable(f"None of these is accepted: {HTML}, {', '.join(GRAPH)}.")
    return next((suffix for suffix, media_type in GRAPHS.items() if media_type == chosen), "html")


async def page(request: Request) -> Response:
    """The page of a thing."""
    now, slug = published(request), request.path_params["slug"]
    return await _page(request, now, now.snapshot.names.thing(slug), slug)


async def data(request: Request) -> Response:
    """The description of a thing as RDF, in the format of the suffix."""
    now = published(request)
    slug, _, suffix = request.path_params["slug"].rpartition(".")
    if suffix not in GRAPHS:
        raise Problem(404, "not-found", f"There is no format {suffix!r}. There are: {', '.join(GRAPHS)}.")
    iri = now.snapshot.names.thing(slug)
    await _must_exist(now, iri, slug)
    return await respond(request, now, Asked(description(iri), GRAPHS[suffix]))


async def concept(request: Request) -> Response:
    """A concept scheme or one of its concepts, as page or RDF."""
    now, path = published(request), request.path_params["path"]
    iri = VOCABULARY + path
    await _must_exist(now, iri, path)
    if wants_html(request, [*GRAPH]):
        return await _page(request, now, iri, path)
    return await respond(request, now, Asked(description(iri), accepted(request)))


async def _page(request: Request, now: Published, iri: str, shown: str) -> Response:
    await _must_exist(now, iri, shown)
    pages: Pages = request.app.state.pages
    return pages.show(request, now, "thing", thing=await describe(now, iri), completeness=f"{GDB}completeness")


async def _must_exist(now: Published, iri: str, shown: str) -> None:
    if not await _exists(now, iri):
        raise Problem(
            404,
            "not-found",
            f"There is nothing named {shown!r} in this graph. Ask /search, /queries or /sparql for what there is.",
        )


async def _exists(now: Published, iri: str) -> bool:
    try:
        node = ox.NamedNode(iri)
    except ValueError:  # not an IRI, so nobody has that name
        return False
    return bool((await select(now, f"SELECT ?kind WHERE {{ {node} a ?kind }} LIMIT 1"))[1])
