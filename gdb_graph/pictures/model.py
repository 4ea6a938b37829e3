"""What a picture is made of: marks with their places, in units that are pixels where it is not scaled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Anchor = Literal["start", "middle", "end"]
Fill = Literal["none", "ink", "hatch", "shade1", "shade2", "shade3", "shade4"]


@dataclass(frozen=True, slots=True)
class Text:
    """One line of words; `angle` in degrees turns it around its place."""

    shape: ClassVar[str] = "text"
    x: float
    y: float
    words: str
    anchor: Anchor = "start"
    bold: bool = False
    italic: bool = False
    angle: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `stroke` is the width of its line, 0 for none."""

    shape: ClassVar[str] = "box"
    x: float
    y: float
    width: float
    height: float
    fill: Fill = "none"
    stroke: float = 0
    round: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; `faint` for a grid, `dashed` for what is open."""

    shape: ClassVar[str] = "line"
    x1: float
    y1: float
    x2: float
    y2: float
    stroke: float = 1
    faint: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Marks that lead somewhere: to the page of one thing, or to how two things are connected.

    `node` names a thing in a network, `ends` the two nodes that a line joins, `said` what the line stands for.
    """

    shape: ClassVar[str] = "link"
    things: tuple[str, ...]
    title: str
    marks: "tuple[Text | Box | Line, ...]"
    node: str = ""
    ends: tuple[str, ...] = ()
    said: str = ""


Mark = Text | Box | Line | Link


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture. `facts` fill the sentence that tells it; `shown` of `all` things fit in."""

    width: float
    height: float
    marks: Sequence[Mark]
    facts: Mapping[str, str | int]
    shown: int
    all: int
