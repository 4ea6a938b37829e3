"""Snapshots in real engines: what arrives, what is answered from there, and how one snapshot follows another."""

import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph import snapshot as snapshots
from gdb_graph.queryfile import Query
from gdb_graph.snapshot import Snapshot
from tests.conftest import Running, start, stop
from tests.engines import MOST_ROWS, PASSWORD, Engine, oxigraph, virtuoso
from tests.serving import SORT, canonical, problem, until, variant
from tests.test_competency import FILES, invented

pytestmark = [pytest.mark.engines, pytest.mark.slow]

ENGINES = ["oxigraph", "virtuoso"]
JSON = {"Accept": "application/sparql-results+json"}

# What an engine is known to answer wrongly, and is therefore refused (docs/operations.md, "What differs").
REFUSED = {("virtuoso", "contradictions"): "EXISTS"}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with oxigraph() if request.param == "oxigraph" else virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


@pytest.fixture(scope="module")
def own(snapshot: Snapshot, examples: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The real content, and beside it a snapshot of the invented examples of the competency questions."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(snapshot.folder, folder / snapshot.id)
    made = folder / "made"
    made.mkdir()
    graphs = {graph.value: 1 for graph in examples.named_graphs()}
    counts = {"counts": {"triples": 1, "graphs": graphs, "classes": {}}}
    id_ = snapshots.write(made, examples, snapshot.queries, {"base": snapshot.names.base, **counts}, [])
    made.rename(folder / id_)
    (folder / "examples").symlink_to(id_)
    (folder / "current").symlink_to(snapshot.id)
    return snapshots.open_snapshot(folder / snapshot.id)


@pytest.fixture(scope="module")
def examples(checked: object) -> ox.Store:
    from gdb_graph import content, queryfile
    from gdb_graph.build import Checked, reason

    assert isinstance(checked, Checked)
    store = ox.Store()
    for file, quads in checked.parts:
        if file.graph in ("ontology", "vocab"):
            store.extend(ox.Quad(*quad.triple) for quad in quads)
    store.extend(invented())
    reason.infer(store, list(queryfile.read_folder(content.resolve(None).rules).values()))
    return store


@pytest.fixture(scope="module")
def remote(engine: Engine, own: Snapshot) -> Iterator[Running]:
    """The service on that engine."""
    done = engine.publish(own.folder)
    assert done.returncode == 0, done.stderr
    out = ("--out", str(own.folder.parent))
    running = start(*out, "--engine", engine.url, query_seconds="30", look_seconds="0.2", public_url="https://e.org")
    yield running
    stop(running)


def term(value: object) -> str:
    return "_:" if isinstance(value, ox.BlankNode) else str(value)


def ordered(store: ox.Store, text: str) -> list[list[str]]:
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    return [[term(value) for value in row] for row in found]


def answered(remote: Running, text: str) -> list[list[str]]:
    response = remote.client.post("/sparql", data={"query": text}, headers=JSON, timeout=60)
    assert response.status_code == 200, response.text
    found = ox.parse_query_results(response.content, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return [[term(value) for value in row] for row in found]


def local(own: Snapshot) -> ox.Store:
    return ox.Store.read_only(str(own.folder / "store"))


# What arrives


def test_all_graphs_arrive_and_are_not_sent_again(engine: Engine, remote: Running, own: Snapshot) -> None:
    names = own.manifest["counts"]["graphs"]
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    held = {graph: int(count) for graph, count in engine.rows(query)}
    assert {name: held.get(name) for name in names} == names
    again = engine.publish(own.folder)
    assert again.returncode == 0
    assert f"{len(names) + 1} graphs at {engine.url}, 0 of them sent" in again.stdout


def test_what_somebody_else_changed_is_put_right(engine: Engine, remote: Running, own: Snapshot) -> None:
    graph = own.names.graph("curated")
    engine.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:x> <urn:y> <urn:z> }} }}")
    assert answered(remote, f"SELECT ?z {{ GRAPH <{graph}> {{ <urn:x> <urn:y> ?z }} }}")
    done = engine.publish(own.folder)
    assert done.returncode == 0, done.stderr
    assert ", 1 of them sent" in done.stdout
    assert until(lambda: remote.client.get("/readyz").status_code == 200, 5)
    assert not answered(remote, f"SELECT ?z {{ GRAPH <{graph}> {{ <urn:x> <urn:y> ?z }} }} # again")


