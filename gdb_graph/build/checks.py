"""A store of asserted triples and the violation queries in, findings out: every row a query returns is a fault."""

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from gdb_graph.build.ask import Term, select
from gdb_graph.build.locate import Locator
from gdb_graph.errors import Finding
from gdb_graph.queryfile import LANGUAGES, Query


def run(store: ox.Store, checks: Sequence[Query], locator: Locator) -> list[Finding]:
    """What the checks find in the default graph of `store`, sorted by place.

    The first variable of a check is the node at fault, the others are shown with their values. A check
    states its severity in its header (`severity`, default Violation) and what to do (`fix`, de and en).
    """
    return sorted(_finding(check, row, locator) for check in checks for row in select(store, check.text))


def _finding(check: Query, row: Mapping[str, Term], locator: Locator) -> Finding:
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
