"""SPARQL 1.1 Protocol, query part: HTTP request in, one query with its dataset out to the engines.

A raw route, since this is the hot path. Section numbers are those of the SPARQL 1.1 Protocol.
"""

import asyncio
from email.message import Message

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph import formats
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.errors import BadQuery
from gdb_graph.negotiation import best
from gdb_graph.web import editor, parameters, workbench
from gdb_graph.web.notes import wants_notes, with_notes
from gdb_graph.web.parameters import Pairs
from gdb_graph.web.parts import HTML, published, respond
from gdb_graph.web.problems import Problem

PATH = "/sparql"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
METHODS = ("GET", "HEAD", "POST")

_ANSWERS = (*formats.TABLES.values(), *formats.GRAPHS.values(), HTML)
# What may stand in the address of the description.
_ABOUT_THE_ANSWER = {"lang", "example", *parameters.FORMAT}


async def sparql(request: Request) -> Response:
    """Answer `/sparql`: GET, POST of a form, POST of a query (2.1.1 to 2.1.3); without a query its description."""
    pairs = parameters.in_address(request)
    if request.method == "POST":
        pairs = await posted(request, pairs)
    elif all(name in _ABOUT_THE_ANSWER for name, _ in pairs):
        return await editor.describe(request, parameters.acceptable(request, pairs))
    now = published(request)
    accept = parameters.acceptable(request, pairs)
    query = query_of(pairs, accept, now.snapshot.names.base)
    if accept and "html" in accept and best(accept, _ANSWERS) == HTML:
        return await workbench.answered(request, now, query)
    if wants_notes(accept):
        return await with_notes(request, now, query)
    return await respond(request, now, query)


async def posted(request: Request, in_address: Pairs) -> Pairs:
    """The parameters of a POST; those of its address count too, but the query must stand in the body."""
    media_type = _media_type(request)
    body = await _body(request)
    if media_type == FORM:
        if parameters.values(in_address, "query"):
            raise BadQuery("State the query in the form, and only there.")
        return [*in_address, *parameters.decode(body)]
    try:
        return [*in_address, ("query", body.decode("utf-8-sig"))]  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        raise BadQuery("The query is not UTF-8.") from error


def _media_type(request: Request) -> str:
    """The media type of the body. Raises Problem where it is none of ours, or is not sent as plain UTF-8."""
    # A missing Content-Type is not a guess at one: several tests of the W3C suite rest on that.
    stated = Message()
    stated["Content-Type"] = request.headers.get("content-type", "")
    media_type = stated.get_content_type() if request.headers.get("content-type") else ""
    if media_type not in (FORM, DIRECT, UPDATE):
        text = f"Send a query as {DIRECT} or {FORM}, and say so in Content-Type."
        raise Problem(415, "media-type", text, {"Accept": f"{DIRECT}, {FORM}"})
    charset = stated.get_content_charset("utf-8")
    if charset not in ("utf-8", "utf8"):
        raise Problem(415, "charset", f"Send the request in UTF-8, not in {charset!r}.")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(415, "content-encoding", "Send the request uncompressed.", {"Accept-Encoding": "identity"})
    if media_type == UPDATE:
        raise _read_only()
    return media_type


def _read_only() -> Problem:
    return Problem(400, "read-only", "Updates are refused: this service is read-only.")


async def _body(request: Request) -> bytes:
    limit: int = request.app.state.settings.query_bytes
    body = bytearray()
    try:
        async with asyncio.timeout(request.app.state.settings.query_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise Problem(413, "too-large", f"The request is larger than {limit} bytes (GDB_QUERY_BYTES).")
    except TimeoutError as error:
        raise Problem(408, "request-timeout", "The request did not come in time. Send it again.") from error
    return bytes(body)


def query_of(pairs: Pairs, accept: str | None, base: str) -> Query:
    """The one query in the parameters, with its dataset (2.1.4), what the client accepts and the service's base IRI.

    Parameters nobody knows are passed over. Raises BadQuery, or Problem for an update.
    """
    if parameters.values(pairs, "update"):
        raise _read_only()
    queries = parameters.values(pairs, "query")
    if len(queries) != 1:
        raise BadQuery(f"There must be exactly one parameter `query`, not {len(queries)}.")
    if not queries[0].strip():
        raise BadQuery("The query is empty.")
    return Query(
        queries[0],
        accept,
        parameters.values(pairs, "default-graph-uri"),
        parameters.values(pairs, "named-graph-uri"),
        base,
        parameters.languages(pairs, "labels"),
    )
