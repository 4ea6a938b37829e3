"""A `.rq` file in, its question, parameters and SPARQL text out; also fills parameters in safely.

The header is YAML in lines that begin with `#+`; the file stays plain SPARQL that runs unchanged anywhere.
A parameter stands in the query as `VALUES ?name { default }  # param`. The only home of PyYAML.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox
import yaml

from gdb_graph.errors import BadParameter, ContentError, Finding
from gdb_graph.terms import VOCABULARY, XSD, Names

Kind = Literal["thing", "concept", "string", "integer", "date"]
Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
Text = Mapping[str, str]

LANGUAGES = ("de", "en")
# libyaml reads the headers in a tenth of the time; it is missing where PyYAML was built without it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PARAM_LINE = re.compile(r"VALUES \?(\w+) \{ *(.+?) *\}  # param")
_FORM = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.MULTILINE)
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~/-]*")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query: its type, what it means in both languages, its default as a term."""

    name: str
    kind: Kind
    label: Text
    default: ox.NamedNode | ox.Literal
    of: str = ""
    """For a thing: the class it must have; for a concept: its scheme. An IRI, or "" for any."""

    @property
    def default_text(self) -> str:
        """The default as a user would type it: an IRI or a plain value."""
        return self.default.value


@dataclass(frozen=True, slots=True)
class Query:
    """One query file: `name` is the file's stem, `text` the whole file, valid SPARQL as it stands."""

    name: str
    summary: Text
    description: Text
    form: Form
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    header: Mapping[str, Any]
    text: str

    def fill(self, values: Mapping[str, str], names: Names) -> str:
        """The query with the typed `values` in place of its defaults; one left out keeps its default.

        A thing or concept may be given as full IRI or as slug. Raises BadParameter, naming the
        parameter and what would be right.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in values:
            if name not in known:
                takes = f"It takes: {', '.join(known)}." if known else "It takes no parameters."
                raise BadParameter(name, f"{self.name!r} has no parameter {name!r}.{near(name, known)} {takes}")
        terms = {name: term(known[name], value, names) for name, value in values.items()}

        def line(match: re.Match[str]) -> str:
            name, default = match.groups()
            # str() of a term is its SPARQL form, escaped by pyoxigraph.
            return f"VALUES ?{name} {{ {terms.get(name, default)} }}  # param"

        return _PARAM_LINE.sub(line, self.text)


def term(parameter: Parameter, value: str, names: Names) -> ox.NamedNode | ox.Literal:
    """The text a user typed for `parameter` as an RDF term. Raises BadParameter if it is not of its type."""
    if parameter.kind == "thing":
        return _iri(parameter, value, names.instances)
    if parameter.kind == "concept":
        return _iri(parameter, value, f"{parameter.of}/" if parameter.of else VOCABULARY)
    if parameter.kind == "integer":
        if not re.fullmatch(r"[+-]?\d{1,18}", value):
            raise BadParameter(parameter.name, f"{parameter.name!r} must be a whole number, not {value!r}.")
        return ox.Literal(int(value))
    if parameter.kind == "date":
        if not _is_date(value):
            raise BadParameter(
                parameter.name, f"{parameter.name!r} must be a date such as 2023, 2023-05 or 2023-05-31, not {value!r}."
            )
        datatype = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)]
        return ox.Literal(value, datatype=ox.NamedNode(XSD + datatype))
    return ox.Literal(value)


def slug(value: str, names: Names) -> str:
    """The short form of what was given for a thing: the last part of our IRIs; anything else as it is."""
    return value.removeprefix(names.instances)


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError:
        return False
    return True


def _iri(parameter: Parameter, value: str, namespace: str) -> ox.NamedNode:
    iri = value if "://" in value else namespace + value
    try:
        if "://" not in value and not _SLUG.fullmatch(value):
            raise ValueError("not a slug")
        return ox.NamedNode(iri)
    except ValueError as error:
        raise BadParameter(
            parameter.name,
            f"{parameter.name!r} must be a full IRI or the last part of one, "
            f"such as {parameter.default_text} or {parameter.default_text.removeprefix(namespace)}, not {value!r}.",
        ) from error


def near(name: str, known: Iterable[str]) -> str:
    """A sentence that names the known one most like `name`, with a space before it; "" where none is."""
    found = difflib.get_close_matches(name, list(known), 1)
    return f" Did you mean {found[0]!r}?" if found else ""


def read_folder(folder: Path) -> dict[str, Query]:
    """All queries of a folder by name, sorted; an absent folder holds none. Raises ContentError."""
    queries: dict[str, Query] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("[!.]*.rq"), key=lambda path: path.stem):
        try:
            queries[path.stem] = read(path)
        except ContentError as error:
            findings += error.findings
    if findings:
        raise ContentError(findings)
    return queries


def read(path: Path) -> Query:
    """The query in the file at `path`. Raises ContentError, with the line, for anything that does not hold up."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise _fault(path, line, "kein UTF-8; bitte so speichern", "not UTF-8; save it as that") from error
    header = _header(path, text)
    form = _FORM.search(re.sub(r"^#.*$", "", text, flags=re.MULTILINE))
    if not form:
        raise _fault(path, 1, "keine Anfrage gefunden", "no SELECT, ASK, CONSTRUCT or DESCRIBE found")
    _check_syntax(path, text)
    return Query(
        name=path.stem,
        summary=_bilingual(path, header, "summary"),
        description=_bilingual(path, header, "description") if "description" in header else {},
        form=form.group(1),  # type: ignore[arg-type]
        parameters=_parameters(path, text, header),
        tags=tuple(map(str, header.get("tags") or ())),
        header=header,
        text=text,
    )


