"""The curated queries over HTTP: catalogue, answers in every format, parameters, and their description."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
import yaml

from gdb_graph import content, queryfile
from gdb_graph.queryfile import Query
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DEFAULT_BASE, SKOS, VOCABULARY, Names
from tests.conftest import SHARED, Running
from tests.serving import ask_app, problem

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "html": "text/html",
}
NAMES = sorted(path.stem for path in content.resolve(None).queries.glob("*.rq"))
THINGS = Names()
ACTORS = "/queries/actors-of-undertaking"
PILOTS = ["data-governance", "hardenbergplatz", "kiezbox", "smart-water", "smarte-partizipation"]


@pytest.fixture(scope="module")
def asked(snapshot: Snapshot) -> Mapping[str, Query]:
    """The curated queries of the served snapshot."""
    return queryfile.read_folder(snapshot.queries)


def rows(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text)))


# The catalogue


def test_the_catalogue_for_programs_tells_all_of_each_query(service: Running, asked: Mapping[str, Query]) -> None:
    entries = service.client.get("/queries", headers={"Accept": "application/json"}).json()
    assert [entry["name"] for entry in entries] == NAMES
    for entry in entries:
        query = asked[entry["name"]]
        assert entry["url"] == f"{service.url}/queries/{query.name}"
        assert entry["sparql"] == query.text
        assert set(entry["summary"]) == {"de", "en"}
        assert [(each["name"], each["type"], each["default"]) for each in entry["parameters"]] == [
            (each.name, each.kind, each.default_text) for each in query.parameters
        ]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_catalogue_for_people_links_each_query(client: httpx.Client, asked: Mapping[str, Query], lang: str) -> None:
    page = client.get("/queries", params={"lang": lang}, headers=BROWSER).text
    for query in asked.values():
        assert f'href="/queries/{query.name}?lang={lang}"' in page
        assert query.summary[lang] in page


# Answers


@pytest.mark.parametrize("name", NAMES)
def test_every_query_answers_in_every_format(client: httpx.Client, name: str) -> None:
    """By suffix, by `format` and by Accept, which must all agree; and the default finds something."""
    assert rows(client.get(f"/queries/{name}.csv"))
    for suffix, media_type in FORMATS.items():
        answers = [
            client.get(f"/queries/{name}.{suffix}"),
            client.get(f"/queries/{name}", params={"format": suffix}),
            client.get(f"/queries/{name}", headers={"Accept": media_type}),
        ]
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.headers["Content-Type"].partition(";")[0] for answer in answers} == {media_type}
        assert len({answer.content for answer in answers if suffix != "html"}) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_that_of_the_file_run_as_it_stands(
    client: httpx.Client, asked: Mapping[str, Query], name: str
) -> None:
    curated = client.get(f"/queries/{name}.csv")
    free = client.post("/sparql", data={"query": asked[name].text}, headers={"Accept": "text/csv"})
    assert curated.content == free.content


@pytest.mark.parametrize("pilot", PILOTS)
def test_the_actors_of_a_pilot_are_those_of_the_fact_base(client: httpx.Client, pilot: str) -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the fact base is not here: {SHARED}")
    found = rows(client.get(f"{ACTORS}.csv", params={"undertaking": f"pilot-{pilot}"}))
    assert {(row["actor"], row["role"]) for row in found} == involved(f"pilot-{pilot}")


def involved(undertaking: str) -> set[tuple[str, str]]:
    """The actors and roles that the fact base states."""
    (item,) = (each for each in facts("undertakings") if each["id"] == undertaking)
    nodes = [each["value"] for each in item["claims"] if each["property"] == "hasInvolvement"]
    paths = {each["id"]: each.get("iri_path", f"id/{each['id']}") for each in facts("vocabularies")}
    return {(THINGS.thing(node["actor"]), DEFAULT_BASE + paths[node["role"]]) for node in nodes}


def facts(name: str) -> list[dict[str, Any]]:
    text = Path(SHARED / "facts" / f"{name}.yaml").read_text(encoding="utf-8")
    items: list[dict[str, Any]] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["items"]
    return items


def test_a_slug_and_the_full_iri_are_the_same(client: httpx.Client) -> None:
    answers = {
        client.get(f"{ACTORS}.csv", params={"undertaking": value}).content
        for value in ("pilot-kiezbox", THINGS.thing("pilot-kiezbox"))
    }
    assert len(answers) == 1
    assert answers != {client.get(f"{ACTORS}.csv").content}


def test_a_field_left_empty_keeps_its_default(client: httpx.Client) -> None:
    answers = {client.get(f"{ACTORS}.csv{query}").content for query in ("", "?undertaking=", "?lang=en")}
    assert len(answers) == 1


def test_the_page_shows_form_answer_and_query(client: httpx.Client) -> None:
    page = client.get(ACTORS, params={"undertaking": "pilot-kiezbox", "lang": "en"}, headers=BROWSER).text
    assert f'<option value="{THINGS.thing("pilot-kiezbox")}" selected>' in page
    assert f'href="{ACTORS}.csv?undertaking=pilot-kiezbox&amp;lang=en"' in page
    assert "SELECT ?actor" in page


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_names_things_in_its_language(client: httpx.Client, lang: str) -> None:
    page = client.get(ACTORS, params={"lang": lang}, headers=BROWSER).text
    for row in rows(client.get(f"{ACTORS}.csv")):
        for name in ("actor", "role"):
            label = row[name + lang.capitalize()] or row[f"{name}De"]
            assert f">{label}</bdi></a>" in page


# Refusals


@pytest.mark.parametrize("suffix", ["", ".csv", ".html"])
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        pytest.param("undertaking", "pilot-smartwater", ["pilot-smart-water"], id="near a thing"),
        pytest.param("undertaking", THINGS.thing("pilot-kiezbx"), ["pilot-kiezbox"], id="near a thing, as IRI"),
        pytest.param("undertaking", "org-citylab-berlin", ["no Undertaking"], id="a thing of another class"),
        pytest.param("undertaking", "a b", ["such as https://", "pilot-smart-water"], id="not a name"),
        pytest.param("undertaking", "> } #", ["such as https://"], id="a hostile value"),
        pytest.param("undertakin", "pilot-kiezbox", ["Did you mean 'undertaking'?"], id="an unknown parameter"),
    ],
)
def test_a_wrong_parameter_is_422_and_named(
    client: httpx.Client, suffix: str, name: str, value: str, says: list[str]
) -> None:
    told = problem(client.get(f"{ACTORS}{suffix}", params={name: value}), 422, "bad-parameter")
    assert told["parameter"] == name
    assert [each for each in says if each not in told["detail"]] == []
    assert "{" not in told["detail"]


def test_an_unknown_query_is_404_with_the_nearest(client: httpx.Client) -> None:
    detail = problem(client.get("/queries/pilot"), 404, "not-found")["detail"]
    assert "Did you mean 'pilots'?" in detail


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        pytest.param("/queries/pilots.pdf", "*/*", id="suffix"),
        pytest.param("/queries/pilots?format=pdf", "*/*", id="format"),
        pytest.param("/queries/pilots", "application/pdf", id="Accept"),
    ],
)
def test_an_unknown_format_is_406_and_lists_what_there_is(client: httpx.Client, path: str, accept: str) -> None:
    detail = problem(client.get(path, headers={"Accept": accept}), 406, "not-acceptable")["detail"]
    assert "csv" in detail
    assert "json" in detail


# The description for programs


@pytest.fixture(scope="module")
def api(service: Running) -> dict[str, Any]:
    described: dict[str, Any] = service.client.get("/openapi.json").json()
    return described


def test_the_api_description_names_every_query_with_its_parameters(
    api: dict[str, Any], asked: Mapping[str, Query]
) -> None:
    for name, query in asked.items():
        operation = api["paths"][f"/queries/{name}"]["get"]
        assert operation["summary"] == query.summary["en"]
        described = {each["name"]: each for each in operation["parameters"]}
        assert list(described) == [each.name for each in query.parameters] + ["format"]
        for each in query.parameters:
            schema = described[each.name]["schema"]
            assert schema["type"] == ("integer" if each.kind == "integer" else "string")
            assert str(schema["default"]) == each.default_text
        assert set(operation["responses"]) >= {"200", "406", "422", "503", "504"}


def test_the_api_description_is_sound(api: dict[str, Any], service: Running) -> None:
    assert api["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(api["info"])
    assert api["servers"] == [{"url": service.url}]
    operations = [(path, operation) for path, methods in api["paths"].items() for operation in methods.values()]
    identifiers = [operation["operationId"] for _, operation in operations if "operationId" in operation]
    assert len(identifiers) == len(set(identifiers))
    for path, operation in operations:
        assert all(response["description"] for response in operation["responses"].values())
        in_path = {
            each["name"] for each in operation.get("parameters", ()) if each["in"] == "path" and each["required"]
        }
        assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for each in operation.get("parameters", ()):
            assert each["in"] in ("path", "query")
            assert each["schema"]["type"] in ("string", "integer", "number", "array")
    for reference in references(api):
        place: Any = api
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for each in value for found in references(each)]
    if isinstance(value, dict):
        inner = [found for each in value.values() for found in references(each)]
        return [*inner, value["$ref"]] if "$ref" in value else inner
    return []


def test_the_api_page_lists_the_same_paths(client: httpx.Client, api: dict[str, Any]) -> None:
    page = client.get("/docs", headers=BROWSER).text
    assert all(f"<code>{path}</code>" in page for path in api["paths"])


# Kinds of parameters that the built-in queries do not have


TYPED = """#+ summary: { de: alle Arten, en: all kinds }
#+ params:
#+   text: { type: string, de: Text, en: text }
#+   number: { type: integer, de: Zahl, en: number }
#+   day: { type: date, de: Tag, en: day }
#+   role: { type: concept, of: "https://w3id.org/gdb-berlin/vocab/role", de: Rolle, en: role }
SELECT ?text ?number ?day ?role {
  VALUES ?text { "a" }  # param
  VALUES ?number { 7 }  # param
  VALUES ?day { "2020"^^<http://www.w3.org/2001/XMLSchema#gYear> }  # param
  VALUES ?role { <https://w3id.org/gdb-berlin/vocab/role/lead> }  # param
}
"""


def typed(tmp_path: Path, path: str, accept: str = "*/*") -> httpx.Response:
    """Ask a service that has only that query, and a role in two languages."""
    (tmp_path / "typed.rq").write_text(TYPED, encoding="utf-8")
    store = ox.Store()
    lead, skos = ox.NamedNode(f"{VOCABULARY}role/lead"), f"{SKOS}{{}}".format
    store.add(ox.Quad(lead, ox.NamedNode(skos("inScheme")), ox.NamedNode(f"{VOCABULARY}role")))
    for code, label in (("de", "Leitung"), ("en", "Lead")):
        store.add(ox.Quad(lead, ox.NamedNode(skos("prefLabel")), ox.Literal(label, language=code)))
    return ask_app(path, store, queryfile.read_folder(tmp_path), {"Accept": accept})


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        pytest.param("text", 'ü "\\\n} # param', id="any text"),
        pytest.param("text", "SERVICE <http://a.example/> {}", id="a text with a keyword"),
        pytest.param("number", "-42", id="a number"),
        pytest.param("day", "2023-05-31", id="a day"),
        pytest.param("role", f"{VOCABULARY}role/lead", id="a concept"),
    ],
)
def test_a_value_of_any_kind_arrives(tmp_path: Path, parameter: str, value: str) -> None:
    response = typed(tmp_path, f"/queries/typed.csv?{parameter}={quote(value)}")
    defaults = {"text": "a", "number": "7", "day": "2020", "role": f"{VOCABULARY}role/lead"}
    assert rows(response) == [defaults | {parameter: value}]


@pytest.mark.parametrize(
    ("parameter", "value", "says"),
    [
        pytest.param("number", "many", "whole number", id="a word as a number"),
        pytest.param("day", "tomorrow", "must be a date", id="a word as a date"),
        pytest.param("role", "leda", "Near it: lead", id="near a concept"),
    ],
)
def test_a_value_of_the_wrong_kind_is_422(tmp_path: Path, parameter: str, value: str, says: str) -> None:
    told = problem(typed(tmp_path, f"/queries/typed.csv?{parameter}={value}"), 422, "bad-parameter")
    assert told["parameter"] == parameter
    assert says in told["detail"]


def test_the_form_has_a_list_for_a_concept_and_a_field_for_a_text(tmp_path: Path) -> None:
    page = typed(tmp_path, "/queries/typed?lang=en", "text/html").text
    assert f'<option value="{VOCABULARY}role/lead" selected>Lead</option>' in page
    assert '<input id="p-text" name="text" value="a">' in page


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        pytest.param("ASK {}", "text/html", "text/html", id="ASK as a page"),
        pytest.param("ASK {}", "*/*", FORMATS["json"], id="ASK as JSON"),
        pytest.param("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle", "text/turtle", id="CONSTRUCT as Turtle"),
        pytest.param("CONSTRUCT WHERE { ?s ?p ?o }", "text/html", "text/html", id="CONSTRUCT as a page"),
    ],
)
def test_a_query_of_another_form_is_answered(tmp_path: Path, query: str, accept: str, media_type: str) -> None:
    (tmp_path / "other.rq").write_text(f"#+ summary: {{ de: a, en: b }}\n{query}", encoding="utf-8")
    response = ask_app("/queries/other", ox.Store(), queryfile.read_folder(tmp_path), {"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (200, media_type)


def test_the_api_description_gives_a_default_of_its_type(tmp_path: Path) -> None:
    described = json.loads(typed(tmp_path, "/openapi.json").text)["paths"]["/queries/typed"]["get"]["parameters"]
    schemas = {each["name"]: each["schema"] for each in described}
    assert (schemas["number"]["type"], schemas["number"]["default"]) == ("integer", 7)
    assert (schemas["text"]["type"], schemas["text"]["default"]) == ("string", "a")
