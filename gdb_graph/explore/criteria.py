"""One organisation and what an undertaking needs in, points for five criteria out, each with the ways it rests on.

Points are in [0, 1]. Counts become points by n / (n + 1): the first says most, no number says all. What is not
recorded gives no points, and the part says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gdb_graph.explore.actors import Actors, direct, roles
from gdb_graph.explore.network import Path, Step

CRITERIA = ("experience", "shared", "complement", "local", "bridge")
NOTHING = "nothing_recorded"


@dataclass(frozen=True, slots=True)
class Need:
    """What partners are sought for: fields and values (`topics`), places, and the undertaking where there is one."""

    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    undertaking: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A way in the network that speaks for a partner; `about` is the sector or role it is named for, else ""."""

    way: Path
    about: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion: its points and reasons. Without points `remark` says why: a key of the texts."""

    criterion: str
    points: float
    reasons: tuple[Reason, ...] = ()
    remark: str = ""


class Judge:
    """The criteria for one need; `involved` are the organisations that work on its undertaking."""

    def __init__(self, actors: Actors, need: Need) -> None:
        self._actors, self._network, self._need = actors, actors.network, need
        self.involved = frozenset(actors.at.get(need.undertaking, ()))
        taken = {sector for each in self.involved for sector in actors.sectors[each]}
        self._missing = actors.all_sectors - taken
        beside = self._network.beside.get(need.undertaking, {})
        edges = (direct(self._network, each, need.undertaking) for each in beside)
        self._filled = frozenset[str]().union(*map(roles, edges))

    def hindrance(self, criterion: str) -> str:
        """Why a criterion cannot be judged for anyone, as a key of the texts; "" if it can."""
        if criterion == "experience":
            return "" if self._need.topics else "no_topic"
        if criterion == "local":
            return "" if self._need.places else "no_place"
        if criterion in ("shared", "complement"):
            return "no_undertaking" if not self._need.undertaking else "" if self.involved else "nobody_involved"
        return ""

    def parts(self, organisation: str) -> tuple[Part, ...]:
        """All criteria for one organisation, in the order of CRITERIA."""
        judged = {
            "experience": self._experience,
            "shared": self._shared,
            "complement": self._complement,
            "local": self._local,
            "bridge": self._bridge,
        }
        found = []
        for criterion in CRITERIA:
            if hindrance := self.hindrance(criterion):
                found.append(Part(criterion, 0.0, remark=hindrance))
            else:
                points, reasons = judged[criterion](organisation)
                found.append(Part(criterion, points, tuple(reasons), "" if points else NOTHING))
        return tuple(found)

    def _experience(self, organisation: str) -> tuple[float, Iterable[Reason]]:
        """Other undertakings of its that address the fields or embody the values: the mean over these."""
        ways = [list(self._to(organisation, topic)) for topic in self._need.topics]
        return sum(map(_saturated, ways)) / len(ways), (reason for each in ways for reason in each)

    def _local(self, organisation: str) -> tuple[float, Iterable[Reason]]:
        """One for an organisation of the place itself, else by its undertakings there; the mean over the places."""
        points, reasons = 0.0, list[Reason]()
        for place in self._need.places:
            own = self._network.beside[organisation].get(place)
            found = [Reason(Path((Step(organisation, place, own),)))] if own else list(self._to(organisation, place))
            points += 1.0 if own else _saturated(found)
            reasons += found
        return points / len(self._need.places), reasons

    def _shared(self, organisation: str) -> tuple[float, Iterable[Reason]]:
        """Other undertakings on which it works with those who are already involved."""
        found: list[Reason] = []
        for undertaking, way in self._elsewhere(organisation):
            others = (each for each in self._actors.others(undertaking, organisation) if each in self.involved)
            if other := next(others, ""):
                found.append(Reason(self._with(way, other)))
        return _saturated(found), found

    def _complement(self, organisation: str) -> tuple[float, Iterable[Reason]]:
        """Half for a sector of nobody involved, half by the roles it filled elsewhere and nobody fills here."""
        sectors = [
            Reason(Path((Step(organisation, edge.right, (edge,)),)), edge.right)
            for edge in self._network.marks.get(organisation, ())
            if edge.right in self._missing
        ]
        filled: dict[str, Reason] = {}
        for _, way in self._elsewhere(organisation):
            for role in roles(way.steps[-1].edges) - self._filled:
                filled.setdefault(role, Reason(_in_role(way, role), role))
        found = [filled[role] for role in sorted(filled)]
        return (bool(sectors) + _saturated(found)) / 2, [*sectors, *found]

    def _bridge(self, organisation: str) -> tuple[float, Iterable[Reason]]:
        """The share of the other sectors with which it works on undertakings: one way for each."""
        sought = self._actors.all_sectors.difference(self._actors.sectors[organisation])
        found: dict[str, Reason] = {}
        for undertaking, way in self._actors.work[organisation].items():
            if len(found) == len(sought):
                break
            for other in self._actors.others(undertaking, organisation):
                for sector in self._actors.sectors[other]:
                    if sector in sought and sector not in found:
                        found[sector] = Reason(self._with(way, other), sector)
        return len(found) / len(sought) if sought else 0.0, (found[sector] for sector in sorted(found))

    def _elsewhere(self, organisation: str) -> Iterator[tuple[str, Path]]:
        for undertaking, way in self._actors.work[organisation].items():
            if undertaking != self._need.undertaking:
                yield undertaking, way

    def _to(self, organisation: str, thing: str) -> Iterator[Reason]:
        """The ways over an undertaking of the organisation to a thing."""
        for undertaking, way in self._elsewhere(organisation):
            if edges := self._network.beside[undertaking].get(thing):
                yield Reason(Path((*way.steps, Step(undertaking, thing, edges))))

    def _with(self, way: Path, other: str) -> Path:
        """The way to an undertaking, and on to another organisation that works on it."""
        on = self._actors.work[other][way.things[-1]].steps
        return Path((*way.steps, *(Step(step.right, step.left, step.edges) for step in reversed(on))))


def _in_role(way: Path, role: str) -> Path:
    last = way.steps[-1]
    edges = tuple(edge for edge in last.edges if role in edge.roles)
    return Path((*way.steps[:-1], Step(last.left, last.right, edges)))


def _saturated(found: Sequence[object]) -> float:
    return len(found) / (len(found) + 1)