def test_without_its_marker_everything_is_looked_at_again(engine: Engine, remote: Running, own: Snapshot) -> None:
    """As after an interrupted switch: readers wait, and the next publishing sends only what is not as it should be."""
    engine.update("DELETE WHERE { GRAPH <urn:gdb-graph:marker> { <urn:gdb-graph:published> ?p ?o } }")
    assert until(lambda: remote.client.get("/readyz").status_code == 503, 5)
    problem(remote.client.post("/sparql", data={"query": "ASK { ?new ?p ?o }"}), 503, "other-snapshot")
    done = engine.publish(own.folder)
    assert done.returncode == 0, done.stderr
    assert ", 0 of them sent" in done.stdout
    assert until(lambda: remote.client.get("/readyz").status_code == 200, 10)


def test_a_wrong_password_is_told_without_it(engine: Engine, own: Snapshot) -> None:
    if not engine.user:
        pytest.skip("this engine asks nobody who they are")
    done = Engine(engine.name, engine.url, engine.user, "wrong-" + PASSWORD).publish(own.folder)
    assert done.returncode == 1
    assert "GDB_ENGINE_USER" in done.stderr
    assert "wrong-" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) < 30


# What is answered


def test_curated_queries_have_the_same_answers(engine: Engine, remote: Running, own: Snapshot) -> None:
    store, different = local(own), []
    for path in sorted(own.queries.glob("*.rq")):
        text = path.read_text("utf-8")
        if reason := REFUSED.get((engine.name, path.stem)):
            response = remote.client.post("/sparql", data={"query": text}, timeout=60)
            assert reason in problem(response, 501, "engine-cannot")["detail"]
        elif answered(remote, text) != ordered(store, text):
            different.append(path.stem)
    assert different == []


def test_competency_questions_have_the_same_answers(engine: Engine, remote: Running, own: Snapshot) -> None:
    store = local(own)
    assert _different(remote, store, FILES) == []


def _different(remote: Running, store: ox.Store, files: dict[str, Query]) -> list[str]:
    different = []
    for name, query in files.items():
        if query.form == "SELECT":
            rows, expected = answered(remote, query.text), ordered(store, query.text)
            same = rows == expected
            print(name, [row for row in rows if row not in expected], [row for row in expected if row not in rows])
        else:
            response = remote.client.post(
                "/sparql", data={"query": query.text}, headers={"Accept": "application/n-triples"}, timeout=60
            )
            found = ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES)
            triples = store.query(query.text)
            assert isinstance(triples, ox.QueryTriples)
            same = canonical(found) == canonical(ox.Quad(*triple) for triple in triples)
        if not same:
            different.append(name)
    return different


@pytest.mark.parametrize(
    "path",
    [
        "/page/measure-digital-zebra?lang=de",
        "/page/pilot-smart-water?lang=en",
        "/queries/glossary?lang=de",
        "/queries/funding-of-undertaking.csv",
        "/catalog.ttl",
        "/connections.json?from=org-citylab-berlin&to=org-kwb",
        "/partners.json?undertaking=pilot-smart-water",
        "/search?q=wasser&format=json",
        "/sparql?labels=de,en&format=csv&query=SELECT ?x { ?x a <https://w3id.org/gdb-berlin/ontology%23Measure> }"
        " ORDER BY ?x",
    ],
)
def test_the_service_answers_as_from_its_own_engine(remote: Running, own: Snapshot, beside: Running, path: str) -> None:
    # The index of the search is made when it is first asked for.
    assert until(lambda: {each.client.get(path, timeout=60).status_code for each in (remote, beside)} == {200}, 60)
    from_engine, from_own = remote.client.get(path, timeout=60), beside.client.get(path, timeout=60)
    if path.startswith("/page"):  # what is said of a thing stands in the order in which it comes
        told = [sorted(re.findall(r"<bdi[^>]*>([^<]*)", each.text)) for each in (from_engine, from_own)]
        assert told[0] == told[1] != []
    else:
        assert from_engine.text == from_own.text
    assert from_engine.headers["X-Snapshot" if "sparql" in path else "Content-Type"] == (
        own.id if "sparql" in path else from_own.headers["Content-Type"]
    )


