"""Content files and an IRI in, the file and line where it is written out: so that a message points somewhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gdb_graph.build.sources import SourceFile, blank_prefix

_PREFIX = re.compile(r"^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
_BLOCK = re.compile(r"^(<[^>\s]*>|[\w-]*:[^\s;,]+)", re.MULTILINE)


@dataclass(slots=True)
class Locator:
    """Finds IRIs in `files`; reads them when first asked, and notes where their blocks begin."""

    files: Sequence[SourceFile]
    _texts: dict[str, str] = field(default_factory=dict)
    _blocks: dict[str, list[tuple[SourceFile, int]]] = field(default_factory=dict)

    def find(self, iri: str, graph: str = "") -> tuple[str, int]:
        """The file and the line (from 1) where `iri` is written, best where a block begins with it.

        `graph` is where to look first. Of a blank node's label the file is known. ("", 0) where it is not written.
        """
        if "://" not in iri:
            return next(((file.shown, 0) for file in self.files if iri.startswith(blank_prefix(file.shown))), ("", 0))
        blocks = self._noted().get(iri, [])
        for wanted in self._where(graph):
            for file, line in blocks:
                if wanted(file):
                    return file.shown, line
            for file in filter(wanted, self.files):
                if line := _used(iri, self._texts[file.shown]):
                    return file.shown, line
        return "", 0

    def _where(self, graph: str) -> Iterator[Callable[[SourceFile], bool]]:
        if graph:
            yield lambda file: file.graph == graph
            yield lambda file: file.path.suffix != ".ttl"  # they state their graphs themselves
        yield lambda _: True

    def _noted(self) -> dict[str, list[tuple[SourceFile, int]]]:
        if not self._texts:
            for file in self.files:
                text = self._texts[file.shown] = file.text
                prefixes = dict(_PREFIX.findall(text))
                line = at = 0
                for match in _BLOCK.finditer(text):
                    line, at = line + text.count("\n", at, match.start()), match.start()
                    self._blocks.setdefault(_iri(match.group(), prefixes), []).append((file, line + 1))
        return self._blocks


def _iri(written: str, prefixes: dict[str, str]) -> str:
    if written.startswith("<"):
        return written[1:-1]
    prefix, _, local = written.partition(":")
    return prefixes.get(prefix, "") + local.replace("\\", "")


def _used(iri: str, text: str) -> int:
    """The first line on which the text names `iri`; 0 if none does."""
    for spelling in _spellings(iri, text):
        if spelling in text:
            found = re.search(rf"(?<![\w:-]){re.escape(spelling)}(?![\w-])", text)
            if found:
                return text.count("\n", 0, found.start()) + 1
    return 0


def _spellings(iri: str, text: str) -> Iterable[str]:
    yield f"<{iri}>"
    for prefix, namespace in _PREFIX.findall(text):
        if namespace and iri.startswith(namespace):
            local = iri[len(namespace) :]
            yield f"{prefix}:{local}"
            if "/" in local:
                yield f"{prefix}:{local.replace('/', chr(92) + '/')}"
