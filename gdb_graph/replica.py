"""A source and a folder of snapshots in; looks again and again, each time in a process of its own, until cancelled."""

import asyncio
import sys
import time
from pathlib import Path


class Again:
    """Pulls every so many `seconds`. What goes wrong is said on stderr, and tried again the next time."""

    def __init__(self, source: str, snapshots: Path, keep: int, seconds: float) -> None:
        self._command = (sys.executable, "-m", "gdb_graph.pull", source, str(snapshots), str(keep))
        self._seconds = seconds
        self.reached = 0.0
        """When the source was last seen, in seconds since 1970; 0: not since the start."""

    async def run(self) -> None:
        """Pull at once, then again after each pause, until cancelled."""
        while True:
            process = await asyncio.create_subprocess_exec(*self._command, stdin=asyncio.subprocess.DEVNULL)
            try:
                if await process.wait() == 0:
                    self.reached = time.time()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            await asyncio.sleep(self._seconds)
