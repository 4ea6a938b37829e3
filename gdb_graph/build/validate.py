"""Asserted quads and SHACL shapes in, findings out. The only module that knows rdflib and pySHACL.

Shapes in ontology/shapes/ see the content as one graph. Shapes in ontology/shapes/each-source/ see what
each source says on its own: there a second value is a fault, while two sources may differ.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any, cast

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError
from rdflib.namespace import OWL, RDF, RDFS, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

from gdb_graph.build.locate import Locator
from gdb_graph.errors import Finding, Severity

_SAID_BY = "#said-by-"
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
_NO_CONSTRAINT = {RDF.type, SH.property, SH.severity, SH.message, SH.name, SH.description, SH.order, *_TARGETS}


def whole(
    quads: Iterable[ox.Quad], shapes: Iterable[ox.Quad], locator: Locator, parts: int = 1
) -> list[Callable[[], list[Finding]]]:
    """Tasks that together give what `shapes` find in the union of all `quads`: the shapes dealt out to `parts`."""
    data, rules = _graph(quads), _shapes(shapes)
    aimed = sorted(_aimed(rules), key=str)
    dealt = [aimed[part::parts] for part in range(parts)]
    return [partial(_findings, data, rules, locator, set(hand)) for hand in dealt if hand]


def _shapes(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """The shapes with their targets spelled out, and each where it costs least.

    A shape that is a class aims at its instances. What a node shape aims at that only lists property shapes, these
    aim at themselves: the results are the same (SHACL 4.8.2: the results of sh:property are those of the property
    shape), but pySHACL takes a shape with targets once for all focus nodes, and one that it comes to by sh:property
    once for each of them.
    """
    shapes = _graph(quads)
    for kind in (RDFS.Class, OWL.Class, *shapes.subjects(RDFS.subClassOf, RDFS.Class)):
        for shape in list(shapes.subjects(RDF.type, kind)):
            shapes.remove((shape, RDF.type, kind))
            shapes.add((shape, SH.targetClass, shape))
    for shape in _aimed(shapes):
        members = list(shapes.objects(shape, SH.property))
        if set(shapes.predicates(shape)) <= _NO_CONSTRAINT and all((each, SH.path, None) in shapes for each in members):
            for target in _TARGETS:
                for value in list(shapes.objects(shape, target)):
                    shapes.remove((shape, target, value))
                    for each in members:
                        shapes.add((each, target, value))
    return shapes


def _aimed(shapes: rdflib.Graph) -> set[Node]:
    return {shape for target in _TARGETS for shape in shapes.subjects(target)}


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
    data = _Data()
    for quad in curated:
        if quad.predicate.value == str(RDF.type) and isinstance(quad.subject, ox.NamedNode):
            types.setdefault(quad.subject.value, []).append(_node(quad.object))
        elif quad.predicate.value == str(RDFS.subClassOf):
            data.add((_node(quad.subject), RDFS.subClassOf, _node(quad.object)))
    node = cache(_node)
    said: dict[tuple[str, str], rdflib.URIRef] = {}
    for quad in sources:
        # The same subject becomes one node per source, so that counts are counts within a source.
        place = quad.subject.value, quad.graph_name.value  # type: ignore[union-attr]
        if place not in said:
            said[place] = rdflib.URIRef(_SAID_BY.join(place))
            for type_ in types.get(place[0], ()):
                data.add((said[place], RDF.type, type_))
        data.add((said[place], node(quad.predicate), node(quad.object)))
    return _findings(data, _shapes(shapes), locator)


class _Data(rdflib.Graph):
    """A graph that parses the query of a SPARQL constraint once, not anew for each focus node."""

    def __init__(self) -> None:
        super().__init__()
        self._parsed: dict[str, Query] = {}

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> rdflib.query.Result:
        """What rdflib answers."""
        if isinstance(query_object, str):
            if query_object not in self._parsed:
                self._parsed[query_object] = prepareQuery(query_object, initNs=dict(self.namespaces()))
            query_object = self._parsed[query_object]
        return super().query(query_object, *args, **kwargs)


def _graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    graph, node = _Data(), cache(_node)
    for quad in quads:
        graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
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
