"""What becomes of a query on its way to a remote engine, and of a graph: names, datasets, order, digests, slices."""

import io
import random
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.engine import tokens
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import BadQuery, EngineCannot, GraphError
from gdb_graph.remote import booleans, content, ending, rewrite, talk, template, virtuoso
from gdb_graph.remote.dialects import recognise
from gdb_graph.remote.marker import Marker
from gdb_graph.remote.names import NOTHING
from gdb_graph.remote.question import question
from gdb_graph.settings import Settings
from tests.serving import canonical

OXIGRAPH, VIRTUOSO, OTHER = (recognise(name) for name in ("Oxigraph/0.5.13", "Virtuoso/07.20.3229", "nginx"))
MARKER = Marker("id", "urn:gdb-graph:default:d", "word")
GRAPHS = ["urn:g", "urn:h"]
XSD = "http://www.w3.org/2001/XMLSchema#"


def sent(query: str, **rest: list[str]) -> dict[str, list[str]]:
    """The form that is sent to Oxigraph for a query."""
    return parse_qs(question(Request(query, None, **rest), MARKER, GRAPHS, OXIGRAPH).body.decode())  # type: ignore[arg-type]


@given(st.text())
def test_the_pieces_of_any_text_are_the_text(text: str) -> None:
    assert "".join(piece for _, piece in tokens.pieces(text)) == text


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("PREFIX ask: <a:> select(1 AS ?x){}", "SELECT"),
        ("BASE <a:b> # SELECT\nASKFROM<a:c>{}", "ASK"),
        ("construct where {}", "CONSTRUCT"),
        ("DESCRIBE <a:b>", "DESCRIBE"),
    ],
)
def test_the_form_of_a_query(query: str, form: str) -> None:
    assert tokens.form(query) == form


@pytest.mark.parametrize(
    ("query", "said", "default", "named"),
    [
        pytest.param("ASK { ?a ?b ?c }", "ASK { ?a ?b ?c }", MARKER.default, [NOTHING], id="the default graph"),
        pytest.param("ASK{GRAPH?g{}}", "ASK{GRAPH?g{}}", MARKER.default, [*GRAPHS, NOTHING], id="any graph"),
        pytest.param(
            "ASK { GRAPH <urn:g> {} }", "ASK { GRAPH <urn:g> {} }", MARKER.default, ["urn:g", NOTHING], id="one graph"
        ),
        pytest.param(
            "PREFIX u: <urn:> ASK { GRAPH u:x {} }",
            f"PREFIX u: <urn:> ASK {{ GRAPH <{NOTHING}> {{}} }}",
            *(MARKER.default, [NOTHING]),
            id="a graph that is not there",
        ),
        pytest.param(
            "ASK FROM <urn:g> FROM NAMED <urn:h> { GRAPH ?g {} }",
            "ASK     { GRAPH ?g {} }",
            *("urn:g", ["urn:h", NOTHING]),
            id="its own dataset",
        ),
        pytest.param("ASKFROM<urn:g>{}", "ASK{}", "urn:g", [NOTHING], id="glued"),
        pytest.param(
            "CONSTRUCT { ?a ?b 'FROM' } FROM <urn:h> { ?a ?b ?c }",
            "CONSTRUCT { ?a ?b 'FROM' }   { ?a ?b ?c }",
            *("urn:h", [NOTHING]),
            id="behind a template",
        ),
        pytest.param("ASK FROM NAMED <urn:h> {}", "ASK   {}", NOTHING, [NOTHING], id="no default graph"),
        pytest.param(
            "ASK { ?from ?b 'FROM <urn:x>' } # FROM <urn:y>",
            "ASK { ?from ?b 'FROM <urn:x>' }  ",
            *(MARKER.default, [NOTHING]),
            id="no dataset at all",
        ),
    ],
)
def test_the_dataset_goes_beside_the_query(query: str, said: str, default: str, named: list[str]) -> None:
    form = sent(query)
    assert [" ".join(each.split()) for each in form["query"]] == [" ".join(said.split())]
    assert form["default-graph-uri"] == [default]
    assert form["named-graph-uri"] == named


def test_a_dataset_of_the_protocol_goes_before() -> None:
    form = sent("ASK FROM <urn:g> { GRAPH ?g {} }", default_graphs=["urn:h", "urn:h"], named_graphs=["urn:x"])
    assert form["default-graph-uri"] == ["urn:h"]
    assert form["named-graph-uri"] == [NOTHING]


