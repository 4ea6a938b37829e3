"""A path in, one sentence in German or English out: names of things, words between, numbers of the evidence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from gdb_graph.explore.network import Edge, Evidence, Network, Path, Step
from gdb_graph.explore.wording import Wordings
from gdb_graph.terms import GDB

Notes = Mapping[Evidence, int]
"""The number of each piece of evidence; a sentence leaves out what has none."""

_PERSON = f"{GDB}Person"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a sentence: a text, the thing it names if it names one, the numbers of the evidence behind it."""

    text: str
    thing: str = ""
    notes: tuple[int, ...] = ()


def number(paths: Iterable[Path]) -> Notes:
    """All evidence of the paths with a number each, in the order in which they are told."""
    notes: dict[Evidence, int] = {}
    for path in paths:
        for step in path.steps:
            for edge in step.edges:
                for each in edge.evidence:
                    notes.setdefault(each, len(notes) + 1)
    return notes


def tell(network: Network, wordings: Wordings, path: Path, notes: Notes, lang: str) -> Sequence[Piece]:
    """The whole path as one sentence: a clause a step, each from where the one before ends."""
    pieces: list[Piece] = []
    for step in path.steps:
        if pieces:
            pieces.append(Piece("; "))
        pieces += clauses(network, wordings, step, notes, lang)
    first = next(place for place, piece in enumerate(pieces) if piece.text)
    if not pieces[first].thing:
        text = pieces[first].text
        pieces[first] = replace(pieces[first], text=text[0].upper() + text[1:])
    return [*pieces, Piece(".")]


def clauses(network: Network, wordings: Wordings, step: Step, notes: Notes, lang: str) -> Iterator[Piece]:
    """What relates the two things of a step; what is worded alike is told once, and so are equal details in a row."""

    def worded(edge: Edge) -> str:
        return wordings.clause(network, edge, step.left, lang)

    groups = [(clause, list(edges)) for clause, edges in groupby(sorted(step.edges, key=_key), key=worded)]
    details = [wordings.details(network, edges, lang) for _, edges in groups]
    for place, (clause, edges) in enumerate(groups):
        if place:
            yield Piece(f" {wordings.word('and', lang)} ")
        yield from _named(network, wordings, clause, step, lang)
        told = details[place] if details[place] not in details[place + 1 : place + 2] else ""
        numbers = sorted({notes[each] for edge in edges for each in edge.evidence if each in notes})
        yield Piece(f" ({told})" if told else "", notes=tuple(numbers))


def _key(edge: Edge) -> tuple[str, ...]:
    return edge.key


def _named(network: Network, wordings: Wordings, clause: str, step: Step, lang: str) -> Iterator[Piece]:
    for place, part in enumerate(clause.split("{a}")):
        if place:
            yield Piece(wordings.name(network, step.left, lang, _PERSON), step.left)
        for again, text in enumerate(part.split("{b}")):
            if again:
                yield Piece(wordings.name(network, step.right, lang, _PERSON), step.right)
            if text:
                yield Piece(text)


def plain(pieces: Iterable[Piece]) -> str:
    """The sentence as plain text, the evidence as numbers in brackets."""
    return "".join(piece.text + (f" [{ranges(piece.notes)}]" if piece.notes else "") for piece in pieces)


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers, runs of three or more shortened: 1–3, 7."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and each == runs[-1][-1] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
