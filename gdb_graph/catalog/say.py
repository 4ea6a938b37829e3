"""A subject and what is said of it in, triples out: the small words in which the catalogue is written."""

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from gdb_graph.terms import RDF, XSD

Value = ox.NamedNode | ox.Literal
Values = Value | Iterable[Value] | None


def say(subject: str, said: Mapping[str, Values]) -> Iterator[ox.Triple]:
    """The triples of one subject, by property; a property without values is left out."""
    for property_, values in said.items():
        many = [values] if isinstance(values, ox.NamedNode | ox.Literal) else values or ()
        for value in many:
            yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(property_), value)


def refer(subject: str, property_: str, iris: Iterable[str], kind: str) -> Iterator[ox.Triple]:
    """References to things of others, each with its class: shapes ask for the class, and nobody looks it up.

    They get no label: a harvester would store the label in place of the IRI.
    """
    for iri in iris:
        if iri:
            yield from say(subject, {property_: ox.NamedNode(iri)})
            yield from say(iri, {f"{RDF}type": ox.NamedNode(kind)})


def nodes(iris: Iterable[str]) -> list[Value]:
    """IRIs as terms; empty ones are left out."""
    return [ox.NamedNode(iri) for iri in iris if iri]


def texts(text: Mapping[str, str]) -> list[Value]:
    """A text in all its languages."""
    return [ox.Literal(value, language=lang) for lang, value in text.items()]


def plain(value: str) -> Value | None:
    """A text without language; None for an empty one."""
    return ox.Literal(value) if value else None


def literal(value: str, datatype: str) -> Value | None:
    """A literal of an XSD datatype; None for an empty one."""
    return ox.Literal(value, datatype=ox.NamedNode(f"{XSD}{datatype}")) if value else None
