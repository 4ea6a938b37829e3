"""What a check of an installation has found: how grave it is, what is so, and what to do."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["fine", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence about the installation, and one that says what to do about it; nothing to do where all is fine."""

    level: Level
    text: str
    remedy: str = ""


def fine(text: str) -> Note:
    """All is well."""
    return Note("fine", text)


def warning(text: str, remedy: str) -> Note:
    """It works, but not as well as it could."""
    return Note("warning", text, remedy)


def problem(text: str, remedy: str) -> Note:
    """It does not work, or will not soon."""
    return Note("problem", text, remedy)
