"""Rows of SPARQL queries in, one document for each named thing out: its names, its texts, its classes.

A thing that has no name (an involvement, a piece of evidence) is found through those that have one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gdb_graph.queryfile import LANGUAGES
from gdb_graph.rows import Row
from gdb_graph.search.analysis import fold
from gdb_graph.terms import DCT, GDB, OWL, RDF, RDFS, SKOS, VOCABULARY, XSD, Names

LABELS = (f"{SKOS}prefLabel", f"{RDFS}label", f"{DCT}title")
FORMER_NAME, _IN_SOURCE = f"{GDB}succeededBy", f"{GDB}nameInSource"
OTHER_NAMES = (f"{SKOS}altLabel", f"{SKOS}notation", f"{DCT}identifier", _IN_SOURCE, FORMER_NAME)
_NOT_ABOUT_IT = (f"{SKOS}editorialNote",)
# What the snapshot has no label for; the pages name them.
KINDS = (
    *(f"{SKOS}{name}" for name in ("Concept", "ConceptScheme")),
    *(f"{OWL}{name}" for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
)
# They speak about statements, and their labels repeat the names of what these are about.
_RECORDS = frozenset(f"{GDB}{name}" for name in ("Source", "Reading", "Contradiction"))

CLASSES = f"""
SELECT ?class ?label ?above WHERE {{
  ?class a <{OWL}Class> .
  OPTIONAL {{ ?class <{RDFS}label> ?label }}
  OPTIONAL {{ ?class <{RDFS}subClassOf> ?above FILTER(isIRI(?above)) }}
}} ORDER BY ?class ?label ?above
"""


def things(names: Names) -> str:
    """The query for all named things, as `?thing`."""
    return f"""
SELECT DISTINCT ?thing WHERE {{
  VALUES ?naming {{ {" ".join(f"<{each}>" for each in LABELS)} }}
  ?thing ?naming ?label .
  FILTER(STRSTARTS(STR(?thing), "{names.instances}") || STRSTARTS(STR(?thing), "{VOCABULARY}")
    || STRSTARTS(STR(?thing), "{GDB}"))
}} ORDER BY ?thing
"""


def about(iris: Sequence[str]) -> str:
    """The query for what documents of these things are made of; without a property: how often others name it."""
    values = f"VALUES ?thing {{ {' '.join(f'<{each}>' for each in iris)} }}"
    name = f"{SKOS}prefLabel>|<{SKOS}altLabel"
    # A former name is also a name of what came after; a name that a source uses stands where it uses it.
    return f"""
SELECT DISTINCT ?thing ?property ?value WHERE {{
  {{ {values} ?thing ?property ?value . FILTER(isLiteral(?value) || ?property = <{RDF}type>) }}
  UNION {{ {values} ?node <{GDB}actor> ?thing ; <{_IN_SOURCE}> ?value . BIND(<{_IN_SOURCE}> AS ?property) }}
  UNION {{ {values} ?old <{FORMER_NAME}> ?thing ; <{name}> ?value . BIND(<{FORMER_NAME}> AS ?property) }}
  UNION {{ SELECT ?thing (COUNT(*) AS ?value) WHERE {{ {values} ?other ?link ?thing }} GROUP BY ?thing }}
}} ORDER BY ?thing ?property ?value
"""


class Text(NamedTuple):
    """One text about a thing: its language ("": none stated), and the property that states it."""

    value: str
    language: str
    property: str


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched of one thing, and what is shown of it."""

    iri: str
    kinds: tuple[str, ...]
    """Its classes, the most specific ones only."""
    classes: tuple[str, ...]
    """All its classes."""
    labels: tuple[Text, ...]
    names: tuple[Text, ...]
    """What it is called else: abbreviations, numbers, former names, names in sources."""
    texts: tuple[Text, ...]
    links: int = 0
    """How many statements name it."""

    def label(self, lang: str) -> Text:
        """The label in the language, else in another."""
        by_language = {text.language: text for text in reversed(self.labels)}
        return next(by_language[code] for code in (lang, *LANGUAGES, *by_language) if code in by_language)

    @property
    def rank(self) -> int:
        """Things (3) go before concepts, these before terms, these before records of statements (0)."""
        if _RECORDS.intersection(self.classes):
            return 0
        return 2 if self.iri.startswith(VOCABULARY) else 1 if self.iri.startswith(GDB) else 3

    @property
    def order(self) -> str:
        """The place among those that fit equally well and are named equally often: by this text."""
        return f"{3 - self.rank} {fold(self.labels[0].value)[:100]} {self.iri}"


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a snapshot: their labels by language, and the classes above each."""

    labels: Mapping[str, Mapping[str, str]]
    above: Mapping[str, frozenset[str]]

    def most_specific(self, classes: Iterable[str]) -> tuple[str, ...]:
        """Those that have no other of `classes` below them."""
        known = [each for each in classes if each in self.labels or each in KINDS]
        covered = frozenset[str]().union(*(self.above.get(each, ()) for each in known))
        return tuple(each for each in known if each not in covered)


def read_classes(rows: Iterable[Row]) -> Classes:
    """The answer to CLASSES."""
    labels: dict[str, dict[str, str]] = {}
    direct: dict[str, set[str]] = {}
    for row in rows:
        if "label" in row:
            labels.setdefault(row["class"].value, {})[row["label"].language] = row["label"].value
        if "above" in row:
            direct.setdefault(row["class"].value, set()).add(row["above"].value)
    return Classes(labels, {each: frozenset(_climb(each, direct)) for each in direct})


def _climb(class_: str, direct: Mapping[str, set[str]]) -> Iterator[str]:
    seen, todo = {class_}, list(direct[class_])
    while todo:
        if (above := todo.pop()) not in seen:
            seen.add(above)
            todo += direct.get(above, ())
            yield above


def read(rows: Iterable[Row], classes: Classes) -> Iterator[Document]:
    """The answer to `about`, as documents."""
    found: dict[str, dict[str, list[Text]]] = {}
    links: dict[str, int] = {}
    for row in rows:
        if "property" not in row:
            links[row["thing"].value] = int(row["value"].value)
            continue
        value, property_ = row["value"], row["property"].value
        if value.datatype in ("", f"{XSD}string") and property_ not in _NOT_ABOUT_IT:
            text = Text(value.value, value.language, property_)
            found.setdefault(row["thing"].value, {}).setdefault(property_, []).append(text)
    for iri, said in found.items():
        labels = next((said.pop(each) for each in LABELS if each in said), [])
        types = tuple(text.value for text in said.pop(f"{RDF}type", ()))
        names = [text for each in OTHER_NAMES for text in said.pop(each, ())]
        texts = [text for listed in said.values() for text in listed]
        yield Document(
            iri=iri,
            kinds=classes.most_specific(types),
            classes=types,
            labels=tuple(sorted(labels, key=lambda text: (text.language, text.value))),
            names=tuple(names),
            texts=tuple(texts),
            links=links.get(iri, 0),
        )
