"""Two things of a network in, the cheapest simple paths between them out, with a bound on length and on work.

A path costs one per step, and the binary logarithm of its degree for each thing it passes: that both have to do with
the Senate tells little, since half the city has. So that the paths differ, a thing that a listed path passes costs
its logarithm once more with each of them. The search is exact: rounds from the goal give the least cost that is left at
each thing within so many steps (Bellman and Ford), and a best-first search from the start is led by it (A*).
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from math import inf, log2

from gdb_graph.explore.network import Edge, Network, Path, Step

HOPS, MOST_HOPS = 4, 6
PATHS, MOST_PATHS = 5, 10
# How many neighbours one search may look at: about a fifth of a second.
LIMIT = 50_000
# Costs are whole numbers, so that sums are equal whatever the order of the terms.
_UNIT = 1_000_000

State = tuple[str, bool]
"""A thing, and whether what the path must pass has been passed when it stands there."""


def every_edge(_edge: Edge) -> bool:
    """Lets all edges pass."""
    return True


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked: at most `count` paths of at most `hops` steps, passing `via`, over edges that `allows` lets pass.

    `variety` is how many times its own cost a thing costs more for each listed path that passes it; with 0 the paths
    are the cheapest ones, however alike.
    """

    start: str
    goal: str
    hops: int = HOPS
    count: int = PATHS
    via: str = ""
    allows: Callable[[Edge], bool] = every_edge
    variety: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """The paths, and how many other things lie within the steps of the goal.

    `complete` is false where the search ended at its limit: there may be other or cheaper paths then.
    """

    paths: tuple[Path, ...]
    searched: int
    complete: bool


class _Exhausted(Exception):
    """The limit is reached."""


@dataclass(slots=True)
class _Search:
    """One search: how much work is left, how often listed paths pass a thing, and the least cost left at each state.

    `rest` holds for a state pairs of steps and cost, more steps and less cost with each.
    """

    network: Network
    wish: Wish
    left: int
    costs: dict[str, int] = field(default_factory=dict)
    passed: Counter[str] = field(default_factory=Counter)
    rest: dict[State, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def beside(self, thing: str) -> Iterator[str]:
        """The things one allowed step away. Raises _Exhausted when the work is used up."""
        allows = self.wish.allows
        for other, edges in self.network.beside[thing].items():
            self.work()
            if allows is every_edge or any(map(allows, edges)):
                yield other

    def work(self) -> None:
        """Count a piece of work. Raises _Exhausted when it was one too many."""
        self.left -= 1
        if self.left < 0:
            raise _Exhausted

    def passing(self, thing: str) -> int:
        """What passing a thing costs by itself; the ends cost nothing."""
        if thing not in self.costs:
            is_end = thing in (self.wish.start, self.wish.goal)
            self.costs[thing] = 0 if is_end else round(_UNIT * log2(self.network.degree(thing)))
        return self.costs[thing]

    def look_back(self) -> None:
        """Fill `rest`, from the goal outwards, one round a step."""
        wish = self.wish
        newest = {(wish.goal, True): 0}
        self.rest[wish.goal, True].append((0, 0))
        for steps in range(1, wish.hops + 1):
            better: dict[State, int] = {}
            for (thing, done), cost in newest.items():
                if thing == wish.start:
                    continue
                onward = cost + _UNIT + self.passing(thing)
                before = done and thing != wish.via  # whoever comes to `via` has not passed it yet
                for other in self.beside(thing):
                    state = (other, before)
                    impossible = other == wish.goal or (other == wish.via and not before)
                    known = self.rest[state][-1][1] if state in self.rest else inf
                    if not impossible and onward < min(known, better.get(state, inf)):
                        better[state] = onward
            for state, cost in better.items():
                self.rest[state].append((steps, cost))
            newest = better

    def cheapest(self) -> Iterator[tuple[str, ...]]:
        """The paths, cheapest first as things cost when the next one is asked for; at equal cost by their IRIs."""
        found = 0
        heap: list[tuple[int, tuple[str, ...], int]] = []

        def offer(path: tuple[str, ...]) -> None:
            least = self.least(path)
            if least is not None:
                heapq.heappush(heap, (least, path, found))

        offer((self.wish.start,))
        while heap:
            _, path, seen = heapq.heappop(heap)
            if seen < found:  # things cost more since this was reckoned; they never cost less
                self.work()
                offer(path)
            elif path[-1] == self.wish.goal:
                found += 1
                yield path
            else:
                for other in self.beside(path[-1]):
                    if other not in path:
                        offer((*path, other))

    def least(self, path: tuple[str, ...]) -> int | None:
        """The least that a path which begins so can cost; None where it cannot reach the goal in time."""
        state = (path[-1], not self.wish.via or self.wish.via in path)
        left = self.wish.hops - len(path) + 1
        rest = min((cost for steps, cost in self.rest.get(state, ()) if steps <= left), default=None)
        if rest is None:
            return None
        passed, variety = self.passed, self.wish.variety
        spent = sum(self.passing(thing) * (1 + variety * passed[thing]) for thing in path)
        return rest + _UNIT * (len(path) - 1) + spent


def find(network: Network, wish: Wish, limit: int = LIMIT) -> Found:
    """The paths that fulfil the wish. Start, goal and `via` must be three different things of the network."""
    search = _Search(network, wish, limit)
    found: list[tuple[str, ...]] = []
    complete = True
    try:
        search.look_back()
        for path in islice(search.cheapest(), wish.count):
            found.append(path)
            search.passed.update(path)
    except _Exhausted:
        complete = False
    searched = {thing for thing, _ in search.rest} - {wish.goal}
    return Found(tuple(_path(search, things) for things in found), len(searched), complete)


def _path(search: _Search, things: tuple[str, ...]) -> Path:
    steps = tuple(
        Step(left, right, tuple(filter(search.wish.allows, search.network.beside[left][right])))
        for left, right in pairwise(things)
    )
    return Path(steps, round(len(steps) + sum(map(search.passing, things)) / _UNIT, 3))
