"""A SELECT whose end an engine gets wrong in; the query without that end, and the end to be done here, out."""

from gdb_graph.errors import EngineCannot
from gdb_graph.remote import rewrite, shape
from gdb_graph.remote.finish import Finish
from gdb_graph.remote.rewrite import Pieces
from gdb_graph.remote.shape import Select, word

_ENDS = ("ORDER", "LIMIT", "OFFSET")
_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_SUMS = ("SUM", "AVG")


def parted(pieces: Pieces, most_keys: int) -> tuple[Pieces, Finish | None]:
    """The query to be sent, and what is left to be done: any order but by `STR(?name)`, sums over what has no value,
    and the DISTINCT of more than `most_keys` columns. Raises EngineCannot where it orders by an aggregate.
    """
    parts = shape.select(pieces)
    at = next((number for number, each in enumerate(parts.rest) if word(each) in _ENDS), len(parts.rest))
    end = parts.rest[at:]
    sums = {name: item for item in parts.items if (name := _sum_called(item))}
    wide = bool(parts.modifier) and len(parts.items) > most_keys
    words = [each for each in shape.solid(end) if word(each) not in _ENDS]
    computed = {word(each) for each in words if word(each) not in ("", "BY", "ASC", "DESC", "STR")}
    plain = any(kind == "variable" and words[at - 2][1].upper() != "STR" for at, (kind, _) in enumerate(words))
    if not (computed or plain or sums or wide):
        return pieces, None
    if computed & {*_AGGREGATES, "EXISTS"}:
        raise EngineCannot(
            "The engine behind this service orders wrongly by what it computes. Name it in SELECT (… AS ?name), and "
            "order by that name."
        )
    asked, ours = _items(parts, end, sums)
    modifier = "" if wide else parts.modifier
    select: Pieces = [*parts.prologue, ("other", f"SELECT {modifier} {' '.join(asked)} ")]
    finish = Finish(rewrite.text(parts.prologue), f"{parts.modifier} {' '.join(ours)}", rewrite.text(end))
    return [*select, *parts.pattern, *parts.rest[:at]], finish


def _items(parts: Select, end: Pieces, sums: dict[str, Pieces]) -> tuple[list[str], list[str]]:
    """What the engine is asked for, and what is made of it."""
    asked, ours = list[str](), list[str]()
    for item in parts.items:
        name = _called(item)
        if name not in sums:
            asked.append(rewrite.text(item))
            ours.append(f"?{name}" if name else rewrite.text(item))
            continue
        # A sum over what has no value is an error, hence unbound (SPARQL 1.1, 18.5.1.3); it passes such rows over.
        value = next(piece for kind, piece in item if kind == "variable")
        rest = rewrite.text(shape.solid(item)[1:-3])
        asked += [f"({rest} AS ?gdbSum_{name})", f"(COUNT({value}) AS ?gdbOf_{name})", f"(COUNT(*) AS ?gdbAll_{name})"]
        ours.append(f"(IF(?gdbOf_{name} = ?gdbAll_{name}, ?gdbSum_{name}, 1/0) AS ?{name})")
    if ours != ["*"]:
        known = {_called(item) for item in parts.items}
        asked += dict.fromkeys(piece for kind, piece in end if kind == "variable" and piece[1:] not in known)
    return asked, ours


def _called(item: Pieces) -> str:
    """The name of a column; "" for all of them (`*`)."""
    return next((piece[1:] for kind, piece in reversed(item) if kind == "variable"), "")


def _sum_called(item: Pieces) -> str:
    """The name of a column that is a plain sum or mean of a variable; else ""."""
    words = shape.solid(item)
    if len(words) == 8 and word(words[1]) in _SUMS and words[3][0] == "variable":
        return _called(item)
    return ""
