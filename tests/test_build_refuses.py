"""What stops a build, and that it then says where and why in both languages and leaves `current` as it was."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from gdb_graph.__main__ import main
from tests.contents import BASE, HEAD, built, copy, state, with_model, write

FAULT = "data/curated/fault.ttl"
SOURCE = "data/sources/src-fault.ttl"
QUERY = "queries/fault.rq"
TABLE = "queries/tables/fault.rq"
COLUMNS = "#+ description: { de: Alles, en: all }\n#+ columns: { thing: { de: Ding, en: thing, type: iri } }\n"
SUMMARY = "#+ summary: { de: Frage, en: Question }\n"
HERE = "# here"
TWO_TYPES = """id:pilot-lantern # here
    gdb:measureType <https://w3id.org/gdb-berlin/vocab/measure-type/central> ,
                    <https://w3id.org/gdb-berlin/vocab/measure-type/network> .
"""


@dataclass(frozen=True)
class Refused:
    """One file that must not pass; the fault is on the line marked `# here`, or in the file as a whole."""

    file: str
    text: str
    rule: str
    node: str = ""

    @property
    def place(self) -> str:
        """Where the message must point: `file:line`, or the file."""
        before, marker, _ = self.text.partition(HERE)
        return f"{self.file}:{before.count(chr(10)) + 1}" if marker else self.file


def turtle(text: str, rule: str, node: str = "", file: str = FAULT) -> Refused:
    return Refused(file, HEAD + text, rule, node)


CASES = {
    "a syntax error": turtle("id:x a gdb:Tool ;\n    gdb:partOf . # here\n", "syntax"),
    "a prefix that nobody declared": turtle("id:x a other:Thing . # here\n", "syntax"),
    "a file that is no Turtle at all": Refused(FAULT, "%PDF-1.7 # here", "syntax"),
    "an unknown property": turtle(
        "id:pilot-lantern\n    gdb:adressesField id:field-moonlight . # here\n", "undefined-term", "adressesField"
    ),
    "an unknown property as full IRI": turtle(
        "id:pilot-lantern\n    <https://w3id.org/gdb-berlin/ontology#adressesField> 1 . # here\n", "undefined-term"
    ),
    "an unknown class": turtle("id:x\n    a gdb:Pilot . # here\n", "undefined-term", "#Pilot"),
    "an unknown property as value": turtle(
        "id:ev-plan gdb:supportsProperty\n    gdb:startdate . # here\n", "undefined-term", "startdate"
    ),
    "an unknown property of others": turtle("id:pilot-lantern\n    foaf:nmae 'x' . # here\n", "foreign-term", "nmae"),
    "a thing that is not introduced": turtle(
        "id:pilot-lantern\n    gdb:addressesField id:field-sunlight . # here\n", "undefined-thing", "field-sunlight"
    ),
    "a value that is in no list": turtle(
        "id:involvement-lantern-lamplighters-lead\n    gdb:role role:boss . # here\n", "undefined-concept", "role/boss"
    ),
    "a breach of a shape": turtle("id:bare # here\n    a gdb:Evidence .\n", "Evidence-fromSource", "id/bare"),
    "a source that contradicts itself": turtle(TWO_TYPES, "Measure-measureType-once", "pilot-lantern", SOURCE),
    "an inconsistency": turtle(
        "id:both # here\n    a gdb:PublicBody , gdb:StakeholderGroup ; skos:prefLabel 'x'@de .\n",
        "owl-consistency",
        "id/both",
    ),
    "a file in an unknown folder": turtle("", "file-place", file="data/loose/fault.ttl"),
    "a source file without src-": turtle("", "file-place", file="data/sources/fault.ttl"),
    "a query without header": Refused(QUERY, "SELECT * {} # here", "query-file"),
    "a query with a broken header": Refused(QUERY, "#+ tags: [a]\n#+ summary: a: b # here\nASK {}", "query-file"),
    "a query in one language": Refused(QUERY, "#+ summary: { de: Frage } # here\nASK {}", "query-file"),
    "a parameter without default": Refused(
        QUERY, "#+ params: { x: { type: string, de: X, en: X } } # here\n" + SUMMARY + "ASK {}", "query-file"
    ),
    "a table without a name for a column": Refused(
        TABLE, f"{SUMMARY}{COLUMNS}SELECT ?thing ?other {{ ?thing a ?other }}", "table", "'other'"
    ),
    "a table with a column of unknown type": Refused(
        TABLE, f"{SUMMARY}{COLUMNS.replace('iri', 'money')}SELECT ?thing {{ ?thing a ?x }}", "table", "iri, integer"
    ),
    "a table with a list of texts": Refused(
        TABLE, f"{SUMMARY}{COLUMNS.replace('iri', 'string, list: true')}SELECT ?thing {{ ?thing a ?x }}", "table"
    ),
    "a table that is no SELECT": Refused(TABLE, f"{SUMMARY}{COLUMNS}ASK {{}}", "table"),
    "a table that says nothing of itself": Refused(
        TABLE, "#+ summary: { de: A, en: B }\n#+ columns: { thing: { de: A, en: B } }\nSELECT ?thing {}", "table"
    ),
    "a table whose columns are no names": Refused(
        TABLE, f"{SUMMARY}#+ description: {{ de: A, en: B }}\n#+ columns: {{ thing: iri }}\nSELECT ?thing {{}}", "table"
    ),
    "a table whose name fits no address": Refused(
        "queries/tables/Fault 1.rq", f"{SUMMARY}{COLUMNS}SELECT ?thing {{ ?thing a ?x }}", "table"
    ),
    "a query that is no SPARQL": Refused(QUERY, f"{SUMMARY}SELECT * {{\n    ?s ?p }} # here", "query-file"),
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with a good snapshot and `current`, as an earlier build left it."""
    return Path(shutil.copytree(built(), tmp_path / "snapshots", symlinks=True))


