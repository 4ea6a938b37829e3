"""A catalogue's triples in, its score by the metadata quality assessment of data.europa.eu out: at most 405 points.

Indicators and weights: https://data.europa.eu/mqa/methodology. Where the method is open, the harder reading is taken:
of a dataset's distributions one alone is counted, the best; a licence counts as known only in the list of the EU.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from gdb_graph.catalog.lists import FILE_TYPE, MEDIA_TYPE
from gdb_graph.terms import AUTHORITY, DCAT, DCT, RDF

# Which formats the portal's own lists call non-proprietary and machine-readable: those that we may have.
NON_PROPRIETARY = {
    f"{FILE_TYPE}{code}"
    for code in ("CSV", "HTML", "JSON", "JSON_LD", "RDF_N_QUADS", "RDF_N_TRIPLES", "RDF_TRIG", "RDF_TURTLE", "RDF_XML")
}
MACHINE_READABLE = NON_PROPRIETARY - {f"{FILE_TYPE}HTML"}
FULL = 405
RATINGS = ((351, "excellent"), (221, "good"), (121, "sufficient"), (0, "bad"))

Answers = Callable[[str], bool]
"""Tells whether an address answers."""


@dataclass(frozen=True, slots=True)
class Points:
    """One indicator: the points it got of those it can get."""

    dimension: str
    indicator: str
    points: int
    of: int


@dataclass(frozen=True, slots=True)
class Score:
    """What one dataset got, indicator by indicator."""

    dataset: str
    points: Sequence[Points]

    @property
    def total(self) -> int:
        """The sum."""
        return sum(each.points for each in self.points)

    @property
    def rating(self) -> str:
        """The word the portal has for it."""
        return next(word for least, word in RATINGS if self.total >= least)

    def of(self, dimension: str) -> tuple[int, int]:
        """What a dimension got, and can get."""
        mine = [each for each in self.points if each.dimension == dimension]
        return sum(each.points for each in mine), sum(each.of for each in mine)


class _Node:
    """One subject with what is said of it."""

    def __init__(self, said: Mapping[str, Sequence[str]]) -> None:
        self._said = said

    def all(self, property_: str) -> Sequence[str]:
        return self._said.get(property_, ())

    def has(self, property_: str) -> bool:
        return bool(self.all(property_))

    def within(self, property_: str, allowed: Collection[str]) -> bool:
        return any(value in allowed for value in self.all(property_))

    def begins(self, property_: str, namespace: str) -> bool:
        return any(value.startswith(namespace) for value in self.all(property_))


def scores(triples: Iterable[ox.Triple], compliant: bool, answers: Answers) -> list[Score]:
    """The score of each dataset, sorted by IRI.

    `compliant` says whether the shapes of DCAT-AP found no violation, `answers` whether an address can be reached.
    """
    said: dict[str, dict[str, list[str]]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            values = said.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, [])
            values.append(str(getattr(triple.object, "value", "")))
    nodes = {iri: _Node(each) for iri, each in said.items()}
    datasets = sorted(iri for iri, node in nodes.items() if node.within(f"{RDF}type", {f"{DCAT}Dataset"}))
    return [_score(iri, nodes, compliant, answers) for iri in datasets]


def _score(iri: str, nodes: Mapping[str, _Node], compliant: bool, answers: Answers) -> Score:
    dataset = nodes[iri]
    own = _of_dataset(dataset, compliant)
    ways = [nodes[each] for each in dataset.all(f"{DCAT}distribution") if each in nodes] or [_Node({})]
    best = max((_of_distribution(way, answers) for way in ways), key=lambda found: sum(each.points for each in found))
    order = ["findability", "accessibility", "interoperability", "reusability", "contextuality"]
    return Score(iri, sorted([*own, *best], key=lambda each: order.index(each.dimension)))


def _of_dataset(it: _Node, compliant: bool) -> list[Points]:
    return [
        _points("findability", "keyword", 30, it.has(f"{DCAT}keyword")),
        _points("findability", "theme", 30, it.has(f"{DCAT}theme")),
        _points("findability", "spatial", 20, it.has(f"{DCT}spatial")),
        _points("findability", "temporal", 20, it.has(f"{DCT}temporal")),
        _points("interoperability", "compliance", 30, compliant),
        _points("reusability", "accessRights", 10, it.has(f"{DCT}accessRights")),
        _points("reusability", "accessRights-listed", 5, it.begins(f"{DCT}accessRights", f"{AUTHORITY}access-right/")),
        _points("reusability", "contactPoint", 20, it.has(f"{DCAT}contactPoint")),
        _points("reusability", "publisher", 10, it.has(f"{DCT}publisher")),
        _points("contextuality", "issued", 5, it.has(f"{DCT}issued")),
        _points("contextuality", "modified", 5, it.has(f"{DCT}modified")),
    ]


def _of_distribution(it: _Node, answers: Answers) -> list[Points]:
    format_, media_type = f"{DCT}format", f"{DCAT}mediaType"
    listed = it.begins(format_, FILE_TYPE) and it.begins(media_type, MEDIA_TYPE)
    return [
        _points("accessibility", "accessURL-answers", 50, any(map(answers, it.all(f"{DCAT}accessURL")))),
        _points("accessibility", "downloadURL", 20, it.has(f"{DCAT}downloadURL")),
        _points("accessibility", "downloadURL-answers", 30, any(map(answers, it.all(f"{DCAT}downloadURL")))),
        _points("interoperability", "format", 20, it.has(format_)),
        _points("interoperability", "mediaType", 10, it.has(media_type)),
        _points("interoperability", "format-listed", 10, listed),
        _points("interoperability", "non-proprietary", 20, it.within(format_, NON_PROPRIETARY)),
        _points("interoperability", "machine-readable", 20, it.within(format_, MACHINE_READABLE)),
        _points("reusability", "license", 20, it.has(f"{DCT}license")),
        _points("reusability", "license-listed", 10, it.begins(f"{DCT}license", f"{AUTHORITY}licence/")),
        _points("contextuality", "rights", 5, it.has(f"{DCT}rights")),
        _points("contextuality", "byteSize", 5, it.has(f"{DCAT}byteSize")),
    ]


def _points(dimension: str, indicator: str, of: int, reached: bool) -> Points:
    return Points(dimension, indicator, of if reached else 0, of)
