"""The command line as a newcomer types it: answers on stdout, one clear sentence on stderr, and never a traceback."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gdb_graph import __version__
from gdb_graph.__main__ import main
from tests.contents import BASE, OTHERSTADT, built, copy, write

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _interrupts() -> Iterator[None]:
    """`query` lets Ctrl-C end the process at once; the tests want it back."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; its status, what it printed, what it complained."""

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as left:  # argparse leaves like this
            status = left.code if isinstance(left.code, int) else 1
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


@pytest.fixture
def query(run: Run) -> Run:
    """Run `gdb-graph query` on Otherstadt."""

    def command(*arguments: str) -> tuple[int, str, str]:
        return run("query", "--content", str(OTHERSTADT), "--out", str(built()), *arguments)

    return command


def test_check_says_what_holds_up_and_writes_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    status, out, err = run("check", "--content", str(OTHERSTADT))

    assert status == 0
    assert "hold up" in out
    assert " 1 sources with " in out
    assert err.startswith("[1/")
    assert list(tmp_path.iterdir()) == []


def test_build_says_where_the_snapshot_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDB_SNAPSHOTS", str(tmp_path / "set"))

    status, out, _ = run("build", "--content", str(OTHERSTADT))

    made = (tmp_path / "set" / "current").resolve()
    assert status == 0
    assert out.startswith(f"Snapshot {made.name}: ")
    assert out.endswith(f"in {made}\n")


def test_query_alone_lists_all_queries(query: Run) -> None:
    status, out, _ = query()

    assert status == 0
    assert all(name in out for name in ("pilots", "action-fields", "contradictions"))


@pytest.mark.parametrize(("language", "label"), [("de", "Laterne"), ("en", "lantern")])
def test_a_table_speaks_the_language_that_is_asked_for(query: Run, language: str, label: str) -> None:
    status, out, err = query("pilots", "--lang", language)

    assert (status, err) == (0, "")
    assert label in out
    assert out.endswith("1 row\n")


def test_a_query_as_csv_has_all_columns(query: Run) -> None:
    status, out, err = query("pilots", "--format", "csv")

    assert (status, err) == (0, "")
    assert out.splitlines()[0].startswith("pilot,pilotDe,pilotEn,lead,")
    assert out.splitlines()[1].startswith(f"{BASE}id/pilot-lantern,Laterne,lantern,")


