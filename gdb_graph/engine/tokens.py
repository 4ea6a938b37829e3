"""A SPARQL text in, what its tokens tell out: does it call a service, which graphs does it name as its dataset.

The engine's parser gives no syntax tree, so keywords are told from names, strings and comments by their tokens.
"""

import re
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from gdb_graph.errors import BadQuery

# The tokens of SPARQL 1.1 (section 19.8) as far as needed for that.
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n\r]*)
      | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
      | (?P<long>'''(?:'{0,2}(?:[^'\\]|\\.))*'''|\"""(?:"{0,2}(?:[^"\\]|\\.))*\""")
      | (?P<string>'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
      | (?P<variable>[?$]\w+)
      | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
      | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<word>[^\W\d_]\w*)
      | (?P<space>\s+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = frozenset("{[("), frozenset("}])")
_SURELY_SHALLOW, _DEEPEST, _UNIONS = 1000, 500, 2000
_DIFFERING = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def placed(query: str) -> Iterator[tuple[str, str, int]]:
    """The kind, the text and the place of each token, comments and white space left out."""
    for match in _TOKEN.finditer(query):
        if match.lastgroup not in ("comment", "space"):
            yield str(match.lastgroup), match.group(), match.start()


def tokens(query: str) -> Iterator[tuple[str, str]]:
    """The kind and the text of each token."""
    return ((kind, text) for kind, text, _ in placed(query))


def pieces(query: str) -> Iterator[tuple[str, str]]:
    """The kind and the text of every piece, comments and white space too: together they are the text."""
    for match in _TOKEN.finditer(query):
        yield str(match.lastgroup), match.group()


def form(query: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE: which of them a query is that the engine's parser has accepted."""
    words = (text.upper() for kind, text in tokens(query) if kind == "word")
    first = next((word for word in words if word not in ("PREFIX", "BASE")), "")
    return next((each for each in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE") if first.startswith(each)), "SELECT")


def uncommented(query: str) -> str:
    """The text with blanks in place of comments, so that every place in it stays the same."""
    return _TOKEN.sub(lambda match: " " * len(match.group()) if match.lastgroup == "comment" else match.group(), query)


def calls_a_service(query: str) -> bool:
    """Whether the text holds the keyword SERVICE, in any spelling, outside names, strings and comments.

    This only earns the asker a clear message. What keeps a query from reaching out is that its process
    can open nothing (see `child`).
    """
    if "SERVICE" not in query.upper() and "\\" not in query:  # the common case, told without tokens
        return False
    return any(
        # Inside a word too: the engine's grammar reads `FALSESERVICE <…>` as two keywords.
        kind == "word" and "SERVICE" in text.upper()
        for spelling in {query, _CODEPOINT.sub(_character, query)}
        for kind, text in tokens(spelling)
    )


def _character(match: re.Match[str]) -> str:
    number = int(match.group(1) or match.group(2), 16)
    return chr(number) if number < 0x110000 else match.group()


def differs_each_time(query: str) -> bool:
    """Whether the answer may be another one each time: the text may call NOW, RAND, UUID, STRUUID or BNODE."""
    upper = query.upper()
    if not any(word in upper for word in _DIFFERING):  # the common case, told without tokens
        return False
    return any(kind == "word" and text.upper() in _DIFFERING for kind, text in tokens(query))


def nested_too_deeply(query: str) -> bool:
    """Whether brackets or UNIONs are nested deeper than the engine's stack is sure to bear.

    Its parser descends into each; some 1,200 sub-selects or 2,400 groups end its process (pyoxigraph 0.5.13).
    """
    if len(query) < _SURELY_SHALLOW:
        return False
    depth = deepest = unions = 0
    for _, text in tokens(query):
        depth += (text in _OPENING) - (text in _CLOSING)
        deepest = max(deepest, depth)
        unions += text.upper() == "UNION"
    return deepest > _DEEPEST or unions > _UNIONS


def dataset(query: str, base: str = "") -> tuple[Sequence[str], Sequence[str]]:
    """The graphs of the FROM clauses, and of the FROM NAMED clauses, as absolute IRIs, as often as they are named.

    `base` is what relative IRIs are relative to where the text states no BASE. Raises BadQuery where the text is no
    query, or is written so that these clauses cannot be told.
    """
    prologue, terms = _clauses(query) if "FROM" in query.upper() else ("", [])
    # Turtle shares the prologue and the terms, and pyoxigraph reads both languages by the same rules.
    turtle = prologue + "".join(f"{term} a <a:{kind}> .\n" for kind, term in terms)
    try:
        read = list(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=base or None)) if terms else []
    except SyntaxError as error:
        raise BadQuery("Put blanks around PREFIX, BASE and FROM, so that the graphs can be told.") from error
    return _of(read, "default"), _of(read, "named")


def _clauses(query: str) -> tuple[str, list[tuple[str, str]]]:
    """BASE and PREFIX as they stand, and the terms after FROM, each with the kind of graph it is."""
    prologue, terms = list[str](), list[tuple[str, str]]()
    stream = tokens(query)
    for kind, text in stream:
        word = text.upper() if kind == "word" else ""
        if word == "BASE":
            prologue += [text, _next(stream)]
        elif word == "PREFIX":
            prologue += [text, _next(stream), _next(stream)]
        elif word.endswith(("FROM", "FROMNAMED")):  # the engine's grammar also reads `ASKFROM`
            term, named = _next(stream), word.endswith("NAMED")
            if term.upper() == "NAMED":
                term, named = _next(stream), True
            terms.append(("named" if named else "default", term))
        elif text == "{" and terms:  # the pattern begins; dataset clauses stand before it
            break
    return " ".join([*prologue, ""]), terms


def _next(stream: Iterator[tuple[str, str]]) -> str:
    return next(stream, ("", ""))[1]


def _of(read: Sequence[ox.Quad], kind: str) -> Sequence[str]:
    return [quad.subject.value for quad in read if quad.object == ox.NamedNode(f"a:{kind}")]  # type: ignore[union-attr]
