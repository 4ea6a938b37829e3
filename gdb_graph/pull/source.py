"""An address or a folder in, the manifest of its current snapshot and the bytes of its files out.

Both have the same layout: `current/manifest.json`, and all files of a snapshot below its id. A service has it below
`/snapshots`, a plain file server wherever the folder of the snapshots is.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

import httpx

from gdb_graph import __version__, snapshot
from gdb_graph.errors import PullError
from gdb_graph.pull.plan import LONGEST

_CURRENT = f"current/{snapshot.MANIFEST}"
_CHUNK = 1 << 18
_TIMEOUT = httpx.Timeout(30, connect=10)
# What may go well another time (RFC 9110); a gateway says 502 to 504 while what is behind it changes.
_TEMPORARY = (408, 425, 429, 500, 502, 503, 504)
_VALIDATORS = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))

Seen = Mapping[str, str]


class Interrupted(PullError):
    """It may go well when tried again; `seconds` says when, if the source said so."""

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        self.seconds = seconds
        super().__init__(message)


class Gone(PullError):
    """What was asked for is not there, or no longer."""


@dataclass(frozen=True, slots=True)
class Found:
    """A manifest, and what to tell the source next time so that it need not give it again."""

    manifest: bytes
    seen: Seen


Reading = tuple[int, Iterator[bytes]]
"""From which byte on a file comes, and the bytes."""


class Source(Protocol):
    """Where snapshots come from. What fails raises PullError: Interrupted or Gone where that is known."""

    def current(self, seen: Seen) -> Found | None:
        """The manifest of the current snapshot; None if it is the one of `seen`."""

    def open(self, id_: str, path: str, start: int) -> AbstractContextManager[Reading]:
        """A file of a snapshot, from byte `start` on or, where that cannot be, from its beginning."""


@contextmanager
def find(name: str) -> Iterator[Source]:
    """The source called `name`: an address or a folder. Raises PullError."""
    if name.startswith(("http://", "https://")):
        with httpx.Client(timeout=_TIMEOUT, headers=_HEADERS) as client:
            yield Web(_checked(name), client)
    else:
        yield Folder(Path(name))


# As the files are: compressed on the way, they could not be taken up again in the middle.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": f"gdb-graph/{__version__}"}


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or parts.query or parts.fragment:
        raise PullError("The address of the source must be that of a service or of a folder on a file server.")
    if parts.username is not None:
        raise PullError("Leave user and password out of the address of the source: addresses end up in logs.")
    return address.rstrip("/")


class Web:
    """A running service, or a file server that holds a snapshots folder."""

    def __init__(self, address: str, client: httpx.Client) -> None:
        self._bases = [f"{address}/snapshots", address]
        self._client = client

    def current(self, seen: Seen) -> Found | None:
        """See Source. Of a service and a file server, the one there is; the next time it is known which."""
        if (base := seen.get("base")) in self._bases:
            self._bases = [base]
        for base in self._bases:
            found = self._manifest(base, seen)
            if not isinstance(found, Gone):
                self._bases = [base]
                return found
        raise Gone(f"{self._bases[-1]} has no current snapshot, neither as a service nor as a folder of files.")

    def _manifest(self, base: str, seen: Seen) -> Found | Gone | None:
        headers = {asked: seen[asked] for asked, _ in _VALIDATORS if asked in seen}
        try:
            with self._client.stream("GET", f"{base}/{_CURRENT}", headers=headers) as response:
                if response.status_code == 304:
                    return None
                _check(response)
                manifest = b""
                for chunk in response.iter_bytes():
                    manifest += chunk
                    if len(manifest) > LONGEST:
                        raise PullError(f"The manifest at {base} has more than {LONGEST} bytes. It is refused.")
        except httpx.HTTPError as error:
            raise _lost(base, error) from error
        except Gone as error:
            return error
        validators = {asked: response.headers[told] for asked, told in _VALIDATORS if told in response.headers}
        return Found(manifest, {"base": base, **validators})

    @contextmanager
    def open(self, id_: str, path: str, start: int) -> Iterator[Reading]:
        """See Source."""
        url = f"{self._bases[0]}/{id_}/{quote(path)}"
        try:
            with self._client.stream("GET", url, headers={"Range": f"bytes={start}-"} if start else {}) as response:
                _check(response)
                resumed = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
                if response.status_code == 206 and not resumed:
                    raise PullError(f"{url} gives another part of the file than was asked for. It is refused.")
                # In pieces as they come: what is gathered to larger ones would be lost when the connection breaks.
                yield start if response.status_code == 206 else 0, response.iter_raw()
        except httpx.HTTPError as error:
            raise _lost(url, error) from error


def _lost(url: str, error: httpx.HTTPError) -> PullError:
    why = str(error) or type(error).__name__
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol):
        return Interrupted(f"{url} cannot be reached: {why}.")
    return PullError(f"{url} cannot be read: {why}.")


def _check(response: httpx.Response) -> None:
    """Raise what a status that is no success means."""
    status, url = response.status_code, response.url
    if status in (200, 206):
        return
    if status in (404, 410):
        raise Gone(f"{url} is not there (status {status}).")
    if response.is_redirect:
        raise PullError(
            f"{url} leads to {response.headers.get('Location', 'elsewhere')}. Name the address it leads to."
        )
    if status in _TEMPORARY:
        wait = response.headers.get("Retry-After", "")
        raise Interrupted(f"{url} answers with status {status}.", float(wait) if wait.isdecimal() else 0.0)
    raise PullError(f"{url} answers with status {status}.")


class Folder:
    """A folder of snapshots, or of one snapshot, that this machine can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self, seen: Seen) -> Found | None:
        """See Source."""
        alone = self._folder / snapshot.MANIFEST
        path = (alone if alone.is_file() else self._folder / _CURRENT).resolve()
        try:
            size, told = path.stat().st_size, {"file": str(path), "written": str(path.stat().st_mtime_ns)}
            if size > LONGEST:
                raise PullError(f"{path} has more than {LONGEST} bytes. It is refused.")
            return None if seen == told else Found(path.read_bytes(), told)
        except FileNotFoundError as error:
            where = f"There is no snapshot in {self._folder}."
            raise Gone(f"{where} Name a folder of snapshots, or an address that begins with https://.") from error

    @contextmanager
    def open(self, id_: str, path: str, start: int) -> Iterator[Reading]:
        """See Source."""
        home = self._folder / id_
        try:
            with ((home if home.is_dir() else self._folder) / path).open("rb") as file:
                file.seek(start)
                yield start, iter(lambda: file.read(_CHUNK), b"")
        except FileNotFoundError as error:
            raise Gone(f"{error.filename} is not there.") from error


def remember(path: Path, source: str, id_: str, seen: Seen) -> None:
    """Keep what the source said, for the next time."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps({"source": source, "id": id_, "seen": dict(seen)}) + "\n", encoding="utf-8")
    fresh.replace(path)


def remembered(path: Path, source: str, id_: str) -> Seen:
    """What the source said when it had the snapshot that is current here; nothing if that is not known."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        known = told["source"] == source and told["id"] == id_
        return {str(name): str(text) for name, text in told["seen"].items()} if known else {}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
