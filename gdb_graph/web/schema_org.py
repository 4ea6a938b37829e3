"""A thing and its classes in, its description for search engines (schema.org, JSON-LD) out, if it has a type there.

A search engine takes what it reads for a fact, so what sources contradict each other in is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gdb_graph.engine.answer import Published
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.rows import Cell
from gdb_graph.terms import DCT, FOAF, GDB, OWL, SKOS
from gdb_graph.web.parts import select
from gdb_graph.web.signposts import Forms

# The most specific first: a thing has one type there. Those of `ontology/alignments.ttl`; besides them:
# a concept is a DefinedTerm, and its list a DefinedTermSet, by the definitions that schema.org gives of these.
TYPES = {
    f"{GDB}PublicBody": "GovernmentOrganization",
    f"{GDB}Organisation": "Organization",
    f"{GDB}Person": "Person",
    f"{GDB}Undertaking": "Project",
    f"{GDB}ParticipationEvent": "Event",
    f"{GDB}FundingProgramme": "FundingScheme",
    f"{GDB}Source": "CreativeWork",
    f"{SKOS}ConceptScheme": "DefinedTermSet",
    f"{SKOS}Concept": "DefinedTerm",
}
# A project is an organisation there, and has no dates of its own.
_DATES = {
    "Event": {f"{GDB}startDate": "startDate", f"{GDB}endDate": "endDate"},
    "CreativeWork": {f"{DCT}issued": "datePublished"},
}
_NAMES = (f"{SKOS}prefLabel", f"{DCT}title")
_DESCRIPTIONS = (f"{DCT}description", f"{SKOS}definition")
_SAME = (f"{SKOS}exactMatch", f"{OWL}sameAs")
_OTHERS = (f"{SKOS}altLabel", f"{SKOS}inScheme", f"{FOAF}homepage", f"{FOAF}page")
_WANTED = (*_NAMES, *_DESCRIPTIONS, *_SAME, *_OTHERS, *(each for dates in _DATES.values() for each in dates))
_SAID = f"""
SELECT ?property ?value WHERE {{{{
  <{{iri}}> ?property ?value . FILTER(?property IN ({", ".join(f"<{each}>" for each in _WANTED)}))
}}}} ORDER BY ?property ?value
"""

Said = Mapping[str, Sequence[Cell]]
"""What is said of a thing, by property."""


async def described(
    now: Published, of: Forms, classes: frozenset[str], lang: str, base_url: str
) -> Mapping[str, Any] | None:
    """The thing in the words of schema.org, its texts in one language; None where it has no type or no name there."""
    type_ = next((name for kind, name in TYPES.items() if kind in classes), "")
    if not type_:
        return None
    said: dict[str, list[Cell]] = {}
    for row in (await select(now, _SAID.format(iri=of.iri)))[1]:
        said.setdefault(row["property"].value, []).append(row["value"])
    return told(of, type_, said, lang, base_url)


def told(of: Forms, type_: str, said: Said, lang: str, base_url: str) -> Mapping[str, Any] | None:
    """The same from what is said of it."""
    name = _first(said, _NAMES, lang) or _first(said, _NAMES, *LANGUAGES)
    if not name:
        return None
    values: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": type_,
        "@id": of.iri,
        "identifier": of.iri,
        "name": name,
        "alternateName": _texts(said, f"{SKOS}altLabel", lang),
        "description": _first(said, _DESCRIPTIONS, lang),
        "url": _only(said, f"{FOAF}homepage") or _only(said, f"{FOAF}page"),
        "sameAs": [cell.value for each in _SAME for cell in said.get(each, ())],
        "inDefinedTermSet": _only(said, f"{SKOS}inScheme") if type_ == "DefinedTerm" else "",
        **{there: _only(said, here) for here, there in _DATES.get(type_, {}).items()},
        "mainEntityOfPage": {
            "@type": "WebPage",
            "@id": of.page,
            "inLanguage": lang,
            "isPartOf": {"@type": "Dataset", "@id": f"{base_url}/datasets/graph"},
        },
    }
    return {name: value for name, value in values.items() if value not in ("", [])}


def _texts(said: Said, property_: str, *langs: str) -> list[str]:
    return [cell.value for cell in said.get(property_, ()) if cell.language in ("", *langs)]


def _first(said: Said, properties: Sequence[str], *langs: str) -> str:
    return next((text for each in properties for text in _texts(said, each, *langs)), "")


def _only(said: Said, property_: str) -> str:
    """The one value; "" where there is none, or where there are several, since then sources may contradict."""
    values = {cell.value for cell in said.get(property_, ()) if cell.kind != "bnode"}
    return values.pop() if len(values) == 1 else ""
