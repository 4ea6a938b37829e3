"""Every IRI of ours can be looked up: things, concepts, graphs, the ontology; as a page and as data."""

from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import GDB, RDF, SKOS, VOCABULARY, Names
from tests.conftest import Running
from tests.serving import canonical, problem

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SLUG = "pilot-smart-water"
IRI = Names().thing(SLUG)
RDF_FORMATS = {
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    "jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
}
SUFFIXES = [pytest.param(suffix, id=suffix) for suffix in RDF_FORMATS]
SOURCE = "src-citylab-stadtgremium"


def parsed(response: httpx.Response) -> set[ox.Triple]:
    """The triples of a response, whatever its format."""
    assert response.status_code == 200, response.text
    kind = response.headers["Content-Type"].partition(";")[0]
    (format_,) = (each for media_type, each in RDF_FORMATS.values() if media_type == kind)
    return {quad.triple for quad in ox.parse(response.content, format=format_)}


def about(triples: set[ox.Triple], iri: str) -> set[ox.Triple]:
    return {each for each in triples if each.subject == ox.NamedNode(iri)}


@pytest.fixture(scope="module")
def local(snapshot: Snapshot) -> ox.Store:
    """What the service holds, to compare with."""
    store = ox.Store()
    store.bulk_load(path=snapshot.quads, format=ox.RdfFormat.N_QUADS)
    return store


def stated(store: ox.Store, iri: str) -> set[ox.Triple]:
    return {quad.triple for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph())}


# From the name to a document


@pytest.mark.parametrize(
    ("accept", "path"),
    [
        pytest.param("text/html", f"/page/{SLUG}", id="a page"),
        pytest.param(BROWSER["Accept"], f"/page/{SLUG}", id="a browser"),
        pytest.param("text/turtle", f"/data/{SLUG}.ttl", id="Turtle"),
        pytest.param("application/n-triples", f"/data/{SLUG}.nt", id="N-Triples"),
        pytest.param("application/rdf+xml", f"/data/{SLUG}.rdf", id="RDF/XML"),
        pytest.param("application/ld+json", f"/data/{SLUG}.jsonld", id="JSON-LD"),
        pytest.param("text/turtle;q=0.5, application/ld+json", f"/data/{SLUG}.jsonld", id="the higher q"),
        pytest.param("*/*", f"/data/{SLUG}.ttl", id="anything"),
    ],
)
def test_the_name_of_a_thing_leads_to_the_document_wanted(service: Running, accept: str, path: str) -> None:
    for method in ("GET", "HEAD"):
        response = service.client.request(method, f"/id/{SLUG}", headers={"Accept": accept})
        assert (response.status_code, response.headers["Location"]) == (303, service.url + path)
        assert "Accept" in response.headers["Vary"]
        assert service.client.request(method, path).status_code == 200


def test_a_name_in_no_format_is_406(client: httpx.Client) -> None:
    detail = problem(client.get(f"/id/{SLUG}", headers={"Accept": "image/png"}), 406, "not-acceptable")["detail"]
    assert "text/turtle" in detail


