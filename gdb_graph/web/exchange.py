"""One request and its answer as the log, the metrics and the budget of the client see it: noted on the way."""

import hashlib
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from gdb_graph.engine.answer import Answer, Published, Run
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.errors import GraphError
from gdb_graph.web.budget import Budget

Scope = MutableMapping[str, Any]
KEY = "gdb_graph.exchange"
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Exchange:
    """What is noted of one request; the one thing here that changes, and only its own request changes it."""

    id: str
    client: str
    budget: Budget
    began: float = field(default_factory=time.perf_counter)
    status: int = 0
    bytes: int = 0
    asked: float = 0.0
    outcome: str = "ok"
    query: str = ""
    now: Published | None = None
    """What is published when it begins: all of its answer is from that."""
    stored_rows: int = 0
    _answers: list[Answer] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows and triples that have come so far."""
        come = (answer.chunks.rows or 0 if answer.chunks else answer.rows for answer in self._answers)
        return sum(come, self.stored_rows)

    @property
    def snapshot(self) -> str:
        """The id of the snapshot it is answered from."""
        return self.now.snapshot.id if self.now else ""

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self.began

    def counting(self, run: Run) -> Run:
        """`run`, its time and its rows noted here. Refuses a client that has used up its query seconds."""

        async def counted(query: Query) -> Answer:
            self.query = self.query or digest(query.query)
            answer = await self.charged(partial(run, query))
            self._answers.append(answer)
            return answer

        return counted

    async def charged(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """What `work` gives, its time noted here. Raises TooMuch for a client that has used up its query seconds."""
        self.budget.check(self.client)
        began = time.perf_counter()
        try:
            return await work()
        finally:
            self.asked += time.perf_counter() - began

    def end(self) -> None:
        """All is sent, or never will be: charge the client."""
        streamed = any(answer.chunks for answer in self._answers)
        self.budget.spend(self.client, self.seconds if streamed else self.asked)

    def failed(self, error: BaseException) -> None:
        """Note what went wrong."""
        self.outcome = type(error).__name__ if isinstance(error, GraphError) else "failed"


def digest(query: str) -> str:
    """A short name for the text of a query, the same for the same text."""
    return hashlib.blake2b(query.encode(errors="replace"), digest_size=8).hexdigest()
