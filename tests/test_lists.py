"""The lists with facets: what is chosen stands in the address, counts are those of a query, files hold what fits."""

import asyncio
import csv
import io
import re
from html import unescape
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.engine.answer import Answer, Published
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import GDB, ORG, RDFS, SKOS, Names
from gdb_graph.web.lists import plan
from gdb_graph.web.lists.items import Lists
from tests.serving import ask_app
from tests.test_pages import HTML, Page, sound

NAMES = Names()
LISTS = list(plan.plans())


def count(store: ox.Store, pattern: str) -> int:
    """How many ?thing fit a pattern in the default graph."""
    prologue = f"PREFIX gdb: <{GDB}> PREFIX org: <{ORG}> PREFIX id: <{NAMES.instances}> PREFIX skos: <{SKOS}>"
    solutions = store.query(f"{prologue} SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE {{ {pattern} }}")
    assert isinstance(solutions, ox.QuerySolutions)
    return int(next(solutions)[0].value)


VOCAB = "https://w3id.org/gdb-berlin/vocab"


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("/undertakings", "?thing a gdb:Undertaking"),
        ("/undertakings?type=PilotProject", "?thing a gdb:PilotProject"),
        (
            "/undertakings?type=PilotProject&type=Programme",
            "?thing a gdb:Undertaking, ?k VALUES ?k { gdb:PilotProject gdb:Programme }",
        ),
        (
            "/undertakings?type=PilotProject&status=running",
            f"?thing a gdb:PilotProject ; gdb:currentStatus <{VOCAB}/status/running>",
        ),
        ("/undertakings?status=none", "?thing a gdb:Undertaking FILTER NOT EXISTS { ?thing gdb:currentStatus ?s }"),
        ("/undertakings?district=district-pankow", "?thing gdb:takesPlaceIn id:district-pankow"),
        ("/undertakings?role=steering", f"?thing gdb:hasInvolvement ?i . ?i gdb:role <{VOCAB}/role/steering>"),
        ("/actors?sector=science", f"?thing a gdb:Actor ; gdb:sector <{VOCAB}/sector/science>"),
        ("/actors?field=field-partizipative-governance", "?thing gdb:activeInField id:field-partizipative-governance"),
        (
            "/fields?pilot=none",
            "?thing a gdb:ActionField FILTER NOT EXISTS { ?p a gdb:PilotProject ; gdb:addressesField ?thing }",
        ),
        ("/fields?undertaking=none", "?thing a gdb:ActionField FILTER NOT EXISTS { ?p gdb:addressesField ?thing }"),
        ("/events?year=2022", '?thing a gdb:ParticipationEvent ; gdb:startDate ?d FILTER(STRSTARTS(STR(?d), "2022"))'),
        ("/values", "?thing a gdb:StrategicValue"),
        ("/decisions", "?thing a gdb:Decision"),
        ("/sources", "?thing a gdb:Source"),
        ("/undertakings?type=PilotProject&status=nonsense", "?thing a gdb:Nothing"),
    ],
)
def test_what_is_listed_is_what_a_query_finds(
    client: httpx.Client, store: ox.Store, address: str, pattern: str
) -> None:
    found = client.get(address, headers={"Accept": "application/json"}).json()
    assert found["count"] == len(found["items"]) == count(store, pattern)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", LISTS)
def test_each_list_is_a_page_in_both_languages(client: httpx.Client, name: str, lang: str) -> None:
    response = client.get(f"/{name}?lang={lang}", headers=HTML)
    page = sound(response)
    assert page.lang == lang
    assert plan.plans()[name].title[lang] in response.text
    assert {"h1", "nav", "table"} <= page.tags


@pytest.mark.parametrize("name", LISTS)
def test_each_count_is_that_of_the_list_it_leads_to(client: httpx.Client, name: str) -> None:
    told = client.get(f"/{name}.json").json()
    for facet, counts in told["facets"].items():
        assert counts, facet
        for key, number in list(counts.items())[:3]:
            assert client.get(f"/{name}.json", params={facet: key}).json()["count"] == number, (facet, key)


def test_counts_of_a_facet_do_not_shrink_by_what_is_chosen_in_it(client: httpx.Client) -> None:
    """So that a second value can be added; in the others they do."""
    free, chosen = (client.get(f"/undertakings.json{query}").json()["facets"] for query in ("", "?type=PilotProject"))
    assert chosen["type"] == free["type"]
    assert sum(chosen["status"].values()) < sum(free["status"].values())


@pytest.mark.parametrize("typed", ["Wasser", "wasser kompetenz", "KOMPETENZZENTRUM", "kwb"])
def test_the_search_within_takes_any_spelling_and_other_names(client: httpx.Client, typed: str) -> None:
    found = client.get("/actors.json", params={"q": typed}).json()
    assert NAMES.thing("org-kwb") in [item["iri"] for item in found["items"]]
    assert found["count"] < 10


