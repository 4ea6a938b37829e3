"""What the engine says it holds: the marker as a text, as queries and updates, and as read from an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gdb_graph.errors import EngineGone
from gdb_graph.remote.names import HOLDS, MARKER, PUBLISHED, SAYS

READ = f"SELECT ?said WHERE {{ GRAPH <{MARKER}> {{ <{PUBLISHED}> <{SAYS}> ?said }} }}"
READ_HELD = f"SELECT ?graph ?held WHERE {{ GRAPH <{MARKER}> {{ ?graph <{HOLDS}> ?held }} }}"
REMOVE = f"DELETE WHERE {{ GRAPH <{MARKER}> {{ <{PUBLISHED}> <{SAYS}> ?said }} }}"


@dataclass(frozen=True, slots=True)
class Marker:
    """The snapshot that is published, the graph that is its default graph, and a word that no other publishing has."""

    snapshot: str
    default: str
    word: str

    def __str__(self) -> str:
        """As it stands in the engine: one literal, so that it is there or not, and never half."""
        return f"{self.snapshot} {self.default} {self.word}"

    @property
    def insert(self) -> str:
        """The update that writes it. Whatever it was before must have been removed."""
        return f'INSERT DATA {{ GRAPH <{MARKER}> {{ <{PUBLISHED}> <{SAYS}> "{self}" }} }}'


def read(answer: Mapping[str, Any]) -> Marker | None:
    """The marker in the answer to READ; None where there is none. Raises EngineGone where it makes no sense."""
    try:
        said = [row["said"]["value"].split(" ") for row in answer["results"]["bindings"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise EngineGone("The engine does not answer as SPARQL engines do. Is its address right?") from error
    if not said:
        return None
    if len(said) > 1 or len(said[0]) != 3:
        raise EngineGone("The engine's marker makes no sense. Run `gdb-graph publish` again.")
    return Marker(*said[0])


def hold(held: Mapping[str, str]) -> str:
    """The update that notes of each named graph what is in it: count and digest."""
    lines = " ".join(f"<{graph}> <{HOLDS}> {json.dumps(text)} ." for graph, text in held.items())
    delete = f"DELETE WHERE {{ GRAPH <{MARKER}> {{ ?graph <{HOLDS}> ?held }} }}"
    return f"{delete} ; INSERT DATA {{ GRAPH <{MARKER}> {{ {lines} }} }}"
