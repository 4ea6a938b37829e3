"""The SPARQL page: a form that works without scripts, answers and faults as pages."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gdb_graph.formats import NAMES, TABLES
from gdb_graph.terms import Names
from gdb_graph.web import workbench
from gdb_graph.web.pages import read_texts
from tests.test_pages import HTML, Page, sound

PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in Names().prefixes().items())
PILOTS = f"{PREFIXES}SELECT ?pilot {{ ?pilot a gdb:PilotProject }}"
TEXTS = read_texts()


def asked(client: httpx.Client, query: str, lang: str = "en", **parameters: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query, "lang": lang} | parameters, headers=HTML)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_browser_gets_the_answer_as_a_page(client: httpx.Client, lang: str) -> None:
    response = asked(client, PILOTS, lang)
    assert response.status_code == 200
    page = sound(response)
    assert "PREFIX gdb:" in response.text  # the query stays where it can be changed
    assert f"/page/pilot-smart-water?lang={lang}" in page.links
    assert f"5 {TEXTS['rows'][lang]}" in response.text
    formats = [parse_qs(urlsplit(each).query).get("format", [""])[0] for each in page.links if "format=" in each]
    assert formats == list(TABLES)


@pytest.mark.parametrize("how", ["GET", "form", "format"])
def test_each_way_to_send_a_query_gets_the_same_page(client: httpx.Client, how: str) -> None:
    given = {"query": PILOTS, "lang": "de"}
    if how == "form":
        response = client.post("/sparql", data=given, params={"lang": "de"}, headers=HTML)
    else:
        response = client.get("/sparql", params=given | ({"format": "html"} if how == "format" else {}), headers=HTML)
    assert response.status_code == 200
    assert "/page/pilot-smart-water" in response.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0.5, text/csv", ""])
def test_who_likes_data_better_gets_data(client: httpx.Client, accept: str) -> None:
    response = client.get("/sparql", params={"query": PILOTS}, headers={"Accept": accept})
    assert not response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("format_", NAMES)
def test_the_form_offers_every_format(client: httpx.Client, format_: str) -> None:
    assert f'<option value="{format_}">' in client.get("/sparql", headers=HTML).text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("ASK {}", '<pre tabindex="0">true</pre>', id="ASK"),
        pytest.param(f"{PREFIXES}CONSTRUCT WHERE {{ ?s a gdb:PilotProject }}", "gdb:PilotProject", id="CONSTRUCT"),
        pytest.param("SELECT * {}", "1 row", id="a row of nothing"),
        pytest.param("SELECT ?x { VALUES ?x { '<b>&' } }", "&lt;b&gt;&amp;", id="markup"),
    ],
)
def test_every_form_of_query_has_a_page(client: httpx.Client, query: str, says: str) -> None:
    response = asked(client, query)
    assert response.status_code == 200
    sound(response)
    assert says in response.text


def test_a_page_that_does_not_show_all_says_so(client: httpx.Client) -> None:
    response = asked(client, "SELECT ?s { ?s ?p ?o }")
    assert TEXTS["first_of_more"]["en"].format(workbench.SHOWN) in response.text
    assert response.text.count("<tr>") == workbench.SHOWN + 1
    exactly = asked(client, f"SELECT ?s {{ ?s ?p ?o }} LIMIT {workbench.SHOWN}")
    assert f"{workbench.SHOWN} rows" in exactly.text
    graph = asked(client, "CONSTRUCT WHERE { ?s ?p ?o }")
    assert TEXTS["first_of_more"]["en"].format(workbench.SHOWN) in graph.text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_fault_is_shown_with_its_place_above_the_query(client: httpx.Client, lang: str) -> None:
    query = "SELECT *\nWHERE {\n  ?s ?p ?o .\n  FILER(?o > 1)\n}"
    response = asked(client, query, lang)
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    sound(response)
    assert TEXTS["fault_place"][lang].format(4, 3) in response.text
    assert TEXTS["sparql_word_near"][lang].format("FILER", "FILTER") in response.text
    assert "  FILER(?o &gt; 1)\n  ^</pre>" in response.text
    assert 'data-line="4" data-column="3"' in response.text


def test_a_query_past_its_time_keeps_its_text(client: httpx.Client) -> None:
    response = asked(client, "SELECT (COUNT(*) AS ?mine) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    assert response.status_code == 504
    sound(response)
    assert "?mine" in response.text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_an_answer_without_rows_says_why(client: httpx.Client, lang: str) -> None:
    response = asked(client, f"{PREFIXES}SELECT * {{ ?p a gdb:Pilotproject ; skos:prefLabel 'Smart Water' }}", lang)
    sound(response)
    for key in ("why_empty", "unknown_term", "meant", "other_literal", "removed_by", "matches_nothing"):
        assert TEXTS[key][lang] in response.text
    assert "gdb:PilotProject" in response.text


def test_an_example_opens_to_be_changed(client: httpx.Client) -> None:
    blank = Page(client.get("/sparql?lang=en", headers=HTML).text)
    (link,) = (each for each in blank.links if "example=pilots&" in each)
    response = client.get(link, headers=HTML)
    assert "SELECT ?pilot" in response.text
    assert "#+" not in response.text
    assert client.get("/sparql?example=nothing", headers=HTML).status_code == 200


def test_terms_are_offered_with_their_labels(client: httpx.Client) -> None:
    told = client.get("/sparql/terms", params={"lang": "de"}).json()
    assert told["prefixes"] == Names().prefixes()
    pilot = {"iri": f"{told['prefixes']['gdb']}PilotProject", "kind": "class", "label": "Pilotprojekt"}
    assert pilot in told["terms"]
    assert {"property", "class"} == {each["kind"] for each in told["terms"]}
