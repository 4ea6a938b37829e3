"""An engine that is slow, gone, or answers nonsense: a clear problem, never a wrong or short answer; it recovers."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import httpx
import pytest

from gdb_graph.remote.marker import Marker
from gdb_graph.snapshot import Snapshot
from tests.conftest import Running, free_port, start, stop
from tests.engines import Fake, fake, rows, say
from tests.serving import problem, until

ASK = "SELECT ?x { ?a ?b ?x }"
CSV = {"Accept": "text/csv"}


@pytest.fixture(scope="module")
def engine(snapshot: Snapshot) -> Iterator[Fake]:
    with fake(snapshot) as running:
        yield running


@pytest.fixture(scope="module")
def remote(engine: Fake, snapshot: Snapshot) -> Iterator[Running]:
    running = start(
        *("--snapshot", str(snapshot.folder), "--engine", engine.url),
        query_seconds="1.5",
        look_seconds="0.2",
        cache_megabytes="0",
        engines="1",
        slow_engines="1",
        waiting="2",
    )
    yield running
    stop(running)


@pytest.fixture(autouse=True)
def _as_before(engine: Fake, snapshot: Snapshot) -> Iterator[None]:
    yield
    engine.answer, engine.marked, engine.down, engine.server = _good, None, False, "Fake/1"
    engine.marker = Marker(snapshot.id, "urn:gdb-graph:default:x", "word")


def _good(handler: BaseHTTPRequestHandler) -> None:
    say(handler, rows("one", "two"))


def ask(remote: Running, query: str = ASK) -> httpx.Response:
    return remote.client.post("/sparql", data={"query": query}, headers=CSV)


def answered(remote: Running) -> bool:
    response = ask(remote)
    return response.status_code == 200 and response.text == "x\r\none\r\ntwo\r\n"


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def trickle(handler: BaseHTTPRequestHandler) -> None:
    body = rows("one", "two")
    handler.send_response(200)
    handler.send_header("Content-Type", "application/sparql-results+json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for at in range(len(body)):
        handler.wfile.write(body[at : at + 1])
        handler.wfile.flush()
        time.sleep(0.1)


def sends_away(handler: BaseHTTPRequestHandler) -> None:
    say(handler, b"", 302, Location="http://127.0.0.1:1/secret")


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    say(handler, rows("one")[:-10], length=1000)
    handler.close_connection = True


FAULTS = [
    pytest.param(hang, 504, "query-timeout", "GDB_QUERY_SECONDS", id="says nothing"),
    pytest.param(trickle, 504, "query-timeout", "GDB_QUERY_SECONDS", id="says a byte now and then"),
    pytest.param(lambda h: say(h, rows("one")[:-3]), 502, "engine-gone", "read to its end", id="half a document"),
    pytest.param(breaks_off, 502, "engine-gone", "broke off", id="breaks off"),
    pytest.param(lambda h: say(h, b"<html>Welcome</html>"), 502, "engine-gone", "read to its end", id="a web page"),
    pytest.param(lambda h: say(h, b""), 502, "engine-gone", "read to its end", id="nothing at all"),
    pytest.param(
        lambda h: say(h, b'{"head":{},"boolean":true}'), 502, "engine-gone", "read to its end", id="another form"
    ),
    pytest.param(sends_away, 502, "engine-gone", "final address", id="sends away"),
    pytest.param(lambda h: say(h, b"out of order", 500), 502, "engine-gone", "status 500", id="fails"),
    pytest.param(lambda h: say(h, b"", 401), 502, "engine-gone", "GDB_ENGINE_USER", id="wants credentials"),
    pytest.param(lambda h: say(h, b"no such function", 400), 501, "engine-cannot", "no such function", id="refuses"),
    pytest.param(
        lambda h: say(h, rows("one"), X_SPARQL_MaxRows="10000"), 501, "engine-cannot", "10000 rows", id="cuts rows"
    ),
    pytest.param(
        lambda h: say(h, rows("one"), X_SQL_State="S1TAT"), 501, "engine-cannot", "own deadline", id="gives a part"
    ),
    pytest.param(
        lambda h: say(h, b"Virtuoso S1T00 Error SR171: Transaction timed out", 500),
        *(504, "query-timeout", "own deadline"),
        id="has a deadline of its own",
    ),
]


@pytest.mark.parametrize(("answer", "status", "kind", "says"), FAULTS)
def test_a_fault_is_a_clear_problem_and_the_next_answer_is_right(
    engine: Fake,
    remote: Running,
    answer: Callable[[BaseHTTPRequestHandler], None],
    status: int,
    kind: str,
    says: str,
) -> None:
    assert until(lambda: answered(remote), 10)
    engine.answer = answer
    began = time.monotonic()
    detail = problem(ask(remote), status, kind)["detail"]
    assert says in detail
    assert engine.url not in detail
    assert time.monotonic() - began < 3
    engine.answer = _good
    assert until(lambda: answered(remote), 5)


def test_a_long_answer_that_breaks_off_is_an_aborted_transfer(engine: Fake, remote: Running) -> None:
    """Its beginning is on its way with status 200 when it breaks off: then it must not end as if it were whole."""

    def long(handler: BaseHTTPRequestHandler) -> None:
        body = rows(*(f"value {number}" for number in range(20_000)))
        say(handler, body[:-5000], length=len(body))
        handler.wfile.flush()
        time.sleep(0.5)
        handler.close_connection = True

    engine.answer = long
    with pytest.raises(httpx.RemoteProtocolError):
        ask(remote)


def test_a_long_answer_is_whole(engine: Fake, remote: Running) -> None:
    values = [f"value {number}" for number in range(20_000)]
    engine.answer = lambda handler: say(handler, rows(*values))
    assert ask(remote).text.split("\r\n") == ["x", *values, ""]


def test_while_it_is_gone_it_is_left_alone_and_found_again(engine: Fake, remote: Running) -> None:
    engine.down = True
    assert until(lambda: ask(remote).status_code == 502, 5)
    problem(remote.client.get("/readyz"), 502, "engine-gone")
    assert remote.client.get("/healthz").status_code == 200
    asked = len(engine.asked)
    began = time.monotonic()
    for _ in range(20):
        assert ask(remote).status_code == 502
    assert time.monotonic() - began < 2  # not one of them has waited for it
    assert len(engine.asked) == asked
    engine.down = False
    assert until(lambda: answered(remote), 10)


def test_an_engine_that_is_not_there_yet_is_found_when_it_comes(snapshot: Snapshot) -> None:
    port = free_port()
    running = start_without_engine(snapshot, port)
    try:
        problem(running.client.get("/readyz"), 502, "engine-gone")
        assert running.client.get("/queries").status_code == 200
        with fake(snapshot, port):
            assert until(lambda: answered(running), 10)
    finally:
        stop(running)


def start_without_engine(snapshot: Snapshot, port: int) -> Running:
    """A service whose engine is not there: it runs, but does not get ready."""
    own = free_port()
    command = [sys.executable, "-m", "gdb_graph", "serve", "--port", str(own), "--snapshot", str(snapshot.folder)]
    process = subprocess.Popen(
        [*command, "--engine", f"http://127.0.0.1:{port}"],
        env=os.environ | {"GDB_LOOK_SECONDS": "0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = Running(process, f"http://127.0.0.1:{own}")
    assert until(lambda: _alive(running), 20)
    return running


def _alive(running: Running) -> bool:
    try:
        return running.client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


# What the engine says it holds


def test_an_answer_across_a_switch_is_refused(engine: Fake, remote: Running, snapshot: Snapshot) -> None:
    """The marker is another after the answer than before: nobody knows which snapshot it is from."""

    def switching(handler: BaseHTTPRequestHandler) -> None:
        engine.marker = Marker(snapshot.id, "urn:gdb-graph:default:x", "another-word")
        say(handler, rows("from which?"))

    assert until(lambda: answered(remote), 5)
    engine.answer = switching
    told = problem(ask(remote), 503, "other-snapshot")
    assert "Ask again" in told["detail"]
    engine.answer = _good
    assert until(lambda: answered(remote), 5)


def test_a_long_answer_across_a_switch_is_aborted(engine: Fake, remote: Running, snapshot: Snapshot) -> None:
    def switching(handler: BaseHTTPRequestHandler) -> None:
        engine.marker = Marker(snapshot.id, "urn:gdb-graph:default:x", "a-third-word")
        say(handler, rows(*(f"value {number}" for number in range(20_000))))

    assert until(lambda: answered(remote), 5)
    engine.answer = switching
    with pytest.raises(httpx.RemoteProtocolError):
        ask(remote)


@pytest.mark.parametrize(
    ("answer", "status", "kind"),
    [
        pytest.param(rows(), 503, "other-snapshot", id="nothing is published"),
        pytest.param(
            b'{"head":{},"results":{"bindings":[{"said":{"value":"unknown urn:x word"}}]}}',
            *(503, "other-snapshot"),
            id="a snapshot that is not here",
        ),
        pytest.param(b"<html>", 502, "engine-gone", id="nonsense"),
        pytest.param(b"[]", 502, "engine-gone", id="other JSON"),
    ],
)
def test_without_a_marker_that_fits_queries_are_refused(
    engine: Fake, remote: Running, answer: bytes, status: int, kind: str
) -> None:
    assert until(lambda: answered(remote), 5)
    engine.marked = lambda handler: say(handler, answer)
    assert until(lambda: ask(remote).status_code == status, 5)
    problem(ask(remote), status, kind)
    problem(remote.client.get("/readyz"), status, kind)
    engine.marked = None
    assert until(lambda: answered(remote), 10)


# Who may ask what


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT * { SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }", id="another endpoint"),
        pytest.param("INSERT DATA { <a:b> <a:c> <a:d> }", id="an update"),
        pytest.param("DROP ALL", id="an update that empties it"),
        pytest.param("DEFINE get:soft 'soft' SELECT * { ?a ?b ?c }", id="a pragma of Virtuoso"),
        pytest.param(
            "PREFIX bif: <bif:> SELECT (bif:file_to_string('/etc/passwd') AS ?x) { ?a ?b ?c }", id="a function of SQL"
        ),
        pytest.param("SELECT * { ?a ?b ?c } }", id="no query"),
        pytest.param("SELECT * " + "{" * 600 + "}" * 600, id="nested too deeply"),
        pytest.param(r"SELECT * { \u0047RAPH ?g { ?a ?b ?c } }", id="a keyword in disguise"),
    ],
)
def test_what_is_refused_never_reaches_the_engine(engine: Fake, remote: Running, query: str) -> None:
    assert until(lambda: answered(remote), 5)
    engine.asked.clear()
    problem(ask(remote, query), 400, "bad-query")
    assert engine.asked == []


def test_the_waiting_line_is_bounded(engine: Fake, remote: Running) -> None:
    assert until(lambda: answered(remote), 5)
    engine.answer = hang
    with ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(httpx.post, f"{remote.url}/sparql", data={"query": ASK}, timeout=10) for _ in range(8)]
        statuses = [each.result().status_code for each in sent]
    assert sorted(statuses) == [503] * 4 + [504] * 4
