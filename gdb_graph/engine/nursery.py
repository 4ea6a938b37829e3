"""The parent of the engines: loads a snapshot's quads once, then forks an engine for each socket it is handed.

Run as `python -m gdb_graph.engine.nursery QUADS BASE MEGABYTES ROWS BYTES CONTROL_FD`. It stays single-threaded, which
makes the fork safe, and holds no open file but the control socket. Messages on that (SOCK_SEQPACKET):

    in   F + a file descriptor   fork an engine that serves it        out  the pid, or "!" and why not
    in   K pid                   kill that engine                     out  nothing

The first message out is `ready`, or "!" and why the quads cannot be loaded.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from pathlib import Path

import pyoxigraph as ox

from gdb_graph.engine import child, sheet
from gdb_graph.engine.child import Bounds
from gdb_graph.terms import Names

READY = b"ready"
MESSAGE = 256


def main(quads: Path, base: str, bounds: Bounds, control: socket.socket) -> None:
    """Load, say that it is ready, then do what comes over `control` until that closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which closes the socket
    store = ox.Store()
    # Lenient: what Oxigraph has written need not be looked through for faults again, a quarter of the time.
    try:
        store.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS, lenient=True)
    except (OSError, ValueError, SyntaxError) as error:
        control.send(f"!{error}".encode()[:MESSAGE])
        sys.exit(1)
    prefixes = Names(base).prefixes()
    sheet.prepare()
    gc.collect()
    gc.freeze()  # the collector must not touch, and so copy, the pages the engines share
    children: set[int] = set()
    control.send(READY)
    while True:
        select.select([control], [], [], 1.0)
        _reap(children)
        try:
            message, descriptors, _, _ = socket.recv_fds(control, MESSAGE, 1, socket.MSG_DONTWAIT)
        except BlockingIOError:
            continue
        if not message:
            break
        if message[:1] == b"F":
            control.send(_fork(store, prefixes, bounds, control, descriptors[0], children))
        else:
            _kill(int(message[2:]), children)
    for pid in list(children):
        _kill(pid, children)


def _fork(
    store: ox.Store,
    prefixes: dict[str, str],
    bounds: Bounds,
    control: socket.socket,
    descriptor: int,
    children: set[int],
) -> bytes:
    try:
        pid = os.fork()
    except OSError as error:
        os.close(descriptor)
        return f"!{error}".encode()
    if pid:
        os.close(descriptor)
        children.add(pid)
        return str(pid).encode()
    control.close()
    status = 1
    try:
        with socket.socket(fileno=descriptor) as connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            child.run(connection, store, prefixes, bounds)
        status = 0
    finally:
        os._exit(status)


def _kill(pid: int, children: set[int]) -> None:
    # Not waited for: an engine of low priority may take its time to end. `_reap` sees to it.
    if pid in children:
        os.kill(pid, signal.SIGKILL)


def _reap(children: set[int]) -> None:
    for pid in list(children):
        if os.waitpid(pid, os.WNOHANG)[0]:
            children.discard(pid)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Bounds(*map(int, sys.argv[3:6])), socket.socket(fileno=int(sys.argv[6])))
