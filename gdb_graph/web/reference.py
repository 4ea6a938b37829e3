"""The ontology and the shapes as reference pages in both languages, or as RDF: made from the snapshot's own graphs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import GRAPH
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.rows import Cell
from gdb_graph.terms import GDB, OWL, RDFS, SHAPES, SKOS
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import accepted, all_of, published, respond, select, wants_html

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
    """`/ontology`: every term with all that is said of it."""
    now = published(request)
    if not wants_html(request, [*GRAPH]):
        return await _rdf(request, now, "ontology")
    terms = await _terms(now)
    pages: Pages = request.app.state.pages
    labels = {term.iri: term.label for term in terms.values()}
    return pages.show(
        request,
        now,
        "ontology",
        terms=sorted(terms.values(), key=lambda term: term.iri),
        kinds=KINDS,
        shown=SHOWN,
        labels=labels,
        counts=now.snapshot.manifest["counts"]["classes"],
    )


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
    """`/shapes`: every constraint with its message."""
    now = published(request)
    if not wants_html(request, [*GRAPH]):
        return await _rdf(request, now, "shapes")
    rows = (await select(now, _SHAPES.format(graph=now.snapshot.names.graph("shapes"))))[1]
    pages: Pages = request.app.state.pages
    return pages.show(request, now, "shapes", rows=rows, namespace=SHAPES)


async def _rdf(request: Request, now: Published, name: str) -> Response:
    return await respond(request, now, Asked(all_of(now.snapshot.names.graph(name)), accepted(request)))
