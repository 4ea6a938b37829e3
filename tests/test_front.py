"""Tags, stored answers, open headers, the log, the metrics and the budget of a client: at the public face."""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gdb_graph.errors import TooMuch
from gdb_graph.snapshot import Snapshot
from gdb_graph.web.budget import Budget
from gdb_graph.web.cache import Cache, Stored, key, tag
from tests.conftest import Running, free_port, start, stop
from tests.serving import COUNT, problem, until

PAGES = ["/", "/queries", "/queries/pilots", "/page/pilot-smart-water", "/data/pilot-smart-water.ttl", "/ontology"]
QUERY = {"query": "SELECT ?s { ?s a ?class } ORDER BY ?s LIMIT 3"}


# Tags


@pytest.mark.parametrize("path", [*PAGES, "/sparql?query=ASK%20%7B%7D", "/vocab/role/lead", "/graph/curated"])
def test_a_known_answer_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    known = client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert known.status_code == 304
    assert not known.content
    assert known.headers["ETag"] == first.headers["ETag"]
    assert known.headers["Cache-Control"] == first.headers["Cache-Control"] == "public, max-age=60"
    assert "Accept" in known.headers["Vary"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_a_tag_tells_formats_languages_and_questions_apart(client: httpx.Client) -> None:
    asked = [
        client.get("/page/pilot-smart-water", headers={"Accept-Language": "de"}),
        client.get("/page/pilot-smart-water", headers={"Accept-Language": "en"}),
        client.get("/page/pilot-smart-water?lang=en"),
        client.get("/sparql", params=QUERY, headers={"Accept": "text/csv"}),
        client.get("/sparql", params=QUERY, headers={"Accept": "application/json"}),
    ]
    assert len({each.headers["ETag"] for each in asked}) == len(asked)


def test_a_tag_is_of_a_snapshot_and_a_program() -> None:
    scope = {"method": "GET", "path": "/", "query_string": b"", "headers": []}
    first, other = key(scope, "one"), key(scope, "two")
    assert first and other
    assert len({tag(first, b"a"), tag(other, b"a"), tag(first, b"b")}) == 3
    assert tag(first, b"a") == tag(first, b"a")


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()", "rand()"])
def test_an_answer_that_differs_each_time_is_neither_tagged_nor_stored(client: httpx.Client, call: str) -> None:
    response = client.get("/sparql", params={"query": f"SELECT ({call} AS ?x) {{}}"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/page/nothing", "/sparql?query=nonsense"])
def test_what_may_change_at_any_time_is_not_stored(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("path", PAGES)
def test_a_head_is_that_of_the_answer(client: httpx.Client, path: str) -> None:
    without = client.head(path, headers={"Accept-Language": "fr"})  # not asked before, so not stored
    full, stored = client.get(path), client.head(path)
    for head in (without, stored):
        assert head.status_code == 200
        assert not head.content
        assert head.headers["Content-Type"] == full.headers["Content-Type"]
    assert int(stored.headers["Content-Length"]) == len(full.content)
    assert stored.headers["ETag"] == full.headers["ETag"]


def test_the_store_holds_no_more_than_it_may() -> None:
    cache = Cache(10_000)
    keys = [("s", f"/{number}", b"", ()) for number in range(20)]
    for each in keys:
        cache.put(each, Stored([], b"x" * 1000, b""))
        cache.get(keys[0])
    assert cache.held <= 10_000
    assert cache.get(keys[0])
    assert not cache.get(keys[1])
    cache.put(keys[1], Stored([], b"x" * 20_000, b""))
    assert not cache.get(keys[1])


# Open to all


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sparql?query=ASK%20%7B%7D", 200),
        ("GET", "/sparql?query=ASK%20%7B%7D", 200),  # stored by now
        ("GET", "/sparql?query=nonsense", 400),
        ("GET", "/nothing", 404),
        ("PUT", "/sparql", 405),
        ("POST", "/sparql", 415),
        ("GET", "/queries/pilots?format=nonsense", 406),
        ("GET", "/queries/led-on-date?date=nonsense", 422),
    ],
)
def test_scripts_of_any_site_may_read_all_answers(client: httpx.Client, method: str, path: str, status: int) -> None:
    for origin in ({}, {"Origin": "https://elsewhere.example"}):
        response = client.request(method, path, headers=origin)
        if response.status_code != status and path.startswith("/queries/led"):
            pytest.skip("this content has no such query")
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "X-Snapshot" in response.headers["Access-Control-Expose-Headers"]


# The log and the metrics


@pytest.fixture(scope="module")
def logged(snapshot: Snapshot) -> Iterator[tuple[httpx.Client, Path]]:
    """A service whose log is a file."""
    port = free_port()
    with tempfile.NamedTemporaryFile() as file:
        command = [sys.executable, "-m", "gdb_graph", "serve", "--port", str(port), "--snapshot", str(snapshot.folder)]
        environment = os.environ | {"GDB_QUERY_SECONDS": "1", "GDB_ROWS": "200", "GDB_RESULT_BYTES": "400000"}
        process = subprocess.Popen(command, env=environment, stderr=file, stdout=subprocess.DEVNULL)
        running = Running(process, f"http://127.0.0.1:{port}")
        assert until(lambda: _ready(running), 30)
        yield running.client, Path(file.name)
        stop(running)


def _ready(running: Running) -> bool:
    try:
        return running.client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def lines(file: Path) -> list[dict[str, object]]:
    time.sleep(0.5)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


def test_each_request_is_one_line(logged: tuple[httpx.Client, Path]) -> None:
    client, file = logged
    before = len(lines(file))
    client.get("/sparql", params=QUERY)
    client.get("/sparql", params=QUERY)
    tag_ = client.get("/page/pilot-smart-water").headers["ETag"]
    client.get("/page/pilot-smart-water", headers={"If-None-Match": tag_})
    refused = client.get('/no"thing\n?secret=1'.replace("\n", "%0A"))
    client.get("/sparql", params={"query": COUNT})
    seen = lines(file)[before:]
    assert [each["outcome"] for each in seen] == [
        "ok",
        "cached",
        "ok",
        "not modified",
        "not-found",
        "query-timeout",
    ]
    assert [each["status"] for each in seen] == [200, 200, 200, 304, 404, 504]
    assert seen[0]["query"] and seen[0]["rows"] == seen[1]["rows"] == 3
    assert seen[0]["bytes"] == seen[1]["bytes"]
    assert seen[4]["id"] == refused.headers["X-Request-Id"]
    assert seen[4]["path"] == '/no"thing\n'
    assert float(str(seen[5]["ms"])) >= 1000
    assert len({each["id"] for each in seen}) == len(seen)
    text = file.read_text(encoding="utf-8")
    assert "127.0.0.1" not in text.replace("http://127.0.0.1", "")
    assert "secret" not in text
    assert "SELECT" not in text


def test_metrics_count_what_was_asked(logged: tuple[httpx.Client, Path]) -> None:
    client, _ = logged
    counted = figures(client)
    client.get("/sparql", params={"query": "SELECT * { VALUES ?counted { 1 2 3 } }"})
    client.get("/nothing")
    after = figures(client)
    ok = 'gdb_requests_total{outcome="ok",route="sparql",status="200"}'
    missing = 'gdb_requests_total{outcome="not-found",route="none",status="404"}'
    assert after[ok] == counted.get(ok, 0) + 1
    assert after[missing] == counted.get(missing, 0) + 1
    assert after["gdb_rows_total"] == counted["gdb_rows_total"] + 3
    assert after["gdb_request_seconds_count"] == counted["gdb_request_seconds_count"] + 3  # with /metrics itself
    assert after["gdb_response_bytes_total"] > counted["gdb_response_bytes_total"]
    assert after['gdb_queries{state="running_quick"}'] == 0
    assert any(name.startswith('gdb_snapshot{id="') for name in after)


def figures(client: httpx.Client) -> dict[str, float]:
    text = client.get("/metrics").text
    pairs = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


# Limits of an answer


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "application/sparql-results+xml"])
def test_more_rows_than_allowed_are_an_error_not_fewer_rows(logged: tuple[httpx.Client, Path], accept: str) -> None:
    client, _ = logged
    for limit, status in ((200, 200), (201, 400)):
        query = f"SELECT ?s {{ ?s ?p ?o }} LIMIT {limit}"
        response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
        assert response.status_code == status
    assert "GDB_ROWS" in problem(response, 400, "result-too-large")["detail"]


