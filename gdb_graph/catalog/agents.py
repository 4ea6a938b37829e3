"""The agents of a catalogue and the rights in its data in, their description out: publisher, contact, licence."""

from collections.abc import Iterator

import pyoxigraph as ox

from gdb_graph.catalog.lists import PUBLISHER_TYPE, licence
from gdb_graph.catalog.model import Catalogue, Contact, Coverage, Publisher
from gdb_graph.catalog.say import Value, nodes, plain, say, texts
from gdb_graph.terms import DCT, FOAF, RDF, SKOS, VCARD


def agents(it: Catalogue) -> Iterator[ox.Triple]:
    """Who publishes and whom to ask, and the licence with its twin in the EU list: what every page must hold."""
    yield from _publisher(it.publisher)
    if it.contact:
        yield from _contact(it.contact)
    listed, european = licence(it.coverage.license)
    yield from say(listed, {f"{SKOS}exactMatch": nodes([european])})


def contact_points(it: Catalogue) -> list[Value]:
    """The contact as a term; none where none is configured, since one is never made up."""
    return nodes([it.contact.iri] if it.contact else [])


def keywords(of: Coverage) -> list[Value]:
    """The keywords in all their languages."""
    return [text for lang, words in of.keywords.items() for word in words for text in texts({lang: word})]


def _publisher(it: Publisher) -> Iterator[ox.Triple]:
    yield from say(
        it.iri,
        {
            f"{RDF}type": ox.NamedNode(f"{FOAF}Agent"),
            f"{FOAF}name": plain(it.name),
            f"{DCT}type": nodes([f"{PUBLISHER_TYPE}{it.type}"] if it.type else []),
        },
    )


def _contact(it: Contact) -> Iterator[ox.Triple]:
    yield from say(
        it.iri,
        {
            f"{RDF}type": ox.NamedNode(f"{VCARD}Kind"),
            f"{VCARD}fn": plain(it.name),
            f"{VCARD}hasEmail": nodes([f"mailto:{it.email}"] if it.email else []),
            f"{VCARD}hasURL": nodes([it.url]),
        },
    )
