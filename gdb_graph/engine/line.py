"""Jobs that wait for an engine in, the next one out: first come, first served, as many and as long as may be."""

from collections import deque

from gdb_graph.engine.link import Job
from gdb_graph.errors import Busy


class Line:
    """At most `most` jobs, each for at most `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Have a job wait. Raises Busy where too many do."""
        if len(self._jobs) >= self._most:
            raise Busy(
                f"{self._most} requests are waiting already, and no more may (GDB_WAITING). Try again in a moment."
            )
        self._jobs.append(job)

    def next(self) -> Job | None:
        """The job whose turn it is; those that nobody waits for any more are passed over."""
        while self._jobs:
            job = self._jobs.popleft()
            if not job.abandoned:
                return job
        return None

    def look(self, now: float) -> None:
        """Send away those that have waited too long, or for whom nobody waits."""
        for job in list(self._jobs):
            if job.abandoned:
                self._jobs.remove(job)
            elif now - job.since > self._seconds:
                self._jobs.remove(job)
                job.fail(Busy("No engine came free within the deadline. Try again in a moment."))
