"""The ontology and the vocabulary keep to OWL 2 RL and DL, and what they state is acted on or said not to be."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache

import pyoxigraph as ox
import pytest

from gdb_graph import content, queryfile
from gdb_graph.terms import GDB, OWL, RDF, RDFS, XSD
from tests.contents import model, triples

CLASS = f"{OWL}Class"
OBJECT, DATA, ANNOTATION = (f"{OWL}{kind}Property" for kind in ("Object", "Datatype", "Annotation"))
KINDS = (OBJECT, DATA, ANNOTATION)

# Axioms that rules act on: how the axiom is written, and the rules that read it.
BY_RULE = {
    f"{OWL}SymmetricProperty": {"symmetric-properties"},
    f"{OWL}TransitiveProperty": {"transitive-properties"},
    f"{OWL}inverseOf": {"inverse-backward", "inverse-forward"},
    f"{OWL}propertyChainAxiom": {"property-chains"},
    f"{RDFS}subClassOf": {"types-of-subclasses"},
    f"{RDFS}subPropertyOf": {"super-properties"},
}
# Rules that say what OWL 2 RL cannot; their header says why.
BEYOND_OWL = {"current-status", "led-by"}
# Axioms that no rule acts on: why not.
NOT_BY_RULE = {
    f"{OWL}AllDisjointClasses": "HermiT: a thing of two classes that exclude each other is a fault",
    f"{OWL}AsymmetricProperty": "HermiT: two things related both ways are a fault",
    f"{OWL}IrreflexiveProperty": "HermiT: a thing related to itself is a fault",
    f"{OWL}disjointWith": "HermiT, as AllDisjointClasses",
    f"{OWL}members": "part of AllDisjointClasses",
    f"{RDFS}domain": "HermiT, documentation: a thing of the wrong class is a fault, not a new class of it",
    f"{RDFS}range": "as domain",
}
# What says something about a term or the ontology and not about the world.
SILENT = {
    *(f"{OWL}{name}" for name in ("Class", "Ontology", "deprecated", "priorVersion", "versionIRI", "versionInfo")),
    *KINDS,
    *(f"{RDF}{name}" for name in ("first", "nil", "rest", "type")),
    *(f"{RDFS}{name}" for name in ("Literal", "comment", "isDefinedBy", "label", "seeAlso")),
}
ALLOWED = BY_RULE.keys() | NOT_BY_RULE.keys() | SILENT

# OWL 2 Profiles, 4.2: the datatypes of RL. Absent: owl:real, owl:rational and, as from all of OWL 2, xsd:date.
DATATYPES = {
    f"{RDF}PlainLiteral",
    f"{RDF}XMLLiteral",
    f"{RDF}langString",  # the datatype of what OWL 2 calls a PlainLiteral with a language
    f"{RDFS}Literal",
    *(f"{XSD}{sign}Integer" for sign in ("negative", "nonNegative", "nonPositive", "positive")),
    *(f"{XSD}{size}" for size in ("byte", "int", "long", "short")),
    *(f"{XSD}unsigned{size}" for size in ("Byte", "Int", "Long", "Short")),
    *(f"{XSD}{name}" for name in ("Name", "NCName", "NMTOKEN", "anyURI", "base64Binary", "boolean", "dateTime")),
    *(f"{XSD}{name}" for name in ("dateTimeStamp", "decimal", "double", "float", "hexBinary", "integer", "language")),
    *(f"{XSD}{name}" for name in ("normalizedString", "string", "token")),
}
BUILT_IN = (RDF, RDFS, OWL)
KNOWN = ALLOWED | DATATYPES
SIMPLE_ONLY = (f"{OWL}AsymmetricProperty", f"{OWL}IrreflexiveProperty")


class Axioms:
    """Triples by property and by subject, and the faults that they hold."""

    def __init__(self, given: Iterable[ox.Triple]) -> None:
        self.triples = list(given)
        self.pairs: dict[str, list[tuple[str, str]]] = {}
        for triple in self.triples:
            self.pairs.setdefault(triple.predicate.value, []).append((name(triple.subject), name(triple.object)))
        self.types: dict[str, set[str]] = {}
        for subject, kind in self.of(f"{RDF}type"):
            self.types.setdefault(subject, set()).add(kind)

    def of(self, property_: str) -> list[tuple[str, str]]:
        """What a property relates."""
        return self.pairs.get(property_, [])

    def a(self, term: str, kind: str) -> bool:
        """Whether a term is declared as of that kind."""
        return kind in self.types.get(term, ())

    def terms(self, kind: str) -> set[str]:
        """The terms declared as of that kind."""
        return {term for term, kinds in self.types.items() if kind in kinds}

    def members(self, head: str) -> list[str]:
        """The members of a list; one that is broken or a circle ends early, without rdf:nil."""
        first, rest = dict(self.of(f"{RDF}first")), dict(self.of(f"{RDF}rest"))
        found: list[str] = []
        while head in first and len(found) < len(first):
            found.append(first[head])
            head = rest.get(head, "")
        return found

    def chains(self) -> list[tuple[str, list[str]]]:
        """Each property that is declared as a chain, with the members of the chain."""
        return [(property_, self.members(head)) for property_, head in self.of(f"{OWL}propertyChainAxiom")]

    def composite(self) -> set[str]:
        """The properties that are not simple: transitive, a chain, above such a one, or the inverse of such a one."""
        found = self.terms(f"{OWL}TransitiveProperty") | {property_ for property_, _ in self.chains()}
        inverse = self.of(f"{OWL}inverseOf")
        steps = [*self.of(f"{RDFS}subPropertyOf"), *inverse, *((two, one) for one, two in inverse)]
        return reachable(found, steps)


def name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """An IRI as it is, everything else as it is written, so that the two cannot be mixed up."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def reachable(start: Collection[str], steps: Iterable[tuple[str, str]]) -> set[str]:
    """All that can be reached from `start` in steps, with `start`."""
    found, pairs = set(start), list(steps)
    while new := {two for one, two in pairs if one in found} - found:
        found |= new
    return found


