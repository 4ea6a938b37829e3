"""The public address in, what an outsider sees of the service out. It asks over HTTP, as any client does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from gdb_graph.doctor.note import Note, fine, problem, warning

_TIMEOUT = 10
_PRECISE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """Why nothing came back, or what did: where links lead, whether pages find their style, the time there."""

    error: str = ""
    status: int = 0
    snapshot: str = ""
    links_to: str = ""
    styled: bool = False
    date: datetime | None = None


def served(host: str, port: int) -> str:
    """The id of the snapshot that a gdb-graph serves there; "" if none does."""
    there = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what is listened on is asked here
    return look(f"http://{f'[{there}]' if ':' in there else there}:{port}", whole=False).snapshot


def look(base: str, whole: bool = True) -> Seen:
    """Ask the service whether it is ready; where `whole`, also where its links lead and for the style of pages."""
    try:
        with httpx.Client(timeout=_TIMEOUT) as client:
            ready = client.get(f"{base}/readyz")
            id_ = _snapshot(ready)
            date = _date(ready.headers.get("Date", ""))
            if not id_ or not whole:
                return Seen(status=ready.status_code, snapshot=id_, date=date)
            told = client.get(f"{base}/snapshots/{id_}", headers={"Accept": "application/json"}).json()
            styled = client.get(f"{base}/static/style.css").status_code == 200
            page = client.get(f"{base}/", headers={"Accept": "text/html"}).text
    except (httpx.HTTPError, ValueError) as error:
        return Seen(error=str(error) or type(error).__name__)
    links = str(told.get("url", "")) if isinstance(told, dict) else ""
    below = f"{urlsplit(links).path.partition('/snapshots/')[0]}/static/"
    return Seen("", ready.status_code, id_, links.partition("/snapshots/")[0], styled and below in page, date)


def _snapshot(response: httpx.Response) -> str:
    try:
        return str(response.json()["snapshot"]) if response.status_code == 200 else ""
    except (ValueError, LookupError, TypeError):
        return ""


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def check(seen: Seen, base: str, current: str, now: datetime) -> Iterator[Note]:
    """What is wrong with what outsiders see at `base`; `current` is the id of the snapshot on disk."""
    if seen.error:
        text = f"{base} cannot be reached: {seen.error.rstrip('.')}."
        yield problem(text, "See whether the name leads to this machine, the proxy runs, and its certificate is valid.")
        return
    if not seen.snapshot:
        text = f"{base}/readyz answers with status {seen.status}, and not as a gdb-graph that is ready."
        yield problem(text, "See whether the proxy leads there, with the part of the path that it takes away, if any.")
        return
    if seen.snapshot == current:
        yield fine(f"{base} is ready and serves the current snapshot.")
    else:
        text = f"{base} serves snapshot {seen.snapshot}, and the current one here is {current or 'none'}."
        yield problem(text, "It is another service, or it could not change over: its log says why.")
    if seen.links_to != base:
        text = f"Links of the service at {base} lead to {seen.links_to or 'nowhere'}."
        yield problem(text, f"Start the service with GDB_PUBLIC_URL={base}.")
    elif not seen.styled:
        text = f"Pages at {base} do not find their style at {base}/static/style.css."
        yield problem(text, "Let the proxy take the path of GDB_PUBLIC_URL away before it passes requests on.")
    else:
        yield fine("Links and styles lead where they should.")
    if seen.date and abs(seen.date - now) > _PRECISE:
        yield warning(f"The clock there says {seen.date}, and here it is {now:%Y-%m-%d %H:%M:%S}.", "Set the clock.")
