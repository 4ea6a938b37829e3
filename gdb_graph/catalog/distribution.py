"""One distribution of a dataset in, its description by DCAT-AP.de 3.0 out."""

from collections.abc import Iterator

import pyoxigraph as ox

from gdb_graph.catalog.lists import AVAILABLE, COMPLETED, FILE_TYPE, MEDIA_TYPE, SHA256, licence
from gdb_graph.catalog.model import Catalogue, Dataset, Distribution
from gdb_graph.catalog.say import literal, nodes, refer, say, texts
from gdb_graph.terms import ADMS, DCAT, DCATAP, DCATDE, DCT, RDF, RDFS, SPDX


def distribution(it: Distribution, dataset: Dataset, of: Catalogue) -> Iterator[ox.Triple]:
    """The triples of one distribution. A file is got where it is seen: accessURL and downloadURL are the same."""
    share = of.coverage
    yield from say(
        it.iri,
        {
            f"{RDF}type": ox.NamedNode(f"{DCAT}Distribution"),
            f"{DCT}title": texts(it.title),
            f"{DCT}description": texts(it.description),
            f"{DCAT}accessURL": ox.NamedNode(it.url),
            f"{DCAT}downloadURL": nodes([] if it.service else [it.url]),
            f"{DCAT}accessService": nodes([it.service]),
            f"{DCT}issued": literal(dataset.issued, "date"),
            f"{DCT}modified": literal(dataset.modified, "dateTime"),
            f"{DCATDE}licenseAttributionByText": texts(share.attribution),
            f"{DCAT}byteSize": literal(str(it.bytes), "nonNegativeInteger") if it.sha256 else None,
            f"{ADMS}status": ox.NamedNode(COMPLETED),
            f"{DCATAP}availability": ox.NamedNode(AVAILABLE),
        },
    )
    yield from refer(it.iri, f"{DCT}license", [licence(share.license)[0]], f"{DCT}LicenseDocument")
    yield from refer(it.iri, f"{DCT}language", share.languages, f"{DCT}LinguisticSystem")
    yield from refer(it.iri, f"{DCT}format", [f"{FILE_TYPE}{it.format}"], f"{DCT}MediaTypeOrExtent")
    for property_, type_ in ((f"{DCAT}mediaType", it.media_type), (f"{DCAT}compressFormat", it.compression)):
        yield from refer(it.iri, property_, [f"{MEDIA_TYPE}{type_}"] if type_ else [], f"{DCT}MediaType")
    yield from refer(it.iri, f"{DCT}conformsTo", [dataset.conforms_to], f"{DCT}Standard")
    if share.rights:
        statement = f"{dataset.iri}#rights"
        yield from refer(it.iri, f"{DCT}rights", [statement], f"{DCT}RightsStatement")
        yield from say(statement, {f"{RDFS}label": texts(share.rights)})
    if it.sha256:
        yield from _checksum(it)


def _checksum(it: Distribution) -> Iterator[ox.Triple]:
    checksum = f"{it.iri}-sha256"
    yield from refer(it.iri, f"{SPDX}checksum", [checksum], f"{SPDX}Checksum")
    yield from refer(checksum, f"{SPDX}algorithm", [SHA256], f"{SPDX}ChecksumAlgorithm")
    yield from say(checksum, {f"{SPDX}checksumValue": literal(it.sha256, "hexBinary")})
