"""How to talk to an engine over HTTP: address and credentials in, a client out, and every failure as one sentence.

No credential and no address goes into an error: users of the service see these texts.
"""

import json
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from gdb_graph.errors import EngineCannot, EngineGone, GraphError, QueryTimeout
from gdb_graph.remote.dialects import Dialect, recognise
from gdb_graph.settings import Settings

RESULTS, TRIPLES = "application/sparql-results+json", "application/n-triples"
FORM = "application/x-www-form-urlencoded"
_CONNECT_SECONDS = 5.0
_TOLD = 300

Form = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where an engine is, who we are there, and its addresses where they are not the usual ones."""

    address: str
    user: str = ""
    password: str = field(default="", repr=False)
    paths: tuple[str, str, str] = ("", "", "")

    def url(self, which: int, dialect: Dialect) -> str:
        """The address for queries (0), updates (1) or graphs (2)."""
        return urljoin(self.address.rstrip("/") + "/", (self.paths[which] or dialect.paths[which]).lstrip("/"))

    @property
    def auth(self) -> httpx.Auth | None:
        """The credentials, given when the engine asks for them."""
        return _WhenAsked(self.user, self.password) if self.user else None


def target(address: str, chosen: Settings) -> Target:
    """The engine at `address`. Raises GraphError for an address with credentials in it."""
    if not address.startswith(("http://", "https://")) or not urlsplit(address).hostname:
        raise GraphError("The address of the engine must begin with http:// or https://.")
    if urlsplit(address).username is not None:
        raise GraphError("Leave user and password out of the address: set GDB_ENGINE_USER and GDB_ENGINE_PASSWORD.")
    paths = chosen.engine_query, chosen.engine_update, chosen.engine_graphs
    return Target(address, chosen.engine_user, chosen.engine_password, paths)


class _WhenAsked(httpx.Auth):
    """Credentials by the scheme that the engine names, Basic or Digest, and only after it has asked."""

    def __init__(self, user: str, password: str) -> None:
        self._basic, self._digest = httpx.BasicAuth(user, password), httpx.DigestAuth(user, password)
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._chosen is None:
            response = yield request
            if response.status_code != 401:
                return
            scheme = response.headers.get("www-authenticate", "").split(" ")[0].lower()
            self._chosen = self._digest if scheme == "digest" else self._basic
        yield from self._chosen.auth_flow(request)


def timeouts(seconds: float) -> httpx.Timeout:
    """Time to connect, and between two bytes."""
    return httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))


def form(pairs: Form) -> bytes:
    """A form as bytes; names may come more than once."""
    return urlencode(pairs).encode()


@asynccontextmanager
async def asking(
    client: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str]
) -> AsyncIterator[httpx.Response]:
    """The answer to a query as it begins to come. Raises httpx.HTTPError.

    A connection that was kept open may have been closed by the engine meanwhile, which nobody knows before it is
    used: then the question, which changes nothing, is sent once more.
    """
    try:
        response = await client.send(client.build_request("POST", url, content=body, headers=headers), stream=True)
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        response = await client.send(client.build_request("POST", url, content=body, headers=headers), stream=True)
    try:
        yield response
    finally:
        await response.aclose()


def failure(error: httpx.HTTPError) -> GraphError:
    """What a failed exchange means."""
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return QueryTimeout("The engine did not answer in time. Ask for less, or try again later.")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return EngineGone("The engine behind this service cannot be reached. It is tried again; come back in a moment.")
    return EngineGone("The engine behind this service broke off its answer. Try again in a moment.")


def check(status: int, text: bytes, dialect: Dialect) -> None:
    """Nothing where the engine has answered with success. Raises EngineError that says what it said."""
    if 200 <= status < 300:
        return
    if status in (401, 403):
        raise EngineGone(
            "The engine refuses us: it wants credentials, or others. Whoever runs this service sets GDB_ENGINE_USER "
            "and GDB_ENGINE_PASSWORD."
        )
    if 300 <= status < 400:
        raise EngineGone("The engine sends us elsewhere. Whoever runs this service states its final address.")
    told = " ".join(text.decode(errors="replace").split())[:_TOLD]
    if dialect.timed_out(status, told):
        raise QueryTimeout("The engine stopped the query at its own deadline. Ask for less: narrow the patterns.")
    if dialect.refuses(status, told):
        raise EngineCannot(f"The engine behind this service cannot answer this query: {dialect.reason(told)}")
    raise EngineGone(f"The engine behind this service failed with status {status}. Try again in a moment.")


def read_json(body: bytes) -> Mapping[str, Any]:
    """An answer in SPARQL JSON. Raises EngineGone where it is something else."""
    try:
        found = json.loads(body)
    except ValueError as error:
        raise EngineGone("The engine does not answer as SPARQL engines do. Is its address right?") from error
    if not isinstance(found, dict):
        raise EngineGone("The engine does not answer as SPARQL engines do. Is its address right?")
    return found


def dialect_of(response: httpx.Response) -> Dialect:
    """Which engine has answered, by what it says of itself."""
    return recognise(response.headers.get("server", ""))
