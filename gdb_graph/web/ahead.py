"""What is published in, its lists, search index and network made out: before anybody asks, so that none must wait."""

import asyncio
import logging

from gdb_graph.engine.answer import Current
from gdb_graph.errors import GraphError
from gdb_graph.web.indexes import Indexes
from gdb_graph.web.lists.items import Lists
from gdb_graph.web.networks import Networks

log = logging.getLogger(__name__)


async def prepare(
    current: Current, indexes: Indexes, networks: Networks, look_seconds: float, lists: Lists | None = None
) -> None:
    """Make all for what is published now, and again whenever that is another snapshot; ends when it is cancelled.

    What cannot be made is told in the log; the next who asks tries again.
    """
    prepared = ""
    while True:
        try:
            now = current()
            if now.snapshot.id != prepared:
                prepared = now.snapshot.id
                # One after the other: the engines are there for those who ask.
                if lists:
                    await lists.all(now)
                await indexes.prepare(now)
                await networks.of(now)
        except GraphError as error:
            log.warning("search and paths could not be made ready: %s", error)
        except Exception:
            log.exception("search and paths could not be made ready")
        await asyncio.sleep(look_seconds)
