"""What others made and the pages load: each file is stated in the manifest, and is the one that was taken over."""

import hashlib
import re
import tomllib

import httpx
import pytest

from gdb_graph.web.pages import HERE

VENDORED = HERE / "static" / "vendor"
FILES = tomllib.loads((VENDORED / "manifest.toml").read_text(encoding="utf-8"))["file"]


def test_every_file_is_stated_once() -> None:
    there = {path.relative_to(VENDORED).as_posix() for path in VENDORED.rglob("*") if path.is_file()}

    assert sorted(each["path"] for each in FILES) == sorted(path for path in there if not path.startswith("manifest."))


@pytest.mark.parametrize("file", FILES, ids=[each["path"] for each in FILES])
def test_a_file_is_the_one_that_was_taken_over(file: dict[str, str]) -> None:
    content = (VENDORED / file["path"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert all(file[key] for key in ("library", "version", "licence", "source"))
    assert file["path"].startswith(f"{file['path'].split('-')[0]}-{file['version']}/")
    assert list((VENDORED / file["path"].split("/")[0]).glob("LICENSE*"))


def test_what_a_module_loads_is_there(client: httpx.Client) -> None:
    for module in (HERE / "static").glob("*.js"):
        for path in re.findall(r'"\./(vendor/[^"]+)"', module.read_text(encoding="utf-8")):
            response = client.get(f"/static/{path}")
            assert response.status_code == 200
            assert response.headers["Content-Type"].startswith(("text/javascript", "text/css"))
