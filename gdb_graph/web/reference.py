"""The ontology and the shapes as reference pages in both languages, or as RDF: made from the snapshot's own graphs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.rows import Cell
from gdb_graph.terms import GDB, OWL, RDFS, SHAPES, SKOS
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, all_of, published, respond, select
from gdb_graph.web.problems import Problem
from gdb_graph.web.rdf import wanted
from gdb_graph.web.signposts import Forms, forms, signposted

KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
# What a reader wants to know of a term, in this order; a chain is a list and read apart.
SHOWN = (
    f"{RDFS}subClassOf",
    f"{RDFS}subPropertyOf",
    f"{RDFS}domain",
    f"{RDFS}range",
    f"{OWL}inverseOf",
    f"{SKOS}scopeNote",
    f"{SKOS}example",
)
_TERMS = """
SELECT ?term ?kind ?property ?value WHERE {{
  GRAPH <{graph}> {{
    VALUES ?kind {{ {kinds} }}
    ?term a ?kind . FILTER(STRSTARTS(STR(?term), "{gdb}"))
    VALUES ?property {{ {shown} <{rdfs}label> <{skos}definition> }}
    ?term ?property ?value
  }}
}} ORDER BY ?term ?value
"""
_CHAINS = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?term ?first ?second WHERE {{
  GRAPH <{graph}> {{ ?term owl:propertyChainAxiom ?list . ?list rdf:first ?first ; rdf:rest/rdf:first ?second }}
}}
"""
_SHAPES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?shape ?severity ?path ?de ?en WHERE {{
  GRAPH <{graph}> {{
    ?shape sh:severity ?severity ; sh:message ?de, ?en .
    FILTER(LANG(?de) = "de" && LANG(?en) = "en")
    OPTIONAL {{ ?shape sh:path ?path FILTER(isIRI(?path)) }}
  }}
}} ORDER BY ?shape
"""


@dataclass(slots=True)
class Term:
    """One term of the ontology: its label and definition by language, and what else is said of it by property."""

    iri: str
    kind: str
    label: dict[str, str] = field(default_factory=dict)
    definition: dict[str, str] = field(default_factory=dict)
    said: dict[str, list[Cell]] = field(default_factory=dict)
    chain: tuple[str, str] | None = None


async def ontology(request: Request) -> Response:
    """`/ontology` and `/ontology.{suffix}`: every term with all that is said of it."""
    now, media_type = published(request), wanted(request, request.path_params.get("suffix", ""))
    of = forms(request.app.state.base_url, GDB.rstrip("#"), "/ontology", "/ontology")
    if media_type != HTML:
        return await _rdf(request, now, of, "ontology", media_type)
    terms = await _terms(now)
    pages: Pages = request.app.state.pages
    labels = {term.iri: term.label for term in terms.values()}
    response = pages.show(
        request,
        now,
        "ontology",
        terms=sorted(terms.values(), key=lambda term: term.iri),
        kinds=KINDS,
        shown=SHOWN,
        labels=labels,
        counts=now.snapshot.manifest["counts"]["classes"],
        forms=of,
    )
    return signposted(request, now, of, of.page, response)


async def version(request: Request) -> Response:
    """`/ontology/{version}`, the IRI of a version: 303 to the ontology where it is that one."""
    now, asked = published(request), request.path_params["version"]
    stated = now.snapshot.manifest.get("dataset", {}).get("ontology", {})
    if f"{GDB.rstrip('#')}/{asked}" != stated.get("version_iri"):
        known = f" This service has {stated['version']}, at /ontology." if stated.get("version") else ""
        raise Problem(404, "not-found", f"There is no version {asked!r} of the ontology here.{known}")
    return RedirectResponse(f"{request.app.state.base_url}/ontology", 303)


async def _terms(now: Published) -> Mapping[str, Term]:
    graph = now.snapshot.names.graph("ontology")
    text = _TERMS.format(
        graph=graph,
        gdb=GDB,
        rdfs=RDFS,
        skos=SKOS,
        kinds=" ".join(f"<{OWL}{kind}>" for kind in KINDS),
        shown=" ".join(f"<{each}>" for each in SHOWN),
    )
    terms: dict[str, Term] = {}
    for row in (await select(now, text))[1]:
        iri, kind, said, value = (row[name].value for name in ("term", "kind", "property", "value"))
        term = terms.setdefault(iri, Term(iri, kind.removeprefix(OWL)))
        if said == f"{RDFS}label":
            term.label[row["value"].language] = value
        elif said == f"{SKOS}definition":
            term.definition[row["value"].language] = value
        else:
            term.said.setdefault(said, []).append(row["value"])
    for row in (await select(now, _CHAINS.format(graph=graph)))[1]:
        terms[row["term"].value].chain = (row["first"].value, row["second"].value)
    return terms


async def shapes(request: Request) -> Response:
    """`/shapes` and `/shapes.{suffix}`: every constraint with its message."""
    now, media_type = published(request), wanted(request, request.path_params.get("suffix", ""))
    of = forms(request.app.state.base_url, SHAPES.rstrip("#"), "/shapes", "/shapes")
    if media_type != HTML:
        return await _rdf(request, now, of, "shapes", media_type)
    rows = (await select(now, _SHAPES.format(graph=now.snapshot.names.graph("shapes"))))[1]
    pages: Pages = request.app.state.pages
    response = pages.show(request, now, "shapes", rows=rows, namespace=SHAPES, forms=of)
    return signposted(request, now, of, of.page, response)


async def _rdf(request: Request, now: Published, of: Forms, name: str, media_type: str) -> Response:
    response = await respond(request, now, Asked(all_of(now.snapshot.names.graph(name)), media_type))
    return signposted(request, now, of, of.at(media_type), response)
