"""Asserted quads and SHACL shapes in, findings out. The only module that knows rdflib and pySHACL.

Shapes in ontology/shapes/ see the content as one graph. Shapes in ontology/shapes/each-source/ see what
each source says on its own: there a second value is a fault, while two sources may differ.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import cast

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from gdb_graph.build.locate import Locator
from gdb_graph.errors import Finding, Severity

_SAID_BY = "#said-by-"
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


def whole(
    quads: Iterable[ox.Quad], shapes: Iterable[ox.Quad], locator: Locator, parts: int = 1
) -> list[Callable[[], list[Finding]]]:
    """Tasks that together give what `shapes` find in the union of all `quads`: the node shapes dealt out to `parts`."""
    data, rules = _graph(quads), _graph(shapes)
    aimed = sorted({shape for target in _TARGETS for shape in rules.subjects(target)}, key=str)
    dealt = [aimed[part::parts] for part in range(parts)]
    return [partial(_findings, data, rules, locator, set(hand)) for hand in dealt if hand]


def _only(shapes: rdflib.Graph, aimed: set[Node]) -> rdflib.Graph:
    """The shapes with the targets of those in `aimed` alone; the others stay for those that refer to them."""
    part = rdflib.Graph()
    for triple in shapes:
        if triple[1] not in _TARGETS or triple[0] in aimed:
            part.add(triple)
    return part


def each_source(
    curated: Iterable[ox.Quad], sources: Iterable[ox.Quad], shapes: Iterable[ox.Quad], locator: Locator
) -> list[Finding]:
    """What `shapes` find in each graph among `sources` alone, where only the types come from `curated`."""
    types: dict[str, list[Node]] = {}
    data = rdflib.Graph()
    for quad in curated:
        if quad.predicate.value == str(RDF.type) and isinstance(quad.subject, ox.NamedNode):
            types.setdefault(quad.subject.value, []).append(_node(quad.object))
        elif quad.predicate.value == str(RDFS.subClassOf):
            data.add((_node(quad.subject), RDFS.subClassOf, _node(quad.object)))
    for quad in sources:
        # The same subject becomes one node per source, so that counts are counts within a source.
        said = rdflib.URIRef(f"{quad.subject.value}{_SAID_BY}{quad.graph_name.value}")  # type: ignore[union-attr]
        data.add((said, _node(quad.predicate), _node(quad.object)))
        for type_ in types.get(quad.subject.value, ()):  # type: ignore[union-attr]
            data.add((said, RDF.type, type_))
    return _findings(data, _graph(shapes), locator)


def _graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for quad in quads:
        graph.add((_node(quad.subject), _node(quad.predicate), _node(quad.object)))
    return graph


def _node(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    match term:
        case ox.NamedNode():
            return rdflib.URIRef(term.value)
        case ox.BlankNode():
            return rdflib.BNode(term.value)
        case ox.Literal():
            if term.language:
                return rdflib.Literal(term.value, lang=term.language)
            return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
        case _:
            raise TypeError(f"RDF 1.1 has no such term: {term}")


def _findings(
    data: rdflib.Graph, shapes: rdflib.Graph, locator: Locator, aimed: set[Node] | None = None
) -> list[Finding]:
    if not len(shapes):
        return []
    if aimed is not None:
        shapes = _only(shapes, aimed)
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    except (ReportableRuntimeError, re.error) as error:
        return [_malformed(str(error.args[0] if error.args else error))]
    if not isinstance(report, rdflib.Graph):
        return [_malformed(str(report))]
    return sorted(_read_report(report, locator))


def _malformed(text: str) -> Finding:
    de, en = f"Ein Shape ist fehlerhaft: {text}", f"A shape is not well-formed: {text}"
    return Finding("Violation", "ontology/shapes/", 0, "", "shape", de, en)


def _read_report(report: rdflib.Graph, locator: Locator) -> Iterator[Finding]:
    for result in report.objects(None, SH.result):
        focus, _, source = str(report.value(result, SH.focusNode)).partition(_SAID_BY)
        messages = {
            m.language: str(m) for m in report.objects(result, SH.resultMessage) if isinstance(m, rdflib.Literal)
        }
        detail = _detail(report, result)
        file, line = locator.find(focus, source.rpartition("/")[2])
        yield Finding(
            cast(Severity, str(report.value(result, SH.resultSeverity)).removeprefix(str(SH))),
            file,
            line,
            focus,
            str(report.value(result, SH.sourceShape)),
            messages.get("de", messages.get(None, "")) + detail,
            messages.get("en", messages.get(None, "")) + detail,
        )


def _detail(report: rdflib.Graph, result: Node) -> str:
    path, value = report.value(result, SH.resultPath), report.value(result, SH.value)
    parts = [str(part) for part in (path, value) if part is not None and not isinstance(part, rdflib.BNode)]
    return f" [{' = '.join(parts)}]" if parts else ""
