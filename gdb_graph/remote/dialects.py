"""What engines do differently, in one table with its reasons. What is said here was seen with the versions named."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gdb_graph.errors import EngineCannot
from gdb_graph.remote import virtuoso
from gdb_graph.remote.names import AS_TEXT
from gdb_graph.remote.rewrite import Pieces
from gdb_graph.remote.virtuoso import Said

_SQL = re.compile(r"Virtuoso (\w+) Error (.*?)(?: SPARQL query:|$)")
_TIME = ("S1T00", "S1TAT")


def _as_it_is(pieces: Pieces, _form: str) -> Said:
    return Said(pieces, None, None)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of engine. What is not stated is as the standards have it."""

    name: str
    server: str
    """What the Server header of its answers begins with."""
    paths: tuple[str, str, str]
    """Where it takes queries, updates and graphs."""
    update: str = "update"
    """The parameter of a form that holds an update."""
    atomic: bool = False
    """Whether nobody sees half of what one update request does."""
    opaque: frozenset[str] = frozenset()
    """Datatypes that it must not look into, since it does not give back what it was given."""
    most_rows: int = 0
    """It gives no more rows than these, and does not say so (0: no such limit)."""
    builds_graphs: bool = True
    """Whether CONSTRUCT and DESCRIBE can be left to it."""
    say: Callable[[Pieces, str], Said] = _as_it_is
    """Queries of a form that it would answer wrongly, said in another way; and how its answer is to be read. Raises
    EngineCannot where there is no other way."""

    def stored(self, iri: str) -> str:
        """The name that an IRI has in the engine."""
        return f"{AS_TEXT}{iri}" if iri in self.opaque else iri

    def timed_out(self, status: int, told: str) -> bool:
        """Whether an error says that the engine has stopped at a deadline of its own."""
        found = _SQL.search(told)
        return status in (408, 504) or bool(found and found.group(1) in _TIME)

    def refuses(self, status: int, told: str) -> bool:
        """Whether an error says that the query is not to the engine's liking: we know that it is well-formed."""
        return status in (400, 501) or bool(_SQL.search(told))

    def reason(self, told: str) -> str:
        """What the engine says in an error, without the query that it repeats."""
        found = _SQL.search(told)
        return (found.group(2) if found else told).strip()[:200]

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises EngineCannot where an answer says, beside a status of success, that it is not the whole."""
        if headers.get("x-sql-state", "") or headers.get("x-exec-milliseconds", ""):
            raise EngineCannot(
                "The engine stopped at its own deadline and gave a part of the answer, which is refused."
            )
        if most := headers.get("x-sparql-maxrows", ""):
            raise EngineCannot(
                f"The engine cuts answers at {most} rows (ResultSetMaxRows in its settings), and this one is refused, "
                "as it may go on. Add a LIMIT below that."
            )


# Oxigraph 0.5: an update request is one transaction. Several default graphs are not merged (see `ask`).
_OXIGRAPH = Dialect("Oxigraph", "Oxigraph/", ("query", "update", "store"), atomic=True)

_VIRTUOSO = Dialect(
    "Virtuoso",
    "Virtuoso/",
    ("sparql", "sparql-auth", "sparql-graph-crud-auth"),
    update="query",
    opaque=virtuoso.OPAQUE,
    most_rows=virtuoso.MOST_ROWS,
    builds_graphs=False,
    say=virtuoso.say,
)

# Any other that follows the standards, at the paths of Apache Jena Fuseki; see GDB_ENGINE_QUERY and its kin.
_OTHER = Dialect("another", "", ("query", "update", "data"))


def recognise(server: str) -> Dialect:
    """The engine that calls itself so."""
    return next((each for each in (_OXIGRAPH, _VIRTUOSO) if server.startswith(each.server)), _OTHER)
