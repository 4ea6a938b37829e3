"""How a portal harvests: the gather loop of CKAN's DCAT harvester (ckanext-dcat 2.4, `dcat_rdf`) as it is in its code.

HEAD first, GET next, the format from Content-Type, all datasets of a page, the next page by Hydra; what is no longer
there is deleted; an error aborts and nothing is deleted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
import pyoxigraph as ox

from gdb_graph.terms import DCAT, DCT, HYDRA, RDF

TYPE = ox.NamedNode(f"{RDF}type")
PARSED = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
}
Fetch = Callable[[str, str], httpx.Response]
"""A method and an address in, the response out."""
Portal = Mapping[str, frozenset[ox.Triple]]
"""What a portal holds: for each dataset, by its IRI, all that is said of it and its distributions."""


class Aborted(Exception):
    """The harvest ends with an error; the portal keeps what it has."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a run does to a portal."""

    datasets: Portal
    added: frozenset[str]
    changed: frozenset[str]
    deleted: frozenset[str]


def over(client: httpx.Client) -> Fetch:
    """Fetch over HTTP as `requests` does: any media type, redirects followed by GET only."""

    def fetch(method: str, address: str) -> httpx.Response:
        return client.request(method, address, headers={"Accept": "*/*"}, follow_redirects=method == "GET")

    return fetch


def gather(fetch: Fetch, address: str, portal: Portal | None = None) -> Harvest:
    """Harvest from `address` into a portal that holds `portal`. Raises Aborted."""
    found: dict[str, frozenset[ox.Triple]] = {}
    media_type, first, next_page = "", b"", address
    while next_page:
        response = _content(fetch, next_page)
        # The type of the first page is taken for all.
        media_type = media_type or response.headers["Content-Type"].partition(";")[0]
        if first and response.content == first:
            break
        first = first or response.content
        page = _parsed(response.content, media_type)
        for dataset in page.quads_for_pattern(None, TYPE, ox.NamedNode(f"{DCAT}Dataset")):
            assert isinstance(dataset.subject, ox.NamedNode), "a dataset without an IRI"
            found[dataset.subject.value] = _described(page, dataset.subject)
        next_page = _next(page)
    before = portal or {}
    return Harvest(
        found,
        frozenset(found.keys() - before.keys()),
        frozenset(iri for iri in found.keys() & before.keys() if found[iri] != before[iri]),
        frozenset(before.keys() - found.keys()),
    )


def _content(fetch: Fetch, address: str) -> httpx.Response:
    head = fetch("HEAD", address)
    if head.status_code in (400, 405):
        head = fetch("GET", address)
    if not head.is_success:
        raise Aborted(f"{head.status_code} for HEAD {address}")
    assert int(head.headers.get("Content-Length", 0)) < 50 * 1024 * 1024
    response = fetch("GET", address)
    if not response.is_success:
        raise Aborted(f"{response.status_code} for GET {address}")
    response.content.decode("utf-8")
    return response


def _parsed(content: bytes, media_type: str) -> ox.Store:
    page = ox.Store()
    try:
        # A type that is not known is read as RDF/XML.
        page.load(content, format=PARSED.get(media_type, ox.RdfFormat.RDF_XML))
    except SyntaxError as error:
        raise Aborted(str(error)) from error
    return page


def _next(page: ox.Store) -> str:
    for kind in ("PartialCollectionView", "PagedCollection"):
        for view in page.quads_for_pattern(None, TYPE, ox.NamedNode(f"{HYDRA}{kind}")):
            for name in ("next", "nextPage"):
                for quad in page.quads_for_pattern(view.subject, ox.NamedNode(f"{HYDRA}{name}"), None):
                    return str(quad.object.value)  # type: ignore[union-attr]
    return ""


def _described(page: ox.Store, dataset: ox.NamedNode) -> frozenset[ox.Triple]:
    """All that can be reached from a dataset on its own page: what a portal stores of it."""
    seen: set[ox.NamedNode] = set()
    todo, triples = [dataset], set[ox.Triple]()
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            for quad in page.quads_for_pattern(node, None, None):
                triples.add(quad.triple)
                if isinstance(quad.object, ox.NamedNode) and quad.predicate.value not in _OUTWARD:
                    todo.append(quad.object)
    return frozenset(triples)


_OUTWARD = {f"{RDF}type", f"{DCAT}accessService"}


def resources(dataset: frozenset[ox.Triple], iri: str) -> dict[str, dict[str, set[str]]]:
    """The distributions of a dataset by their IRIs, each with what is said of it."""
    listed = {
        each.object.value  # type: ignore[union-attr]
        for each in dataset
        if each.subject.value == iri and each.predicate.value == f"{DCAT}distribution"  # type: ignore[union-attr]
    }
    told: dict[str, dict[str, set[str]]] = {each: {} for each in listed}
    for triple in dataset:
        if triple.subject.value in listed:  # type: ignore[union-attr]
            said = told[triple.subject.value]  # type: ignore[union-attr]
            said.setdefault(triple.predicate.value, set()).add(triple.object.value)  # type: ignore[union-attr]
    return told


LICENCE = f"{DCT}license"
