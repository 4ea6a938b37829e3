"""An engine in; whether it answers, which engine it is and what it says it holds out, looked at again and again."""

import asyncio
import logging

import httpx

from gdb_graph.errors import EngineError, EngineGone, OtherSnapshot
from gdb_graph.remote import marker, talk
from gdb_graph.remote.dialects import Dialect
from gdb_graph.remote.marker import Marker
from gdb_graph.remote.talk import Target

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 8.0
_SECONDS = 5.0

log = logging.getLogger(__name__)


class Watch:
    """Looks at one engine through `client`. While it does not answer it is left alone, longer each time."""

    def __init__(self, target: Target, client: httpx.AsyncClient) -> None:
        self._target, self._client = target, client
        self._dialect: Dialect | None = None
        self._pause = self._until = 0.0
        self._looking: asyncio.Task[Marker | None] | None = None
        self._next: asyncio.Task[Marker | None] | None = None

    @property
    def dialect(self) -> Dialect:
        """Which engine it is. Raises EngineGone before it has answered for the first time."""
        if self._dialect is None:
            raise EngineGone("The engine behind this service has not answered yet. Try again in a moment.")
        return self._dialect

    @property
    def url(self) -> str:
        """Where it takes queries."""
        return self._target.url(0, self.dialect)

    def check(self) -> None:
        """Raises EngineGone while the engine is left alone."""
        if asyncio.get_running_loop().time() < self._until:
            raise EngineGone(
                "The engine behind this service cannot be reached. It is tried again; come back in a moment."
            )

    def failed(self, error: Exception) -> None:
        """The engine could not be reached: leave it alone for a while."""
        log.warning("the engine does not answer: %s %s", type(error).__name__, error)
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._until = asyncio.get_running_loop().time() + self._pause

    async def look(self) -> Marker | None:
        """The marker as it is from now on. Raises EngineError where the engine does not answer."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
            return await asyncio.shield(self._looking)
        # One that is under way may have begun too early; the next one serves all who wait by then.
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._look_after(self._looking))
        return await asyncio.shield(self._next)

    async def confirm(self, expected: Marker) -> None:
        """Nothing where the engine still holds what it did. Raises OtherSnapshot where it does not."""
        if await self.look() != expected:
            raise OtherSnapshot("Another snapshot is being published, and this answer may be of both. Ask again.")

    async def _look_after(self, other: "asyncio.Task[Marker | None]") -> Marker | None:
        await asyncio.wait([other])
        self._looking, self._next = self._next, None
        return await self._look()

    async def _look(self) -> Marker | None:
        try:
            return await self._asked()
        except (httpx.HTTPError, TimeoutError) as error:
            self.failed(error)
            raise EngineGone(
                "The engine behind this service cannot be reached. It is tried again; come back in a moment."
            ) from error
        except EngineError as error:
            self.failed(error)
            raise

    async def _asked(self) -> Marker | None:
        if self._dialect is None:
            self._dialect = talk.dialect_of(await self._client.get(self._target.address, timeout=_SECONDS))
        headers = {"Accept": talk.RESULTS, "Content-Type": talk.FORM}
        async with asyncio.timeout(_SECONDS):
            async with talk.asking(self._client, self.url, talk.form([("query", marker.READ)]), headers) as response:
                body = await response.aread()
        talk.check(response.status_code, body, self._dialect)
        found = marker.read(talk.read_json(body))
        self._pause = self._until = 0.0
        return found
