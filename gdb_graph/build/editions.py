"""The files of a snapshot and the manifest before it in, since when each dataset is as it is out.

An edition is a state of one dataset's files. It keeps its date and the snapshot it first came in for as long as no
file of it changes, so that a harvester sees a change only where there is one.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any


def editions(
    distributions: Iterable[Mapping[str, Any]], before: Mapping[str, Any], now: datetime
) -> dict[str, dict[str, Any]]:
    """For each dataset its digest, when it came to be so, and in which snapshot; None is the one being built.

    `distributions` are those of the manifest being written, `before` is the manifest served until now, or empty.
    """
    files: dict[str, list[str]] = {}
    for each in distributions:
        files.setdefault(each["dataset"], []).append(f"{each['name']} {each['sha256']}\n")
    return {name: _edition(_digest(lines), before, name, now) for name, lines in sorted(files.items())}


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def _edition(digest: str, before: Mapping[str, Any], name: str, now: datetime) -> dict[str, Any]:
    known = before.get("editions", {}).get(name, {})
    if known.get("digest") == digest:
        return {**known, "snapshot": known["snapshot"] or before["id"]}
    return {"digest": digest, "modified": now.isoformat(timespec="seconds"), "snapshot": None}
