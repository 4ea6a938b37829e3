"""Triples and what the client likes in, a response in that serialisation out; the same triples give the same bytes."""

from collections.abc import Iterable, Sequence

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import GRAPH
from gdb_graph.errors import NotAcceptable
from gdb_graph.negotiation import best
from gdb_graph.terms import ADMS, DCAT, DCATAP, DCATDE, HYDRA, SD, SPDX, VCARD
from gdb_graph.web.parts import HTML, accepted
from gdb_graph.web.problems import Problem

SUFFIXES = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "xml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}
# One suffix for each serialisation: what pages and headers point at.
SHOWN = ("ttl", "rdf", "jsonld", "nt")
_PREFIXES = {
    "adms": ADMS,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dcatde": DCATDE,
    "hydra": HYDRA,
    "sd": SD,
    "spdx": SPDX,
    "vcard": VCARD,
}


def wanted(request: Request, suffix: str = "") -> str:
    """The media type to answer with: that of the suffix, else the one the client likes best; HTML is one of them.

    Raises Problem for an unknown suffix, NotAcceptable where nothing fits. `*/*` gets Turtle.
    """
    if suffix:
        if suffix not in SUFFIXES:
            raise Problem(404, "not-found", f"There is no format {suffix!r}. There are: {', '.join(SUFFIXES)}.")
        return SUFFIXES[suffix]
    chosen = best(accepted(request), (*GRAPH, HTML))
    if chosen is None:
        raise NotAcceptable(f"None of these is accepted: {HTML}, {', '.join(GRAPH)}.")
    return chosen


def respond(now: Published, triples: Sequence[ox.Triple], media_type: str, link: str = "") -> Response:
    """The triples in a media type of SUFFIXES, in their order, with a Link header if one is given."""
    format_, content_type = GRAPH[media_type]
    prefixes = now.snapshot.names.prefixes() | _PREFIXES
    headers = {"Vary": "Accept", "X-Snapshot": now.snapshot.id} | ({"Link": link} if link else {})
    return Response(serialised(triples, format_, prefixes), headers=headers, media_type=content_type)


def in_order(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples, each once, sorted, under canonical labels of blank nodes (RDFC-1.0): engines make up theirs."""
    dataset = ox.Dataset(ox.Quad(each.subject, each.predicate, each.object) for each in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in dataset), key=str)


def serialised(triples: Sequence[ox.Triple], format_: ox.RdfFormat, prefixes: dict[str, str]) -> bytes:
    """The triples as bytes, with those of the prefixes that occur, in the order of their names."""
    used = {term.value for triple in triples for term in (triple.predicate, triple.object) if hasattr(term, "value")}
    used |= {triple.subject.value for triple in triples if not isinstance(triple.subject, ox.Triple)}
    occurring = {name: iri for name, iri in sorted(prefixes.items()) if any(each.startswith(iri) for each in used)}
    text = ox.serialize(triples, format=format_, prefixes=occurring)
    assert text is not None  # noqa: S101 - no output was given
    if format_ == ox.RdfFormat.TURTLE:
        # pyoxigraph writes the prefixes in an order that changes from process to process.
        *head, body = text.split(b"\n", len(occurring))
        return b"\n".join([*sorted(head), body])
    return text


def links(pairs: Sequence[tuple[str, str] | tuple[str, str, str]]) -> str:
    """A Link header (RFC 8288) from pairs of address and relation; a third part is the media type."""
    return ", ".join(
        f'<{address}>; rel="{relation}"' + (f'; type="{type_[0]}"' if type_ else "")
        for address, relation, *type_ in pairs
    )
