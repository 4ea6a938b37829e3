"""Small contents for tests: Otherstadt, a made-up city in `content/otherstadt`, to build, to change and to break."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph as ox

from gdb_graph import build, content
from gdb_graph.build import sources
from gdb_graph.terms import DEFAULT_BASE, GDB, Names

OTHERSTADT = Path(__file__).parent / "content" / "otherstadt"
BASE = "https://example.org/otherstadt/"
NOW = datetime(2031, 3, 4, tzinfo=UTC)

PREFIXES = {
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gdb": GDB,
    "id": f"{BASE}id/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "role": f"{DEFAULT_BASE}vocab/role/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "status": f"{DEFAULT_BASE}vocab/status/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


def copy(folder: Path) -> Path:
    """A copy of Otherstadt that a test may change: it is made in `folder`."""
    return Path(shutil.copytree(OTHERSTADT, folder / "content"))


def write(content_folder: Path, path: str, text: str) -> Path:
    """Write one file of a content; its folders are made."""
    file = content_folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@functools.cache
def built() -> Path:
    """A folder with a snapshot of Otherstadt and `current`, made once a session. Do not write into it."""
    folder = Path(tempfile.mkdtemp(prefix="gdb-otherstadt-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build.build(content.resolve(OTHERSTADT), folder, NOW)
    return folder


@functools.cache
def built_twice() -> Path:
    """A folder with two snapshots: that of Otherstadt, and a later, current one in which a label changed.

    In the later one a thing came, another went, and the dataset names who published it.
    """
    folder = Path(tempfile.mkdtemp(prefix="gdb-otherstadt-twice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    snapshots = Path(shutil.copytree(built(), folder / "snapshots", symlinks=True))
    changed = copy(folder)
    things = changed / "data" / "curated" / "things.ttl"
    text = things.read_text(encoding="utf-8").replace('"Mondlicht"@de', '"Mondschein & <Glanz>"@de')
    text = text.replace("id:org-lamplighters", "id:org-lanterns")
    things.write_text(text, encoding="utf-8")
    plan = changed / "data" / "sources" / "src-plan.ttl"
    plan.write_text(plan.read_text(encoding="utf-8").replace("id:org-lamplighters", "id:org-lanterns"), "utf-8")
    dataset = changed / "data" / "dataset.ttl"
    publisher = '    dct:publisher     [ foaf:name "Stadt Otherstadt"@de , "City of Otherstadt"@en ] ;\n    dct:license'
    stated = dataset.read_text(encoding="utf-8").replace("    dct:license", publisher)
    dataset.write_text(stated, encoding="utf-8")
    build.build(content.resolve(changed), snapshots, NOW + timedelta(days=30))
    return snapshots


@functools.cache
def model() -> tuple[ox.Quad, ...]:
    """The quads of the built-in ontology and vocabulary, without the shapes."""
    files = sources.find(content.resolve(None).ontology, Path("/nonexistent"))
    parts = sources.read((file for file in files if file.graph != "shapes"), Names())
    return tuple(quad for _, quads in parts for quad in quads)


def triples(turtle: str) -> set[ox.Triple]:
    """The triples of a piece of Turtle that uses our prefixes."""
    return {quad.triple for quad in ox.parse(HEAD + turtle, format=ox.RdfFormat.TURTLE)}


def rows(store: ox.Store, query: str) -> Iterator[tuple[str, ...]]:
    """The rows of a SELECT as texts; the query may use our prefixes."""
    prologue = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    solutions = store.query(prologue + query)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        yield tuple("" if term is None else term.value for term in solution)


def with_model(folder: Path) -> Path:
    """A copy of Otherstadt with an ontology/ of its own, the same as the built-in one."""
    changed = copy(folder)
    shutil.copytree(content.built_in() / "ontology", changed / "ontology")
    return changed


def state(folder: Path) -> dict[str, str]:
    """What stands in a folder of snapshots: names and where links lead; the lock of the builds is left out."""
    found = (path for path in sorted(folder.rglob("*")) if path.name != ".lock")
    return {path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else "" for path in found}
