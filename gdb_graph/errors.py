"""All that can go wrong in an expected way, without HTTP.

GraphError
├── ContentError         the files of a content folder do not hold up: carries findings
├── BuildInProgress      another build holds the folder
├── SnapshotError        there is no snapshot, or it is damaged
├── PublishError         a snapshot could not be brought into a remote engine as it is
├── PullError            a snapshot could not be fetched from elsewhere
├── CatalogueError       the content does not state what a data catalogue must have
├── QueryError           what was asked cannot be answered
│   ├── BadQuery         not SPARQL, or a feature that is refused
│   ├── BadParameter     a parameter of a curated query has a wrong value
│   ├── NotAcceptable    no offered media type fits
│   └── ResultTooLarge   the answer has more rows or bytes than this service gives
└── EngineError          the answer did not come
    ├── QueryTimeout     past the deadline; the query was stopped
    ├── QueryTooLarge    past the memory limit, or too deeply nested; the query was stopped
    ├── Busy             the waiting line is full
    ├── TooMuch          a client has used up its query seconds: carries when it may ask again
    ├── EngineGone       the remote engine cannot be reached, or answers nonsense
    ├── EngineCannot     the remote engine cannot answer this query, or not rightly
    ├── OtherSnapshot    the remote engine holds another snapshot than the service, or none that is whole
    └── IndexNotReady    the search index of a new snapshot is still being made
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["Violation", "Warning", "Info"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found in the content: where it is, and what to do about it in both languages.

    `file` is relative to the content folder, `line` counts from 1 (0: unknown), `node` is an IRI or "",
    `rule` names the shape or check that found it.
    """

    severity: Severity
    file: str
    line: int
    node: str
    rule: str
    de: str
    en: str

    @property
    def place(self) -> str:
        """`file:line` as far as known."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file or self.node or "-"


class GraphError(Exception):
    """The root of all expected errors; its text is one clear sentence."""


class ContentError(GraphError):
    """The content folder does not hold up; `findings` says where and why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        count = sum(finding.severity == "Violation" for finding in self.findings)
        super().__init__(f"{count} violation{'s' if count != 1 else ''} in the content; nothing was published")


class BuildInProgress(GraphError):
    """Another build is writing into the same folder."""


class SnapshotError(GraphError):
    """No snapshot to serve, or a damaged one."""


class PublishError(GraphError):
    """A snapshot could not be brought into a remote engine as it is."""


class PullError(GraphError):
    """A snapshot could not be fetched, or is not to be trusted."""


class CatalogueError(GraphError):
    """What is published lacks what a data catalogue must have."""


class QueryError(GraphError):
    """What was asked cannot be answered as it stands."""


class BadQuery(QueryError):
    """The text is not a SPARQL query, or asks for something that is refused.

    `line` and `column` say where, counted from 1; 0 where that is not known.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        self.line, self.column = line, column
        super().__init__(message)


class BadParameter(QueryError):
    """A parameter of a curated query is unknown or has a wrong value."""

    def __init__(self, parameter: str, message: str) -> None:
        self.parameter = parameter
        super().__init__(message)


class NotAcceptable(QueryError):
    """None of the offered media types fits the Accept header."""


class ResultTooLarge(QueryError):
    """The answer has more rows or bytes than this service gives in one."""


class EngineError(GraphError):
    """The answer did not come, through no fault of the query's text."""


class QueryTimeout(EngineError):
    """The query ran past the deadline and was stopped."""


class QueryTooLarge(EngineError):
    """The query needed more memory or stack than one query may have, and was stopped."""


class Busy(EngineError):
    """More requests are waiting than the service lets wait."""


class TooMuch(EngineError):
    """A client has used up its query seconds; `seconds` says when it may ask again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class EngineGone(EngineError):
    """The remote engine cannot be reached, or what it answers cannot be understood."""


class EngineCannot(EngineError):
    """The remote engine has no way to answer this query, or is known to answer it wrongly."""


class OtherSnapshot(EngineError):
    """The remote engine holds another snapshot than the one that is served, or none that is whole."""


class IndexNotReady(EngineError):
    """The search index of this snapshot is still being made."""
