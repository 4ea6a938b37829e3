"""A server in, the latency of small requests at a fixed rate out, quiet or beside clients whose queries never end."""

import http.client
import math
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from serving.load import CONNECTIONS, JSON, PATIENCE, unique_number

RATE = 200
APART = 0.5


@dataclass(frozen=True, slots=True)
class Beat:
    """Milliseconds of each request, and how many failed in which way."""

    times: Sequence[float]
    errors: Counter[str]

    def percentile(self, share: float) -> float:
        """The smallest time that this share of the requests does not exceed."""
        return sorted(self.times)[math.ceil(len(self.times) * share) - 1]


def beat(port: int, paths: Sequence[str], seconds: float) -> Beat:
    """Milliseconds of small unique requests, 200 a second whatever becomes of the earlier ones; and the errors.

    The time runs from the moment a request was due, so waiting behind a slow one counts. What is not answered
    ten seconds after the end counts with its age.
    """
    number, begin, total = unique_number(), time.perf_counter() + 0.1, round(RATE * seconds)
    last = begin + seconds + PATIENCE
    times, errors = [0.0] * total, Counter[str]()

    def client(which: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        for turn in range(which, total, CONNECTIONS):
            due = begin + turn / RATE
            time.sleep(max(0, due - time.perf_counter()))
            late = time.perf_counter() > last
            problem = "never sent" if late else _problem(connection, f"{paths[turn % len(paths)]}{number + turn}")
            times[turn] = (time.perf_counter() - due) * 1000
            errors.update([problem] if problem else [])
        connection.close()

    threads = [threading.Thread(target=client, args=(which,)) for which in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Beat(times, errors)


def _problem(connection: http.client.HTTPConnection, path: str) -> str:
    try:
        connection.request("GET", path, headers={"Accept": JSON})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__
    if response.status != 200:
        return f"status {response.status}"
    return "" if b'"value"' in body else "no rows"


@contextmanager
def endless(port: int, ask: Callable[[str], str], clients: int = 4) -> Iterator[Counter[str]]:
    """So many clients with a query that never ends, each time another text; one that is turned away asks again.

    They begin half a second apart, and are gone when the context ends. Gives what they were told.
    """
    over, told = threading.Event(), Counter[str]()
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=600) for _ in range(clients)]

    def client(connection: http.client.HTTPConnection) -> None:
        while not over.is_set():
            text = f"SELECT (COUNT(*) AS ?n{unique_number()}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }}"
            try:
                connection.request("GET", ask(text))
                response = connection.getresponse()
                response.read()
                outcome = f"status {response.status}"
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                outcome = type(error).__name__
            if not over.wait(0.1):
                told[outcome] += 1

    for connection in connections:
        threading.Thread(target=client, args=(connection,), daemon=True).start()
        time.sleep(APART)
    try:
        yield told
    finally:
        over.set()
        for connection in connections:
            with suppress(OSError):
                if connection.sock:
                    connection.sock.shutdown(socket.SHUT_RDWR)
