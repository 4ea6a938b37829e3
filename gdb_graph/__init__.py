"""gdb-graph: a city's strategy as linked data. `build` turns files into a snapshot, `engine` and `web` serve it."""

from importlib.metadata import version

__version__ = version("gdb-graph")