def test_two_default_graphs_are_refused() -> None:
    with pytest.raises(EngineCannot):
        sent("ASK FROM <urn:g> FROM <urn:h> {}")


def test_relative_names_are_relative_to_the_service() -> None:
    body = question(Request("ASK { <x> ?b ?c }", base="https://e.org/"), MARKER, GRAPHS, OXIGRAPH).body
    assert body.startswith(b"query=BASE+%3Chttps%3A%2F%2Fe.org%2F%3E+ASK")
    own = question(Request("BASE <a:b> ASK { <x> ?b ?c }", base="https://e.org/"), MARKER, GRAPHS, OXIGRAPH).body
    assert own.startswith(b"query=BASE+%3Ca%3Ab%3E+ASK")


def test_keywords_in_disguise_are_refused() -> None:
    with pytest.raises(BadQuery):
        rewrite.pieces(r"ASK { \u0047RAPH ?g {} }")


@pytest.mark.parametrize("name", ["xsd:gYear", f"<{XSD}gYear>", "<#gYear>"])
def test_a_datatype_has_its_other_name_however_it_is_written(name: str) -> None:
    query = f"BASE <{XSD}> PREFIX xsd: <{XSD}> ASK {{ ?a ?b ?c FILTER(DATATYPE(?c) = {name}) }}"
    pieces = rewrite.pieces(query)
    renamed = rewrite.text(rewrite.renamed(pieces, rewrite.iris(pieces, ""), VIRTUOSO.stored))
    assert renamed.endswith(f"DATATYPE(?c) = <urn:gdb-graph:as-text:{XSD}gYear>) }}")
    assert rewrite.text(rewrite.renamed(pieces, rewrite.iris(pieces, ""), OXIGRAPH.stored)) == query


# The end of a SELECT, done here


def finished(query: str, rows: str, most_keys: int = 15) -> list[list[str]] | None:
    """What is made of rows that an engine gave out of order; None where the engine does it all."""
    finish = ending.parted(rewrite.pieces(query), most_keys)[1]
    if finish is None:
        return None
    found = ox.Store().query(f"SELECT * {{ VALUES {rows} }}")
    assert isinstance(found, ox.QuerySolutions)
    return [[term.value if term is not None else "" for term in row] for row in finish.fill(found)]


@pytest.mark.parametrize(
    ("query", "rows", "expected"),
    [
        ("SELECT ?a { ?a ?b ?c } LIMIT 2", "(?a) { (1) }", None),
        ("SELECT ?a { ?a ?b ?c } ORDER BY DESC(STR(?a)) STR(?b)", "(?a) { (1) }", None),
        ("SELECT ?a { ?a ?b ?c } ORDER BY LCASE(?a)", "(?a) { ('b') ('A') }", [["A"], ["b"]]),
        ("SELECT ?a { ?a ?b ?c } ORDER BY ?a LIMIT 1 OFFSET 1", "(?a) { ('b') ('A') ('c') }", [["b"]]),
        ("SELECT ?a { ?a ?b ?c } ORDER BY ?c", "(?a ?c) { ('b' 2) ('A' 10) ('c' 1) }", [["c"], ["b"], ["A"]]),
        ("SELECT DISTINCT ?a { ?a ?b ?c } ORDER BY ?c", "(?a ?c) { ('b' 2) ('A' 10) ('b' 11) }", [["b"], ["A"]]),
        (
            "SELECT ?a (SUM(?c) AS ?n) { ?a ?b ?c } GROUP BY ?a",
            "(?a ?gdbSum_n ?gdbOf_n ?gdbAll_n) { ('x' 5 1 2) ('y' 7 2 2) }",
            [["x", ""], ["y", "7"]],
        ),
    ],
)
def test_the_end_of_a_select(query: str, rows: str, expected: list[list[str]] | None) -> None:
    found = finished(query, rows)
    assert found == expected or (found is not None and expected is not None and sorted(found) == sorted(expected))


def test_many_columns_are_made_distinct_here() -> None:
    pieces, finish = ending.parted(rewrite.pieces("SELECT DISTINCT ?a ?b { ?a ?b ?c }"), 1)
    assert "DISTINCT" not in rewrite.text(pieces)
    assert finish
    assert finished("SELECT DISTINCT ?a ?b { ?a ?b ?c }", "(?a ?b) { (1 2) (1 2) }", 1) == [["1", "2"]]


