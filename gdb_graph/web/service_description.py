"""What is published in, the SPARQL 1.1 Service Description of the endpoint out: what it speaks, what it holds."""

import pyoxigraph as ox

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Query
from gdb_graph.formats import GRAPHS
from gdb_graph.terms import DCT, FOAF, RDFS, VOID, Names
from gdb_graph.web.links import Links
from gdb_graph.web.parts import whole

# The formats by their names here, as the W3C registers them (https://www.w3.org/ns/formats/).
FORMATS = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "jsonld": "JSON-LD",
}
# The functions of GeoSPARQL that pyoxigraph brings; a test asks it for each.
_MEASURES = ("area", "coordinateDimension", "dimension", "distance", "length", "perimeter", "spatialDimension")
_ABOUT = ("asGeoJSON", "getSRID", "isEmpty", "isSimple", "relate")
_GEOMETRIES = ("centroid", "convexHull", "difference", "envelope", "intersection", "symDifference", "union")
_SIMPLE_FEATURES = ("Contains", "Crosses", "Disjoint", "Equals", "Intersects", "Overlaps", "Touches", "Within")
_EGENHOFER = ("Contains", "CoveredBy", "Covers", "Disjoint", "Equals", "Inside", "Meet", "Overlap")
_RCC8 = ("dc", "ec", "eq", "ntpp", "ntppi", "po", "tpp", "tppi")
FUNCTIONS = (
    *_MEASURES,
    *_ABOUT,
    *_GEOMETRIES,
    *(f"sf{relation}" for relation in _SIMPLE_FEATURES),
    *(f"eh{relation}" for relation in _EGENHOFER),
    *(f"rcc8{relation}" for relation in _RCC8),
)
PREFIXES = {
    "dct": DCT,
    "foaf": FOAF,
    "formats": "http://www.w3.org/ns/formats/",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "rdfs": RDFS,
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": VOID,
}

# There is no sd:feature: queries fetch nothing and call nobody, empty graphs are not kept, and the default graph is
# not the union of all named ones, since the shapes are not in it.
_SERVICE = """
<{endpoint}> a sd:Service ;
  sd:endpoint <{endpoint}> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:resultFormat {formats} ;
  sd:extensionFunction {functions} ;
  sd:defaultEntailmentRegime <http://www.w3.org/ns/entailment/Simple> ;
  sd:defaultDataset _:dataset ;
  foaf:page <{docs}> ;
  rdfs:seeAlso <{void}> .
_:dataset a sd:Dataset ; sd:defaultGraph <{dataset}> .
<{dataset}> a sd:Graph, void:Dataset ;
  void:triples {triples} ;
  void:sparqlEndpoint <{endpoint}> ;
  rdfs:comment "Was Quellen und Redaktion aussagen und was daraus folgt, jedes Tripel einmal."@de ,
    "What sources and editors state and what follows from it, each triple once."@en .
"""
# With labels, so that the same is written the same each time.
_NAMED = """
_:dataset sd:namedGraph _:named{number} .
_:named{number} a sd:NamedGraph ; sd:name <{graph}> ; sd:graph _:graph{number} .
_:graph{number} a sd:Graph, void:Dataset ; void:triples {triples} {source} .
"""
_SAID = f"""
CONSTRUCT {{{{ <{{dataset}}> ?property ?value }}}} WHERE {{{{
  VALUES ?property {{{{ <{DCT}title> <{DCT}description> <{DCT}license> }}}} <{{dataset}}> ?property ?value
}}}}
"""


async def description(now: Published, links: Links, path: str) -> list[ox.Triple]:
    """The description: language, formats and functions, then the dataset with its graphs and their sizes."""
    names, counts = now.snapshot.names, now.snapshot.manifest["counts"]
    functions = [f"geof:{name}" for name in FUNCTIONS]
    service = _SERVICE.format(
        endpoint=links.absolute(path),
        docs=links.absolute("/docs"),
        void=links.absolute("/"),
        dataset=names.base,
        triples=counts["triples"],
        formats=", ".join(f"formats:{name}" for name in FORMATS.values()),
        functions=", ".join(functions),
    )
    said = await whole(await now.run(Query(_SAID.format(dataset=names.base), GRAPHS["nt"], own=True)))
    turtle = [f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items()]
    turtle += [service, *(f"{function} a sd:Function ." for function in functions), said.decode()]
    turtle += [_named(number, graph, of, names) for number, (graph, of) in enumerate(counts["graphs"].items())]
    return [quad.triple for quad in ox.parse("\n".join(turtle), format=ox.RdfFormat.TURTLE)]


def _named(number: int, graph: str, triples: int, names: Names) -> str:
    name = graph.removeprefix(names.graphs)
    # A source and the graph of what it says share their name.
    source = f"; dct:source <{names.thing(name)}>" if name.startswith("src-") else ""
    return _NAMED.format(number=number, graph=graph, triples=triples, source=source)
