"""The rows about terms and names in, what the ontology says of its terms and what things are called out."""

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from gdb_graph.explore.questions import Row
from gdb_graph.terms import DCT, FOAF, GDB, OWL, PROV, RDFS, SKOS


class Model:
    """What the ontology says of its terms: superclasses, inverses, nodes between things; and the source of a graph."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.above: dict[str, set[str]] = defaultdict(set)
        self.connects: dict[str, list[str]] = defaultdict(list)
        self.inverse: dict[str, str] = {}
        self.opposite: dict[str, str] = {}
        self.source: dict[str, str] = {}
        for term, relation, other in sorted(tuple(each.value for each in row) for row in rows):
            if relation == f"{RDFS}subClassOf":
                self.above[term].add(other)
            elif relation == f"{GDB}connects":
                self.connects[term].append(other)
            elif relation == f"{OWL}inverseOf" and term not in self.inverse:
                # The property that the axiom is written at is the one kept.
                self.inverse[other] = term
                self.opposite |= {term: other, other: term}
            elif relation == f"{PROV}wasDerivedFrom":
                self.source[term] = other

    def kinds(self, classes: Iterable[str]) -> frozenset[str]:
        """The classes and all above them."""
        found: set[str] = set()
        todo = list(classes)
        while todo:
            if (class_ := todo.pop()) not in found:
                found.add(class_)
                todo += self.above.get(class_, ())
        return frozenset(found)

    def relation(self, classes: Iterable[str]) -> str:
        """The class among these that stands between things; "" if none does."""
        return min((each for each in classes if len(self.connects.get(each, ())) > 1), default="")

    def end(self, relation: str, property_: str) -> str:
        """The end that a property leads to from a node of the class `relation`; "" for a property that is none."""
        return property_ if property_ in self.connects[relation] else ""

    def end_from(self, relation: str, property_: str) -> str:
        """The same for a property that leads to the node."""
        return self.end(relation, self.opposite.get(property_, ""))


class Named:
    """Labels, other names, titles of sources and addresses."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.labels: dict[str, dict[str, str]] = defaultdict(dict)
        self.titles: dict[str, dict[str, str]] = defaultdict(dict)
        self.others: dict[str, set[str]] = defaultdict(set)
        self.pages: dict[str, str] = {}
        kept = {f"{SKOS}prefLabel": self.labels, f"{RDFS}label": self.labels, f"{DCT}title": self.titles}
        self.preferred: set[str] = set()
        for thing, naming, name in sorted(rows, key=lambda row: tuple(map(str, row))):
            lang = (name.language or "") if isinstance(name, ox.Literal) else ""
            if naming.value in kept:
                kept[naming.value][thing.value].setdefault(lang, name.value)
            elif naming.value == f"{FOAF}page":
                self.pages.setdefault(thing.value, name.value)
            else:
                self.others[thing.value].add(name.value)
            if naming.value == f"{SKOS}prefLabel":
                self.preferred.add(thing.value)
