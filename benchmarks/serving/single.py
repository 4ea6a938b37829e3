"""Running servers in, what single things cost out: aggregation, a large answer, start, memory, and waiting."""

import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from serving import load
from serving.latency import Beat, beat, endless
from serving.load import Failed
from serving.servers import Server, gdb_graph, growth, megabytes, processor_seconds
from serving.table import Row, Target
from serving.throughput import ask, must_agree

GDB = "https://w3id.org/gdb-berlin/ontology#"
AGGREGATIONS = {
    "count of all triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "triples by property": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    "things by class": "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class } GROUP BY ?class",
    "triples by graph": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "actors by role": "SELECT ?role (COUNT(DISTINCT ?actor) AS ?n) "
    f"{{ ?i <{GDB}role> ?role ; <{GDB}actor> ?actor }} GROUP BY ?role",
}
ALL = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT "
REPEAT = 5
"""How often a round asks for one answer: one alone is at the mercy of the machine."""
SLOW_READER = "10M"
SETTLE = 1.0
BESIDE = 2.5  # so many times as long as quiet: longer than a query may run, so that some end and others begin


def aggregate(ours: Server, peer: Server, rounds: int) -> Iterator[Row]:
    """Milliseconds of each aggregation over everything, one at a time; the limit makes each text a new one."""
    for name, query in AGGREGATIONS.items():
        must_agree(ours, peer, [query])
        times: dict[str, list[float]] = {ours.name: [], peer.name: []}
        for _ in range(rounds * REPEAT):
            for server in (ours, peer):
                times[server.name].append(_fetch(server, f"{query} LIMIT {load.unique_number()}").seconds * 1000)
        yield Row(f"aggregation: {name}", Target("≤", 1.1), "ms", times[ours.name], times[peer.name], peer.name)


def _fetch(server: Server, query: str, *options: str) -> load.Transfer:
    # The comment is another one each time, so that nothing is cached.
    return load.curl(server.url + server.ask(f"{query} # {load.unique_number()}"), *options)


def stream(ours: Server, peer: Server, rounds: int, megabytes: float) -> Iterator[Row]:
    """One large answer: megabytes a second, time to the first byte, growth of the process that listens."""
    answer = ask(peer, f"{ALL}10000")
    query = f"{ALL}{round(megabytes * 1e6 / len(answer.body) * load.rows(answer))}"
    found: dict[str, list[load.Transfer]] = {ours.name: [], peer.name: []}
    grown: list[float] = []
    slowly: list[float] = []
    with growth(ours, slowly):  # first: what a process has once taken, it may keep
        _fetch(ours, query, "--limit-rate", SLOW_READER)
    with growth(ours, grown):
        rows = load.rows(ask(ours, query))
    others = load.rows(ask(peer, query))
    if not rows or rows != others:
        raise Failed(f"{ours.name} gives {rows} rows, {peer.name} {others}: {query}")
    for _ in range(rounds * REPEAT):
        with growth(ours, grown):
            found[ours.name].append(_fetch(ours, query))
        found[peer.name].append(_fetch(peer, query))
    one, other = found.values()
    name = f"answer of {one[0].bytes / 1e6:.0f} MB"
    speeds, firsts = (
        [[pick(each) for each in side] for side in (one, other)]
        for pick in (lambda each: each.bytes / 1e6 / each.seconds, lambda each: each.first * 1000)
    )
    yield Row(name, Target("≥", 0.8), "MB/s", *speeds, peer.name)
    yield Row(f"{name}: first byte", Target("≤", 1.2), "ms", *firsts, peer.name)
    yield Row(f"{name}: growth of the HTTP process", Target("≤", 64, "MB"), "MB", [max(grown)])
    yield Row(f"{name}, read at {SLOW_READER}B/s: growth of it", Target("≤", 64, "MB"), "MB", slowly)


def start(what: str, bound: float, snapshot: Path, first: str, rounds: int) -> Iterator[Row]:
    """Seconds from the command to the first answer, with the snapshot there and its files in the page cache."""
    seconds, worked = [], []
    for _ in range(rounds):
        with gdb_graph(snapshot, first) as server:
            seconds.append(server.started)
            worked.append(processor_seconds(server))
    notes = [f"of it {statistics.median(worked):.1f} s of processor time"]
    yield Row(f"start to first answer, {what}", Target("≤", bound, "s"), "s", seconds, notes=notes)


def memory(ours: Server, peer: Server, begun: Sequence[float]) -> Iterator[Row]:
    """Memory of all processes of each server now, or as it was in the beginning (`begun`) where that was more."""
    one, other = (max(before, megabytes(server)) / 1000 for server, before in zip((ours, peer), begun, strict=True))
    yield Row("memory of all processes, 2 engines", Target("≤", 1.5, "GB"), "GB", [one], [other], peer.name)


def busy(ours: Server, peer: Server, rounds: int, seconds: float, texts: Sequence[str]) -> Iterator[Row]:
    """Latency of small queries beside four that never end, by that of the same server left quiet.

    Leaves the peer busy: nothing ends such a query there but the end of the process.
    """
    quiet: list[Beat] = []
    beside: list[Beat] = []
    told = Counter[str]()
    for _ in range(rounds):
        quiet.append(beat(ours.port, [ours.ask(text) for text in texts], seconds))
        beside.append(_beside(ours, BESIDE * seconds, texts, told))
        time.sleep(SETTLE)
    theirs = [beat(peer.port, [peer.ask(text) for text in texts], seconds), _beside(peer, seconds, texts, Counter())]
    faults = [f"{count} requests failed: {kind}" for kind, count in _errors([*quiet, *beside]).items()]
    answers = ", ".join(f"{count} × {kind}" for kind, count in told.items()) or "nothing"
    notes = [f"the endless queries were answered with {answers}"]
    for share, target in ((0.5, None), (0.99, Target("≤", 5))):
        p, (one, other) = f"p{share * 100:.0f}", (each.percentile(share) for each in theirs)
        lost = sum(theirs[1].errors.values())
        note = f"{peer.name} {one:.1f} ms quiet, {other:.1f} ms beside, {lost} requests failed"
        figures = [[each.percentile(share) for each in side] for side in (beside, quiet)]
        yield Row(
            f"{p} of small queries beside four endless ones", target, "ms", *figures, "quiet", faults, [*notes, note]
        )


def _beside(server: Server, seconds: float, texts: Sequence[str], told: Counter[str]) -> Beat:
    with endless(server.port, server.ask) as answered:
        time.sleep(SETTLE)
        found = beat(server.port, [server.ask(text) for text in texts], seconds)
    told.update(answered)
    return found


def _errors(beats: Sequence[Beat]) -> Counter[str]:
    return sum((each.errors for each in beats), Counter[str]())
