"""A SPARQL query in, the patterns it is made of out, each as a piece of its text: what can be left out and asked again.

No parser: the pieces are told by their tokens and brackets, and whether what is put together from them is a query, the
engine says. So a query that is cut wrongly is not explained, and never answered wrongly.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gdb_graph.engine.tokens import placed, uncommented

Kind = Literal["triple", "filter", "optional", "minus", "graph", "group", "union", "select", "values", "bind", "other"]

_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_KINDS: dict[str, Kind] = {
    "FILTER": "filter",
    "OPTIONAL": "optional",
    "MINUS": "minus",
    "GRAPH": "graph",
    "VALUES": "values",
    "BIND": "bind",
    "SERVICE": "other",
    "LATERAL": "other",
}
_OPENING, _CLOSING = frozenset("{[("), frozenset("}])")
Token = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A piece of a group: its text, what it is, and where in the query it begins."""

    text: str
    kind: Kind
    at: int


@dataclass(frozen=True, slots=True)
class Parts:
    """A query: what stands before its form, its dataset clauses, the patterns of its group, and what comes behind."""

    prologue: str
    dataset: str
    patterns: tuple[Pattern, ...]
    tail: str

    def ask(self, patterns: Sequence[Pattern]) -> str:
        """Whether these patterns have a row, as a query."""
        return f"{self.prologue}\nASK {self.dataset} {{\n{_joined(patterns)}\n}}"

    def count(self, patterns: Sequence[Pattern], most: int) -> str:
        """How many rows these patterns have, counted as far as `most`."""
        inner = f"SELECT * {{\n{_joined(patterns)}\n}} LIMIT {most}"
        return f"{self.prologue}\nSELECT (COUNT(*) AS ?count) {self.dataset} {{ {{ {inner} }} }}"

    def within(self, pattern: Pattern) -> "Parts | None":
        """The query that a group or a sub-select is by itself; None for any other pattern."""
        if pattern.kind not in ("group", "select"):
            return None
        inner = pattern.text.strip()[1:-1] if pattern.kind == "select" else f"SELECT * {pattern.text}"
        found = split(inner)
        shift = pattern.at + pattern.text.index(inner) if pattern.kind == "select" else pattern.at - len("SELECT * ")
        if not found:
            return None
        moved = tuple(replace(each, at=each.at + shift) for each in found.patterns)
        return Parts(self.prologue, self.dataset, moved, found.tail)


def _joined(patterns: Sequence[Pattern]) -> str:
    return "\n".join(f"{each.text} ." if each.kind == "triple" else each.text for each in patterns)


def split(query: str) -> Parts | None:
    """The parts of a query; None where it has no group. Its filters come last, since they hold for the whole group."""
    query = uncommented(query)
    tokens = [piece for token in placed(query) for piece in _undotted(token)]
    form = next((number for number, (kind, text, _) in enumerate(tokens) if _is(kind, text, _FORMS)), None)
    if form is None:
        return None
    first = form + 1
    if tokens[form][1].upper() == "CONSTRUCT" and first < len(tokens) and tokens[first][1] == "{":
        first = _end(tokens, first)
    group = _open(tokens, first)
    if group is None:
        return None
    end = _end(tokens, group)
    named = next((at for kind, text, at in tokens[first:group] if _is(kind, text, {"FROM"})), None)
    dataset = query[named : tokens[group][2]] if named is not None else ""
    behind = tokens[end - 1][2] + 1 if end else len(query)
    inside = list(_patterns(query, tokens[group + 1 : end - 1], behind - 1))
    tail = query[behind:]
    values = next((at for kind, text, at in tokens[end:] if _is(kind, text, {"VALUES"})), None)
    if values is not None:
        inside.append(Pattern(query[values:].strip(), "values", values))
    ordered = sorted(inside, key=lambda each: each.kind == "filter")
    return Parts(
        query[: tokens[form][2]], re.sub(r"(?i)\bWHERE\s*$", "", dataset.rstrip()), tuple(_flat(ordered)), tail
    )


def _is(kind: str, text: str, words: frozenset[str] | set[str]) -> bool:
    return kind == "word" and text.upper() in words


def _undotted(token: Token) -> Iterator[Token]:
    """A name ends before a dot that ends a statement."""
    kind, text, at = token
    bare = text.rstrip(".") if kind == "name" else text
    yield kind, bare, at
    yield from (("other", ".", at + len(bare) + number) for number in range(len(text) - len(bare)))


