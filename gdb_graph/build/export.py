"""A snapshot folder with its quads in, the files to take away written into it, and what its manifest says of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdb_graph import distribution
from gdb_graph.build import beside, dumps, tables
from gdb_graph.distribution import Distribution
from gdb_graph.queryfile import Query
from gdb_graph.terms import Names

# The order in the manifest: what most readers want first.
_ORDER = ("ttl", "nt", "trig", "nq", "jsonld", "rdf")


def run(folder: Path, store: ox.Store, definitions: Mapping[str, Query], names: Names) -> dict[str, Any]:
    """Write dumps/ and tables/ below `folder`; the keys of the manifest that tell of them.

    `distributions` are what people and portals take; `metadata` are the descriptions of the tables. `store` holds
    the quads that stand in the folder.
    """

    def written_tables() -> tuple[list[Distribution], list[Distribution]]:
        return tables.write(folder, store, definitions.values())

    tasks: list[Callable[[], Any]] = [*dumps.tasks(folder, store, names), written_tables]
    *graphs, (files, descriptions) = beside.run(tasks)
    graph = [each for part in graphs for each in part]
    return {
        "distributions": [distribution.entry(each) for each in [*sorted(graph, key=_place), *files]],
        "metadata": [distribution.entry(each) for each in descriptions],
    }


def _place(one: Distribution) -> tuple[str, int, str]:
    suffix = one.name.split(".")[1]
    return one.dataset, _ORDER.index(suffix), one.name
