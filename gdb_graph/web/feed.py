"""`/changes.atom`: the latest snapshots as an Atom feed (RFC 4287), one entry each, with what changed in it."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.archive import Archive
from gdb_graph.snapshot import Snapshot
from gdb_graph.web.cache import revalidated
from gdb_graph.web.exchange import KEY, Exchange
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import CLIENT_LEFT, language, published, while_connected
from gdb_graph.web.versions import known, predecessors

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 10
_THINGS = 20
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ElementTree.register_namespace("", _ATOM)


async def feed(request: Request) -> Response:
    """The feed in the language of the request."""
    lang, snapshots, now = language(request), known(request), published(request)
    links = Links(request.app.state.base_url, now.snapshot.names)
    pages: Pages = request.app.state.pages
    text = pages.text(lang)
    before = predecessors(snapshots)
    title = now.snapshot.manifest["title"].get(lang) or "gdb-graph"
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": lang})
    here = links.absolute(f"/changes.atom?lang={lang}")
    _add(root, "id", here)
    _add(root, "title", f"{title}: {text['changes']}")
    _add(root, "updated", max(str(one.manifest["created"]) for one in snapshots))
    _add(_add(root, "author"), "name", title)
    _add(root, "link", rel="self", type=MEDIA_TYPE, href=here)
    _add(root, "link", rel="alternate", type="text/html", href=links.absolute("/snapshots"))
    outlines = await while_connected(request, _outlines(request, snapshots[:_ENTRIES], before, lang))
    if outlines is None:
        return Response(status_code=CLIENT_LEFT)
    for one in snapshots[:_ENTRIES]:
        root.append(_entry(one, before.get(one.id), outlines.get(one.id), links, text))
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    headers = {"Vary": "Accept-Language", "Content-Language": lang, "X-Snapshot": now.snapshot.id}
    return revalidated(request, Response(body, headers=headers, media_type=MEDIA_TYPE))


async def _outlines(
    request: Request, snapshots: Sequence[Snapshot], before: Mapping[str, Snapshot], lang: str
) -> Mapping[str, Mapping[str, Any]]:
    """What changed in each, as far as there is one before it. What has been found is kept if a later one fails."""
    archive: Archive | None = request.app.state.archive
    exchange: Exchange = request.scope[KEY]
    if archive is None:
        return {}
    return {
        one.id: await exchange.charged(partial(archive.changes.outline, before[one.id], one, lang, _THINGS))
        for one in snapshots
        if one.id in before
    }


def _entry(
    one: Snapshot, earlier: Snapshot | None, outline: Mapping[str, Any] | None, links: Links, text: Mapping[str, str]
) -> ElementTree.Element:
    entry = ElementTree.Element(f"{{{_ATOM}}}entry")
    created = str(one.manifest["created"])
    _add(entry, "id", f"urn:uuid:{UUID(one.id)}")  # as in RDF Patch: it stays whatever the address of the service
    _add(entry, "title", f"{text['snapshot']} {one.id[:12]}, {created[:10]}")
    _add(entry, "updated", created)
    page = f"/changes?since={earlier.id}&until={one.id}" if earlier else f"/snapshots/{one.id}"
    _add(entry, "link", rel="alternate", type="text/html", href=links.absolute(page))
    if earlier:
        patch = links.absolute(f"{page}&format=patch")
        _add(entry, "link", rel="related", type="application/rdf-patch", href=patch)
    _add(entry, "link", rel="related", href=links.absolute(f"/snapshots/{one.id}/sparql"))
    if outline is None:
        _add(entry, "summary", text["oldest"])
        return entry
    _add(entry, "summary", " ".join(outline["summary"]))
    if outline["headings"]:
        _add(entry, "content", _list(outline["headings"], outline["total"], text), type="html")
    return entry


def _list(headings: Sequence[str], total: int, text: Mapping[str, str]) -> str:
    items = [f"<li>{escape(heading)}</li>" for heading in headings]
    if total > len(headings):
        items.append(f"<li>{escape(text['and_more'].format(total - len(headings)))}</li>")
    return f"<ul>{''.join(items)}</ul>"


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = _NOT_XML.sub("\ufffd", text) or None
    return child
