"""What a person sees on the terminal: progress, findings, answers. The only module that knows rich."""

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gdb_graph import diff, formats, queryfile, rows
from gdb_graph.engine.sparql import Request, answer
from gdb_graph.errors import BadParameter, Finding, GraphError, NotAcceptable
from gdb_graph.formats import GRAPHS, ROWS
from gdb_graph.snapshot import Snapshot

if TYPE_CHECKING:  # what serves and asks need not load what builds
    from gdb_graph.build import Checked
    from gdb_graph.doctor.note import Note

_WIDE = 160
FORMATS = ("table", *formats.NAMES)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar where stderr is a terminal, one plain line a stage elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda stage, number, of: print(f"[{number}/{of}] {stage}", file=sys.stderr, flush=True)
        return
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=1)

        def say(stage: str, number: int, of: int) -> None:
            bar.update(task, description=stage, completed=number - 1, total=of, refresh=True)

        yield say


def show_findings(findings: Sequence[Finding]) -> None:
    """Each finding on stderr: where, how grave, what to do in both languages."""
    for each in findings:
        node = f"\n    {each.node}" if each.node and each.node != each.place else ""
        rule = each.rule.rpartition("#")[2]
        print(f"{each.place}: {each.severity} ({rule}){node}\n    de: {each.de}\n    en: {each.en}", file=sys.stderr)


def show_notes(notes: "Iterable[Note]") -> Counter[str]:
    """Each note as it comes, with what to do below it; how many there are of each level."""
    counted: Counter[str] = Counter()
    for note in notes:
        counted[note.level] += 1
        remedy = f"\n{'':9}{note.remedy}" if note.remedy else ""
        print(f"{note.level:<8} {note.text}{remedy}", flush=True)
    print(", ".join(f"{counted[level]} {level}{'s' * (counted[level] != 1)}" for level in ("problem", "warning")) + ".")
    return counted


def show_summary(checked: "Checked") -> None:
    """What holds up, in one line, and the notes by severity."""
    grave = {severity: sum(each.severity == severity for each in checked.findings) for severity in ("Warning", "Info")}
    figures = checked.figures
    print(
        f"{len(checked.parts)} files hold up: {figures.classes} classes, {figures.properties} properties, "
        f"{figures.sources} sources with {figures.claims} claims; {len(checked.inferred)} more triples follow; "
        f"{len(checked.queries)} curated queries; {grave['Warning']} warnings, {grave['Info']} notes."
    )


def show_diff(before: Snapshot, after: Snapshot, format_: str, lang: str, everything: bool) -> None:
    """What changed between two snapshots, in words, as an RDF Patch or as JSON. Raises SnapshotError."""
    if format_ == "patch":
        sys.stdout.buffer.writelines(diff.patch(before, after, everything))
        sys.stdout.buffer.flush()
    elif format_ == "json":
        print(json.dumps(diff.as_records(before, after, lang, everything), ensure_ascii=False, indent=1))
    else:
        for line in diff.as_text(before, after, lang, everything):
            print(line)


def list_queries(current: Snapshot, lang: str) -> None:
    """All curated queries with their question."""
    table = Table("query", "parameters", "question" if lang == "en" else "Frage")
    for query in queryfile.read_folder(current.queries).values():
        table.add_row(query.name, ", ".join(each.name for each in query.parameters), query.summary[lang])
    Console().print(table)


def read_text(path: Path) -> str:
    """The text of a query file. Raises GraphError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GraphError(f"{path} cannot be read: {error}.") from error


def run_curated(current: Snapshot, name: str, values: Sequence[str], format_: str, lang: str) -> None:
    """Print the answer to a curated query. Raises GraphError for an unknown name, BadParameter for a wrong value."""
    queries = queryfile.read_folder(current.queries)
    if name not in queries:
        raise GraphError(f"There is no query {name!r}.{queryfile.near(name, queries)} `gdb-graph query` lists all.")
    given = {}
    for value in values:
        key, separator, text = value.partition("=")
        if not separator:
            raise BadParameter(value, f"Write parameters as NAME=VALUE, not {value!r}.")
        given[key] = text
    run(current, queries[name].fill(given, current.names), format_, lang)


def with_prefixes(text: str, prefixes: Mapping[str, str]) -> str:
    """The query with our prefixes declared as far as it uses them undeclared; the lines keep their numbers."""
    declared = set(re.findall(r"PREFIX\s+([\w-]*):", text, re.IGNORECASE))
    used = set(re.findall(r"(?<![\w<:])([A-Za-z][\w-]*):", text))
    lines = [f"PREFIX {name}: <{prefixes[name]}>" for name in sorted(used - declared) if name in prefixes]
    return " ".join([*lines, text])


def run(current: Snapshot, text: str, format_: str, lang: str) -> None:
    """Print the answer to a SPARQL query. Raises QueryError."""
    store = ox.Store.read_only(str(current.folder / "store"))
    output = io.BytesIO()
    types: list[str] = []

    def begin(content_type: str, _rows: int = 0) -> IO[bytes]:
        types.append(content_type)
        return output

    try:
        accept = f"{ROWS['json']}, {GRAPHS['ttl']}" if format_ == "table" else formats.accept(format_)
        answer(store, Request(text, accept, base=current.names.base), current.names.prefixes(), begin)
    except NotAcceptable as error:
        raise GraphError(
            f"This query has no answer as {format_}. Tables come as table, csv, tsv, json, xml or xlsx; graphs as "
            "ttl, nt, rdf or jsonld."
        ) from error
    if format_ == "table" and types[0] == ROWS["json"]:
        _print_table(output.getvalue(), current, lang)
    else:
        sys.stdout.buffer.write(output.getvalue())
        sys.stdout.buffer.flush()


def _print_table(results: bytes, current: Snapshot, lang: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    document = json.loads(results)
    if "boolean" in document:
        console.print("true" if document["boolean"] else "false")
        return
    columns, lines = rows.table(*rows.read(results), lang)
    table = Table(*columns)
    for line in lines:
        table.add_row(*(escape(current.names.short(text)) for text, _ in line))
    console.print(table)
    console.print(f"{len(lines)} row{'s' if len(lines) != 1 else ''}")
