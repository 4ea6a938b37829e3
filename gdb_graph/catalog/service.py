"""One data service of a catalogue in, its description by DCAT-AP.de 3.0 out."""

from collections.abc import Iterator

import pyoxigraph as ox

from gdb_graph.catalog.agents import contact_points, keywords
from gdb_graph.catalog.lists import AVAILABLE, licence
from gdb_graph.catalog.model import Catalogue, Service
from gdb_graph.catalog.say import nodes, refer, say, texts
from gdb_graph.terms import DCAT, DCATAP, DCT, FOAF, RDF


def service(it: Service, of: Catalogue) -> Iterator[ox.Triple]:
    """The triples of one service."""
    share = of.coverage
    yield from say(
        it.iri,
        {
            f"{RDF}type": ox.NamedNode(f"{DCAT}DataService"),
            f"{DCT}title": texts(it.title),
            f"{DCT}description": texts(it.description),
            f"{DCT}publisher": ox.NamedNode(of.publisher.iri),
            f"{DCAT}contactPoint": contact_points(of),
            f"{DCAT}endpointURL": ox.NamedNode(it.endpoint),
            f"{DCAT}endpointDescription": ox.NamedNode(it.endpoint_description),
            f"{DCAT}servesDataset": nodes(it.serves),
            f"{DCAT}keyword": keywords(share),
            f"{DCAT}theme": nodes(share.themes),
            f"{DCATAP}availability": ox.NamedNode(AVAILABLE),
        },
    )
    yield from refer(it.iri, f"{DCT}conformsTo", [it.conforms_to], f"{DCT}Standard")
    yield from refer(it.iri, f"{DCT}license", [licence(share.license)[0]], f"{DCT}LicenseDocument")
    yield from refer(it.iri, f"{DCT}accessRights", [share.access], f"{DCT}RightsStatement")
    yield from refer(it.iri, f"{DCAT}landingPage", [it.page], f"{FOAF}Document")
