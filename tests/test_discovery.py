"""How the service is discovered: robots.txt, the sitemap, the catalogue of interfaces, examples for editors."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph import queryfile
from gdb_graph.queryfile import Query
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import SH, SKOS, Names
from gdb_graph.web.discovery import MOST, divided
from tests.conftest import Running
from tests.offers import FULL, URL, manifest
from tests.serving import ask_app

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RFC9727 = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
# What the SPARQL editor of the Swiss Institute of Bioinformatics asks an endpoint for (sib-swiss/sparql-editor).
EXAMPLES = """
PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq
"""
DECLARED = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix
"""


def located(response: httpx.Response) -> list[str]:
    """The addresses in a sitemap or an index, each with the date it must have."""
    root = ElementTree.fromstring(response.content)
    for entry in root:
        assert re.match(r"\d{4}-\d\d-\d\dT", entry.findtext(f"{SITEMAP}lastmod") or "")
    return [entry.findtext(f"{SITEMAP}loc") or "" for entry in root]


def things(number: int) -> ox.Store:
    """A store of so many things with a name, and one without."""
    store, name = ox.Store(), ox.NamedNode(f"{SKOS}prefLabel")
    label = ox.Literal("x", language="de")
    iris = (ox.NamedNode(Names().thing(f"thing-{each:06}")) for each in range(number))
    store.bulk_extend(ox.Quad(iri, name, label) for iri in iris)
    store.add(ox.Quad(ox.NamedNode(Names().thing("nameless")), ox.NamedNode(f"{SKOS}note"), label))
    return store


def ask(path: str, store: ox.Store, queries: Mapping[str, Query] | None = None) -> httpx.Response:
    return ask_app(path, store, queries or {}, chosen=FULL, **manifest())


def test_the_sitemap_names_what_has_a_name_the_datasets_and_the_files() -> None:
    response = ask("/sitemap.xml", things(3))
    found = located(response)

    assert response.headers["Content-Type"].startswith("application/xml")
    assert {f"{URL}/page/thing-{each:06}" for each in range(3)} <= set(found)
    assert {f"{URL}/", f"{URL}/catalog", f"{URL}/datasets/tables", f"{URL}/tables/actors.csv"} <= set(found)
    assert f"{URL}/page/nameless" not in found
    assert len(found) == len(set(found))


@pytest.mark.slow
def test_more_pages_than_fit_into_one_sitemap_make_an_index() -> None:
    store = things(MOST + 1)
    index = ask("/sitemap.xml", store)
    first, second = located(index)
    pages = [located(ask(address.removeprefix(URL), store)) for address in (first, second)]

    assert ElementTree.fromstring(index.content).tag == f"{SITEMAP}sitemapindex"
    assert [first, second] == [f"{URL}/sitemap-1.xml", f"{URL}/sitemap-2.xml"]
    assert len(pages[0]) == MOST
    assert f"{URL}/page/thing-{MOST:06}" in pages[1]


@pytest.mark.parametrize("path", ["/sitemap-0.xml", "/sitemap-2.xml", "/sitemap-x.xml"])
def test_a_sitemap_that_is_not_there_is_not_found(path: str) -> None:
    assert ask(path, things(1)).status_code == 404


def test_the_only_sitemap_has_a_number_too() -> None:
    assert located(ask("/sitemap-1.xml", things(1))) == located(ask("/sitemap.xml", things(1)))


@pytest.mark.parametrize(("number", "most", "lengths"), [(0, 3, [0]), (3, 3, [3]), (4, 3, [3, 1]), (7, 3, [3, 3, 1])])
def test_addresses_are_divided(number: int, most: int, lengths: list[int]) -> None:
    assert [len(part) for part in divided(["a"] * number, most)] == lengths


def test_hostile_slugs_do_not_break_the_sitemap() -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode(Names().thing("a&b'c")), ox.NamedNode(f"{SKOS}prefLabel"), ox.Literal("x")))

    assert f"{URL}/page/a%26b%27c" in located(ask("/sitemap.xml", store))


