"""Exchanges in, one line of JSON each out: what was asked and how it went, without addresses unless wanted."""

import asyncio
import json
import time
from collections.abc import MutableMapping
from typing import IO, Any

from gdb_graph.web.exchange import Exchange

_GATHER_SECONDS = 0.2
_GATHER_LINES = 1000


class Journal:
    """Writes lines to `file` a little later, many at a time: a write for each would cost more than a small answer.

    None: nothing is written.
    """

    def __init__(self, file: IO[str] | None, addresses: bool = False) -> None:
        self._file, self._addresses = file, addresses
        self._lines: list[str] = []
        self._timer: asyncio.TimerHandle | None = None

    def note(self, scope: MutableMapping[str, Any], exchange: Exchange) -> None:
        """Write about one exchange."""
        if self._file is None:
            return
        # Put together by hand: json.dumps of it all would cost a tenth of a small answer.
        query = f', "query": "{exchange.query}", "rows": {exchange.rows}' if exchange.query else ""
        client = f', "client": {json.dumps(exchange.client)}' if self._addresses else ""
        self._lines.append(
            f'{{"time": {time.time():.3f}, "id": "{exchange.id}", "method": {json.dumps(scope["method"])}, '
            f'"path": {json.dumps(scope["path"])}, "status": {exchange.status}, "outcome": "{exchange.outcome}", '
            f'"ms": {exchange.seconds * 1000:.1f}, "bytes": {exchange.bytes}, "snapshot": "{exchange.snapshot}"'
            f"{query}{client}}}"
        )
        if len(self._lines) >= _GATHER_LINES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what has been gathered."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        lines, self._lines = self._lines, []
        if lines and self._file:
            self._file.write("\n".join(lines) + "\n")
            self._file.flush()
