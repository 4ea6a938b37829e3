"""The pages of things: each kind has its sections, footnotes for its sources, and all readings of a contradiction."""

import re
from html import unescape
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.terms import GDB, RDF, SKOS, Names
from gdb_graph.web.entities import plan
from tests.serving import ask_app
from tests.test_pages import HTML, Page, sound

NAMES = Names()


def text_of(client: httpx.Client, slug: str, lang: str = "de", **query: str) -> str:
    """The text of a page without its tags."""
    response = client.get(f"/page/{slug}", params={"lang": lang, **query}, headers=HTML)
    assert response.status_code == 200
    sound(response)
    body = response.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", body)))


@pytest.mark.parametrize(
    ("slug", "lang", "said"),
    [
        ("pilot-smart-water", "de", ["Pilotprojekt", "Wer mitwirkt", "Kompetenzzentrum Wasser Berlin", "federführend"]),
        ("pilot-smart-water", "de", ["Juli 2022", "22. Februar 2023", "Ergebnisse", "BGI-Planer", "Phase 5"]),
        ("pilot-smart-water", "en", ["pilot project", "Who takes part", "responsible", "22 February 2023", "Outputs"]),
        ("pilot-hardenbergplatz", "de", ["Geld", "1.400.000 €"]),
        ("pilot-hardenbergplatz", "en", ["Money", "€1,400,000"]),
        ("org-sen-mvku", "de", ["Wo der Akteur mitwirkt", "Mit wem", "Platz in der Verwaltung", "Land Berlin"]),
        ("org-senatskanzlei", "en", ["Where the actor is involved", "With whom", "posts", "units"]),
        (
            "person-franziska-giffey",
            "de",
            ["Ämter und Mitgliedschaften", "Senatorin für Wirtschaft", "belegt 20. Dezember 2022"],
        ),
        ("post-governing-mayor", "de", ["Wer das Amt innehat", "Franziska Giffey"]),
        ("field-intelligente-datennutzung", "de", ["Vorhaben in diesem Feld", "Data Hub"]),
        ("cluster-inklusive-stadtgestaltung", "de", ["Handlungsfelder", "Vorhaben"]),
        ("programme-mpsc", "de", ["Das Programm", "Zahlen", "820.000.000 €"]),
        ("strategy-gdb", "de", ["Beschlüsse dazu", "Vorhaben, die sie umsetzen", "Bestandteile"]),
        ("step-phase-5", "de", ["Welche Vorhaben hier standen", "Smart Water"]),
        ("event-smart-water-kickoff", "de", ["Wann, wo, wozu", "22. Februar 2023"]),
        ("district-pankow", "de", ["Vorhaben an diesem Ort", "Smart Water"]),
        ("src-gdb-stage-massnahme-smart-water", "de", ["Was diese Quelle sagt", "Mitwirkung", "Juli 2022"]),
    ],
)
def test_each_kind_has_its_sections(client: httpx.Client, slug: str, lang: str, said: list[str]) -> None:
    told = text_of(client, slug, lang)
    assert [each for each in said if each not in told] == []


def test_all_partners_of_a_pilot_and_their_roles_can_be_taken_away(client: httpx.Client) -> None:
    """The table of the page has as many rows as the query whose answer it offers as a file."""
    page = client.get("/page/pilot-smart-water?lang=de", headers=HTML).text
    table = page.partition(">Wer mitwirkt<")[2].partition("</table>")[0]
    (file,) = (each for each in Page(page).links if each.startswith("/queries/actors-of-undertaking.csv"))
    rows = client.get(file).text.splitlines()
    assert table.count('<th scope="row">') == len(rows) - 1 > 10


def test_every_footnote_is_there_and_names_a_source_with_its_address(client: httpx.Client) -> None:
    response = client.get("/page/pilot-smart-water?lang=en", headers=HTML)
    page = sound(response)
    asked = {each[1:] for each in page.links if each.startswith("#note-")}
    assert asked == {each for each in page.ids if each.startswith("note-")}
    assert len(asked) > 10
    notes = response.text.partition('<ol class="notes">')[2].partition("</ol>")[0]
    assert "explicitly stated" in notes or "stated" in notes
    assert "header of the measure page" in notes
    assert "https://gd-stage.liqd.net/" in notes


def test_a_contradiction_shows_all_readings_and_who_holds_them(client: httpx.Client) -> None:
    told = text_of(client, "pilot-smart-water")
    assert "Quellen uneins" in told
    part = told.partition("Worin sich die Quellen widersprechen")[2]
    for reading in ("22. Februar 2023 (Auftakt)", "Herbst 2022", "Juli 2022", "November 2023"):
        assert reading in part
    assert "Grün und blau, aber schlau" in part
    assert "Offen: Keine der Lesarten" in part


def test_a_judgement_stands_with_its_reason(client: httpx.Client) -> None:
    rows = client.get(
        "/sparql",
        params={
            "query": f"SELECT ?thing ?reason {{ ?c <{GDB}judgementReason> ?reason ; <{GDB}concernsThing> ?thing . "
            f"?thing a <{GDB}Undertaking> FILTER(LANG(?reason) = 'de') }} ORDER BY ?thing LIMIT 1"
        },
        headers={"Accept": "application/sparql-results+json"},
    ).json()["results"]["bindings"]
    if not rows:
        rows = [{"thing": {"value": NAMES.thing("strategy-gdb")}, "reason": {"value": ""}}]
    told = text_of(client, rows[0]["thing"]["value"].removeprefix(NAMES.instances))
    assert "gilt uns als richtig" in told
    assert rows[0]["reason"]["value"] in told


