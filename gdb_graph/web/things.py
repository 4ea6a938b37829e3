"""Every IRI of ours answers: `/id/{slug}` by 303 to its page or its data; lists directly."""

from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.formats import GRAPHS, TABLES
from gdb_graph.terms import GDB, VOCABULARY
from gdb_graph.web import lost, schema_org
from gdb_graph.web.describe import describe
from gdb_graph.web.document import document
from gdb_graph.web.entities.page import entity
from gdb_graph.web.entities.stated import by_thing
from gdb_graph.web.links import Links
from gdb_graph.web.lists.plan import plans
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, language, published, select
from gdb_graph.web.problems import Problem
from gdb_graph.web.rdf import wanted
from gdb_graph.web.signposts import Forms, forms, signposted


def _forms(request: Request, now: Published, slug: str) -> Forms:
    iri = now.snapshot.names.thing(slug)
    return forms(request.app.state.base_url, iri, f"/page/{quote(slug)}", f"/data/{quote(slug)}")


# What the answer to the query behind a table is offered as.
FORMATS = {name: called for name, called in (("xlsx", "Excel (XLSX)"), ("csv", "CSV")) if name in TABLES}


async def identifier(request: Request) -> Response:
    """A thing's IRI is not a document: 303 to the document the client likes (`/page/…` or `/data/…`)."""
    now, slug = published(request), request.path_params["slug"]
    of = _forms(request, now, slug)
    if not await _classes(now, of.iri):
        return await lost.answer(request, now, of.iri, slug)
    address = of.at(wanted(request))
    return signposted(request, now, of, "", RedirectResponse(address, 303, {"Vary": "Accept"}))


async def page(request: Request) -> Response:
    """The page of a thing."""
    now, slug = published(request), request.path_params["slug"]
    return await _page(request, now, _forms(request, now, slug), slug)


async def data(request: Request) -> Response:
    """The description of a thing as RDF, in the format of the suffix."""
    now = published(request)
    slug, _, suffix = request.path_params["slug"].rpartition(".")
    if suffix not in GRAPHS:
        raise Problem(404, "not-found", f"There is no format {suffix!r}. There are: {', '.join(GRAPHS)}.")
    of = _forms(request, now, slug)
    if not await _classes(now, of.iri):
        return await lost.answer(request, now, of.iri, slug)
    return await document(request, now, of, GRAPHS[suffix])


async def concept(request: Request) -> Response:
    """A concept scheme or one of its concepts, as page or RDF, by suffix or by Accept; all lists without a name."""
    now, path = published(request), request.path_params["path"]
    if not path:
        links = Links(request.app.state.base_url, now.snapshot.names)
        return RedirectResponse(links.absolute("/graph/vocab"), 303)
    name, _, suffix = path.rpartition(".")
    name, suffix = (name, suffix) if suffix in GRAPHS else (path, "")
    here = f"/vocab/{quote(name)}"
    of = forms(request.app.state.base_url, VOCABULARY + name, here, here)
    media_type = wanted(request, suffix)
    if media_type == HTML:
        return await _page(request, now, of, name)
    if not await _classes(now, of.iri):
        return await lost.answer(request, now, of.iri, name)
    return await document(request, now, of, media_type)


async def _page(request: Request, now: Published, of: Forms, shown: str) -> Response:
    classes = await _classes(now, of.iri)
    if not classes:
        return await lost.answer(request, now, of.iri, shown)
    response = await _show(request, now, of, classes)
    return signposted(request, now, of, of.page, response)


async def _show(request: Request, now: Published, of: Forms, classes: frozenset[str]) -> Response:
    """The page of its kind; that of its statements where there is none, or where it is asked for."""
    pages: Pages = request.app.state.pages
    lang = language(request)
    head = {"forms": of, "schema": await schema_org.described(now, of, classes, lang, request.app.state.base_url)}
    if request.query_params.get("view") != "statements":
        told = await entity(now, of.iri, classes, lang, pages.text(lang))
        if told:
            stated = await by_thing(now, of.iri) if told.kind.is_source else None
            values = head | {"it": told, "stated": stated, "lists": plans(), "queries": now.queries, "formats": FORMATS}
            return pages.show(request, now, "entity", **values)
    thing = await describe(now, of.iri)
    return pages.show(request, now, "thing", thing=thing, completeness=f"{GDB}completeness", **head)


async def _classes(now: Published, iri: str) -> frozenset[str]:
    try:
        node = ox.NamedNode(iri)
    except ValueError:  # not an IRI, so nobody has that name
        return frozenset()
    return frozenset(row["kind"].value for row in (await select(now, f"SELECT ?kind WHERE {{ {node} a ?kind }}"))[1])
