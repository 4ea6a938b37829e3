"""What we call our own things in an engine: its graphs beside the named graphs of the snapshot."""

_OURS = "urn:gdb-graph:"

MARKER = f"{_OURS}marker"
"""The graph that says what the engine holds. A reader believes nothing without it."""
PUBLISHED, SAYS, HOLDS = f"{_OURS}published", f"{_OURS}says", f"{_OURS}holds"
NOTHING = f"{_OURS}nothing"
"""A graph that is always empty, since no triple is ever put there."""
AS_TEXT = f"{_OURS}as-text:"
"""What a datatype's IRI begins with where an engine must not look into the literals of that type."""


def default(digest: str) -> str:
    """The graph that holds a snapshot's default graph: as an engine may have none, or another idea of it."""
    return f"{_OURS}default:{digest}"


def staged(digest: str) -> str:
    """The graph where a named graph waits, whole and verified, for the switch."""
    return f"{_OURS}staged:{digest}"


def is_ours(graph: str) -> bool:
    """Whether a graph in the engine is one of these."""
    return graph.startswith(_OURS)
