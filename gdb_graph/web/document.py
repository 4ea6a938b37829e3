"""A thing in, the RDF that describes it out: its statements and their evidence, what names it, labels of what occurs.

What names a thing may be much, so it comes by the page; the document says where the next one is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.rows import Cell, Row
from gdb_graph.terms import DCT, FOAF, GDB, HYDRA, ORG, PROV, RDF, RDFS, SKOS, VOID
from gdb_graph.web import parameters
from gdb_graph.web.parts import select, whole
from gdb_graph.web.problems import Problem
from gdb_graph.web.rdf import in_order, links, respond
from gdb_graph.web.signposts import Forms, signposted

ON_A_PAGE = 200
_NARY = ("Involvement", "StatusAssertion", "FundingAllocation", "QuantityStatement", "MoneyStatement", "Evidence")
_NODES = ", ".join([*(f"<{GDB}{name}>" for name in _NARY), f"<{ORG}Membership>"])
_NAMING = f"<{SKOS}prefLabel> <{RDFS}label> <{DCT}title>"

# A node that stands for a statement belongs to the thing, and so does the evidence of the node. VALUES in place of
# FILTER costs seconds: it is joined too early.
_DESCRIPTION = f"""
CONSTRUCT {{{{ <{{iri}}> ?p ?o . ?node ?q ?r }}}} WHERE {{{{
  {{{{ <{{iri}}> ?p ?o }}}}
  UNION {{{{ <{{iri}}> ?first ?node . ?node a ?kind . FILTER(?kind IN ({_NODES})) ?node ?q ?r }}}}
  UNION {{{{
    <{{iri}}> ?first ?between . ?between a ?sort . FILTER(?sort IN ({_NODES}))
    ?between ?second ?node . ?node a ?kind . FILTER(?kind IN ({_NODES})) ?node ?q ?r
  }}}}
}}}}"""
_CLAIMS = f"""
SELECT ?property ?value ?graph WHERE {{{{
  GRAPH ?graph {{{{ <{{iri}}> ?property ?value }}}}
  FILTER(?property NOT IN (<{RDF}type>, <{GDB}hasEvidence>) && !isBlank(?value))
  FILTER EXISTS {{{{ ?graph <{PROV}wasDerivedFrom> ?snapshot }}}}
}}}}"""
_INCOMING = f"""
SELECT DISTINCT ?subject ?property WHERE {{{{
  ?subject ?property <{{iri}}> . FILTER(isIRI(?subject) && ?property != <{RDF}type>)
  FILTER NOT EXISTS {{{{ ?subject a <{GDB}Evidence> }}}}
}}}} ORDER BY ?property ?subject LIMIT {{limit}} OFFSET {{offset}}"""
_LABELS = f"""
CONSTRUCT {{{{ ?thing ?naming ?label }}}} WHERE {{{{
  VALUES ?thing {{{{ {{things}} }}}} VALUES ?naming {{{{ {_NAMING} }}}}
  ?thing ?naming ?label
}}}}"""


async def document(request: Request, now: Published, of: Forms, media_type: str) -> Response:
    """The description in a media type, `?page=` of it. Raises BadParameter, and Problem 404 past the last page.

    What describes the thing itself stands on the first page only.
    """
    page = parameters.page(request)
    of = of if page == 1 else replace(of, data={suffix: f"{each}?page={page}" for suffix, each in of.data.items()})
    incoming, has_next = await _incoming(now, of.iri, page)
    said = list(_arrows(of.iri, incoming))
    if page == 1:
        said += await _triples(now, _DESCRIPTION.format(iri=of.iri))
        said += _claims(now, of, (await select(now, _CLAIMS.format(iri=of.iri)))[1])
    elif not incoming:
        raise Problem(404, "not-found", f"There is no page {page} of this document.")
    here = of.at(media_type)
    around = _around(here.partition("?")[0], page, has_next)
    said += _of_document(now, of, here, around)
    said += await _triples(now, _LABELS.format(things=" ".join(sorted({*_named(said), *_NAMING.split()}))))
    triples = in_order(said)
    # People read it too: the thing comes first.
    triples.sort(key=lambda triple: triple.subject != ox.NamedNode(of.iri))
    response = respond(now, triples, media_type)
    response.headers.update({"Link": links([(each, rel) for rel, each in around.items()])} if around else {})
    return signposted(request, now, of, here, response)


async def _incoming(now: Published, iri: str, page: int) -> tuple[Sequence[Row], bool]:
    text = _INCOMING.format(iri=iri, limit=ON_A_PAGE + 1, offset=(page - 1) * ON_A_PAGE)
    found = (await select(now, text))[1]
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


def _around(address: str, page: int, has_next: bool) -> dict[str, str]:
    """Where the first page, the one before and the one after are, by the name of the relation; {} where all is one."""
    around = {"first": address} if page > 1 or has_next else {}
    around |= {"prev": address if page == 2 else f"{address}?page={page - 1}"} if page > 1 else {}
    return around | ({"next": f"{address}?page={page + 1}"} if has_next else {})


async def _triples(now: Published, text: str) -> list[ox.Triple]:
    answer = await whole(await now.run(Asked(text, "application/n-triples")))
    return [quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)]


def _arrows(iri: str, incoming: Iterable[Row]) -> Iterator[ox.Triple]:
    for row in incoming:
        yield ox.Triple(ox.NamedNode(row["subject"].value), ox.NamedNode(row["property"].value), ox.NamedNode(iri))


def _claims(now: Published, of: Forms, rows: Iterable[Row]) -> Iterator[ox.Triple]:
    """Each statement that a source makes, as a node that tells the graph, and so the source, in which it stands."""
    subject, names = ox.NamedNode(of.iri), now.snapshot.names
    claims: dict[tuple[ox.NamedNode, ox.NamedNode | ox.Literal], ox.BlankNode] = {}
    for row in rows:
        property_, value, graph = ox.NamedNode(row["property"].value), _term(row["value"]), row["graph"].value
        claim = claims.setdefault((property_, value), ox.BlankNode())
        yield ox.Triple(claim, ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{RDF}Statement"))
        yield ox.Triple(claim, ox.NamedNode(f"{RDF}subject"), subject)
        yield ox.Triple(claim, ox.NamedNode(f"{RDF}predicate"), property_)
        yield ox.Triple(claim, ox.NamedNode(f"{RDF}object"), value)
        yield ox.Triple(claim, ox.NamedNode(f"{DCT}isPartOf"), ox.NamedNode(graph))
        source = ox.NamedNode(names.thing(graph.removeprefix(names.graphs)))
        yield ox.Triple(ox.NamedNode(graph), ox.NamedNode(f"{DCT}source"), source)


def _term(cell: Cell) -> ox.NamedNode | ox.Literal:
    if cell.kind == "uri":
        return ox.NamedNode(cell.value)
    if cell.language:
        return ox.Literal(cell.value, language=cell.language)
    return ox.Literal(cell.value, datatype=ox.NamedNode(cell.datatype)) if cell.datatype else ox.Literal(cell.value)


def _named(said: Iterable[ox.Triple]) -> set[str]:
    """All IRIs that occur."""
    return {str(term) for triple in said for term in triple if isinstance(term, ox.NamedNode)}


def _of_document(now: Published, of: Forms, here: str, around: dict[str, str]) -> Iterator[ox.Triple]:
    """What it is about, to what it belongs, and between which pages it stands (Hydra)."""
    page, names = ox.NamedNode(of.page), now.snapshot.names
    yield ox.Triple(page, ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{FOAF}Document"))
    yield ox.Triple(page, ox.NamedNode(f"{FOAF}primaryTopic"), ox.NamedNode(of.iri))
    yield ox.Triple(page, ox.NamedNode(f"{VOID}inDataset"), ox.NamedNode(names.base))
    if licence := now.snapshot.manifest.get("dataset", {}).get("license"):
        yield ox.Triple(page, ox.NamedNode(f"{DCT}license"), ox.NamedNode(licence))
    if around:
        view = ox.NamedNode(here)
        yield ox.Triple(view, ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{HYDRA}PartialCollectionView"))
        for relation, term in (("first", "first"), ("prev", "previous"), ("next", "next")):
            if relation in around:
                yield ox.Triple(view, ox.NamedNode(f"{HYDRA}{term}"), ox.NamedNode(around[relation]))
