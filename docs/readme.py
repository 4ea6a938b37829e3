"""Write the real output of each command in README.md below it: `python docs/readme.py`; `--check` only compares.

A block that begins with `$ gdb-graph query` is run on the built-in content; its first 20 lines are shown.
"""

import contextlib
import io
import re
import shlex
import sys
import tempfile
from pathlib import Path

import pyoxigraph as ox

from gdb_graph import snapshot
from gdb_graph.__main__ import main
from gdb_graph.terms import GDB, RDFS

README = Path(__file__).parent.parent / "README.md"
LINES = 20
CLASSES = (
    *("StrategicValue", "ActionFieldCluster", "ActionField", "Undertaking", "PilotProject", "Measure", "Output"),
    *("Actor", "Organisation", "GovernanceBody", "Person", "Involvement", "Decision", "ProcessStep", "Tool"),
    *(
        "ParticipationEvent",
        "Contribution",
        "FundingAllocation",
        "StatusAssertion",
        "Contradiction",
        "Source",
        "Evidence",
    ),
)
_COUNTS = re.compile(r"(<!-- counts, written by docs/readme.py -->\n).*?(\n<!-- end of counts -->)", re.DOTALL)
_BLOCK = re.compile(r"```console\n\$ gdb-graph (query[^\n]*)\n.*?```", re.DOTALL)


def render(text: str, snapshots: Path) -> str:
    """`text` with the output of its commands brought up to date; `snapshots` is a folder to build into."""

    def block(match: re.Match[str]) -> str:
        output = run([*shlex.split(match.group(1)), "--out", str(snapshots)])
        lines = [line.rstrip() for line in output.splitlines()]
        rest = [f"… {len(lines) - LINES} more lines"] if len(lines) > LINES + 3 else []
        shown = lines[:LINES] + rest if rest else lines
        return "\n".join(["```console", f"$ gdb-graph {match.group(1)}", *shown, "```"])

    return _COUNTS.sub(lambda match: match.group(1) + counts(snapshots) + match.group(2), _BLOCK.sub(block, text))


def counts(snapshots: Path) -> str:
    """The table of what the snapshot holds, one row a class."""
    made = snapshot.open_snapshot(snapshot.current(snapshots))
    store = ox.Store.read_only(str(made.folder / "store"))
    rows = ["| what | how many |", "|---|---|"]
    for name in CLASSES:
        labels = store.query(f'SELECT ?label {{ <{GDB}{name}> <{RDFS}label> ?label FILTER(LANG(?label) = "en") }}')
        (label,) = [row["label"].value for row in labels]  # type: ignore[union-attr, index]
        rows.append(f"| {label} | {made.manifest['counts']['classes'][GDB + name]} |")
    rows.append(f"| triples in the default graph | {made.manifest['counts']['triples']} |")
    return "\n".join(rows)


def run(arguments: list[str]) -> str:
    """What a command prints."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(output):
        main(arguments)
    output.flush()
    buffer = output.buffer
    assert isinstance(buffer, io.BytesIO)  # noqa: S101 - made above
    return buffer.getvalue().decode()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        before = README.read_text(encoding="utf-8")
        after = render(before, Path(folder))
    if "--check" in sys.argv:
        sys.exit(before != after and "README.md is out of date; run: python docs/readme.py")
    README.write_text(after, encoding="utf-8")
