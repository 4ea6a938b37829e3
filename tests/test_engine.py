"""Whatever a query says, it ends, it reaches nothing, and everybody else is served."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph import content
from gdb_graph.engine.tokens import calls_a_service
from gdb_graph.snapshot import Snapshot
from tests.conftest import Running, start, stop
from tests.serving import (
    COUNT,
    ROWS,
    SORT,
    alive,
    descendants,
    engines,
    nursery,
    problem,
    processor_time,
    switch,
    until,
    variant,
)

DEADLINE = 2.0
CSV = {"Accept": "text/csv"}


def ask(service: Running, query: str = "ASK {}") -> httpx.Response:
    return service.client.post("/sparql", data={"query": query})


def is_answered(service: Running) -> bool:
    return ask(service).status_code == 200


def rested(service: Running) -> set[int]:
    """The engines of the service when nothing is left of what was asked before: two, all in the quick lane."""
    assert until(lambda: len(engines(service.process.pid)) == 2, 10)
    return engines(service.process.pid)


@contextmanager
def asking(service: Running, query: str) -> Iterator[socket.socket]:
    """A client that has sent a query, and is gone when the context ends."""
    address = httpx.URL(service.url)
    with socket.create_connection((address.host, address.port or 0)) as connection:
        connection.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        yield connection


# The deadline


@pytest.mark.slow
@pytest.mark.parametrize(
    "query", [pytest.param(SORT, id="a sort of pairs"), pytest.param(COUNT, id="a count of fours")]
)
def test_an_endless_query_is_stopped_while_others_are_answered(service: Running, query: str) -> None:
    before = rested(service)
    with ThreadPoolExecutor(4) as threads:
        began = time.monotonic()
        endless = threads.submit(ask, service, query)

        def small() -> float:
            sent = time.monotonic()
            assert is_answered(service)
            return time.monotonic() - sent

        waits = []
        while not endless.done():
            waits += [each.result() for each in [threads.submit(small) for _ in range(3)]]
            time.sleep(0.01)
        detail = problem(endless.result(), 504, "query-timeout")["detail"]
        assert DEADLINE <= time.monotonic() - began < DEADLINE + 1
    assert "stopped after 2 s" in detail
    assert max(waits) < 1
    assert len(waits) > 30
    assert len(before - rested(service)) == 1


# Reaching out


class Listener:
    """Somebody on this machine who notes whether anybody calls."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/sparql"

    def called(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.socket.close()


CALLS = [
    pytest.param("SELECT * { SERVICE <URL> { ?s ?p ?o } }", id="plain"),
    pytest.param("SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }", id="silent"),
    pytest.param("SELECT * { service <URL> { ?s ?p ?o } }", id="lower case"),
    pytest.param("SELECT * { sErViCe sIlEnT <URL> { ?s ?p ?o } }", id="mixed case"),
    pytest.param("PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }", id="prefixed"),
    pytest.param("BASE <URL> SELECT * { SERVICE <> { ?s ?p ?o } }", id="relative"),
    pytest.param("SELECT * { SERVICE# <a>\n<URL> { ?s ?p ?o } }", id="comment after the keyword"),
    pytest.param("SELECT * { #'\nSERVICE#'\n<URL> { ?s ?p ?o } }", id="comments with quotes around"),
    pytest.param("SELECT * { BIND('\\'' AS ?q) SERVICE <URL> { ?s ?p ?o } BIND('' AS ?r) }", id="between strings"),
    pytest.param("SELECT * { BIND('''a''b''' AS ?q) SERVICE <URL> { ?s ?p ?o } }", id="after a long string"),
    pytest.param("SELECT * { SERV\\u0049CE <URL> { ?s ?p ?o } }", id="escaped short"),
    pytest.param("SELECT * { \\U00000053ERVICE <URL> { ?s ?p ?o } }", id="escaped long"),
    pytest.param("SELECT * { FILTER(FALSE)FILTER FALSESERVICE <URL> { ?s ?p ?o } }", id="glued to a word"),
    pytest.param("SELECT * { FILTER(1<2)SERVICE<URL>{ ?s ?p ?o } }", id="without blanks"),
    pytest.param("SELECT * { ?s ?p 1.SERVICE <URL> { ?s ?p ?o } }", id="glued to a number"),
    pytest.param("SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }", id="in a sub-select"),
    pytest.param("SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }", id="in an OPTIONAL"),
    pytest.param("SELECT * { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }", id="in an EXISTS"),
    pytest.param("SELECT * { VALUES ?x { <URL> } SERVICE ?x { ?s ?p ?o } }", id="by a variable"),
    pytest.param("ASK { SERVICE <URL> { ?s ?p ?o } }", id="in an ASK"),
    pytest.param("CONSTRUCT { ?s ?p ?o } { SERVICE <URL> { ?s ?p ?o } }", id="in a CONSTRUCT"),
    pytest.param("DESCRIBE ?s { SERVICE <URL> { ?s ?p ?o } }", id="in a DESCRIBE"),
]


@pytest.mark.parametrize("query", CALLS)
def test_a_query_that_calls_another_service_is_refused(service: Running, listener: Listener, query: str) -> None:
    problem(ask(service, query.replace("URL", listener.url)), 400, "bad-query")
    assert not listener.called()


def test_the_refusal_says_why(service: Running, listener: Listener) -> None:
    query = f"SELECT * {{ SERVICE <{listener.url}> {{}} }}"
    assert "never calls other endpoints" in problem(ask(service, query), 400, "bad-query")["detail"]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT * FROM <URL> { ?s ?p ?o }", id="FROM"),
        pytest.param("SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }", id="FROM NAMED"),
        pytest.param("SELECT * { GRAPH <URL> { ?s ?p ?o } }", id="GRAPH"),
        pytest.param("DESCRIBE <URL>", id="DESCRIBE"),
        pytest.param("LOAD <URL>", id="LOAD"),
        pytest.param("LOAD SILENT <URL> INTO GRAPH <a:b>", id="LOAD SILENT"),
    ],
)
def test_an_address_in_a_query_is_only_a_name(service: Running, listener: Listener, query: str) -> None:
    response = ask(service, query.replace("URL", listener.url))
    assert response.status_code == (400 if query.startswith("LOAD") else 200)
    assert not listener.called()


