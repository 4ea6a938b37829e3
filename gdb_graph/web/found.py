"""The answer of a search in, what a page or a program is shown of it out: labels, addresses, kinds, marked excerpts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from gdb_graph.queryfile import LANGUAGES
from gdb_graph.search.documents import KINDS, Document
from gdb_graph.search.excerpt import Excerpt, Marker
from gdb_graph.search.find import Found
from gdb_graph.search.index import Index
from gdb_graph.web.links import Links

Texts = Mapping[str, Mapping[str, str]]
"""The texts of the pages by language and key."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A class with its label by language; of a search also how many of it there are."""

    iri: str
    label: Mapping[str, str]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """One hit: its address below this service, its label, why it was found, and what it is."""

    document: Document
    href: str
    label: Excerpt
    match: Excerpt | None
    kinds: tuple[Kind, ...]
    score: float

    def summary(self, lang: str, texts: Texts) -> str:
        """What it is, and by which other name it was found, in a few words."""
        kinds = ", ".join(kind.label[lang] for kind in self.kinds)
        if not self.match or not self.match.marks or not self.match.is_name:
            return kinds
        called = "called_before" if self.match.is_former else "called_too"
        return f"{kinds} · {texts[lang][called]} {self.match.text.value}"

    def data(self, links: Links) -> Mapping[str, Any]:
        """The same for programs."""
        return {
            "iri": self.document.iri,
            "url": urljoin(links.base_url, self.href),
            "label": {text.language: text.value for text in self.document.labels},
            "types": [{"iri": kind.iri, "label": kind.label} for kind in self.kinds],
            "shown": _data(self.label),
            "match": _data(self.match) if self.match else None,
            "score": self.score,
        }


def _data(excerpt: Excerpt) -> Mapping[str, Any]:
    text = excerpt.text
    return {"text": text.value, "lang": text.language, "property": text.property, "marks": excerpt.marks}


def hits(found: Found, index: Index, texts: Texts, links: Links) -> tuple[Shown, ...]:
    """Each hit as it is shown in the language of `links`."""
    marker, lang = Marker(index, found.words), links.language
    return tuple(
        Shown(
            document=hit.document,
            href=links.iri(hit.document.iri),
            label=marker.label(hit.document, lang),
            match=marker.match(hit.document, lang),
            kinds=tuple(kind(each, index, texts) for each in hit.document.kinds),
            score=hit.score,
        )
        for hit in found.hits
    )


def kinds(found: Found, index: Index, texts: Texts, lang: str) -> list[Kind]:
    """What kinds were found, the commonest first."""
    counted: Iterable[Kind] = (kind(iri, index, texts, count) for iri, count in found.kinds.items())
    return sorted(counted, key=lambda each: (-each.count, each.label[lang], each.iri))


def kind(iri: str, index: Index, texts: Texts, count: int = 0) -> Kind:
    """A class as it is shown: by its label in each language, else by the last part of its IRI."""
    last = iri.rpartition("/")[2].rpartition("#")[2]
    stated = index.classes.labels.get(iri, {})
    own = f"kind_{last}" if iri in KINDS else ""
    return Kind(iri, {lang: texts[lang].get(own) or stated.get(lang, last) for lang in LANGUAGES}, count)
