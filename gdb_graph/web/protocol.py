"""SPARQL 1.1 Protocol, query part: HTTP request in, one query with its dataset out to the engines.

A raw route, since this is the hot path. Section numbers are those of the SPARQL 1.1 Protocol.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.sparql import Request as Query
from gdb_graph.errors import BadQuery
from gdb_graph.web import editor
from gdb_graph.web.parts import accepted, published, respond
from gdb_graph.web.problems import Problem

PATH = "/sparql"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
Pairs = Sequence[tuple[str, str]]


async def sparql(request: Request) -> Response:
    """Answer `/sparql`: GET, POST of a form, POST of a query (2.1.1 to 2.1.3); without a query its description."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": ", ".join(METHODS)})
    pairs = _decode(request.scope["query_string"], request)
    if request.method == "POST":
        pairs = await _posted(request, pairs)
    elif not pairs or all(name == "lang" for name, _ in pairs):
        return await editor.describe(request)
    return await respond(request, published(request), query_of(pairs, accepted(request)))


async def _posted(request: Request, in_address: Pairs) -> Pairs:
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    if "charset=" in parameters and "utf-8" not in parameters:
        raise Problem(415, "charset", "Send the request in UTF-8.")
    body = await _body(request)
    match media_type.strip():
        case "application/x-www-form-urlencoded":
            if any(name == "query" for name, _ in in_address):
                raise Problem(400, "bad-query", "State the query in the form, not in the address as well.")
            return [*in_address, *_decode(body, request)]
        case "application/sparql-query":
            return [*in_address, ("query", _text(body))]
        case "application/sparql-update":
            raise Problem(400, "read-only", "Updates are refused: this service is read-only.")
        case _:
            raise Problem(415, "media-type", f"Send a query as {DIRECT} or {FORM}, and say so in Content-Type.")


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


def _decode(text: bytes, request: Request) -> Pairs:
    limit: int = request.app.state.settings.query_bytes
    if len(text) > limit:
        raise Problem(414, "too-large", f"The address is larger than {limit} bytes (GDB_QUERY_BYTES).")
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise BadQuery("The parameters are not UTF-8 in percent-encoding.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadQuery("The query is not UTF-8.") from error


def query_of(pairs: Pairs, accept: str | None) -> Query:
    """The one query in the parameters, with its dataset (2.1.4) and what the client accepts.

    `format` (a media type, or json, xml, csv, tsv, ttl, nt, rdf, jsonld) goes before the Accept header.
    Raises BadQuery, or Problem for an update.
    """
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    if "update" in found:
        raise Problem(400, "read-only", "Updates are refused: this service is read-only.")
    if len(found.get("query", [])) != 1:
        raise BadQuery(f"There must be exactly one parameter `query`, not {len(found.get('query', []))}.")
    return Query(
        found["query"][0],
        _accept(found["format"][0]) if "format" in found else accept,
        tuple(found.get("default-graph-uri", ())),
        tuple(found.get("named-graph-uri", ())),
    )


def _accept(format_: str) -> str:
    return FORMATS.get(format_, format_)


FORMATS = {
    "json": "application/sparql-results+json, application/ld+json;q=0.5",
    "xml": "application/sparql-results+xml, application/rdf+xml;q=0.5",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