@pytest.fixture(scope="module")
def beside(own: Snapshot) -> Iterator[Running]:
    """The service with its own engine."""
    running = start("--snapshot", str(own.folder), query_seconds="30", public_url="https://e.org")
    yield running
    stop(running)


def test_a_graph_is_given_whole(remote: Running, own: Snapshot) -> None:
    graph = own.names.graph("ontology")
    response = remote.client.get("/graphs", params={"graph": graph}, headers={"Accept": "application/n-triples"})
    expected = [ox.Quad(*quad.triple) for quad in local(own).quads_for_pattern(None, None, None, ox.NamedNode(graph))]
    assert canonical(ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES)) == canonical(expected)


# Datasets: nothing but what is published is seen, whatever else the engine holds

IN = "https://w3id.org/gdb-berlin/graph/"
DATASETS = [
    pytest.param("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", id="all named graphs"),
    pytest.param("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", id="the default graph"),
    pytest.param(f"SELECT (COUNT(*) AS ?n) FROM <{IN}curated> {{ ?s ?p ?o }}", id="FROM"),
    pytest.param(f"SELECT (COUNT(*) AS ?n) FROM <{IN}curated> {{ GRAPH ?g {{ ?s ?p ?o }} }}", id="FROM alone"),
    pytest.param(f"SELECT (COUNT(*) AS ?n) FROM NAMED <{IN}vocab> {{ GRAPH ?g {{ ?s ?p ?o }} }}", id="FROM NAMED"),
    pytest.param(f"SELECT (COUNT(*) AS ?n) FROM NAMED <{IN}vocab> {{ ?s ?p ?o }}", id="FROM NAMED alone"),
    pytest.param("SELECT (COUNT(*) AS ?n) { GRAPH <urn:gdb-graph:marker> { ?s ?p ?o } }", id="our own graph"),
    pytest.param("SELECT (COUNT(*) AS ?n) FROM <urn:gdb-graph:marker> { ?s ?p ?o }", id="FROM our own graph"),
    pytest.param("SELECT (COUNT(*) AS ?n) { GRAPH <urn:nobody> { ?s ?p ?o } }", id="a graph that is not there"),
    pytest.param(
        f"PREFIX g: <{IN}> SELECT (COUNT(*) AS ?n) {{ GRAPH g:curated {{ ?s ?p ?o }} }}", id="a name with a prefix"
    ),
    pytest.param("BASE <https://w3id.org/> SELECT (COUNT(*) AS ?n) { <gdb-berlin/id/org-kwb> ?p ?o }", id="BASE"),
    pytest.param(
        "SELECT ?t (COUNT(*) AS ?n) { ?s ?p ?o FILTER(isLiteral(?o) && LANG(?o) = '') BIND(DATATYPE(?o) AS ?t) } "
        "GROUP BY ?t ORDER BY ?t",
        id="datatypes",
    ),
    pytest.param(
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT (COUNT(*) AS ?n) { ?s ?p ?o "
        "FILTER(DATATYPE(?o) = xsd:gYear) }",
        id="a datatype that the engine must not look into",
    ),
    pytest.param(
        "SELECT ?s ?o { ?s <https://w3id.org/gdb-berlin/ontology#startDate> ?o } ORDER BY ?s STR(?o)", id="years"
    ),
    pytest.param("SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(isBlank(?o)) }", id="blank nodes"),
    pytest.param(
        "SELECT (1 = 1 AS ?yes) (BOUND(?x) AS ?no) ?s { ?s ?p ?o FILTER(isIRI(?s)) } ORDER BY ?s LIMIT 1", id="booleans"
    ),
]


@pytest.mark.parametrize("query", DATASETS)
def test_datasets_are_those_of_the_snapshot(remote: Running, own: Snapshot, query: str) -> None:
    assert sorted(answered(remote, query)) == sorted(ordered(local(own), query))


@pytest.mark.parametrize("ask", ["ASK { ?s ?p ?o }", "ASK { ?s <urn:nothing> ?o }"])
def test_ask(remote: Running, own: Snapshot, ask: str) -> None:
    for accept in ("application/sparql-results+json", "application/sparql-results+xml"):
        response = remote.client.get("/sparql", params={"query": ask}, headers={"Accept": accept})
        assert response.headers["Content-Type"] == accept
        assert ("true" in response.text) == bool(local(own).query(ask))


CONSTRUCTS = [
    "CONSTRUCT WHERE { ?s a <https://w3id.org/gdb-berlin/ontology#Measure> }",
    "CONSTRUCT { ?s <urn:p> [ <urn:q> ?l ] } WHERE { ?s a <https://w3id.org/gdb-berlin/ontology#Measure> ; "
    "<http://www.w3.org/2004/02/skos/core#prefLabel> ?l }",
    "CONSTRUCT { <urn:a> <urn:b> <urn:c> } WHERE { ?s ?p ?o }",
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{IN}shapes> {{ ?s ?p ?o }} }}",
]


