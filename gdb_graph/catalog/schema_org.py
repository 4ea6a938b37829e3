"""One dataset of a catalogue in, its description for search engines (schema.org, JSON-LD) out."""

from typing import Any

from gdb_graph.catalog.model import Catalogue, Dataset, Distribution
from gdb_graph.terms import AUTHORITY

_LANGUAGE = f"{AUTHORITY}language/"
# BCP 47 wants the two letters where there are two.
_CODES = {"DEU": "de", "ENG": "en"}


def dataset(it: Dataset, of: Catalogue, lang: str) -> dict[str, Any]:
    """The dataset in the words of schema.org, its texts in one language; what is not known is left out."""
    share = of.coverage
    codes = [iri.removeprefix(_LANGUAGE) for iri in share.languages]
    told = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": it.iri,
        "url": it.pages[0],
        "identifier": it.iri,
        "name": it.title[lang],
        "description": it.description[lang],
        "license": share.license,
        "creator": {"@type": "Organization", "name": share.creator},
        "publisher": {"@type": "Organization", "@id": of.publisher.iri, "name": of.publisher.name},
        "datePublished": it.issued,
        "dateModified": it.modified,
        "version": it.version,
        "inLanguage": [_CODES.get(code, code.lower()) for code in codes],
        "keywords": list(share.keywords.get(lang, ())),
        "spatialCoverage": [{"@type": "Place", "@id": place} for place in share.places],
        "temporalCoverage": f"{share.start or '..'}/{share.end or '..'}" if share.start or share.end else "",
        "isAccessibleForFree": True,
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": of.iri, "url": of.iri, "name": of.title[lang]},
        "distribution": [_distribution(each, lang) for each in it.distributions],
    }
    return {name: value for name, value in told.items() if value not in ("", [])}


def _distribution(it: Distribution, lang: str) -> dict[str, Any]:
    told = {
        "@type": "DataDownload",
        "@id": it.iri,
        "name": it.title[lang],
        "contentUrl": it.url,
        "encodingFormat": it.compression or it.media_type or "application/sparql-results+json",
        "contentSize": f"{it.bytes} B" if it.sha256 else "",
        "sha256": it.sha256,
    }
    return {name: value for name, value in told.items() if value}
