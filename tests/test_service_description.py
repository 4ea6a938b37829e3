"""The description of the endpoint: true, complete, and as the SPARQL 1.1 Service Description vocabulary wants it."""

import re

import pyoxigraph as ox
import pytest

from gdb_graph.formats import GRAPHS, ROWS
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DCT, FOAF, RDF, RDFS, VOID, Names
from gdb_graph.web.service_description import FORMATS, FUNCTIONS, PREFIXES
from tests.conftest import Running
from tests.serving import canonical
from tests.wire import ask

SD, GEOF = PREFIXES["sd"], PREFIXES["geof"]
READERS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
# The properties of the vocabulary that may stand here: whose they are and what they lead to (its section 3).
SCHEMA = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", None),
    "supportedLanguage": ("Service", None),
    "languageExtension": ("Service", "Feature"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "resultFormat": ("Service", None),
    "defaultDataset": ("Service", "Dataset"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("Dataset", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}


@pytest.fixture(scope="module")
def described(service: Running) -> ox.Store:
    """The description as a store."""
    store = ox.Store()
    reply = ask(service, "GET", "/sparql", {"Accept": "text/turtle"})
    store.bulk_extend(ox.parse(reply.body, format=ox.RdfFormat.TURTLE))
    return store


def objects(store: ox.Store, subject: str | None, property_: str) -> set[str]:
    node = ox.NamedNode(subject) if subject else None
    return {
        quad.object.value
        for quad in store.quads_for_pattern(node, ox.NamedNode(property_), None)
        if isinstance(quad.object, (ox.NamedNode, ox.Literal))
    }


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in GRAPHS])
def test_it_comes_in_every_format_and_by_name(service: Running, described: ox.Store, name: str) -> None:
    for target, accept in (("/sparql", GRAPHS[name]), (f"/sparql?format={name}", "text/html")):
        reply = ask(service, "GET", target, {"Accept": accept})
        assert (reply.status, reply.media_type) == (200, GRAPHS[name])
        assert canonical(ox.parse(reply.body, format=READERS[name])) == canonical(described)


def test_it_says_where_the_endpoint_is_and_what_it_speaks(service: Running, described: ox.Store) -> None:
    endpoint = f"{service.url}/sparql"
    assert objects(described, endpoint, f"{SD}endpoint") == {endpoint}
    assert objects(described, endpoint, f"{SD}supportedLanguage") == {f"{SD}SPARQL11Query"}
    formats = {
        iri.removeprefix("http://www.w3.org/ns/formats/") for iri in objects(described, endpoint, f"{SD}resultFormat")
    }
    assert formats == set(FORMATS.values())
    assert objects(described, endpoint, f"{SD}defaultEntailmentRegime") == {"http://www.w3.org/ns/entailment/Simple"}


def test_it_knows_every_format() -> None:
    assert list(FORMATS) == [*ROWS, *GRAPHS]


def test_it_claims_no_feature_that_is_not_there(described: ox.Store) -> None:
    assert objects(described, None, f"{SD}feature") == set()


def test_it_conforms_to_the_schema_of_the_vocabulary(described: ox.Store) -> None:
    def kinds(node: ox.NamedNode | ox.BlankNode) -> set[str]:
        types = described.quads_for_pattern(node, ox.NamedNode(f"{RDF}type"), None)
        return {str(quad.object.value).removeprefix(SD) for quad in types}  # type: ignore[union-attr]

    used = [quad for quad in described if quad.predicate.value.startswith(SD)]
    assert used
    for quad in used:
        subject, object_ = SCHEMA[quad.predicate.value.removeprefix(SD)]
        assert isinstance(quad.subject, (ox.NamedNode, ox.BlankNode))
        assert subject in kinds(quad.subject), quad
        if object_:
            assert isinstance(quad.object, (ox.NamedNode, ox.BlankNode))
            assert object_ in kinds(quad.object), quad
        else:
            assert isinstance(quad.object, ox.NamedNode), quad


