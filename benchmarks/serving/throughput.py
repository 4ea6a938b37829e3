"""Running servers in, requests a second out: curated queries and pages, small queries, and answers that are known."""

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from serving import load, questions
from serving.load import JSON, Failed
from serving.questions import Things
from serving.servers import Server, processor_seconds
from serving.table import Row, Target

SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Drive:
    """What one server gets from wrk, and how many bytes a mean answer has at least and at most."""

    server: Server
    paths: Sequence[str]
    order: Sequence[int]
    headers: Mapping[str, str]
    least: float = 0
    most: float = float("inf")
    unique: bool = False

    def run(self, seconds: float) -> load.Load:
        """One round."""
        return load.wrk(self.server.url, self.paths, self.order, seconds, self.headers, self.unique)

    def faults(self, measured: load.Load) -> Iterator[str]:
        """What was wrong with a round."""
        for kind, count in measured.errors.items():
            yield f"{self.server.name} had {count} errors ({kind}) in a round of {measured.requests} requests"
        if not self.least <= measured.size <= self.most:
            yield f"answers of {self.server.name} had {measured.size:.0f} bytes on average, which cannot be right"


@dataclass(frozen=True, slots=True)
class Rates:
    """Of one server: requests a second in each round, microseconds of processor time a request, what was wrong."""

    server: Server
    rounds: list[float]
    costs: list[float]
    faults: list[str]

    @property
    def cost(self) -> str:
        """What a request costs: this hardly depends on what else the machine does."""
        return f"{statistics.median(self.costs):,.0f} µs of {self.server.name}"


def in_turn(rounds: int, seconds: float, *drives: Drive) -> list[Rates]:
    """Each drive in each round, one after the other, after a second of warming up."""
    for drive in drives:
        drive.run(1)
    found = [Rates(drive.server, [], [], []) for drive in drives]
    for _ in range(rounds):
        for drive, rates in zip(drives, found, strict=True):
            before = processor_seconds(drive.server)
            measured = drive.run(seconds)
            used = processor_seconds(drive.server) - before
            rates.costs.append(used * 1e6 / max(measured.requests, 1))
            rates.rounds.append(measured.rate)
            rates.faults.extend(drive.faults(measured))
    return found


def ask(server: Server, query: str) -> load.Response:
    """The answer to a query, as JSON."""
    return server.get(server.ask(query), Accept=JSON)


def must_agree(ours: Server, peer: Server, queries: Iterable[str]) -> list[list[str]]:
    """The rows of each answer. Raises Failed where the two do not answer with the same ones."""
    found = []
    for query in queries:
        one, other = load.solutions(ask(ours, query)), load.solutions(ask(peer, query))
        if one != other:
            raise Failed(f"{ours.name} gives {len(one)} rows, {peer.name} {len(other)}, or not the same ones: {query}")
        found.append(one)
    return found


def curated(
    ours: Server, peer: Server, rounds: int, seconds: float, queries: Mapping[str, str], slugs: Sequence[str]
) -> Iterator[Row]:
    """The curated queries again and again, and the pages that show them; those that find nothing are left out."""
    must_agree(ours, peer, queries.values())
    sizes = {name: len(answer.body) for name, text in queries.items() if load.rows(answer := ask(peer, text))}
    order = questions.zipf(len(sizes))
    mean = statistics.mean([list(sizes.values())[index] for index in order])

    def asking(server: Server) -> Drive:
        return Drive(server, [server.ask(queries[name]) for name in sizes], order, {"Accept": JSON}, mean / 2)

    def visiting(paths: Sequence[str]) -> Drive:
        least = min(_page_size(ours, path) for path in paths) / 2
        return Drive(ours, paths, questions.zipf(len(paths)), {"Accept": "text/html"}, least)

    drives = (
        asking(ours),
        asking(peer),
        visiting([f"/queries/{name}" for name in sizes]),
        visiting([f"/page/{slug}" for slug in slugs]),
    )
    one, other, pages, visits = in_turn(rounds, seconds, *drives)
    must_agree(ours, peer, queries.values())  # once more: now a cache may answer
    left_out = ", ".join(sorted(queries.keys() - sizes.keys()))
    notes = [f"left out, since they find nothing: {left_out}"] if left_out else []
    yield _row("curated queries, Zipf", Target("≥", 1.5), one, other, notes)
    yield _row("pages of curated queries, by the peer's answers in JSON", Target("≥", 1.5), pages, other)
    yield _row("pages of things, Zipf", None, visits, None)


def _row(workload: str, target: Target | None, one: Rates, other: Rates | None, notes: Sequence[str] = ()) -> Row:
    if other is None:
        costs = f"processor time a request: {one.cost}"
        return Row(workload, target, "/s", one.rounds, faults=one.faults, notes=[costs, *notes])
    costs = f"processor time a request: {one.cost}, {other.cost}"
    faults = [*one.faults, *other.faults]
    return Row(workload, target, "/s", one.rounds, other.rounds, other.server.name, faults, [costs, *notes])


def _page_size(ours: Server, path: str) -> int:
    response = ours.get(path, Accept="text/html")
    if response.status != 200 or b"<html" not in response.body:
        raise Failed(f"{path} gave status {response.status}, not a page.")
    return len(response.body)


def small(ours: Server, peer: Server, slow: Server, rounds: int, seconds: float, things: Things) -> Iterator[Row]:
    """Small queries, each with a text that no other request has; `slow` holds only the triples of `things`."""
    texts = things.small()
    sample = [f"{text}{load.unique_number()}" for text in texts[:SAMPLE]]
    must_agree(ours, peer, sample)
    must_agree(ours, slow, sample)
    least = statistics.mean([len(ask(peer, text).body) for text in sample]) / 2
    order = range(len(texts))

    def drive(server: Server) -> Drive:
        return Drive(server, [server.ask(text) for text in texts], order, {"Accept": JSON}, least, unique=True)

    one, other, third = in_turn(rounds, seconds, drive(ours), drive(peer), drive(slow))
    workload = f"small queries on {len(texts):,} things, each text once"
    yield _row(workload, Target("≥", 0.5), one, other)
    yield _row(f"{workload}; the peer on a tenth of the data", Target("≥", 40), one, third)


def not_modified(ours: Server, peer: Server, rounds: int, seconds: float, query: str) -> Iterator[Row]:
    """One small query again and again with the ETag of its answer, by the same query without one at the peer."""
    workload, target = "the same query with If-None-Match", Target("≥", 1.5)
    path, other = ours.ask(query), ours.ask(f"{query} # another")
    must_agree(ours, peer, [query])
    known = ours.get(path, Accept=JSON)
    tag = known.headers.get("etag")
    if not tag:
        yield Row(workload, target, "/s", [], notes=["skipped, since gdb-graph gives no ETag"])
        return
    headers = {"Accept": JSON, "If-None-Match": tag}
    again = ours.get(path, **headers)
    if again.status != 304 or again.body:
        raise Failed(f"If-None-Match with the ETag of the answer gave status {again.status}, not 304.")
    if ours.get(other, **headers).status != 200:
        raise Failed("Another query with that ETag was not answered with 200.")
    drives = (
        Drive(ours, [path], [0], headers, most=len(again.headers) * 200),
        Drive(peer, [peer.ask(query)], [0], {"Accept": JSON}, len(known.body)),
    )
    one, two = in_turn(rounds, seconds, *drives)
    yield _row(workload, target, one, two)
