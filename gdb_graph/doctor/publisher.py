"""A snapshot and the settings in, what portals and people would miss in the catalogue out."""

from collections.abc import Iterator

from gdb_graph.catalog import reading
from gdb_graph.doctor.note import Note, fine, problem, warning
from gdb_graph.errors import CatalogueError
from gdb_graph.settings import Settings
from gdb_graph.snapshot import Snapshot


def check(current: Snapshot | None, chosen: Settings) -> Iterator[Note]:
    """What the catalogue lacks."""
    if current:
        try:
            made = reading.catalogue(current.manifest, chosen)
        except CatalogueError as error:
            yield problem(f"There is no catalogue for portals: {error}", "Until then /catalog answers with status 503.")
        else:
            yield fine(f"The catalogue names the publisher {made.publisher.name}.")
    if not chosen.contact_email and not chosen.contact_url:
        text = "Nobody is named whom people or portals could ask about the data."
        yield warning(text, "Set GDB_CONTACT_EMAIL or GDB_CONTACT_URL.")
    if not chosen.publisher_type:
        yield warning("It is not said what the publisher is.", "Set GDB_PUBLISHER_TYPE, such as LocalAuthority.")
