"""The catalogue over HTTP: what it answers to which wish, how it is paged, and that it is all or an error."""

import json
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.catalog.model import DATASETS
from gdb_graph.terms import DCAT, DCT, RDF
from gdb_graph.web.catalog import paged
from gdb_graph.web.rdf import SUFFIXES
from tests.harvest import PARSED, gather, resources
from tests.offers import FULL, URL, manifest, offered, triples
from tests.serving import ask_app, problem

TURTLE = "text/turtle; charset=utf-8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
ISSUED = manifest()["editions"]
MIXED = ISSUED | {"tables": ISSUED["tables"] | {"modified": "2030-05-05T12:00:00+00:00"}}


def ask(path: str, accept: str = "*/*", method: str = "GET", **changes: Any) -> httpx.Response:
    """Ask a service with a whole catalogue."""
    return ask_app(path, ox.Store(), {}, {"Accept": accept}, method, FULL, **(manifest() | changes))


def parsed(response: httpx.Response) -> set[ox.Triple]:
    """The triples of a response by its own media type."""
    media_type = response.headers["Content-Type"].partition(";")[0]
    return {quad.triple for quad in ox.parse(response.content, format=PARSED[media_type])}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
def test_a_suffix_decides_whatever_is_accepted(suffix: str, accept: str) -> None:
    response = ask(f"/catalog.{suffix}", accept)

    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == SUFFIXES[suffix]
    assert parsed(response) == set(triples(offered()))


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", TURTLE),
        ("text/turtle", TURTLE),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        (JAVA, "text/html; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("path", ["/catalog", "/datasets/graph"])
def test_without_a_suffix_the_client_decides(path: str, accept: str, content_type: str) -> None:
    response = ask(path, accept)

    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
    assert {"Accept"} <= {each.strip() for each in response.headers["Vary"].split(",")}


@pytest.mark.parametrize("path", ["/catalog", "/datasets/graph"])
def test_what_nobody_offers_is_not_acceptable(path: str) -> None:
    problem(ask(path, "image/png"), 406, "not-acceptable")


@pytest.mark.parametrize("path", ["/catalog.csv", "/catalog.", "/datasets/graph.csv", "/datasets/grap", "/datasets/"])
def test_what_is_not_there_says_what_is(path: str) -> None:
    assert ask(path).status_code == 404


def test_a_dataset_that_is_not_there_names_the_one_that_is_like_it() -> None:
    assert "Did you mean 'graph'?" in problem(ask("/datasets/grahp"), 404, "not-found")["detail"]


@pytest.mark.parametrize("path", ["/catalog", *(f"/catalog.{suffix}" for suffix in SUFFIXES), "/datasets/tables.ttl"])
def test_head_says_what_get_says(path: str) -> None:
    head, get = ask(path, method="HEAD"), ask(path)

    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_dataset_stands_alone(name: str, suffix: str) -> None:
    feed = parsed(ask(f"/datasets/{name}.{suffix}"))
    kinds = {each.subject.value for each in feed if each.object == ox.NamedNode(f"{DCAT}Dataset")}  # type: ignore[union-attr]

    assert kinds == {f"{URL}/datasets/{name}"}
    assert feed < set(triples(offered()))


# Pages and changes


@pytest.mark.parametrize("path", ["/catalog.ttl", "/catalog.ttl?page=1", "/catalog.ttl?page=1&profiles=euro_dcat_ap_3"])
def test_one_page_is_the_whole_and_names_no_other(path: str) -> None:
    response = ask(path)

    assert response.content == ask("/catalog").content
    assert "hydra" not in response.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "١", "²", "", "9" * 5000])
def test_a_page_that_is_no_number_is_refused(page: str) -> None:
    problem(ask(f"/catalog.ttl?page={page}"), 422, "bad-parameter")


def test_there_is_nothing_past_the_last_page() -> None:
    problem(ask("/catalog.ttl?page=2"), 404, "not-found")


@pytest.mark.parametrize(
    ("since", "changed"),
    [
        ("2020-01-01", {"graph", "tables", "ontology"}),
        ("2026-11-23", {"graph", "tables", "ontology"}),
        ("2026-11-23T10:00:00Z", {"graph", "tables", "ontology"}),
        ("2026-11-23T10:00:01Z", {"tables"}),
        ("2026-11-23T11:30:00%2B01:00", {"tables"}),
        ("2030-05-05", {"tables"}),
        ("2030-05-06", set()),
    ],
)
def test_only_what_changed_since_is_listed(since: str, changed: set[str]) -> None:
    feed = parsed(ask(f"/catalog.ttl?modified_since={since}", editions=MIXED))
    listed = {each.object.value for each in feed if each.predicate.value == f"{DCAT}dataset"}  # type: ignore[union-attr]
    typed = {each.subject.value for each in feed if each.object == ox.NamedNode(f"{DCAT}Dataset")}  # type: ignore[union-attr]

    assert listed == typed == {f"{URL}/datasets/{name}" for name in changed}


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "2026", "23.11.2026"])
def test_a_date_that_is_none_is_refused(since: str) -> None:
    told = problem(ask(f"/catalog.ttl?modified_since={since}"), 422, "bad-parameter")

    assert told["parameter"] == "modified_since"