def faults(given: Iterable[ox.Triple]) -> set[tuple[str, str]]:
    """What is wrong, each with the term at fault."""
    axioms = Axioms(given)
    looks = (vocabulary, properties, values, classes, relations, datatypes, simplicity, chains)
    return {fault for look in looks for fault in look(axioms)}


def vocabulary(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """Only the constructors and axioms that are listed above; so no union, restriction, key, sameAs or import."""
    for triple in axioms.triples:
        for term in map(name, (triple.predicate, triple.object)):
            if term.startswith(BUILT_IN) and term not in KNOWN:
                yield "outside the profile", term


def properties(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """Each property is an object, a datatype or an annotation property, and only one of them."""
    used = {property_ for property_ in axioms.pairs if not property_.startswith(BUILT_IN)}
    for property_ in sorted(used.union(*map(axioms.terms, KINDS))):
        if len([kind for kind in KINDS if axioms.a(property_, kind)]) != 1:
            yield "not exactly one kind of property", property_
        if axioms.a(property_, CLASS):
            yield "a class and a property", property_


def values(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """An object property leads to a thing, a datatype property to a literal."""
    for triple in axioms.triples:
        wrong = OBJECT if isinstance(triple.object, ox.Literal) else DATA
        if axioms.a(triple.predicate.value, wrong):
            yield "a value of the wrong kind", triple.predicate.value


def classes(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """Wherever a class stands, it is a declared one with a name."""
    found = [kind for _, kind in axioms.of(f"{RDF}type")]
    found += [term for axiom in ("subClassOf", "domain") for pair in axioms.of(f"{RDFS}{axiom}") for term in pair[-1:]]
    found += [term for term, _ in axioms.of(f"{RDFS}subClassOf")]
    found += [term for pair in axioms.of(f"{OWL}disjointWith") for term in pair]
    found += [term for _, head in axioms.of(f"{OWL}members") for term in axioms.members(head)]
    found += [term for property_, term in axioms.of(f"{RDFS}range") if axioms.a(property_, OBJECT)]
    for term in found:
        if term not in ALLOWED and not axioms.a(term, CLASS):
            yield "not a declared class", term


def relations(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """Axioms between properties hold between such of the same kind; those of object properties only between them."""
    for one, two in axioms.of(f"{RDFS}subPropertyOf"):
        if not any(axioms.a(one, kind) and axioms.a(two, kind) for kind in KINDS):
            yield "below a property of another kind", one
    of_objects = [term for pair in axioms.of(f"{OWL}inverseOf") for term in pair]
    of_objects += [term for property_, chain in axioms.chains() for term in (property_, *chain)]
    for kind in ("Asymmetric", "Irreflexive", "Symmetric", "Transitive"):
        of_objects += axioms.terms(f"{OWL}{kind}Property")
    for term in of_objects:
        if not axioms.a(term, OBJECT):
            yield "not an object property", term
    for axiom in ("domain", "range"):
        for property_, _ in axioms.of(f"{RDFS}{axiom}"):
            if not (axioms.a(property_, OBJECT) or axioms.a(property_, DATA)):
                yield "neither an object nor a datatype property", property_


def datatypes(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """Ranges and values are of datatypes of RL. Annotations may say xsd:date: they mean nothing to a reasoner."""
    found = [(property_, range_) for property_, range_ in axioms.of(f"{RDFS}range") if axioms.a(property_, DATA)]
    found += [
        (triple.predicate.value, triple.object.datatype.value)
        for triple in axioms.triples
        if isinstance(triple.object, ox.Literal) and axioms.a(triple.predicate.value, DATA)
    ]
    for property_, datatype in found:
        if datatype not in DATATYPES:
            yield "a datatype outside RL", property_


def simplicity(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """OWL 2 DL: what is irreflexive or asymmetric is simple."""
    for kind in SIMPLE_ONLY:
        for property_ in axioms.terms(kind) & axioms.composite():
            yield "not simple", property_


def chains(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """Chains are of two, as the rule reads them, and regular: no property follows from a chain over itself.

    OWL 2 DL allows the property itself at one end of its chain. A property and its inverse count as one.
    """
    inverse = axioms.of(f"{OWL}inverseOf")
    steps = [*axioms.of(f"{RDFS}subPropertyOf"), *inverse, *((two, one) for one, two in inverse)]
    stated = axioms.chains()
    below = [(member, property_) for property_, chain in stated for member in chain if member != property_]
    for property_, chain in stated:
        if len(chain) != 2:
            yield "not a chain of two", property_
        for member in chain:
            if member != property_ and member in reachable([property_], [*steps, *below]):
                yield "not regular", property_


@cache
def ours() -> frozenset[ox.Triple]:
    """The ontology and the vocabulary."""
    return frozenset(quad.triple for quad in model())


def test_the_ontology_keeps_to_the_profile() -> None:
    assert faults(ours()) == set()


NEW = "".join(f"gdb:{name} a owl:ObjectProperty . " for name in "pqr") + "gdb:n a owl:DatatypeProperty . "
FAULTS = {
    "a union": ("gdb:Tool rdfs:subClassOf [ owl:unionOf ( gdb:Actor gdb:Goal ) ] .", "outside the profile", "unionOf"),
    "an existential": (
        "gdb:Tool rdfs:subClassOf [ a owl:Restriction ; owl:onProperty gdb:p ; owl:someValuesFrom gdb:Actor ] .",
        "outside the profile",
        "someValuesFrom",
    ),
    "a cardinality": (
        "gdb:Tool rdfs:subClassOf [ owl:onProperty gdb:p ; owl:maxCardinality 1 ] .",
        "outside the profile",
        "maxCardinality",
    ),
    "hasSelf": (
        "gdb:Tool rdfs:subClassOf [ owl:onProperty gdb:p ; owl:hasSelf true ] .",
        "outside the profile",
        "hasSelf",
    ),
    "a functional property": ("gdb:p a owl:FunctionalProperty .", "outside the profile", "FunctionalProperty"),
    "a key": ("gdb:Tool owl:hasKey ( gdb:p ) .", "outside the profile", "hasKey"),
    "sameAs": ("gdb:Tool owl:sameAs gdb:Goal .", "outside the profile", "sameAs"),
    "an equivalent class": ("gdb:Tool owl:equivalentClass gdb:Goal .", "outside the profile", "equivalentClass"),
    "an import": (
        "<https://w3id.org/gdb-berlin/ontology> owl:imports <http://www.w3.org/ns/org#> .",
        "outside the profile",
        "imports",
    ),
    "a property of two kinds": ("gdb:p a owl:DatatypeProperty .", "not exactly one kind of property", "p"),
    "a property of no kind": ("gdb:Tool gdb:unknown gdb:Goal .", "not exactly one kind of property", "unknown"),
    "a class that is a property": ("gdb:p a owl:Class .", "a class and a property", "p"),
    "a text of an object property": ("gdb:Tool gdb:p 'text' .", "a value of the wrong kind", "p"),
    "a thing of a datatype property": ("gdb:Tool gdb:n gdb:Goal .", "a value of the wrong kind", "n"),
    "an unknown superclass": ("gdb:Tool rdfs:subClassOf gdb:Unknown .", "not a declared class", "Unknown"),
    "an unknown domain": ("gdb:p rdfs:domain gdb:Unknown .", "not a declared class", "Unknown"),
    "a datatype for things": ("gdb:p rdfs:range xsd:string .", "not a declared class", f"{XSD}string"),
    "an unknown class among disjoint ones": (
        "[] a owl:AllDisjointClasses ; owl:members ( gdb:Tool gdb:Unknown ) .",
        "not a declared class",
        "Unknown",
    ),
    "an instance of an unknown class": ("gdb:x a gdb:Unknown .", "not a declared class", "Unknown"),
    "a datatype property below an object property": (
        "gdb:n rdfs:subPropertyOf gdb:p .",
        "below a property of another kind",
        "n",
    ),
    "the inverse of a datatype property": ("gdb:n owl:inverseOf gdb:p .", "not an object property", "n"),
    "a transitive datatype property": ("gdb:n a owl:TransitiveProperty .", "not an object property", "n"),
    "a chain over a datatype property": (
        "gdb:r owl:propertyChainAxiom ( gdb:p gdb:n ) .",
        "not an object property",
        "n",
    ),
    "an annotation with a domain": (
        "gdb:supportsValue rdfs:domain gdb:Evidence .",
        "neither an object nor a datatype property",
        "supportsValue",
    ),
    "a date as range": ("gdb:n rdfs:range xsd:date .", "a datatype outside RL", "n"),
    "a year as value": ("gdb:x gdb:n '2031'^^xsd:gYear .", "a datatype outside RL", "n"),
    "a transitive property that is asymmetric": (
        "gdb:p a owl:TransitiveProperty , owl:AsymmetricProperty .",
        "not simple",
        "p",
    ),
    "an irreflexive property above a transitive one": (
        "gdb:p a owl:TransitiveProperty ; rdfs:subPropertyOf gdb:q . gdb:q a owl:IrreflexiveProperty .",
        "not simple",
        "q",
    ),
    "an asymmetric property that is the inverse of a chain": (
        "gdb:p owl:propertyChainAxiom ( gdb:q gdb:r ) ; owl:inverseOf gdb:s . "
        "gdb:s a owl:ObjectProperty , owl:AsymmetricProperty .",
        "not simple",
        "s",
    ),
    "a chain of three": ("gdb:p owl:propertyChainAxiom ( gdb:q gdb:r gdb:q ) .", "not a chain of two", "p"),
    "a chain of one": ("gdb:p owl:propertyChainAxiom ( gdb:q ) .", "not a chain of two", "p"),
    "two chains over each other": (
        "gdb:p owl:propertyChainAxiom ( gdb:q gdb:r ) . gdb:q owl:propertyChainAxiom ( gdb:p gdb:r ) .",
        "not regular",
        "p",
    ),
    "a chain over a property below it": (
        "gdb:p owl:propertyChainAxiom ( gdb:q gdb:r ) ; rdfs:subPropertyOf gdb:r .",
        "not regular",
        "p",
    ),
    "a chain over its own inverse": (
        "gdb:p owl:propertyChainAxiom ( gdb:q gdb:r ) ; owl:inverseOf gdb:r .",
        "not regular",
        "p",
    ),
}
RIGHT = {
    "a chain over itself at one end": "gdb:p owl:propertyChainAxiom ( gdb:p gdb:q ) .",
    "a chain over a chain": "gdb:p owl:propertyChainAxiom ( gdb:q gdb:r ) . gdb:s a owl:ObjectProperty ; "
    "owl:propertyChainAxiom ( gdb:p gdb:r ) .",
    "a member below its chain": "gdb:p owl:propertyChainAxiom ( gdb:q gdb:r ) . gdb:r rdfs:subPropertyOf gdb:p .",
    "an asymmetric property below a transitive one": (
        "gdb:p a owl:AsymmetricProperty ; rdfs:subPropertyOf gdb:q . gdb:q a owl:TransitiveProperty ."
    ),
    "a symmetric property": "gdb:p a owl:SymmetricProperty .",
    "texts and numbers": "gdb:x gdb:n 'text'@de , 'text' , 1 , 1.5 , true .",
    "a deprecated term": "gdb:p owl:deprecated true .",
    "a date in the header": "<https://w3id.org/gdb-berlin/ontology> dct:created '2031-03-04'^^xsd:date .",
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_leaves_the_profile_is_found(case: str) -> None:
    turtle, fault, term = FAULTS[case]
    found = faults(ours() | triples(NEW + turtle))

    assert any(what == fault and where in (f"{GDB}{term}", f"{OWL}{term}", term) for what, where in found)


@pytest.mark.parametrize("case", RIGHT)
def test_what_keeps_to_it_is_not(case: str) -> None:
    assert faults(ours() | triples(NEW + RIGHT[case])) == set()


def test_each_rule_reads_the_axiom_that_it_is_listed_for() -> None:
    rules = queryfile.read_folder(content.resolve(None).rules)

    assert set.union(*BY_RULE.values()) | BEYOND_OWL == set(rules)
    for axiom, names in BY_RULE.items():
        short = axiom.replace(OWL, "owl:").replace(RDFS, "rdfs:")
        assert all(short in rules[rule].text and short in rules[rule].header["because"] for rule in names)


def test_an_axiom_is_acted_on_or_said_not_to_be() -> None:
    used = {name(term) for triple in ours() for term in (triple.predicate, triple.object)}
    stated = {term for term in used if term.startswith(BUILT_IN) and term not in SILENT | DATATYPES}

    assert stated <= BY_RULE.keys() | NOT_BY_RULE.keys()
    assert stated >= NOT_BY_RULE.keys()
    assert not BY_RULE.keys() & NOT_BY_RULE.keys()
    assert all(NOT_BY_RULE.values())
