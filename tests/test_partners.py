"""`/partners` over HTTP: formats, the page in both languages, weights, what is wrong, and hostile parameters."""

import csv
import io
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.explore.criteria import CRITERIA
from gdb_graph.explore.partners import WEIGHTS
from gdb_graph.terms import Names
from tests.conftest import Running
from tests.serving import ask_app, problem
from tests.test_pages import SCRIPT, Page, sound

HTML = {"Accept": "text/html"}
FORMATS = {"json": "application/json", "csv": "text/csv", "html": "text/html"}
NEW = {"field": "Intelligente Datennutzung", "district": "Pankow"}
THING = Names().thing


def asked(client: httpx.Client, suffix: str, **parameters: Any) -> httpx.Response:
    return client.get(f"/partners.{suffix}", params=parameters)


def answer(client: httpx.Client, **parameters: Any) -> dict[str, Any]:
    response = asked(client, "json", **parameters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("suffix", FORMATS)
def test_suffix_format_and_accept_agree(client: httpx.Client, suffix: str) -> None:
    answers = [
        asked(client, suffix, **NEW),
        client.get("/partners", params={**NEW, "format": suffix}),
        client.get("/partners", params=NEW, headers={"Accept": FORMATS[suffix]}),
    ]

    assert {each.status_code for each in answers} == {200}
    assert {each.headers["Content-Type"].partition(";")[0] for each in answers} == {FORMATS[suffix]}
    assert len({each.content for each in answers if suffix != "html"}) <= 1


@pytest.mark.parametrize("address", ["/partners.svg", "/partners?format=xlsx"])
def test_no_other_format_is_given(client: httpx.Client, address: str) -> None:
    problem(client.get(address), 406, "not-acceptable")


def test_json_gives_scores_reasons_and_sources(client: httpx.Client) -> None:
    found = answer(client, **NEW)
    numbers = {each["number"] for each in found["sources"]}

    assert found["partners"][0]["iri"] == THING("org-sen-sbw")
    assert found["applied"] == ["experience", "local", "bridge"]
    assert found["weights"] == WEIGHTS
    for rank, partner in enumerate(found["partners"], 1):
        assert partner["rank"] == rank
        assert [part["criterion"] for part in partner["parts"]] == list(CRITERIA)
        for part in partner["parts"]:
            assert bool(part["points"]) == bool(part["reasons"]) != bool(part["remark"])
            for reason in part["reasons"]:
                evidence = {each for relation in reason["relations"] for each in relation["evidence"]}
                assert evidence
                assert evidence <= numbers


def test_csv_has_a_row_for_each_organisation_and_criterion(client: httpx.Client) -> None:
    found = answer(client, **NEW)
    lines = list(csv.DictReader(io.StringIO(asked(client, "csv", **NEW).text)))
    expected = [
        (str(partner["rank"]), partner["iri"], part["criterion"])
        for partner in found["partners"]
        for part in partner["parts"]
    ]

    assert [(line["rank"], line["organisation"], line["criterion"]) for line in lines] == expected
    assert {line["weight"] for line in lines if line["criterion"] == "shared"} == {"0"}
    assert all(line["sources"] for line in lines if float(line["points"]))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_says_what_the_json_says(client: httpx.Client, lang: str) -> None:
    found = answer(client, undertaking="Smart Water")
    response = asked(client, "html", undertaking="Smart Water", lang=lang)
    page = sound(response)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.text))

    assert page.lang == lang
    order = [partner["label"][lang].replace("&", "&amp;") for partner in found["partners"]]
    places = [text.index(f"{rank}. {name}") for rank, name in enumerate(order, 1)]
    assert places == sorted(places)
    assert response.text.count('<span class="mark">') == 2 * sum(partner["involved"] for partner in found["partners"])
    assert all(link.partition("#")[2] in page.ids for link in page.links if link.startswith("#"))
    point = {"de": ",", "en": "."}[lang]
    assert f"0{point}" in text
    assert all(f"/page/{partner['iri'].rpartition('/')[2]}?lang={lang}" in page.links for partner in found["partners"])


def test_the_page_holds_to_the_standard(client: httpx.Client) -> None:
    html5 = pytest.importorskip("html5rdf")
    for parameters in ({}, NEW, {"field": "nothing"}):
        text = client.get("/partners", params=parameters, headers=HTML).text
        html5.HTMLParser(strict=True).parse(text)  # raises on the first fault


