"""What the machine can do in, what the engines lack out: Linux, open files, memory, the clock."""

import ctypes
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gdb_graph.doctor.note import Note, fine, problem, warning
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot

_FEW_FILES = 1024
_MEGABYTE = 1024 * 1024
# docs/benchmarks.md: all processes of a service, two engines, 1.68 GB over quads.nq of 0.36 GB.
_TIMES_QUADS = 5
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class System:
    """What there is of what the engines need; `memory` is in bytes, that of the container where it has less."""

    platform: str
    lacks: tuple[str, ...]
    open_files: int
    memory: int
    now: datetime


def look() -> System:
    """What this machine can do."""
    lacks = [name for name in ("fork", "posix_spawn", "setpriority") if not hasattr(os, name)]
    if not hasattr(ctypes.CDLL(None), "prctl"):
        lacks.append("prctl")
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = sys.maxsize if files == resource.RLIM_INFINITY else files
    return System(sys.platform, tuple(lacks), most, _memory(), datetime.now(UTC))


def _memory() -> int:
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    # The file is absent outside of a container, and says "max" where there is no limit (cgroup v2).
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text(encoding="ascii").strip() if limit.is_file() else ""
    return min(there, int(text)) if text.isdecimal() else there


def check(found: System, chosen: Settings, current: Snapshot | None) -> Iterator[Note]:
    """What the machine lacks for these settings and that snapshot."""
    if found.platform != "linux" or found.lacks:
        lacking = f" without {', '.join(found.lacks)}" if found.lacks else ""
        text = f"The system is {found.platform}{lacking}; queries cannot be confined to processes that can be stopped."
        yield problem(text, "Run it on Linux.")
    if found.open_files < _FEW_FILES:
        text = f"The service may have {found.open_files} files open, each connection is one."
        yield warning(text, "Raise the limit: LimitNOFILE in the systemd unit, or `ulimit -Hn`.")
    else:
        yield fine(f"The service may have {found.open_files} files open.")
    yield from _of_memory(found.memory // _MEGABYTE, chosen, current)
    if current:
        yield from _of_clock(found.now, datetime.fromisoformat(current.manifest["created"]))


def _of_memory(megabytes: int, chosen: Settings, current: Snapshot | None) -> Iterator[Note]:
    engines = (chosen.engines + chosen.slow_engines) * chosen.engine_megabytes
    loaded = _TIMES_QUADS * current.manifest["bytes"] // _MEGABYTE if current else 0
    if loaded > megabytes:
        text = f"The snapshot takes about {loaded} MB in memory, and there are {megabytes} MB."
        yield problem(text, "Take a machine with more memory.")
    elif 2 * loaded > megabytes:
        text = f"Changing over takes about {2 * loaded} MB for two snapshots side by side; there are {megabytes} MB."
        yield warning(text, "Take a machine with more memory, or restart the service to change over.")
    if loaded + engines > megabytes:
        text = f"At worst the engines add {engines} MB to the {loaded} MB of the snapshot; there are {megabytes} MB."
        yield warning(text, "Lower GDB_ENGINE_MEGABYTES, GDB_ENGINES or GDB_SLOW_ENGINES.")
    else:
        yield fine(f"{megabytes} MB of memory are enough for the snapshot and all engines.")


def _of_clock(now: datetime, created: datetime) -> Iterator[Note]:
    if created > now + _AHEAD:
        text = f"The snapshot was made at {created:%Y-%m-%d %H:%M} UTC, and here it is {now:%Y-%m-%d %H:%M} UTC."
        yield problem(text, "Set the clock, here or on the machine that builds; let it follow a time server.")
    else:
        yield fine(f"The clock says {now:%Y-%m-%d %H:%M} UTC, after the snapshot was made.")
