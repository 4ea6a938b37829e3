"""One dataset of a catalogue in, its description by DCAT-AP.de 3.0 with all its distributions out."""

from collections.abc import Iterator

import pyoxigraph as ox

from gdb_graph.catalog.agents import contact_points, keywords
from gdb_graph.catalog.distribution import distribution
from gdb_graph.catalog.lists import AVAILABLE
from gdb_graph.catalog.model import Catalogue, Dataset
from gdb_graph.catalog.say import literal, nodes, plain, refer, say, texts
from gdb_graph.terms import DCAT, DCATAP, DCATDE, DCT, FOAF, RDF, RDFS


def dataset(it: Dataset, of: Catalogue) -> Iterator[ox.Triple]:
    """The triples of one dataset and its distributions."""
    share = of.coverage
    yield from say(
        it.iri,
        {
            f"{RDF}type": ox.NamedNode(f"{DCAT}Dataset"),
            f"{DCT}title": texts(it.title),
            f"{DCT}description": texts(it.description),
            f"{DCT}identifier": plain(it.iri),
            f"{DCT}publisher": ox.NamedNode(of.publisher.iri),
            f"{DCAT}contactPoint": contact_points(of),
            f"{DCAT}keyword": keywords(share),
            f"{DCAT}theme": nodes(share.themes),
            f"{DCT}issued": literal(it.issued, "date"),
            f"{DCT}modified": literal(it.modified, "dateTime"),
            f"{DCAT}version": plain(it.version),
            f"{DCAT}distribution": nodes(each.iri for each in it.distributions),
            f"{DCATAP}availability": ox.NamedNode(AVAILABLE),
            f"{DCATDE}politicalGeocodingLevelURI": nodes([share.level]),
            f"{DCATDE}contributorID": nodes([share.contributor]),
        },
    )
    yield from refer(it.iri, f"{DCT}spatial", share.places, f"{DCT}Location")
    yield from refer(it.iri, f"{DCT}language", share.languages, f"{DCT}LinguisticSystem")
    yield from refer(it.iri, f"{DCT}accrualPeriodicity", [share.frequency], f"{DCT}Frequency")
    yield from refer(it.iri, f"{DCT}accessRights", [share.access], f"{DCT}RightsStatement")
    yield from refer(it.iri, f"{DCT}conformsTo", [it.conforms_to], f"{DCT}Standard")
    yield from refer(it.iri, f"{DCAT}landingPage", it.pages[:1], f"{FOAF}Document")
    yield from refer(it.iri, f"{FOAF}page", it.pages, f"{FOAF}Document")
    yield from _period(it, of)
    yield from _provenance(it)
    for each in it.distributions:
        yield from distribution(each, it, of)


def _period(it: Dataset, of: Catalogue) -> Iterator[ox.Triple]:
    start, end = of.coverage.start, of.coverage.end
    if start or end:
        period = f"{it.iri}#period"
        yield from refer(it.iri, f"{DCT}temporal", [period], f"{DCT}PeriodOfTime")
        yield from say(period, {f"{DCAT}startDate": literal(start, "date"), f"{DCAT}endDate": literal(end, "date")})


def _provenance(it: Dataset) -> Iterator[ox.Triple]:
    if it.provenance:
        statement = f"{it.iri}#provenance"
        yield from refer(it.iri, f"{DCT}provenance", [statement], f"{DCT}ProvenanceStatement")
        yield from say(statement, {f"{RDFS}label": texts(it.provenance)})
