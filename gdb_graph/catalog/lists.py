"""Which entry of which official list stands for a media type, a licence, a publisher type: tables, no rules."""

from gdb_graph.terms import AUTHORITY

FILE_TYPE = f"{AUTHORITY}file-type/"
MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
PUBLISHER_TYPE = "http://purl.org/adms/publishertype/"
DATA_THEMES = f"{AUTHORITY}data-theme"
AVAILABLE = f"{AUTHORITY}planned-availability/AVAILABLE"
COMPLETED = f"{AUTHORITY}distribution-status/COMPLETED"
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"

# Media type to the code of the EU list of file types, and what people call it.
FORMATS = {
    "application/ld+json": ("JSON_LD", "JSON-LD"),
    "application/json": ("JSON", "JSON"),
    "application/n-quads": ("RDF_N_QUADS", "N-Quads"),
    "application/n-triples": ("RDF_N_TRIPLES", "N-Triples"),
    "application/rdf+xml": ("RDF_XML", "RDF/XML"),
    "application/trig": ("RDF_TRIG", "TriG"),
    "text/csv": ("CSV", "CSV"),
    "text/turtle": ("RDF_TURTLE", "Turtle"),
}

# Where a licence is published to its IRI in the DCAT-AP.de list, which portals in Germany know, and in the EU list.
_DE = "http://dcat-ap.de/def/licenses/"
LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": (f"{_DE}cc-by/4.0", f"{AUTHORITY}licence/CC_BY_4_0"),
    "https://creativecommons.org/licenses/by-sa/4.0/": (f"{_DE}cc-by-sa/4.0", f"{AUTHORITY}licence/CC_BYSA_4_0"),
    "https://creativecommons.org/publicdomain/zero/1.0/": (f"{_DE}cc-zero", f"{AUTHORITY}licence/CC0"),
    "https://www.govdata.de/dl-de/by-2-0": (f"{_DE}dl-by-de/2.0", ""),
    "https://www.govdata.de/dl-de/zero-2-0": (f"{_DE}dl-zero-de/2.0", ""),
}


def licence(published: str) -> tuple[str, str]:
    """The IRI of a licence in the DCAT-AP.de list, and in the EU list or "".

    One that is not in the table stays as it is: the list is a recommendation.
    """
    return LICENCES.get(published, (published, ""))
