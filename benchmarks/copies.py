"""A snapshot in, a larger one out, of renamed copies of its quads: `python benchmarks/copies.py SNAPSHOT 10 OUT`.

For sizes that cannot be built here: validation holds all content in memory, once for each core. The copies share
nothing but what names nothing of the content. Queries stay; dumps and tables are left out.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from gdb_graph import disk, snapshot


def lines(quads: Path, base: bytes, copies: int) -> Iterator[bytes]:
    """The quads as they are, then as often as needed those that name the content, each time under another name."""
    for copy in range(copies):
        name = base + b"copy/%d/" % copy
        with quads.open("rb") as file:
            for line in file:
                if not copy:
                    yield line
                elif base in line:
                    yield line.replace(base, name).replace(b"_:", b"_:copy%d" % copy)


def write(of: snapshot.Snapshot, copies: int, out: Path) -> snapshot.Snapshot:
    """Write the larger snapshot into the folder `out`, where it becomes the current one."""
    with snapshot.writing(out) as folder:
        count = 0
        with (folder / "quads.nq").open("wb") as file:
            for line in lines(of.quads, of.names.base.encode(), copies):
                file.write(line)
                count += 1
        with (folder / "quads.nq").open("rb") as file:
            snapshot.fill_store(folder, file)
        shutil.copytree(of.queries, folder / "queries")
        hash_ = snapshot.digest(folder / "quads.nq", folder / "queries")
        store = ox.Store.read_only(str(folder / snapshot.STORE))
        triples = {"triples": sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))}
        del store
        said = {
            "id": hash_[:32],
            "content_hash": f"sha256:{hash_}",
            "counts": of.manifest["counts"] | triples,
            "bytes": (folder / "quads.nq").stat().st_size,
            "quads": count,
            "distributions": [],
            "metadata": [],
        }
        disk.write_json(folder / "report.json", [])
        disk.write_json(folder / "manifest.json", {**of.manifest, **said})
        return snapshot.publish(folder, hash_[:32])


if __name__ == "__main__":
    made = write(snapshot.open_snapshot(Path(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3]))
    print(json.dumps({key: made.manifest[key] for key in ("id", "bytes", "quads")}))
