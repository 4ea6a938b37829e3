"""A crawler for tests: from an answer all links in it, each with what is stated of what it leads to."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import httpx
import pyoxigraph as ox

from gdb_graph.terms import DCAT, DEFAULT_BASE, SPDX
from tests.harvest import PARSED

LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_LOC = re.compile("<loc>([^<]+)</loc>")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, from where, and what is stated of that: "" and -1 where nothing is."""

    address: str
    stands_in: str
    media_type: str = ""
    bytes: int = -1
    sha256: str = ""
    fragment: str = ""

    accept: str = "*/*"
    """As a browser asks for what a page points at, and a machine for what data names."""


class _Html(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given["id"]} if "id" in given else set()
        addresses = [given[name] for name in ("href", "src") if name in given]
        self.found += [(address, given.get("type", "") if tag != "script" else "") for address in addresses]


def links(response: httpx.Response, ours: Callable[[str], str]) -> Iterator[Link]:
    """The links in an answer that lead to this service; `ours` gives the address below it, or ""."""
    for link in (*_in_header(response), *_in_body(response)):
        address, fragment = urldefrag(ours(urljoin(str(response.url), link.address)))
        if address:
            yield replace(link, address=address, fragment=fragment)


def _in_header(response: httpx.Response) -> Iterator[Link]:
    for address, relation, media_type in LINK.findall(response.headers.get("Link", "")):
        if relation != "type":
            yield Link(address, f"{response.url}, {relation}", media_type, accept=media_type or "*/*")


def _in_body(response: httpx.Response) -> Iterator[Link]:
    kind, here = response.headers["Content-Type"].partition(";")[0], str(response.url)
    if kind == "text/html":
        for address, media_type in _Html(response.text).found:
            yield Link(address, here, media_type, accept=media_type or "text/html, */*;q=0.8")
    elif kind == "application/xml":
        yield from (Link(address, here) for address in _LOC.findall(response.text))
    elif kind in PARSED:
        yield from _in_rdf([*ox.parse(response.content, format=PARSED[kind])], here)
    elif kind.endswith("json"):
        yield from _in_json(json.loads(response.text), here)


def _in_rdf(quads: Iterable[ox.Quad], here: str) -> Iterator[Link]:
    """Every IRI; of a file that a catalogue describes what that says."""
    store = ox.Store()
    store.bulk_extend(quads)
    files = {
        row["url"].value: row
        for row in _select(
            store,
            f"""
          SELECT ?url ?type ?packed ?size ?sum WHERE {{
            ?distribution <{DCAT}downloadURL> ?url .
            OPTIONAL {{ ?distribution <{DCAT}mediaType> ?type }}
            OPTIONAL {{ ?distribution <{DCAT}compressFormat> ?packed }}
            OPTIONAL {{ ?distribution <{DCAT}byteSize> ?size }}
            OPTIONAL {{ ?distribution <{SPDX}checksum>/<{SPDX}checksumValue> ?sum }}
          }}""",
        )
    }
    named = {term.value for quad in store for term in quad.triple if isinstance(term, ox.NamedNode)}
    for address in sorted(named):
        if row := files.get(address):
            type_ = (row["packed"] or row["type"]).value.removeprefix(_MEDIA_TYPES)
            yield Link(address, here, type_, int(row["size"].value), row["sum"].value.lower())
        else:
            yield Link(address, here, accept="text/turtle, */*;q=0.8")


def _select(store: ox.Store, text: str) -> ox.QuerySolutions:
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    return found


def _in_json(value: object, here: str) -> Iterator[Link]:
    """What stands under `url`, with size and checksum where they stand beside it."""
    if isinstance(value, list):
        for each in value:
            yield from _in_json(each, here)
    elif isinstance(value, dict):
        if isinstance(address := value.get("url", value.get("href")), str):
            type_ = value.get("compressFormat") or value.get("mediaType") or value.get("type") or ""
            stated = type_ if "/" in str(type_) else ""
            size, sum_ = value.get("bytes", -1), value.get("sha256", "")
            yield Link(address, here, stated, size, sum_, accept=stated or "*/*")
        for each in value.values():
            yield from _in_json(each, here)


def below(base: str) -> Callable[[str], str]:
    """Where an address or an IRI of ours is found below `base`; "" for all others."""

    def ours(address: str) -> str:
        if address.startswith(DEFAULT_BASE):
            return f"{base}/{address.removeprefix(DEFAULT_BASE)}"
        return address if address.startswith((f"{base}/", f"{base}?")) or address == base else ""

    return ours


def faults(link: Link, response: httpx.Response) -> Iterator[str]:
    """What an answer is other than its link says."""
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if response.status_code != 200:
        yield f"{response.status_code}"
        return
    if link.media_type and kind != link.media_type.partition(";")[0]:
        yield f"{kind}, not {link.media_type}"
    if link.bytes >= 0 and len(response.content) != link.bytes:
        yield f"{len(response.content)} bytes, not {link.bytes}"
    if link.sha256 and hashlib.sha256(response.content).hexdigest() != link.sha256:
        yield "another checksum"
    if link.fragment and kind == "text/html" and link.fragment not in _Html(response.text).ids:
        yield f"no place #{link.fragment}"
    if link.fragment and kind == "text/turtle" and link.fragment not in response.text:
        yield f"nothing about #{link.fragment}"
