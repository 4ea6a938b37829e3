"""`plan.toml` in, what the page of each kind of thing shows out, with full IRIs."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gdb_graph.terms import VOCABULARY, Names

_TABLE = Path(__file__).parent / "plan.toml"
SELF, WHEN, MONEY, SHARED = "self", "when", "money", "shared"
PSEUDO = (SELF, WHEN, MONEY, SHARED)


@dataclass(frozen=True, slots=True)
class Link:
    """One property, read forwards or backwards."""

    term: str
    is_backward: bool = False

    @property
    def path(self) -> str:
        """The link as a step of a SPARQL property path."""
        return f"{'^' if self.is_backward else ''}<{self.term}>"


@dataclass(frozen=True, slots=True)
class Section:
    """One section: lines of facts, a table whose rows a path leads to, or what happened when; each may be empty."""

    title: Mapping[str, str]
    facts: tuple[Link, ...] = ()
    paths: tuple[tuple[Link, ...], ...] = ()
    """Where the rows come from: any of these ways from the thing."""
    columns: tuple[str, ...] = ()
    order: str = ""
    first: tuple[str, ...] = ()
    timeline: tuple[Link, ...] = ()
    none: Mapping[str, str] | None = None
    is_download: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """What the page of a thing of `class_` shows."""

    class_: str
    line: tuple[str, ...]
    sections: tuple[Section, ...]
    partners: str = ""
    """The parameter of /partners that takes such a thing; "" for none."""
    download: Mapping[str, str] | None = None
    is_source: bool = False
    told: tuple[str, ...] = ()
    """Properties that the page tells in another way."""
    list: str = ""
    """The list that has such things; "" for none."""
    connected: bool = True
    """Whether such a thing is one that /connections looks for: some only stand between others."""


@cache
def read(names: Names) -> Sequence[Kind]:
    """The kinds in the order in which they count."""
    table: Mapping[str, Any] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    prefixes = names.prefixes()
    common = [_section(each, prefixes) for each in table["common"]]
    return [_kind(each, common, prefixes) for each in table["kind"]]


def kind_of(classes: Collection[str], kinds: Sequence[Kind]) -> Kind | None:
    """The first kind that a thing of these classes is of."""
    return next((kind for kind in kinds if kind.class_ in classes), None)


def _kind(said: Mapping[str, Any], common: Sequence[Section], prefixes: Mapping[str, str]) -> Kind:
    return Kind(
        _iri(said["class"], prefixes),
        tuple(_iri(each, prefixes) for each in said.get("line", ())),
        (*(_section(each, prefixes) for each in said.get("section", ())), *common),
        said.get("partners", ""),
        said.get("download"),
        said.get("stated", False),
        tuple(_iri(each, prefixes) for each in said.get("told", ())),
        said.get("list", ""),
        said.get("connected", True),
    )


def _section(said: Mapping[str, Any], prefixes: Mapping[str, str]) -> Section:
    ways = said["rows"].split("|") if "rows" in said else ()
    return Section(
        said["title"],
        tuple(_link(each, prefixes) for each in said.get("facts", ())),
        tuple(tuple(_link(step, prefixes) for step in way.split("/")) for way in ways),
        tuple(_iri(each, prefixes) for each in said.get("columns", ())),
        _iri(said["order"], prefixes) if "order" in said else "",
        tuple(VOCABULARY + each for each in said.get("first", ())),
        tuple(_link(each, prefixes) for each in said.get("timeline", ())),
        said.get("none"),
        said.get("download", False),
    )


def _link(said: str, prefixes: Mapping[str, str]) -> Link:
    return Link(_iri(said.removeprefix("^"), prefixes), said.startswith("^"))


def _iri(said: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = said.partition(":")
    return prefixes[prefix] + local if colon else said
