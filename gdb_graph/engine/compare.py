"""Two snapshot folders and a form in, what changed between them out on stdout: run beside the HTTP process.

Run as `python -m gdb_graph.engine.compare BEFORE AFTER FORM LANG FIRST COUNT`; an expected error is one sentence on
stderr and exit status 1.
"""

import json
import sys
from pathlib import Path

from gdb_graph import diff, history, snapshot
from gdb_graph.errors import GraphError
from gdb_graph.process import die_with_parent

PATCH, RECORDS, TOLD = "patch", "json", "told"


def main(before: Path, after: Path, form: str, lang: str, first: int, count: int) -> None:
    """Write what changed: as RDF Patch, as JSON with everything, or told in words, `count` things from `first` on.

    Raises SnapshotError.
    """
    first_one, other = map(snapshot.open_snapshot, (before, after))
    with history.hold(first_one), history.hold(other):
        if form == PATCH:
            sys.stdout.buffer.writelines(diff.patch(first_one, other))
        elif form == TOLD:
            json.dump(diff.as_told(first_one, other, lang, first, count), sys.stdout, ensure_ascii=False)
        else:
            json.dump(diff.as_records(first_one, other, lang), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    die_with_parent()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5]), int(sys.argv[6]))
    except GraphError as error:
        sys.exit(str(error))
