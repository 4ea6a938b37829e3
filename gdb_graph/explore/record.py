"""The rows of what is stated in, the statements out that relate things, and for each of them what backs it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from gdb_graph.explore.network import Evidence
from gdb_graph.explore.questions import Row
from gdb_graph.terms import GDB

_HAS_EVIDENCE, _FROM_SOURCE = f"{GDB}hasEvidence", f"{GDB}fromSource"
_SUPPORTS, _VALUE, _LOCATOR, _CERTAINTY = (
    f"{GDB}{name}" for name in ("supportsProperty", "supportsValue", "locator", "confidence")
)

Statement = tuple[str, str, str, str]
"""Graph, thing, property, value."""


class Record:
    """The statements source by source, and the evidence for each; `sources` names the source of a graph."""

    def __init__(self, sources: Mapping[str, str], rows: Iterable[Row]) -> None:
        self.statements: list[Statement] = []
        self.texts: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._source = sources
        self._backing: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._own: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._known: dict[Evidence, Evidence] = {}
        once: dict[str, str] = {}
        for graph, thing, property_, value in rows:
            g, s, p, o = (once.setdefault(each.value, each.value) for each in (graph, thing, property_, value))
            if p == _HAS_EVIDENCE:
                self._backing[g, s].append(o)
            elif p in (_FROM_SOURCE, _SUPPORTS, _VALUE, _LOCATOR, _CERTAINTY):
                self._said[s][p].add(o)
            else:
                self.statements.append((g, s, p, o))
                self._own[g, s].add(p)
                if isinstance(value, ox.Literal) and value.language:
                    self.texts[o].add((value.language, o))

    def evidence(self, statements: Iterable[Statement]) -> tuple[Evidence, ...]:
        """What backs the statements, each in its own graph, sorted; nothing where only our own editing does."""
        found: set[Evidence] = set()
        for statement in statements:
            found.update(self._backed(*statement))
        return tuple(sorted(found))

    def _backed(self, graph: str, thing: str, property_: str, value: str) -> Iterator[Evidence]:
        own = self._own[graph, thing]
        whole = []
        exact = []
        for each in self._backing.get((graph, thing), ()):
            supported, values = self._said[each][_SUPPORTS], self._said[each][_VALUE]
            if property_ in supported and (not values or value in values):
                exact.append(each)
            elif supported.isdisjoint(own):  # it is for the node, or the thing, as a whole
                whole.append(each)
        for each in exact or whole:
            said = self._said[each]
            for source in said[_FROM_SOURCE]:
                for locator in sorted(said[_LOCATOR]) or [""]:
                    yield self._one(Evidence(source, locator, min(said[_CERTAINTY], default="")))
        if not (exact or whole) and graph in self._source:
            yield self._one(Evidence(self._source[graph]))

    def _one(self, evidence: Evidence) -> Evidence:
        return self._known.setdefault(evidence, evidence)