def test_robots_may_read_all_but_answers_and_are_told_of_the_sitemap() -> None:
    lines = ask("/robots.txt", ox.Store()).text.splitlines()

    assert f"Sitemap: {URL}/sitemap.xml" in lines
    assert [line for line in lines if line.startswith("Disallow")] == [
        "Disallow: /strategy/sparql?",
        "Disallow: /strategy/queries/*?",
        "Disallow: /strategy/snapshots/*/",
    ]


def test_every_page_of_the_sitemap_answers(service: Running) -> None:
    addresses = located(service.client.get("/sitemap.xml"))

    pages = [address for address in addresses if "/page/" in address]
    assert len(pages) > 200
    for address in [*pages[:: len(pages) // 50], *(each for each in addresses if "/page/" not in each)]:
        response = service.client.head(address, headers={"Accept": "text/html"})
        assert response.status_code == 200, address


def test_each_interface_is_listed_with_what_describes_it(service: Running) -> None:
    response = service.client.get("/.well-known/api-catalog")
    here, *interfaces = response.json()["linkset"]

    assert response.headers["Content-Type"] == RFC9727
    assert here["anchor"] == f"{service.url}/.well-known/api-catalog"
    assert [each["href"] for each in here["item"]] == [each["anchor"] for each in interfaces]
    assert f"{service.url}/sparql" in [each["anchor"] for each in interfaces]
    for each in interfaces:
        for kind in ("service-desc", "service-doc"):
            for link in each[kind]:
                answer = service.client.get(link["href"], headers={"Accept": link["type"]})
                assert answer.status_code == 200
                if kind == "service-doc":
                    assert answer.headers["Content-Type"].startswith(link["type"])


def test_the_catalogue_of_interfaces_names_itself_to_head(client: httpx.Client) -> None:
    response = client.head("/.well-known/api-catalog")

    assert response.headers["Content-Type"] == RFC9727
    assert response.links["api-catalog"]["url"].endswith("/.well-known/api-catalog")


# Examples for SPARQL editors


def rows(store: ox.Store, query: str) -> Iterator[Sequence[str]]:
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        yield tuple(term.value for term in solution if isinstance(term, ox.NamedNode | ox.Literal))


@pytest.fixture(scope="module")
def described(service: Running) -> ox.Store:
    """The service description, as an editor gets it that asks the endpoint without a query."""
    store = ox.Store()
    store.load(service.client.get("/sparql").content, format=ox.RdfFormat.TURTLE)
    return store


def test_an_editor_finds_every_question_in_both_languages(described: ox.Store, snapshot: Snapshot) -> None:
    questions = queryfile.read_folder(snapshot.queries)
    found = list(rows(described, EXAMPLES))

    assert {(iri.rpartition("/")[2], comment) for iri, comment, _ in found} == {
        (name, text) for name, query in questions.items() for text in query.summary.values()
    }


def test_an_editor_can_ask_every_question(described: ox.Store, client: httpx.Client) -> None:
    texts = dict.fromkeys(text for _, _, text in rows(described, EXAMPLES))

    for text in texts:
        assert not re.search("^#[+]", text, re.MULTILINE)
        assert client.post("/sparql", data={"query": text}).status_code == 200


def test_an_editor_learns_our_prefixes(described: ox.Store, snapshot: Snapshot) -> None:
    assert {row[0]: row[1] for row in rows(described, DECLARED)} == snapshot.names.prefixes()


def test_the_examples_stand_in_a_graph_of_the_endpoint(client: httpx.Client, snapshot: Snapshot) -> None:
    query = f"SELECT ?q {{ GRAPH <{snapshot.names.graph('queries')}> {{ ?q a <{SH}SPARQLExecutable> }} }}"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "application/sparql-results+json"})
    found = {each["q"]["value"] for each in json.loads(answer.content)["results"]["bindings"]}

    assert found == {f"{snapshot.names.base}queries/{name}" for name in queryfile.read_folder(snapshot.queries)}