def test_a_list_is_sorted_by_the_column_asked_for_and_what_has_no_value_comes_last(client: httpx.Client) -> None:
    def dates(sort: str) -> list[str]:
        return [item.get("date", [""])[0] for item in client.get(f"/events.json?sort={sort}").json()["items"]]

    stated = [each for each in dates("date") if each]
    assert stated == sorted(stated)
    assert [each for each in dates("-date") if each] == sorted(stated, reverse=True)
    assert dates("date")[-1] == dates("-date")[-1] == ""


def test_a_list_comes_in_pages_and_none_is_left_out(client: httpx.Client) -> None:
    total = client.get("/sources.json").json()["count"]
    seen: set[str] = set()
    address: str | None = "/sources?lang=de"
    while address:
        text = client.get(address, headers=HTML).text
        seen |= set(re.findall(r'<th scope="row"><a href="([^"?]+)', text))
        following = re.search(r'href="([^"]+)" rel="next"', text)
        address = unescape(following[1]) if following else None
    assert len(seen) == total
    beyond = client.get("/sources?page=99&lang=de", headers=HTML)
    assert "So viele Seiten gibt es nicht." in beyond.text


def test_a_file_holds_what_fits(client: httpx.Client) -> None:
    page = client.get("/undertakings?type=PilotProject&lang=de", headers=HTML).text
    (address,) = (each for each in Page(page).links if each.startswith("/undertakings.csv"))
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 5
    assert {row["label_en"] for row in rows} >= {"Smart Water"}
    assert all("Pilotprojekt" in row["type"] for row in rows)


def test_a_choice_is_taken_back_by_its_link(client: httpx.Client) -> None:
    page = client.get("/fields?pilot=none&lang=de", headers=HTML).text
    chosen = page.partition('<ul class="chosen"')[2].partition("</ul>")[0]
    assert "kein Pilotprojekt" in chosen
    (back, *_) = (unescape(each) for each in re.findall(r'href="([^"]+)"', chosen))
    assert "pilot" not in back
    assert client.get(back, headers=HTML).status_code == 200


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/undertakings?tpye=x", "tpye"),
        ("/undertakings?sort=weight", "sort"),
        ("/undertakings?page=0", "page"),
        ("/actors?date=1", "date"),
    ],
)
def test_what_a_list_does_not_know_is_told(client: httpx.Client, address: str, parameter: str) -> None:
    page = client.get(address, headers=HTML)
    assert page.status_code == 422
    assert parameter in page.text


def test_a_list_is_asked_for_once_a_snapshot() -> None:
    asked: list[str] = []

    async def run(query: Query) -> Answer:
        asked.append(query.query)
        return Answer("text/tab-separated-values", b"?thing\t?facet\t?value\n")

    async def play() -> None:
        lists = Lists()
        for id_ in ("a", "a", "b", "a", "c", "a"):
            now = Published(Snapshot(Path("/x"), {"id": id_, "base": NAMES.base}), {}, run)
            await asyncio.gather(*(lists.all(now) for _ in range(3)))

    asyncio.run(play())
    # Of the last two snapshots they are kept: `a` had gone when `c` came.
    assert len(asked) == len(LISTS) * 4


SCRIPT = "<script>alert(1)</script>\"'>& \u202eabc " + "a" * 10_000


@pytest.mark.parametrize(
    "address", ["/undertakings", "/undertakings?type=PilotProject&q=script", "/undertakings.csv", "/undertakings.json"]
)
def test_a_hostile_label_stays_a_label(address: str) -> None:
    store = ox.Store()
    label = ox.Literal(SCRIPT, language="de")
    data = f"""
    @prefix gdb: <{GDB}> . @prefix rdfs: <{RDFS}> . @prefix skos: <{SKOS}> .
    <{NAMES.thing("evil")}> a gdb:PilotProject, gdb:Undertaking ; skos:prefLabel {label} .
    gdb:PilotProject rdfs:label {label} .
    """
    for triple in ox.parse(data, format=ox.RdfFormat.TURTLE):
        for graph in (ox.DefaultGraph(), ox.NamedNode(NAMES.graph("curated"))):
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
    response = ask_app(address, store, {}, HTML)
    assert response.status_code == 200
    assert "alert(1)" in response.text
    if "." not in address:
        sound(response)
        assert "<script>alert" not in response.text


@pytest.mark.parametrize("address", ["/undertakings?type=%3Cscript%3E", "/undertakings?q=%3Cscript%3Ealert"])
def test_a_hostile_address_is_shown_as_text(address: str) -> None:
    response = ask_app(address, ox.Store(), {}, HTML)
    assert response.status_code == 200
    sound(response)
    assert "&lt;script&gt;" in response.text
