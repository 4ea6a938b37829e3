"""A snapshot in, what the servers are asked out: curated queries, pages, small queries, and a tenth of the triples."""

import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from zlib import crc32

import generate

from serving.load import Failed, show

ROOT = Path(__file__).parent.parent.parent
SEED = 1
DRAWS = 10_000
MOST_ROWS = 50
LONGEST = 7500
_TRIPLE = re.compile(rb'(<[^>]*>) <[^>]*> (?:<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@\S+|\^\^<[^>]*>)?) \.\n')
_LABELLED = re.compile(rb"^<[^>]*/id/([^/>]+)> <http://www\.w3\.org/2004/02/skos/core#prefLabel>", re.MULTILINE)


def snapshot(folder: Path, cities: int) -> Path:
    """The snapshot that `current` in `folder` points at, made first if there is none: of invented cities, 0 the real.

    Raises Failed where it cannot be built.
    """
    if not (folder / "current" / "quads.nq").exists():
        with tempfile.TemporaryDirectory() as content:
            build = [sys.executable, "-m", "gdb_graph", "build", "--out", str(folder.absolute())]
            if cities:
                generate.write(Path(content), cities, SEED)
                build += ["--content", content]
            show(build)
            done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"The snapshot in {folder} cannot be built: {done.stderr[-2000:]}")
    return (folder / "current").resolve()


def curated(snapshot: Path) -> dict[str, str]:
    """The curated queries by name, with their defaults, without the lines of their headers.

    Without those too long for the address of a GET to `oxigraph serve`, which takes heads of 8 KB.
    """
    texts = {
        path.stem: "".join(
            line for line in path.read_text(encoding="utf-8").splitlines(True) if not line.startswith("#+")
        )
        for path in sorted((snapshot / "queries").glob("*.rq"))
    }
    return {name: text for name, text in texts.items() if len(quote(text)) < LONGEST}


def zipf(count: int) -> list[int]:
    """Which of so many is asked for next, ten thousand times: the n-th most popular 1/n as often as the first."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    popular = chance.sample(range(count), count)
    return chance.choices(popular, [1 / rank for rank in range(1, count + 1)], k=DRAWS)


@dataclass(frozen=True, slots=True)
class Things:
    """About a tenth of the things with an IRI: their triples as N-Triples, and the rows of a small query on each."""

    triples: bytes
    rows: dict[str, int]

    def small(self) -> list[str]:
        """A small query on each, in a fixed mixed order; it wants a number after it: a limit that cuts nothing."""
        mixed = random.Random(SEED).sample(sorted(self.rows), len(self.rows))  # noqa: S311 - no secret
        return [f"SELECT * {{ <{iri}> ?p ?o }} LIMIT " for iri in mixed]

    def slugs(self) -> list[str]:
        """The last part of the IRIs of those that have a label, and so a page."""
        return sorted({slug.decode() for slug in _LABELLED.findall(self.triples)})


def things(snapshot: Path) -> Things:
    """A tenth of the default graph of a snapshot, chosen by a checksum of the subject; blank nodes are left out."""
    lines, found = [], Counter[str]()
    with (snapshot / "quads.nq").open("rb") as quads:
        for line in quads:
            if crc32(line[: line.index(b" ")]) % 10 == 0 and (triple := _TRIPLE.fullmatch(line)):
                lines.append(line)
                found[triple[1][1:-1].decode()] += 1
    return Things(b"".join(lines), {iri: count for iri, count in found.items() if count <= MOST_ROWS})
