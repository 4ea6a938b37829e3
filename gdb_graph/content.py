"""Where the content is: a folder with ontology/, data/ and queries/ in, the three folders to read out."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from gdb_graph.errors import GraphError

_PACKAGED = Path(__file__).parent / "content"
_CHECKOUT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Content:
    """The three folders of a content: the model, the facts, the questions."""

    ontology: Path
    data: Path
    queries: Path

    @property
    def tables(self) -> Path:
        """The folder of the queries that define tables; it comes with the questions."""
        return self.queries / "tables"

    @property
    def rules(self) -> Path:
        """The folder of the CONSTRUCT rules."""
        return self.ontology / "rules"

    @property
    def checks(self) -> Path:
        """The folder of the violation queries."""
        return self.ontology / "checks"

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of every file that goes into a build, by its path in the content."""
        folders = {"ontology": self.ontology, "data": self.data, "queries": self.queries}
        return {
            f"{name}/{path.relative_to(folder).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()
            for name, folder in folders.items()
            for path in sorted(folder.rglob("[!.]*"))
            if path.suffix in (".ttl", ".trig", ".nq", ".rq") and path.is_file()
        }


def built_in() -> Path:
    """The folder of the content that comes with the program, installed or in a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def resolve(folder: Path | None) -> Content:
    """The content in `folder`; None means the built-in one.

    Of a folder, ontology/ or queries/ may be missing: then the built-in ones are taken; without data/
    there are no facts. Raises GraphError for a folder that does not exist or holds none of the three.
    """
    home = folder or built_in()
    if not home.is_dir():
        raise GraphError(f"There is no folder {home}. Name one that holds data/, ontology/ or queries/.")
    if not any((home / part).is_dir() for part in ("ontology", "data", "queries")):
        raise GraphError(f"{home} holds none of data/, ontology/ and queries/. Name the folder above them.")

    def part(name: str) -> Path:
        own = home / name
        return own if own.is_dir() or name == "data" else built_in() / name

    return Content(part("ontology"), part("data"), part("queries"))
