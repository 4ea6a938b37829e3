"""A store of all quads in, its VoID description out, for the graph `void`: how much of what, and where it links to.

Every count is the answer to a query over the default graph, so that it equals what SPARQL says. What depends on the
address of the service (endpoint, files) is added where it is served. https://www.w3.org/TR/void/
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from gdb_graph.build.ask import select
from gdb_graph.build.describe import Counts
from gdb_graph.terms import FOAF, OWL, RDF, SKOS, VOID, XSD, Names

_CLASSES = "SELECT ?class (COUNT(DISTINCT ?s) AS ?count) { ?s a ?class . FILTER(isIRI(?class)) } GROUP BY ?class"
_PROPERTIES = "SELECT ?property (COUNT(*) AS ?count) { ?s ?property ?o } GROUP BY ?property"
_BOTH = """
SELECT ?class ?property (COUNT(*) AS ?count) { ?s a ?class ; ?property ?o . FILTER(isIRI(?class)) }
GROUP BY ?class ?property
"""
_ENTITIES = 'SELECT (COUNT(DISTINCT ?s) AS ?count) {{ ?s ?p ?o . FILTER(STRSTARTS(STR(?s), "{space}")) }}'
_LINKS = f"""
SELECT ?link ?target {{{{
  VALUES ?link {{{{ {" ".join(f"<{SKOS}{kind}Match>" for kind in ("exact", "close", "broad", "narrow", "related"))}
    <{OWL}sameAs> }}}}
  ?s ?link ?target . FILTER(isIRI(?target) && STRSTARTS(STR(?s), "{{space}}") && !STRSTARTS(STR(?target), "{{base}}"))
}}}}
"""
_TOPIC = f"SELECT ?topic {{{{ <{{dataset}}> <{FOAF}primaryTopic> ?topic }}}} ORDER BY ?topic LIMIT 1"
_LAST_PART = re.compile(r"[^/#]*$")


def void(store: ox.Store, counted: Counts, names: Names) -> Iterator[ox.Quad]:
    """The description of the dataset, of its partitions by class and property, and of its links to other datasets."""
    home = ox.NamedNode(names.graph("void"))
    for triple in _described(store, counted, names):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, home)


def _described(store: ox.Store, counted: Counts, names: Names) -> Iterator[ox.Triple]:
    dataset = names.base
    classes = _table(store, _CLASSES, "class")
    properties = _table(store, _PROPERTIES, "property")
    (entities,) = select(store, _ENTITIES.format(space=names.instances))
    yield _kind(dataset, "Dataset")
    yield _count(dataset, "triples", counted.triples)
    yield _count(dataset, "entities", int(entities["count"].value))
    yield _count(dataset, "classes", len(classes))
    yield _count(dataset, "properties", len(properties))
    for row in select(store, _TOPIC.format(dataset=dataset)):
        for term in ("exampleResource", "rootResource"):
            yield _say(dataset, term, row["topic"].value)
    for namespace in sorted({_namespace(term) for term in (*classes, *properties)}):
        yield _say(dataset, "vocabulary", namespace)
    for graph, count in counted.graphs.items():
        yield _say(dataset, "subset", graph)
        yield _count(graph, "triples", count)
    yield from _partitions(store, names, classes, properties)
    yield from _linksets(store, names)


def _partitions(
    store: ox.Store, names: Names, classes: Mapping[str, int], properties: Mapping[str, int]
) -> Iterator[ox.Triple]:
    """One partition for each class, within it one for each property of its members, and one for each property."""
    for iri, count in classes.items():
        partition = _part(names, "class", iri)
        yield _say(names.base, "classPartition", partition)
        yield _say(partition, "class", iri)
        yield _count(partition, "entities", count)
    for iri, count in properties.items():
        partition = _part(names, "property", iri)
        yield _say(names.base, "propertyPartition", partition)
        yield _say(partition, "property", iri)
        yield _count(partition, "triples", count)
    for row in select(store, _BOTH):
        within = _part(names, "class", row["class"].value)
        partition = f"{within}-{_slug(names, row['property'].value)}"
        yield _say(within, "propertyPartition", partition)
        yield _say(partition, "property", row["property"].value)
        yield _count(partition, "triples", int(row["count"].value))


def _linksets(store: ox.Store, names: Names) -> Iterator[ox.Triple]:
    """One linkset for each property and namespace that our things are linked to by it."""
    found = Counter(
        (row["link"].value, _namespace(row["target"].value))
        for row in select(store, _LINKS.format(space=names.instances, base=names.base))
    )
    for (link, namespace), count in sorted(found.items()):
        target = _part(names, "target", namespace)
        linkset = f"{_part(names, 'links', namespace)}-{_slug(names, link)}"
        yield _say(names.base, "subset", linkset)
        yield _kind(linkset, "Linkset")
        yield _say(linkset, "linkPredicate", link)
        yield _say(linkset, "subjectsTarget", names.base)
        yield _say(linkset, "objectsTarget", target)
        yield _count(linkset, "triples", count)
        yield _kind(target, "Dataset")
        yield ox.Triple(ox.NamedNode(target), ox.NamedNode(f"{VOID}uriSpace"), ox.Literal(namespace))


def _namespace(iri: str) -> str:
    return _LAST_PART.sub("", iri)


def _part(names: Names, kind: str, iri: str) -> str:
    return f"{names.graph('void')}#{kind}-{_slug(names, iri)}"


def _slug(names: Names, iri: str) -> str:
    """The part of a fragment that names `iri`: its prefixed name, else what can be read of it and a checksum."""
    short = names.short(iri)
    if short != iri:
        return short.replace(":", "-").replace("/", "-")
    return f"{re.sub(r'[^A-Za-z0-9.]+', '-', iri).strip('-')}-{hashlib.sha256(iri.encode()).hexdigest()[:8]}"


def _table(store: ox.Store, query: str, key: str) -> dict[str, int]:
    return {row[key].value: int(row["count"].value) for row in select(store, query)}


def _kind(subject: str, kind: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{VOID}{kind}"))


def _say(subject: str, term: str, iri: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(f"{VOID}{term}"), ox.NamedNode(iri))


def _count(subject: str, term: str, count: int) -> ox.Triple:
    number = ox.Literal(str(count), datatype=ox.NamedNode(f"{XSD}integer"))
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(f"{VOID}{term}"), number)
