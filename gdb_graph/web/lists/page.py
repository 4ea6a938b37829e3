"""`/undertakings`, `/actors` and the other lists: the address says all that is chosen; as a page, CSV or JSON."""

import csv
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.errors import BadParameter, NotAcceptable
from gdb_graph.negotiation import best
from gdb_graph.queryfile import near
from gdb_graph.web import forms
from gdb_graph.web.links import Links
from gdb_graph.web.lists.choose import Found, Wish, choose
from gdb_graph.web.lists.items import Item, Items, Lists, Option
from gdb_graph.web.lists.plan import Plan, plans
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, accepted, language, published, varies
from gdb_graph.web.work import Work

AT_ONCE = 50
FORMATS = {"json": "application/json", "csv": "text/csv", "html": HTML}
_OTHERS = ("q", "sort", "page", "lang", "format")


def listing(name: str) -> Callable[[Request], Awaitable[Response]]:
    """The route of one list."""

    async def one(request: Request) -> Response:
        now, plan = published(request), plans()[name]
        chosen = _format(request)
        lists: Lists = request.app.state.lists
        items = await lists.of(now, plan)
        # All that follows is work of the processor: beside the event loop.
        work: Work = request.app.state.work
        return await work.do(_respond, request, now, items, chosen)

    return one


def _respond(request: Request, now: Published, items: Items, chosen: str) -> Response:
    wish, lang = _wish(request, items.plan), language(request)
    found = choose(items, wish, lang)
    if chosen == "html":
        return _page(request, now, items, wish, found)
    headers = {"Vary": varies(request), "X-Snapshot": now.snapshot.id}
    links = Links(request.app.state.base_url, now.snapshot.names)
    if chosen == "csv":
        headers |= {"Content-Disposition": f'attachment; filename="{items.plan.name}.csv"'}
        return Response(_csv(items, found, lang), 200, headers, "text/csv; charset=utf-8; header=present")
    return JSONResponse(_document(items, found, links), headers=headers)


def _format(request: Request) -> str:
    asked = request.path_params.get("suffix") or request.query_params.get("format", "")
    if asked in FORMATS:
        return str(asked)
    chosen = None if asked else best(accepted(request), tuple(FORMATS.values()))
    if chosen is None:
        raise NotAcceptable(f"There is no such format: {asked or accepted(request)}. There are: {', '.join(FORMATS)}.")
    return next(name for name, media_type in FORMATS.items() if media_type == chosen)


def _wish(request: Request, plan: Plan) -> Wish:
    """What the address asks for. Raises BadParameter for a facet or a column that the list has not."""
    filters = [each.name for each in plan.filters]
    chosen: dict[str, tuple[str, ...]] = {}
    for name in request.query_params:
        if name in filters:
            keys = [key for key in request.query_params.getlist(name) if key]
            chosen |= {name: tuple(dict.fromkeys(keys))} if keys else {}
        elif name not in _OTHERS:
            raise BadParameter(
                name, f"There is no facet {name!r} here.{near(name, filters)} There are: {', '.join(filters)}."
            )
    sort = request.query_params.get("sort") or "name"
    columns = ["name", *(each.name for each in plan.columns)]
    if sort.removeprefix("-") not in columns:
        raise BadParameter("sort", f"'sort' must be one of {', '.join(columns)}, each with - before it, not {sort!r}.")
    return Wish(chosen, request.query_params.get("q", ""), sort.removeprefix("-"), sort.startswith("-"))


def _number(request: Request) -> int:
    asked = request.query_params.get("page") or "1"
    if not (asked.isascii() and asked.isdigit() and int(asked[:9]) >= 1):
        raise BadParameter("page", f"'page' must be a number from 1 on, not {asked[:100]!r}.")
    return int(asked)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a list under other choices; the language is kept, the page of the answer is not."""

    links: Links
    name: str
    wish: Wish

    def to(self, suffix: str = "", **changed: str) -> str:
        """The same list with some parameters changed; one that is empty is left out."""
        return self._to(suffix, changed)

    def _to(self, suffix: str, changed: Mapping[str, str | Sequence[str]]) -> str:
        wish = self.wish
        sort = f"{'-' if wish.is_descending else ''}{wish.sort}"
        said: dict[str, str | Sequence[str]] = {"q": wish.text, "sort": "" if sort == "name" else sort}
        said |= {**wish.chosen, **changed, "lang": self.links.language}
        query = urlencode({name: value for name, value in said.items() if value}, doseq=True)
        return f"{self.links.plain(f'/{self.name}{suffix}')}?{query}"

    def toggled(self, facet: str, key: str) -> str:
        """The same list with a value of a facet chosen, or no longer."""
        keys = self.wish.chosen.get(facet, ())
        return self._to("", {facet: [each for each in keys if each != key] if key in keys else [*keys, key]})

    def sorted(self, column: str) -> str:
        """The same list by a column; the other way round where it is sorted by that."""
        is_turned = self.wish.sort == column and not self.wish.is_descending
        return self.to(sort=f"-{column}" if is_turned else column)


def _page(request: Request, now: Published, items: Items, wish: Wish, found: Found) -> Response:
    pages: Pages = request.app.state.pages
    links = Links(request.app.state.base_url, now.snapshot.names, language(request))
    number, last = _number(request), max(1, -(-len(found.items) // AT_ONCE))
    at = (number - 1) * AT_ONCE
    return pages.show(
        request,
        now,
        "list",
        plan=items.plan,
        plans=plans(),
        options=items.options,
        wish=wish,
        found=found,
        total=len(items.items),
        shown=found.items[at : at + AT_ONCE],
        number=number,
        last=last,
        address=Addresses(links, items.plan.name, wish),
        called=_called,
    )


def _called(option: Option | None, key: str, lang: str) -> str:
    """A value of a facet as it is shown; a value that nothing has is shown as it was typed."""
    if option is None:
        return key
    return option.label(lang) if option.iri else forms.literal(key, option.datatype, lang)


def _csv(items: Items, found: Found, lang: str) -> str:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["iri", "label_de", "label_en", *(each.name for each in items.plan.columns)])
    for item in found.items:
        cells = (
            "; ".join(items.options[each.name][key].label(lang) for key in item.values.get(each.name, ()))
            for each in items.plan.columns
        )
        lines.writerow([item.iri, item.labels.get("de", item.label("de")), item.labels.get("en", ""), *cells])
    return written.getvalue()


def _document(items: Items, found: Found, links: Links) -> Mapping[str, object]:
    def told(item: Item) -> Mapping[str, object]:
        values = {
            facet: [items.options[facet][key].iri or key for key in keys] for facet, keys in sorted(item.values.items())
        }
        return {"iri": item.iri, "page": links.absolute(links.iri(item.iri)), "label": item.labels, **values}

    counts = {facet: {each.key: each.count for each in counted} for facet, counted in found.counts.items()}
    return {"count": len(found.items), "facets": counts, "items": [told(item) for item in found.items]}
