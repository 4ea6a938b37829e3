"""The RDF of a thing: what is said of it, who says so and where, what names it by the page, and what it is called."""

from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DCT, FOAF, GDB, HYDRA, RDF, RDFS, SKOS, VOID, Names
from gdb_graph.web.document import ON_A_PAGE
from tests.conftest import Running
from tests.serving import PUBLIC_URL, ask_app, canonical, problem
from tests.test_signposts import LICENCE, linked
from tests.test_things import RDF_FORMATS, parsed

NAMES = Names()
THING = "pilot-kiezbox"
IRI = ox.NamedNode(NAMES.thing(THING))
NAMING = [ox.NamedNode(each) for each in (f"{SKOS}prefLabel", f"{RDFS}label", f"{DCT}title")]


def node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def loaded(response: httpx.Response) -> ox.Store:
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in parsed(response))
    return store


@pytest.fixture(scope="module")
def local(snapshot: Snapshot) -> ox.Store:
    """What the service holds, to compare with."""
    store = ox.Store()
    store.bulk_load(path=snapshot.quads, format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture
def document(service: Running) -> ox.Store:
    return loaded(service.client.get(f"/data/{THING}.nt"))


def objects(store: ox.Store, subject: str | ox.NamedNode, term: str) -> set[object]:
    of = node(subject) if isinstance(subject, str) else subject
    return {quad.object for quad in store.quads_for_pattern(of, node(term), None)}


def test_all_statements_are_those_of_the_graph(document: ox.Store, local: ox.Store, service: Running) -> None:
    """But for what is said of the document itself, nothing is made up."""
    ours = {
        quad.subject
        for quad in document
        if isinstance(quad.subject, ox.BlankNode) or str(quad.subject).startswith(f"<{service.url}")
    }
    about_graphs = node(f"{DCT}source")
    rest = [quad for quad in document if quad.subject not in ours and quad.predicate != about_graphs]
    assert len(rest) > 100
    assert [quad for quad in rest if quad not in local] == []


def test_everything_that_points_at_the_thing_is_there(document: ox.Store, local: ox.Store) -> None:
    evidence = {quad.subject for quad in local.quads_for_pattern(None, node(f"{RDF}type"), node(f"{GDB}Evidence"))}
    pointing = {
        quad.triple
        for quad in local.quads_for_pattern(None, None, IRI, ox.DefaultGraph())
        if quad.subject not in evidence
    }
    assert len(pointing) > 10
    assert {quad.triple for quad in document.quads_for_pattern(None, None, IRI)} >= pointing


def test_each_claim_tells_where_it_stands(document: ox.Store, local: ox.Store) -> None:
    """For each statement of the thing by a source there is a node with the graph, and from there the source."""
    told = {
        (document_object, property_, graph)
        for quad in document.quads_for_pattern(None, node(f"{RDF}subject"), IRI)
        for document_object in objects(document, quad.subject, f"{RDF}object")  # type: ignore[arg-type]
        for property_ in objects(document, quad.subject, f"{RDF}predicate")  # type: ignore[arg-type]
        for graph in objects(document, quad.subject, f"{DCT}isPartOf")  # type: ignore[arg-type]
    }
    left_out = {node(f"{RDF}type"), node(f"{GDB}hasEvidence")}
    stated = {
        (quad.object, quad.predicate, quad.graph_name)
        for quad in local.quads_for_pattern(IRI, None, None)
        if "/graph/src-" in str(quad.graph_name) and quad.predicate not in left_out
    }
    assert len(stated) > 10
    assert told == stated
    for graph in {graph for _, _, graph in told}:
        assert isinstance(graph, ox.NamedNode)
        source = NAMES.thing(graph.value.removeprefix(NAMES.graphs))
        assert objects(document, graph, f"{DCT}source") == {node(source)}
        assert objects(document, source, f"{DCT}title")


def test_each_piece_of_evidence_is_whole(document: ox.Store, local: ox.Store) -> None:
    """That of the thing, and that of the nodes that stand for its statements: source, place, certainty."""
    nodes = objects(document, IRI, f"{GDB}hasInvolvement") | objects(document, IRI, f"{GDB}hasStatusAssertion")
    assert nodes
    for each in [IRI, *nodes]:
        assert isinstance(each, ox.NamedNode)
        evidence = objects(document, each, f"{GDB}hasEvidence")
        assert evidence
        for piece in evidence:
            assert isinstance(piece, ox.NamedNode)
            stated = {quad.triple for quad in local.quads_for_pattern(piece, None, None, ox.DefaultGraph())}
            assert {quad.triple for quad in document.quads_for_pattern(piece, None, None)} == stated
            assert objects(document, piece, f"{GDB}fromSource")
            assert objects(document, piece, f"{GDB}confidence")


def test_all_that_has_a_label_is_called_by_it(document: ox.Store, local: ox.Store) -> None:
    occurring = {term for quad in document for term in quad.triple if isinstance(term, ox.NamedNode)}
    labels = {
        quad.triple
        for term in occurring
        for naming in NAMING
        for quad in local.quads_for_pattern(term, naming, None, ox.DefaultGraph())
    }
    assert len(labels) > 50
    assert [triple for triple in labels if ox.Quad(*triple) not in document] == []


def test_the_document_says_what_it_is(document: ox.Store, service: Running) -> None:
    page = f"{service.url}/page/{THING}"
    assert objects(document, page, f"{FOAF}primaryTopic") == {IRI}
    assert objects(document, page, f"{VOID}inDataset") == {node(NAMES.base)}
    assert objects(document, page, f"{DCT}license") == {node(LICENCE)}


def test_all_formats_say_the_same(service: Running) -> None:
    answers = [parsed(service.client.get(f"/data/{THING}.{suffix}")) for suffix in RDF_FORMATS]
    first, *others = (canonical(ox.Quad(*triple) for triple in triples) for triples in answers)
    assert [other == first for other in others] == [True] * len(others)


def test_its_bytes_do_not_change_from_time_to_time(service: Running) -> None:
    """Claims have no names, and the engine makes up those of nodes."""
    first, second = (
        service.client.get(f"/data/{THING}.ttl", headers={"Accept-Language": each}).content for each in ("de", "en")
    )
    assert first == second


def test_the_thing_comes_first(service: Running) -> None:
    lines = service.client.get(f"/data/{THING}.nt").text.splitlines()
    about = [line.startswith(f"<{IRI.value}> ") for line in lines]
    assert about == sorted(about, reverse=True)
    assert any(about)


# By the page

STAR = f"{NAMES.instances}star"


@pytest.fixture(scope="module")
def star() -> ox.Store:
    """A thing that two and a half pages of others point at."""
    store = ox.Store()
    store.load(f'<{STAR}> a <{SKOS}Concept> ; <{SKOS}prefLabel> "star"@en .'.encode(), format=ox.RdfFormat.TURTLE)
    for number in range(ON_A_PAGE * 5 // 2):
        store.add(ox.Quad(node(f"{NAMES.instances}x-{number:04}"), node(f"{SKOS}related"), node(STAR)))
    return store


def pointing(response: httpx.Response) -> list[str]:
    return sorted(str(triple.subject) for triple in parsed(response) if triple.predicate == node(f"{SKOS}related"))


def pages(star: ox.Store, suffix: str) -> Iterator[httpx.Response]:
    """All pages, by the Link header."""
    path = f"/data/star.{suffix}"
    while path:
        response = ask_app(path, star, {})
        yield response
        following = linked(response).get("next", [("", "")])[0][0]
        path = following.removeprefix(PUBLIC_URL)


@pytest.mark.parametrize("suffix", RDF_FORMATS)
def test_all_pages_together_hold_every_link_once(star: ox.Store, suffix: str) -> None:
    found = list(pages(star, suffix))
    assert [len(pointing(page)) for page in found] == [ON_A_PAGE, ON_A_PAGE, ON_A_PAGE // 2]
    together = [each for page in found for each in pointing(page)]
    assert len(set(together)) == len(together) == ON_A_PAGE * 5 // 2
    address = f"{PUBLIC_URL}/data/star.{suffix}"
    around = [
        {name: linked(page)[name][0][0] for name in ("first", "prev", "next") if name in linked(page)} for page in found
    ]
    assert around == [
        {"first": address, "next": f"{address}?page=2"},
        {"first": address, "prev": address, "next": f"{address}?page=3"},
        {"first": address, "prev": f"{address}?page=2"},
    ]
    for page, links in zip(found, around, strict=True):
        store = loaded(page)
        (view,) = store.quads_for_pattern(None, node(f"{RDF}type"), node(f"{HYDRA}PartialCollectionView"))
        stated = {
            name: objects(store, view.subject, f"{HYDRA}{term}")  # type: ignore[arg-type]
            for name, term in (("first", "first"), ("prev", "previous"), ("next", "next"))
        }
        assert {name: {node(each)} for name, each in links.items()} == {
            name: each for name, each in stated.items() if each
        }
    assert [len(objects(loaded(page), STAR, f"{RDF}type")) for page in found] == [1, 0, 0]


def test_what_fits_on_a_page_has_no_other(service: Running) -> None:
    response = service.client.get(f"/data/{THING}.ttl")
    assert not {"first", "prev", "next"} & {*linked(response)}
    assert HYDRA not in response.text


@pytest.mark.parametrize(
    ("page", "status", "kind"),
    [("4", 404, "not-found"), *((text, 422, "bad-parameter") for text in ("0", "-1", "x", "9" * 30, ""))],
)
def test_a_page_that_is_not_there_is_refused(star: ox.Store, page: str, status: int, kind: str) -> None:
    problem(ask_app(f"/data/star.ttl?page={page}", star, {}), status, kind)
