"""What is published in, the classes and properties that a query can name out: for completion in an editor."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdb_graph.engine.sparql import Request as Query
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.rows import read, table
from gdb_graph.terms import OWL, RDF, RDFS
from gdb_graph.web.parts import JSON_RESULTS, language, published, varies, whole

# What is used counts, whether the ontology has it or not; so does what it has and nobody uses yet.
_TERMS = f"""
SELECT DISTINCT ?term ?kind WHERE {{
  {{ SELECT DISTINCT ?term ("property" AS ?kind) {{ ?s ?term ?o }} }}
  UNION {{ SELECT DISTINCT ?term ("class" AS ?kind) {{ ?s a ?term }} }}
  UNION {{ VALUES ?type {{ <{OWL}Class> <{RDFS}Class> }} ?term a ?type BIND("class" AS ?kind) }}
  UNION {{
    VALUES ?type {{ <{OWL}ObjectProperty> <{OWL}DatatypeProperty> <{OWL}AnnotationProperty> <{RDF}Property> }}
    ?term a ?type BIND("property" AS ?kind)
  }}
  FILTER(isIRI(?term))
}} ORDER BY ?kind ?term
"""


async def terms(request: Request) -> Response:
    """`/sparql/terms`: prefixes, and each term with its kind and its label in the language of the request."""
    now, lang = published(request), language(request)
    answer = await now.run(Query(_TERMS, JSON_RESULTS, labels=LANGUAGES, own=True))
    _, lines = table(*read(await whole(answer)), lang)
    found = [
        {"iri": cell.value, "kind": kind, "label": label if label != cell.value else ""}
        for (label, cell), (kind, _) in lines
        if cell
    ]
    return JSONResponse(
        {"prefixes": now.snapshot.names.prefixes(), "terms": found},
        headers={"Vary": varies(request), "X-Snapshot": now.snapshot.id},
    )
