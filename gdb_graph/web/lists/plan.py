"""`lists.toml` in, which lists there are and what can be chosen in each out."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).parent / "lists.toml"
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing to choose by: a pattern from ?thing to ?value, and where it is shown."""

    name: str
    title: Text
    pattern: str
    is_column: bool = False
    is_filter: bool = True
    none: Text | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One list: the class whose things it has, and its facets in their order."""

    name: str
    class_: str
    title: Text
    lead: Text
    facets: tuple[Facet, ...]

    @property
    def columns(self) -> tuple[Facet, ...]:
        """The facets that stand in the table."""
        return tuple(each for each in self.facets if each.is_column)

    @property
    def filters(self) -> tuple[Facet, ...]:
        """The facets that can be chosen by."""
        return tuple(each for each in self.facets if each.is_filter)


@cache
def plans() -> Mapping[str, Plan]:
    """All lists by name."""
    return {name: _plan(name, said) for name, said in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items()}


def _plan(name: str, said: Mapping[str, Any]) -> Plan:
    facets = (
        Facet(each, one["title"], one["pattern"], one.get("column", False), one.get("filter", True), one.get("none"))
        for each, one in said["facets"].items()
    )
    return Plan(name, said["class"], said["title"], said["lead"], tuple(facets))
