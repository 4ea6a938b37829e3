"""The command line: reads the environment, calls the rooms, and turns every expected error into one sentence.

A command imports the room it needs when it runs: those that build do not wait for the web, nor the other way round.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gdb_graph import __version__, content, diff, settings, snapshot, terminal
from gdb_graph.errors import ContentError, GraphError, SnapshotError
from gdb_graph.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 refused or failed, 2 used wrongly."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if getattr(options, "name", None) and (options.sparql is not None or options.file):
        parser.error("give the name of a curated query, or --sparql, or --file: one of them")
    try:
        chosen = settings.read(
            os.environ,
            snapshots=getattr(options, "out", None),
            host=getattr(options, "host", None),
            port=getattr(options, "port", None),
            engine=getattr(options, "engine", None),
            pull=getattr(options, "pull", None),
        )
        status: int = options.run(options, chosen)
    except ContentError as error:
        terminal.show_findings(error.findings)
        return _fail(error)
    except GraphError as error:
        return _fail(error)
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # the reader of our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return _fail(GraphError(f"{error.filename or 'The file system'}: {error.strerror or error}."))
    except KeyboardInterrupt:
        return 130
    return status


def _fail(error: GraphError) -> int:
    print(f"gdb-graph: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gdb-graph", description="A city's strategy as linked data.")
    parser.add_argument("--version", action="version", version=f"gdb-graph {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        if name not in ("diff", "publish", "pull"):
            one.add_argument(
                "--content", type=Path, metavar="DIR", help="folder with ontology/, data/, queries/ (default: built in)"
            )
        if name != "check":
            one.add_argument("--out", type=Path, metavar="DIR", help="folder of the snapshots (default: snapshots)")
        return one

    command("check", _check, "find everything that is wrong with the files; writes nothing")
    command("build", _build, "check, then write a snapshot and switch to it")
    serve = command("serve", _serve, "serve; builds first if there is no snapshot or the files have changed")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 8000)")
    serve.add_argument("--snapshot", type=Path, metavar="DIR", help="serve this snapshot as it is; nothing is built")
    serve.add_argument("--engine", metavar="URL", help="have a SPARQL engine answer that holds what `publish` brought")
    serve.add_argument("--pull", metavar="SOURCE", help="serve what SOURCE has, looking there again; nothing is built")
    pull = command("pull", _pull, "fetch the current snapshot from elsewhere and switch to it")
    pull.add_argument("pull", metavar="SOURCE", nargs="?", help="address of a service or file server, or a folder")
    doctor = command("doctor", _doctor, "look at the installation and say what is wrong with it")
    doctor.add_argument("--host", help="address that the service listens on")
    doctor.add_argument("--port", type=int, help="port that the service listens on")
    doctor.add_argument("--online", action="store_true", help="ask the service at its public address too")
    query = command("query", _query, "run a curated query, or any other, on the terminal")
    query.add_argument("name", nargs="?", help="a curated query; without one: list them")
    query.add_argument("values", nargs="*", metavar="PARAMETER=VALUE", help="parameters of the curated query")
    free = query.add_mutually_exclusive_group()
    free.add_argument("--sparql", metavar="TEXT", help="a SPARQL query")
    free.add_argument("-f", "--file", type=Path, metavar="FILE", help="a file with a SPARQL query")
    query.add_argument("--format", choices=terminal.FORMATS, default="table", help="how to print the answer")
    query.add_argument("--lang", choices=("de", "en"), default="de", help="language of labels in a table")
    changes = command("diff", _diff, "tell what changed from snapshot A to snapshot B")
    changes.add_argument("before", metavar="A", help="a snapshot folder, an id or the beginning of one, or `current`")
    changes.add_argument("after", metavar="B", help="likewise")
    changes.add_argument("--format", choices=diff.FORMATS, default="text", help="words, RDF Patch or JSON")
    changes.add_argument("--lang", choices=("de", "en"), default="de", help="language of the words")
    changes.add_argument("--all", action="store_true", help="compare what is inferred, shapes and the like too")
    sending = command("publish", _publish, "bring a snapshot into a SPARQL engine elsewhere")
    sending.add_argument(
        "target", metavar="TARGET", help="address of the engine; credentials come from the environment"
    )
    sending.add_argument("--snapshot", type=Path, metavar="DIR", help="this snapshot (default: the current one)")
    return parser


def _check(options: argparse.Namespace, _: Settings) -> int:
    from gdb_graph import build

    with terminal.progress() as progress:
        checked = build.check(content.resolve(options.content), progress)
    terminal.show_findings(checked.findings)
    terminal.show_summary(checked)
    return 0


def _build(options: argparse.Namespace, chosen: Settings) -> int:
    made = _make(content.resolve(options.content), chosen)
    print(f"Snapshot {made.id}: {made.manifest['counts']['triples']} triples, in {made.folder}")
    return 0


def _make(folders: content.Content, chosen: Settings) -> snapshot.Snapshot:
    from gdb_graph import build

    with terminal.progress() as progress:
        return build.build(folders, chosen.snapshots, datetime.now(UTC), progress, chosen)


def _pull(_: argparse.Namespace, chosen: Settings) -> int:
    if not chosen.pull:
        raise GraphError("Name where to pull from: gdb-graph pull SOURCE, or set GDB_PULL.")
    from gdb_graph import pull

    with terminal.progress() as progress:
        pulled = pull.pull(chosen.pull, chosen.snapshots, chosen.keep, progress)
    print(f"Snapshot {pulled.snapshot.id}: {'switched to it' if pulled.is_new else 'nothing to do'}")
    return 0


def _doctor(options: argparse.Namespace, chosen: Settings) -> int:
    from gdb_graph import doctor

    examined = doctor.examine(chosen, os.environ, content.resolve(options.content), options.online)
    return 1 if terminal.show_notes(examined)["problem"] else 0


def _pulled(chosen: Settings) -> snapshot.Snapshot:
    """The snapshot that the source of this replica has, else the one that was pulled last; nothing is built here."""
    from gdb_graph import pull

    try:
        with terminal.progress() as progress:
            pulled = pull.pull(chosen.pull, chosen.snapshots, chosen.keep, progress)
    except (GraphError, OSError) as error:
        with suppress(SnapshotError):
            kept = snapshot.verify(snapshot.current(chosen.snapshots))
            print(f"gdb-graph: {error} Snapshot {kept.id} stays.", file=sys.stderr)
            return kept
        raise
    return snapshot.verify(pulled.snapshot.folder)


def _fresh(folders: content.Content, chosen: Settings) -> snapshot.Snapshot:
    """The current snapshot; built first if there is none or the files are others than it was built from."""
    if chosen.pull:
        return _pulled(chosen)
    try:
        current = snapshot.verify(snapshot.current(chosen.snapshots))
    except SnapshotError:
        return _make(folders, chosen)
    return current if current.manifest["files"] == folders.hashes() else _make(folders, chosen)


def _serve(options: argparse.Namespace, chosen: Settings) -> int:
    from gdb_graph import serving

    if chosen.engine:
        pulled = _pulled(chosen).folder if chosen.pull and not options.snapshot else None
        serving.remote(options.snapshot or pulled or snapshot.current(chosen.snapshots), chosen)
        return 0
    if options.snapshot:
        chosen = replace(chosen, pull="")
        served = snapshot.open_snapshot(options.snapshot).folder

        def find() -> Path:
            return served
    else:
        served = _servable(content.resolve(options.content), chosen)

        def find() -> Path:
            return snapshot.current(chosen.snapshots)

    serving.local(served, find, chosen)
    return 0


def _servable(folders: content.Content, chosen: Settings) -> Path:
    """The folder of the snapshot of the content as it is, built if need be; if that cannot be, of the last good one."""
    try:
        return _fresh(folders, chosen).folder
    except (GraphError, OSError) as error:
        good = next(snapshot.good(chosen.snapshots), None)
        if good is None:
            raise
        if isinstance(error, ContentError):
            terminal.show_findings(error.findings)
        why = (
            f"{error.filename or chosen.snapshots}: {error.strerror or error}" if isinstance(error, OSError) else error
        )
        print(f"gdb-graph: {why}; serving the last good snapshot {good.id}", file=sys.stderr)
        return good.folder


def _query(options: argparse.Namespace, chosen: Settings) -> int:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine does not look for Ctrl-C while it works
    current = _fresh(content.resolve(options.content), chosen)
    if options.sparql is not None or options.file:
        text = options.sparql if options.file is None else terminal.read_text(options.file)
        text = terminal.with_prefixes(text, current.names.prefixes())
        terminal.run(current, text, options.format, options.lang)
    elif options.name:
        terminal.run_curated(current, options.name, options.values, options.format, options.lang)
    else:
        terminal.list_queries(current, options.lang)
    return 0


def _publish(options: argparse.Namespace, chosen: Settings) -> int:
    from gdb_graph.remote import talk
    from gdb_graph.remote.publish import publish
    from gdb_graph.remote.store import Store

    one = snapshot.verify(options.snapshot or snapshot.current(chosen.snapshots))
    with terminal.progress() as progress, Store(talk.target(options.target, chosen)) as store:
        done = publish(one, store, progress)
    print(f"Snapshot {one.id}: {done.graphs} graphs at {options.target}, {done.sent} of them sent")
    return 0


def _diff(options: argparse.Namespace, chosen: Settings) -> int:
    before, after = (diff.find(name, chosen.snapshots) for name in (options.before, options.after))
    terminal.show_diff(before, after, options.format, options.lang, options.all)
    return 0


if __name__ == "__main__":
    sys.exit(main())
