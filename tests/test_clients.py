"""The clients that people use, as they come: SPARQLWrapper, rdflib's SPARQLStore, curl, Comunica."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import SPARQLWrapper, Wrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import GDB, SKOS
from tests.conftest import Running

PREFIXES = f"PREFIX gdb: <{GDB}> PREFIX skos: <{SKOS}>\n"
PILOTS = f"""{PREFIXES} SELECT ?pilot ?label {{
  ?pilot a gdb:PilotProject ; skos:prefLabel ?label . FILTER(LANG(?label) = "de")
}} ORDER BY ?label"""
LABELS = [
    "Bürgerhaushalt und Smarte Partizipation",
    "Data & Smart City Governance am Beispiel von Luftgütemanagement",
    "Kiezbox 2.0 – Daten in Alltag und Krise",
    "Smart Space Hardenbergplatz",
    "Smart Water – Wasser und Stadtgrün klimagerecht gestalten",
]
TRUTH = f"{PREFIXES} ASK {{ ?pilot a gdb:PilotProject }}"
GRAPH = f"{PREFIXES} CONSTRUCT WHERE {{ ?pilot a gdb:PilotProject }}"
# What they warn of is theirs: calls of rdflib that will go, wishes that SPARQLWrapper finds odd itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Sending Accept header:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:.*query type:RuntimeWarning"),
]

VOCAB, SHAPES = "https://w3id.org/gdb-berlin/graph/vocab", "https://w3id.org/gdb-berlin/graph/shapes"


@pytest.fixture(scope="module")
def counts(snapshot: Snapshot) -> Mapping[str, int]:
    """Triples by named graph."""
    found: Mapping[str, int] = snapshot.manifest["counts"]["graphs"]
    return found


# SPARQLWrapper


@pytest.fixture(params=[Wrapper.GET, Wrapper.POST, "direct"])
def sparql(request: pytest.FixtureRequest, service: Running) -> SPARQLWrapper:
    """SPARQLWrapper on the service, by each way to ask."""
    made = SPARQLWrapper(f"{service.url}/sparql")
    made.setMethod(Wrapper.POST if request.param == "direct" else request.param)
    if request.param == "direct":
        made.setRequestMethod(Wrapper.POSTDIRECTLY)
    return made


@pytest.mark.parametrize("format_", [Wrapper.JSON, Wrapper.XML, Wrapper.CSV, Wrapper.TSV])
def test_sparqlwrapper_gets_rows(sparql: SPARQLWrapper, format_: str) -> None:
    sparql.setQuery(PILOTS)
    sparql.setReturnFormat(format_)
    found: Any = sparql.query().convert()
    if format_ == Wrapper.JSON:
        labels = [row["label"]["value"] for row in found["results"]["bindings"]]
    elif format_ == Wrapper.XML:
        labels = [each.firstChild.data for each in found.getElementsByTagName("literal")]
    elif format_ == Wrapper.CSV:
        labels = [row["label"] for row in csv.DictReader(io.StringIO(found.decode(), newline=""))]
    else:
        labels = [line.split("\t")[1].removesuffix("@de").strip('"') for line in found.decode().splitlines()[1:]]
    assert labels == LABELS


@pytest.mark.parametrize("format_", [Wrapper.JSON, Wrapper.XML])
def test_sparqlwrapper_gets_a_truth(sparql: SPARQLWrapper, format_: str) -> None:
    sparql.setQuery(TRUTH)
    sparql.setReturnFormat(format_)
    found: Any = sparql.query().convert()
    told = found["boolean"] if format_ == Wrapper.JSON else found.getElementsByTagName("boolean")[0].firstChild.data
    assert told in (True, "true")


@pytest.mark.parametrize(
    "format_", [Wrapper.TURTLE, Wrapper.N3, Wrapper.RDF, Wrapper.RDFXML, Wrapper.XML, Wrapper.JSONLD, Wrapper.JSON]
)
def test_sparqlwrapper_gets_a_graph(sparql: SPARQLWrapper, format_: str) -> None:
    sparql.setQuery(GRAPH)
    sparql.setReturnFormat(format_)
    found: Any = sparql.query().convert()
    if isinstance(found, bytes):
        found = rdflib.Graph().parse(found, format="turtle")
    elif isinstance(found, (dict, list)):
        found = rdflib.Graph().parse(data=json.dumps(found), format="json-ld")
    assert len(found) == len(LABELS)


def test_sparqlwrapper_names_a_dataset(sparql: SPARQLWrapper, counts: Mapping[str, int]) -> None:
    for parameter, pattern in (("default-graph-uri", "?s ?p ?o"), ("named-graph-uri", "GRAPH ?g { ?s ?p ?o }")):
        sparql.clearParameter("default-graph-uri")
        for graph in (VOCAB, SHAPES):
            sparql.addParameter(parameter, graph)
        sparql.setQuery(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
        sparql.setReturnFormat(Wrapper.JSON)
        found: Any = sparql.query().convert()
        (row,) = found["results"]["bindings"]
        assert int(row["n"]["value"]) == counts[VOCAB] + counts[SHAPES]


def test_sparqlwrapper_tells_what_is_wrong(sparql: SPARQLWrapper) -> None:
    sparql.setQuery("SELEC")
    with pytest.raises(QueryBadFormed, match="line 1, column"):
        sparql.query()


# rdflib


@pytest.fixture(params=["GET", "POST", "POST_FORM"])
def store(request: pytest.FixtureRequest, service: Running) -> Iterator[SPARQLStore]:
    """A store of rdflib that asks the service, by each way to ask."""
    made = SPARQLStore(f"{service.url}/sparql", method=request.param)
    yield made
    made.close()


@pytest.mark.parametrize("format_", ["xml", "json", "csv", "tsv"])
def test_rdflib_gets_rows(store: SPARQLStore, format_: str) -> None:
    store.returnFormat = format_
    assert [str(row[1]) for row in rdflib.Graph(store).query(PILOTS)] == LABELS  # type: ignore[index]


def test_rdflib_gets_a_truth_and_a_graph(store: SPARQLStore) -> None:
    graph = rdflib.Graph(store)
    assert graph.query(TRUTH).askAnswer is True
    made = graph.query(GRAPH).graph
    assert made is not None
    assert len(made) == len(LABELS)


def test_rdflib_reads_the_default_graph_and_a_named_one(store: SPARQLStore, counts: Mapping[str, int]) -> None:
    kind, pilot = rdflib.RDF.type, rdflib.URIRef(f"{GDB}PilotProject")
    assert len(list(rdflib.Graph(store).subjects(kind, pilot))) == len(LABELS)
    assert len(rdflib.Graph(store, identifier=rdflib.URIRef(VOCAB))) == counts[VOCAB]


# curl


def curl(service: Running, *arguments: str) -> str:
    if shutil.which("curl") is None:
        pytest.skip("curl is not on PATH")
    command = ["curl", "--silent", "--show-error", "--fail", *arguments]
    command[-1] = service.url + command[-1]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


ENCODE, ASK = "--data-urlencode", "query=ASK {}"
UMLAUT = "SELECT ('ü' AS ?x) {}"
CSV, TURTLE, DIRECT = "Accept: text/csv", "Accept: text/turtle", "Content-Type: application/sparql-query"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["-G", ENCODE, f"query={UMLAUT}", "-H", CSV, "/sparql"], "x\nü\n", id="GET"),
        pytest.param([ENCODE, f"query={UMLAUT}", "-H", CSV, "/sparql"], "x\nü\n", id="a form"),
        pytest.param(["-d", f"query={UMLAUT}", "-d", "format=csv", "/sparql"], "x\nü\n", id="a form, not encoded"),
        pytest.param(["--data-binary", UMLAUT, "-H", DIRECT, "/sparql?format=csv"], "x\nü\n", id="a query"),
        pytest.param(["--compressed", "-G", ENCODE, ASK, "/sparql"], '"boolean":true', id="compressed"),
        pytest.param(["--http1.0", "-G", ENCODE, ASK, "/sparql"], '"boolean":true', id="HTTP 1.0"),
        pytest.param(["-L", "-H", TURTLE, "/id/pilot-kiezbox"], "gdb:PilotProject", id="a thing"),
        pytest.param(["/queries/pilots.csv"], "Kiezbox", id="a curated query"),
        pytest.param(["/graphs?default&format=nt"], f"<{GDB}PilotProject> .", id="a graph"),
        pytest.param(["/sparql"], "sd:endpoint", id="the description"),
    ],
)
def test_curl(service: Running, arguments: list[str], expected: str) -> None:
    assert expected in curl(service, *arguments).replace("\r\n", "\n")


# Comunica


@pytest.mark.parametrize(
    "source", ["/sparql", "sparql@/sparql", "/graphs?graph=https://w3id.org/gdb-berlin/graph/curated"]
)
def test_comunica_finds_out_by_itself_what_the_source_is(service: Running, source: str) -> None:
    command = shutil.which("comunica-sparql")
    if command is None:
        pytest.skip("comunica-sparql is not on PATH (npm install -g @comunica/query-sparql)")
    kind, _, path = source.rpartition("@")
    address = f"{kind}@{service.url}{path}" if kind else f"{service.url}{path}"
    asked = [command, address, "-q", PILOTS, "-t", "application/sparql-results+json"]
    found = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True, timeout=120).stdout)
    assert [row["label"]["value"] for row in found["results"]["bindings"]] == LABELS
