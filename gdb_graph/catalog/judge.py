"""A catalogue and the folder of its snapshot in, what judging it takes out: which addresses answer, and a digest."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from gdb_graph.catalog.model import Catalogue
from gdb_graph.catalog.mqa import Answers


def answering(it: Catalogue, folder: Path) -> Answers:
    """Tells whether an address of the catalogue answers, without asking it: its file lies there, whole.

    The services answer as long as this one runs.
    """
    there = {each.endpoint for each in it.services}
    for dataset in it.datasets:
        for each in dataset.distributions:
            file = folder / each.path
            if each.path and file.is_file() and file.stat().st_size == each.bytes:
                there.add(each.url)
    return there.__contains__


def digest(triples: Iterable[ox.Triple]) -> str:
    """The SHA-256 of the triples, whatever their order: tells whether a catalogue is the one that was judged."""
    return hashlib.sha256("\n".join(sorted(map(str, triples))).encode()).hexdigest()