@pytest.fixture
def refused(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Refused, Path]:
    """One of the cases, and a content that holds it."""
    fault = CASES[request.param]
    changed = copy(tmp_path)
    write(changed, fault.file, fault.text)
    return fault, changed


def build(changed: Path, snapshots: Path) -> int:
    """The status with which `gdb-graph build` ends."""
    return main(["build", "--content", str(changed), "--out", str(snapshots)])


# HermiT looks for the place of an inconsistency several times.
NAMES = [
    pytest.param(name, marks=[pytest.mark.slow] if fault.rule == "owl-consistency" else [])
    for name, fault in CASES.items()
]


@pytest.mark.parametrize("refused", NAMES, indirect=True)
def test_a_build_is_refused(refused: tuple[Refused, Path], published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fault, changed = refused
    before = state(published)

    assert build(changed, published) == 1

    out, err = capsys.readouterr()
    finding = err[err.index(f"Violation ({fault.rule})") :]
    assert f"\n{fault.place}: Violation ({fault.rule})" in err
    assert fault.node in finding
    assert "\n    de: " in finding
    assert "\n    en: " in finding
    assert "nothing was published" in err
    assert out == ""
    assert state(published) == before


def test_all_syntax_errors_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = copy(tmp_path)
    for name in ("a", "b"):
        write(changed, f"data/curated/{name}.ttl", "nonsense")

    assert main(["check", "--content", str(changed)]) == 1

    err = capsys.readouterr().err
    assert "data/curated/a.ttl:1" in err
    assert "data/curated/b.ttl:1" in err
    assert "2 violations" in err


def test_a_refused_first_build_leaves_no_snapshot(tmp_path: Path) -> None:
    changed = copy(tmp_path)
    write(changed, FAULT, "nonsense")

    assert build(changed, tmp_path / "new") == 1
    assert state(tmp_path / "new") == {}


def refusal(changed: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `check` says of a content that it refuses."""
    assert main(["check", "--content", str(changed)]) == 1
    return capsys.readouterr().err


def test_a_breach_at_a_blank_node_names_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = copy(tmp_path)
    write(changed, FAULT, f"{HEAD}id:pilot-lantern gdb:hasEvidence [ a gdb:Evidence ] .")

    assert f"{FAULT}: Violation (Evidence-fromSource)" in refusal(changed, capsys)


@pytest.mark.parametrize("folder", ["curated", "sources"])
def test_what_a_source_says_in_trig_is_seen_alone_and_found(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = Refused(f"data/{folder}/src-x.trig", f"{HEAD}<{BASE}graph/src-y> {{\n{TWO_TYPES}}}", "")
    changed = copy(tmp_path)
    write(changed, fault.file, fault.text)

    assert f"{fault.place}: Violation (Measure-measureType-once)" in refusal(changed, capsys)


@pytest.mark.parametrize(
    "graph",
    [
        pytest.param("_:g", id="a graph without a name"),
        pytest.param("<https://elsewhere.example/graph>", id="a graph of others"),
        pytest.param(f"<{BASE}graph/inferred>", id="the graph of what follows"),
        pytest.param(f"<{BASE}graph/provenance>", id="the graph of where it is from"),
        pytest.param(f"<{BASE}graph/shapes>", id="the graph of the shapes"),
    ],
)
def test_a_data_file_fills_only_curated_and_source_graphs(
    graph: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = copy(tmp_path)
    write(changed, "data/curated/fault.trig", f"{HEAD}{graph} {{ id:pilot-lantern skos:altLabel 'x'@de }}")

    assert "data/curated/fault.trig" in refusal(changed, capsys)


@pytest.mark.parametrize("name", ["fault.rdf", "fault.TTL", "fault.jsonld", "fault.ttl.txt"])
def test_a_data_file_that_cannot_be_read_is_not_passed_over(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = copy(tmp_path)
    write(changed, f"data/curated/{name}", "")

    assert f"data/curated/{name}" in refusal(changed, capsys)


def test_a_base_that_is_no_iri_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = copy(tmp_path)
    dataset = changed / "data" / "dataset.ttl"
    text = dataset.read_text(encoding="utf-8").replace(f'"{BASE}id/"', '"otherstadt"')
    write(changed, "data/dataset.ttl", text)

    assert "data/dataset.ttl" in refusal(changed, capsys)


FIX = "#+ fix: { de: das, en: that }\n"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("rules/fault.rq", "#+ stratum: two\nCONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", id="a level in words"),
        pytest.param("rules/fault.rq", "SELECT * { ?s ?p ?o }", id="a rule that makes no triples"),
        pytest.param("checks/fault-violation.rq", f"{FIX}ASK {{}}", id="a check that finds nothing to show"),
        pytest.param("checks/fault-violation.rq", f"{FIX}SELECT ?x {{}}", id="a check whose row is empty"),
        pytest.param("checks/fault-violation.rq", "SELECT ?s { ?s ?p ?o } LIMIT 1", id="a check without fix"),
        pytest.param(
            "checks/fault-violation.rq",
            f"{FIX}#+ severity: Terrible\nSELECT ?s {{ ?s ?p ?o }} LIMIT 1",
            id="a check of unknown severity",
        ),
    ],
)
def test_a_rule_or_check_that_does_not_hold_up_is_refused(
    file: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = with_model(tmp_path)
    write(changed, f"ontology/{file}", SUMMARY + text)

    assert f"{Path(file).name}" in refusal(changed, capsys)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("sh:property [ sh:minCount 1 ]", id="a property shape without a path"),
        pytest.param("sh:property [ sh:path foaf:name ; sh:pattern '(' ]", id="a pattern that is no pattern"),
    ],
)
def test_a_shape_that_is_none_is_refused(body: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = with_model(tmp_path)
    sh = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    shape = f"<https://w3id.org/gdb-berlin/shapes#Fault> a sh:NodeShape ; sh:targetClass gdb:Measure ; {body} ."
    write(changed, "data/curated/name.ttl", f"{HEAD}id:pilot-lantern foaf:name 'x' .")
    write(changed, "ontology/shapes/fault.ttl", HEAD + sh + shape)

    assert "gdb-graph: " in refusal(changed, capsys)
