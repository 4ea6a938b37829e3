"""A network in, who works on what out: organisations, their undertakings and how each came to them, their sectors.

Natural persons are no partners here. What someone does in a post counts for the organisation of the post, and what a
predecessor did for the organisation that took over its tasks.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gdb_graph.explore.network import Edge, Network, Path, Step
from gdb_graph.terms import GDB, ORG, VOCABULARY

ORGANISATION, UNDERTAKING = f"{GDB}Organisation", f"{GDB}Undertaking"
_INVOLVEMENT, _SECTOR, _SUCCEEDED_BY = (f"{GDB}{name}" for name in ("Involvement", "sector", "succeededBy"))
_POST_IN = f"{ORG}postIn"
# Who is only proposed or addressed has not worked on anything; who simply takes part fills no role that could be
# missing, and "other" is no sector that could.
_NO_WORK = frozenset(f"{VOCABULARY}role/{name}" for name in ("addressee", "proposed-actor"))
_NO_ROLE = frozenset(f"{VOCABULARY}role/{name}" for name in ("associated-partner", "further-partner", "partner"))
_NO_SECTOR = f"{VOCABULARY}sector/other"


@dataclass(frozen=True, slots=True)
class Actors:
    """Each organisation of today with its undertakings, the way to each, and its sectors; `at` is the reverse."""

    network: Network
    work: Mapping[str, Mapping[str, Path]]
    sectors: Mapping[str, tuple[str, ...]]
    at: Mapping[str, tuple[str, ...]]
    all_sectors: frozenset[str]

    def others(self, undertaking: str, organisation: str) -> Iterator[str]:
        """The organisations that work on an undertaking, but for one."""
        yield from (each for each in self.at.get(undertaking, ()) if each != organisation)


def actors(network: Network) -> Actors:
    """The organisations of a network with their work."""
    work: dict[str, dict[str, Path]] = {}
    for thing in network.of(ORGANISATION):
        if not _past(network, thing.iri):
            work[thing.iri] = dict(sorted(_work(network, thing.iri).items()))
    at: dict[str, list[str]] = defaultdict(list)
    for organisation in sorted(work):
        for undertaking in work[organisation]:
            at[undertaking].append(organisation)
    sectors = {each: tuple(s for s in network.leads_to(each, _SECTOR) if s != _NO_SECTOR) for each in work}
    all_sectors = frozenset(sector for each in sectors.values() for sector in each)
    return Actors(network, work, sectors, {undertaking: tuple(found) for undertaking, found in at.items()}, all_sectors)


def roles(edges: tuple[Edge, ...]) -> frozenset[str]:
    """The roles that someone fills, by the edges between them and an undertaking."""
    return frozenset(role for edge in edges for role in edge.roles) - _NO_WORK - _NO_ROLE


def direct(network: Network, left: str, right: str) -> tuple[Edge, ...]:
    """The involvements between an actor and an undertaking by which one works on the other."""
    edges = network.beside.get(left, {}).get(right, ())
    return tuple(edge for edge in edges if edge.term == _INVOLVEMENT and not _NO_WORK.issuperset(edge.roles))


def _past(network: Network, organisation: str) -> bool:
    """Whether others took over for good: a successor from which no succession leads back."""
    return any(organisation not in _successors(network, each) for each in _successors(network, organisation))


def _successors(network: Network, organisation: str) -> set[str]:
    found: set[str] = set()
    todo = [organisation]
    while todo:
        new = set(network.leads_to(todo.pop(), _SUCCEEDED_BY)) - found
        found |= new
        todo += new
    return found


def _work(network: Network, organisation: str) -> dict[str, Path]:
    """The undertakings of an organisation, each with the shortest way to it."""
    found: dict[str, Path] = {}
    for before in _acting(network, organisation):
        actor = before[-1].right if before else organisation
        for undertaking in network.beside[actor]:
            edges = direct(network, actor, undertaking)
            if edges and undertaking not in found:
                found[undertaking] = Path((*before, Step(actor, undertaking, edges)))
    return found


def _acting(network: Network, organisation: str) -> Iterator[tuple[Step, ...]]:
    """The steps to all whose work counts as that of the organisation: itself, its posts, those before it."""
    yield ()
    yield from ((step,) for step in _steps_back(network, organisation, _POST_IN))
    todo: list[tuple[Step, ...]] = [()]
    seen = {organisation}
    while todo:
        way = todo.pop(0)
        for step in _steps_back(network, way[-1].right if way else organisation, _SUCCEEDED_BY):
            if step.right not in seen and _past(network, step.right):
                seen.add(step.right)
                todo.append((*way, step))
                yield (*way, step)


def _steps_back(network: Network, thing: str, term: str) -> Iterator[Step]:
    for other, edges in network.beside[thing].items():
        kept = tuple(edge for edge in edges if edge.term == term and edge.right == thing)
        if kept:
            yield Step(thing, other, kept)
