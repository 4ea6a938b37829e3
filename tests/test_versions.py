"""The snapshots that stay, over HTTP: their list, the endpoint of each, and what each costs."""

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from gdb_graph import history, snapshot
from gdb_graph.engine.archive import Archive
from gdb_graph.engine.child import Bounds
from gdb_graph.engine.pool import Limits
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import Busy, SnapshotError
from tests.conftest import Running, start, stop
from tests.contents import OTHERSTADT, built
from tests.serving import SORT, descendants, problem, switch, until, variant

HTML = {"Accept": "text/html"}
VARIANT = "SELECT ?id { ?s <a:id> ?id }"
OLD, MIDDLE = "0" * 32, "1" * 32


def aged(folder: Path, created: str) -> None:
    """Give a snapshot another date."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"created": created}), encoding="utf-8")


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three snapshots: two older variants, and Otherstadt as the current one."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("three") / "snapshots", symlinks=True))
    for id_, created in ((OLD, "2030-01-01T00:00:00+00:00"), (MIDDLE, "2030-02-01T00:00:00+00:00")):
        variant(snapshot.current(folder), id_)
        aged(folder / id_, created)
    return folder


@pytest.fixture(scope="module")
def serving(three: Path) -> Iterator[Running]:
    """The service over these three."""
    running = start("--snapshot", str(snapshot.current(three)), query_seconds="5", public_url="https://example.org/g")
    yield running
    stop(running)


@pytest.fixture
def old(serving: Running) -> httpx.Client:
    return serving.client


def ids(client: httpx.Client) -> list[str]:
    return [each["id"] for each in client.get("/snapshots").json()]


def test_the_list_names_every_snapshot_the_latest_first(old: httpx.Client, three: Path) -> None:
    latest, middle, first = old.get("/snapshots").json()

    assert latest["id"] == snapshot.current(three).name
    assert (middle["id"], first["id"]) == (MIDDLE, OLD)
    assert [each["served"] for each in (latest, middle, first)] == [True, False, False]
    assert middle == {
        "id": MIDDLE,
        "created": "2030-02-01T00:00:00+00:00",
        "triples": history.read(three)[0].manifest["counts"]["triples"],
        "served": False,
        "url": f"https://example.org/g/snapshots/{MIDDLE}",
        "queries": f"https://example.org/g/snapshots/{MIDDLE}/queries",
        "sparql": f"https://example.org/g/snapshots/{MIDDLE}/sparql",
        "changes": f"https://example.org/g/changes?since={OLD}&until={MIDDLE}",
        "cite": f"https://example.org/g/cite?snapshot={MIDDLE}",
    }
    assert first["changes"] is None
    assert old.get(f"/snapshots/{MIDDLE}").json() == middle


@pytest.mark.parametrize(("lang", "said"), [("de", "wird ausgeliefert"), ("en", "served now")])
def test_the_list_is_a_page_in_both_languages(old: httpx.Client, lang: str, said: str) -> None:
    page = old.get("/snapshots", params={"lang": lang}, headers=HTML)

    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.count(said) == 1
    for id_ in (OLD, MIDDLE):
        assert f"/g/snapshots/{id_}/sparql" in page.text
        assert f"/g/snapshots/{id_}/queries" in page.text
    assert said not in old.get(f"/snapshots/{OLD}", params={"lang": lang}, headers=HTML).text


def test_the_list_is_tagged_by_what_it_says(old: httpx.Client) -> None:
    first = old.get("/snapshots")

    assert first.headers["Cache-Control"] == "no-cache"
    known = old.get("/snapshots", headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("method", ["GET", "form", "direct"])
def test_each_snapshot_answers_for_itself(old: httpx.Client, method: str) -> None:
    for id_ in (OLD, MIDDLE):
        path = f"/snapshots/{id_}/sparql"
        headers = {"Accept": "text/csv"}
        if method == "GET":
            response = old.get(path, params={"query": VARIANT}, headers=headers)
        elif method == "form":
            response = old.post(path, data={"query": VARIANT}, headers=headers)
        else:
            response = old.post(path, content=VARIANT, headers=headers | {"Content-Type": "application/sparql-query"})
        assert response.text.split() == ["id", id_]
        assert response.headers["X-Snapshot"] == id_


def test_the_current_one_answers_there_too(old: httpx.Client, three: Path) -> None:
    path = f"/snapshots/{snapshot.current(three).name}/sparql"

    there = old.get(path, params={"query": "ASK {}"})

    assert there.json() == old.get("/sparql", params={"query": "ASK {}"}).json()
    assert there.headers["X-Snapshot"] == snapshot.current(three).name


def test_the_rest_of_the_protocol_holds_there(old: httpx.Client) -> None:
    path = f"/snapshots/{OLD}/sparql"
    head = old.head(path, params={"query": VARIANT})
    assert (head.status_code, head.content, head.headers["X-Snapshot"]) == (200, b"", OLD)
    options = old.options(path)
    assert options.status_code == 204
    assert "POST" in options.headers["Allow"]
    assert old.put(path).status_code == 405
    problem(old.get(path, params={"query": "SELEC"}), 400, "bad-query")
    problem(old.post(path, content="x", headers={"Content-Type": "text/plain"}), 415, "media-type")


def test_without_a_query_it_describes_itself(old: httpx.Client) -> None:
    path = f"/snapshots/{OLD}/sparql"
    described = old.get(path, headers={"Accept": "text/turtle"})
    assert f"<https://example.org/g{path}>" in described.text
    assert described.headers["X-Snapshot"] == OLD
    assert f'action="/g{path}#answer"' in old.get(path, headers=HTML).text


def test_its_answers_are_tagged_by_their_own_snapshot(old: httpx.Client) -> None:
    asked = [old.get(f"/snapshots/{id_}/sparql", params={"query": VARIANT}) for id_ in (OLD, MIDDLE)]

    assert asked[0].headers["ETag"] != asked[1].headers["ETag"]
    known = old.get(
        f"/snapshots/{OLD}/sparql", params={"query": VARIANT}, headers={"If-None-Match": asked[0].headers["ETag"]}
    )
    assert known.status_code == 304


@pytest.mark.parametrize("path", ["/snapshots/nonsense", f"/snapshots/{'f' * 32}/sparql?query=ASK%20%7B%7D"])
def test_an_unknown_one_is_a_problem_that_says_where_to_look(old: httpx.Client, path: str) -> None:
    assert "/snapshots" in problem(old.get(path), 404, "not-found")["detail"]


def test_an_answer_stays_tagged_and_known_when_the_current_snapshot_changes(tmp_path: Path, three: Path) -> None:
    folder = Path(shutil.copytree(three, tmp_path / "snapshots", symlinks=True))
    running = start("--content", str(OTHERSTADT), "--out", str(folder), look_seconds="0.1")
    try:
        path = f"/snapshots/{OLD}/sparql"
        before = running.client.get(path, params={"query": VARIANT}, headers={"Accept": "text/csv"})
        switch(folder, MIDDLE)
        assert until(lambda: running.client.get("/readyz").json()["snapshot"] == MIDDLE, 20)
        after = running.client.get(path, params={"query": VARIANT}, headers={"Accept": "text/csv"})
        assert (after.text, after.headers["ETag"]) == (before.text, before.headers["ETag"])
        assert [each["served"] for each in running.client.get("/snapshots").json()].count(True) == 1
    finally:
        stop(running)


# The engines of older snapshots


def limits(seconds: float = 30.0) -> Limits:
    return Limits(2, 4, 8, seconds, 1.0, Bounds(256))


async def ask(archive: Archive, id_: str, query: str = "ASK {}") -> bytes:
    one = next(each for each in archive.snapshots() if each.id == id_)
    return (await archive.published(one).run(Request(query, "application/json"))).body


def nurseries() -> int:
    """How many processes this one has started that still run."""
    return sum(parent == os.getpid() for parent in descendants(os.getpid()).values())


def test_engines_start_when_asked_and_end_when_nobody_asks(three: Path) -> None:
    async def scenario() -> None:
        archive = Archive(three, limits(), rest_seconds=0.5)
        before = nurseries()
        archive.published(archive.snapshots()[0])
        assert nurseries() == before
        answers = await asyncio.gather(*(ask(archive, OLD) for _ in range(5)))
        assert all(json.loads(each)["boolean"] for each in answers)
        assert nurseries() == before + 1
        for _ in range(200):
            await asyncio.sleep(0.05)
            if nurseries() == before:
                break
        assert nurseries() == before
        assert json.loads(await ask(archive, OLD))["boolean"]
        await archive.close()
        assert nurseries() == before

    asyncio.run(scenario())


def test_no_more_than_two_are_open_and_the_one_asked_longest_ago_makes_way(three: Path) -> None:
    latest = snapshot.current(three).name

    async def scenario() -> None:
        archive = Archive(three, limits())
        before = nurseries()
        for id_ in (OLD, MIDDLE, OLD, latest):
            await ask(archive, id_)
            assert nurseries() <= before + 2
        assert list(archive._opened) == [OLD, latest]
        await archive.close()

    asyncio.run(scenario())


def test_one_that_is_busy_is_not_closed_and_the_third_waits_for_the_deadline_at_most(three: Path) -> None:
    async def scenario() -> None:
        archive = Archive(three, limits())
        for id_ in (OLD, MIDDLE):
            await ask(archive, id_)
        busy = [asyncio.create_task(ask(archive, id_, SORT)) for id_ in (OLD, MIDDLE)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await archive_timeout(archive)
        for each in busy:
            each.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await archive.close()

    async def archive_timeout(archive: Archive) -> None:
        archive._limits = limits(0.3)  # a deadline shorter than that of those that run
        await ask(archive, snapshot.current(three).name)

    asyncio.run(scenario())


def test_a_damaged_one_is_an_error_for_whoever_asks_it_and_for_nobody_else(three: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(three, tmp_path / "snapshots", symlinks=True))
    quads = folder / OLD / "quads.nq"
    quads.write_bytes(quads.read_bytes()[::-1])

    async def scenario() -> None:
        archive = Archive(folder, limits())
        for _ in range(2):
            with pytest.raises(SnapshotError):
                await ask(archive, OLD)
        assert json.loads(await ask(archive, MIDDLE))["boolean"]
        await archive.close()

    asyncio.run(scenario())


def test_what_is_open_is_not_removed(three: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(three, tmp_path / "snapshots", symlinks=True))

    async def scenario() -> None:
        archive = Archive(folder, limits())
        await ask(archive, OLD)
        assert history.prune(folder, 1) == [MIDDLE]
        assert [each.id for each in archive.snapshots()][1:] == [OLD]
        await archive.close()
        assert history.prune(folder, 1) == [OLD]

    asyncio.run(scenario())


def test_links_stay_below_the_public_address(old: httpx.Client) -> None:
    for each in old.get("/snapshots", headers={"Host": "evil.example"}).json():
        assert urlsplit(each["url"]).netloc == "example.org"


# Curated queries


FIELDS = (
    "#+ summary:\n#+   de: Handlungsfelder\n#+   en: Action fields\n#+ description:\n#+   de: Alle.\n#+   en: All.\n"
)
ASKED = "SELECT ?id { ?s <a:id> ?id }\n"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service over two snapshots that both have the query `ids`, and only the older one `former`."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("asked") / "snapshots", symlinks=True))
    current = snapshot.current(folder)
    for name in ("ids", "former"):
        (current / "queries" / f"{name}.rq").write_text(FIELDS + ASKED, encoding="utf-8")
    variant(current, OLD)
    aged(folder / OLD, "2030-01-01T00:00:00+00:00")
    (current / "queries" / "former.rq").unlink()
    variant(current, MIDDLE)
    switch(folder, MIDDLE)
    shutil.rmtree(current)
    running = start("--snapshot", str(snapshot.current(folder)), query_seconds="5", public_url="https://example.org/g")
    yield running
    stop(running)


@pytest.mark.parametrize("id_", [OLD, MIDDLE])
def test_each_snapshot_answers_its_own_curated_queries(asked: Running, id_: str) -> None:
    home = f"/snapshots/{id_}/queries"
    answer = asked.client.get(f"{home}/ids.csv")
    assert answer.text.split() == ["id", id_]
    assert answer.headers["X-Snapshot"] == id_
    listed = asked.client.get(home)
    assert listed.headers["X-Snapshot"] == id_
    names = {each["name"]: each["url"] for each in listed.json()}
    assert names["ids"] == f"https://example.org/g{home}/ids"
    assert ("former" in names) is (id_ == OLD)
    assert asked.client.get(f"{home}/former").status_code == (200 if id_ == OLD else 404)
    assert asked.client.get("/queries/former").status_code == 404


@pytest.mark.parametrize(("lang", "said"), [("de", "aus dem Stand vom"), ("en", "from the snapshot of")])
def test_a_page_of_an_older_answer_says_so_and_stays_there(asked: Running, lang: str, said: str) -> None:
    home = f"/snapshots/{OLD}/queries"
    page = asked.client.get(f"{home}/ids", params={"lang": lang}, headers=HTML).text
    assert said in page
    assert "2030-01-01" in page
    assert f"/g{home}/ids.csv" in page
    assert f"/g{home}/ids" in asked.client.get(home, params={"lang": lang}, headers=HTML).text
    assert said not in asked.client.get("/queries/ids", params={"lang": lang}, headers=HTML).text


def test_an_older_answer_is_tagged_by_its_own_snapshot(asked: Running) -> None:
    path = f"/snapshots/{OLD}/queries/ids.csv"
    first = asked.client.get(path)
    assert asked.client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    problem(asked.client.get(f"/snapshots/{'f' * 32}/queries/ids"), 404, "not-found")
    detail = problem(asked.client.get(f"/snapshots/{OLD}/queries/idz"), 404, "not-found")["detail"]
    assert f"/snapshots/{OLD}/queries" in detail


def test_queries_that_cannot_be_read_any_more_are_told_of(three: Path) -> None:
    copied = three.parent / "unreadable"
    shutil.copytree(three, copied, symlinks=True)
    (copied / OLD / "queries" / "strange.rq").write_text("#+ summary: [\nASK {}\n", encoding="utf-8")

    async def ask() -> None:
        archive = Archive(copied, limits())
        try:
            with pytest.raises(SnapshotError, match=f"/snapshots/{OLD}/sparql"):
                await archive.queries(next(one for one in archive.snapshots() if one.id == OLD))
        finally:
            await archive.close()

    asyncio.run(ask())


def test_a_name_that_ends_as_a_file_is_the_file(asked: Running) -> None:
    """Replicas fetch the queries as they were written."""
    path = f"/snapshots/{OLD}/queries"
    named = {each["path"] for each in asked.client.get(f"/snapshots/{OLD}/manifest.json").json()["parts"]}
    assert "report.json" in named
    for each in named:
        assert asked.client.get(f"/snapshots/{OLD}/{each}").status_code == 200
    problem(asked.client.get(f"{path}/nobody.rq"), 404, "not-found")