def test_a_graph_of_the_request_is_only_a_name(service: Running, listener: Listener) -> None:
    graphs = {"default-graph-uri": listener.url, "named-graph-uri": listener.url}
    assert service.client.get("/sparql", params={"query": "ASK {}"} | graphs).status_code == 200
    assert not listener.called()


WITHOUT_FILTER = """
import io, sys
import pyoxigraph as ox
from gdb_graph.engine import child, sparql

sparql.tokens.calls_a_service = lambda query: False
store = ox.Store()
if sys.argv[1] == "confined":
    child.confine(512)
for query in sys.stdin.read().split("\\0"):
    try:
        sparql.answer(store, sparql.Request(query), {}, lambda *_: io.BytesIO())
        print("answered")
    except Exception as error:
        print(type(error).__name__)
"""


def without_filter(queries: list[str], wall: str) -> list[str]:
    command = [sys.executable, "-c", WITHOUT_FILTER, wall]
    done = subprocess.run(command, input="\0".join(queries), capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


def test_without_the_filter_the_wall_holds(listener: Listener) -> None:
    queries = [str(each.values[0]).replace("URL", listener.url) for each in CALLS]
    assert len(without_filter(queries, "confined")) == len(queries)
    assert not listener.called()


def test_without_the_wall_the_listener_would_be_called(listener: Listener) -> None:
    """So the tests above do tell something."""
    query = f"SELECT * {{ SERVICE SILENT <{listener.url}> {{ ?s ?p ?o }} }}"
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(without_filter, [query], "free")
        assert until(listener.called, 10)
        asked.result()


def test_an_engine_may_open_nothing_more(service: Running) -> None:
    for pid in engines(service.process.pid):
        (line,) = (each for each in limits(pid) if each.startswith("Max open files"))
        soft, hard = line.split()[3:5]
        assert soft == hard
        assert set(range(int(soft))) <= {int(each.name) for each in Path(f"/proc/{pid}/fd").iterdir()}


def limits(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()


HARMLESS = [
    pytest.param("SELECT ?service { ?service ?p ?o } LIMIT 1", id="a variable"),
    pytest.param("SELECT $SERVICE { $SERVICE ?p ?o } LIMIT 1", id="a variable with a dollar"),
    pytest.param("ASK { ?s ?p 'SERVICE <a:b> {}' }", id="a string"),
    pytest.param('ASK { ?s ?p "it\'s a SERVICE" }', id="a string with a quote"),
    pytest.param("ASK { ?s ?p 'a \\' SERVICE \\\\' }", id="a string with escapes"),
    pytest.param("ASK { ?s ?p '''\n'SERVICE' ''\n''' }", id="a long string"),
    pytest.param('ASK { ?s ?p """SERVICE "x" \\""" """ }', id="a long string in double quotes"),
    pytest.param("ASK { ?s ?p 'x'@service }", id="a language"),
    pytest.param("ASK { ?s a <http://a.example/SERVICE#service> }", id="an IRI"),
    pytest.param("PREFIX service: <a:b> ASK { ?s service:SERVICE service: }", id="a prefix and a local name"),
    pytest.param("PREFIX a: <a:b> ASK { ?s a:x.SERVICE-y a:x\\,SERVICE, a:%20SERVICE }", id="local names"),
    pytest.param("PREFIX : <a:b> ASK { ?s :SERVICE _:SERVICE }", id="an empty prefix and a blank node"),
    pytest.param("ASK { # SERVICE <a:b>\n }", id="a comment"),
    pytest.param("# SERVICE <a:b>\r\nASK {}", id="a comment first"),
    pytest.param("ASK {} # SERVICE <a:b> {}", id="a comment last"),
]


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_service_elsewhere_is_not_refused(service: Running, query: str) -> None:
    assert ask(service, query).status_code == 200


NAME = st.text("abcXYZ019_", max_size=5).map("{}".format)
PLACES = st.sampled_from(
    [
        '"{}"',
        "'{}'",
        "'''{}'''",
        '"""{}"""',
        "<http://a.example/{}>",
        "# {}\n",
        "?x{}",
        "a:{}",
        "_:b{}",
        "{}:x",
        ":a.{}z",
    ]
)
WORD = st.sampled_from(["SERVICE", "service", "SerVice"])


@given(st.lists(st.tuples(PLACES, st.tuples(NAME, WORD, NAME).map("".join)), min_size=1))
def test_no_name_string_or_comment_is_taken_for_a_call(pieces: list[tuple[str, str]]) -> None:
    text = "ASK { " + " ".join(place.format(f"a{word}") for place, word in pieces) + " }"
    assert not calls_a_service(text)
    assert calls_a_service(text.replace("ASK", "ASK SERVICE"))


# Memory and stack


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(f"ASK {'{' * 3000}{'}' * 3000}", id="3,000 groups"),
        pytest.param(f"ASK {{ FILTER({'(' * 30000}1{')' * 30000}) }}", id="30,000 brackets"),
        pytest.param(f"ASK {{ ?s {'(' * 30000}a:b{')' * 30000} ?o }}", id="30,000 brackets in a path"),
        pytest.param(f"ASK {{ ?s ?p {'[ ?p ' * 30000}1{']' * 30000} }}", id="30,000 blank nodes"),
        pytest.param(f"ASK {{ FILTER({'!' * 100000}true) }}", id="100,000 times not"),
    ],
)
def test_too_deep_a_query_harms_nobody_else(service: Running, query: str) -> None:
    assert ask(service, query).status_code in (400, 503)
    assert is_answered(service)