def _header(path: Path, text: str) -> dict[str, Any]:
    # Other lines stay as empty ones, so that YAML counts the lines of the file.
    lines = [line[2:] if line.startswith("#+") else "" for line in text.splitlines()]
    try:
        header = yaml.load("\n".join(lines), Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else "\n".join(lines)[: getattr(error, "position", 0)].count("\n") + 1
        raise _fault(path, line, f"Kopf ist kein YAML: {problem}", f"header is not YAML: {problem}") from error
    if not isinstance(header, dict):
        raise _fault(path, 1, "Kopf fehlt: Zeilen mit #+ voranstellen", "no header: put lines that begin with #+ first")
    for key, kind in (("params", dict), ("columns", dict), ("tags", list)):
        if not isinstance(header.get(key) or kind(), kind):
            wanted = {"dict": ("eine Zuordnung", "a mapping"), "list": ("eine Liste", "a list")}[kind.__name__]
            raise _fault(path, _line_of(text, key), f"{key} muss {wanted[0]} sein", f"{key} must be {wanted[1]}")
    return header


def _line_of(text: str, key: str) -> int:
    found = re.search(rf"^#\+ *{key}:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _check_syntax(path: Path, text: str) -> None:
    try:
        ox.Store().query(text)
    except SyntaxError as error:
        line = re.search(r"at (\d+):", str(error))
        raise _fault(
            path, int(line.group(1)) if line else 1, f"kein gültiges SPARQL: {error}", f"not valid SPARQL: {error}"
        ) from error


def _bilingual(path: Path, header: Mapping[str, Any], key: str) -> dict[str, str]:
    value = header.get(key)
    if not isinstance(value, dict) or not all(isinstance(value.get(lang), str) for lang in LANGUAGES):
        raise _fault(path, 1, f"Kopf braucht {key} mit de und en", f"header needs {key} with de and en")
    return {lang: value[lang].strip() for lang in LANGUAGES}


def _parameters(path: Path, text: str, header: Mapping[str, Any]) -> tuple[Parameter, ...]:
    stated = header.get("params") or {}
    found = {match.group(1): match for match in _PARAM_LINE.finditer(text)}
    for name in sorted(set(stated) ^ set(found)):
        raise _fault(
            path,
            1,
            f"Parameter {name!r}: Kopf und Zeile »VALUES ?{name} {{ … }}  # param« gehören zusammen",
            f"parameter {name!r}: header and line “VALUES ?{name} {{ … }}  # param” belong together",
        )
    return tuple(_parameter(path, text, name, stated[name], found[name]) for name in stated)


def _parameter(path: Path, text: str, name: str, stated: Any, match: re.Match[str]) -> Parameter:
    line = text.count("\n", 0, match.start()) + 1
    kind = stated.get("type") if isinstance(stated, dict) else None
    if kind not in ("thing", "concept", "string", "integer", "date"):
        raise _fault(
            path,
            line,
            f"Parameter {name!r} braucht type: thing, concept, string, integer oder date",
            f"parameter {name!r} needs type: thing, concept, string, integer or date",
        )
    label = {lang: str(stated[lang]) for lang in LANGUAGES if lang in stated}
    if len(label) != len(LANGUAGES):
        raise _fault(path, line, f"Parameter {name!r} braucht de und en", f"parameter {name!r} needs de and en")
    default = _default(text, name, match.group(2))
    if default is None:
        raise _fault(
            path,
            line,
            f"Parameter {name!r} braucht genau eine IRI oder ein Literal als Vorgabe",
            f"parameter {name!r} needs exactly one IRI or literal as its default",
        )
    return Parameter(name, kind, label, default, str(stated.get("of", "")))


def _default(text: str, name: str, default: str) -> ox.NamedNode | ox.Literal | None:
    prologue = "\n".join(re.findall(r"^PREFIX .*$", text, flags=re.MULTILINE))
    solutions = ox.Store().query(f"{prologue}\nSELECT ?{name} {{ VALUES ?{name} {{ {default} }} }}")
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - it is a SELECT
    values = [solution[name] for solution in solutions]
    value = values[0] if len(values) == 1 else None
    return value if isinstance(value, ox.NamedNode | ox.Literal) else None


def _fault(path: Path, line: int, de: str, en: str) -> ContentError:
    place = f"{path.parent.name}/{path.name}"
    return ContentError([Finding("Violation", place, line, "", "query-file", de, en)])
