"""What holds of every address: HEAD is GET without body, OPTIONS names the methods, scripts of any site may read."""

import asyncio
from pathlib import Path

import httpx
import pytest

from gdb_graph.engine.answer import Answer, Published
from gdb_graph.engine.sparql import Request
from gdb_graph.errors import EngineError, QueryTimeout
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DEFAULT_BASE
from gdb_graph.web.app import ROUTES, create_app
from gdb_graph.web.lists.plan import plans
from tests.conftest import Running
from tests.wire import ORIGIN, ask, names, problem

# One address for each route, by the route's path.
ADDRESSES = {
    "/sparql": "/sparql?query=ASK%7B%7D",
    "/sparql/terms": "/sparql/terms",
    "/sparql/explain": "/sparql/explain?query=ASK%7B%7D",
    "/": "/",
    "/search": "/search?q=Kiez",
    "/search/suggest": "/search/suggest?q=Kiez",
    "/search/description.xml": "/search/description.xml",
    "/connections": "/connections?from=pilot-kiezbox&to=pilot-smart-water",
    "/connections.{suffix}": "/connections.json?from=pilot-kiezbox&to=pilot-smart-water",
    "/partners": "/partners?undertaking=pilot-kiezbox",
    "/partners.{suffix}": "/partners.csv?undertaking=pilot-kiezbox",
    "/overview": "/overview",
    "/overview/{name}": "/overview/timeline",
    "/queries": "/queries",
    "/queries/{name}": "/queries/pilots.csv",
    "/id/{slug:path}": "/id/pilot-kiezbox",
    "/page/{slug:path}": "/page/pilot-kiezbox",
    "/data/{slug:path}": "/data/pilot-kiezbox.ttl",
    "/vocab/{path:path}": "/vocab/role/lead",
    "/graphs": "/graphs?graph=https://w3id.org/gdb-berlin/graph/vocab",
    "/graph/{name}": "/graph/src-citylab-stadtgremium",
    "/ontology": "/ontology",
    "/ontology.{suffix}": "/ontology.ttl",
    "/ontology/{version}": "/ontology/0.1.0",
    "/shapes": "/shapes",
    "/shapes.{suffix}": "/shapes.ttl",
    "/catalog": "/catalog",
    "/catalog.{suffix}": "/catalog.ttl",
    "/datasets/{name}": "/datasets/graph",
    "/quality": "/quality",
    "/.well-known/void": "/.well-known/void",
    "/.well-known/api-catalog": "/.well-known/api-catalog",
    "/robots.txt": "/robots.txt",
    "/sitemap.xml": "/sitemap.xml",
    "/sitemap-{number:int}.xml": "/sitemap-1.xml",
    "/dumps": "/dumps",
    "/dumps/": "/dumps/",
    "/dumps/latest/": "/dumps/latest/",
    "/dumps/latest/{name}": "/dumps/latest/gdb-graph.ttl",
    "/dumps/{id}": "/dumps/{id}",
    "/dumps/{id}/": "/dumps/{id}/",
    "/dumps/{id}/{name}": "/dumps/{id}/gdb-graph.ttl",
    "/tables": "/tables",
    "/tables/": "/tables/",
    "/tables/{name}": "/tables/fields.csv",
    "/snapshots": "/snapshots",
    "/snapshots/{id}": "/snapshots/{id}",
    "/snapshots/{id}/sparql": "/snapshots/{id}/sparql?query=ASK%7B%7D",
    "/snapshots/{id}/queries": "/snapshots/{id}/queries",
    "/snapshots/{id}/queries/{name}": "/snapshots/{id}/queries/pilots",
    "/snapshots/current/manifest.json": "/snapshots/current/manifest.json",
    "/snapshots/{id}/{path:path}": "/snapshots/{id}/tables/fields.csv",
    "/changes": "/changes?since={id}&until={id}",
    "/changes.atom": "/changes.atom",
    "/cite": "/cite",
    "/healthz": "/healthz",
    "/readyz": "/readyz",
    "/metrics": "/metrics",
    "/openapi.json": "/openapi.json",
    "/docs": "/docs",
    **{f"/{name}": f"/{name}" for name in plans()},
    **{f"/{name}.{{suffix}}": f"/{name}.csv" for name in plans()},
    "/language": "/language?to=en&back=/queries",
    "/static": "/static/style.css",
}
# Besides them: what goes wrong.
WRONG = {
    "/nowhere": 404,
    "/sparql?query=": 400,
    "/sparql?query=ASK%7B%7D&format=ttl": 406,
    "/queries/pilots?nobody=knows": 422,
    "/search?page=nobody-knows": 422,
    "/graphs": 400,
    "/undertakings?nobody=knows": 422,
    "/language?to=fr": 422,
    "/graph/nowhere": 404,
    "/static/nowhere.css": 404,
}
# Headers that say when or how, not what.
PASSING = {"date", "server", "connection", "transfer-encoding", "x-request-id"}


