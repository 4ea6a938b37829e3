"""`/sparql/explain`: a query as the protocol gives it in, why it has no rows out, as JSON."""

from dataclasses import asdict, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.web import parameters
from gdb_graph.web.diagnosis import COUNTED, diagnose
from gdb_graph.web.parts import CLIENT_LEFT, JSON_RESULTS, published, while_connected, whole
from gdb_graph.web.protocol import posted, query_of

_SOME = f"{JSON_RESULTS}, application/n-triples;q=0.5"


async def explain(request: Request) -> Response:
    """Whether the query has rows and, where it has none, what was found out about that. Raises what the query does."""
    now = published(request)
    pairs = parameters.in_address(request)
    if request.method == "POST":
        pairs = await posted(request, pairs)
    query = query_of(pairs, _SOME, now.snapshot.names.base)
    seconds: float = request.app.state.settings.query_seconds
    found = await while_connected(request, _explained(now, query, seconds))
    if found is None:
        return Response(status_code=CLIENT_LEFT)
    return JSONResponse(found, headers={"Vary": "Accept", "X-Snapshot": now.snapshot.id})


async def _explained(now: Published, query: Query, seconds: float) -> dict[str, Any]:
    answer = await now.run(replace(query, first=1))
    body = await whole(answer)
    if answer.rows or body.startswith(b'{"head":{},"boolean":true'):
        return {"rows": True}
    found = asdict(await diagnose(now, query, seconds))
    if found["removed"]:
        before = found["removed"].pop("before")
        found["removed"] |= found["removed"].pop("piece")
        found["removed"] |= {"rows_before": before, "rows_before_counted_to": COUNTED + 1}
    return {"rows": False, **found}