@pytest.mark.parametrize(("number", "size", "lengths"), [(3, 1, [1, 1, 1]), (3, 2, [2, 1]), (3, 3, [3]), (0, 5, [0])])
def test_datasets_are_dealt_out_to_pages(number: int, size: int, lengths: list[int]) -> None:
    datasets = offered().datasets[:number]
    pages = paged(datasets, size)

    assert [len(page) for page in pages] == lengths
    assert [each for page in pages for each in page] == list(datasets)


def test_a_harvester_goes_through_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = gather(lambda method, address: ask(address.removeprefix(URL), method=method), f"{URL}/catalog.ttl")
    monkeypatch.setattr("gdb_graph.web.catalog.PAGE_SIZE", 1)
    asked = []

    def fetch(method: str, address: str) -> httpx.Response:
        asked.append(address)
        return ask(address.removeprefix(URL), method=method)

    paged = gather(fetch, f"{URL}/catalog.rdf?modified_since=2020-01-01")

    assert paged.datasets == whole.datasets
    assert len(set(asked)) == 3
    assert asked[-1] == f"{URL}/catalog.rdf?modified_since=2020-01-01&page=3"


# All or an error


@pytest.mark.parametrize("path", ["/catalog", "/catalog.rdf", "/datasets/graph", "/datasets/graph.ttl"])
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"editions": {}}, id="no files"),
        pytest.param({"dataset": manifest()["dataset"] | {"license": ""}}, id="no licence"),
        pytest.param({"dataset": {}}, id="an older snapshot"),
    ],
)
def test_less_than_all_is_an_error(path: str, changes: dict[str, Any]) -> None:
    for method in ("GET", "HEAD"):
        response = ask(path, method=method, **changes)
        assert response.status_code == 503
        assert "Retry-After" in response.headers


# What a landing page says to machines


@pytest.mark.parametrize("name", DATASETS)
def test_a_landing_page_has_its_signposts(name: str) -> None:
    response = ask(f"/datasets/{name}", "text/html")
    links = {(link["rel"], link["url"]): link.get("type") for link in response_links(response)}
    iri = f"{URL}/datasets/{name}"
    (one,) = (each for each in offered().datasets if each.name == name)

    assert [url for rel, url in links if rel == "cite-as"] == [iri]
    assert {url for rel, url in links if rel == "type"} == {
        "https://schema.org/AboutPage",
        "https://schema.org/Dataset",
    }
    assert {url for rel, url in links if rel == "license"} == {"https://creativecommons.org/licenses/by/4.0/"}
    assert {url: links["item", url] for rel, url in links if rel == "item"} == {
        each.url: each.compression or each.media_type for each in one.distributions if not each.service
    }
    described = {url: links["describedby", url] for rel, url in links if rel == "describedby"}
    assert len(described) == 4
    for url, media_type in described.items():
        answer = ask(url.removeprefix(URL))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == media_type
        assert (f'<{iri}>; rel="describes"') in answer.headers["Link"]


def response_links(response: httpx.Response) -> list[dict[str, str]]:
    """The links of a response, all of them: httpx keeps one for each relation."""
    found = []
    for part in response.headers["Link"].split(", <"):
        address, *parameters = part.removeprefix("<").split(">")
        told = dict(each.strip().split("=", 1) for each in "".join(parameters).split(";") if "=" in each)
        found.append({"url": address} | {name: value.strip('"') for name, value in told.items()})
    return found


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_landing_page_holds_schema_org(name: str, lang: str) -> None:
    text = ask(f"/datasets/{name}?lang={lang}", "text/html").text
    _, _, rest = text.partition('<script type="application/ld+json">')
    told = json.loads(rest.partition("</script>")[0])
    (one,) = (each for each in offered().datasets if each.name == name)

    assert (told["@type"], told["@id"], told["name"]) == ("Dataset", one.iri, one.title[lang])


def test_hostile_titles_are_harmless_in_a_page() -> None:
    hostile = "</script><script>alert(1)</script>"
    response = ask("/datasets/graph", "text/html", title={"de": hostile, "en": hostile})

    assert "<script>alert" not in response.text
    plain = ask("/datasets/graph", "text/html")
    assert response.text.count("</script>") == plain.text.count("</script>")


def test_a_page_names_the_contact() -> None:
    for path in ("/catalog", "/datasets/graph"):
        assert 'href="mailto:data@example.org"' in ask(path, "text/html").text


def test_the_catalogue_points_at_its_serialisations() -> None:
    links = {(link["rel"], link["url"]): link.get("type") for link in response_links(ask("/catalog", "text/html"))}

    for suffix in ("ttl", "rdf", "jsonld", "nt"):
        assert links["alternate", f"{URL}/catalog.{suffix}"] == SUFFIXES[suffix]
    assert links["canonical", f"{URL}/catalog"] is None


def test_every_distribution_is_a_resource_with_an_iri_of_its_own() -> None:
    found = gather(lambda method, address: ask(address.removeprefix(URL), method=method), f"{URL}/catalog").datasets

    listed = [iri for dataset in found for iri in resources(found[dataset], dataset)]
    assert len(listed) == len(set(listed)) == len(manifest()["distributions"]) + 1
    assert all(
        f"{RDF}type" in told and f"{DCT}license" in told for d in found for told in resources(found[d], d).values()
    )