def test_every_route_has_an_address_here() -> None:
    assert [route.path for route in ROUTES if route.path not in ADDRESSES] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
@pytest.mark.parametrize("target", [*ADDRESSES.values(), "/sparql", *WRONG])
def test_head_is_get_without_its_body(service: Running, target: str, accept: str) -> None:
    got, head = (ask(service, method, target, ORIGIN | {"Accept": accept}) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (got.status, b"")
    kept, left = (
        {name.lower(): value for name, value in reply.headers.items() if name.lower() not in PASSING}
        for reply in (got, head)
    )
    if target == "/metrics":  # which counts the requests that look at it
        kept["content-length"] = left["content-length"]
    if "content-length" not in kept:  # it came as it was made; once it is stored its length is known
        left.pop("content-length", None)
    assert left == kept
    if "Content-Length" in got.headers:
        assert int(got.headers["Content-Length"]) == len(got.body)


@pytest.mark.parametrize("target", ADDRESSES.values())
def test_options_names_the_methods_that_there_are(service: Running, target: str) -> None:
    reply = ask(service, "OPTIONS", target, ORIGIN)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    allowed = names(reply.headers["Allow"])
    assert allowed == ["GET", "HEAD", "OPTIONS"] + ["POST"] * ("/sparql" in target and "terms" not in target)
    for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE"} - set(allowed):
        refused = ask(service, method, target, ORIGIN, b"")
        problem(refused, 405, "method-not-allowed")
        assert names(refused.headers["Allow"]) == allowed
        assert refused.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("target", [*ADDRESSES.values(), *WRONG])
def test_a_browser_asks_before_a_script_does_and_is_told_yes(service: Running, target: str) -> None:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept,content-type"}
    reply = ask(service, "OPTIONS", target, ORIGIN | asked)
    assert reply.status in (200, 204)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "HEAD", "POST"} <= set(names(reply.headers["Access-Control-Allow-Methods"]))
    assert {"accept", "content-type"} <= set(names(reply.headers["Access-Control-Allow-Headers"].lower()))
    assert int(reply.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("target", ADDRESSES.values())
def test_scripts_of_any_site_may_read_an_answer(service: Running, target: str) -> None:
    reply = ask(service, "GET", target, ORIGIN)
    # Of one snapshot there are no changes.
    assert reply.status in (200, 302, 303, 308) or (target.startswith("/changes?") and reply.status == 404)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("target", "status"), WRONG.items())
def test_scripts_of_any_site_may_read_an_error(service: Running, target: str, status: int) -> None:
    reply = ask(service, "GET", target, ORIGIN)
    assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (status, "*")


@pytest.mark.parametrize(
    ("target", "headers", "size", "status"),
    [
        pytest.param("/sparql", {"Content-Type": "application/sparql-query"}, 1_000_001, 413, id="413"),
        pytest.param("/sparql", {"Content-Type": "text/plain"}, 1, 415, id="415"),
        pytest.param("/sparql", {}, 1, 415, id="415 without type"),
    ],
)
def test_scripts_of_any_site_may_read_why_a_post_was_refused(
    service: Running, target: str, headers: dict[str, str], size: int, status: int
) -> None:
    reply = service.client.post(target, headers=ORIGIN | headers, content=b" " * size)
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (status, "*")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(EngineError("No engine."), 503, id="503"),
        pytest.param(QueryTimeout("Too long."), 504, id="504"),
        pytest.param(RuntimeError("a fault of ours"), 500, id="500"),
    ],
)
@pytest.mark.parametrize("target", ["/sparql?query=ASK%7B%7D", "/readyz"])
def test_scripts_of_any_site_may_read_that_the_service_failed(target: str, error: Exception, status: int) -> None:
    async def run(_: Request) -> Answer:
        raise error

    snapshot = Snapshot(Path("/nowhere"), {"id": "0" * 32, "base": DEFAULT_BASE})

    async def get() -> httpx.Response:
        app = create_app(Settings(), lambda: Published(snapshot, {}, run))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
            return await client.get(target, headers=ORIGIN)

    reply = asyncio.run(get())
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (status, "*")
    assert "a fault of ours" not in reply.text
