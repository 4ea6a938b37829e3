"""What a query file must say, and that values are filled in as what they are and nothing else."""

from pathlib import Path
from typing import get_args

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph import queryfile
from gdb_graph.errors import BadParameter, ContentError
from gdb_graph.queryfile import Kind, Parameter, Query
from gdb_graph.terms import GDB, VOCABULARY, XSD, Names

SUMMARY = "#+ summary: { de: Frage, en: Question }\n"
PARAMS = "#+ params: { x: { type: string, de: das X, en: the X } }\n"
SELECT = 'SELECT * {\n  VALUES ?x { "a" }  # param\n}\n'
NAMES = Names()


def read(folder: Path, text: str | bytes) -> Query:
    path = folder / "queries" / "asked.rq"
    path.parent.mkdir()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return queryfile.read(path)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        pytest.param("SELECT * {}", 1, "no header", id="no header"),
        pytest.param("#+ just words\nSELECT * {}", 1, "no header", id="a header that is no mapping"),
        pytest.param("#+ tags: [a]\n#+ summary: a: b\nSELECT * {}", 2, "not YAML", id="a header that is no YAML"),
        pytest.param("# Who?\n#+ tags: [a]\n#+ summary: a: b\nASK {}", 3, "not YAML", id="no YAML, after a comment"),
        pytest.param("#+ summary: \x07\nSELECT * {}", 1, "not YAML", id="a control character in the header"),
        pytest.param(b"#+ summary: \xff\nSELECT * {}", 1, "UTF-8", id="a file that is not UTF-8"),
        pytest.param("#+ tags: [a]\nSELECT * {}", 1, "summary", id="no summary"),
        pytest.param("#+ summary: Question\nSELECT * {}", 1, "summary", id="a summary in no language"),
        pytest.param("#+ summary: { de: Frage }\nSELECT * {}", 1, "summary", id="a summary in one language"),
        pytest.param("#+ summary: { de: 1, en: 2 }\nSELECT * {}", 1, "summary", id="a summary that is no text"),
        pytest.param(f"{SUMMARY}#+ description: x\nSELECT * {{}}", 1, "description", id="a description in no language"),
        pytest.param(f"{SUMMARY}#+ tags: 5\nSELECT * {{}}", 2, "tags", id="tags that are no list"),
        pytest.param(f"{SUMMARY}#+ columns: [a]\nSELECT * {{}}", 2, "columns", id="columns that are no mapping"),
        pytest.param(f"{SUMMARY}# SELECT\n", 1, "no SELECT", id="no query"),
        pytest.param(f"{SUMMARY}INSERT DATA {{}}", 1, "no SELECT", id="an update"),
        pytest.param(f"{SUMMARY}\nSELECT * {{\n  ?s ?p }}", 4, "not valid SPARQL", id="a syntax error"),
        pytest.param(f"{SUMMARY}{PARAMS}SELECT * {{}}", 1, "'x'", id="a parameter that the query does not have"),
        pytest.param(f"{SUMMARY}{SELECT}", 1, "'x'", id="a parameter that the header does not have"),
        pytest.param(f"{SUMMARY}#+ params: [x]\n{SELECT}", 2, "params", id="parameters as a list"),
        pytest.param(f"{SUMMARY}#+ params: 5\n{SELECT}", 2, "params", id="parameters as a number"),
        pytest.param(
            f"{SUMMARY}#+ params: {{ x: {{ type: colour, de: a, en: b }} }}\n{SELECT}", 4, "type", id="an unknown type"
        ),
        pytest.param(f"{SUMMARY}#+ params: {{ x: string }}\n{SELECT}", 4, "type", id="a parameter that is no mapping"),
        pytest.param(
            f"{SUMMARY}#+ params: {{ x: {{ type: string, de: a }} }}\n{SELECT}", 4, "de and en", id="a label missing"
        ),
        pytest.param(SUMMARY + PARAMS + SELECT.replace('"a"', "UNDEF"), 4, "'x'", id="a default of nothing"),
        pytest.param(SUMMARY + PARAMS + SELECT.replace('"a"', '"a" "b"'), 4, "'x'", id="two defaults"),
    ],
)
def test_a_fault_is_found_on_its_line(tmp_path: Path, text: str | bytes, line: int, says: str) -> None:
    with pytest.raises(ContentError) as caught:
        read(tmp_path, text)
    (finding,) = caught.value.findings
    assert (finding.severity, finding.file, finding.line) == ("Violation", "queries/asked.rq", line)
    assert says in finding.en
    assert finding.de != finding.en


