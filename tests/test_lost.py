"""Names that nothing has: 410 with what took its place for one that was there before, else 404 with what is near."""

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gdb_graph import build, content, snapshot
from gdb_graph.errors import ContentError
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DCT, OWL, RDF, SKOS, Names
from gdb_graph.web import near
from gdb_graph.web.near import Near
from tests.conftest import Running, start, stop
from tests.contents import BASE, HEAD, NOW, copy, write
from tests.serving import nursery, problem
from tests.test_signposts import linked
from tests.test_things import RDF_FORMATS

HTML = {"Accept": "text/html"}
SITE = "https://example.org/g"
THINGS = "data/curated/more.ttl"
TORCH = 'id:tool-torch a gdb:Tool ; skos:prefLabel "Fackel"@de , "torch"@en .\n'
CANDLE = 'id:tool-candle a gdb:Tool ; skos:prefLabel "Kerze"@de , "candle"@en .\n'
OLD = """id:org-night-watch a gdb:PublicBody ; skos:prefLabel "Nachtwache"@de , "night watch"@en ;
    gdb:succeededBy id:org-lamplighters .
"""
SOURCE = 'id:src-leaflet a gdb:Source ; dct:title "Zettel"@de .\n'


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, Snapshot]:
    """Three builds into one folder: things there; gone, one of them with a word on it; and one of them back."""
    folder = tmp_path_factory.mktemp("lost")
    changed, out = copy(folder), folder / "snapshots"
    made = {}
    for number, things in enumerate((TORCH + CANDLE + OLD, GIVEN_UP, GIVEN_UP + TORCH), 1):
        write(changed, THINGS, HEAD + things)
        leaflet = write(changed, "data/sources/src-leaflet.ttl", HEAD + SOURCE)
        if number > 1:
            leaflet.unlink()
        made[number] = build.build(content.resolve(changed), out, NOW + timedelta(days=number))
    return made


GIVEN_UP = "id:tool-candle dct:isReplacedBy id:pilot-lantern .\n"


@pytest.fixture(scope="module")
def serving(three: Mapping[int, Snapshot]) -> Iterator[Running]:
    folder = three[3].folder.parent
    running = start("--snapshot", str(three[3].folder), public_url=SITE, snapshots=str(folder))
    yield running
    stop(running)


@pytest.fixture
def lost(serving: Running) -> httpx.Client:
    return serving.client


# Gone


