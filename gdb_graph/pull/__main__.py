"""Run as `python -m gdb_graph.pull SOURCE SNAPSHOTS KEEP` by a service that looks for another snapshot.

A process of its own: what it costs to fetch and unpack one is no burden on requests, and its memory goes with it.
"""

import sys
from pathlib import Path

from gdb_graph.errors import GraphError
from gdb_graph.process import die_with_parent
from gdb_graph.pull import pull


def main(source: str, snapshots: str, keep: str) -> int:
    """Pull once; 0 if that went well."""
    die_with_parent()
    try:
        pull(source, Path(snapshots), int(keep))
    except GraphError as error:
        print(f"gdb-graph: {error}", file=sys.stderr)  # noqa: T201 - goes to the log of the service
    except OSError as error:
        print(f"gdb-graph: {error.filename or snapshots}: {error.strerror or error}.", file=sys.stderr)  # noqa: T201
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
