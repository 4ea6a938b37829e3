"""An engine as publishing sees it: graphs and updates in, rows and triples out, one request after the other."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import httpx
import pyoxigraph as ox

from gdb_graph.errors import EngineError, GraphError, PublishError
from gdb_graph.remote import talk
from gdb_graph.remote.content import Graph
from gdb_graph.remote.talk import Target

_SECONDS = 600.0
PART_BYTES = 4_000_000
_SLICE = 500_000

Row = Mapping[str, str]


class Store:
    """One engine; enter it as a context. All methods raise GraphError with a sentence that says what to do."""

    def __init__(self, target: Target) -> None:
        self._target = target
        # The proxy of an environment is not for an engine next door, and its credentials are not for a .netrc to give.
        self._client = httpx.Client(auth=target.auth, timeout=talk.timeouts(_SECONDS), trust_env=False)

    def __enter__(self) -> "Store":
        """Learn which engine it is."""
        self.dialect = talk.dialect_of(self._send("GET", self._target.address))
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()

    def rows(self, query: str) -> Sequence[Row]:
        """The rows of a SELECT, each term as its value."""
        headers = {"Accept": talk.RESULTS, "Content-Type": talk.FORM}
        response = self._done("POST", self._url(0), content=talk.form([("query", query)]), headers=headers)
        self.dialect.check(response.headers)
        bindings: Sequence[Mapping[str, Any]] = talk.read_json(response.content)["results"]["bindings"]
        return [{name: cell["value"] for name, cell in row.items()} for row in bindings]

    def update(self, text: str) -> None:
        """Run an update."""
        content = talk.form([(self.dialect.update, text)])
        self._done("POST", self._url(1), content=content, headers={"Content-Type": talk.FORM})

    def send(self, graph: Graph, name: str) -> None:
        """Put a graph there under a name, in parts of a bounded size; what was there before is replaced."""
        method = "PUT"
        for part in _parts(graph):
            headers = {"Content-Type": talk.TRIPLES}
            self._done(method, self._url(2), params={"graph": name}, content=part, headers=headers)
            method = "POST"

    def triples(self, name: str, graph: Graph) -> Iterator[ox.Triple]:
        """What stands in the graph `name`, which should be as `graph`; read in slices where that is large."""
        if graph.count <= _SLICE or graph.nodes.stat().st_size or not self.dialect.most_rows:
            yield from self._read("GET", self._url(2), params={"graph": name})
            return
        for property_, count in graph.properties.items():
            for condition in _slices(count):
                pattern = f"?s <{property_}> ?o"
                text = f"CONSTRUCT {{ {pattern} }} WHERE {{ GRAPH <{name}> {{ {pattern} {condition} }} }}"
                content = talk.form([("query", text)])
                yield from self._read("POST", self._url(0), content=content, headers={"Content-Type": talk.FORM})

    def _read(self, method: str, url: str, **rest: Any) -> Iterator[ox.Triple]:
        headers = {"Accept": talk.TRIPLES, "Accept-Encoding": "identity"} | rest.pop("headers", {})
        try:
            with self._client.stream(method, url, headers=headers, **rest) as response:
                if response.status_code >= 300:
                    talk.check(response.status_code, response.read(), self.dialect)
                for quad in ox.parse(cast(Any, _Bytes(response.iter_bytes())), format=ox.RdfFormat.N_TRIPLES):
                    yield quad.triple
        except httpx.HTTPError as error:
            raise _told(talk.failure(error)) from error
        except SyntaxError as error:
            raise PublishError(f"What the engine gives back cannot be read: {error}.") from error

    def _url(self, which: int) -> str:
        return self._target.url(which, self.dialect)

    def _done(self, method: str, url: str, **rest: Any) -> httpx.Response:
        response = self._send(method, url, **rest)
        try:
            talk.check(response.status_code, response.content, self.dialect)
        except EngineError as error:
            raise _told(error) from error
        return response

    def _send(self, method: str, url: str, **rest: Any) -> httpx.Response:
        try:
            return self._client.request(method, url, **rest)
        except httpx.HTTPError as error:
            raise _told(talk.failure(error)) from error


def _told(error: GraphError) -> PublishError:
    return PublishError(f"{error} Run the same command again: what has arrived is not sent twice.")


def _parts(graph: Graph) -> Iterator[bytes]:
    """A graph in parts of some size; the triples with blank nodes are all in the first."""
    part = bytearray()
    for path in (graph.nodes, graph.ground):
        with path.open("rb") as lines:
            for line in lines:
                part += line
                if path == graph.ground and len(part) >= PART_BYTES:
                    yield bytes(part)
                    part.clear()
    if part:
        yield bytes(part)


def _slices(count: int) -> Sequence[str]:
    """Conditions that part so many subjects evenly, each once."""
    if count <= _SLICE:
        return [""]
    digits = 1 if count <= 8 * _SLICE else 2
    return [f'FILTER(STRSTARTS(MD5(STR(?s)), "{number:0{digits}x}"))' for number in range(16**digits)]


class _Bytes(io.RawIOBase):
    """The bytes of an answer as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._ready = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._ready = chunk
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count
