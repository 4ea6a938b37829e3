"""A snapshot's quads in, its graphs out one by one as files: how many triples, of which properties, and a digest.

The digest is the sum of the hashes of the triples, so that it can be taken of an answer in any order, without sorting.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from gdb_graph.remote.names import AS_TEXT
from gdb_graph.terms import XSD

_BITS = 128
_AT_ONCE = 10_000
_OPEN = 200
_FLOATS = tuple(f'"^^<{XSD}{name}> .\n'.encode() for name in ("double", "float"))


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph: its name ("": the default graph), what is in it, and the files that hold it as N-Triples.

    `nodes` holds the triples with blank nodes: they travel together, since a label means something in one file only.
    """

    name: str
    count: int
    digest: str
    properties: Mapping[str, int]
    ground: Path
    nodes: Path

    @property
    def held(self) -> str:
        """What the engine's marker says of it."""
        return f"{self.count} {self.digest}"


def split(quads: Path, folder: Path, opaque: Collection[str]) -> list[Graph]:
    """The graphs of a file of sorted N-Quads, written into the empty `folder` with the names that the engine is given.

    The IRIs in `opaque` are renamed, see `names.AS_TEXT`; the digest is of what the engine should hold.
    """
    renamed = [b"<%b>" % iri.encode() for iri in opaque]
    places: dict[bytes, Path] = {}
    properties: dict[bytes, Counter[bytes]] = {}
    with quads.open("rb") as file, _Files() as files:
        for line in file:
            subject, predicate, rest = line.split(b" ", 2)
            object_, graph = _parted(rest)
            place = places.setdefault(graph, folder / f"{len(places)}")
            properties.setdefault(graph, Counter())[predicate] += 1
            has_node = subject.startswith(b"_:") or object_.startswith(b"_:")
            kind = ".nodes" if has_node else ".ground"
            files.write(place.with_suffix(kind), _stored(b"%b %b %b .\n" % (subject, predicate, object_), renamed))
    return [_graph(graph, place, properties[graph]) for graph, place in places.items()]


def _parted(rest: bytes) -> tuple[bytes, bytes]:
    """The object and the graph (b"": none) of what follows the predicate in a line of N-Quads."""
    said = rest.rstrip().removesuffix(b".").rstrip()
    before, _, last = said.rpartition(b" ")
    # Neither a literal nor its datatype can look like this: an IRI holds no quote, and a literal ends after one.
    if before and last.startswith(b"<") and b'"' not in last:
        return before, last
    return said, b""


def _stored(line: bytes, renamed: Iterable[bytes]) -> bytes:
    for iri in renamed:
        # Nothing but an object or its datatype ends so: within a literal a quote would follow.
        if line.endswith(iri + b" .\n"):
            return line.removesuffix(iri + b" .\n") + b"<%b%b .\n" % (AS_TEXT.encode(), iri[1:])
        if line.startswith(iri + b" "):
            return b"<%b%b" % (AS_TEXT.encode(), line[1:])
    return line


class _Files:
    """Files to append to, as many as there are graphs, of which few are open at a time."""

    def __enter__(self) -> "_Files":
        self._open: dict[Path, IO[bytes]] = {}
        self._stack = ExitStack()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(self, path: Path, line: bytes) -> None:
        if path not in self._open:
            if len(self._open) >= _OPEN:
                self._stack.close()
                self._open.clear()
            self._open[path] = self._stack.enter_context(path.open("ab"))
        self._open[path].write(line)


def _graph(name: bytes, place: Path, properties: Counter[bytes]) -> Graph:
    ground, nodes = place.with_suffix(".ground"), place.with_suffix(".nodes")
    for path in (ground, nodes):
        path.touch()
    with ground.open("rb") as lines, nodes.open("rb") as with_nodes:
        digest = _sum(lines) + _sum(_canonical(ox.parse(with_nodes, format=ox.RdfFormat.N_TRIPLES)))
    counts = {each.decode()[1:-1]: count for each, count in properties.items()}
    return Graph(name.decode()[1:-1], properties.total(), _hex(digest), counts, ground, nodes)


def digest(triples: Iterable[ox.Triple]) -> tuple[int, str]:
    """How many triples, and their digest: of what an engine gives back."""
    total, count = 0, 0
    nodes: list[ox.Triple] = []
    part: list[ox.Triple] = []
    for triple in triples:
        count += 1
        has_node = isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)
        (nodes if has_node else part).append(triple)
        if len(part) == _AT_ONCE:
            total += _sum(_lines(part))
            part.clear()
    return count, _hex(total + _sum(_lines(part)) + _sum(_canonical(nodes)))


def _lines(triples: Iterable[ox.Triple]) -> Iterator[bytes]:
    yield from ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES).splitlines(keepends=True)  # type: ignore[union-attr]


def _canonical(triples: Iterable[ox.Triple | ox.Quad]) -> Iterator[bytes]:
    """The lines of triples with blank nodes, which are given labels by what is said of them."""
    dataset = ox.Dataset(ox.Quad(each.subject, each.predicate, each.object) for each in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return _lines(quad.triple for quad in dataset)


def _sum(lines: Iterable[bytes]) -> int:
    return sum(int.from_bytes(hashlib.blake2b(_plain(line), digest_size=_BITS // 8).digest()) for line in lines)


def _plain(line: bytes) -> bytes:
    """A line with the numbers that engines write in several ways written in one: 1.0E6 and 1e+06 are one double."""
    if not line.endswith(_FLOATS):
        return line
    head, _, tail = line.rpartition(b'"^^<')
    start, _, number = head.rpartition(b'"')
    try:
        return b'%b"%b"^^<%b' % (start, repr(float(number)).encode(), tail)
    except ValueError:
        return line


def _hex(total: int) -> str:
    return f"{total % 2**_BITS:0{_BITS // 4}x}"


def short(name: str) -> str:
    """A short name for a long one."""
    return hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
