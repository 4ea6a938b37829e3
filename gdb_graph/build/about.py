"""A store of all quads in, what the content says of itself as a dataset out: title, licence, places, its ontology.

Found is what data/dataset.ttl states; a catalogue is made from it when the service knows its address.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from gdb_graph.build.ask import Term, select
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.terms import DC11, DCAT, DCATDE, DCT, FOAF, OWL, VANN, VOID

_DATASET = f"""
SELECT ?property ?value WHERE {{
  ?dataset <{VOID}uriSpace> ?space .
  {{ ?dataset ?property ?value }} UNION {{ ?dataset <{DCT}creator>|<{DCT}temporal> ?part . ?part ?property ?value }}
}} ORDER BY ?property ?value
"""
_ONTOLOGY = f"""
SELECT ?iri ?property ?value WHERE {{
  ?iri a <{OWL}Ontology> ; <{OWL}versionInfo> ?version ; ?property ?value .
}} ORDER BY ?iri ?property ?value
"""
Said = Mapping[str, list[Term]]


def about(store: ox.Store) -> dict[str, Any]:
    """What the manifest says of the content: `title` and `description` by language, the rest under `dataset`.

    What the content does not state is empty or absent. The default graph of `store` holds what is asserted.
    """
    said = _said(select(store, _DATASET))
    ontology = _ontology(list(select(store, _ONTOLOGY)))
    return {
        "title": _texts(said, f"{DCT}title"),
        "description": _texts(said, f"{DCT}description"),
        "dataset": {
            "creator": _first(said, f"{FOAF}name"),
            "license": _first(said, f"{DCT}license"),
            "attribution": _texts(said, f"{DCATDE}licenseAttributionByText"),
            "rights": _texts(said, f"{DC11}rights"),
            "access": _first(said, f"{DCT}accessRights"),
            "issued": _first(said, f"{DCT}issued"),
            "frequency": _first(said, f"{DCT}accrualPeriodicity"),
            "languages": _all(said, f"{DCT}language"),
            "places": _all(said, f"{DCT}spatial"),
            "level": _first(said, f"{DCATDE}politicalGeocodingLevelURI"),
            "start": _first(said, f"{DCAT}startDate"),
            "end": _first(said, f"{DCAT}endDate"),
            "themes": _all(said, f"{DCAT}theme"),
            "keywords": {lang: _in(said, f"{DCAT}keyword", lang) for lang in LANGUAGES},
            "topic": _first(said, f"{FOAF}primaryTopic"),
            "ontology": ontology,
        },
    }


def _ontology(rows: list[Mapping[str, Term]]) -> dict[str, Any]:
    """The header of the ontology; of several the first by IRI. Empty where none states a version."""
    if not rows:
        return {}
    said = _said(row for row in rows if row["iri"] == rows[0]["iri"])
    return {
        "iri": rows[0]["iri"].value,
        "title": _texts(said, f"{DCT}title"),
        "description": _texts(said, f"{DCT}description"),
        "version": _first(said, f"{OWL}versionInfo"),
        "version_iri": _first(said, f"{OWL}versionIRI"),
        "issued": _first(said, f"{DCT}created"),
        "namespace": _first(said, f"{VANN}preferredNamespaceUri"),
    }


def _said(rows: Iterable[Mapping[str, Term]]) -> Said:
    said: dict[str, list[Term]] = {}
    for row in rows:
        said.setdefault(row["property"].value, []).append(row["value"])
    return said


def _all(said: Said, property_: str) -> list[str]:
    return [value.value for value in said.get(property_, ())]


def _first(said: Said, property_: str) -> str:
    return next(iter(_all(said, property_)), "")


def _in(said: Said, property_: str, lang: str) -> list[str]:
    return [v.value for v in said.get(property_, ()) if isinstance(v, ox.Literal) and v.language == lang]


def _texts(said: Said, property_: str) -> dict[str, str]:
    return {lang: found[0] for lang in LANGUAGES if (found := _in(said, property_, lang))}
