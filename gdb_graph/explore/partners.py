"""What an undertaking needs in, organisations ranked out: by the weighted mean of their points for each criterion."""

from collections.abc import Mapping
from dataclasses import dataclass

from gdb_graph.explore.actors import Actors
from gdb_graph.explore.criteria import CRITERIA, Judge, Need, Part
from gdb_graph.explore.network import called
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.terms import DCT, GDB

FIELD, VALUE, PLACE = f"{GDB}ActionField", f"{GDB}StrategicValue", f"{DCT}Location"
WEIGHTS: Mapping[str, float] = {"experience": 3.0, "shared": 2.0, "complement": 2.0, "local": 2.0, "bridge": 1.0}
MOST_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Partner:
    """One organisation with its score in [0, 1] and the parts of it."""

    iri: str
    score: float
    is_involved: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The partners, best first, of `asked` organisations; those without points and not involved are left out.

    `applied` are the criteria that count for this need.
    """

    need: Need
    weights: Mapping[str, float]
    applied: tuple[str, ...]
    partners: tuple[Partner, ...]
    asked: int


def complete(actors: Actors, need: Need) -> Need:
    """The need with what is recorded of its undertaking added: its fields, values and places."""
    if not need.undertaking:
        return need
    beside = [actors.network.things[each] for each in actors.network.beside[need.undertaking]]
    topics = [thing.iri for thing in beside if thing.kinds & {FIELD, VALUE}]
    places = [thing.iri for thing in beside if PLACE in thing.kinds]
    return Need(
        tuple(dict.fromkeys([*need.topics, *topics])),
        tuple(dict.fromkeys([*need.places, *places])),
        need.undertaking,
    )


def rank(actors: Actors, need: Need, weights: Mapping[str, float] = WEIGHTS) -> Ranking:
    """All organisations by how well they would complete what is needed.

    A criterion that cannot be judged for this need is left out of the mean. Raises ValueError where no weight is left.
    """
    need = complete(actors, need)
    judge = Judge(actors, need)
    applied = {name: weights[name] for name in CRITERIA if weights[name] and not judge.hindrance(name)}
    whole = sum(applied.values())
    if whole <= 0:
        raise ValueError("no criterion that can be judged has a weight")
    found = []
    for organisation in actors.work:
        parts = judge.parts(organisation)
        score = sum(applied.get(part.criterion, 0.0) * part.points for part in parts) / whole
        if score or organisation in judge.involved:
            found.append(Partner(organisation, round(score, 4), organisation in judge.involved, parts))
    things = actors.network.things
    found.sort(key=lambda each: (-each.score, called(things[each.iri].labels, LANGUAGES[0]).casefold(), each.iri))
    return Ranking(need, dict(weights), tuple(applied), tuple(found), len(actors.work))
