"""`/connections`: how two things are connected, as a page with its form, a picture, JSON or CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.errors import NotAcceptable
from gdb_graph.explore.network import Edge, Network
from gdb_graph.explore.paths import HOPS, MOST_HOPS, MOST_PATHS, PATHS, Found, Wish, every_edge, find
from gdb_graph.explore.sentences import number, plain, tell
from gdb_graph.negotiation import best
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.web.connection_files import COLUMNS, document, rows, table
from gdb_graph.web.drawing import draw
from gdb_graph.web.links import Links
from gdb_graph.web.networks import Explored, Networks
from gdb_graph.web.pages import SECURITY, Pages
from gdb_graph.web.parts import HTML, accepted, language, published, varies
from gdb_graph.web.wishes import Fault, Wishes
from gdb_graph.web.wishes import tell as tell_fault
from gdb_graph.web.work import Work

FORMATS = {"json": "application/json", "csv": "text/csv", "svg": "image/svg+xml", "html": HTML}
TAKES = ("from", "to", "max_hops", "via", "kind", "k")
# A list to choose from that is longer than this makes a page too heavy; then names are typed without it.
MOST_CHOICES = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with what it asks for; `wish` only where nothing is wrong and both ends are named."""

    request: Request
    now: Published
    explored: Explored
    wishes: Wishes
    wish: Wish | None
    hops: int
    count: int
    kinds: tuple[str, ...]

    @property
    def lang(self) -> str:
        """The language of what is shown."""
        return language(self.request)


async def connections(request: Request) -> Response:
    """The answer in the format of the suffix, else of `?format=`, else of the Accept header."""
    now = published(request)
    chosen = chosen_format(request, FORMATS)
    networks: Networks = request.app.state.networks
    explored = await networks.of(now)
    # All that follows is work of the processor: beside the event loop.
    work: Work = request.app.state.work
    return await work.do(_respond, request, now, explored, chosen)


def chosen_format(request: Request, formats: Mapping[str, str]) -> str:
    """One of the formats by name. Raises NotAcceptable, naming what there is."""
    asked = request.path_params.get("suffix") or request.query_params.get("format", "")
    if asked in formats:
        return str(asked)
    chosen = None if asked else best(accepted(request), tuple(formats.values()))
    if chosen is None:
        raise NotAcceptable(f"There is no such format: {asked or accepted(request)}. There are: {', '.join(formats)}.")
    return next(name for name, media_type in formats.items() if media_type == chosen)


def _respond(request: Request, now: Published, explored: Explored, chosen: str) -> Response:
    pages: Pages = request.app.state.pages
    asked = _asked(request, now, explored, chosen)
    if chosen == "html":
        return _page(pages, asked)
    asked.wishes.insist(pages.text("en"))
    assert asked.wish is not None  # noqa: S101 - else there was a fault
    network, wordings = explored.network, explored.wordings
    found = find(network, asked.wish)
    headers = {"Vary": "Accept", "X-Snapshot": now.snapshot.id}
    if chosen == "svg":
        parts = urlsplit(request.app.state.base_url)
        headers |= SECURITY | {"Vary": varies(request), "Content-Language": asked.lang}
        return Response(_picture(pages, asked, found, f"{parts.scheme}://{parts.netloc}"), 200, headers, FORMATS["svg"])
    if chosen == "csv":
        text = table(COLUMNS, rows(network, wordings, found))
        return Response(text, headers=headers, media_type="text/csv; charset=utf-8; header=present")
    links = Links(request.app.state.base_url, now.snapshot.names)
    found_as = document(network, wordings, asked.wish, asked.kinds, found, lambda iri: links.absolute(links.iri(iri)))
    return JSONResponse({"snapshot": now.snapshot.id, **found_as}, headers=headers)


def _asked(request: Request, now: Published, explored: Explored, chosen: str) -> Asked:
    network, wordings = explored.network, explored.wordings
    wishes = Wishes(request, network, TAKES)
    is_required = bool(wishes.given) or chosen != "html"
    start = wishes.thing("from", required=is_required)
    # Pages of things lead here with the start alone: on a page the goal is still to be chosen.
    is_begun = chosen == "html" and bool(start) and "to" not in wishes.given
    goal = wishes.thing("to", required=is_required and not is_begun)
    via = wishes.thing("via")
    hops = int(wishes.number("max_hops", HOPS, 1, MOST_HOPS))
    count = int(wishes.number("k", PATHS, 1, MOST_PATHS))
    kinds = wishes.choices("kind", wordings.kinds)
    if start and start == goal:
        wishes.faults.append(Fault("to", "same", (network.label(start, language(request)),)))
    elif via and via in (start, goal):
        wishes.faults.append(Fault("via", "via_end", (network.label(via, language(request)),)))
    wish = None
    if not wishes.faults and start and goal:
        wish = Wish(start, goal, hops, count, via, _allows(explored, kinds))
    return Asked(request, now, explored, wishes, wish, hops, count, kinds)


def _allows(explored: Explored, kinds: tuple[str, ...]) -> Callable[[Edge], bool]:
    if len(kinds) == len(explored.wordings.kinds):
        return every_edge
    return lambda edge: explored.wordings.kind(edge) in kinds


def _picture(pages: Pages, asked: Asked, found: Found, origin: str = "") -> str:
    """The picture; with an `origin`, such as https://example.org, as a file by itself."""
    assert asked.wish is not None  # noqa: S101 - without a wish nothing was found
    network, wordings, lang = asked.explored.network, asked.explored.wordings, asked.lang
    links = Links(asked.request.app.state.base_url, asked.now.snapshot.names, lang)
    ends = (asked.wish.start, asked.wish.goal)
    notes = number(found.paths)
    return pages.render(
        "connections.svg",
        lang=lang,
        t=pages.text(lang),
        names=[network.label(each, lang) for each in ends],
        drawing=draw(network, wordings, ends, found.paths, lang),
        told=[plain(tell(network, wordings, path, notes, lang)) for path in found.paths],
        address=lambda iri: origin + links.iri(iri),
        alone=bool(origin),
    )


def _page(pages: Pages, asked: Asked) -> Response:
    network, lang = asked.explored.network, asked.lang
    found = find(network, asked.wish) if asked.wish else None
    notes = number(found.paths) if found else {}
    response = pages.show(
        asked.request,
        asked.now,
        "connections",
        asked=asked,
        wish=asked.wish,
        found=found,
        notes_of=notes,
        tell=tell_fault,
        told=[tell(network, asked.explored.wordings, path, notes, lang) for path in found.paths] if found else [],
        picture=_picture(pages, asked, found) if found and found.paths else "",
        network=network,
        wordings=asked.explored.wordings,
        offered=choices(network),
        limits={"hops": MOST_HOPS, "paths": MOST_PATHS},
    )
    response.status_code = 422 if asked.wishes.faults else 200
    return response


def choices(network: Network) -> Sequence[str]:
    """The things to choose from, by German label; none where there are too many for a page."""
    if len(network.things) > MOST_CHOICES:
        return []
    return sorted(network.things, key=lambda iri: (network.label(iri, LANGUAGES[0]).casefold(), iri))
