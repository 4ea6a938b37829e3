"""A thing in, the contradictions about it out: all readings with who holds them, and any judgement."""

from gdb_graph.engine.answer import Published
from gdb_graph.rows import Cell
from gdb_graph.terms import GDB, SKOS
from gdb_graph.web.entities.shown import Dispute, Reading, Value
from gdb_graph.web.parts import select

_QUESTION = """
PREFIX gdb: <{gdb}> PREFIX skos: <{skos}> PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?it ?name ?property ?reading ?text (BOUND(?held) AS ?preferred) ?reason ?note ?source ?title WHERE {{
  ?it gdb:concernsThing <{iri}> ; gdb:hasReading ?reading ; skos:prefLabel ?name .
  FILTER(LANG(?name) = "{lang}")
  ?reading skos:prefLabel ?text . FILTER(LANG(?text) = "{lang}")
  OPTIONAL {{ ?it gdb:concernsProperty ?property }}
  OPTIONAL {{ ?it gdb:preferredReading ?held . FILTER(?held = ?reading) }}
  OPTIONAL {{ ?it gdb:judgementReason ?reason . FILTER(LANG(?reason) = "{lang}") }}
  OPTIONAL {{ ?reading skos:note ?note . FILTER(LANG(?note) = "{lang}") }}
  OPTIONAL {{ ?reading gdb:heldInSource ?source . OPTIONAL {{ ?source dct:title ?title }} }}
}} ORDER BY ?it DESC(?preferred) ?text ?reading ?source DESC(LANG(?title) = "{lang}")
"""
_NONE = Cell("", "literal")


async def disputes(now: Published, iri: str, lang: str) -> list[Dispute]:
    """The noted contradictions about `iri`; the reading held to be right comes first."""
    _, rows = await select(now, _QUESTION.format(gdb=GDB, skos=SKOS, iri=iri, lang=lang))
    found: dict[str, dict[str, Reading]] = {}
    about: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        said = {name: row.get(name, _NONE).value for name in ("name", "property", "reason", "text", "note")}
        it, key = row["it"].value, row["reading"].value
        about[it] = said["name"], said["property"], said["reason"]
        reading = found.setdefault(it, {}).setdefault(
            key, Reading(said["text"], [], said["note"], row["preferred"].value == "true")
        )
        source = row.get("source")
        # A title in several languages comes in several rows, the one of the page first.
        if source and all(each.iri != source.value for each in reading.sources):
            reading.sources.append(Value(row.get("title", source).value, source.value))
    return [
        Dispute(it, name, property_, tuple(found[it].values()), reason)
        for it, (name, property_, reason) in about.items()
    ]
