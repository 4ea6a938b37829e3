"""A store of asserted triples and the violation queries in, findings out: every row a query returns is a fault."""

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

import pyoxigraph as ox

from gdb_graph.build.ask import Term, select
from gdb_graph.build.locate import Locator
from gdb_graph.errors import Finding, Severity
from gdb_graph.queryfile import LANGUAGES, Query


def faults(checks: Iterable[Query]) -> list[Finding]:
    """What is wrong with check files as checks."""
    found = []
    for check in checks:
        fix = check.header.get("fix")
        if check.form != "SELECT":
            found.append(_fault(check, "ein Check ist ein SELECT", "a check is a SELECT"))
        if not isinstance(fix, dict) or not all(isinstance(fix.get(lang), str) for lang in LANGUAGES):
            found.append(_fault(check, "Kopf braucht fix mit de und en", "header needs fix with de and en"))
        if check.header.get("severity", "Violation") not in get_args(Severity):
            wanted = ", ".join(get_args(Severity))
            found.append(_fault(check, f"severity ist eines von: {wanted}", f"severity is one of: {wanted}"))
    return found


def _fault(check: Query, de: str, en: str) -> Finding:
    return Finding("Violation", f"checks/{check.name}.rq", 1, "", "check", de, en)


def run(store: ox.Store, checks: Sequence[Query], locator: Locator) -> list[Finding]:
    """What the checks find in the default graph of `store`, sorted by place.

    The first variable of a check is the node at fault, the others are shown with their values. A check
    states its severity in its header (`severity`, default Violation) and what to do (`fix`, de and en).
    """
    return sorted(_finding(check, row, locator) for check in checks for row in select(store, check.text))


def _finding(check: Query, row: Mapping[str, Term], locator: Locator) -> Finding:
    if not row:
        en = "the check returns a row without a node: its first variable must be bound"
        return _fault(check, "der Check liefert eine Zeile ohne Knoten: die erste Variable muss gebunden sein", en)
    (_, node), *others = row.items()
    details = ", ".join(f"{name}: {term.value}" for name, term in others)
    file, line = locator.find(node.value)
    message = {
        lang: " ".join(
            filter(None, [check.summary[lang], f"({details})" if details else "", check.header["fix"][lang]])
        )
        for lang in LANGUAGES
    }
    return Finding(
        check.header.get("severity", "Violation"),
        file,
        line,
        node.value,
        check.name.removesuffix("-violation"),
        message["de"],
        message["en"],
    )
