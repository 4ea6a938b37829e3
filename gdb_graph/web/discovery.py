"""What machines ask for first: robots.txt, the sitemap, and the catalogue of interfaces (RFC 9727)."""

from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from gdb_graph.catalog import reading
from gdb_graph.engine.answer import Published
from gdb_graph.errors import CatalogueError
from gdb_graph.web.links import Links
from gdb_graph.web.parts import published, select
from gdb_graph.web.problems import Problem

# The protocol of sitemaps allows no more in one file (https://www.sitemaps.org/protocol.html).
MOST = 50_000
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_API_CATALOG = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
_THINGS = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing WHERE {{
  ?thing skos:prefLabel|dct:title ?name . FILTER(isIRI(?thing) && STRSTARTS(STR(?thing), "{instances}"))
}} ORDER BY ?thing
"""
_PAGES = ("/", "/overview", "/queries", "/sparql", "/ontology", "/shapes", "/docs", "/catalog", "/quality")


async def robots(request: Request) -> Response:
    """`/robots.txt`: all may be read but the answers that cost an engine; the data is there as files."""
    base = Links(request.app.state.base_url, published(request).snapshot.names)
    lines = ["User-agent: *", f"Disallow: {base.plain('/sparql?')}", f"Disallow: {base.plain('/queries/*?')}"]
    lines += [f"Disallow: {base.plain('/snapshots/*/')}", "", f"Sitemap: {base.absolute('/sitemap.xml')}"]
    return PlainTextResponse("\n".join(lines) + "\n")


async def sitemap(request: Request) -> Response:
    """`/sitemap.xml`, or an index of `/sitemap-{number}.xml` where there are more pages than fit into one."""
    now = published(request)
    addresses = await _addresses(request, now)
    parts = divided(addresses, MOST)
    number = request.path_params.get("number")
    if number is None and len(parts) > 1:
        base = request.app.state.base_url
        listed = [f"{base}/sitemap-{each}.xml" for each in range(1, len(parts) + 1)]
        return _xml(now, "sitemapindex", "sitemap", listed, _modified(request, now))
    wanted = 1 if number is None else number
    if not 1 <= wanted <= len(parts):
        raise Problem(404, "not-found", f"There is no sitemap {wanted}. All are named in /sitemap.xml.")
    return _xml(now, "urlset", "url", parts[wanted - 1], _modified(request, now))


def divided(addresses: Sequence[str], most: int) -> Sequence[Sequence[str]]:
    """The addresses in parts of at most `most`."""
    return [addresses[start : start + most] for start in range(0, max(len(addresses), 1), most)]


async def _addresses(request: Request, now: Published) -> list[str]:
    """All pages and files, in a fixed order: what has a name has a page."""
    links, names = Links(request.app.state.base_url, now.snapshot.names), now.snapshot.names
    _, rows = await select(now, _THINGS.format(instances=names.instances))
    slugs = [row["thing"].value.removeprefix(names.instances) for row in rows]
    paths = [*_PAGES, *(f"/queries/{name}" for name in now.queries), *(f"/page/{quote(slug)}" for slug in slugs)]
    return [*map(links.absolute, paths), *_files(request, now)]


def _files(request: Request, now: Published) -> Iterator[str]:
    try:
        it = reading.catalogue(now.snapshot.manifest, request.app.state.settings)
    except CatalogueError:
        return
    for dataset in it.datasets:
        yield dataset.iri
        yield from (each.url for each in dataset.distributions if not each.service)


def _modified(request: Request, now: Published) -> str:
    try:
        return reading.catalogue(now.snapshot.manifest, request.app.state.settings).modified
    except CatalogueError:
        return str(now.snapshot.manifest["created"])


def _xml(now: Published, root: str, kind: str, addresses: Sequence[str], modified: str) -> Response:
    lines = [f"<{kind}><loc>{escape(each)}</loc><lastmod>{modified}</lastmod></{kind}>" for each in addresses]
    body = "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_SITEMAPS}">', *lines, f"</{root}>", ""]
    )
    return Response(body, headers={"X-Snapshot": now.snapshot.id}, media_type="application/xml")


async def api_catalog(request: Request) -> Response:
    """`/.well-known/api-catalog`: each interface with what describes it, for programs and for people (RFC 9727)."""
    links = Links(request.app.state.base_url, published(request).snapshot.names)

    def to(path: str, type_: str) -> dict[str, str]:
        return {"href": links.absolute(path), "type": type_}

    interfaces = {
        "/sparql": (to("/sparql", "text/turtle"), to("/sparql", "text/html")),
        "/queries": (to("/openapi.json", "application/json"), to("/docs", "text/html")),
        "/catalog": (to("/catalog.ttl", "text/turtle"), to("/catalog", "text/html")),
    }
    here = links.absolute("/.well-known/api-catalog")
    linkset = [{"anchor": here, "item": [{"href": links.absolute(path)} for path in interfaces]}]
    linkset += [
        {"anchor": links.absolute(path), "service-desc": [machine], "service-doc": [human]}
        for path, (machine, human) in interfaces.items()
    ]
    headers = {"Content-Type": _API_CATALOG, "Link": f'<{here}>; rel="api-catalog"'}
    return JSONResponse({"linkset": linkset}, headers=headers)
