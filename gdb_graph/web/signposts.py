"""A thing and the addresses of what describes it in, headers that lead from each of these to all others out.

FAIR Signposting, level 1 (https://signposting.org/FAIR/), by Link (RFC 8288); dates by RFC 9110, 8.8.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.answer import Published
from gdb_graph.formats import GRAPHS
from gdb_graph.web import delivery
from gdb_graph.web.parts import HTML
from gdb_graph.web.rdf import links

Link = tuple[str, str] | tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Forms:
    """What is described, and where: `page` for people, `data` by suffix for machines. All are absolute."""

    iri: str
    page: str
    data: Mapping[str, str]

    def type(self, suffix: str) -> str:
        """The media type of a form of the data."""
        return GRAPHS[suffix]

    def path(self, address: str) -> str:
        """An address of ours as a link on a page: it holds on whatever host the page is seen."""
        return urlsplit(address).path

    def at(self, media_type: str) -> str:
        """The address of the description in this media type."""
        return next((self.data[suffix] for suffix, each in GRAPHS.items() if each == media_type), self.page)


def forms(base_url: str, iri: str, page: str, data: str) -> Forms:
    """The forms of the description of `iri`: `page` and `data` are quoted paths, `data` without its suffix."""
    return Forms(iri, f"{base_url}{page}", {suffix: f"{base_url}{data}.{suffix}" for suffix in GRAPHS})


def signposted(request: Request, now: Published, of: Forms, here: str, response: Response) -> Response:
    """The response with Link, Content-Location and Last-Modified; 304 where the client has it.

    `here` is the address of the form that the response holds; "" for one that leads to them.
    """
    more = response.headers.get("Link")
    about = links([*_about(of, here), *_licence(now, request.app.state.base_url)])
    response.headers["Link"] = f"{about}, {more}" if more else about
    if not here:
        return response
    if here != of.page:
        response.headers["Content-Location"] = here
    return dated(request, now, response)


def dated(request: Request, now: Published, response: Response) -> Response:
    """The response with the time at which the data came to be as it is; 304 to a client that names just that time.

    Not to one that names a later time: after a step back to an older snapshot that has seen something else.
    """
    modified = changed(now)
    response.headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    given = request.headers
    if "if-none-match" in given or delivery.date(given.get("if-modified-since")) != modified:
        return response
    kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
    return Response(status_code=304, headers=kept)


def changed(now: Published) -> datetime:
    """When the last of the datasets came to be as it is; another build of the same files does not change that."""
    manifest = now.snapshot.manifest
    told = [each["modified"] for each in manifest.get("editions", {}).values()] or [manifest["created"]]
    return max(map(datetime.fromisoformat, told)).astimezone(UTC).replace(microsecond=0)


def _about(of: Forms, here: str) -> list[Link]:
    data = [(address, GRAPHS[suffix]) for suffix, address in of.data.items()]
    others: list[Link] = [
        (address, "alternate", type_) for address, type_ in [(of.page, HTML), *data] if address != here
    ]
    cited: list[Link] = [(of.iri, "cite-as")]
    if here and here != of.page:
        return [(of.iri, "describes"), *cited, (here, "canonical"), *others]
    described: list[Link] = [(address, "describedby", type_) for address, type_ in data]
    about: list[Link] = [(here, "canonical"), ("https://schema.org/AboutPage", "type")] if here else []
    return [*cited, *about, *described, *others]


def _licence(now: Published, base_url: str) -> list[Link]:
    licence = now.snapshot.manifest.get("dataset", {}).get("license")
    in_: list[Link] = [(f"{base_url}/datasets/graph", "collection")]
    return [(licence, "license"), *in_] if licence else in_
