"""SPARQL 1.1 Graph Store HTTP Protocol, the part that reads: the name of a graph in, all that stands in it out."""

from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.errors import BadQuery
from gdb_graph.formats import GRAPHS
from gdb_graph.web import lost, parameters
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, all_of, published, respond
from gdb_graph.web.problems import Problem
from gdb_graph.web.rdf import wanted
from gdb_graph.web.signposts import forms, signposted

_DEFAULT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
# The graphs that have a better page than that of a graph.
_PAGES = {"ontology": "/ontology", "shapes": "/shapes", "queries": "/queries"}


async def graphs(request: Request) -> Response:
    """`/graphs?graph=IRI` and `/graphs?default` (4.2, indirect identification), as RDF."""
    now, pairs = published(request), parameters.in_address(request)
    named, default = parameters.values(pairs, "graph"), parameters.values(pairs, "default")
    if len(named) + len(default) != 1:
        raise BadQuery("Name one graph: either `graph` with its IRI, or `default`.")
    text = _DEFAULT if default else _all_of(now, _absolute(named[0]))
    return await respond(request, now, Asked(text, parameters.acceptable(request, pairs)))


async def graph(request: Request) -> Response:
    """`/graph/{name}`, the graph's own IRI (4.1, direct identification), or a form of it by suffix; or its page."""
    now, asked = published(request), request.path_params["name"]
    name, _, suffix = asked.rpartition(".")
    name, suffix = (name, suffix) if suffix in GRAPHS else (asked, "")
    iri, path = now.snapshot.names.graph(name), f"/graph/{quote(name)}"
    triples = now.snapshot.manifest["counts"]["graphs"].get(iri)
    if triples is None:
        return await lost.answer(request, now, iri, name)
    of, media_type = forms(request.app.state.base_url, iri, path, path), wanted(request, suffix)
    if media_type != HTML:
        response = await respond(request, now, Asked(all_of(iri), media_type))
    elif leads_to := _PAGES.get(name) or (f"/page/{quote(name)}" if name.startswith("src-") else ""):
        address = Links(request.app.state.base_url, now.snapshot.names).absolute(leads_to)
        return signposted(request, now, of, "", RedirectResponse(address, 303, {"Vary": "Accept"}))
    else:
        pages: Pages = request.app.state.pages
        response = pages.show(request, now, "graph", called=name, count=triples, forms=of)
    return signposted(request, now, of, of.at(media_type), response)


def _absolute(iri: str) -> str:
    """The IRI, which must be absolute (4.2). Raises BadQuery where it is not."""
    try:
        return ox.NamedNode(iri).value
    except ValueError as error:
        raise BadQuery(f"{iri!r} names no graph: it is not an absolute IRI ({error}).") from error


def _all_of(now: Published, iri: str) -> str:
    """The query for a graph. Raises Problem (404) where there is none."""
    if iri not in now.snapshot.manifest["counts"]["graphs"]:
        raise Problem(404, "not-found", f"There is no graph <{iri}>. The description of /sparql names all.")
    return all_of(iri)
