"""Catalogues for tests: a manifest as a build writes it, settings as a city would set them, the official shapes."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import SH

from gdb_graph import settings
from gdb_graph.catalog import catalogue, reading
from gdb_graph.catalog.model import Catalogue
from gdb_graph.settings import Settings
from gdb_graph.terms import DEFAULT_BASE
from tests.conftest import ROOT, SHARED

URL = "https://data.example.org/strategy"
CONFIGURED = {
    "contact_name": "Team",
    "contact_email": "data@example.org",
    "publisher_name": "Office",
    "publisher_type": "RegionalAuthority",
}
FULL = settings.read({}, public_url=URL, **CONFIGURED)
BARE = Settings(public_url=URL)
LISTS = ROOT / "tests" / "catalog" / "lists.ttl"

SUITES = SHARED / "suites"
_GERMAN = ("dcat-ap-SHACL-DE", "dcat-ap-de-deprecated", "dcat-ap-spec-german-additions")
# The stacks of shapes as the portals put them together.
STACKS = {
    "DCAT-AP.de 3.0": (
        "dcat-ap/3.0.0/dcat-ap-SHACL.ttl",
        *(f"dcat-ap-de/3.0/{name}.ttl" for name in (*_GERMAN, "dcat-ap-de-controlledvocabularies")),
    ),
    "DCAT-AP 3.0.1": ("dcat-ap/3.0.1/dcat-ap-SHACL.ttl", "dcat-ap/3.0.1/shapes.ttl", "dcat-ap/3.0.1/range.ttl"),
}
needs_suites = pytest.mark.skipif(not SUITES.is_dir(), reason="the official shapes are in ../shared/suites: absent")


def manifest(**changes: Any) -> dict[str, Any]:
    """The manifest of a small snapshot that says all a portal wants to know."""
    distributions = [
        entry("graph", "gdb-graph.ttl", "text/turtle"),
        entry("graph", "gdb-graph.ttl.gz", "text/turtle", "application/gzip"),
        entry("graph", "gdb-graph.nt", "application/n-triples"),
        entry("graph", "gdb-graph.nq", "application/n-quads"),
        entry("graph", "gdb-graph.trig", "application/trig"),
        entry("graph", "gdb-graph.jsonld", "application/ld+json"),
        entry("graph", "gdb-graph.rdf", "application/rdf+xml"),
        entry("tables", "actors.csv", "text/csv"),
        entry("tables", "undertakings.csv", "text/csv"),
        entry("ontology", "gdb-ontology.ttl", "text/turtle"),
        entry("ontology", "gdb-ontology.rdf", "application/rdf+xml"),
    ]
    eu = "http://publications.europa.eu/resource/authority/"
    edition = {"digest": "0", "modified": "2026-11-23T10:00:00+00:00", "snapshot": None}
    whole = {
        "id": "0123456789abcdef" * 2,
        "base": DEFAULT_BASE,
        "title": {"de": "Strategie", "en": "Strategy"},
        "description": {"de": "Die Strategie als Daten.", "en": "The strategy as data."},
        "counts": {"graphs": {f"{DEFAULT_BASE}graph/src-{name}": 1 for name in "ab"}},
        "dataset": {
            "creator": "Contributors",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "attribution": {"de": "Mitwirkende", "en": "Contributors"},
            "rights": {"de": "Quellen behalten ihre Rechte.", "en": "Sources keep their rights."},
            "access": f"{eu}access-right/PUBLIC",
            "issued": "2026-11-01",
            "frequency": f"{eu}frequency/IRREG",
            "languages": [f"{eu}language/DEU", f"{eu}language/ENG"],
            "places": ["https://sws.geonames.org/2950157/"],
            "level": "http://dcat-ap.de/def/politicalGeocoding/Level/state",
            "start": "2015-04-21",
            "end": "",
            "themes": [f"{eu}data-theme/GOVE"],
            "keywords": {"de": ["Stadt"], "en": ["city"]},
            "topic": f"{DEFAULT_BASE}id/strategy",
            "ontology": {
                "iri": f"{DEFAULT_BASE}ontology",
                "title": {"de": "Ontologie", "en": "Ontology"},
                "description": {"de": "Begriffe.", "en": "Terms."},
                "version": "0.1.0",
                "version_iri": f"{DEFAULT_BASE}ontology/0.1.0",
                "issued": "2026-10-01",
                "namespace": f"{DEFAULT_BASE}ontology#",
            },
        },
        "distributions": distributions,
        "editions": {name: dict(edition) for name in ("graph", "tables", "ontology")},
    }
    return whole | changes


def entry(dataset: str, name: str, media_type: str, compression: str = "") -> dict[str, Any]:
    """An entry of the manifest for a file that a build wrote."""
    folder = "tables" if dataset == "tables" else "dumps"
    told = {"dataset": dataset, "name": name, "path": f"{folder}/{name}", "mediaType": media_type}
    return told | {"bytes": 7, "sha256": "0a" * 32} | ({"compressFormat": compression} if compression else {})


def offered(chosen: Settings = FULL, **changes: Any) -> Catalogue:
    """The catalogue of that manifest."""
    return reading.catalogue(manifest(**changes), chosen)


def triples(it: Catalogue) -> list[ox.Triple]:
    """All of a catalogue."""
    return catalogue.whole(it, it.datasets)


@cache
def stack(name: str) -> rdflib.Graph:
    """The shapes of a stack; references to property shapes that do not exist are dropped (DCAT-AP 3.0.1 has two)."""
    shapes = rdflib.Graph()
    for path in STACKS[name]:
        shapes.parse(SUITES / path)
    for node, reference in list(shapes.subject_objects(SH.property)):
        if (reference, None, None) not in shapes:
            shapes.remove((node, SH.property, reference))
    return shapes


def found_by(name: str, feed: Iterable[ox.Triple]) -> list[tuple[str, str, str]]:
    """What a stack finds in a feed, with the slice of the official lists beside it: severity, path, focus node."""
    data = rdflib.Graph()
    data.parse(LISTS)
    data.parse(data=ox.serialize(feed, format=ox.RdfFormat.N_TRIPLES), format="nt")
    _, report, _ = pyshacl.validate(data, shacl_graph=stack(name))
    assert isinstance(report, rdflib.Graph)
    results = report.objects(None, SH.result)
    told = (
        tuple(str(report.value(each, term)) for term in (SH.resultSeverity, SH.resultPath, SH.focusNode))
        for each in results
    )
    return sorted((severity.removeprefix(str(SH)), path, focus) for severity, path, focus in told)


def without(feed: Iterable[ox.Triple], property_: str, of: str = "") -> list[ox.Triple]:
    """The feed without the statements with a property, of one subject or of all."""
    return [
        each
        for each in feed
        if each.predicate.value != property_ or (of and each.subject.value != of)  # type: ignore[union-attr]
    ]


def said(feed: Iterable[ox.Triple], subject: str) -> Mapping[str, list[str]]:
    """What a feed says of a subject, by property."""
    told: dict[str, list[str]] = {}
    for each in feed:
        if each.subject.value == subject:  # type: ignore[union-attr]
            told.setdefault(each.predicate.value, []).append(each.object.value)  # type: ignore[union-attr]
    return told


def read(path: Path) -> list[ox.Triple]:
    """The triples of a Turtle file."""
    return [quad.triple for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE)]
