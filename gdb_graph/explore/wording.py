"""The table of wordings in, the words for a relation out: its clause, its kind, and role, amount and time in short."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdb_graph.explore.network import Edge, Network, Time, called
from gdb_graph.terms import Names

_TABLE = Path(__file__).parent / "wordings.toml"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Wordings:
    """The table, read once; `told` holds its wordings by what an edge says of itself (`Edge.key`)."""

    table: Mapping[str, Any]
    told: Mapping[tuple[str, ...], Mapping[str, Any]]

    @property
    def kinds(self) -> Mapping[str, Mapping[str, str]]:
        """The kinds of relations with what they are called, in the order of forms."""
        kinds: Mapping[str, Mapping[str, str]] = self.table["kinds"]
        return kinds

    def kind(self, edge: Edge) -> str:
        """The kind of a relation; "other" for one without an entry."""
        return str(self.told.get(edge.key, {}).get("kind", OTHER))

    def clause(self, network: Network, edge: Edge, start: str, lang: str) -> str:
        """The clause that tells an edge from its end `start` to the other, with `{a}` and `{b}` for the two names."""
        backward = edge.left != start
        if entry := self.told.get(edge.key):
            return str(entry[lang][backward])
        if not edge.ends:
            return self._fill("property", lang, backward, p=network.label(edge.term, lang))
        one, two = (network.label(end, lang) for end in edge.ends)
        return self._fill("between", lang, backward, p=one, q=two, c=network.label(edge.term, lang))

    def _fill(self, name: str, lang: str, backward: bool, **labels: str) -> str:
        text = str(self.table[name][lang][backward])
        for slot, label in labels.items():
            # A label is no template: braces in it are none of ours.
            text = text.replace(f"{{{slot}}}", label.replace("{", "(").replace("}", ")"))
        return text

    def word(self, name: str, lang: str) -> str:
        """A word of the table."""
        return str(self.table["words"][name][lang])

    def say(self, name: str, lang: str, *values: str) -> str:
        """A phrase of the table with its slots filled in order."""
        return self.word(name, lang).format(*values)

    def details(self, network: Network, edges: Sequence[Edge], lang: str) -> str:
        """What is stated of relations that are worded alike: of which node, in what role, how much, when."""
        rest = [self._rest(network, edge, lang) for edge in edges]
        if all(each == rest[0] for each in rest):
            roles = [role for edge in edges for role in self.roles(network, edge, lang)]
            return ", ".join([*self._role(edges[0], roles, lang), *rest[0]])
        each_by_itself = (self.details(network, [edge], lang) for edge in edges)
        return "; ".join(dict.fromkeys(filter(None, each_by_itself)))

    def roles(self, network: Network, edge: Edge, lang: str) -> Sequence[str]:
        """The roles in a relation, or its types, by name; in words where there is no name."""
        text = called(dict(edge.role_text), lang)
        return [network.label(role, lang) for role in edge.roles] or ([text] if text else [])

    def _role(self, edge: Edge, roles: Sequence[str], lang: str) -> Sequence[str]:
        name = "type" if self.kind(edge) == "funding" else "role" if len(roles) == 1 else "roles"
        return [self.say(name, lang, ", ".join(dict.fromkeys(roles)))] if roles else []

    def _rest(self, network: Network, edge: Edge, lang: str) -> Sequence[str]:
        named = edge.node in network.labels
        node = [f"{network.label(edge.term, lang)}: {network.label(edge.node, lang)}"] if named else []
        return [*node, *self.amount(edge, lang), *self.time(edge.time, lang)]

    def amount(self, edge: Edge, lang: str) -> Sequence[str]:
        """How much money."""
        amounts = [_money(each, lang) for each in edge.amounts]
        return [self.say("amount", lang, self._either(amounts, lang))] if amounts else []

    def time(self, time: Time, lang: str) -> Sequence[str]:
        """Since when, until when, attested when."""
        since, until, attested = (
            [self.date(each, lang) for each in values] for values in (time.since, time.until, time.attested)
        )
        if since and until:
            told = [self.say("between", lang, self._either(since, lang), self._either(until, lang))]
        else:
            told = [self.say("since", lang, self._either(since, lang))] if since else []
            told += [self.say("until", lang, self._either(until, lang))] if until else []
        if attested and not told:
            often = "attested_often" if len(attested) > 1 else "attested"
            told.append(self.say(often, lang, attested[0], attested[-1]))
        return told

    def _either(self, values: Sequence[str], lang: str) -> str:
        several = f" {self.word('or', lang)} ".join(values)
        return several if len(values) == 1 else self.say("disputed", lang, several)

    def date(self, value: str, lang: str) -> str:
        """A date as precise as it is stated: 2023, May 2023, 4 May 2023; as it is where it is no date of ours."""
        year, *rest = value.split("-")
        months = self.word("months", lang).split()
        if not rest or not all(each.isascii() and each.isdigit() for each in (year, *rest)) or len(rest) > 2:
            return value
        if not 0 < int(rest[0]) <= len(months):
            return value
        month = months[int(rest[0]) - 1]
        if len(rest) == 1:
            return f"{month} {year}"
        return self.word("day", lang).format(day=int(rest[1]), month=month, year=year)

    def name(self, network: Network, iri: str, lang: str, unquoted: str) -> str:
        """The name of a thing in a sentence: in quotation marks, but for things of the class `unquoted`."""
        label, thing = network.label(iri, lang), network.things.get(iri)
        if thing and unquoted in thing.kinds:
            return label
        # Quotation marks inside become single ones; “ ends what „ begins and begins what ” ends.
        begin, end = ("‚", "‘") if lang == "de" else ("‘", "’")
        middle = end if "„" in label else begin
        return self.say("quoted", lang, label.replace("„", begin).replace("“", middle).replace("”", end))


def _money(amount: str, lang: str) -> str:
    number, _, currency = amount.partition(" ")
    whole, _, part = number.partition(".")
    if not whole.isdigit():
        return amount
    grouped = f"{int(whole):,}" + (f".{part}" if part else "")
    if lang == "de":
        grouped = grouped.translate(str.maketrans(",.", ".,"))
    return f"{grouped} {currency}".rstrip()


def read() -> Wordings:
    """The table that comes with the program."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    prefixes = Names().prefixes()

    def full(short: str) -> str:
        prefix, _, name = short.partition(":")
        return prefixes[prefix] + name

    return Wordings(table, {tuple(map(full, key.split())): entry for key, entry in table["told"].items()})
