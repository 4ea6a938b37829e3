"""What others made and the pages load: each file is stated in the manifest, and is the one that was taken over."""

import hashlib
import re
import tomllib
from pathlib import Path

import httpx
import pytest

from gdb_graph.web.pages import HERE
from tests.conftest import ROOT

# What the pages load, and what only the tests in a browser do.
FOLDERS = (HERE / "static" / "vendor", ROOT / "tests" / "browser" / "vendor")


def stated(folder: Path) -> list[dict[str, str]]:
    """What the manifest of the folder says of its files."""
    files: list[dict[str, str]] = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))["file"]
    return files


FILES = [pytest.param(folder, file, id=file["path"]) for folder in FOLDERS for file in stated(folder)]


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "tests"])
def test_every_file_is_stated_once(folder: Path) -> None:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    assert sorted(each["path"] for each in stated(folder)) == sorted(
        path for path in there if not path.startswith("manifest.")
    )


@pytest.mark.parametrize(("folder", "file"), FILES)
def test_a_file_is_the_one_that_was_taken_over(folder: Path, file: dict[str, str]) -> None:
    content = (folder / file["path"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert all(file[key] for key in ("library", "version", "licence", "source"))
    assert file["path"].split("/")[0].endswith(f"-{file['version']}")
    assert list((folder / file["path"].split("/")[0]).glob("LICENSE*"))


def test_what_a_module_loads_is_there(client: httpx.Client) -> None:
    for module in (HERE / "static").glob("*.js"):
        for path in re.findall(r'"\./(vendor/[^"]+)"', module.read_text(encoding="utf-8")):
            response = client.get(f"/static/{path}")
            assert response.status_code == 200
            assert response.headers["Content-Type"].startswith(("text/javascript", "text/css"))
