"""An expected error in, a response that says what to do next out: problem+json (RFC 9457), HTML for browsers."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.errors import (
    BadParameter,
    BadQuery,
    Busy,
    CatalogueError,
    EngineCannot,
    EngineError,
    EngineGone,
    GraphError,
    NotAcceptable,
    QueryTimeout,
    QueryTooLarge,
    ResultTooLarge,
    SnapshotError,
    TooMuch,
)
from gdb_graph.negotiation import best
from gdb_graph.web.exchange import KEY
from gdb_graph.web.pages import SECURITY, Pages
from gdb_graph.web.parts import accepted, language, varies

# The last part of a problem's type is the class's name in kebab case; clients may rely on it.
STATUS: dict[type[GraphError], int] = {
    BadParameter: 422,
    BadQuery: 400,
    NotAcceptable: 406,
    ResultTooLarge: 400,
    QueryTimeout: 504,
    QueryTooLarge: 503,
    TooMuch: 429,
    Busy: 503,
    EngineGone: 502,
    EngineCannot: 501,
    EngineError: 503,
    SnapshotError: 503,
    CatalogueError: 503,
}
_RETRY_SECONDS = 2
_HTML = "text/html"


class Problem(HTTPException):
    """A request that is wrong as HTTP: a status, a kind for the problem's type, a sentence, and more members."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        headers: dict[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.kind, self.members = kind, members or {}


async def show_error(request: Request, error: Exception) -> Response:
    """Errors of the tree and of HTTP are the asker's business and shown; all others are ours and hidden."""
    if not isinstance(error, (GraphError, HTTPException)):
        detail = "Something went wrong here; the log of the service says what."
        return problem(request, 500, "internal", detail, {})
    if isinstance(error, HTTPException) and error.status_code == 405:
        return _other_method(request, (error.headers or {}).get("Allow", "GET, HEAD"))
    if isinstance(error, HTTPException):
        kind = getattr(error, "kind", HTTPStatus(error.status_code).phrase.lower().replace(" ", "-"))
        extra = getattr(error, "members", {})
        return problem(request, error.status_code, kind, str(error.detail), dict(error.headers or {}), **extra)
    told = tell(error)
    return problem(request, told.status, told.kind, told.detail, dict(told.headers), **told.extra)


@dataclass(frozen=True, slots=True)
class Told:
    """What a problem document says of an error of the tree."""

    status: int
    kind: str
    detail: str
    headers: Mapping[str, str]
    extra: Mapping[str, Any]


def tell(error: GraphError) -> Told:
    """The status, kind and sentence of an error, and what else its answer has."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers = {"Retry-After": str(getattr(error, "seconds", _RETRY_SECONDS))} if status in (429, 503) else {}
    return Told(status, _kebab(type(error).__name__), str(error), headers, _extra(error))


def _extra(error: GraphError) -> dict[str, Any]:
    """What a problem has beside its sentence: the parameter at fault, or the place in the query."""
    if isinstance(error, BadParameter):
        return {"parameter": error.parameter}
    if isinstance(error, BadQuery) and error.line:
        return {"line": error.line, "column": error.column}
    return {}


def _other_method(request: Request, allowed: str) -> Response:
    """405 names the methods there are; OPTIONS asks for no more than that, of any address (RFC 9110, 9.3.7)."""
    methods = ", ".join(sorted({*allowed.replace(" ", "").split(","), "OPTIONS"}))
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": methods})
    text = f"{request.method} is not possible here; this service is read-only. Possible are {methods}."
    return problem(request, 405, "method-not-allowed", text, {"Allow": methods})


def problem(request: Request, status: int, kind: str, detail: str, headers: dict[str, str], **extra: Any) -> Response:
    """One problem document; as a small page where the client likes HTML better."""
    title = HTTPStatus(status).phrase
    headers = headers | {"Vary": "Accept"} | noted(request, kind)
    if best(accepted(request), ("application/problem+json", _HTML)) == _HTML:
        pages: Pages = request.app.state.pages
        headers |= SECURITY | {"Vary": varies(request), "Content-Language": language(request)}
        named = [*extra.get("replacedBy", ()), *extra.get("near", ())]
        return Response(pages.problem(request, status, kind, detail, named), status, headers, _HTML)
    content = {"type": f"{_base(request)}/problems#{kind}", "title": title, "status": status, "detail": detail} | extra
    return JSONResponse(content, status, headers, "application/problem+json")


def noted(request: Request, kind: str) -> dict[str, str]:
    """The headers that every answer to something wrong has; its kind is noted for the log."""
    headers = {"Cache-Control": "no-store"}
    if exchange := request.scope.get(KEY):
        headers["X-Request-Id"] = exchange.id
        exchange.outcome = kind
    return headers


def _base(request: Request) -> str:
    return str(request.app.state.base_url)


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
