"""A store of asserted triples and the violation queries in, findings out: every row a query returns is a fault."""

from collections.abc import Sequence

import pyoxigraph as ox

from gdb_graph.build.locate import Locator
from gdb_graph.errors import Finding
from gdb_graph.queryfile import Query


def run(store: ox.Store, checks: Sequence[Query], locator: Locator) -> list[Finding]:
    """What the checks find in the default graph of `store`, sorted by place.

    The first variable of a check is the node at fault, the others are shown with their values. A check
    states its severity in its header (`severity`, default Violation) and what to do (`fix`, de and en).
    """
    return sorted(
        _finding(check, variables, row, locator)
        for check in checks
        for solutions in [store.query(check.text)]
        for variables in [[variable.value for variable in solutions.variables]]  # type: ignore[union-attr]
        for row in solutions  # type: ignore[union-attr]
    )


def _finding(check: Query, variables: Sequence[str], row: ox.QuerySolution, locator: Locator) -> Finding:
    node = row[variables[0]].value  # type: ignore[union-attr]
    details = ", ".join(f"{name}: {row[name].value}" for name in variables[1:] if row[name])  # type: ignore[union-attr]
    file, line = locator.find(node)
    message = {
        lang: " ".join(
            filter(None, [check.summary[lang], f"({details})" if details else "", check.header["fix"][lang]])
        )
        for lang in ("de", "en")
    }
    return Finding(
        check.header.get("severity", "Violation"),
        file,
        line,
        node,
        check.name.removesuffix("-violation"),
        message["de"],
        message["en"],
    )