@pytest.mark.parametrize("query", CONSTRUCTS)
def test_construct(remote: Running, own: Snapshot, query: str) -> None:
    response = remote.client.post("/sparql", data={"query": query}, headers={"Accept": "text/turtle"})
    expected = local(own).query(query)
    assert isinstance(expected, ox.QueryTriples)
    found = ox.parse(response.content, format=ox.RdfFormat.TURTLE)
    assert canonical(found) == canonical(ox.Quad(*triple) for triple in dict.fromkeys(expected))


# Limits


def test_what_an_engine_would_cut_is_refused(engine: Engine, remote: Running) -> None:
    query = "SELECT * { { ?s ?p ?o } UNION { ?s ?p ?o } UNION { ?s ?p ?o } }"
    response = remote.client.post("/sparql", data={"query": query}, timeout=60)
    if engine.name == "virtuoso":
        assert str(MOST_ROWS) in problem(response, 501, "engine-cannot")["detail"]
    else:
        assert len(response.json()["results"]["bindings"]) > MOST_ROWS


@pytest.mark.parametrize(
    ("query", "only"),
    [
        pytest.param("DESCRIBE <https://w3id.org/gdb-berlin/id/org-kwb>", "virtuoso", id="DESCRIBE"),
        pytest.param(
            f"SELECT * FROM <{IN}curated> FROM <{IN}vocab> {{ ?s ?p ?o }} LIMIT 1", "", id="two default graphs"
        ),
        pytest.param(
            "SELECT * { VALUES ?a { 1 } VALUES ?b { 2 } { ?s ?p ?a } UNION { ?s ?p ?b } }",
            "virtuoso",
            id="several VALUES with a UNION",
        ),
        pytest.param(
            "SELECT * { { ?p a <a:b> } UNION { VALUES ?p { <a:c> } } ?s ?p ?o }", "virtuoso", id="VALUES alone"
        ),
        pytest.param(
            "SELECT * { ?s ?p ?o OPTIONAL { ?o ?q ?z } FILTER(?z = 1 || EXISTS { ?o ?p ?s }) }",
            "virtuoso",
            id="EXISTS in a condition beside OPTIONAL",
        ),
        pytest.param(
            "SELECT * { ?s ?p ?o OPTIONAL { ?o ?q ?z } BIND(IF(BOUND(?z), ?z, ?o) AS ?x) } LIMIT 1",
            "virtuoso",
            id="BIND that tests BOUND beside OPTIONAL",
        ),
        pytest.param("SELECT (EXISTS { ?s ?p ?o } AS ?x) { ?s ?p ?o } LIMIT 1", "virtuoso", id="EXISTS as a value"),
        pytest.param(
            "SELECT ?s { ?s ?p ?o } GROUP BY ?s ORDER BY COUNT(?o)", "virtuoso", id="an order by an aggregate"
        ),
    ],
)
def test_known_differences_are_refused_with_a_reason(engine: Engine, remote: Running, query: str, only: str) -> None:
    response = remote.client.post("/sparql", data={"query": query}, timeout=60)
    if only in ("", engine.name):
        problem(response, 501, "engine-cannot")
    else:
        assert response.status_code == 200