def _open(tokens: Sequence[Token], start: int) -> int | None:
    """The first `{` from `start` that stands in no other bracket."""
    number = start
    while number < len(tokens):
        if tokens[number][1] == "{":
            return number
        number = _end(tokens, number) if tokens[number][1] in _OPENING else number + 1
    return None


def _end(tokens: Sequence[Token], opening: int) -> int:
    """The number behind the bracket that closes the one at `opening`."""
    depth = 0
    for number in range(opening, len(tokens)):
        depth += (tokens[number][1] in _OPENING) - (tokens[number][1] in _CLOSING)
        if not depth:
            return number + 1
    return len(tokens)


def _patterns(query: str, tokens: Sequence[Token], end: int) -> Iterator[Pattern]:
    number = 0
    while number < len(tokens):
        kind, text, at = tokens[number]
        word = text.upper() if kind == "word" else ""
        if text == ".":
            number += 1
            continue
        if word in _FORMS:  # a sub-select is all of its group
            yield Pattern(f"{{ {query[at:end]} }}", "select", at - 2)
            return
        until = _until(tokens, number, word)
        stop = tokens[until][2] if until < len(tokens) else end
        piece = query[at:stop].rstrip()
        if word in _KINDS:
            yield Pattern(piece, _KINDS[word], at)
        elif text == "{":
            yield Pattern(piece, _group_kind(tokens[number:until]), at)
        else:
            yield from _triples(query, tokens[number:until], stop)
        number = until


def _until(tokens: Sequence[Token], number: int, word: str) -> int:
    """The number behind the pattern that begins at `number`."""
    if word in _KINDS:
        opens = _open(tokens, number) if word not in ("FILTER", "BIND") else _bracket(tokens, number)
        return len(tokens) if opens is None else _end(tokens, opens)
    if tokens[number][1] == "{":
        until = _end(tokens, number)
        while until + 1 < len(tokens) and _is(*tokens[until][:2], {"UNION"}):
            until = _end(tokens, until + 1)
        return until
    while number < len(tokens):
        kind, text, _ = tokens[number]
        if text == "{" or (kind == "word" and text.upper() in _KINDS) or _ends_statement(tokens, number):
            return number
        number = _end(tokens, number) if text in _OPENING else number + 1
    return number


def _bracket(tokens: Sequence[Token], number: int) -> int | None:
    return next((each for each in range(number, len(tokens)) if tokens[each][1] in _OPENING), None)


def _ends_statement(tokens: Sequence[Token], number: int) -> bool:
    """Whether a dot ends a statement; within a number, which has no token of its own, a digit follows at once."""
    _, text, at = tokens[number]
    if text != ".":
        return False
    return number + 1 == len(tokens) or not (tokens[number + 1][2] == at + 1 and tokens[number + 1][1].isdigit())


def _group_kind(tokens: Sequence[Token]) -> Kind:
    if _end(tokens, 0) < len(tokens):
        return "union"
    return "select" if len(tokens) > 1 and _is(*tokens[1][:2], _FORMS) else "group"


def _triples(query: str, tokens: Sequence[Token], stop: int) -> Iterator[Pattern]:
    """One pattern for each predicate of a statement, where its subject is one term that can be said again."""
    at, depth = tokens[0][2], 0
    cuts = []
    for _, text, place in tokens:
        depth += (text in _OPENING) - (text in _CLOSING)
        if text == ";" and not depth:
            cuts.append(place)
    if tokens[0][0] not in ("variable", "iri", "name") or not cuts:
        yield Pattern(query[at:stop].rstrip(), "triple", at)
        return
    subject = tokens[0][1]
    yield Pattern(query[at : cuts[0]].rstrip(), "triple", at)
    for begin, end in zip(cuts, [*cuts[1:], stop], strict=True):
        said = query[begin + 1 : end].strip()
        if said:
            yield Pattern(f"{subject} {said}", "triple", query.index(said, begin))


def _flat(patterns: Sequence[Pattern]) -> Iterator[Pattern]:
    """`GRAPH g { a . b }` as `GRAPH g { a }` and `GRAPH g { b }`, which is the same where it holds triples alone."""
    for pattern in patterns:
        head, brace, rest = pattern.text.partition("{")
        inner = split(f"ASK {brace}{rest}") if pattern.kind == "graph" else None
        if inner and len(inner.patterns) > 1 and all(each.kind == "triple" for each in inner.patterns):
            shift = pattern.at + len(head) - len("ASK ")
            yield from (Pattern(f"{head}{{ {each.text} }}", "graph", each.at + shift) for each in inner.patterns)
        else:
            yield pattern