@pytest.mark.parametrize(
    "path",
    [
        "/id/nobody",
        "/page/nobody",
        "/data/nobody.ttl",
        "/data/pilot-smart-water.xyz",
        "/data/pilot-smart-water",
        "/vocab/role/nobody",
        "/vocab/nothing",
        "/graph/nothing",
        "/id/",
        "/id/a%3Eb",
        "/id/a%20b",
        "/id/a%00b",
        "/id/%FF",
        "/id/a%0Ab",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_404(client: httpx.Client, path: str) -> None:
    problem(client.get(path), 404, "not-found")
    page = client.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (404, "text/html")


# The documents


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_data_of_a_thing_hold_all_that_is_said_of_it(client: httpx.Client, local: ox.Store, suffix: str) -> None:
    response = client.get(f"/data/{SLUG}.{suffix}")
    assert response.headers["Content-Type"].partition(";")[0] == RDF_FORMATS[suffix][0]
    triples = parsed(response)
    assert about(triples, IRI) == stated(local, IRI)
    nodes = {each.object for each in triples if each.predicate == ox.NamedNode(f"{GDB}hasInvolvement")}
    assert nodes
    for node in nodes:
        assert isinstance(node, ox.NamedNode)
        assert about(triples, node.value) == stated(local, node.value)


def test_the_data_of_a_thing_name_what_they_point_at(client: httpx.Client) -> None:
    named = {
        each.subject for each in parsed(client.get(f"/data/{SLUG}.nt")) if each.predicate.value == f"{SKOS}prefLabel"
    }
    assert ox.NamedNode(f"{VOCABULARY}district/citywide") in named or len(named) > 5


@pytest.mark.parametrize(
    ("query", "accept_language", "lang"),
    [
        pytest.param("?lang=de", "en", "de", id="lang before the header, de"),
        pytest.param("?lang=en", "de", "en", id="lang before the header, en"),
        pytest.param("", "en-GB,en;q=0.9", "en", id="English of a region"),
        pytest.param("", "de-AT, en;q=0.9", "de", id="German of a region"),
        pytest.param("", "de;q=0.2, en;q=0.8", "en", id="the higher q"),
        pytest.param("", "fr, en;q=0.1", "en", id="French is not offered"),
        pytest.param("", "fr", "de", id="nothing offered fits"),
        pytest.param("", "*", "de", id="any"),
        pytest.param("", "", "de", id="none said"),
        pytest.param("?lang=fr", "en", "en", id="a lang that is not offered"),
    ],
)
def test_a_page_is_in_the_language_wanted(client: httpx.Client, query: str, accept_language: str, lang: str) -> None:
    response = client.get(f"/page/{SLUG}{query}", headers=BROWSER | {"Accept-Language": accept_language})
    assert response.headers["Content-Language"] == lang
    assert "Accept-Language" in response.headers["Vary"]
    assert f'<html lang="{lang}">' in response.text
    assert {"de": "Hauptnavigation", "en": "Main navigation"}[lang] in response.text


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("path", [f"/page/{SLUG}", "/vocab/role/lead"])
def test_a_page_is_headed_by_the_label(client: httpx.Client, local: ox.Store, path: str, lang: str) -> None:
    iri = IRI if path.startswith("/page") else f"{VOCABULARY}role/lead"
    labels = {
        quad.object.language: quad.object.value
        for quad in local.quads_for_pattern(
            ox.NamedNode(iri), ox.NamedNode(f"{SKOS}prefLabel"), None, ox.DefaultGraph()
        )
        if isinstance(quad.object, ox.Literal)
    }
    assert f"<h1><bdi>{labels[lang]}</bdi></h1>" in client.get(path, params={"lang": lang}, headers=BROWSER).text


def test_a_page_names_the_sources_of_a_statement(client: httpx.Client) -> None:
    page = client.get(f"/page/{SLUG}?view=statements", headers=BROWSER).text
    assert '<a href="/graph/src-' in page
    assert "abgeleitet" in page


# Lists, graphs, the ontology


def test_a_concept_answers_with_its_data(client: httpx.Client, local: ox.Store) -> None:
    iri = f"{VOCABULARY}role/lead"
    response = client.get("/vocab/role/lead", headers={"Accept": "text/turtle"})
    assert about(parsed(response), iri) == stated(local, iri)


@pytest.mark.parametrize(
    ("path", "name"),
    [(f"/graph/{name}", name) for name in (SOURCE, "curated", "inferred", "ontology", "provenance", "shapes")]
    + [("/ontology", "ontology"), ("/shapes", "shapes")],
)
def test_a_graph_answers_with_exactly_its_triples(client: httpx.Client, local: ox.Store, path: str, name: str) -> None:
    given = parsed(client.get(path, headers={"Accept": "application/n-triples"}))
    stated = local.quads_for_pattern(None, None, None, ox.NamedNode(Names().graph(name)))
    assert canonical(ox.Quad(*each) for each in given) == canonical(ox.Quad(*quad.triple) for quad in stated)
    assert given


def test_a_browser_is_led_from_a_source_graph_to_the_source(service: Running) -> None:
    response = service.client.get(f"/graph/{SOURCE}", headers=BROWSER)
    assert (response.status_code, response.headers["Location"]) == (303, f"{service.url}/page/{SOURCE}")
    assert service.client.get(urlsplit(response.headers["Location"]).path, headers=BROWSER).status_code == 200


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_ontology_page_has_a_place_for_every_class(client: httpx.Client, local: ox.Store, lang: str) -> None:
    page = client.get("/ontology", params={"lang": lang}, headers=BROWSER).text
    owl_class = ox.NamedNode("http://www.w3.org/2002/07/owl#Class")
    found = local.quads_for_pattern(None, ox.NamedNode(f"{RDF}type"), owl_class, ox.DefaultGraph())
    classes = [quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode)]
    ours = [iri.removeprefix(GDB) for iri in classes if iri.startswith(GDB)]
    assert len(ours) > 10
    assert [name for name in ours if f'id="{name}"' not in page] == []


def test_the_root_is_the_description_of_the_dataset(client: httpx.Client, snapshot: Snapshot) -> None:
    triples = parsed(client.get("/", headers={"Accept": "text/turtle"}))
    counted = ox.NamedNode("http://rdfs.org/ns/void#triples")
    assert any(each.predicate == counted for each in triples)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sparql",
        "/queries",
        "/queries/pilots",
        "/queries/pilots.csv",
        "/page/pilot-smart-water",
        "/data/pilot-smart-water.ttl",
        "/vocab/role/lead",
        "/graph/src-citylab-stadtgremium",
        "/ontology",
        "/shapes",
        "/docs",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/static/style.css",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_head_answers_like_get_without_a_body(client: httpx.Client, path: str, accept: str) -> None:
    got, head = (client.request(method, path, headers={"Accept": accept}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"] if got.content else True


# For those who run the service


def test_healthz_is_alive(client: httpx.Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


def test_readyz_names_the_snapshot(client: httpx.Client, snapshot: Snapshot) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready", "snapshot": snapshot.id})
    assert response.headers["Cache-Control"] == "no-store"
