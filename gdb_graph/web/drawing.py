"""Paths in, a picture out as boxes and lines with their places: one lane a path, from the start to the goal.

The two ends stand once, as tall boxes; what is between stands in its lane. Nothing crosses, and every line has room for
its words. The template connections.svg writes it down; it needs no colours.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gdb_graph.explore.network import Network, Path, Step
from gdb_graph.explore.wording import Wordings
from gdb_graph.pictures.words import readable

# In units of the picture, which are pixels where it is not scaled.
WIDTH, GAP, MARGIN, LINE, LANE = 172, 120, 6, 17, 20
_LETTERS, _LABEL_LETTERS = 19, 16
_LINES, _LABEL_LINES = 5, 4


@dataclass(frozen=True, slots=True)
class Box:
    """A thing: its box, the lines of its name, its kind in words, and where its page is."""

    x: float
    y: float
    height: float
    lines: Sequence[str]
    kind: str
    iri: str
    node: str = ""
    """What it is called in the picture: a thing on several paths has a box in each lane."""
    is_end: bool = False

    @property
    def width(self) -> float:
        """The same for all."""
        return WIDTH


@dataclass(frozen=True, slots=True)
class Line:
    """A step: a line at a height, the words above and below it, and at which ends it has an arrowhead.

    `ends` are the boxes that it joins; `step` is where it stands among the steps, as path and place.
    """

    x: float
    to: float
    y: float
    above: Sequence[str]
    below: Sequence[str]
    points_right: bool
    points_left: bool
    ends: tuple[str, str]
    step: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture."""

    width: float
    height: float
    boxes: Sequence[Box]
    lines: Sequence[Line]


def draw(network: Network, wordings: Wordings, ends: tuple[str, str], paths: Sequence[Path], lang: str) -> Drawing:
    """The picture of the paths between the two ends; of these alone where there is no path."""
    most = max((len(path.steps) for path in paths), default=1) - 1
    between = most * WIDTH + (most + 1) * GAP
    left, right = MARGIN, MARGIN + WIDTH + between
    boxes: list[Box] = []
    lines: list[Line] = []
    top = float(MARGIN)
    for number, path in enumerate(paths, 1):
        inner = [_box(network, thing, lang) for thing in path.things[1:-1]]
        words = [_words(network, wordings, step, lang) for step in path.steps]
        height = max([*(box.height for box in inner), *(2 * LINE * ((len(each) + 1) // 2) + LINE for each in words)])
        middle = top + height / 2
        gap = (between - len(inner) * WIDTH) / (len(inner) + 1)
        for place, (step, label) in enumerate(zip(path.steps, words, strict=True)):
            x = left + WIDTH + place * (WIDTH + gap)
            before = f"n{number}-{place}" if place else "start"
            after = f"n{number}-{place + 1}" if place < len(inner) else "goal"
            lines.append(_line(step, label, x, x + gap, middle, (before, after), (number, place + 1)))
            if place < len(inner):
                box = inner[place]
                boxes.append(replace(box, x=x + gap, y=middle - box.height / 2, node=after))
        top += height + LANE
    for thing, x, node in zip(ends, (left, right), ("start", "goal"), strict=True):
        box = _box(network, thing, lang)
        whole = max(box.height, top - LANE - MARGIN)
        boxes.append(replace(box, x=x, y=MARGIN, height=whole, node=node, is_end=True))
    lowest = max(box.y + box.height for box in boxes)
    return Drawing(right + WIDTH + MARGIN, lowest + MARGIN, boxes, lines)


def _box(network: Network, thing: str, lang: str) -> Box:
    lines = wrapped(network.label(thing, lang), _LETTERS, _LINES)
    kind = wrapped(network.classes(thing, lang), _LETTERS + 8, 1)[0]
    return Box(0, 0, (len(lines) + 1) * LINE + LINE, lines, kind, thing)


def _line(
    step: Step, words: Sequence[str], x: float, to: float, y: float, ends: tuple[str, str], at: tuple[int, int]
) -> Line:
    half = (len(words) + 1) // 2
    forward = [edge.left == step.left for edge in step.edges]
    return Line(x, to, y, words[:half], words[half:], any(forward), not all(forward), ends, at)


def _words(network: Network, wordings: Wordings, step: Step, lang: str) -> Sequence[str]:
    """What stands at a line: the roles of a relation, else what it is called."""
    found: dict[str, None] = {}
    for edge in step.edges:
        is_role = wordings.kind(edge) != "funding"
        roles = wordings.roles(network, edge, lang) if is_role else ()
        found |= dict.fromkeys(roles or [network.label(edge.term, lang)])
    return wrapped(", ".join(found), _LABEL_LETTERS, _LABEL_LINES)


def wrapped(text: str, letters: int, most: int) -> Sequence[str]:
    """A text in at most so many lines of so many letters; what is left out shows as an ellipsis."""
    return textwrap.wrap(readable(text).replace("/", "/ "), letters, max_lines=most, placeholder=" …") or [""]