def test_a_blank_node_stays_one() -> None:
    finish = ending.parted(rewrite.pieces("SELECT ?a { ?a ?b ?c } ORDER BY ?a"), 15)[1]
    answer = b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"bnode","value":"b1"}}]}}'
    rows = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
    assert finish
    assert isinstance(rows, ox.QuerySolutions)
    assert [isinstance(row["a"], ox.BlankNode) for row in finish.fill(rows)] == [True]


@pytest.mark.parametrize("order", ["COUNT(?c)", "(EXISTS { ?a ?b ?c })"])
def test_an_order_that_cannot_be_done_here_is_refused(order: str) -> None:
    with pytest.raises(EngineCannot):
        ending.parted(rewrite.pieces(f"SELECT ?a {{ ?a ?b ?c }} GROUP BY ?a ORDER BY {order}"), 15)


@pytest.mark.parametrize(
    ("expression", "is_one"),
    [
        ("?a = ?b", True),
        ("!BOUND(?a)", True),
        ("((?a < 3))", True),
        ("EXISTS { ?a ?b ?c }", True),
        ("?a IN (1, 2)", True),
        ("IF(?a > 1, true, false)", True),
        ("COALESCE(?a = 1, false)", True),
        ("SAMPLE(?known)", True),
        ("IF(?a > 1, 1, 0)", False),
        ("STRLEN(STR(?a))", False),
        ("COALESCE(?a, false)", False),
        ("COUNT(?a)", False),
        ("?a", False),
    ],
)
def test_which_names_are_true_or_false(expression: str, is_one: bool) -> None:
    pieces = rewrite.pieces(f"SELECT (?x = 1 AS ?known) ({expression} AS ?y) {{ ?a ?b ?c }}")
    assert ("y" in booleans.names(pieces)) == is_one


def test_computed_booleans_are_read_as_such() -> None:
    said = virtuoso.say(rewrite.pieces("SELECT (?a = ?b AS ?yes) ?n { ?a ?b ?n }"), "SELECT")
    integer = b'"type": "typed-literal", "datatype": "%sinteger", "value": "1"' % XSD.encode()
    line = b'{ "yes": { %b }\t, "n": { %b }}' % (integer, integer)
    assert said.clean
    assert said.clean(line).count(b"boolean") == 1
    assert b'"value": "true"' in said.clean(line)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT (GROUP_CONCAT(DISTINCT ?a) AS ?x) { ?a ?b ?c }", 'GROUP_CONCAT(DISTINCT ?a ; SEPARATOR = " ")'),
        ("SELECT (GROUP_CONCAT(?a; separator='-') AS ?x) { ?a ?b ?c }", "GROUP_CONCAT(?a; separator='-')"),
        (
            "SELECT * { ?a ?b ?c FILTER(?c = 1 || EXISTS { ?a ?x ?y }) OPTIONAL { ?a ?d ?e } }",
            "{ { ?a ?b ?c FILTER(?c = 1 || EXISTS { ?a ?x ?y })  } OPTIONAL { ?a ?d ?e } }",
        ),
    ],
)
def test_what_virtuoso_is_told_instead(query: str, said: str) -> None:
    assert said in rewrite.text(virtuoso.say(rewrite.pieces(query), "SELECT").pieces)


# CONSTRUCT, done here


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX u: <urn:> CONSTRUCT { ?a u:is [ u:of ?c ] } WHERE { ?a ?b ?c }",
        "CONSTRUCT WHERE { ?a ?b ?c }",
        "CONSTRUCT { ?c ?b ?a } { ?a ?b ?c } LIMIT 5",
        "CONSTRUCT { <urn:a> <urn:b> <urn:c> } WHERE { ?a ?b ?c }",
        "CONSTRUCT { ?a <urn:p> ?missing , ?c } WHERE { ?a ?b ?c }",
    ],
)
def test_a_graph_is_made_of_rows(query: str) -> None:
    store = ox.Store()
    store.load(b"<urn:s> <urn:p> <urn:o>, 'text'@de, 5 . _:b <urn:q> _:c .", format=ox.RdfFormat.TURTLE)
    select, made = template.parted(rewrite.pieces(query), "")
    rows, expected = store.query(rewrite.text(select)), store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    assert isinstance(expected, ox.QueryTriples)
    found = canonical(ox.Quad(*triple) for triple in dict.fromkeys(made.fill(rows)))
    assert found == canonical(ox.Quad(*triple) for triple in dict.fromkeys(expected))


# Graphs and their digests

