"""The pictures there are: each with the curated query it is drawn from, how, and what backs a row of its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gdb_graph.pictures.funding import funding
from gdb_graph.pictures.matrix import matrix
from gdb_graph.pictures.model import Picture
from gdb_graph.pictures.network import network
from gdb_graph.pictures.places import places
from gdb_graph.pictures.reading import Said, value
from gdb_graph.pictures.timeline import timeline
from gdb_graph.rows import Row

Draw = Callable[[Sequence[Row], Said], Picture]


@dataclass(frozen=True, slots=True)
class Offer:
    """One picture on offer.

    `backed` names columns of IRIs: with one, the evidence for a row is that of the thing there; with two, how the
    things are connected, in at most `hops` steps. A row whose `counted` is 0 states nothing that could be backed.
    `related` names queries that one may want to ask next.
    """

    name: str
    query: str
    draw: Draw
    backed: tuple[str, ...]
    hops: int = 0
    counted: str = ""
    explorable: bool = False
    related: tuple[str, ...] = ()

    def backing(self, row: Row) -> tuple[str, ...]:
        """The things whose evidence, or whose connection, backs a row; none where a row states nothing."""
        if self.counted and value(row, self.counted) == "0":
            return ()
        found = tuple(value(row, name) for name in self.backed if row.get(name) and row[name].kind == "uri")
        return found if len(found) == len(self.backed) else ()


def _matrix(down: str, across: str) -> Draw:
    return lambda rows, said: matrix(rows, (down, across), "undertakings", said)


OFFERS: tuple[Offer, ...] = (
    Offer(
        "actors-and-pilots",
        "actors-of-pilots",
        lambda rows, said: network(rows, "pilot", "actor", "role", "sector", said),
        ("actor", "pilot"),
        hops=1,
        explorable=True,
        related=("pilots", "fields-without-pilot", "cooperation"),
    ),
    Offer(
        "actors-and-fields",
        "actors-by-field",
        _matrix("actor", "field"),
        ("actor", "field"),
        hops=2,
        counted="undertakings",
        related=("action-fields", "fields-without-pilot", "fields-without-undertaking"),
    ),
    Offer(
        "values-and-fields",
        "values-by-field",
        _matrix("value", "field"),
        ("value", "field"),
        hops=2,
        counted="undertakings",
        related=("values-without-undertaking", "fields-without-undertaking"),
    ),
    Offer(
        "timeline",
        "timeline",
        timeline,
        ("thing",),
        related=("contradictions", "status-of-all", "participation-events"),
    ),
    Offer(
        "funding",
        "funding-by-funder",
        funding,
        ("allocation",),
        related=("funding-of-undertaking",),
    ),
    Offer(
        "districts",
        "undertakings-by-district",
        lambda rows, said: places(rows, "district", "undertaking", said),
        ("undertaking", "district"),
        hops=1,
        related=("undertakings-in-district",),
    ),
)
