"""`/catalog`: the data catalogue for portals as RDF, in pages, and for people as a page."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.catalog import catalogue as description
from gdb_graph.catalog import reading
from gdb_graph.catalog.model import Catalogue, Dataset
from gdb_graph.errors import BadParameter
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, published
from gdb_graph.web.problems import Problem
from gdb_graph.web.rdf import SHOWN, SUFFIXES, links, respond, wanted

PAGE_SIZE = 100


def offered(request: Request) -> Catalogue:
    """The catalogue of what is published now. Raises CatalogueError: a harvester takes less than all for a deletion."""
    return reading.catalogue(published(request).snapshot.manifest, request.app.state.settings)


async def catalog(request: Request) -> Response:
    """`/catalog` and `/catalog.{suffix}`; `?page=` and `?modified_since=` as CKAN's own catalogues have them."""
    now, it = published(request), offered(request)
    media_type = wanted(request, request.path_params.get("suffix", ""))
    changed = [each for each in it.datasets if _moment(each.modified) >= _since(request)]
    number = _number(request)
    pages = list(paged(changed, PAGE_SIZE))
    if number > len(pages):
        raise Problem(404, "not-found", f"There is no page {number}: the last is page {len(pages)}.")
    alternates = links([*((f"{it.iri}.{suffix}", "alternate", SUFFIXES[suffix]) for suffix in SHOWN), *_known(it)])
    if media_type == HTML:
        shown: Pages = request.app.state.pages
        response = shown.show(request, now, "catalog", it=it, datasets=pages[number - 1])
        response.headers["Link"] = alternates
        return response
    here, next_ = (_address(request, each) for each in (number, number + 1))
    several = (here, next_ if number < len(pages) else "") if len(pages) > 1 else ()
    return respond(now, description.whole(it, pages[number - 1], *several), media_type, alternates)


def paged(datasets: Sequence[Dataset], size: int) -> Sequence[Sequence[Dataset]]:
    """The datasets in pages of `size`; at least one page, which may be empty."""
    return [datasets[start : start + size] for start in range(0, max(len(datasets), 1), size)]


def _known(it: Catalogue) -> list[tuple[str, str]]:
    return [(it.coverage.license, "license"), (it.iri, "canonical")]


def _address(request: Request, page: int) -> str:
    """The address of a page in the same serialisation: the next one is read as this one was."""
    parameters = dict(request.query_params) | {"page": str(page)}
    return f"{request.app.state.base_url}{request.url.path}?{urlencode(parameters)}"


def _number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not re.fullmatch("[1-9][0-9]{0,8}", text):
        raise BadParameter("page", f"'page' must be a whole number from 1, not {text!r}.")
    return int(text)


def _since(request: Request) -> datetime:
    text = request.query_params.get("modified_since", "")
    try:
        return _moment(text or "0001-01-01")
    except ValueError as error:
        raise BadParameter(
            "modified_since",
            f"'modified_since' must be a date such as 2026-11-23 or 2026-11-23T12:00:00Z, not {text!r}.",
        ) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
