"""`/connections` over HTTP: every format, both languages, what is typed, what is wrong, and hostile content."""

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.explore.paths import Wish, find
from gdb_graph.terms import GDB, OWL, SKOS, Names
from gdb_graph.web import connections
from tests.conftest import Running
from tests.serving import PUBLIC_URL, ask_app, problem
from tests.test_pages import SCRIPT, Page, sound

HTML = {"Accept": "text/html"}
ENDS = {"from": "org-kfw", "to": "org-ba-pankow"}
FORMATS = {"json": "application/json", "csv": "text/csv", "svg": "image/svg+xml", "html": "text/html"}
THING = Names().thing
SVG = "{http://www.w3.org/2000/svg}"


def asked(client: httpx.Client, suffix: str, **parameters: Any) -> httpx.Response:
    return client.get(f"/connections.{suffix}", params={**ENDS, **parameters})


def answer(client: httpx.Client, **parameters: Any) -> dict[str, Any]:
    response = asked(client, "json", **parameters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


# Formats


@pytest.mark.parametrize("suffix", FORMATS)
def test_suffix_format_and_accept_agree(client: httpx.Client, suffix: str) -> None:
    answers = [
        asked(client, suffix),
        client.get("/connections", params={**ENDS, "format": suffix}),
        client.get("/connections", params=ENDS, headers={"Accept": FORMATS[suffix]}),
    ]

    assert {each.status_code for each in answers} == {200}
    assert {each.headers["Content-Type"].partition(";")[0] for each in answers} == {FORMATS[suffix]}
    assert len({each.content for each in answers if suffix != "html"}) <= 1
    assert all(each.headers["X-Snapshot"] for each in answers)


def test_a_program_that_accepts_anything_gets_json(client: httpx.Client) -> None:
    assert client.get("/connections", params=ENDS).headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("address", ["/connections.pdf", "/connections?format=pdf"])
def test_no_other_format_is_given(client: httpx.Client, address: str) -> None:
    problem(client.get(address), 406, "not-acceptable")


# JSON and CSV


def test_json_tells_paths_steps_and_sources(client: httpx.Client) -> None:
    found = answer(client, max_hops=3)

    assert (found["from"]["label"]["en"], found["to"]["label"]["de"]) == ("KfW", "Bezirksamt Pankow")
    assert found["complete"] is True
    numbers = {each["number"] for each in found["sources"]}
    assert numbers == set(range(1, len(found["sources"]) + 1))
    for path in found["paths"]:
        assert path["things"][0] == THING("org-kfw")
        assert path["things"][-1] == THING("org-ba-pankow")
        assert path["hops"] == len(path["steps"]) == len(path["things"]) - 1 <= 3
        for step in path["steps"]:
            assert step["relations"]
            for relation in step["relations"]:
                assert {relation["subject"], relation["object"]} == {step["from"], step["to"]}
                assert relation["evidence"]
                assert set(relation["evidence"]) <= numbers
    assert all(each["title"] for each in found["sources"])


def test_nodes_and_edges_are_those_of_the_paths(client: httpx.Client) -> None:
    """Once each, as drawing libraries want them: ids, and ends that are there."""
    found = answer(client)
    nodes = [node["data"]["id"] for node in found["elements"]["nodes"]]
    edges = [edge["data"] for edge in found["elements"]["edges"]]

    assert len(nodes) == len(set(nodes))
    assert set(nodes) == {thing for path in found["paths"] for thing in path["things"]}
    assert len({edge["id"] for edge in edges}) == len(edges)
    assert all({edge["source"], edge["target"]} <= set(nodes) for edge in edges)
    assert {number for edge in edges for number in edge["paths"]} == set(range(1, len(found["paths"]) + 1))


def test_csv_has_a_row_for_each_step_relation_and_source(client: httpx.Client) -> None:
    found = answer(client)
    lines = list(csv.DictReader(io.StringIO(asked(client, "csv").text)))
    expected = [
        (str(number), str(place), step["from"], step["to"])
        for number, path in enumerate(found["paths"], 1)
        for place, step in enumerate(path["steps"], 1)
        for relation in step["relations"]
        for _ in relation["evidence"]
    ]

    assert [(line["path"], line["step"], line["from"], line["to"]) for line in lines] == expected
    assert all(line["source_title"] and line["relation_de"] and line["relation_en"] for line in lines)
    assert {line["certainty"] for line in lines} <= {"stated", "derived", "uncertain", "editorial"}


# The page


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_says_what_the_json_says(client: httpx.Client, lang: str) -> None:
    found = answer(client)
    response = asked(client, "html", lang=lang)
    page = sound(response)
    text = re.sub(r"<[^>]+>", "", response.text)

    assert page.lang == lang
    assert str(found["searched"]) in text
    for path in found["paths"]:
        # The page shortens no runs of numbers.
        words = re.sub(r" \[[^\]]*\]", "", path["sentence"][lang]).replace("&", "&amp;")
        assert words in re.sub(r" \[[\d, ]*\]", "", text)
        assert all(f"/page/{thing.rpartition('/')[2]}?lang={lang}" in page.links for thing in path["things"])
    assert {f"source-{each['number']}" for each in found["sources"]} <= set(page.ids)
    assert all(link.partition("#")[2] in page.ids for link in page.links if link.startswith("#"))


def test_the_page_holds_to_the_standard(client: httpx.Client) -> None:
    html5 = pytest.importorskip("html5rdf")
    for parameters in ({}, ENDS, {"from": "nobody"}):
        text = client.get("/connections", params=parameters, headers=HTML).text
        html5.HTMLParser(strict=True).parse(text)  # raises on the first fault


def test_without_a_question_the_page_asks_one(client: httpx.Client) -> None:
    response = client.get("/connections", headers=HTML)

    assert response.status_code == 200
    assert {"form", "datalist", "fieldset"} <= sound(response).tags
    assert 'value="KfW (Kreditanstalt für Wiederaufbau)"' in response.text
    assert "svg" not in Page(response.text).tags


def test_every_link_of_an_answer_answers(service: Running) -> None:
    page = Page(asked(service.client, "html").text)
    links = {link.partition("#")[0] for link in page.links if link.startswith("/")}

    assert len(links) > 15
    for link in links:
        assert service.client.get(link, headers=HTML, follow_redirects=True).status_code == 200, link


def test_no_path_is_an_answer_with_a_true_count(client: httpx.Client) -> None:
    """The KfW and the district office have no edge in common; all neighbours of the office were searched."""
    found = answer(client, max_hops=1)
    neighbours = answer(client, **{"from": "org-ba-pankow", "to": "district-pankow"}, max_hops=1)
    page = asked(client, "html", max_hops=1, lang="en")

    assert found["paths"] == []
    assert found["complete"] is True
    assert f"No path within 1 steps; {found['searched']} things searched." in page.text
    assert "No path found" in asked(client, "svg", max_hops=1, lang="en").text
    assert len(neighbours["paths"]) == 1


def test_a_search_that_was_cut_says_so(store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(network: Any, wish: Wish) -> Any:
        return find(network, wish, limit=3)

    monkeypatch.setattr(connections, "find", cut)
    address = f"/connections?{urlencode(ENDS)}"

    assert "not complete" in ask_app(f"{address}&lang=en", store, {}, HTML).text
    assert ask_app(address, store, {}).json()["complete"] is False


def test_via_and_kind_restrict_the_paths(client: httpx.Client) -> None:
    over = answer(client, via="Smart Water", max_hops=3)
    kinds = answer(client, kind=["involvement", "process"])

    assert over["paths"]
    assert all(THING("pilot-smart-water") in path["things"] for path in over["paths"])
    assert {edge["data"]["kind"] for edge in kinds["elements"]["edges"]} == {"involvement", "process"}
    assert kinds["kinds"] == ["involvement", "process"]


# What is typed


@pytest.mark.parametrize("typed", ["KfW", "kfw", THING("org-kfw"), "org-kfw", "Kreditanstalt"])
def test_a_thing_may_be_given_in_many_ways(client: httpx.Client, typed: str) -> None:
    assert answer(client, **{"from": typed})["from"]["iri"] == THING("org-kfw")


@pytest.mark.parametrize(
    ("given", "parameter", "told"),
    [
        ({"from": ""}, "from", "is missing"),
        ({"to": "Bezirksamt"}, "to", "org-ba-pankow"),
        ({"to": "Bezirksamt Pankov"}, "to", "org-ba-pankow"),
        ({"to": "qqqqqqq"}, "to", "nothing is called anything like it"),
        ({"to": "KfW"}, "to", "are the same"),
        ({"via": "KfW"}, "via", "anyway"),
        ({"max_hops": "7"}, "max_hops", "from 1 to 6"),
        ({"max_hops": "two"}, "max_hops", "from 1 to 6"),
        ({"k": "0"}, "k", "from 1 to"),
        ({"kind": "friendship"}, "kind", "involvement, funding"),
        ({"form": "org-kfw"}, "form", "Did you mean"),
        ({"from": ["org-kfw", "org-bmwsb"]}, "from", "only once"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_to_programs_and_people(
    client: httpx.Client, given: Mapping[str, Any], parameter: str, told: str
) -> None:
    for suffix in ("json", "csv", "svg"):
        said = problem(asked(client, suffix, **given), 422, "bad-parameter")
        assert said["parameter"] == parameter
        assert told in said["detail"]
    for lang in ("de", "en"):
        response = asked(client, "html", **given, lang=lang)
        assert response.status_code == 422
        assert sound(response).lang == lang
        assert 'role="alert"' in response.text


def test_what_may_be_meant_is_one_click_away(client: httpx.Client) -> None:
    page = Page(asked(client, "html", to="Bezirksamt", max_hops=3, lang="en").text)
    (link,) = (each for each in page.links if "org-ba-treptow-koepenick" in each)
    response = client.get(link, headers=HTML)

    assert response.status_code == 200
    assert "Treptow-Köpenick" in response.text
    assert "selected>3<" in response.text


# The picture


def test_the_picture_names_all_things_and_says_it_in_words(client: httpx.Client) -> None:
    found = answer(client)
    root = ElementTree.fromstring(asked(client, "svg", lang="de").text)
    texts = " ".join(" ".join(each.itertext()) for each in root.iter(f"{SVG}text"))
    links = [each.attrib["href"] for each in root.iter(f"{SVG}a")]

    assert [each.tag for each in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    description = root[1].text or ""
    assert all(path["sentence"]["de"] in description for path in found["paths"])
    assert len(links) == 2 + sum(path["hops"] - 1 for path in found["paths"])
    assert all(link.startswith("http") for link in links)
    assert all(word in texts for word in ("KfW", "Bezirksamt Pankow", "Land Berlin", "Öffentliche Stelle"))
    assert not {f"{SVG}script", f"{SVG}style", f"{SVG}foreignObject"} & {each.tag for each in root.iter()}
    assert not [name for each in root.iter() for name in each.attrib if name == "style" or name.startswith("on")]


def test_no_two_boxes_of_the_picture_overlap(client: httpx.Client) -> None:
    root = ElementTree.fromstring(asked(client, "svg", max_hops=6, k=10).text)
    boxes = [
        tuple(float(each.attrib[name]) for name in ("x", "y", "width", "height"))
        for each in root.iter(f"{SVG}rect")
        if "rx" in each.attrib
    ]
    whole = (float(root.attrib["width"]), float(root.attrib["height"]))

    assert len(boxes) > 10
    for x, y, width, height in boxes:
        assert 0 <= x <= x + width <= whole[0]
        assert 0 <= y <= y + height <= whole[1]
    for place, (x, y, width, height) in enumerate(boxes):
        for x2, y2, width2, height2 in boxes[:place]:
            assert x + width <= x2 or x2 + width2 <= x or y + height <= y2 or y2 + height2 <= y


def test_each_line_of_the_picture_joins_two_boxes_and_leads_to_its_step(client: httpx.Client) -> None:
    """So a browser can let it be explored, and who clicks a line comes to the sources of the step."""
    text = asked(client, "html").text
    root = ElementTree.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])
    boxes = {each.attrib["data-node"]: each.find(f"{SVG}rect") for each in root.iter() if "data-node" in each.attrib}
    lines = [each for each in root.iter() if "data-from" in each.attrib]
    steps = [
        (number, place)
        for number, path in enumerate(answer(client)["paths"], 1)
        for place in range(1, path["hops"] + 1)
    ]

    assert [each.attrib["href"] for each in lines] == [f"#step-{number}-{place}" for number, place in steps]
    assert {each.attrib["href"][1:] for each in lines} <= set(Page(text).ids)
    for each in lines:
        line = each.find(f"{SVG}line")
        left, right = (boxes[each.attrib[f"data-{end}"]] for end in ("from", "to"))
        assert line is not None
        assert left is not None
        assert right is not None
        assert float(line.attrib["x1"]) == float(left.attrib["x"]) + float(left.attrib["width"])
        assert float(line.attrib["x2"]) == float(right.attrib["x"])
        assert each.attrib["data-said"]


# Hostile content


EVIL, OTHER = Names().thing("evil"), Names().thing("other")


def hostile() -> ox.Store:
    """Two things with names that try everything, related by a property that does so too."""
    text = str(ox.Literal(SCRIPT + "\u202e" + "long" * 2500))
    store = ox.Store()
    graphs: list[ox.DefaultGraph | ox.NamedNode] = [ox.DefaultGraph(), ox.NamedNode(Names().graph("curated"))]
    turtle = f"""
PREFIX gdb: <{GDB}> PREFIX owl: <{OWL}> PREFIX skos: <{SKOS}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
<{EVIL}> a gdb:Actor ; skos:prefLabel {text}@de , {text}@en ; gdb:evil <{OTHER}> .
<{OTHER}> a gdb:Undertaking ; skos:prefLabel "{{a}} {{0}} other"@de .
gdb:evil a owl:ObjectProperty ; rdfs:label {text}@de , "{{b}} {{x}} <b>evil</b>"@en .
"""
    for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE):
        for graph in graphs:
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    return store


@pytest.mark.parametrize("lang", ["de", "en"])
def test_hostile_names_are_shown_as_text(lang: str) -> None:
    address = f"/connections?from=evil&to=other&lang={lang}"
    page = sound(ask_app(address, hostile(), {}, HTML))
    picture = ask_app(address.replace("?", ".svg?"), hostile(), {})

    assert [link for link in page.links if "javascript:" in link] == []
    assert {each.tag for each in ElementTree.fromstring(picture.text).iter()} & {f"{SVG}script"} == set()
    assert "default-src 'none'" in picture.headers["Content-Security-Policy"]
    assert json.loads(ask_app(address, hostile(), {}).text)["paths"][0]["hops"] == 1


def test_hostile_parameters_are_shown_as_text() -> None:
    for name in ("from", "to", "via", "max_hops", "kind", SCRIPT):
        address = "/connections?" + urlencode({**ENDS, name: SCRIPT})
        response = ask_app(address, hostile(), {}, HTML)
        assert response.status_code == 422
        sound(response)


def test_links_are_below_the_path_of_the_base_url() -> None:
    page = Page(ask_app("/connections?from=evil&to=other", hostile(), {}, HTML).text)
    picture = ask_app("/connections.svg?from=evil&to=other", hostile(), {}).text

    assert [link for link in page.links if not link.startswith(("/graph/", "#", "?", "http"))] == []
    assert set(re.findall(r'<a href="([^"?]*)', picture)) == {f"{PUBLIC_URL}/page/evil", f"{PUBLIC_URL}/page/other"}
