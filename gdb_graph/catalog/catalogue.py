"""A catalogue in, its description by DCAT-AP 3.0.1 and DCAT-AP.de 3.0 out: triples, sorted, without blank nodes.

Specification: https://www.dcat-ap.de/def/dcatde/3.0/spec/. Nothing is inferred, and nothing but the datasets is
typed dcat:Dataset: a portal takes in whatever is typed so.
"""

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from gdb_graph.catalog.agents import agents
from gdb_graph.catalog.dataset import dataset
from gdb_graph.catalog.lists import AVAILABLE, DATA_THEMES, licence
from gdb_graph.catalog.model import Catalogue, Dataset
from gdb_graph.catalog.say import Values, literal, nodes, refer, say, texts
from gdb_graph.catalog.service import service
from gdb_graph.terms import DCAT, DCATAP, DCT, FOAF, HYDRA, RDF


def whole(it: Catalogue, datasets: Sequence[Dataset], page: str = "", next_page: str = "") -> list[ox.Triple]:
    """The catalogue with the given ones of its datasets, each complete with the agents it names.

    `page` is the address of this page where there are several, `next_page` that of the next or "" (Hydra).
    """
    triples = [*_catalogue(it, datasets), *agents(it)]
    for each in it.services:
        triples += service(each, it)
    for one in datasets:
        triples += dataset(one, it)
    if page:
        view: dict[str, Values] = {
            f"{RDF}type": ox.NamedNode(f"{HYDRA}PartialCollectionView"),
            f"{HYDRA}next": nodes([next_page]),
        }
        triples += say(page, view)
    return _in_order(triples)


def alone(it: Dataset, of: Catalogue) -> list[ox.Triple]:
    """One dataset, complete with the agents and the services it names."""
    named = {each.service for each in it.distributions}
    services = [triple for each in of.services if each.iri in named for triple in service(each, of)]
    return _in_order([*dataset(it, of), *agents(of), *services])


def _in_order(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    return sorted(set(triples), key=str)


def _catalogue(it: Catalogue, datasets: Sequence[Dataset]) -> Iterator[ox.Triple]:
    share = it.coverage
    yield from say(
        it.iri,
        {
            f"{RDF}type": ox.NamedNode(f"{DCAT}Catalog"),
            f"{DCT}title": texts(it.title),
            f"{DCT}description": texts(it.description),
            f"{DCT}publisher": ox.NamedNode(it.publisher.iri),
            f"{DCT}issued": literal(it.issued, "date"),
            f"{DCT}modified": literal(it.modified, "dateTime"),
            f"{DCAT}dataset": nodes(each.iri for each in datasets),
            f"{DCAT}service": nodes(each.iri for each in it.services),
            f"{DCAT}themeTaxonomy": ox.NamedNode(DATA_THEMES),
            f"{DCATAP}availability": ox.NamedNode(AVAILABLE),
        },
    )
    yield from refer(it.iri, f"{FOAF}homepage", [it.homepage], f"{FOAF}Document")
    yield from refer(it.iri, f"{DCT}license", [licence(share.license)[0]], f"{DCT}LicenseDocument")
    yield from refer(it.iri, f"{DCT}language", share.languages, f"{DCT}LinguisticSystem")
    yield from refer(it.iri, f"{DCT}spatial", share.places, f"{DCT}Location")