DOUBLED = " ".join(f"BIND(CONCAT(?s{n}, ?s{n}) AS ?s{n + 1})" for n in range(40))


@pytest.mark.slow
@pytest.mark.parametrize(
    "query",
    [
        pytest.param(
            "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f }", id="one long text"
        ),
        pytest.param(f"SELECT (STRLEN(?s40) AS ?n) {{ BIND('xxxxxxxx' AS ?s0) {DOUBLED} }}", id="a text doubled"),
        pytest.param("SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f", id="many rows"),
    ],
)
def test_a_query_too_large_harms_nobody_else(service: Running, query: str) -> None:
    began = time.monotonic()
    response = ask(service, query)
    assert time.monotonic() - began < DEADLINE + 1
    if response.status_code != 504:  # the deadline may come first on a slow machine
        assert "512 MB" in problem(response, 503, "query-too-large")["detail"]
        assert response.headers["Retry-After"]
    assert is_answered(service)


# Processes that die


def test_engines_killed_while_idle_are_replaced(service: Running) -> None:
    before = rested(service)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert until(lambda: not any(alive(pid) for pid in before), 1)
    assert until(lambda: is_answered(service), 2)
    assert all(is_answered(service) for _ in range(5))
    assert until(lambda: len(engines(service.process.pid) - before) == len(before), 2)


