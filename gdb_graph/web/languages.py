"""`/language?to=en&back=/…`: the language someone chose on a page in, a cookie and that page again out.

The cookie holds two letters and nothing about anybody; it is read where an address does not say the language.
"""

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdb_graph.errors import BadParameter
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.web.parts import COOKIE

PATH = "/language"
_YEAR = 365 * 24 * 60 * 60
# A path of this service: what begins with two slashes, or holds a backslash, leads to another host in some browsers.
_PATH = re.compile(r"/(?![/\\])[^\\\s]*")


async def switch(request: Request) -> Response:
    """303 to the page `back` in the language `to`, which is kept in a cookie. Raises BadParameter."""
    to, back = request.query_params.get("to", ""), request.query_params.get("back", "/")
    if to not in LANGUAGES:
        raise BadParameter("to", f"There is no language {to!r}. There are: {', '.join(LANGUAGES)}.")
    if not _PATH.fullmatch(back):
        raise BadParameter("back", f"'back' must be a path of this service such as /queries, not {back!r}.")
    base = request.app.state.base_url
    response = RedirectResponse(in_language(base, back, to), 303, {"Cache-Control": "no-store"})
    path = f"{urlsplit(base).path}/"
    response.set_cookie(COOKIE, to, _YEAR, path=path, secure=base.startswith("https:"), httponly=True, samesite="lax")
    return response


def in_language(base: str, target: str, lang: str) -> str:
    """The absolute address of `target`, a path with its query, in a language."""
    path, _, query = target.partition("?")
    pairs = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "lang"]
    return f"{base}{path}?{urlencode([*pairs, ('lang', lang)])}"


def offered(request: Request, lang: str) -> dict[str, str]:
    """The address of the switch to each language but the one shown; it leads back to the page of the request."""
    path, query = quote(request.scope["path"]), request.scope["query_string"].decode("latin-1")
    back = f"{path}?{query}" if query else path
    below = urlsplit(request.app.state.base_url).path
    return {code: f"{below}{PATH}?{urlencode({'to': code, 'back': back})}" for code in LANGUAGES if code != lang}
