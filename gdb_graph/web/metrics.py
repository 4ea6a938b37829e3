"""Exchanges in, counters in the text format of Prometheus out. The only module that knows prometheus_client."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from itertools import accumulate
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.web.exchange import Exchange

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Source(Protocol):
    """Where a replica pulls its snapshots from."""

    @property
    def reached(self) -> float:
        """When it was last seen, in seconds since 1970; 0: not yet."""


class Metrics(Collector):
    """What is counted. Plain numbers, told to the library when somebody asks: its own cost more than a small answer."""

    def __init__(self, load: Callable[[], Mapping[str, int]], source: Source | None = None) -> None:
        self._load, self._source = load, source
        self._requests: Counter[tuple[str, int, str]] = Counter()
        self._buckets = [0] * (len(_SECONDS) + 1)
        self._seconds = self._query_seconds = 0.0
        self._bytes = self._rows = 0
        self.cache_bytes: Callable[[], int] = int
        self.snapshot: Callable[[], str] = str

    def note(self, scope: MutableMapping[str, Any], exchange: Exchange) -> None:
        """Count one exchange."""
        # The first part of the path alone: a label must have few values. What is not there has one for all.
        route = scope["path"].split("/", 2)[1] if exchange.status != 404 else "none"
        self._requests[route, exchange.status, exchange.outcome] += 1
        seconds = exchange.seconds
        self._buckets[bisect_left(_SECONDS, seconds)] += 1
        self._seconds += seconds
        self._query_seconds += exchange.asked
        self._bytes += exchange.bytes
        self._rows += exchange.rows

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        """Everything counted so far."""
        labels = ("route", "status", "outcome")
        requests = CounterMetricFamily("gdb_requests", "Requests by route, status and outcome", labels=labels)
        for (route, status, outcome), count in self._requests.items():
            requests.add_metric((route, str(status), outcome), count)
        yield requests
        bounds = [*map(str, _SECONDS), "+Inf"]
        buckets = list(zip(bounds, accumulate(self._buckets), strict=True))
        yield HistogramMetricFamily("gdb_request_seconds", "Time until the end of the answer", buckets, self._seconds)
        yield CounterMetricFamily("gdb_response_bytes", "Bytes of answers", self._bytes)
        yield CounterMetricFamily("gdb_rows", "Rows and triples of answers to queries", self._rows)
        yield CounterMetricFamily("gdb_query_seconds", "Time spent on queries", self._query_seconds)
        yield GaugeMetricFamily("gdb_cache_bytes", "Bytes of stored answers", self.cache_bytes())
        queries = GaugeMetricFamily("gdb_queries", "Queries that run or wait, by lane", labels=("state",))
        for state, count in self._load().items():
            queries.add_metric((state,), count)
        yield queries
        snapshot = GaugeMetricFamily("gdb_snapshot", "1 for the snapshot that is served", labels=("id",))
        snapshot.add_metric((self.snapshot(),), 1)
        yield snapshot
        if self._source:
            told = "When the source of the snapshots was last reached, in seconds since 1970"
            yield GaugeMetricFamily("gdb_source_reached_timestamp_seconds", told, self._source.reached)


async def metrics(request: Request) -> Response:
    """`/metrics`."""
    registry = CollectorRegistry()
    registry.register(request.app.state.metrics)
    return Response(generate_latest(registry), headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_LATEST)
