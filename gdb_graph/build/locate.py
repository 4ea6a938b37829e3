"""Content files and an IRI in, the file and line where it is written out: so that a message points somewhere."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gdb_graph.build.sources import SourceFile, blank_prefix

_PREFIX = re.compile(r"^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Locator:
    """Finds IRIs in `files`; reads a file when first asked, and only once."""

    files: Sequence[SourceFile]
    _texts: dict[str, str] = field(default_factory=dict)

    def find(self, iri: str, graph: str = "") -> tuple[str, int]:
        """The file and the line (from 1) where `iri` is written, best where a block begins with it.

        `graph` is where to look first. Of a blank node's label the file is known. ("", 0) where it is not written.
        """
        if "://" not in iri:
            return next(((file.shown, 0) for file in self.files if iri.startswith(blank_prefix(file.shown))), ("", 0))
        for candidates in self._candidates(graph):
            if (found := self._find(iri, candidates))[1]:
                return found
        return "", 0

    def _find(self, iri: str, files: Iterable[SourceFile]) -> tuple[str, int]:
        elsewhere = ("", 0)
        for file in files:
            text = self._texts.setdefault(file.shown, "") or self._read(file)
            for spelling in _spellings(iri, text):
                if spelling not in text:
                    continue
                pattern = re.compile(rf"(^[ \t]*)?(?<![\w:-]){re.escape(spelling)}(?![\w-])", re.MULTILINE)
                for match in pattern.finditer(text):
                    place = (file.shown, text.count("\n", 0, match.start()) + 1)
                    if match.group(1) == "":
                        return place
                    elsewhere = elsewhere if elsewhere[1] else place
        return elsewhere

    def _candidates(self, graph: str) -> Iterator[list[SourceFile]]:
        if graph:
            yield [file for file in self.files if file.graph == graph]
            yield [file for file in self.files if file.path.suffix != ".ttl"]  # they state their graphs themselves
        yield list(self.files)

    def _read(self, file: SourceFile) -> str:
        self._texts[file.shown] = file.text
        return self._texts[file.shown]


def _spellings(iri: str, text: str) -> Iterable[str]:
    yield f"<{iri}>"
    for prefix, namespace in _PREFIX.findall(text):
        if namespace and iri.startswith(namespace):
            local = iri[len(namespace) :]
            yield f"{prefix}:{local}"
            if "/" in local:
                yield f"{prefix}:{local.replace('/', chr(92) + '/')}"