def test_the_deadline_and_the_limit_on_rows_hold(engine: Engine, remote: Running, own: Snapshot) -> None:
    limited = start("--out", str(own.folder.parent), "--engine", engine.url, query_seconds="2", rows="100")
    try:
        problem(limited.client.post("/sparql", data={"query": SORT}, timeout=30), 504, "query-timeout")
        many = limited.client.post("/sparql", data={"query": "SELECT * { ?s ?p ?o } LIMIT 101"})
        problem(many, 400, "result-too-large")
        few = limited.client.post("/sparql", data={"query": "SELECT * { ?s ?p ?o } LIMIT 100"})
        assert len(few.json()["results"]["bindings"]) == 100
    finally:
        stop(limited)


# One snapshot after another


def test_the_examples_follow_and_give_the_same_answers(engine: Engine, remote: Running, own: Snapshot) -> None:
    """The service changes over by itself when another snapshot is published, and back."""
    examples = snapshots.open_snapshot((own.folder.parent / "examples").resolve())
    try:
        done = engine.publish(examples.folder)
        assert done.returncode == 0, done.stderr
        assert until(lambda: snapshot_of(remote) == examples.id, 10)
        assert _different(remote, ox.Store.read_only(str(examples.folder / "store")), FILES) == []
        left = [graph for (graph,) in engine.rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }") if "gdb" in graph]
        assert not [graph for graph in left if graph in own.manifest["counts"]["graphs"]]
        assert sum(graph.startswith("urn:gdb-graph:default:") for graph in left) == 1
    finally:
        assert engine.publish(own.folder).returncode == 0
    assert until(lambda: snapshot_of(remote) == own.id, 10)


def snapshot_of(remote: Running) -> str:
    response = remote.client.get("/readyz")
    return str(response.json()["snapshot"]) if response.status_code == 200 else ""


def test_readers_never_see_half(engine: Engine, remote: Running, own: Snapshot) -> None:
    """While snapshots are switched under load, every answer is wholly from the snapshot it says it is from."""
    other = own.folder.parent / "variant"
    if not other.exists():
        variant(own.folder, "variant")
    # One triple in the default graph, and one graph, tell which it is.
    pattern = "{ <a:variant> <a:id> ?id } UNION { GRAPH ?g { ?s ?p ?o } }"
    text = f"SELECT ?id (COUNT(DISTINCT ?g) AS ?n) {{ {pattern} }} GROUP BY ?id"
    seen: set[tuple[int, str, str]] = set()
    stopped = False

    def keep_asking() -> None:
        number = 0
        while not stopped:
            number += 1
            response = httpx.post(f"{remote.url}/sparql", data={"query": f"{text} # {number}"}, timeout=60)
            if response.status_code == 200:
                rows = response.json()["results"]["bindings"]
                seen.add((200, response.headers["X-Snapshot"], json.dumps(rows, sort_keys=True)))
            else:
                assert response.status_code == 503, response.text

    with ThreadPoolExecutor(3) as threads:
        asking = [threads.submit(keep_asking) for _ in range(3)]
        for folder in (other, own.folder, other, own.folder):
            done = engine.publish(folder)
            assert done.returncode == 0, done.stderr
            assert until(lambda folder=folder: snapshot_of(remote) == folder.name, 20)  # type: ignore[misc]
        stopped = True
        for each in asking:
            each.result()
    assert {snapshot for _, snapshot, _ in seen} == {own.id, "variant"}
    assert len(seen) == 2, seen
