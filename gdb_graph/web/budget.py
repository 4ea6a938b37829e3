"""How many query seconds a client has used in, whether it may go on out: a token bucket for each client."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from gdb_graph.errors import TooMuch

_REMEMBERED = 10_000
_MINUTE = 60.0


class Budget:
    """Query seconds each client may use a minute (0: any number). The last second may be overdrawn, then it waits."""

    def __init__(
        self, seconds_a_minute: float, of_loopback_too: bool = False, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._of_loopback_too, self._now = seconds_a_minute, of_loopback_too, now
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, client: str) -> None:
        """Raises TooMuch if `client` has to wait."""
        if not self._most:
            return
        over = self._still_used(client) - self._most
        if over >= 0:
            seconds = max(1, math.ceil(over * _MINUTE / self._most + 1))
            raise TooMuch(
                f"Your queries have used more than {self._most:g} seconds a minute (GDB_CLIENT_SECONDS). "
                f"Ask again in {seconds} s, ask for less, or take the dumps.",
                seconds,
            )

    def spend(self, client: str, seconds: float) -> None:
        """Note what `client` has used."""
        if not self._most or not seconds or not (self._of_loopback_too or not _is_loopback(client)):
            return
        key = _household(client)
        self._used[key] = (self._still_used(client) + seconds, self._now())
        self._used.move_to_end(key)
        if len(self._used) > _REMEMBERED:
            self._used.popitem(last=False)

    def _still_used(self, client: str) -> float:
        used, when = self._used.get(_household(client), (0.0, 0.0))
        return max(0.0, used - (self._now() - when) * self._most / _MINUTE)


@lru_cache(_REMEMBERED)
def _is_loopback(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:  # a Unix socket, or a test
        return True


@lru_cache(_REMEMBERED)
def _household(client: str) -> str:
    """One name for all addresses that one client has: with IPv6 that is a /64."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else client
