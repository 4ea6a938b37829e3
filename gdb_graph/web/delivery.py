"""A file of a snapshot and a request in, the file out as it lies on disk: validators, conditions, ranges (RFC 9110)."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from gdb_graph.distribution import Distribution
from gdb_graph.errors import SnapshotError
from gdb_graph.snapshot import Snapshot
from gdb_graph.web.problems import Problem

_TAG = re.compile(r'(?:W/)?"[^"]*"')
_SPEC = r"(?:\d{1,18}-\d{0,18}|-\d{1,18})"
_RANGES = re.compile(rf"bytes=\s*{_SPEC}(?:\s*,\s*{_SPEC})*\s*", re.ASCII | re.IGNORECASE)


def deliver(request: Request, snapshot: Snapshot, file: Distribution, headers: Mapping[str, str]) -> Response:
    """The whole file, a part of it (206), or that it has not changed (304), with `headers` of its own.

    Its ETag is its SHA-256, its date that of the snapshot: a copy of the folder says the same. Raises Problem 412
    or 416, and SnapshotError for a file that is not as it was built.
    """
    path = snapshot.folder / file.path
    try:
        found = path.stat()
    except FileNotFoundError:
        found = None
    if found is None or found.st_size != file.bytes:
        raise SnapshotError(f"{file.name} of snapshot {snapshot.id} is damaged on this server. Take another snapshot.")
    modified = datetime.fromisoformat(snapshot.manifest["created"]).astimezone(UTC)
    tag = f'"{file.sha256}"'
    headers = {
        **headers,
        "ETag": tag,
        "Last-Modified": format_datetime(modified, usegmt=True),
        "X-Content-Type-Options": "nosniff",
        "X-Snapshot": snapshot.id,
    }
    if _unchanged(request, tag, modified):
        return Response(status_code=304, headers=headers)
    _narrow(request, headers, file.bytes)
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    whole = {"Repr-Digest": f"sha-256=:{digest}:"}
    return FileResponse(path, headers=headers | whole, media_type=file.content_type, stat_result=found)


def _unchanged(request: Request, tag: str, modified: datetime) -> bool:
    """Whether the client has the file; the conditions in the order of RFC 9110, 13.2.2. Raises Problem 412."""
    given = request.headers
    if wanted := given.get("if-match"):
        if wanted.strip() != "*" and tag not in _TAG.findall(wanted):
            raise _failed("If-Match")
    elif (since := date(given.get("if-unmodified-since"))) and modified > since:
        raise _failed("If-Unmodified-Since")
    if known := given.get("if-none-match"):
        return known.strip() == "*" or tag in (each.removeprefix("W/") for each in _TAG.findall(known))
    since = date(given.get("if-modified-since"))
    return since is not None and modified <= since


def _failed(condition: str) -> Problem:
    detail = f"The file is not the one that {condition} names. Ask without this header to get the one there is."
    return Problem(412, "precondition-failed", detail)


def date(text: str | None) -> datetime | None:
    """The time that a header states; None where it states none that can be read."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _narrow(request: Request, headers: Mapping[str, str], size: int) -> None:
    """Leave in the request only ranges that FileResponse can give. Raises Problem 416 where none is within the file."""
    asked = request.headers.get("range")
    if asked is None or request.headers.get("if-range") not in (None, headers["ETag"], headers["Last-Modified"]):
        return
    ranges = satisfiable(asked, size)
    if ranges == []:
        detail = f"The file has {size} bytes; no range asked for lies within. Ask for a range below that."
        raise Problem(416, "range-not-satisfiable", detail, {"Content-Range": f"bytes */{size}"})
    others = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
    kept = [(b"range", f"bytes={','.join(ranges)}".encode())] if ranges else []
    request.scope["headers"] = others + kept


def satisfiable(header: str, size: int) -> list[str] | None:
    """The ranges of a Range header that overlap a file of `size` bytes; None for a header to be ignored.

    Ignored are other units and what is no valid set of ranges (RFC 9110, 14.2).
    """
    if not _RANGES.fullmatch(header):
        return None
    pairs = [spec.strip().split("-") for spec in header.partition("=")[2].split(",")]
    if any(first and last and int(last) < int(first) for first, last in pairs):
        return None
    return [f"{first}-{last}" for first, last in pairs if (int(first) < size if first else int(last) > 0 and size > 0)]
