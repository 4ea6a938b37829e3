"""IRIs in, addresses on this service out: every path in a page is made here, under the configured base URL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from gdb_graph.terms import GDB, SHAPES, VOCABULARY, Names

_ONTOLOGY = GDB.rstrip("#")


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of one service; `base_url` as users reach it, `names` of the content, `language` of the page."""

    base_url: str
    names: Names
    language: str = ""

    def path(self, path: str, **query: str) -> str:
        """A path of this service as a link: below the base URL's own path, the language kept."""
        if self.language:
            query = query | {"lang": self.language}
        return f"{urlsplit(self.base_url).path}{path}{'?' if query else ''}{urlencode(query)}"

    def plain(self, path: str) -> str:
        """A path of this service as a link that says nothing of the language: for files and data."""
        return f"{urlsplit(self.base_url).path}{path}"

    def again(self, path: str, given: Mapping[str, Sequence[str]], name: str = "", value: str = "") -> str:
        """The same question at `path`: all that was given, but for what is now `value` under `name`."""
        pairs = [(each, typed) for each, values in given.items() if each != name for typed in values]
        pairs += [(name, value)] if name else []
        pairs += [("lang", self.language)] if self.language else []
        return f"{urlsplit(self.base_url).path}{path}?{urlencode(pairs)}"

    def absolute(self, path: str) -> str:
        """A path of this service as an absolute address."""
        return f"{self.base_url}{path}"

    def iri(self, iri: str) -> str:
        """Where a browser finds out about `iri`: a page of this service for ours, else the IRI itself."""
        if iri.startswith(self.names.instances):
            return self.path(f"/page/{quote(iri.removeprefix(self.names.instances))}")
        if iri.startswith(VOCABULARY):
            return self.path(f"/vocab/{quote(iri.removeprefix(VOCABULARY))}")
        if iri.startswith(_ONTOLOGY):
            fragment = iri.partition("#")[2]
            return self.path("/ontology") + (f"#{fragment}" if fragment else "")
        if iri.startswith(SHAPES):
            return self.path("/shapes") + f"#{iri.removeprefix(SHAPES)}"
        if iri.startswith(self.names.graphs):
            return self.path(f"/graph/{quote(iri.removeprefix(self.names.graphs))}")
        return iri if iri.startswith(("http://", "https://")) else ""

    def is_ours(self, iri: str) -> bool:
        """Whether `iri` is one of those that this service answers for."""
        ours = (self.names.instances, VOCABULARY, _ONTOLOGY, SHAPES, self.names.graphs)
        return iri.startswith(ours)

    def short(self, iri: str) -> str:
        """The IRI with a prefix where there is one, to be read by people."""
        return self.names.short(iri).removeprefix(VOCABULARY)
