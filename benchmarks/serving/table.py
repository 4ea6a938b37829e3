"""Figures of rounds in, a Markdown table out: medians, ratios round by round, and what speaks against them."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on the ratio, or on the figure itself where `unit` is not `×`."""

    sense: str
    bound: float
    unit: str = "×"

    def __str__(self) -> str:
        """As it stands in the table."""
        return f"{self.sense} {self.bound:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a figure a round, of ours and of what it is compared with; `faults` say why it does not count."""

    workload: str
    target: Target | None
    unit: str
    ours: Sequence[float]
    others: Sequence[float] = ()
    other: str = ""
    faults: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def ratios(self) -> list[float]:
        """Ours by the other's, round by round; one where the other was measured less often."""
        if not self.others or not all(self.others):
            return []
        if len(self.ours) != len(self.others):
            return [statistics.median(self.ours) / statistics.median(self.others)]
        return [one / other for one, other in zip(self.ours, self.others, strict=True)]

    @property
    def verdict(self) -> str:
        """Whether the target is met; never by a figure with faults."""
        if self.faults:
            return "no: errors"
        judged = self.ratios if self.target and self.target.unit == "×" else self.ours
        if not self.target or not judged:
            return "–"
        value = statistics.median(judged)
        return (
            "yes" if (value >= self.target.bound if self.target.sense == "≥" else value <= self.target.bound) else "no"
        )

    def cells(self) -> list[str]:
        """The line's cells."""
        compared = f"{self.other} {_figure(self.others, self.unit)}" if self.others else "–"
        return [
            self.workload,
            str(self.target or "–"),
            _figure(self.ours, self.unit),
            compared,
            _spread(self.ratios),
            self.verdict,
        ]


def _figure(values: Sequence[float], unit: str) -> str:
    if not values:
        return "–"
    value = statistics.median(values)
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"


def _spread(ratios: Sequence[float]) -> str:
    if not ratios:
        return "–"
    middle = f"{statistics.median(ratios):.2f}"
    return middle if len(ratios) == 1 else f"{middle} ({min(ratios):.2f}–{max(ratios):.2f})"


def markdown(rows: Iterable[Row]) -> str:
    """The table, and below it what its figures need to be understood."""
    rows = list(rows)
    lines = [
        "| workload | target | gdb-graph | compared with | ratio (of the rounds) | met |",
        "|---|---|---|---|---|---|",
    ]
    lines += ["| " + " | ".join(row.cells()) + " |" for row in rows]
    said: dict[str, str] = {}
    for row in rows:
        for text in (*row.faults, *row.notes):
            said.setdefault(text, row.workload)
    return "\n".join([*lines, "", *(f"* {workload}: {text}." for text, workload in said.items())]).rstrip()
