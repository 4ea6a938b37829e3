"""What a catalogue is made of: agents, datasets with their files, services. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Text = Mapping[str, str]
"""The same text by language: `de` and `en`."""

DATASETS = ("graph", "tables", "ontology")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who answers for the data: an IRI, a name, a code of the ADMS list of publisher types or ""."""

    iri: str
    name: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask: at least one of e-mail and address of a page is not ""."""

    iri: str
    name: str
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Distribution:
    """One way to get a dataset: a file, or a service where `service` is its IRI.

    `format` is a code of the EU file types, `media_type` and `compression` are media types or "", `path` is where
    the file lies in the snapshot's folder.
    """

    iri: str
    url: str
    title: Text
    description: Text
    format: str
    media_type: str = ""
    compression: str = ""
    bytes: int = 0
    sha256: str = ""
    path: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset: what it is called, where its page is, its edition, and its distributions, the files first."""

    name: str
    iri: str
    title: Text
    description: Text
    modified: str
    version: str
    issued: str
    provenance: Text
    conforms_to: str
    pages: Sequence[str]
    distributions: Sequence[Distribution]


@dataclass(frozen=True, slots=True)
class Service:
    """One service: where it answers, what describes it, which standard it follows, which datasets it serves."""

    iri: str
    title: Text
    description: Text
    endpoint: str
    endpoint_description: str
    conforms_to: str
    page: str
    serves: Sequence[str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What all datasets share, since the content states it once: maker, rights, places, time, subject, languages.

    `license` is where the licence is published, `topic` the thing that all is about.
    """

    creator: str
    topic: str
    license: str
    attribution: Text
    rights: Text
    access: str
    frequency: str
    languages: Sequence[str]
    places: Sequence[str]
    level: str
    start: str
    end: str
    themes: Sequence[str]
    keywords: Mapping[str, Sequence[str]]
    contributor: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it, under one address."""

    iri: str
    homepage: str
    title: Text
    description: Text
    publisher: Publisher
    contact: Contact | None
    coverage: Coverage
    datasets: Sequence[Dataset]
    services: Sequence[Service]

    @property
    def issued(self) -> str:
        """When the first of its datasets was published; "" where none says so."""
        return min((dataset.issued for dataset in self.datasets if dataset.issued), default="")

    @property
    def modified(self) -> str:
        """When the last of its datasets changed."""
        return max(dataset.modified for dataset in self.datasets)
