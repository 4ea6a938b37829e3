"""Settings and what listens at their port in, what is wrong with the addresses of the service out."""

import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from gdb_graph.doctor.note import Note, fine, problem, warning
from gdb_graph.settings import Settings

_LOCAL = ("127.", "localhost", "::1", "[::1]")


@dataclass(frozen=True, slots=True)
class Port:
    """Why the service could not listen there (0: it could), and which snapshot a gdb-graph serves there already."""

    fault: int = 0
    served: str = ""


def try_port(host: str, port: int) -> int:
    """Listen for a moment; the error number where that cannot be, 0 where it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno or errno.EINVAL
    return 0


def check(found: Port, chosen: Settings, current: str) -> Iterator[Note]:
    """What is wrong with where it listens and how it is called; `current` is the id of the snapshot on disk."""
    yield from _of_port(found, chosen, current)
    yield from _of_public_url(chosen)


def _of_port(found: Port, chosen: Settings, current: str) -> Iterator[Note]:
    where = f"{chosen.host}, port {chosen.port}"
    if found.fault == 0:
        yield fine(f"{where}, is free to listen on.")
    elif found.served and found.served == current:
        yield fine(f"A service runs at {where}, and serves the current snapshot.")
    elif found.served:
        text = f"The service at {where} serves snapshot {found.served}, and the current one is {current or 'none'}."
        yield warning(text, "Wait until it has changed over; if it does not, its log says why.")
    elif found.fault == errno.EADDRINUSE:
        remedy = f"End it (`ss -ltnp` names it), or set GDB_PORT. If it is gdb-graph, see why it is not ready: {_READY}"
        yield problem(f"Another program listens at {where}.", remedy.format(chosen))
    elif found.fault == errno.EACCES:
        yield problem(f"This user may not listen at {where}.", "Set GDB_PORT above 1023, with a proxy in front.")
    elif found.fault == errno.EADDRNOTAVAIL:
        yield problem(
            f"{chosen.host} is no address of this machine.", "Set GDB_HOST to 127.0.0.1, or to 0.0.0.0 for all."
        )
    else:
        yield problem(f"Nobody can listen at {where}: {errno.errorcode.get(found.fault)}.", "Set GDB_HOST or GDB_PORT.")


_READY = "curl http://{0.host}:{0.port}/readyz."


def _of_public_url(chosen: Settings) -> Iterator[Note]:
    local = chosen.host.startswith(_LOCAL)
    if not chosen.public_url:
        text = f"GDB_PUBLIC_URL is not set, so all absolute links begin with {chosen.base_url}."
        yield warning(text, "Set it to the address under which users reach the service.")
        return
    parts = urlsplit(chosen.public_url)
    if parts.query or parts.fragment or parts.username:
        text = "GDB_PUBLIC_URL has a query, a fragment or a user name in it, and paths are put behind it."
        yield problem(text, "Leave only scheme, host, port and path.")
    elif (parts.hostname or "").startswith(_LOCAL):
        yield warning(f"GDB_PUBLIC_URL is {chosen.public_url}: nobody else can follow that.", "Set the public address.")
    elif parts.scheme != "https":
        text = f"GDB_PUBLIC_URL is {chosen.public_url}, without TLS."
        yield warning(text, "Let the proxy in front speak TLS, and set the https:// address once and for good.")
    else:
        yield fine(f"Users reach it at {chosen.public_url}.")
    if not local:
        text = f"It listens at {chosen.host}, so others may reach it past the proxy, without TLS."
        yield warning(text, "Listen on 127.0.0.1 where the proxy is on this machine; else let a firewall see to it.")
