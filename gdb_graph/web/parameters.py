"""Percent-encoded bytes in, parameters out; strict, since a parameter that is half understood asks something else."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request

from gdb_graph import formats
from gdb_graph.errors import BadParameter, BadQuery
from gdb_graph.web.parts import accepted
from gdb_graph.web.problems import Problem

Pairs = Sequence[tuple[str, str]]
MOST = 1000
# The second is what others call the first.
FORMAT = ("format", "output")

# The column of a variable ends in the language, so only plain ones fit.
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def in_address(request: Request) -> Pairs:
    """The parameters in the address. Raises Problem (414) for one past GDB_QUERY_BYTES, BadQuery as `decode`."""
    text: bytes = request.scope["query_string"]
    limit: int = request.app.state.settings.query_bytes
    if len(text) > limit:
        raise Problem(414, "too-large", f"The address is larger than {limit} bytes (GDB_QUERY_BYTES). Send a POST.")
    return decode(text)


def decode(text: bytes) -> Pairs:
    """The parameters in a query string or a form, decoded once.

    Raises BadQuery for what is not UTF-8, a percent sign that encodes nothing, and more than MOST parameters.
    """
    if broken := _BROKEN.search(text):
        part = text[broken.start() : broken.start() + 3].decode("ascii", "replace")
        raise BadQuery(f"{part!r} in the parameters is no percent-encoding. Write a percent sign as %25.")
    try:
        return parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST)
    except UnicodeDecodeError as error:
        raise BadQuery("The parameters are not UTF-8.") from error
    except ValueError as error:
        raise BadQuery(f"There are more than {MOST} parameters.") from error


def values(pairs: Pairs, name: str) -> tuple[str, ...]:
    """All values of one parameter, in order."""
    return tuple(value for key, value in pairs if key == name)


def page(request: Request) -> int:
    """The number of the page asked for, from 1. Raises BadParameter."""
    text = request.query_params.get("page", "1")
    if not re.fullmatch("[1-9][0-9]{0,6}", text):
        raise BadParameter("page", f"'page' must be a whole number from 1, not {text!r}.")
    return int(text)


def acceptable(request: Request, pairs: Pairs) -> str | None:
    """The media types the client likes: those of `format` or `output` before the Accept header; None for any.

    Several of one name count as one list: SPARQLWrapper sends a name and the media type. Raises NotAcceptable for a
    format nobody knows.
    """
    for name in FORMAT:
        # A form sends every field; one left empty was not filled in.
        if found := [value for value in values(pairs, name) if value]:
            return ", ".join(formats.accept(value) for value in found)
    return accepted(request)


def languages(pairs: Pairs, name: str) -> tuple[str, ...]:
    """The languages that a parameter lists with commas, each once. Raises BadParameter for what is none."""
    listed = [code.strip().lower() for value in values(pairs, name) for code in value.split(",") if code.strip()]
    for code in listed:
        if not _LANGUAGE.fullmatch(code):
            raise BadParameter(name, f"{name!r} lists languages with commas, such as de,en; {code!r} is none.")
    return tuple(dict.fromkeys(listed))
