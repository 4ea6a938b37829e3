"""Content files in, quads out: each file becomes one named graph, blank nodes stay apart, the order is fixed."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from gdb_graph.errors import ContentError, Finding
from gdb_graph.terms import DEFAULT_BASE, VOID, Names

_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS}
_BESIDE = (".md", ".rq", ".tsv")  # may lie beside the RDF
_SPACE = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|\\^`]+/id/")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the content: its path, the path shown to people, and the name of the graph it fills.

    `graph` is the last part of the graph's IRI; the graphs of .trig and .nq files are those they state.
    """

    path: Path
    shown: str
    graph: str

    @property
    def of_each_source(self) -> bool:
        """Whether it holds shapes for what each source says on its own."""
        return self.graph == "shapes" and "/each-source/" in self.shown

    @property
    def text(self) -> str:
        """What stands in the file; bytes that are not UTF-8 show as U+FFFD."""
        return self.path.read_text(encoding="utf-8", errors="replace")

    @property
    def sha256(self) -> str:
        """The checksum of the file, in hexadecimal."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def find(ontology: Path, data: Path) -> list[SourceFile]:
    """All RDF files of the two folders, in the order of their names; hidden ones, as editors make them, are none.

    Raises ContentError for a file that would be passed over: its folder does not say which graph it fills, or its
    ending is of no format that is read here.
    """
    files, findings = [], []
    for root in (ontology, data):
        for path in sorted(path for path in root.rglob("[!.]*") if path.is_file() and path.suffix not in _BESIDE):
            shown = f"{root.name}/{path.relative_to(root).as_posix()}"
            graph = _graph(shown, path.stem)
            if path.suffix not in _FORMATS:
                findings.append(_unreadable(shown))
            elif graph:
                files.append(SourceFile(path, shown, graph))
            else:
                findings.append(_misplaced(shown))
    if findings:
        raise ContentError(findings)
    return files


def _graph(shown: str, stem: str) -> str:
    match shown.split("/")[:-1]:
        case ["ontology"]:
            return "ontology"
        case ["ontology", "vocabulary", *_]:
            return "vocab"
        case ["ontology", "shapes", *_]:
            return "shapes"
        case ["data"] | ["data", "curated", *_]:
            return "curated"
        case ["data", "sources", *_] if stem.startswith("src-"):
            return stem
    return ""


def _misplaced(shown: str) -> Finding:
    return Finding(
        "Violation",
        shown,
        0,
        "",
        "file-place",
        "Diese Datei liegt in keinem bekannten Ordner. Ontologie: ontology/, ontology/vocabulary/, ontology/shapes/; "
        "Daten: data/curated/ oder data/sources/src-….ttl.",
        "This file is in no known folder. Ontology: ontology/, ontology/vocabulary/, ontology/shapes/; "
        "data: data/curated/ or data/sources/src-….ttl.",
    )


def _unreadable(shown: str) -> Finding:
    return Finding(
        "Violation",
        shown,
        0,
        "",
        "file-format",
        "Diese Datei würde übergangen: Gelesen werden .ttl, .trig und .nq (klein geschrieben). Bitte umwandeln, "
        "umbenennen oder woanders ablegen.",
        "This file would be passed over: .ttl, .trig and .nq (in lower case) are read. Convert it, rename it, or put "
        "it elsewhere.",
    )


def read_base(files: Iterable[SourceFile]) -> Names:
    """The base under which the content mints IRIs: the `void:uriSpace` of its data/ folder, less `id/`.

    Without one it is that of the built-in content. Files that do not parse are passed over here; `read` reports
    them. Raises ContentError for a namespace that is no absolute IRI ending in `id/`.
    """
    for file in files:
        if file.shown.count("/") == 1 and file.graph == "curated":
            try:
                quads = list(ox.parse(path=file.path, format=_FORMATS[file.path.suffix]))
            except SyntaxError:
                continue
            for quad in quads:
                if quad.predicate.value == f"{VOID}uriSpace":
                    return _names(file, quad.object)
    return Names(DEFAULT_BASE)


def _names(file: SourceFile, space: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Names:
    text = space.value if isinstance(space, ox.Literal) else ""
    if not _SPACE.fullmatch(text):
        de = 'void:uriSpace muss eine absolute IRI als Text sein, die auf "/id/" endet.'
        en = 'void:uriSpace must be an absolute IRI as text that ends in "/id/".'
        raise ContentError([Finding("Violation", file.shown, _line(file, "uriSpace"), "", "base", de, en)])
    return Names(text.removesuffix("id/"))


def _line(file: SourceFile, word: str) -> int:
    before, found, _ = file.text.partition(word)
    return before.count("\n") + 1 if found else 0


def read(files: Iterable[SourceFile], names: Names) -> list[tuple[SourceFile, list[ox.Quad]]]:
    """Each file with its quads.

    Raises ContentError with file and line for all files that do not parse, and for those that state a graph which
    is not theirs to fill.
    """
    parts, findings = [], []
    for file in files:
        try:
            quads = _parse(file, names)
        except SyntaxError as error:
            findings.append(_syntax(file, error))
            continue
        parts.append((file, quads))
        graphs = dict.fromkeys(quad.graph_name for quad in quads)
        findings += [_foreign_graph(file, graph) for graph in graphs if not _may_fill(file, graph, names)]
    if findings:
        raise ContentError(findings)
    return parts


def _may_fill(file: SourceFile, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, names: Names) -> bool:
    name = graph.value.removeprefix(names.graphs) if isinstance(graph, ox.NamedNode) else ""
    return name == file.graph or (file.shown.startswith("data/") and (name == "curated" or name.startswith("src-")))


def _foreign_graph(file: SourceFile, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> Finding:
    name = graph.value if isinstance(graph, ox.NamedNode) else str(graph)
    return Finding(
        "Violation",
        file.shown,
        _line(file, name),
        name,
        "file-graph",
        f"Diese Datei füllt den Graphen {name}. Dateien in data/ füllen graph/curated und graph/src-….",
        f"This file fills the graph {name}. Files in data/ fill graph/curated and graph/src-….",
    )


def _parse(file: SourceFile, names: Names) -> list[ox.Quad]:
    home = ox.NamedNode(names.graph(file.graph))
    quads = [
        ox.Quad(quad.subject, quad.predicate, quad.object, home)
        if isinstance(quad.graph_name, ox.DefaultGraph)
        else quad
        for quad in ox.parse(path=file.path, format=_FORMATS[file.path.suffix])
    ]
    if any(isinstance(node, ox.BlankNode) for quad in quads for node in (quad.subject, quad.object)):
        return _name_blank_nodes(quads, file.shown)
    return quads


def blank_prefix(shown: str) -> str:
    """What the labels of the blank nodes of a file begin with: it keeps two files apart."""
    return "b" + hashlib.sha256(shown.encode()).hexdigest()[:10]


def _name_blank_nodes(quads: list[ox.Quad], shown: str) -> list[ox.Quad]:
    # Canonical labels (RDFC-1.0) make two builds equal.
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    prefix = blank_prefix(shown)

    def named(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        return ox.BlankNode(prefix + node.value) if isinstance(node, ox.BlankNode) else node  # type: ignore[return-value]

    return [
        ox.Quad(named(quad.subject), quad.predicate, named(quad.object), quad.graph_name)  # type: ignore[arg-type]
        for quad in dataset
    ]


def _syntax(file: SourceFile, error: SyntaxError) -> Finding:
    return Finding(
        "Violation",
        file.shown,
        error.lineno or 0,
        "",
        "syntax",
        f"Kein gültiges RDF: {error.msg}. Bitte diese Zeile oder die davor berichtigen.",
        f"Not valid RDF: {error.msg}. Mend this line or the one before it.",
    )