def test_without_a_question_the_page_asks_one(client: httpx.Client) -> None:
    response = client.get("/partners", headers=HTML)

    assert response.status_code == 200
    assert response.text.count("<select") == 4
    for offered in ("Intelligente Datennutzung", "Die resiliente Stadt", "Pankow", "Kiezlabor"):
        assert f">{offered}</option>" in response.text
    assert "table" not in sound(response).tags


def test_the_form_keeps_what_was_chosen(client: httpx.Client) -> None:
    text = asked(client, "html", **NEW, w_bridge="2.5", lang="de").text

    assert '<option value="field-intelligente-datennutzung" selected>' in text
    assert '<option value="district-pankow" selected>' in text
    assert re.search(r'name="w_bridge"[^>]* value="2.5"', text)


def test_every_link_of_an_answer_answers(service: Running) -> None:
    page = Page(asked(service.client, "html", **NEW, limit=3).text)
    links = {link.partition("#")[0] for link in page.links if link.startswith("/")}

    assert len(links) > 15
    for link in links:
        assert service.client.get(link, headers=HTML, follow_redirects=True).status_code == 200, link


def test_weights_change_the_order(client: httpx.Client) -> None:
    """With nothing but the place, the office of the district is alone at the top; without it, it has a bridge only."""
    only_local = {f"w_{name}": "0" for name in CRITERIA} | {"w_local": "5"}
    without = {"w_local": "0"}

    assert answer(client, **NEW, **only_local)["partners"][0]["iri"] == THING("org-ba-pankow")
    first = [partner["iri"] for partner in answer(client, **NEW, **without)["partners"][:3]]
    assert THING("org-ba-pankow") not in first


def test_several_fields_and_districts_may_be_given(client: httpx.Client) -> None:
    found = answer(client, field=["Intelligente Datennutzung", "field-buergerservices"], district=["Pankow", "Mitte"])

    assert len(found["topics"]) == len(found["places"]) == 2


def test_no_more_are_given_than_asked_for(client: httpx.Client) -> None:
    found = answer(client, **NEW, limit=4)

    assert len(found["partners"]) == 4 < found["found"] <= found["asked"]


@pytest.mark.parametrize(
    ("given", "parameter", "told"),
    [
        ({}, "undertaking", "at least an undertaking"),
        ({"w_local": "3"}, "undertaking", "at least an undertaking"),
        ({"field": "KfW"}, "field", "names nothing here"),
        ({"field": "Daten"}, "field", "field-intelligente-datennutzung"),
        ({"undertaking": "smart"}, "undertaking", "pilot-smart-water"),
        ({"district": "Pankov"}, "district", "district-pankow"),
        ({**NEW, "w_local": "11"}, "w_local", "from 0 to 10"),
        ({**NEW, "w_local": "-1"}, "w_local", "from 0 to 10"),
        ({**NEW, "w_local": "nan"}, "w_local", "from 0 to 10"),
        ({**NEW, "limit": "1.5"}, "limit", "from 1 to"),
        ({**NEW, "w_locl": "1"}, "w_locl", "w_local"),
        ({**NEW, **{f"w_{name}": "0" for name in CRITERIA}}, "w_experience", "weight"),
        ({"district": "Pankow", "w_local": "0", "w_bridge": "0"}, "w_experience", "weight"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_to_programs_and_people(
    client: httpx.Client, given: Mapping[str, str], parameter: str, told: str
) -> None:
    for suffix in ("json", "csv"):
        said = problem(asked(client, suffix, **given), 422, "bad-parameter")
        assert said["parameter"] == parameter
        assert told in said["detail"]
    for lang in ("de", "en") if given else ():
        response = asked(client, "html", **given, lang=lang)
        assert response.status_code == 422
        assert sound(response).lang == lang
        assert 'role="alert"' in response.text


def test_hostile_parameters_are_shown_as_text() -> None:
    for name in ("undertaking", "field", "w_local", "limit", SCRIPT):
        response = ask_app("/partners?" + urlencode({name: SCRIPT}), ox.Store(), {}, HTML)
        assert response.status_code == 422
        sound(response)


def test_a_content_without_anything_has_a_form_as_well() -> None:
    sound(ask_app("/partners", ox.Store(), {}, HTML))
    sound(ask_app("/connections", ox.Store(), {}, HTML))
