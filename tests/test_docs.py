"""The documents are held true: what README shows is what the commands print, and every path they name exists."""

import importlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:ontology|data|queries|tests|docs|gdb_graph)/[\w./-]*)`")


def test_readme_shows_what_the_commands_print(snapshots: Path) -> None:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        readme = importlib.import_module("readme")
    finally:
        sys.path.pop(0)
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert readme.render(text, snapshots) == text, "run: python docs/readme.py"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_and_path_in_a_document_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = [document.parent / link for link in LINK.findall(text) if "://" not in link]
    paths = [ROOT / path for path in PATH.findall(text)]

    assert [str(path) for path in [*links, *paths] if not path.exists()] == []


def test_the_two_commands_stand_at_the_top_of_the_readme() -> None:
    top = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:20]

    assert any("make serve" in line for line in top)
    assert any("make test" in line for line in top)


def test_versions_of_package_and_ontology_are_stated_once_and_equal() -> None:
    package = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    ontology = re.search(r'owl:versionInfo +"(.*)"', (ROOT / "ontology/gdb.ttl").read_text(encoding="utf-8"))

    assert package
    assert ontology
    assert package.group(1) == ontology.group(1)


@pytest.mark.slow
def test_the_content_travels_in_the_wheel(tmp_path: Path) -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not files:
        pytest.skip("not a git checkout")
    copy = tmp_path / "copy"
    for name in files:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    command = "from hatchling.build import build_wheel; print(build_wheel('..'))"
    made = subprocess.run([sys.executable, "-c", command], cwd=copy, capture_output=True, text=True, check=True)
    with zipfile.ZipFile(tmp_path / made.stdout.split()[-1]) as wheel:
        names = set(wheel.namelist())

    content = {f"gdb_graph/content/{name}" for name in files if name.startswith(("data/", "ontology/", "queries/"))}
    assert content <= names
    assert "gdb_graph/web/texts/home.toml" in names
    assert "gdb_graph/constraints.txt" in names
    assert "gdb_graph/web/static/style.css" in names