def test_more_triples_than_allowed_are_an_error(logged: tuple[httpx.Client, Path]) -> None:
    client, _ = logged
    response = client.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 201"})
    assert "GDB_ROWS" in problem(response, 400, "result-too-large")["detail"]


def long_rows(count: int) -> dict[str, str]:
    values = " ".join(f"({number} {chr(34)}{'x' * 60_000}{chr(34)})" for number in range(count))
    return {"query": f"SELECT * {{ VALUES (?n ?x) {{ {values} }} }}"}


def test_bytes_past_the_limit_cut_the_answer_visibly(logged: tuple[httpx.Client, Path]) -> None:
    client, file = logged
    assert len(client.post("/sparql", data=long_rows(6)).content) > 360_000
    before = len(lines(file))
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/sparql", data=long_rows(14))
    (seen,) = lines(file)[before:]
    assert seen["outcome"] == "ResultTooLarge"
    assert "Traceback" not in file.read_text(encoding="utf-8")


# The budget of a client


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_client_waits_until_its_seconds_have_come_back() -> None:
    clock = Clock()
    budget = Budget(30, now=clock)
    budget.check("192.0.2.1")
    budget.spend("192.0.2.1", 45)
    with pytest.raises(TooMuch) as refused:
        budget.check("192.0.2.1")
    assert refused.value.seconds == math.ceil(15 * 60 / 30 + 1)
    budget.check("192.0.2.2")
    clock.now += refused.value.seconds
    budget.check("192.0.2.1")


@pytest.mark.parametrize(
    ("spender", "other", "one_client"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_a_client_is_an_address_or_a_household(spender: str, other: str, one_client: bool) -> None:
    budget = Budget(1, now=Clock())
    budget.spend(spender, 10)
    if one_client:
        with pytest.raises(TooMuch):
            budget.check(other)
    else:
        budget.check(other)


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", ""])
def test_this_machine_is_exempt_unless_set_otherwise(client: str) -> None:
    exempt, limited, unlimited = Budget(1), Budget(1, True), Budget(0, True)
    for budget in (exempt, limited, unlimited):
        budget.spend(client, 10)
    exempt.check(client)
    unlimited.check(client)
    with pytest.raises(TooMuch):
        limited.check(client)


@pytest.mark.slow
def test_a_client_that_has_used_its_seconds_is_told_when_to_ask_again(snapshot: Snapshot) -> None:
    running = start("--snapshot", str(snapshot.folder), query_seconds="1", client_seconds="1", limit_loopback="true")
    try:
        assert running.client.get("/sparql", params={"query": COUNT}).status_code == 504
        refused = running.client.get("/sparql", params={"query": "ASK { ?a ?b ?c }"})
        assert "GDB_CLIENT_SECONDS" in problem(refused, 429, "too-much")["detail"]
        assert int(refused.headers["Retry-After"]) >= 1
        assert running.client.get("/healthz").status_code == 200
        assert running.client.get("/static/style.css").status_code == 200
    finally:
        stop(running)
