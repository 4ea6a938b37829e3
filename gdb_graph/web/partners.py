"""`/partners`: who should come together for an undertaking, as a page with its form, JSON or CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.explore.actors import UNDERTAKING
from gdb_graph.explore.criteria import CRITERIA, Need, Reason
from gdb_graph.explore.network import Network
from gdb_graph.explore.partners import FIELD, MOST_WEIGHT, PLACE, VALUE, WEIGHTS, Ranking, rank
from gdb_graph.explore.sentences import Piece, number, tell
from gdb_graph.web.connection_files import table
from gdb_graph.web.connections import FORMATS, MOST_CHOICES, chosen_format
from gdb_graph.web.links import Links
from gdb_graph.web.networks import Explored, Networks
from gdb_graph.web.pages import Pages
from gdb_graph.web.partner_files import COLUMNS, document, rows
from gdb_graph.web.parts import language, published
from gdb_graph.web.wishes import Fault, Wishes
from gdb_graph.web.wishes import tell as tell_fault
from gdb_graph.web.work import Work

KINDS: Mapping[str, str] = {"undertaking": UNDERTAKING, "field": FIELD, "value": VALUE, "district": PLACE}
TAKES = (*KINDS, *(f"w_{name}" for name in CRITERIA), "limit")
SHOWN, MOST_SHOWN = 10, 200
# A page shows so many reasons of each criterion; the files have all.
REASONS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with what it asks for; `ranking` only where nothing is wrong and something is sought."""

    request: Request
    now: Published
    explored: Explored
    wishes: Wishes
    chosen: Mapping[str, tuple[str, ...]]
    weights: Mapping[str, float]
    most: int
    ranking: Ranking | None


async def partners(request: Request) -> Response:
    """The answer in the format of the suffix, else of `?format=`, else of the Accept header."""
    now = published(request)
    chosen = chosen_format(request, {name: kind for name, kind in FORMATS.items() if name != "svg"})
    networks: Networks = request.app.state.networks
    explored = await networks.of(now)
    # All that follows is work of the processor: beside the event loop.
    work: Work = request.app.state.work
    return await work.do(_respond, request, now, explored, chosen)


def _respond(request: Request, now: Published, explored: Explored, chosen: str) -> Response:
    pages: Pages = request.app.state.pages
    asked = _asked(request, now, explored, chosen)
    if chosen == "html":
        return _page(pages, asked)
    asked.wishes.insist(pages.text("en"))
    assert asked.ranking is not None  # noqa: S101 - else there was a fault
    network, wordings = explored.network, explored.wordings
    headers = {"Vary": "Accept", "X-Snapshot": now.snapshot.id}
    if chosen == "csv":
        text = table(COLUMNS, rows(network, wordings, asked.ranking, asked.most))
        return Response(text, headers=headers, media_type="text/csv; charset=utf-8; header=present")
    links = Links(request.app.state.base_url, now.snapshot.names)
    found = document(network, wordings, asked.ranking, asked.most, lambda iri: links.absolute(links.iri(iri)))
    return JSONResponse({"snapshot": now.snapshot.id, **found}, headers=headers)


def _asked(request: Request, now: Published, explored: Explored, chosen: str) -> Asked:
    wishes = Wishes(request, explored.network, TAKES)
    undertaking = wishes.thing("undertaking", UNDERTAKING)
    several = {name: wishes.things(name, KINDS[name]) for name in ("field", "value", "district")}
    need = Need((*several["field"], *several["value"]), several["district"], undertaking)
    weights = {name: wishes.number(f"w_{name}", WEIGHTS[name], 0, MOST_WEIGHT) for name in CRITERIA}
    most = int(wishes.number("limit", SHOWN, 1, MOST_SHOWN))
    ranking = None
    if not wishes.faults:
        ranking = _ranked(explored, need, weights, wishes, is_required=bool(wishes.given) or chosen != "html")
    picked = {**several, "undertaking": (undertaking,) if undertaking else ()}
    return Asked(request, now, explored, wishes, picked, weights, most, ranking)


def _ranked(
    explored: Explored, need: Need, weights: Mapping[str, float], wishes: Wishes, is_required: bool
) -> Ranking | None:
    if need == Need():
        if is_required:
            wishes.faults.append(Fault("undertaking", "no_need"))
        return None
    try:
        return rank(explored.actors, need, weights)
    except ValueError:
        wishes.faults.append(Fault(f"w_{CRITERIA[0]}", "no_weight"))
        return None


def _page(pages: Pages, asked: Asked) -> Response:
    network, wordings, lang = asked.explored.network, asked.explored.wordings, language(asked.request)
    shown = asked.ranking.partners[: asked.most] if asked.ranking else ()
    notes = number(reason.way for each in shown for part in each.parts for reason in part.reasons[:REASONS])

    def told(reason: Reason) -> Sequence[Piece]:
        return tell(network, wordings, reason.way, notes, lang)

    response = pages.show(
        asked.request,
        asked.now,
        "partners",
        asked=asked,
        ranking=asked.ranking,
        shown=shown,
        told=told,
        notes_of=notes,
        network=network,
        offered={name: choices(network, kind) for name, kind in KINDS.items()},
        limits={"reasons": REASONS, "weight": MOST_WEIGHT, "partners": MOST_SHOWN},
        tell=tell_fault,
    )
    response.status_code = 422 if asked.wishes.faults else 200
    return response


def choices(network: Network, kind: str) -> Sequence[str]:
    """The things of a class to choose from, by German label; none where there are too many for a page."""
    found = network.of(kind)
    return [thing.iri for thing in found] if len(found) <= MOST_CHOICES else []