def test_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.rq").write_text("SELECT * {}", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        queryfile.read_folder(tmp_path)
    assert [finding.file.rpartition("/")[2] for finding in caught.value.findings] == ["a.rq", "b.rq"]


def test_an_absent_folder_holds_no_query(tmp_path: Path) -> None:
    assert queryfile.read_folder(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("form", ["SELECT * {}", "ASK {}", "CONSTRUCT {} WHERE {}", f"DESCRIBE <{GDB}>"])
def test_the_form_is_known(tmp_path: Path, form: str) -> None:
    assert read(tmp_path, f"{SUMMARY}# DESCRIBE is only a comment\nPREFIX a: <b:>\n{form}").form == form.split()[0]


def test_a_query_is_read_whole(tmp_path: Path) -> None:
    text = f"{SUMMARY}#+ description: {{ de: ' D ', en: ' E ' }}\n#+ tags: [a, b]\n{PARAMS}{SELECT}"
    query = read(tmp_path, text)
    assert (query.name, query.text, query.tags) == ("asked", text, ("a", "b"))
    assert (query.summary, query.description) == ({"de": "Frage", "en": "Question"}, {"de": "D", "en": "E"})
    assert query.parameters == (Parameter("x", "string", {"de": "das X", "en": "the X"}, ox.Literal("a")),)


DEFAULTS: dict[Kind, ox.NamedNode | ox.Literal] = {
    "thing": ox.NamedNode(NAMES.thing("default")),
    "concept": ox.NamedNode(f"{VOCABULARY}role/default"),
    "string": ox.Literal("default"),
    "integer": ox.Literal(7),
    "date": ox.Literal("2020", datatype=ox.NamedNode(f"{XSD}gYear")),
}
OF = {"concept": f"{VOCABULARY}role"}


def typed() -> Query:
    """A query with one parameter of each kind, named after it."""
    label = {"de": "x", "en": "x"}
    parameters = tuple(Parameter(kind, kind, label, default, OF.get(kind, "")) for kind, default in DEFAULTS.items())
    lines = "\n".join(f"  VALUES ?{kind} {{ {default} }}  # param" for kind, default in DEFAULTS.items())
    return Query("typed", {}, {}, "SELECT", parameters, (), {}, f"SELECT * {{\n{lines}\n}}")


def filled(**values: str) -> dict[str, ox.NamedNode | ox.Literal]:
    """What each parameter is in the query after filling it, as the engine reads it."""
    solutions = ox.Store().query(typed().fill(values, NAMES))
    assert isinstance(solutions, ox.QuerySolutions)
    (solution,) = solutions
    return {kind: solution[kind] for kind in DEFAULTS}


def test_every_kind_is_tried() -> None:
    assert set(DEFAULTS) == set(get_args(Kind))


def test_what_is_left_out_keeps_its_default() -> None:
    assert filled() == DEFAULTS
    assert typed().fill({}, NAMES) == typed().text


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        pytest.param("thing", "pilot-x", ox.NamedNode(NAMES.thing("pilot-x")), id="a thing by slug"),
        pytest.param("thing", NAMES.thing("x"), ox.NamedNode(NAMES.thing("x")), id="a thing by IRI"),
        pytest.param("thing", "http://a.example/ü", ox.NamedNode("http://a.example/ü"), id="a thing from elsewhere"),
        pytest.param("concept", "lead", ox.NamedNode(f"{VOCABULARY}role/lead"), id="a concept by slug"),
        pytest.param(
            "concept", f"{VOCABULARY}role/lead", ox.NamedNode(f"{VOCABULARY}role/lead"), id="a concept by IRI"
        ),
        pytest.param("string", "", ox.Literal(""), id="an empty string"),
        pytest.param("string", '"\\\n} # param', ox.Literal('"\\\n} # param'), id="a hostile string"),
        pytest.param("integer", "42", ox.Literal(42), id="an integer"),
        pytest.param("integer", "-1", ox.Literal(-1), id="a negative integer"),
        pytest.param("integer", "+1", ox.Literal(1), id="an integer with a plus"),
        pytest.param("date", "2023", ox.Literal("2023", datatype=ox.NamedNode(f"{XSD}gYear")), id="a year"),
        pytest.param("date", "2023-05", ox.Literal("2023-05", datatype=ox.NamedNode(f"{XSD}gYearMonth")), id="a month"),
        pytest.param("date", "2023-05-31", ox.Literal("2023-05-31", datatype=ox.NamedNode(f"{XSD}date")), id="a day"),
    ],
)
def test_a_value_becomes_its_term(kind: str, value: str, term: ox.NamedNode | ox.Literal) -> None:
    assert filled(**{kind: value}) == DEFAULTS | {kind: term}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        pytest.param("strnig", "x", "Did you mean 'string'? It takes: thing,", id="an unknown parameter"),
        pytest.param("zzz", "x", "no parameter 'zzz'. It takes: thing,", id="a parameter like no other"),
        pytest.param(
            "thing", "a b", "such as https://w3id.org/gdb-berlin/id/default or default, not 'a b'", id="blank"
        ),
        pytest.param("thing", "http://a.example/>", "full IRI", id="an IRI that ends itself"),
        pytest.param("thing", "://", "full IRI", id="an IRI without scheme"),
        pytest.param("thing", "", "full IRI", id="nothing as a thing"),
        pytest.param("concept", "> } #", "role/default or default, not", id="a hostile concept"),
        pytest.param("integer", "1.5", "whole number, not '1.5'", id="a fraction"),
        pytest.param("integer", "one", "whole number, not 'one'", id="a word as a number"),
        pytest.param("integer", "9" * 19, "whole number", id="a number too large"),
        pytest.param("date", "31.5.2023", "such as 2023, 2023-05 or 2023-05-31, not '31.5.2023'", id="a German date"),
        pytest.param("date", "2023-13", "must be a date", id="a month that does not exist"),
        pytest.param("date", "2023-02-30", "must be a date", id="a day that does not exist"),
        pytest.param("date", "٢٠٢٣", "must be a date", id="a year in other digits"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, says: str) -> None:
    with pytest.raises(BadParameter) as caught:
        typed().fill({name: value}, NAMES)
    assert caught.value.parameter == name
    assert says in str(caught.value)


def test_a_query_without_parameters_says_so() -> None:
    with pytest.raises(BadParameter, match="It takes no parameters"):
        Query("bare", {}, {}, "ASK", (), (), {}, "ASK {}").fill({"x": "y"}, NAMES)


HOSTILE = st.lists(
    st.sampled_from(['"', "'", "\\", "\\u0022", "\n", "\r", "}", "# param", "\\g<1>", "\u2028", "\x00", "x", "<", ">"])
)


@given(st.text() | HOSTILE.map("".join))
def test_any_string_comes_back_unchanged(value: str) -> None:
    assert filled(string=value) == DEFAULTS | {"string": ox.Literal(value)}


@given(st.text() | st.builds("{}://{}".format, st.sampled_from(["http", "urn", "a"]), st.text() | HOSTILE.map("".join)))
def test_any_thing_is_exactly_that_iri_or_refused(value: str) -> None:
    iri = value if "://" in value else NAMES.thing(value)
    try:
        assert filled(thing=value) == DEFAULTS | {"thing": ox.NamedNode(iri)}
    except BadParameter as error:
        assert error.parameter == "thing"
