"""SPARQL 1.1 Graph Store HTTP Protocol, the part that reads: the name of a graph in, all that stands in it out."""

from urllib.parse import quote

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import GRAPH
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.errors import BadQuery
from gdb_graph.web import parameters
from gdb_graph.web.links import Links
from gdb_graph.web.parts import accepted, all_of, published, respond, wants_html
from gdb_graph.web.problems import Problem

_DEFAULT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


async def graphs(request: Request) -> Response:
    """`/graphs?graph=IRI` and `/graphs?default` (4.2, indirect identification), as RDF."""
    now, pairs = published(request), parameters.in_address(request)
    named, default = parameters.values(pairs, "graph"), parameters.values(pairs, "default")
    if len(named) + len(default) != 1:
        raise BadQuery("Name one graph: either `graph` with its IRI, or `default`.")
    text = _DEFAULT if default else _all_of(now, _absolute(named[0]))
    return await respond(request, now, Asked(text, parameters.acceptable(request, pairs)))


async def graph(request: Request) -> Response:
    """`/graph/{name}`, the graph's own IRI (4.1, direct identification); browsers get the page of its source."""
    now, name = published(request), request.path_params["name"]
    text, html = _all_of(now, now.snapshot.names.graph(name)), wants_html(request, [*GRAPH])
    if html and name.startswith("src-"):
        links = Links(request.app.state.base_url, now.snapshot.names)
        return RedirectResponse(links.absolute(f"/page/{quote(name)}"), 303, {"Vary": "Accept"})
    return await respond(request, now, Asked(text, "text/turtle" if html else accepted(request)))


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
