"""Triples sorted by subject in, compact JSON-LD 1.1 out, one node a line: the engine writes long IRIs only."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import IO, Any

import pyoxigraph as ox

from gdb_graph.terms import RDF, XSD

Statement = ox.Triple | ox.Quad


class _Clash(Exception):
    """An IRI that readers would take for a shortened one; `prefix` is its scheme."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        self.prefix = prefix


def write(triples: Callable[[], Iterable[Statement]], prefixes: Mapping[str, str], output: IO[bytes]) -> None:
    """Write the graph that `triples` gives, sorted by subject, each time it is called.

    IRIs are shortened by the `prefixes`, except one that is the scheme of an IRI in the graph: then
    `<gdb:x>` and `gdb:x` could not be told apart (JSON-LD 1.1 API, 5.2.2, IRI expansion).
    """
    context = dict(prefixes)
    while True:
        try:
            output.seek(0)
            output.truncate()
            output.writelines(_lines(triples(), context))
        except _Clash as clash:
            del context[clash.prefix]
        else:
            return


def _lines(triples: Iterable[Statement], context: Mapping[str, str]) -> Iterator[bytes]:
    short = _shortener(context)
    yield b'{"@context":' + _dump(context) + b',"@graph":['
    separator = b"\n"
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        yield separator + _dump(_node(subject, group, short))
        separator = b",\n"
    yield b"\n]}\n"


def _node(subject: Any, triples: Iterable[Statement], short: Callable[[str], str]) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": _reference(subject, short)}
    for triple in triples:
        value = triple.object
        if triple.predicate.value == f"{RDF}type" and not isinstance(value, ox.Literal):
            node.setdefault("@type", []).append(_reference(value, short))
        else:
            node.setdefault(short(triple.predicate.value), []).append(_value(value, short))
    return node


def _value(value: Any, short: Callable[[str], str]) -> Any:
    if not isinstance(value, ox.Literal):
        return {"@id": _reference(value, short)}
    if value.language:
        return {"@language": value.language, "@value": value.value}
    if value.datatype.value == f"{XSD}string":
        return value.value
    return {"@type": short(value.datatype.value), "@value": value.value}


def _reference(node: Any, short: Callable[[str], str]) -> str:
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else short(node.value)


def _shortener(context: Mapping[str, str]) -> Callable[[str], str]:
    """A function that shortens an IRI by the longest namespace that fits. It raises _Clash."""
    longest = sorted(context.items(), key=lambda item: -len(item[1]))
    known: dict[str, str] = {}

    def short(iri: str) -> str:
        if iri not in known:
            known[iri] = _shorten(iri, longest, context)
        return known[iri]

    return short


def _shorten(iri: str, longest: Iterable[tuple[str, str]], context: Mapping[str, str]) -> str:
    for prefix, namespace in longest:
        local = iri.removeprefix(namespace)
        # `prefix://…` would be read as a full IRI.
        if local and local != iri and not local.startswith("//"):
            return f"{prefix}:{local}"
    scheme = iri.partition(":")[0]
    if scheme in context:
        raise _Clash(scheme)
    return iri


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
