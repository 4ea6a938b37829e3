"""What an engine cannot be trusted with at the end of a SELECT: its rows in, ordered, distinct and cut as asked out."""

import io
from dataclasses import dataclass
from itertools import islice
from typing import cast

import pyoxigraph as ox

from gdb_graph.errors import EngineCannot
from gdb_graph.remote.template import NODE, written

_MOST = 50_000
_JSON = ox.QueryResultsFormat.JSON
# Quotes within values are escaped, so this stands only where it is meant.
_AS_IRI, _AS_NODE = b'"type":"uri","value":"' + NODE.encode(), b'"type":"bnode","value":"'


@dataclass(frozen=True, slots=True)
class Finish:
    """How a SELECT ends: its prologue, DISTINCT, items and the clauses behind the pattern, as texts."""

    prologue: str
    items: str
    rest: str

    def fill(self, rows: ox.QuerySolutions) -> ox.QuerySolutions:
        """The rows as they should be. Raises EngineCannot where there are too many to hold."""
        names = [variable.value for variable in rows.variables]
        taken = list(islice(rows, _MOST + 1))
        if len(taken) > _MOST:
            raise EngineCannot(
                f"The engine behind this service cannot be trusted with this order, and more than {_MOST} rows are not "
                "put in order here. Narrow the patterns, or order by STR(?name) alone."
            )
        lines = "\n".join(f"({' '.join(written(row[name]) for name in names)})" for row in taken)
        head = " ".join(f"?{name}" for name in names)
        text = f"{self.prologue} SELECT {self.items} WHERE {{ VALUES ({head}) {{ {lines} }} }} {self.rest}"
        output = io.BytesIO()
        cast(ox.QuerySolutions, ox.Store().query(text)).serialize(output, _JSON)
        restored = output.getvalue().replace(_AS_IRI, _AS_NODE)
        return cast(ox.QuerySolutions, ox.parse_query_results(restored, format=_JSON))
