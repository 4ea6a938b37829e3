"""Two snapshots in, what changed from the first to the second out: in words, as JSON, as RDF Patch.

find ▶ lines (merge of two sorted files) ▶ patch
                                         ▶ things (with sides to look things up in) ▶ words, records
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from gdb_graph.diff import lines, records, sides, things, words
from gdb_graph.diff.find import find
from gdb_graph.diff.patch import patch
from gdb_graph.snapshot import Snapshot

__all__ = ["FORMATS", "as_records", "as_text", "find", "patch"]

FORMATS = ("text", "patch", "json")


def as_text(before: Snapshot, after: Snapshot, lang: str, everything: bool = False) -> Iterator[str]:
    """What changed as lines of text in one language, by thing. Raises SnapshotError for a damaged snapshot."""
    both = sides.open_both(before, after, everything)
    return words.tell(things.compare(lines.differing(before, after, everything), both), both, lang)


def as_told(before: Snapshot, after: Snapshot, lang: str, first: int, count: int) -> dict[str, Any]:
    """What changed in words, as a value for JSON: a summary, how many things changed, `count` of them from `first` on.

    Raises SnapshotError.
    """
    both = sides.open_both(before, after)
    difference = things.compare(lines.differing(before, after), both)
    return {
        "summary": list(words.summarise(difference, both, lang)),
        "total": len(difference.things),
        "things": [asdict(told) for told in words.tell_things(difference, both, lang, first, count)],
    }


def as_records(before: Snapshot, after: Snapshot, lang: str, everything: bool = False) -> dict[str, Any]:
    """What changed as a value for JSON; things in the order of their labels. Raises SnapshotError."""
    both = sides.open_both(before, after, everything)
    return records.record(things.compare(lines.differing(before, after, everything), both), both, lang)
