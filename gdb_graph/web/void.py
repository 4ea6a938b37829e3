"""`/.well-known/void`: the VoID description of the snapshot, with what only a service knows: endpoint and files."""

from collections.abc import Iterator

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdb_graph.catalog import reading
from gdb_graph.catalog.model import Catalogue
from gdb_graph.catalog.say import literal, nodes, plain, say
from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.errors import CatalogueError
from gdb_graph.terms import DCT, FOAF, RDF, VOID
from gdb_graph.web.links import Links
from gdb_graph.web.parts import HTML, published, whole
from gdb_graph.web.rdf import in_order, respond, wanted

_VOID = """
CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}
  UNION {{ VALUES ?s {{ <{dataset}> }} ?s ?p ?o }}
  UNION {{ <{dataset}> <http://purl.org/dc/terms/temporal>|<http://purl.org/dc/terms/creator> ?s . ?s ?p ?o }}
}}
"""


async def void(request: Request) -> Response:
    """The description as RDF; people are led to the home page."""
    now = published(request)
    media_type = wanted(request)
    if media_type == HTML:
        links = Links(request.app.state.base_url, now.snapshot.names)
        return RedirectResponse(links.absolute("/"), 303, {"Vary": "Accept"})
    return respond(now, await description(request, now), media_type)


async def description(request: Request, now: Published) -> list[ox.Triple]:
    """All that is told of the dataset, in order."""
    names = now.snapshot.names
    text = _VOID.format(graph=names.graph("void"), dataset=names.base)
    answer = await whole(await now.run(Asked(text, "application/n-triples", own=True)))
    triples = [quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)]
    return in_order([*triples, *_of_service(request, now)])


def _of_service(request: Request, now: Published) -> Iterator[ox.Triple]:
    base, dataset = request.app.state.base_url, now.snapshot.names.base
    yield from say(
        dataset, {f"{VOID}sparqlEndpoint": nodes([f"{base}/sparql"]), f"{FOAF}homepage": nodes([f"{base}/"])}
    )
    try:
        it = reading.catalogue(now.snapshot.manifest, request.app.state.settings)
    except CatalogueError:  # then there are no files to point at
        return
    yield from _of_catalogue(it, dataset)


def _of_catalogue(it: Catalogue, dataset: str) -> Iterator[ox.Triple]:
    graph = next(each for each in it.datasets if each.name == "graph")
    yield from say(
        dataset,
        {
            f"{VOID}dataDump": nodes(each.url for each in graph.distributions if not each.service),
            f"{DCT}modified": literal(graph.modified, "dateTime"),
            f"{DCT}publisher": nodes([it.publisher.iri]),
        },
    )
    agent = {f"{RDF}type": nodes([f"{FOAF}Agent"]), f"{FOAF}name": plain(it.publisher.name)}
    yield from say(it.publisher.iri, agent)
