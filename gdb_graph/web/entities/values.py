"""Terms of the graph in, values as a page shows them out: named, dated and numbered in its language."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from gdb_graph.terms import Names
from gdb_graph.web import forms
from gdb_graph.web.entities.ask import AMOUNT, ATTESTED, CURRENCY, QUALIFIER, SINCE, TYPE, UNTIL, Called, Said, Term
from gdb_graph.web.entities.notes import Notes
from gdb_graph.web.entities.plan import Link
from gdb_graph.web.entities.shown import Value

_ATTESTED = {"de": "belegt {}", "en": "attested {}"}


class Values:
    """The values of one page: what is said, what it is called, the numbers of the footnotes, the language."""

    def __init__(self, names: Names, said: Said, called: Called, notes: Notes, lang: str) -> None:
        self.said, self.called, self.notes, self.lang = said, called, notes, lang
        self._names, self._inferred = names, names.graph("inferred")

    def label(self, iri: str) -> str:
        """What an IRI is called, else its short form."""
        return self.called.label(iri, self.lang) or self._names.short(iri)

    def text(self, term: Term) -> Value:
        """A term by itself."""
        if isinstance(term, ox.NamedNode):
            return Value(self.label(term.value), term.value)
        language = term.language or ""
        text = forms.literal(term.value, term.datatype.value, self.lang)
        return Value(text, "", language if language != self.lang else "")

    def of(self, thing: str, property_: str) -> list[Value]:
        """The values of a property, those in another language only where there are none in this one."""
        return [self._noted(thing, property_, term, graphs) for term, graphs in self._wanted(thing, property_)]

    def at(self, link: Link) -> list[Value]:
        """The values at the other end of a link of the page's thing."""
        iri = self.said.iri
        if not link.is_backward:
            return self.of(iri, link.term)
        end = ox.NamedNode(iri)
        return [
            self._backed(self.text(other), [(graph, other.value, link.term, end.value) for graph in graphs])
            for other, graphs in self.said.at(iri, link).items()
        ]

    def when(self, thing: str) -> list[Value]:
        """The time of a relation: from when until when, or for when it is attested."""
        since, until, attested = (self._dates(thing, each) for each in (SINCE, UNTIL, (ATTESTED,)))
        if since or until:
            return [Value(forms.period(min(since, default=""), max(until, default=""), self.lang))]
        return [Value(_ATTESTED[self.lang].format(forms.date(each, self.lang))) for each in sorted(attested)]

    def money(self, thing: str) -> list[Value]:
        """The sums of an allocation, each with what its source says of how exact it is."""
        currency = next(iter(self.said.values(thing, CURRENCY)), None)
        code = currency.value.rpartition("/")[2] if currency else ""
        found = []
        for amount, graphs in self.said.values(thing, AMOUNT).items():
            about = " / ".join(term.value for term, where in self._wanted(thing, QUALIFIER) if set(where) & set(graphs))
            text = f"{about} {forms.money(amount.value, code, self.lang)}".strip()
            found.append(self._backed(Value(text), [(graph, thing, AMOUNT, amount.value) for graph in graphs]))
        return found

    def shared(self, thing: str, property_: str) -> list[Value]:
        """What a thing has in common with that of the page."""
        own = {value for said in self.said.statements[self.said.iri].values() for value in said}
        return [self.text(term) for term in self.said.values(thing, property_) if term in own]

    def kinds(self, thing: str) -> list[Value]:
        """The classes that somebody states for a thing; what follows from them is left out."""
        found = self.said.values(thing, TYPE)
        return [self.text(term) for term, graphs in found.items() if set(graphs) != {self._inferred}]

    def _wanted(self, thing: str, property_: str) -> Iterator[tuple[Term, Sequence[str]]]:
        found = self.said.values(thing, property_)
        yield from in_language(found, self.lang)

    def _noted(self, thing: str, property_: str, term: Term, graphs: Sequence[str]) -> Value:
        value = self._backed(self.text(term), [(graph, thing, property_, term.value) for graph in graphs])
        return Value(value.text, value.iri, value.lang, value.notes, set(graphs) == {self._inferred})

    def _backed(self, value: Value, statements: Iterable[tuple[str, str, str, str]]) -> Value:
        return Value(value.text, value.iri, value.lang, self.notes.of(statements))

    def _dates(self, thing: str, properties: Iterable[str]) -> list[str]:
        return [term.value for each in properties for term in self.said.values(thing, each)]


def in_language(found: Mapping[Term, Sequence[str]], lang: str) -> Iterator[tuple[Term, Sequence[str]]]:
    """The values but for texts in another language that the same graphs say in this one; IRIs by their names."""
    own = [graphs for term, graphs in found.items() if isinstance(term, ox.Literal) and term.language == lang]
    for term, graphs in found.items():
        other = isinstance(term, ox.Literal) and term.language not in (None, "", lang)
        if not (other and graphs in own):
            yield term, graphs
