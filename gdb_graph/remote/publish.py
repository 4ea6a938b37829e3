"""A snapshot and an engine in, the engine's marker out when it holds that snapshot and nothing else of ours.

Graphs that have changed wait under other names until all are whole and verified; then they are switched in. Readers
believe only answers that stand between two equal looks at the marker, so none of them can show half.
"""

import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gdb_graph.errors import EngineGone, PublishError
from gdb_graph.remote import content, marker, names
from gdb_graph.remote.content import Graph
from gdb_graph.remote.marker import Marker
from gdb_graph.remote.store import Store
from gdb_graph.snapshot import Snapshot

Say = Callable[[str, int, int], None]
_COUNTS = "SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
_PROPERTIES = "SELECT ?graph ?p (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ?p"


@dataclass(frozen=True, slots=True)
class Done:
    """What the engine holds now, and how many graphs were sent for it; the others were there."""

    marker: Marker
    graphs: int
    sent: int


@dataclass(frozen=True, slots=True)
class _There:
    """What an engine holds: triples by graph, what its marker says, and what that says of the named graphs."""

    counts: Mapping[str, int]
    marker: Marker | None
    held: Mapping[str, str]


def publish(snapshot: Snapshot, store: Store, say: Say) -> Done:
    """Bring a snapshot into an engine. Raises PublishError; the same again then goes on where it ended.

    Two at a time to one engine are not meant.
    """
    with tempfile.TemporaryDirectory() as folder:
        say("read", 1, 1)
        graphs = content.split(snapshot.quads, Path(folder), store.dialect.opaque)
        there = _look(store)
        default = names.default(next(each.digest for each in graphs if not each.name))
        final = {each.name or default: each for each in graphs}
        moves, sent = _send(store, final, there, say)
        old = [name for name in there.held if name not in final]
        if there.marker and there.marker.snapshot == snapshot.id and not (moves or sent or old):
            _verify(store, final)
            return Done(there.marker, len(final), 0)
        new = Marker(snapshot.id, default, secrets.token_hex(8))
        say("switch", 1, 1)
        _switch(store, moves, old, final, new)
        say("tidy", 1, 1)
        _tidy(store, new)
        return Done(new, len(final), sent)


def _look(store: Store) -> _There:
    counts = {row["graph"]: int(row["count"]) for row in store.rows(_COUNTS)}
    held = {row["graph"]: row["held"] for row in store.rows(marker.READ_HELD)}
    try:
        said = marker.read(
            {"results": {"bindings": [{"said": {"value": row["said"]}} for row in store.rows(marker.READ)]}}
        )
    except EngineGone:  # half a marker is none: what is there is looked at graph by graph
        said = None
    return _There(counts, said, held)


def _send(store: Store, final: Mapping[str, Graph], there: _There, say: Say) -> tuple[Mapping[str, str], int]:
    """Bring what is missing, verified; what has to be moved where, and how many graphs were sent."""
    moves: dict[str, str] = {}
    sent = done = 0
    total = sum(graph.count for graph in final.values())
    for name, graph in final.items():
        if not _is_there(store, name, graph, there):
            place = name if names.is_ours(name) else names.staged(f"{graph.digest}:{content.short(name)}")
            if not _is_whole(store, place, graph, there):
                store.send(graph, place)
                _require(store, place, graph)
                sent += 1
            if place != name:
                moves[place] = name
        if done * 20 // total != (done + graph.count) * 20 // total:
            say("send", (done + graph.count) * 20 // total, 20)
        done += graph.count
    return moves, sent


def _is_there(store: Store, name: str, graph: Graph, there: _There) -> bool:
    """Whether a graph stands where it belongs. A whole marker is believed; without one the graph itself is read."""
    if there.marker and not names.is_ours(name):
        return there.counts.get(name) == graph.count and there.held.get(name) == graph.held
    return _is_whole(store, name, graph, there)


def _is_whole(store: Store, place: str, graph: Graph, there: _There) -> bool:
    return there.counts.get(place) == graph.count and _digest(store, place, graph) == (graph.count, graph.digest)


def _digest(store: Store, place: str, graph: Graph) -> tuple[int, str]:
    return content.digest(store.triples(place, graph))


def _require(store: Store, place: str, graph: Graph) -> None:
    """Raises PublishError where a graph did not arrive as it is."""
    counted = int(store.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{place}> {{ ?s ?p ?o }} }}")[0]["n"])
    name = graph.name or "the default graph"
    if counted != graph.count:
        raise PublishError(
            f"Of {graph.count} triples of {name} the engine keeps {counted}: it takes different values for one, or did "
            "not take all. Nothing was switched."
        )
    read, digest = _digest(store, place, graph)
    if read != graph.count:
        raise PublishError(
            f"The engine holds {graph.count} triples of {name} but gives {read} of them: it cuts its answers. Raise "
            "the limit on rows in its settings (Virtuoso: ResultSetMaxRows). Nothing was switched."
        )
    if digest != graph.digest:
        raise PublishError(f"The engine gives {name} back with other values than it was sent. Nothing was switched.")


def _switch(
    store: Store, moves: Mapping[str, str], old: Sequence[str], final: Mapping[str, Graph], new: Marker
) -> None:
    steps = [f"MOVE SILENT GRAPH <{place}> TO GRAPH <{name}>" for place, name in moves.items()]
    steps += [f"DROP SILENT GRAPH <{name}>" for name in old]
    held = marker.hold({name: graph.held for name, graph in final.items()})
    if store.dialect.atomic:
        store.update(" ;\n".join([marker.REMOVE, *steps, held, new.insert]))
        try:
            _verify(store, final)
        except PublishError:
            store.update(marker.REMOVE)
            raise
        return
    store.update(marker.REMOVE)  # from here until the end readers are told to come again
    for step in steps:
        store.update(step)
    _verify(store, final)
    store.update(held)
    store.update(new.insert)


def _verify(store: Store, final: Mapping[str, Graph]) -> None:
    """Compare the counts by graph and property. Raises PublishError where one differs."""
    found: dict[str, dict[str, int]] = {}
    for row in store.rows(_PROPERTIES):
        found.setdefault(row["graph"], {})[row["p"]] = int(row["count"])
    for name, graph in final.items():
        if found.get(name) != graph.properties:
            raise PublishError(
                f"The engine holds something else in {graph.name or 'the default graph'} than it was sent: has "
                "somebody else written into it? Readers are told to wait. Run the same command again."
            )


def _tidy(store: Store, new: Marker) -> None:
    """Drop what earlier publishing has left behind."""
    for row in store.rows(_COUNTS):
        if names.is_ours(row["graph"]) and row["graph"] not in (names.MARKER, new.default):
            store.update(f"DROP SILENT GRAPH <{row['graph']}>")
