"""One engine process: a store and a socket in; requests are answered one after the other until the socket closes.

It can open nothing: no file, no socket. So whatever a query says, it reaches nowhere.
"""

import os
import resource
import socket
from pathlib import Path
from typing import NamedTuple, cast

import pyoxigraph as ox

from gdb_graph.engine import frames
from gdb_graph.engine.output import Output
from gdb_graph.engine.sparql import Begin, answer
from gdb_graph.errors import BadQuery, QueryError, ResultTooLarge
from gdb_graph.process import die_with_parent

_MEGABYTE = 1024 * 1024


class Bounds(NamedTuple):
    """What one query may take: MB it may add, rows and bytes of its answer (0: as many as come)."""

    megabytes: int
    rows: int = 0
    bytes: int = 0


def run(connection: socket.socket, store: ox.Store, prefixes: dict[str, str], bounds: Bounds) -> None:
    """Confine this process, then answer what comes over `connection`; returns when the other side is gone."""
    confine(bounds.megabytes)
    while frame := frames.receive(connection):
        _answer(connection, store, prefixes, bounds, frame[1])


def confine(megabytes: int) -> None:
    """Let this process open nothing, grow by `megabytes` at most, leave no core, and die with its parent."""
    die_with_parent()
    limit = _address_space() + megabytes * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, lowest_free))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _answer(
    connection: socket.socket, store: ox.Store, prefixes: dict[str, str], bounds: Bounds, payload: bytes
) -> None:
    request = frames.decode(payload)
    output = Output(connection) if request.own else Output(connection, bounds.rows, bounds.bytes)
    try:
        answer(store, request, prefixes, cast(Begin, output.begin))
        output.finish()
    except BadQuery as error:
        connection.sendall(frames.error("BadQuery", str(error), (error.line, error.column)))
    except (QueryError, ResultTooLarge) as error:
        connection.sendall(frames.error(type(error).__name__, str(error)))
    except MemoryError:
        connection.sendall(frames.error("QueryTooLarge", ""))
    except (OSError, RuntimeError, ValueError) as error:
        connection.sendall(frames.error("EngineError", str(error)))
