"""Every IRI of ours answers: `/id/{slug}` by 303 to its page or its data; lists directly."""

from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import GRAPH
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.errors import NotAcceptable
from gdb_graph.formats import GRAPHS, TABLES
from gdb_graph.negotiation import best
from gdb_graph.terms import GDB, VOCABULARY
from gdb_graph.web.describe import describe, description
from gdb_graph.web.entities.page import entity
from gdb_graph.web.entities.stated import by_thing
from gdb_graph.web.links import Links
from gdb_graph.web.lists.plan import plans
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, accepted, language, published, respond, select, wants_html
from gdb_graph.web.problems import Problem

# What the answer to the query behind a table is offered as.
FORMATS = {name: called for name, called in (("xlsx", "Excel (XLSX)"), ("csv", "CSV")) if name in TABLES}


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
    classes = await _must_exist(now, iri, shown)
    pages: Pages = request.app.state.pages
    lang = language(request)
    if request.query_params.get("view") != "statements":
        told = await entity(now, iri, classes, lang, pages.text(lang))
        if told:
            stated = await by_thing(now, iri) if told.kind.is_source else None
            return pages.show(
                request, now, "entity", it=told, stated=stated, lists=plans(), queries=now.queries, formats=FORMATS
            )
    return pages.show(request, now, "thing", thing=await describe(now, iri), completeness=f"{GDB}completeness")


async def _must_exist(now: Published, iri: str, shown: str) -> frozenset[str]:
    """The classes of a thing. Raises Problem (404) for one that has none."""
    classes = await _classes(now, iri)
    if not classes:
        raise Problem(
            404,
            "not-found",
            f"There is nothing named {shown!r} in this graph. Ask /search, /queries or /sparql for what there is.",
        )
    return classes


async def _classes(now: Published, iri: str) -> frozenset[str]:
    try:
        node = ox.NamedNode(iri)
    except ValueError:  # not an IRI, so nobody has that name
        return frozenset()
    return frozenset(row["kind"].value for row in (await select(now, f"SELECT ?kind WHERE {{ {node} a ?kind }}"))[1])