@pytest.mark.parametrize("path", ["/id/org-night-watch", "/page/org-night-watch", "/data/org-night-watch.ttl"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_was_there_before_is_gone_and_its_successor_is_named(
    lost: httpx.Client, three: Mapping[int, Snapshot], path: str, method: str
) -> None:
    response = lost.request(method, path)
    successor = f"{SITE}/page/org-lamplighters"
    assert linked(response)["successor-version"] == [(successor, "")]
    if method == "HEAD":
        assert (response.status_code, response.content) == (410, b"")
        return
    told = problem(response, 410, "gone")
    assert told["label"] == {"de": "Nachtwache", "en": "night watch"}
    assert (told["lastSnapshot"], told["goneSince"]) == (three[1].id, three[2].id)
    assert told["lastSnapshotUrl"] == f"{SITE}/snapshots/{three[1].id}"
    (new,) = told["replacedBy"]
    assert (new["iri"], new["url"]) == (f"{BASE}id/org-lamplighters", successor)
    assert new["label"]["de"] == "Amt für Lampen"
    assert three[2].id in told["detail"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("lang", "said"), [("de", "An die Stelle getreten"), ("en", "What takes its place")])
def test_people_get_a_page_with_a_link(lost: httpx.Client, lang: str, said: str) -> None:
    page = lost.get("/page/org-night-watch", params={"lang": lang}, headers=HTML)
    assert page.status_code == 410
    assert said in page.text
    assert f'<a href="{SITE}/page/org-lamplighters' in page.text


@pytest.mark.parametrize("suffix", RDF_FORMATS)
@pytest.mark.parametrize("path", ["/id/org-night-watch", "/data/org-night-watch.ttl"])
def test_machines_get_a_tombstone(lost: httpx.Client, suffix: str, path: str) -> None:
    media_type, format_ = RDF_FORMATS[suffix]
    response = lost.get(path, headers={"Accept": media_type})
    assert response.status_code == 410
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    iri = ox.NamedNode(f"{BASE}id/org-night-watch")
    said = {(quad.subject, quad.predicate.value, quad.object.value) for quad in ox.parse(response.content, format_)}
    assert said == {
        (iri, f"{OWL}deprecated", "true"),
        (iri, f"{DCT}isReplacedBy", f"{BASE}id/org-lamplighters"),
        (iri, f"{SKOS}prefLabel", "Nachtwache"),
        (iri, f"{SKOS}prefLabel", "night watch"),
    }


def test_what_the_data_says_now_goes_before_what_it_said_then(lost: httpx.Client) -> None:
    told = problem(lost.get("/id/tool-candle"), 410, "gone")
    assert [new["iri"] for new in told["replacedBy"]] == [f"{BASE}id/pilot-lantern"]
    assert told["label"] == {"de": "Kerze", "en": "candle"}


def test_a_graph_that_is_gone_is_gone(lost: httpx.Client, three: Mapping[int, Snapshot]) -> None:
    told = problem(lost.get("/graph/src-leaflet"), 410, "gone")
    assert told["lastSnapshot"] == three[1].id
    assert "replacedBy" not in told
    assert "Nothing is stated" in told["detail"]
    assert problem(lost.get("/id/src-leaflet"), 410, "gone")["label"] == {"de": "Zettel"}


def test_what_came_back_is_there(lost: httpx.Client, three: Mapping[int, Snapshot]) -> None:
    assert lost.get("/page/tool-torch").status_code == 200
    assert f"{BASE}id/tool-torch" in three[2].gone
    assert f"{BASE}id/tool-torch" not in three[3].gone


def test_no_older_snapshot_is_opened_for_it(serving: Running) -> None:
    for path in ("/id/org-night-watch", "/id/tool-candle", "/graph/src-leaflet", "/id/nobody"):
        serving.client.get(path)
    assert nursery(serving.process.pid)  # the only child of the service


def test_replicas_get_both_files(three: Mapping[int, Snapshot]) -> None:
    assert {snapshot.NAMES, snapshot.GONE} <= {each.path for each in three[3].parts}
    assert snapshot.verify(three[3].folder).id == three[3].id


def test_of_another_content_nothing_is_carried_over(three: Mapping[int, Snapshot], tmp_path: Path) -> None:
    out = Path(shutil.copytree(three[3].folder.parent, tmp_path / "snapshots", symlinks=True))
    other = copy(tmp_path)
    for path in [*other.rglob("*.ttl")]:
        path.write_text(path.read_text(encoding="utf-8").replace("otherstadt/", "elsewhere/"), encoding="utf-8")
    assert build.build(content.resolve(other), out, NOW + timedelta(days=9)).gone == {}


def test_a_service_without_the_files_answers_404(three: Mapping[int, Snapshot], tmp_path: Path) -> None:
    """As an older version built the snapshot."""
    out = Path(shutil.copytree(three[3].folder.parent, tmp_path / "snapshots", symlinks=True))
    for name in (snapshot.NAMES, snapshot.GONE):
        (snapshot.current(out) / name).unlink()
    manifest = snapshot.current(out) / snapshot.MANIFEST
    told = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(told | {"parts": []}), encoding="utf-8")
    running = start("--snapshot", str(snapshot.current(out)))
    try:
        assert "near" not in problem(running.client.get("/id/org-night-watch"), 404, "not-found")
        problem(running.client.get("/id/tool-candle"), 410, "gone")  # the data says so
    finally:
        stop(running)


def test_a_name_given_up_may_say_what_took_its_place_and_nothing_else(tmp_path: Path) -> None:
    changed = copy(tmp_path)
    write(changed, THINGS, f"{HEAD}{GIVEN_UP}id:tool-candle <{OWL}deprecated> true .")
    build.check(content.resolve(changed))
    for more in ("id:pilot-lantern dct:relation id:tool-candle .", 'id:tool-candle skos:altLabel "Licht"@de .'):
        write(changed, THINGS, f"{HEAD}{GIVEN_UP}{more}")
        with pytest.raises(ContentError) as refused:
            build.check(content.resolve(changed))
        assert "tool-candle" in str(refused.value.findings)


# Near


@pytest.mark.parametrize(
    ("path", "right"),
    [
        pytest.param("/id/pilot-kiezbx", "pilot-kiezbox", id="a letter left out"),
        pytest.param("/id/pliot-kiezbox", "pilot-kiezbox", id="letters swapped at the beginning"),
        pytest.param("/id/kiezbox", "pilot-kiezbox", id="a part"),
        pytest.param("/page/Pilot_Kiezbox", "pilot-kiezbox", id="written otherwise"),
        pytest.param("/data/pilot-smart-watr.ttl", "pilot-smart-water", id="in the middle"),
        pytest.param("/vocab/role/leed", "role/lead", id="a concept"),
        pytest.param("/graph/src-citylab-stadtgremim", "src-citylab-stadtgremium", id="a graph"),
    ],
)
def test_the_right_name_is_offered_first(service: Running, path: str, right: str) -> None:
    told = problem(service.client.get(path), 404, "not-found")
    first = told["near"][0]
    assert first["iri"].endswith(f"/{right}")
    assert first["url"].startswith(f"{service.url}/")
    assert repr(right) in told["detail"]
    page = service.client.get(path, headers=HTML)
    assert page.status_code == 404
    assert f'<a href="{first["url"]}' in page.text
    assert service.client.get(first["url"], headers=HTML).status_code in (200, 303)


def test_nothing_is_offered_where_nothing_is_near(service: Running) -> None:
    for path in ("/id/zzzzzzzzzzzz", "/id/", f"/id/{'x' * 5000}", "/id/a%00b", "/vocab/%20"):
        assert "near" not in problem(service.client.get(path), 404, "not-found")


NAMED = [f"pilot-{word}" for word in ("lantern", "lantern-2", "lamp", "moon")] + ["field-moonlight"]


@given(st.sampled_from(NAMED), st.integers(0, 20), st.sampled_from("aeiox-"))
@example("pilot-lamp", 0, "o")
def test_one_wrong_letter_is_forgiven(name: str, at: int, letter: str) -> None:
    wrong = name[:at] + letter + name[at + 1 :]
    assert name in Near(NAMED)(wrong, 5)


@given(st.lists(st.text(max_size=300)), st.text(max_size=3000))
def test_whatever_is_asked_what_is_offered_is_there(names: list[str], asked: str) -> None:
    found = Near(names)(asked, 3)
    assert len(found) <= 3
    assert {*found} <= {*names}


def test_it_costs_no_more_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def alike(_: str, other: str) -> float:
        compared.append(other)
        return 1.0

    monkeypatch.setattr(near, "_alike", alike)
    Near([f"a-{number:06}-of-{number % 7}" for number in range(200_000)])("-".join("a" * 100), 3)
    assert 0 < len(compared) < 150


def test_names_are_those_that_have_a_label(three: Mapping[int, Snapshot]) -> None:
    names, quads = Names(BASE), ox.Store()
    quads.bulk_load(path=three[3].quads, format=ox.RdfFormat.N_QUADS)
    called = three[3].called
    assert called == sorted(called)
    assert names.thing("pilot-lantern") in called
    assert names.graph("curated") in called
    typed = {quad.subject.value for quad in quads.quads_for_pattern(None, ox.NamedNode(f"{RDF}type"), None)}  # type: ignore[union-attr]
    assert {each for each in called if each.startswith(names.instances)} <= typed


def entries(gone: Mapping[str, Any]) -> list[str]:
    return [iri.removeprefix(BASE) for iri in gone]


def test_each_build_keeps_what_those_before_it_lost(three: Mapping[int, Snapshot]) -> None:
    lost = ["graph/src-leaflet", "id/org-night-watch", "id/src-leaflet", "id/tool-candle"]
    assert entries(three[1].gone) == []
    assert entries(three[2].gone) == [*lost, "id/tool-torch"]
    assert entries(three[3].gone) == lost
    assert {told["since"] for told in three[2].gone.values()} == {None}
    assert {told["since"] for told in three[3].gone.values()} == {three[2].id}
    assert {told["last"] for told in three[3].gone.values()} == {three[1].id}
