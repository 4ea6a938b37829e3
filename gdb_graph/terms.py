"""Our names and nothing else: namespaces, prefixes, and the IRIs a content folder mints under its own base."""

from dataclasses import dataclass

GDB = "https://w3id.org/gdb-berlin/ontology#"
VOCABULARY = "https://w3id.org/gdb-berlin/vocab/"
SHAPES = "https://w3id.org/gdb-berlin/shapes#"

ADMS = "http://www.w3.org/ns/adms#"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
CURRENCY = "http://publications.europa.eu/resource/authority/currency/"
DC11 = "http://purl.org/dc/elements/1.1/"
DCAT = "http://www.w3.org/ns/dcat#"
DCATAP = "http://data.europa.eu/r5r/"
DCATDE = "http://dcat-ap.de/def/dcatde/"
DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
HYDRA = "http://www.w3.org/ns/hydra/core#"
ORG = "http://www.w3.org/ns/org#"
OWL = "http://www.w3.org/2002/07/owl#"
PROV = "http://www.w3.org/ns/prov#"
QB = "http://purl.org/linked-data/cube#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA = "https://schema.org/"
SD = "http://www.w3.org/ns/sparql-service-description#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SPDX = "http://spdx.org/rdf/terms#"
VANN = "http://purl.org/vocab/vann/"
VCARD = "http://www.w3.org/2006/vcard/ns#"
VOID = "http://rdfs.org/ns/void#"
XSD = "http://www.w3.org/2001/XMLSchema#"

# The base of the built-in content; another city states its own (see data/dataset.ttl, void:uriSpace).
DEFAULT_BASE = "https://w3id.org/gdb-berlin/"


@dataclass(frozen=True, slots=True)
class Names:
    """The IRIs minted under one base, an IRI ending in "/"."""

    base: str = DEFAULT_BASE

    @property
    def instances(self) -> str:
        """The namespace of the things."""
        return f"{self.base}id/"

    @property
    def graphs(self) -> str:
        """The namespace of the named graphs."""
        return f"{self.base}graph/"

    def thing(self, slug: str) -> str:
        """The IRI of the thing `slug`."""
        return f"{self.instances}{slug}"

    def graph(self, name: str) -> str:
        """The IRI of the named graph `name`."""
        return f"{self.graphs}{name}"

    def short(self, iri: str) -> str:
        """The IRI with a prefix, to be read by people; as it is where none fits."""
        for prefix, namespace in self.prefixes().items():
            if iri.startswith(namespace) and iri != namespace:
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri

    def prefixes(self) -> dict[str, str]:
        """Prefix to namespace: one spelling each, for answers and for the editor."""
        return {
            "currency": CURRENCY,
            "dc11": DC11,
            "dct": DCT,
            "foaf": FOAF,
            "gdb": GDB,
            "gdbg": self.graphs,
            "gdbi": self.instances,
            "org": ORG,
            "owl": OWL,
            "prov": PROV,
            "rdf": RDF,
            "rdfs": RDFS,
            "schema": SCHEMA,
            "sh": SH,
            "skos": SKOS,
            "void": VOID,
            "xsd": XSD,
        }