def test_a_nursery_killed_is_replaced(service: Running) -> None:
    before = descendants(service.process.pid)
    os.kill(nursery(service.process.pid), signal.SIGKILL)
    assert until(lambda: not any(alive(pid) for pid in before), 1)
    assert until(lambda: is_answered(service), 3)
    assert all(is_answered(service) for _ in range(5))


@pytest.mark.parametrize("query", [pytest.param(COUNT, id="before the answer"), pytest.param(ROWS, id="in the answer")])
def test_clients_that_leave_free_their_engines(service: Running, query: str) -> None:
    busy = rested(service)
    idle = {pid: processor_time(pid) for pid in busy}
    with ExitStack() as clients:
        for pid in busy:  # each text is new: one known to be slow would not begin here
            connection = clients.enter_context(asking(service, f"{query} # {pid}"))
            if query == ROWS:
                assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert until(lambda: all(processor_time(pid) > idle[pid] for pid in busy), 1)
    left = time.monotonic()
    assert is_answered(service)
    assert time.monotonic() - left < 1
    assert until(lambda: not any(alive(pid) for pid in busy), 1)


# Lanes and lines


@pytest.fixture
def narrow(snapshot: Snapshot) -> Iterator[Running]:
    """A service with one engine in each lane and room for two who wait."""
    running = start(
        "--snapshot",
        str(snapshot.folder),
        engines="1",
        slow_engines="1",
        waiting="2",
        query_seconds="4",
        quick_seconds="0.2",
    )
    yield running
    stop(running)


@pytest.mark.slow
def test_slow_queries_wait_for_each_other_and_nobody_else_waits(narrow: Running) -> None:
    """One goes on slowly, two wait for its place, the next is refused; small ones are answered all the while."""
    endless = [f"{COUNT} # {number}" for number in range(4)]
    with ExitStack() as clients:
        for query in endless[:3]:
            clients.enter_context(asking(narrow, query))
            assert until(lambda: is_answered(narrow), 1)
        assert until(lambda: narrow.client.get("/readyz").status_code == 200, 1)
        response = ask(narrow, endless[3])
        assert "2 requests are waiting" in problem(response, 503, "busy")["detail"]
        assert int(response.headers["Retry-After"]) > 0
        assert is_answered(narrow)
    assert until(lambda: len(engines(narrow.process.pid)) == 1, 2)  # all have left, and so has the line


@pytest.mark.slow
def test_a_query_known_to_be_slow_does_not_begin_among_the_quick(narrow: Running) -> None:
    problem(ask(narrow, COUNT), 504, "query-timeout")
    assert until(lambda: len(engines(narrow.process.pid)) == 1, 3)
    (quick,) = engines(narrow.process.pid)
    used = processor_time(quick)
    problem(ask(narrow, COUNT), 504, "query-timeout")
    assert processor_time(quick) <= used + 5


@pytest.mark.slow
def test_one_that_looks_like_a_slow_query_does_not_take_the_last_free_engine(narrow: Running) -> None:
    problem(ask(narrow, f"{COUNT} LIMIT 1"), 504, "query-timeout")
    assert until(lambda: len(engines(narrow.process.pid)) == 1, 3)
    (quick,) = engines(narrow.process.pid)
    used = processor_time(quick)
    problem(ask(narrow, f"{COUNT} LIMIT 2"), 504, "query-timeout")
    assert processor_time(quick) <= used + 5
    assert is_answered(narrow)