@pytest.mark.parametrize(
    ("slug", "links"),
    [
        (
            "pilot-smart-water",
            ["/connections?from=pilot-smart-water&lang=de", "/partners?undertaking=pilot-smart-water&lang=de"],
        ),
        ("field-intelligente-datennutzung", ["/partners?field=field-intelligente-datennutzung&lang=de"]),
        ("org-kwb", ["/connections?from=org-kwb&lang=de", "/page/org-kwb?view=statements&lang=de"]),
    ],
)
def test_a_page_leads_on(client: httpx.Client, slug: str, links: list[str]) -> None:
    page = Page(client.get(f"/page/{slug}?lang=de", headers=HTML).text)
    for link in links:
        assert link in page.links
        assert client.get(link, headers=HTML).status_code == 200


def test_all_statements_stay_reachable(client: httpx.Client) -> None:
    told = text_of(client, "pilot-smart-water", view="statements")
    assert "Eigenschaft" in told
    assert "Zeitraum (Wortlaut)" in told


def test_a_field_without_a_pilot_says_so(client: httpx.Client) -> None:
    rows = client.get(
        "/sparql",
        params={
            "query": f"SELECT ?field {{ ?field a <{GDB}ActionField> "
            f"FILTER NOT EXISTS {{ ?any <{GDB}addressesField> ?field }} }}"
        },
        headers={"Accept": "application/sparql-results+json"},
    ).json()["results"]["bindings"]
    slug = rows[0]["field"]["value"].removeprefix(NAMES.instances)
    assert "Keine Quelle nennt ein Vorhaben in diesem Feld." in text_of(client, slug)


def test_every_property_of_the_plan_is_one_that_somebody_defines(store: ox.Store) -> None:
    """A typing error there would leave a section empty for ever."""
    for kind in plan.read(NAMES):
        named = {kind.class_, *kind.line}
        for section in kind.sections:
            links = [*section.facts, *section.timeline, *(link for path in section.paths for link in path)]
            named |= {link.term for link in links} | {*section.columns, section.order} - {""}
        known = {*plan.PSEUDO, f"{RDF}type"}
        missing = [
            each
            for each in sorted(named - known)
            if not store.query(f"ASK {{ {{ GRAPH ?g {{ <{each}> ?p ?o }} }} UNION {{ ?s <{each}> ?o }} }}")
        ]
        assert missing == [], kind.class_


def test_a_thing_of_every_class_has_a_page(client: httpx.Client, store: ox.Store) -> None:
    found = store.query(
        f"SELECT ?class (SAMPLE(?thing) AS ?one) {{ ?thing a ?class "
        f"FILTER(STRSTARTS(STR(?thing), '{NAMES.instances}')) }} GROUP BY ?class"
    )
    assert isinstance(found, ox.QuerySolutions)
    slugs = sorted(one.value.removeprefix(NAMES.instances) for _, one in found)
    assert len(slugs) > 50
    for slug in slugs:
        response = client.get(f"/page/{slug}?lang=en", headers=HTML)
        assert response.status_code == 200, slug
        sound(response)


# Hostile labels


HOSTILE = {
    "script": "<script>alert(1)</script>\"'>&",
    "right to left": "\u202e\u2067abc\u05d0\u05d1",
    "long": "a" * 10_000,
    "long words": "Wassermanagement" * 600,
}


def hostile(label: str) -> ox.Store:
    """A pilot, an actor and a source that are called so, in the graphs where such things stand."""
    literal = str(ox.Literal(label, language="de"))
    source = NAMES.graph("src-x")
    data = f"""
    @prefix gdb: <{GDB}> . @prefix skos: <{SKOS}> . @prefix id: <{NAMES.instances}> .
    id:evil a gdb:PilotProject, gdb:Undertaking ; skos:prefLabel {literal} ; skos:altLabel {literal} ;
        gdb:placeText {literal} ;
        gdb:hasInvolvement id:inv ; gdb:completeness {literal} .
    id:inv a gdb:Involvement ; gdb:actor id:actor ; gdb:task {literal} .
    id:actor a gdb:Actor ; skos:prefLabel {literal} .
    id:dispute a gdb:Contradiction ; gdb:concernsThing id:evil ; skos:prefLabel {literal} ; gdb:hasReading id:reading .
    id:reading skos:prefLabel {literal} ; gdb:heldInSource id:src-x .
    id:src-x <http://purl.org/dc/terms/title> {literal} .
    """
    store = ox.Store()
    for triple in ox.parse(data, format=ox.RdfFormat.TURTLE):
        for graph in (ox.DefaultGraph(), ox.NamedNode(source)):
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
    return store


@pytest.mark.parametrize("label", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("path", ["/page/evil", "/page/evil?view=statements", "/page/actor"])
def test_a_hostile_label_is_shown_as_text_and_by_itself(label: str, path: str) -> None:
    response = ask_app(path, hostile(label), {}, HTML)
    assert response.status_code == 200
    sound(response)
    shown = [unescape(each) for each in re.findall(r"<bdi[^>]*>([^<]*)</bdi>", response.text)]
    outside = unescape(re.sub(r"<bdi[^>]*>[^<]*</bdi>|<title>[^<]*</title>", "", response.text))
    assert label in shown
    # Marks that turn the direction of text stand in an element that keeps them to itself.
    assert "\u202e" not in outside


def test_a_hostile_address_names_nothing() -> None:
    response = ask_app(f"/page/{quote('<script>', safe='')}", ox.Store(), {}, HTML)
    assert response.status_code == 404
    sound(response)