@pytest.mark.parametrize("value", ["pilot-lantern", f"{BASE}id/pilot-lantern"], ids=["slug", "IRI"])
def test_a_parameter_is_a_slug_or_an_iri(query: Run, value: str) -> None:
    status, out, _ = query("actors-of-undertaking", f"undertaking={value}", "--format", "json")

    rows = json.loads(out)["results"]["bindings"]
    assert status == 0
    assert [row["actorEn"]["value"] for row in rows] == ["lamplighters’ office"]


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        (("--sparql", "ASK {}"), "true"),
        (("--sparql", "ASK {}", "--format", "json"), '{"head":{},"boolean":true}'),
        (("--sparql", "SELECT (1 AS ?one) {}", "--format", "csv"), "one\r\n1"),
        (("--sparql", "SELECT (1 AS ?one) {}", "--format", "tsv"), "?one\n1"),
        (("--sparql", "SELECT (1 AS ?one) {}", "--format", "xml"), "<?xml"),
        (("--sparql", "CONSTRUCT { <a:b> <a:c> 1 } {}"), "@prefix "),
        (("--sparql", "CONSTRUCT { <a:b> <a:c> 1 } {}", "--format", "nt"), "<a:b> <a:c> "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_any_query_may_be_asked(query: Run, arguments: tuple[str, ...], begins: str) -> None:
    status, out, err = query(*arguments)

    assert (status, err) == (0, "")
    assert out.startswith(begins)


def test_a_query_may_stand_in_a_file(query: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "asked.rq", "SELECT (1 AS ?one) {}")

    assert query("-f", str(file), "--format", "csv")[1].splitlines() == ["one", "1"]


WRONG = [
    pytest.param(("piltos",), 1, "There is no query 'piltos'. Did you mean 'pilots'?", id="a query misspelt"),
    pytest.param(("nonsense",), 1, "`gdb-graph query` lists all", id="a query like no other"),
    pytest.param(("pilots", "x=1"), 1, "It takes no parameters", id="a parameter too many"),
    pytest.param(
        ("actors-of-undertaking", "undertakin=x"), 1, "Did you mean 'undertaking'?", id="a parameter misspelt"
    ),
    pytest.param(("actors-of-undertaking", "pilot-lantern"), 1, "NAME=VALUE", id="a value without its name"),
    pytest.param(("actors-of-undertaking", "undertaking=a b"), 1, "not 'a b'", id="a value that is no slug"),
    pytest.param(("--sparql", "SELEC"), 1, "Not a SPARQL query", id="no SPARQL"),
    pytest.param(("--sparql", ""), 1, "Not a SPARQL query", id="an empty query"),
    pytest.param(("--sparql", "INSERT DATA {}"), 1, "Not a SPARQL query", id="an update"),
    pytest.param(("--sparql", "ASK { SERVICE <a:b> {} }"), 1, "SERVICE is refused", id="a call to others"),
    pytest.param(("-f", "/nowhere.rq"), 1, "/nowhere.rq cannot be read", id="a file that is not there"),
    pytest.param(("-f", "/"), 1, "/ cannot be read", id="a folder as file"),
    pytest.param(("pilots", "--format", "ttl"), 1, "csv", id="a table as graph"),
    pytest.param(("--sparql", "CONSTRUCT {} {}", "--format", "csv"), 1, "ttl", id="a graph as table"),
    pytest.param(("pilots", "--format", "pdf"), 2, "invalid choice: 'pdf'", id="a format that does not exist"),
    pytest.param(("pilots", "--sparql", "ASK {}"), 2, "--sparql", id="two queries at once"),
    pytest.param(("--sparql", "ASK {}", "-f", "x"), 2, "not allowed with", id="a text and a file"),
]


@pytest.mark.parametrize(("arguments", "status", "says"), WRONG)
def test_what_is_typed_wrong_is_told_in_a_sentence(
    query: Run, arguments: tuple[str, ...], status: int, says: str
) -> None:
    ended, out, err = query(*arguments)

    assert (ended, out) == (status, "")
    assert says in err


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        pytest.param((), 2, "COMMAND", id="nothing"),
        pytest.param(("bild",), 2, "'build'", id="a command misspelt"),
        pytest.param(("check", "--content", "/nowhere"), 1, "There is no folder /nowhere", id="a folder that is not"),
        pytest.param(("check", "--content", "/proc/1"), 1, "holds none of data/", id="a folder without content"),
        pytest.param(("check", "extra"), 2, "unrecognized arguments: extra", id="an argument too many"),
        pytest.param(("build", "--content", str(OTHERSTADT), "--out", __file__), 1, __file__, id="a file as folder"),
        pytest.param(("serve", "--port", "http"), 2, "invalid int value: 'http'", id="a port in words"),
        pytest.param(("serve", "--snapshot", "/nowhere"), 1, "no snapshot in /nowhere", id="a snapshot that is not"),
    ],
)
def test_a_command_that_cannot_work_says_why(run: Run, arguments: tuple[str, ...], status: int, says: str) -> None:
    ended, out, err = run(*arguments)

    assert (ended, out) == (status, "")
    assert says in err


def test_a_wrong_setting_is_told_by_its_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDB_ENGINES", "many")

    assert run("check", "--content", str(OTHERSTADT)) == (
        1,
        "",
        "gdb-graph: GDB_ENGINES must be of type int, not 'many'.\n",
    )


def test_the_version_is_told(run: Run) -> None:
    assert run("--version") == (0, f"gdb-graph {__version__}\n", "")


def test_files_open_in_an_editor_do_no_harm(run: Run, tmp_path: Path) -> None:
    changed = copy(tmp_path)
    write(changed, "queries/asked.rq", "#+ summary: { de: Frage, en: Question }\nASK {}")
    for name in ("data/curated/.#things.ttl", "queries/.#asked.rq"):
        (changed / name).symlink_to("somebody@example.org.4711:1")

    status, out, _ = run("build", "--content", str(changed), "--out", str(tmp_path / "out"))

    assert (status, out.split()[0]) == (0, "Snapshot")


def test_a_query_on_changed_files_builds_first(run: Run, tmp_path: Path) -> None:
    changed = copy(tmp_path)
    dataset = ("--content", str(changed), "--out", str(tmp_path / "out"))
    ask = ("query", "--sparql", "SELECT * { ?s <http://www.w3.org/2004/02/skos/core#altLabel> 'Lampion'@de }", *dataset)
    assert run(*ask)[1].endswith("0 rows\n")
    prefixes = f"@prefix id: <{BASE}id/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
    write(changed, "data/curated/more.ttl", f"{prefixes} id:pilot-lantern skos:altLabel 'Lampion'@de .")

    assert run(*ask)[1].endswith("1 row\n")
    assert run(*ask)[2] == ""


def test_as_a_program_it_ends_with_its_status_and_without_a_traceback(tmp_path: Path) -> None:
    changed = copy(tmp_path)
    write(changed, "data/curated/fault.ttl", "nonsense")

    command = [sys.executable, "-m", "gdb_graph", "check", "--content", str(changed)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "data/curated/fault.ttl:1: Violation (syntax)" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    arguments = ["query", "--content", str(OTHERSTADT), "--out", str(built()), "--format", "nt"]
    text = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    command = [sys.executable, "-m", "gdb_graph", *arguments, "--sparql", text]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(1)
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (0, b"")