@pytest.mark.slow
def test_past_the_waiting_line_is_refused_at_once(narrow: Running) -> None:
    """Of 100 that come at the same moment some are refused, and all others are answered."""
    address = httpx.URL(narrow.url)
    request = (
        f"GET /sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 500')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    with ExitStack() as clients:
        connections = [
            clients.enter_context(socket.create_connection((address.host, address.port or 0))) for _ in range(100)
        ]
        for connection in connections:
            connection.sendall(request.encode())
        answers = [connection.makefile("rb").read() for connection in connections]
    refused = [each for each in answers if each.startswith(b"HTTP/1.1 503")]
    assert refused
    assert all(b"retry-after: " in each and b"requests are waiting" in each for each in refused)
    assert sum(each.startswith(b"HTTP/1.1 200") for each in answers) == 100 - len(refused)
    assert is_answered(narrow)


# Large answers


@pytest.mark.slow
def test_a_large_answer_comes_whole(service: Running) -> None:
    response = ask(service, f"{ROWS} LIMIT 60000")
    assert len(response.content) > 20_000_000
    assert len(json.loads(response.content)["results"]["bindings"]) == 60_000


@pytest.mark.slow
def test_an_answer_cut_by_the_deadline_is_seen_to_be_cut(service: Running) -> None:
    # Hundreds of millions of rows: the first bytes come at once, and the answer is still coming at the deadline.
    query = ROWS
    with (
        pytest.raises(httpx.RemoteProtocolError),
        service.client.stream("GET", "/sparql", params={"query": query}) as got,
    ):
        assert got.status_code == 200
        for _ in got.iter_raw():
            pass
    assert is_answered(service)


# Another snapshot


@pytest.fixture
def switching(snapshot: Snapshot, tmp_path: Path) -> Iterator[tuple[Running, Path]]:
    """A service that follows `current`, and the folder where that is."""
    shutil.copytree(snapshot.folder, tmp_path / snapshot.id)
    switch(tmp_path, snapshot.id)
    running = start("--content", str(content.built_in()), "--out", str(tmp_path), query_seconds="2")
    yield running, tmp_path
    stop(running)


def serves(service: Running, id_: str) -> Callable[[], bool]:
    return lambda: ask(service).headers["X-Snapshot"] == id_


@pytest.mark.slow
def test_another_snapshot_is_served_without_a_failed_request(
    switching: tuple[Running, Path], snapshot: Snapshot
) -> None:
    service, folder = switching
    first = ask(service).headers["X-Snapshot"]
    variant(folder / first, "second")
    stopped = False

    def keep_asking() -> set[tuple[int, str, str]]:
        seen = set()
        while not stopped:
            response = ask(service, 'SELECT (COUNT(*) AS ?n) { <a:variant> <a:id> "second" }')
            value = response.json()["results"]["bindings"][0]["n"]["value"] if response.status_code == 200 else ""
            seen.add((response.status_code, response.headers.get("X-Snapshot", ""), value))
        return seen

    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(keep_asking) for _ in range(2)]
        try:
            switch(folder, "second")
            assert until(serves(service, "second"), 3)
            switch(folder, first)  # and back
            assert until(serves(service, first), 3)
        finally:
            stopped = True
    assert asked[0].result() | asked[1].result() == {(200, first, "0"), (200, "second", "1")}
    assert until(lambda: len(descendants(service.process.pid)) == 3, 2)  # the engines of the others are gone


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("manifest.json", "{}", id="an empty manifest"),
        pytest.param("quads.nq", "", id="no quads"),
        pytest.param("queries/pilots.rq", "SELEC", id="a query that does not parse"),
    ],
)
def test_a_damaged_snapshot_is_not_served_but_the_next_is(
    switching: tuple[Running, Path], file: str, text: str
) -> None:
    service, folder = switching
    first = ask(service).headers["X-Snapshot"]
    for id_ in ("damaged", "sound"):
        variant(folder / first, id_)
    (folder / "damaged" / file).write_text(text, encoding="utf-8")
    switch(folder, "damaged")
    assert not until(lambda: not serves(service, first)(), 1.5)
    switch(folder, "sound")
    assert until(serves(service, "sound"), 3)


# The end


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "query"),
    [
        pytest.param(signal.SIGTERM, COUNT, id="asked to end while it works"),
        pytest.param(signal.SIGINT, "", id="Ctrl-C"),
        pytest.param(signal.SIGKILL, COUNT, id="killed while it works"),
    ],
)
def test_the_service_leaves_no_process_behind(snapshot: Snapshot, how: signal.Signals, query: str) -> None:
    running = start("--snapshot", str(snapshot.folder), query_seconds="6")
    below = list(descendants(running.process.pid))
    assert len(below) == 3
    with ExitStack() as clients:
        if query:
            used = sum(map(processor_time, below))
            clients.enter_context(asking(running, query))
            assert until(lambda: sum(map(processor_time, below)) > used + 5, 3)
        running.process.send_signal(how)
        running.process.wait(10)
    assert until(lambda: not any(alive(pid) for pid in below), 3)
    stop(running)
