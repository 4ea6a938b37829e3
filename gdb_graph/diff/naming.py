"""Terms and graphs in, what a person calls them in one language out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from gdb_graph.diff.sides import Sides, Term, language
from gdb_graph.diff.wording import HEADS, TEXTS
from gdb_graph.terms import RDF, XSD

_TEXTUAL = {f"{XSD}string", f"{RDF}langString"}


def local(iri: str) -> str:
    """The last part of an IRI."""
    return re.split(r"[#/]", iri)[-1]


@dataclass(frozen=True, slots=True)
class Naming:
    """What is called how in a language, as two snapshots know it."""

    both: Sides
    lang: str

    def text(self, name: str) -> str:
        """A word of the table."""
        return TEXTS[self.lang][name]

    def name(self, iri: str) -> str:
        """The label of `iri`; without one what it is, for a node between things; else its short spelling."""
        if label := self.both.label(iri, self.lang):
            return label
        return self.head(self.both.said(iri)) or self.short(iri)

    def short(self, iri: str) -> str:
        """`iri` with a prefix where one fits."""
        if iri.startswith("_:"):
            return self.text("blank")
        short = self.both.after.snapshot.names.short(iri)
        return short if short != iri else f"<{iri}>"

    def value(self, term: Term) -> str:
        """A value in a sentence: things by name, texts quoted with their language if it is another."""
        if isinstance(term, ox.NamedNode):
            return self.name(term.value)
        if not isinstance(term, ox.Literal):
            return self.text("blank") if isinstance(term, ox.BlankNode) else str(term)
        if term.datatype.value not in _TEXTUAL:
            return term.value
        other = f" ({term.language})" if term.language and term.language != self.lang else ""
        return self.text("quoted").format(term.value) + other

    def source(self, graph: str) -> str:
        """Who says what stands in `graph`: the title of the source, or what the graph is for."""
        names = self.both.after.snapshot.names
        name = graph.removeprefix(names.graphs)
        if title := self.both.label(names.thing(name), self.lang):
            return self.text("source").format(title)
        return TEXTS[self.lang].get(f"graph {name}", name)

    def head(self, said: Mapping[str, Sequence[Term]]) -> str:
        """What a node between things is, from what is said of it; "" if it is none, or too little is said."""
        found = {local(name): self._bare(values) for name, values in said.items()}
        for class_ in said.get(f"{RDF}type", ()):
            template = HEADS[self.lang].get(local(class_.value), "") if isinstance(class_, ox.NamedNode) else ""
            if template and all(name in found for name in named_in(template)):
                return template.format(**found)
        return ""

    def _bare(self, values: Sequence[Term]) -> str:
        value = next((each for each in values if language(each) == self.lang), values[0])
        if isinstance(value, ox.NamedNode):
            return self.both.label(value.value, self.lang) or local(value.value)
        return value.value if isinstance(value, ox.Literal) else str(value)


def named_in(template: str) -> list[str]:
    """The local names of the properties that a head is made of."""
    return re.findall(r"\{(\w+)\}", template)
