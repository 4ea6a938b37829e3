"""`/cite`: how to cite a snapshot, a thing in it, or a query with a digest of its answer: page, BibTeX, CSL-JSON."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode, urljoin

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine import tokens
from gdb_graph.engine.answer import Answer, Published
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.errors import BadQuery, NotAcceptable, ResultTooLarge
from gdb_graph.negotiation import best
from gdb_graph.settings import Settings
from gdb_graph.terms import DCT, FOAF, RDFS, SKOS, VOID
from gdb_graph.web.bibliography import BIBTEX, CSL, Work, bibtex, csl
from gdb_graph.web.links import Links
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import CLIENT_LEFT, HTML, accepted, language, published, select, varies, while_connected
from gdb_graph.web.problems import Problem
from gdb_graph.web.versions import at, find

FORMATS = {"bibtex": BIBTEX, "csl": CSL, "html": HTML}
_LARGEST = 8 * 1024 * 1024
_ANSWERS = {"text/csv": "csv", "application/sparql-results+json": "json", "application/n-triples": "nt"}
_WHO = f"""
SELECT ?term ?who (SAMPLE(?text) AS ?name) WHERE {{{{
  ?dataset <{VOID}uriSpace> ?space ; ?term ?who . VALUES ?term {{{{ <{DCT}creator> <{DCT}publisher> }}}}
  OPTIONAL {{{{
    VALUES ?naming {{{{ <{FOAF}name> <{SKOS}prefLabel> <{RDFS}label> }}}}
    ?who ?naming ?text . FILTER(LANG(?text) IN ("{{lang}}", ""))
  }}}}
}}}} GROUP BY ?term ?who ORDER BY ?term ?name ?who
"""
_LABEL = f"""
SELECT ?label WHERE {{{{
  VALUES ?naming {{{{ <{SKOS}prefLabel> <{RDFS}label> <{DCT}title> }}}} {{node}} ?naming ?label .
}}}} ORDER BY DESC(LANG(?label) = "{{lang}}") ?label LIMIT 1
"""


async def cite(request: Request) -> Response:
    """The snapshot `snapshot` (default: the current one); with `iri` a thing in it, with `query` an answer from it.

    `format` (bibtex, csl or html) goes before the Accept header.
    """
    chosen, asked = _format(request), request.query_params
    now = at(request, find(request, asked.get("snapshot", published(request).snapshot.id)))
    if "iri" in asked and "query" in asked:
        raise Problem(400, "bad-request", "Name a thing (iri) or a query, not both.")
    if "iri" in asked:
        work = await _thing(request, now, asked["iri"])
    elif "query" in asked:
        found = await while_connected(request, _query(request, now, asked["query"]))
        if found is None:
            return Response(status_code=CLIENT_LEFT)
        work = found
    else:
        work = await _snapshot(request, now)
    if chosen == HTML:
        pages: Pages = request.app.state.pages
        forms = {"BibTeX": ("bibtex", bibtex(work)), "CSL-JSON": ("csl", csl(work))}
        values = {name: value for name, value in asked.items() if name in ("iri", "query")}
        command = f"curl -s '{work.url}' | LC_ALL=C sort | sha256sum" if "query" in asked else ""
        return pages.show(request, now, "cite", work=work, forms=forms, values=values, command=command)
    headers = {"Vary": varies(request), "X-Snapshot": now.snapshot.id}
    return Response(bibtex(work) if chosen == BIBTEX else csl(work), headers=headers, media_type=chosen)


def _format(request: Request) -> str:
    asked = request.query_params.get("format")
    chosen = FORMATS.get(asked, "") if asked else best(accepted(request), (*FORMATS.values(),))
    if not chosen:
        raise NotAcceptable(f"Citations come as {', '.join(FORMATS.values())}. Ask for one of them, or for */*.")
    return chosen


async def _snapshot(request: Request, now: Published) -> Work:
    """The whole snapshot; its publisher is whom the settings name, else whom the data names, else nobody."""
    lang, manifest, id_ = language(request), now.snapshot.manifest, now.snapshot.id
    settings: Settings = request.app.state.settings
    who: dict[str, list[str]] = {f"{DCT}creator": [], f"{DCT}publisher": []}
    for row in (await select(now, _WHO.format(lang=lang)))[1]:
        name = row.get("name") or row["who"]
        if name.kind != "bnode":
            who[row["term"].value].append(name.value)
    return Work(
        f"graph-{id_[:12]}",
        manifest["title"].get(lang) or now.snapshot.names.base,
        f"{request.app.state.base_url}/snapshots/{id_}",
        id_,
        manifest["created"],
        tuple(who[f"{DCT}creator"]),
        settings.publisher_name or ", ".join(who[f"{DCT}publisher"]),
    )


async def _thing(request: Request, now: Published, iri: str) -> Work:
    links = Links(request.app.state.base_url, now.snapshot.names)
    try:
        text = _LABEL.format(node=ox.NamedNode(iri), lang=language(request))
    except ValueError:  # not an IRI
        text = ""
    rows = (await select(now, text))[1] if text and links.is_ours(iri) else []
    if not rows:
        raise Problem(
            404, "not-found", f"There is no {iri!r} in this snapshot. Give the full IRI that its page states."
        )
    whole = await _snapshot(request, now)
    return replace(
        whole,
        key=f"{whole.key}-{hashlib.sha256(iri.encode()).hexdigest()[:8]}",
        title=rows[0]["label"].value,
        part_of=whole.title,
        url=urljoin(links.base_url, links.iri(iri)),
        note=iri,
    )


async def _query(request: Request, now: Published, query: str) -> Work:
    if tokens.differs_each_time(query):
        raise BadQuery(
            "Its answer is another one each time (NOW, RAND, UUID, STRUUID or BNODE); nobody could check it."
        )
    answer = await now.run(Asked(query, ", ".join(f"{name};q=0.{9 - n}" for n, name in enumerate(_ANSWERS))))
    digest = await asyncio.to_thread(sorted_digest, await _bounded(answer))
    form = _ANSWERS[answer.content_type.partition(";")[0]]
    whole, text = await _snapshot(request, now), _text(request)
    address = f"/snapshots/{whole.version}/sparql?{urlencode({'query': query, 'format': form})}"
    return replace(
        whole,
        key=f"{whole.key}-{digest[:8]}",
        title=text["query_to"].format(whole.title),
        url=f"{request.app.state.base_url}{address}",
        note=text["digest"].format(form.upper(), digest),
    )


def _text(request: Request) -> Mapping[str, str]:
    pages: Pages = request.app.state.pages
    return pages.text(language(request))


async def _bounded(answer: Answer) -> bytes:
    if answer.chunks is None:
        return answer.body
    body = bytearray()
    try:
        async for chunk in answer.chunks:
            body += chunk
            if len(body) > _LARGEST:
                raise ResultTooLarge(f"An answer that is cited may have {_LARGEST} bytes. Ask for less, or cite all.")
    finally:
        await answer.chunks.aclose()
    return bytes(body)


def sorted_digest(body: bytes) -> str:
    """The SHA-256 of the lines in the order of their bytes: the rows of a query without ORDER BY may come in any.

    What `LC_ALL=C sort | sha256sum` says.
    """
    lines = body.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return hashlib.sha256(b"".join(line + b"\n" for line in sorted(lines))).hexdigest()
