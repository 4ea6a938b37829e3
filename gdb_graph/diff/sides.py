"""The two snapshots of a comparison, opened to look things up: what is said of a thing, what points at it, its label.

The stores on disk have other labels for blank nodes than quads.nq, so only IRIs can be looked up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from gdb_graph.diff.lines import is_compared
from gdb_graph.errors import SnapshotError
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DCT, RDF, RDFS, SKOS

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

NAMING = (f"{SKOS}prefLabel", f"{RDFS}label", f"{DCT}title")


@dataclass(frozen=True, slots=True)
class Side:
    """One snapshot and its store."""

    snapshot: Snapshot
    store: ox.Store
    everything: bool

    def quads(self, iri: str) -> list[ox.Quad]:
        """What the compared named graphs say of `iri`."""
        if iri.startswith("_:"):
            return []
        quads = self.store.quads_for_pattern(ox.NamedNode(iri), None, None)
        return [quad for quad in quads if _is_named(quad) and is_compared(quad, self.snapshot.names, self.everything)]

    def pointing(self, iri: str) -> set[str]:
        """The IRIs that point at `iri` in an asserted graph; if none does, those of which it follows."""
        quads = list(self.store.quads_for_pattern(None, None, ox.NamedNode(iri)))
        asserted = [quad for quad in quads if is_compared(quad, self.snapshot.names)]
        return {quad.subject.value for quad in asserted or quads if isinstance(quad.subject, ox.NamedNode)}


@dataclass(frozen=True, slots=True)
class Sides:
    """Both snapshots."""

    before: Side
    after: Side
    _labels: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def pointing(self, iri: str) -> set[str]:
        """What points at `iri` in the second; if nothing does, in the first."""
        return self.after.pointing(iri) or self.before.pointing(iri)

    def said(self, iri: str) -> Mapping[str, Sequence[Term]]:
        """What the second says of `iri`, by property; if it says nothing, what the first says."""
        said: dict[str, dict[Term, None]] = {}
        for quad in sorted(self.after.quads(iri) or self.before.quads(iri), key=str):
            said.setdefault(quad.predicate.value, {})[quad.object] = None
        return {name: tuple(values) for name, values in said.items()}

    def classes(self, iri: str) -> Sequence[str]:
        """The IRIs of the classes of `iri`."""
        return [term.value for term in self.said(iri).get(f"{RDF}type", ()) if isinstance(term, ox.NamedNode)]

    def labels(self, iri: str) -> Mapping[str, str]:
        """The labels of `iri` by language, those of the second before those of the first."""
        if iri not in self._labels:
            self._labels[iri] = _labels(self.after.quads(iri)) or _labels(self.before.quads(iri))
        return self._labels[iri]

    def label(self, iri: str, lang: str) -> str:
        """The label of `iri` in the language, else in another, else ""."""
        known = self.labels(iri)
        return known.get(lang) or next(iter(known.values()), "")


def language(term: Term | None) -> str:
    """The language of a text, "" for other values."""
    return (term.language or "") if isinstance(term, ox.Literal) else ""


def _is_named(quad: ox.Quad) -> bool:
    return isinstance(quad.graph_name, ox.NamedNode)


def _labels(said: Sequence[ox.Quad]) -> Mapping[str, str]:
    for name in NAMING:
        texts = (quad.object for quad in said if quad.predicate.value == name)
        if found := sorted((text.language or "", text.value) for text in texts if isinstance(text, ox.Literal)):
            return dict(reversed(found))
    return {}


def open_both(before: Snapshot, after: Snapshot, everything: bool = False) -> Sides:
    """Open both to look things up. Raises SnapshotError for a damaged one."""
    return Sides(_open(before, everything), _open(after, everything))


def _open(one: Snapshot, everything: bool) -> Side:
    try:
        return Side(one, ox.Store.read_only(str(one.folder / "store")), everything)
    except (OSError, ValueError) as error:
        raise SnapshotError(f"The snapshot in {one.folder} is damaged: its store cannot be read: {error}.") from error
