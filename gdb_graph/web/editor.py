"""An endpoint without a query: a form for browsers, the service description (SPARQL 1.1 SD) for machines."""

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import GRAPH
from gdb_graph.errors import NotAcceptable
from gdb_graph.negotiation import best
from gdb_graph.terms import RDF, VOID, XSD
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, accepted, published

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)
_EXAMPLE = """SELECT ?pilot ?label
WHERE {
  ?pilot a gdb:PilotProject ;
         skos:prefLabel ?label .
}
ORDER BY ?label"""


async def describe(request: Request) -> Response:
    """The form, or the description in the format the client likes."""
    now, endpoint = published(request), request.scope["path"]
    chosen = best(accepted(request), (*GRAPH, HTML))
    if chosen is None:
        raise NotAcceptable(f"None of these is accepted: {HTML}, {', '.join(GRAPH)}.")
    if chosen == HTML:
        pages: Pages = request.app.state.pages
        prefixes = now.snapshot.names.prefixes()
        wanted = "\n".join(f"PREFIX {name}: <{prefixes[name]}>" for name in ("gdb", "gdbi", "skos"))
        return pages.show(request, now, "sparql", endpoint=endpoint, text=f"{wanted}\n\n{_EXAMPLE}\n")
    format_, content_type = GRAPH[chosen]
    links = Links(request.app.state.base_url, now.snapshot.names)
    prefixes = {"sd": _SD, "void": VOID, "xsd": XSD}
    body = ox.serialize(service_description(now, links, endpoint), format=format_, prefixes=prefixes)
    return Response(body, headers={"Vary": "Accept", "X-Snapshot": now.snapshot.id}, media_type=content_type)


def service_description(now: Published, links: Links, endpoint: str) -> list[ox.Triple]:
    """What the endpoint at that path is: where, which language and formats, which dataset with how many triples."""
    service, dataset, default = (
        ox.NamedNode(links.absolute(endpoint)),
        ox.BlankNode("dataset"),
        ox.BlankNode("default"),
    )
    counts = now.snapshot.manifest["counts"]

    def sd(subject: ox.NamedNode | ox.BlankNode, term: str, value: ox.NamedNode | ox.BlankNode) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(_SD + term), value)

    def kind(subject: ox.NamedNode | ox.BlankNode, iri: str) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(f"{RDF}type"), ox.NamedNode(iri))

    def triples(subject: ox.BlankNode, count: int) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(f"{VOID}triples"), ox.Literal(count))

    described = [
        kind(service, f"{_SD}Service"),
        sd(service, "endpoint", service),
        sd(service, "supportedLanguage", ox.NamedNode(f"{_SD}SPARQL11Query")),
        *(sd(service, "resultFormat", ox.NamedNode(_FORMATS + name)) for name in _RESULTS),
        # Inferred triples are written out in the default graph; queries are answered without further entailment.
        sd(service, "defaultEntailmentRegime", ox.NamedNode("http://www.w3.org/ns/entailment/Simple")),
        sd(service, "defaultDataset", dataset),
        kind(dataset, f"{_SD}Dataset"),
        sd(dataset, "defaultGraph", default),
        kind(default, f"{_SD}Graph"),
        triples(default, counts["triples"]),
    ]
    for number, (name, count) in enumerate(counts["graphs"].items()):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        described += [
            sd(dataset, "namedGraph", named),
            kind(named, f"{_SD}NamedGraph"),
            sd(named, "name", ox.NamedNode(name)),
        ]
        described += [sd(named, "graph", graph), kind(graph, f"{_SD}Graph"), triples(graph, count)]
    return described
