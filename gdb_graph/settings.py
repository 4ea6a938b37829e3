"""The table of settings: environment in, one frozen value out; only the command line calls `read`."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pyoxigraph as ox

from gdb_graph.errors import GraphError

# ADMS, list of publisher types 1.0 (http://purl.org/adms/publishertype/1.0).
PUBLISHER_TYPES = (
    "Academia-ScientificOrganisation",
    "Company",
    "IndustryConsortium",
    "LocalAuthority",
    "NationalAuthority",
    "NonGovernmentalOrganisation",
    "NonProfitOrganisation",
    "PrivateIndividual(s)",
    "RegionalAuthority",
    "StandardisationBody",
    "SupraNationalAuthority",
)


def _is_iri(text: str) -> bool:
    try:
        return text.startswith(("http://", "https://")) and bool(ox.NamedNode(text))
    except ValueError:
        return False


def _is_email(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", text) is not None


# Settings whose text must have a form: what tells whether it has, and how that form is called.
_FORMS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "engine": (_is_iri, "an address that begins with http:// or https://"),
    "public_url": (_is_iri, "an address that begins with http:// or https://"),
    "publisher_iri": (_is_iri, "an IRI that begins with http:// or https://"),
    "publisher_type": (PUBLISHER_TYPES.__contains__, f"one of {', '.join(PUBLISHER_TYPES)}"),
    "contact_email": (_is_email, "an e-mail address"),
    "contact_url": (_is_iri, "an address that begins with http:// or https://"),
    "contributor_id": (_is_iri, "an IRI that begins with http:// or https://"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is one environment variable: `GDB_` and its name in capitals."""

    host: Annotated[str, "address to listen on"] = "127.0.0.1"
    port: Annotated[int, "port to listen on"] = 8000
    public_url: Annotated[str, "address under which users reach the service; absolute links come from it"] = ""
    snapshots: Annotated[Path, "folder of the snapshots and the pointer `current`"] = Path("snapshots")
    keep: Annotated[int, "snapshots that stay when another is built, the latest first; 0: all"] = 10
    look_seconds: Annotated[float, "seconds after which the service looks again where `current` points"] = 1.0
    pull: Annotated[str, "address or folder that a replica takes its snapshots from; it then builds none"] = ""
    pull_seconds: Annotated[float, "seconds after which a replica looks there again"] = 30.0
    engines: Annotated[int, "queries that run at the same time"] = 2
    quick_seconds: Annotated[float, "seconds after which a query makes way for others and goes on slowly"] = 1.0
    slow_engines: Annotated[int, "queries that may go on slowly at the same time"] = 4
    waiting: Annotated[int, "requests that may wait for an engine, in each lane; past that 503"] = 64
    query_seconds: Annotated[float, "deadline of one query in seconds; past that 504"] = 10.0
    engine_megabytes: Annotated[int, "memory one query may add, in MB; past that 503"] = 1024
    rows: Annotated[int, "rows or triples one answer may have; past that 400; 0: as many as come"] = 0
    result_bytes: Annotated[int, "bytes one answer may have; past that 400; 0: as many as come"] = 1_000_000_000
    client_seconds: Annotated[float, "query seconds one client may use a minute; past that 429; 0: any number"] = 60.0
    limit_loopback: Annotated[bool, "whether that holds for clients on this machine too"] = False
    prepare: Annotated[bool, "whether search and paths are made ready before anybody asks"] = True
    cache_megabytes: Annotated[int, "memory for stored answers, in MB; 0: none"] = 64
    max_age: Annotated[int, "seconds for which caches elsewhere may give an answer without asking again"] = 60
    log_requests: Annotated[bool, "whether each request is one line of JSON on stderr"] = True
    log_addresses: Annotated[bool, "whether those lines tell the address of the client"] = False
    query_bytes: Annotated[int, "size of the largest request body and query text, in bytes"] = 1_000_000
    engine: Annotated[str, "address of a remote SPARQL engine that answers the queries; else the one built in"] = ""
    engine_user: Annotated[str, "user name at that engine, where it asks for one"] = ""
    engine_password: Annotated[str, "password at that engine"] = field(default="", repr=False)
    engine_query: Annotated[str, "path of the engine's query address, where it is not the usual one"] = ""
    engine_update: Annotated[str, "likewise of its update address"] = ""
    engine_graphs: Annotated[str, "likewise of its Graph Store address"] = ""
    publisher_name: Annotated[str, "who publishes the data, for the catalogue; else the creator the content names"] = ""
    publisher_iri: Annotated[str, "an IRI that names the publisher; else one of this service"] = ""
    publisher_type: Annotated[str, "what the publisher is: a code of the ADMS list of publisher types"] = ""
    contact_name: Annotated[str, "whom to ask about the data; else the publisher's name"] = ""
    contact_email: Annotated[str, "e-mail address for questions about the data"] = ""
    contact_url: Annotated[str, "address of a page for questions about the data"] = ""
    contributor_id: Annotated[str, "IRI of the DCAT-AP.de list of data providers, for delivery to GovData"] = ""

    @property
    def base_url(self) -> str:
        """The public address without a trailing slash; the listening address where none is set."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


_BOOLEAN = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_POSITIVE = (
    "look_seconds",
    "pull_seconds",
    "engines",
    "slow_engines",
    "waiting",
    "quick_seconds",
    "query_seconds",
    "engine_megabytes",
    "query_bytes",
)


def read(environment: Mapping[str, str], **given: Any) -> Settings:
    """Settings from the environment, overridden by what is `given` and not None.

    Raises GraphError for a value that is not of the setting's type.
    """
    values: dict[str, Any] = {}
    for setting in dataclasses.fields(Settings):
        name = f"GDB_{setting.name.upper()}"
        if given.get(setting.name) is not None:
            values[setting.name] = given[setting.name]
        elif text := environment.get(name):
            values[setting.name] = _convert(name, text, type(setting.default))
    settings = Settings(**values)
    _check_numbers(settings)
    _check_texts(settings)
    return settings


def _check_numbers(settings: Settings) -> None:
    for name in _POSITIVE:
        if not 0 < getattr(settings, name) < float("inf"):
            raise GraphError(f"GDB_{name.upper()} must be a number greater than 0, not {getattr(settings, name)}.")
    for name in ("keep", "rows", "result_bytes", "client_seconds", "cache_megabytes", "max_age"):
        if not 0 <= getattr(settings, name) < float("inf"):
            raise GraphError(f"GDB_{name.upper()} must be 0 or greater, not {getattr(settings, name)}.")
    if not 0 < settings.port < 65536:
        raise GraphError(f"GDB_PORT must be between 1 and 65535, not {settings.port}.")


def _check_texts(settings: Settings) -> None:
    for name, (has_form, words) in _FORMS.items():
        if (text := getattr(settings, name)) and not has_form(text):
            raise GraphError(f"GDB_{name.upper()} must be {words}, not {text!r}.")
    if settings.contact_name and not (settings.contact_email or settings.contact_url):
        raise GraphError("GDB_CONTACT_NAME names nobody who can be reached: set GDB_CONTACT_EMAIL or GDB_CONTACT_URL.")


def _convert(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in _BOOLEAN:
            raise GraphError(f"{name} must be true or false, not {text!r}.")
        return _BOOLEAN[text.lower()]
    try:
        return kind(text)
    except ValueError as error:
        raise GraphError(f"{name} must be of type {kind.__name__}, not {text!r}.") from error
