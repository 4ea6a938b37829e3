"""A manifest and the settings in, the catalogue they make out. Raises CatalogueError for what is not stated."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from gdb_graph.catalog.lists import FORMATS
from gdb_graph.catalog.model import (
    DATASETS,
    Catalogue,
    Contact,
    Coverage,
    Dataset,
    Distribution,
    Publisher,
    Service,
    Text,
)
from gdb_graph.errors import CatalogueError
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.settings import Settings

Manifest = Mapping[str, Any]
OWL = "https://www.w3.org/TR/owl2-overview/"


def catalogue(manifest: Manifest, settings: Settings) -> Catalogue:
    """The catalogue of a snapshot as this service offers it.

    Raises CatalogueError where the content leaves out what a catalogue must have, or the snapshot holds no files:
    a harvester that got less than all would delete what it has.
    """
    _must_be_whole(manifest)
    base, said, words = settings.base_url, manifest["dataset"], _Words(manifest)
    publisher = Publisher(
        settings.publisher_iri or f"{base}/catalog#publisher",
        settings.publisher_name or said["creator"],
        settings.publisher_type,
    )
    return Catalogue(
        iri=f"{base}/catalog",
        homepage=f"{base}/",
        title=words("catalogue.title"),
        description=words("catalogue.description"),
        publisher=publisher,
        contact=_contact(settings, publisher),
        coverage=_coverage(said, settings),
        datasets=[_dataset(name, base, manifest, words) for name in DATASETS],
        services=_services(base, words),
    )


def _must_be_whole(manifest: Manifest) -> None:
    said = manifest.get("dataset", {})
    missing = [name for name in ("creator", "license") if not said.get(name)]
    for name in ("title", "description"):
        missing += [f"{name} in {lang}" for lang in LANGUAGES if lang not in manifest[name]]
    if missing:
        stated = ", no ".join(missing)
        raise CatalogueError(f"The content states no {stated}. State it in data/dataset.ttl and build again.")
    if lost := set(DATASETS) - set(manifest.get("editions", {})):
        raise CatalogueError(f"This snapshot holds no files of {', '.join(sorted(lost))}. Build it again.")


class _Words:
    """The texts of the catalogue, with the title and the description of the content filled in."""

    def __init__(self, manifest: Manifest) -> None:
        self._said = {lang: {name: manifest[name][lang] for name in ("title", "description")} for lang in LANGUAGES}

    def __call__(self, key: str, **values: str | Text) -> Text:
        text: Any = _texts()
        for part in key.split("."):
            text = text[part]
        return {lang: text[lang].format(**self._said[lang] | _in(lang, values)) for lang in LANGUAGES}


def _in(lang: str, values: Mapping[str, str | Text]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[lang] for name, value in values.items()}


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


def _contact(settings: Settings, publisher: Publisher) -> Contact | None:
    if not (settings.contact_email or settings.contact_url):
        return None
    name = settings.contact_name or publisher.name
    return Contact(f"{settings.base_url}/catalog#contact", name, settings.contact_email, settings.contact_url)


def _coverage(said: Mapping[str, Any], settings: Settings) -> Coverage:
    return Coverage(
        contributor=settings.contributor_id,
        **{name: said[name] for name in Coverage.__dataclass_fields__ if name != "contributor"},
    )


def _dataset(name: str, base: str, manifest: Manifest, words: _Words) -> Dataset:
    said, edition = manifest["dataset"], manifest["editions"][name]
    ontology = said["ontology"] if name == "ontology" else {}
    iri, snapshot = f"{base}/datasets/{name}", edition["snapshot"] or manifest["id"]
    title = _whole(ontology.get("title")) or words(f"{name}.title")
    sources = sum("/graph/src-" in graph for graph in manifest["counts"]["graphs"])
    files = [each for each in manifest["distributions"] if each["dataset"] == name]
    distributions = [_file(each, iri, title, base, snapshot, words) for each in files]
    return Dataset(
        name=name,
        iri=iri,
        title=title,
        description=_whole(ontology.get("description")) or words(f"{name}.description"),
        modified=edition["modified"],
        version=ontology.get("version") or snapshot,
        issued=ontology.get("issued") or said["issued"],
        provenance={} if name == "ontology" else words("provenance", sources=str(sources)),
        conforms_to=OWL if name == "ontology" else said["ontology"].get("version_iri", ""),
        pages=[iri, f"{base}/ontology"] if name == "ontology" else [iri],
        distributions=[*distributions, *([_endpoint(iri, title, base, words)] if name == "graph" else [])],
    )


def _whole(text: Text | None) -> Text:
    """The text if it is there in every language, else nothing."""
    return text if text and all(lang in text for lang in LANGUAGES) else {}


def _file(file: Mapping[str, Any], dataset: str, title: Text, base: str, snapshot: str, words: _Words) -> Distribution:
    name, compression = file["name"], file.get("compressFormat", "")
    code, called = FORMATS[file["mediaType"]]
    table = file["dataset"] == "tables"
    kind = "table" if table else "file"
    format_ = f"{called}, {compression.rpartition('/')[2]}" if compression else called
    return Distribution(
        iri=f"{dataset}#{name}",
        url=f"{base}/tables/{name}" if table else f"{base}/dumps/{snapshot}/{name}",
        title=_whole(file.get("title")) or words(f"{kind}.title", dataset=title, format=format_, name=name),
        description=_whole(file.get("description")) or words(f"{kind}.description", name=name),
        format=code,
        media_type=file["mediaType"],
        compression=compression,
        bytes=file["bytes"],
        sha256=file["sha256"],
        path=file["path"],
    )


def _endpoint(dataset: str, title: Text, base: str, words: _Words) -> Distribution:
    """The SPARQL endpoint as a way to get the graph; it answers in many media types, so none is stated."""
    return Distribution(
        iri=f"{dataset}#sparql",
        url=f"{base}/sparql",
        title=words("endpoint.title", dataset=title),
        description=words("endpoint.description"),
        format="SPARQLQRES",
        service=f"{base}/catalog#sparql",
    )


def _services(base: str, words: _Words) -> Sequence[Service]:
    graph = [f"{base}/datasets/graph"]
    return [
        Service(
            iri=f"{base}/catalog#{name}",
            title=words(f"{name}.title"),
            description=words(f"{name}.description"),
            endpoint=f"{base}{endpoint}",
            endpoint_description=f"{base}{description}",
            conforms_to=standard,
            page=f"{base}{page}",
            serves=graph,
        )
        for name, endpoint, description, standard, page in (
            ("sparql", "/sparql", "/sparql", "https://www.w3.org/TR/sparql11-protocol/", "/sparql"),
            ("api", "/queries", "/openapi.json", "https://spec.openapis.org/oas/v3.1.0", "/docs"),
        )
    ]
