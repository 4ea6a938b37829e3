"""What others made and pages load, as it came: where it lies below `static/`, its version, licence and checksums."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Vendored:
    """One package: `folder` is below `static/`, `files` are its files with their SHA-256."""

    name: str
    version: str
    license: str
    source: str
    folder: str
    files: Mapping[str, str]


def read(folder: Path = FOLDER) -> Mapping[str, Vendored]:
    """All packages by name, as `manifest.json` lists them."""
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {each["name"]: Vendored(**each) for each in listed}
