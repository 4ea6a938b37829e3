"""What an engine writes is passed on whole, counted, and cut short only with an error."""

import io
import socket
from dataclasses import fields
from typing import cast

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.engine import frames, writers
from gdb_graph.engine.output import Output
from gdb_graph.engine.sparql import BINDINGS, Request
from gdb_graph.errors import ResultTooLarge

TEXTS = st.text(st.sampled_from('ab"\\}{,[]<>/result\r\n\t bindings:'), max_size=12)


class Wire:
    """A socket that keeps what is sent."""

    def __init__(self) -> None:
        self.sent = bytearray()

    def sendall(self, data: bytes) -> None:
        self.sent += data


def output(rows: int = 0, size: int = 0) -> tuple[Output, Wire]:
    wire = Wire()
    return Output(cast(socket.socket, wire), rows, size), wire


def answer(texts: list[str], format_: ox.QueryResultsFormat) -> bytes:
    store = ox.Store()
    for number, text in enumerate(texts):
        store.add(ox.Quad(ox.NamedNode(f"a:{number}"), ox.NamedNode("a:p"), ox.Literal(text)))
    solutions = store.query("SELECT ?text ?thing { ?thing ?p ?text }")
    assert isinstance(solutions, ox.QuerySolutions)
    file = io.BytesIO()
    writers.rows(solutions, format_, file)
    return file.getvalue()


@pytest.mark.parametrize("media_type", BINDINGS)
@given(texts=st.lists(TEXTS, max_size=6), cut=st.integers(1, 40))
def test_rows_are_counted_whatever_they_hold(media_type: str, texts: list[str], cut: int) -> None:
    format_, content_type = BINDINGS[media_type]
    body = answer(texts, format_)
    out, wire = output()
    out.begin(content_type)
    for at in range(0, len(body), cut):
        out.write(body[at : at + cut])
    out.finish()
    head, *data, end = frames.split(wire.sent)
    assert head == (frames.HEAD, content_type.encode())
    assert b"".join(payload for _, payload in data) == body
    assert end[0] == frames.END
    assert frames.read_end(end[1])[0] == len(texts)


@pytest.mark.parametrize("media_type", BINDINGS)
def test_one_row_more_than_allowed_is_an_error(media_type: str) -> None:
    format_, content_type = BINDINGS[media_type]
    out, _ = output(rows=3)
    out.begin(content_type).write(answer(["a", "b", "c"], format_))
    out.finish()
    out, wire = output(rows=3)
    with pytest.raises(ResultTooLarge, match="more than 3 rows"):
        out.begin(content_type).write(answer(["a", "b", "c", "d"], format_))
    assert not wire.sent


def test_a_graph_too_large_is_refused_before_it_is_written() -> None:
    out, wire = output(rows=3)
    out.begin("text/turtle", 3)
    with pytest.raises(ResultTooLarge, match="more than 3 rows"):
        out.begin("text/turtle", 4)
    assert not wire.sent


def test_one_byte_more_than_allowed_is_an_error() -> None:
    out, _ = output(size=10)
    out.begin("text/turtle").write(b"0123456789")
    with pytest.raises(ResultTooLarge, match="larger than 10 bytes"):
        out.write(b"0")


@given(st.lists(st.tuples(st.sampled_from([frames.DATA, frames.END]), st.binary(max_size=300))), st.integers(1, 50))
def test_frames_come_out_as_they_went_in(sent: list[tuple[bytes, bytes]], cut: int) -> None:
    stream = b"".join(frames.pack(kind, payload) for kind, payload in sent)
    received, got = bytearray(), []
    for at in range(0, len(stream), cut):
        received += stream[at : at + cut]
        got += list(frames.split(received))
    assert got == sent
    assert not received


def test_a_request_travels_whole() -> None:
    graphs = ["a:default"], ["a:named"]
    request = Request("ASK {}", "*/*", *graphs, "https://base.example/", ["de"], [["a", "b"]], 5, own=True)
    assert all(getattr(request, each.name) != each.default for each in fields(request)), "all fields are to travel"
    ((kind, payload),) = frames.split(bytearray(frames.encode(request)))
    assert (kind, frames.decode(payload)) == (frames.QUERY, request)
