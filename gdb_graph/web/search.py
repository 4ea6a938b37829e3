"""`/search`: a text in, the things it means out, as a page or JSON; what it may become while typed; OpenSearch 1.1.

Any text is a question: none is an error.
"""

import difflib
from collections.abc import Mapping
from html import escape
from textwrap import shorten
from urllib.parse import urljoin

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.errors import BadParameter, NotAcceptable
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.search.find import complete, find
from gdb_graph.search.index import Index
from gdb_graph.web import found as shown
from gdb_graph.web.exchange import KEY, Exchange
from gdb_graph.web.found import Texts
from gdb_graph.web.indexes import Indexes
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import language, published, varies, wants_html
from gdb_graph.web.work import Work

PAGE = 20
MOST_PAGES = 500
SUGGESTIONS = 8
SUGGESTED = "application/x-suggestions+json"
DESCRIPTION = "application/opensearchdescription+xml"


async def search(request: Request) -> Response:
    """`/search?q=…&type=…&page=…`: a page, or JSON by `?format=` or the Accept header."""
    now, as_page = published(request), _as_page(request)
    index = await _index(request)
    text, links = request.query_params.get("q", ""), _links(request, now)
    work: Work = request.app.state.work
    class_ = _class(index, request.query_params.get("type", ""))
    number = _number(request.query_params.get("page", "1"))
    found = await work.do(find, index, text, links.language, PAGE, (number - 1) * PAGE, class_)
    texts = _texts(request)
    hits = await work.do(shown.hits, found, index, texts, links)
    kinds = shown.kinds(found, index, texts, links.language)
    pages = -(-found.total // PAGE)
    if as_page:
        chosen = shown.kind(class_, index, texts) if class_ else None
        values = {
            "asked": text,
            "found": found,
            "hits": hits,
            "kinds": kinds,
            "chosen": chosen,
            "first": (number - 1) * PAGE + 1,
        }
        made: Pages = request.app.state.pages
        return made.show(request, now, "search", number=number, pages=min(pages, MOST_PAGES), **values)
    content = {
        "query": text,
        "how": found.how,
        "corrected": found.text if found.how == "corrected" else None,
        "type": class_ or None,
        "total": found.total,
        "page": number,
        "pages": pages,
        "types": [{"iri": each.iri, "label": each.label, "count": each.count} for each in kinds],
        "hits": [each.data(links) for each in hits],
    }
    return JSONResponse(content, headers=_headers(request, now))


async def suggest(request: Request) -> Response:
    """`/search/suggest?q=…`: the text, the names it may become, what these are, and where they are."""
    now = published(request)
    index = await _index(request)
    text, links = request.query_params.get("q", ""), _links(request, now)
    work: Work = request.app.state.work
    found = await work.do(complete, index, text, links.language, SUGGESTIONS)
    texts = _texts(request)
    hits = await work.do(shown.hits, found, index, texts, links)
    columns = (
        [each.label.text.value for each in hits],
        [each.summary(links.language, texts) for each in hits],
        [urljoin(links.base_url, each.href) for each in hits],
    )
    return JSONResponse([text, *columns], headers=_headers(request, now), media_type=SUGGESTED)


async def description(request: Request) -> Response:
    """`/search/description.xml`: how browsers search here."""
    now = published(request)
    links = _links(request, now)
    title = now.snapshot.manifest["title"].get(links.language) or "gdb-graph"
    about = now.snapshot.manifest["description"].get(links.language, "")
    template = f"?q={{searchTerms}}&lang={links.language}"
    # The lengths are those the specification allows.
    content = f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>{escape(shorten(title, 16, placeholder=""))}</ShortName>
  <LongName>{escape(shorten(title, 48, placeholder=""))}</LongName>
  <Description>{escape(shorten(about, 1024, placeholder=""))}</Description>
  <Url type="text/html" template="{escape(links.absolute("/search") + template)}"/>
  <Url type="{SUGGESTED}" rel="suggestions" template="{escape(links.absolute("/search/suggest") + template)}"/>
  <Language>{links.language}</Language>
  <InputEncoding>UTF-8</InputEncoding>
  <OutputEncoding>UTF-8</OutputEncoding>
</OpenSearchDescription>
"""
    return Response(content, headers=_headers(request, now), media_type=DESCRIPTION)


async def _index(request: Request) -> Index:
    indexes: Indexes = request.app.state.indexes
    exchange: Exchange = request.scope[KEY]
    assert exchange.now is not None  # noqa: S101 - `published` was asked
    # The index is for all: what it asks for is not charged to the client that happens to be the first.
    return await indexes.of(exchange.now)


def _links(request: Request, now: Published) -> Links:
    return Links(request.app.state.base_url, now.snapshot.names, language(request))


def _texts(request: Request) -> Texts:
    pages: Pages = request.app.state.pages
    return {lang: pages.text(lang) for lang in LANGUAGES}


def _headers(request: Request, now: Published) -> Mapping[str, str]:
    return {"Vary": varies(request), "X-Snapshot": now.snapshot.id}


def _as_page(request: Request) -> bool:
    asked = request.query_params.get("format", "")
    if asked not in ("", "html", "json"):
        raise NotAcceptable(f"There is no format {asked!r}. There are: html, json.")
    return asked == "html" or (not asked and wants_html(request, ["application/json"]))


def _class(index: Index, asked: str) -> str:
    """The IRI of the class that is asked for, by itself or by its last part; "" for all."""
    by_name = {iri.rpartition("/")[2].rpartition("#")[2]: iri for iri in sorted(index.used_classes)}
    if not asked or asked in index.used_classes:
        return asked
    if asked not in by_name:
        near = difflib.get_close_matches(asked.rpartition("/")[2].rpartition("#")[2], by_name, 3, 0.4)
        hint = f" Near it: {', '.join(near)}." if near else ""
        raise BadParameter("type", f"'type' names no class of a thing in this graph: {asked[:100]!r}.{hint}")
    return by_name[asked]


def _number(asked: str) -> int:
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= MOST_PAGES):
        raise BadParameter("page", f"'page' must be a number from 1 to {MOST_PAGES}, not {asked[:100]!r}.")
    return int(asked)
