"""An installation in, what is wrong with it and what to do out: each check is a pure function of what was looked at."""

from collections.abc import Iterable, Iterator

from gdb_graph.content import Content
from gdb_graph.doctor import address, online, origin, program, publisher, shelf, system, variables
from gdb_graph.doctor.address import Port
from gdb_graph.doctor.note import Note
from gdb_graph.settings import Settings


def examine(chosen: Settings, names: Iterable[str], content: Content, ask: bool) -> Iterator[Note]:
    """All checks in turn. `names` are those of the environment; with `ask` the public address is asked, too."""
    yield from variables.check(names)
    yield from program.check(program.look(), builds=not chosen.pull)
    found = shelf.look(chosen.snapshots)
    id_ = found.current.id if found.current else ""
    machine = system.look()
    yield from system.check(machine, chosen, found.current)
    yield from shelf.check(found, chosen, None if chosen.pull else content)
    if chosen.pull:
        yield from origin.check(origin.look(chosen.pull), chosen.pull, id_)
    yield from publisher.check(found.current, chosen)
    fault = address.try_port(chosen.host, chosen.port)
    yield from address.check(Port(fault, online.served(chosen.host, chosen.port) if fault else ""), chosen, id_)
    if ask:
        yield from online.check(online.look(chosen.base_url), chosen.base_url, id_, machine.now)