def test_every_graph_is_named_once_with_its_size_and_source(described: ox.Store, snapshot: Snapshot) -> None:
    rows = described.query(
        f"""SELECT ?name ?triples ?source {{
            ?dataset <{SD}namedGraph> ?named . ?named <{SD}name> ?name ; <{SD}graph> ?graph .
            ?graph <{VOID}triples> ?triples . OPTIONAL {{ ?graph <{DCT}source> ?source }} }}"""
    )
    assert isinstance(rows, ox.QuerySolutions)
    found = [(row["name"].value, int(row["triples"].value), row["source"]) for row in rows]
    counted = ox.Store()
    counted.bulk_load(path=snapshot.quads, format=ox.RdfFormat.N_QUADS)
    graphs = {graph.value: graph for graph in counted.named_graphs() if isinstance(graph, ox.NamedNode)}
    assert sorted(name for name, _, _ in found) == sorted(graphs)
    things = set[str]()
    for name, triples, source in found:
        assert triples == sum(1 for _ in counted.quads_for_pattern(None, None, None, graphs[name]))
        assert (source is not None) == ("/graph/src-" in name)
        things |= {source.value} if source else set()
    kind = ox.NamedNode("https://w3id.org/gdb-berlin/ontology#Source")
    sources = counted.quads_for_pattern(None, ox.NamedNode(f"{RDF}type"), kind, ox.DefaultGraph())
    assert things <= {quad.subject.value for quad in sources}  # type: ignore[union-attr]


def test_the_default_graph_is_the_dataset_that_void_describes(
    service: Running, described: ox.Store, snapshot: Snapshot
) -> None:
    dataset = Names().base
    assert objects(described, None, f"{SD}defaultGraph") == {dataset}
    assert objects(described, dataset, f"{VOID}triples") == {str(snapshot.manifest["counts"]["triples"])}
    assert objects(described, dataset, f"{VOID}sparqlEndpoint") == {f"{service.url}/sparql"}
    void = ask(service, "GET", "/", {"Accept": "application/n-triples"}).body.decode()
    assert f"<{dataset}> <{VOID}triples>" in void


def test_it_leads_to_documents_and_licence(service: Running, described: ox.Store) -> None:
    endpoint, dataset = f"{service.url}/sparql", Names().base
    for property_ in (f"{FOAF}page", f"{RDFS}seeAlso"):
        (address,) = objects(described, endpoint, property_)
        assert ask(service, "GET", address.removeprefix(service.url)).status == 200
    assert objects(described, dataset, f"{DCT}license") == {"https://creativecommons.org/licenses/by/4.0/"}
    assert len(objects(described, dataset, f"{DCT}title")) == 2


def test_the_functions_are_those_that_the_engine_has(described: ox.Store) -> None:
    endpoint = next(iter(objects(described, None, f"{SD}endpoint")))
    assert objects(described, endpoint, f"{SD}extensionFunction") == {GEOF + name for name in FUNCTIONS}
    # The functions that GeoSPARQL 1.0 and 1.1 define.
    known = """aggBoundingBox aggBoundingCircle aggCentroid aggConcatLines aggConcaveHull aggConvexHull aggUnion area
        asDGGS asGML asGeoJSON asKML asWKT boundary boundingCircle buffer centroid concaveHull convexHull
        coordinateDimension difference dimension distance ehContains ehCoveredBy ehCovers ehDisjoint ehEquals ehInside
        ehMeet ehOverlap envelope geometryN geometryType getSRID intersection is3D isEmpty isMeasured isSimple length
        maxX maxY maxZ metricArea metricBuffer metricDistance metricLength metricPerimeter minX minY minZ numGeometries
        perimeter rcc8dc rcc8ec rcc8eq rcc8ntpp rcc8ntppi rcc8po rcc8tpp rcc8tppi relate sfContains sfCrosses
        sfDisjoint sfEquals sfIntersects sfOverlaps sfTouches sfWithin spatialDimension symDifference transform union"""

    def there(name: str) -> bool:
        try:
            ox.Store().query(f"SELECT (<{GEOF}{name}>(1, 2, 3) AS ?x) {{}}")
        except RuntimeError as error:
            assert re.search("custom function .* is not supported", str(error))
            return False
        return True

    assert {name for name in known.split() if there(name)} == set(FUNCTIONS)


def test_it_is_the_same_each_time(service: Running) -> None:
    once, again = (ask(service, "GET", "/sparql?format=nt").body for _ in range(2))
    assert once == again