QUADS = b"""_:a <urn:p> _:b .
_:a <urn:p> _:b <urn:g> .
<urn:s> <urn:p> "a <b> ."@de .
<urn:s> <urn:p> "a> <urn:g> ." <urn:g> .
<urn:s> <urn:p> "1"^^<urn:t> .
<urn:s> <urn:p> "1.0E6"^^<http://www.w3.org/2001/XMLSchema#double> <urn:g> .
<urn:s> <urn:p> "2023"^^<http://www.w3.org/2001/XMLSchema#gYear> <urn:g> .
<urn:s> <urn:p> <http://www.w3.org/2001/XMLSchema#gYear> .
<urn:s> <urn:p> <urn:o> <urn:g> .
<urn:s> <urn:q> _:a .
"""


@pytest.fixture
def graphs(tmp_path: Path) -> dict[str, content.Graph]:
    (tmp_path / "quads.nq").write_bytes(QUADS)
    parts = tmp_path / "parts"
    parts.mkdir()
    return {each.name: each for each in content.split(tmp_path / "quads.nq", parts, [])}


def lines(graph: content.Graph) -> list[ox.Triple]:
    data = graph.nodes.read_bytes() + graph.ground.read_bytes()
    return [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]


def test_a_file_of_quads_is_split_into_its_graphs(graphs: dict[str, content.Graph]) -> None:
    expected: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(QUADS, format=ox.RdfFormat.N_QUADS):
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        expected.setdefault(name, []).append(quad.triple)
    for name, triples in expected.items():
        assert canonical(ox.Quad(*each) for each in lines(graphs[name])) == canonical(ox.Quad(*e) for e in triples)
        assert graphs[name].count == len(triples) == sum(graphs[name].properties.values())
    assert graphs.keys() == expected.keys()


@pytest.mark.parametrize("name", ["", "urn:g"])
def test_a_digest_is_the_same_in_any_order_and_under_other_labels(graphs: dict[str, content.Graph], name: str) -> None:
    triples = [
        ox.Triple(relabelled(each.subject), each.predicate, relabelled(each.object)) for each in lines(graphs[name])
    ]
    random.Random(1).shuffle(triples)
    assert content.digest(triples) == (graphs[name].count, graphs[name].digest)
    assert content.digest(triples[1:])[1] != graphs[name].digest


def relabelled(term: Any) -> Any:
    return ox.BlankNode(f"x{term.value}") if isinstance(term, ox.BlankNode) else term


def test_numbers_are_compared_by_value(graphs: dict[str, content.Graph]) -> None:
    written = b'<urn:s> <urn:p> "%b"^^<http://www.w3.org/2001/XMLSchema#double> .'
    one, two, three = (
        content.digest(quad.triple for quad in ox.parse(io.BytesIO(written % number), format=ox.RdfFormat.N_TRIPLES))
        for number in (b"1.0E6", b"1e+06", b"1.0E7")
    )
    assert one == two != three


def test_what_an_engine_must_not_look_into_is_stored_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "quads.nq").write_bytes(QUADS)
    stored = "".join(
        graph.ground.read_text("utf-8") for graph in content.split(tmp_path / "quads.nq", tmp_path, [f"{XSD}gYear"])
    )
    assert stored.count("gYear") == stored.count(f"urn:gdb-graph:as-text:{XSD}gYear") == 2


# Addresses


@pytest.mark.parametrize("address", ["localhost:7878", "ftp://e.org", "http://", "http://me:secret@e.org", ""])
def test_an_address_that_is_none_or_holds_credentials_is_refused_without_them(address: str) -> None:
    with pytest.raises(GraphError) as told:
        talk.target(address, Settings())
    assert "secret" not in str(told.value)


def test_credentials_are_not_shown() -> None:
    chosen = Settings(engine_user="me", engine_password="secret")
    assert "secret" not in repr(chosen) + repr(talk.target("http://e.org", chosen))


@pytest.mark.parametrize(
    ("dialect", "paths", "expected"),
    [
        (OXIGRAPH, ("", "", ""), ("query", "update", "store")),
        (VIRTUOSO, ("", "", ""), ("sparql", "sparql-auth", "sparql-graph-crud-auth")),
        (OTHER, ("", "", ""), ("query", "update", "data")),
        (OTHER, ("", "statements", "/rdf-graphs/service"), ("query", "statements", "rdf-graphs/service")),
    ],
)
def test_where_an_engine_takes_what(dialect: object, paths: tuple[str, str, str], expected: tuple[str, ...]) -> None:
    target = talk.Target("http://e.org/ds", paths=paths)
    assert tuple(target.url(which, dialect) for which in range(3)) == tuple(  # type: ignore[arg-type]
        f"http://e.org/ds/{path}" for path in expected
    )
