"""For those who run the service: is it alive, is it ready."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.engine.sparql import Request as Query
from gdb_graph.web.parts import published

_NO_STORE = {"Cache-Control": "no-store"}


async def healthz(_request: Request) -> Response:
    """200 while the HTTP process runs."""
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


async def readyz(request: Request) -> Response:
    """200 when a query is answered from a snapshot, with its id; else a problem with 503 or 504."""
    now = published(request)
    await now.run(Query("ASK {}"))
    return JSONResponse({"status": "ready", "snapshot": now.snapshot.id}, headers=_NO_STORE)
