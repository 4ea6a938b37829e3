"""The fact base in, what the graph must hold of it out: every claim as triples in the graph of its source.

The fact base is where the facts were collected, in YAML; docs/coverage.md shows the mapping in words.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from gdb_graph.terms import DC11, DCT, FOAF, GDB, ORG, RDF, SKOS, VOCABULARY, Names

Facts = dict[str, Any]
Name = tuple[str, str, str, str]
"""What docs/coverage.md calls a claim: item, property, value, source."""
Triple = tuple[str, str, str]
"""Subject, property and value; a value that is a literal stands as SPARQL writes it."""

NAMES = Names()
PREFIXES = NAMES.prefixes() | {"eli": "http://data.europa.eu/eli/ontology#"}
CURRENCY = "http://publications.europa.eu/resource/authority/currency/"
LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
HAS_EVIDENCE = f"{GDB}hasEvidence"
EVIDENCE = (f"{GDB}fromSource", f"{GDB}confidence", f"{GDB}locator", f"{SKOS}note")
CONFIDENCE = {"attested": "stated", "inferred": "derived", "uncertain": "uncertain"}
POSITION = {"true": "inside", "false": "outside", "mixed": "mixed"}
EDITORIAL = "src-editorial"

RENAMED = {"insideAdministration": "gdb:administrativePosition", "prov:endedAtTime": "gdb:decidedOn"}
RENAMED_FOR_TEXT = {
    "dct:type": "dc11:type",
    "dct:subject": "dc11:subject",
    "dct:language": "dc11:language",
    "dct:publisher": "dc11:publisher",
    "dct:license": "dc11:rights",
    "dct:rights": "dc11:rights",
    "dct:extent": "gdb:extentText",
}
NODES = {
    "Involvement": "gdb:hasInvolvement",
    "StatusAssertion": "gdb:hasStatusAssertion",
    "Membership": "org:hasMembership",
    "QuantityStatement": "gdb:quantity",
    "MoneyStatement": "gdb:moneyStatement",
}
# Field of a node: property, and what its value is.
FIELDS = {
    "actor": ("gdb:actor", "item"),
    "role": ("gdb:role", "item"),
    "task": ("gdb:task", "own words"),
    "name_in_source": ("gdb:nameInSource", "string"),
    "status": ("gdb:status", "item"),
    "at_step": ("gdb:atStep", "item"),
    "status_text": ("gdb:statusText", "own words"),
    "date_kind": ("gdb:dateKind", "string"),
    "valid_from": ("gdb:validFrom", "date"),
    "valid_until": ("gdb:validUntil", "date"),
    "attested_on": ("gdb:attestedOn", "date"),
    "role_text": ("gdb:roleText", "own words"),
    "post": ("org:role", "item"),
    "counted": ("gdb:counted", "own words"),
    "value": ("gdb:countValue", "decimal"),
    "amount": ("gdb:amount", "decimal"),
    "currency": ("gdb:currency", "currency"),
    "meaning": ("gdb:meaning", "own words"),
    "qualifier": ("gdb:countQualifier", "own words"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One claim, or all fields of an item or source: what the graph `graph` must hold of it.

    Texts in our own words (`translated`) need a German counterpart. One Evidence at all of `evidenced`
    must say exactly `evidence`.
    """

    name: Name
    graph: str
    triples: frozenset[Triple]
    translated: frozenset[Triple] = frozenset()
    evidenced: tuple[str, ...] = ()
    evidence: frozenset[tuple[str, str]] = frozenset()
    supports: str = ""


class Graphs:
    """The named graphs of a store, by the last part of their name, to look things up in."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._values: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for quad in quads:
            if isinstance(quad.graph_name, ox.NamedNode):
                graph = quad.graph_name.value.rpartition("/")[2]
                self._values[graph, text(quad.subject), quad.predicate.value].add(text(quad.object))

    def without(self, graph: str, subject: str, property_: str, value: str) -> "Graphs":
        """A copy that lacks one triple."""
        copy = Graphs(())
        copy._values = self._values | {
            (graph, subject, property_): self._values[graph, subject, property_] - {value},
        }
        return copy

    def values(self, graph: str, subject: str, property_: str) -> Set[str]:
        """What the graph says of the subject with that property."""
        return self._values.get((graph, subject, property_), frozenset())

    def evidence(self, wanted: Wanted) -> bool:
        """Whether one Evidence node backs all the subjects of a claim, with its place, certainty and remark."""
        home = wanted.graph
        shared = set.intersection(*(set(self.values(wanted.graph, each, HAS_EVIDENCE)) for each in wanted.evidenced))
        return any(
            f"{GDB}Evidence" in self.values(home, node, f"{RDF}type")
            and wanted.evidence == {(p, o) for p in EVIDENCE for o in self.values(home, node, p) if not _german(o)}
            and (not wanted.supports or wanted.supports in self.values(home, node, f"{GDB}supportsProperty"))
            and self._supports_values(home, node, wanted)
            and len({_german(note) for note in self.values(home, node, f"{SKOS}note")}) in (0, 2)
            for node in shared
        )

    def _supports_values(self, graph: str, node: str, wanted: Wanted) -> bool:
        # An Evidence that names values holds for these alone.
        named = self.values(graph, node, f"{GDB}supportsValue")
        return not named or all(o in named for _, p, o in wanted.triples | wanted.translated if p == wanted.supports)


def missing(wanted: Sequence[Wanted], graphs: Graphs) -> list[Wanted]:
    """Those that the graphs do not hold in full."""
    # As many German texts as there are texts of ours and German ones of the source.
    said = {(each.graph, s, p, o) for each in wanted for s, p, o in each.triples if _german(o)}
    said |= {(each.graph, *triple) for each in wanted for triple in each.translated}
    german = Counter(text[:3] for text in said)

    def holds(each: Wanted) -> bool:
        return (
            all(o in graphs.values(each.graph, s, p) for s, p, o in each.triples | each.translated)
            and all(
                sum(map(_german, graphs.values(each.graph, s, p))) >= german[each.graph, s, p]
                for s, p, _ in each.translated
            )
            and (not each.evidenced or graphs.evidence(each))
        )

    return [each for each in wanted if not holds(each)]


def read(folder: Path) -> Facts:
    """The fact base: items and sources by id."""
    facts: Facts = {"items": {}, "sources": {}}
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for kind, known in facts.items():
            known.update((each["id"], each) for each in content.get(kind, []))
    return facts


def claims(facts: Facts) -> list[Wanted]:
    """What is wanted of each claim."""
    return [_claim(facts, item, claim) for item in facts["items"].values() for claim in item["claims"]]


def items(facts: Facts) -> Iterator[Wanted]:
    """What is wanted of each item itself: class, labels, summary, scheme."""
    for id_, item in facts["items"].items():
        subject = _iri(facts, id_)
        also = item.get("also_class", [])
        classes = [item["class"], *([also] if isinstance(also, str) else also)]
        triples = {(subject, f"{RDF}type", _full(each)) for each in classes}
        triples |= {(subject, f"{SKOS}prefLabel", _literal(text, lang)) for lang, text in _labels(item)}
        if item.get("scheme"):
            triples |= {(subject, f"{SKOS}inScheme", _iri(facts, item["scheme"]))}
        texts = {"skos:editorialNote": item.get("label_note")}
        texts["skos:definition" if _listed(item) else "dct:description"] = item.get("summary")
        ours = {(subject, _full(p), _literal(text, "en")) for p, text in texts.items() if text}
        name = (id_, "–", item["label"]["de"], "–")
        yield Wanted(name, _ours(item), frozenset(triples), frozenset(ours))


def sources(facts: Facts) -> Iterator[Wanted]:
    """What is wanted of each entry in the registry of sources."""
    for id_, source in facts["sources"].items():
        subject, snapshot = _iri(facts, id_), NAMES.thing(id_.replace("src-", "snap-", 1))
        graph = "curated" if id_ == EDITORIAL else id_
        triples = {
            (subject, f"{RDF}type", f"{GDB}Source"),
            (subject, f"{DC11}publisher", _literal(source["publisher"])),
        }
        if not source["title"].startswith("["):
            triples.add((subject, f"{DCT}title", _literal(source["title"], source["language"])))
        if source["date"]:
            triples.add((subject, f"{DCT}issued", _date(source["date"])))
        triples |= {(subject, f"{DC11}subject", _literal(word, "de")) for word in source.get("keywords", ())}
        if graph != "curated":
            language = LANGUAGE + {"de": "DEU", "en": "ENG", "de-simple": "DEU"}[source["language"]]
            triples |= {
                (subject, f"{FOAF}page", source["url"] or "no address recorded"),
                (subject, f"{DCT}language", language),
                (snapshot, f"{GDB}snapshotOf", subject),
                (snapshot, f"{GDB}retrievedAt", _date(source["retrieved"])),
            }
        texts = {"dc11:type": source["kind"], "skos:note": source["note"]}
        # A title in brackets is ours.
        texts["dct:title"] = source["title"] if source["title"].startswith("[") else None
        ours = {(subject, _full(p), _literal(text, "en")) for p, text in texts.items() if text}
        yield Wanted((id_, "–", source["title"], id_), graph, frozenset(triples), frozenset(ours))


def _claim(facts: Facts, item: Facts, claim: Facts) -> Wanted:
    value, source = claim["value"], claim["source"]
    subject, node = _iri(facts, item["id"]), value.get("node")
    evidence = {
        (f"{GDB}fromSource", _iri(facts, source)),
        (f"{GDB}confidence", f"{VOCABULARY}evidence-confidence/{CONFIDENCE[claim['certainty']]}"),
    }
    if claim.get("locator"):
        evidence.add((f"{GDB}locator", _literal(claim["locator"])))
    if claim.get("note"):
        evidence.add((f"{SKOS}note", _literal(claim["note"], "en")))
    triples, ours = _node(facts, subject, claim) if node else _value(facts, subject, claim)
    shown = value.get("id") or node or value.get("iri") or value["literal"]
    return Wanted(
        (item["id"], claim["property"], str(shown), source),
        "curated" if source == EDITORIAL else source,
        frozenset(triples),
        frozenset(ours),
        (subject, NAMES.thing(value["id"])) if node in NODES else (subject,),
        frozenset(evidence),
        "" if node == "Evidence" else _full(NODES[node] if node else _property(claim)),
    )


def _property(claim: Facts) -> str:
    name: str = claim["property"]
    if "literal" in claim["value"] and name in RENAMED_FOR_TEXT:
        return RENAMED_FOR_TEXT[name]
    return RENAMED.get(name, name)


def _value(facts: Facts, subject: str, claim: Facts) -> tuple[set[Triple], set[Triple]]:
    value, property_ = claim["value"], _full(_property(claim))
    triples: set[Triple] = set()
    ours: set[Triple] = set()
    if claim.get("qualifier"):
        ours.add((subject, f"{GDB}countQualifier", _literal(claim["qualifier"], "en")))
    if "literal" not in value:
        triples.add((subject, property_, _iri(facts, value["id"]) if "id" in value else value["iri"]))
    elif property_ == f"{GDB}administrativePosition":
        triples.add((subject, property_, f"{VOCABULARY}administrative-position/{POSITION[value['literal']]}"))
    # Kinds and English texts are our own words; a name is not.
    elif property_ == f"{DC11}type" or (value.get("lang") == "en" and property_ != f"{SKOS}altLabel"):
        ours.add((subject, property_, _literal(value["literal"], "en")))
    elif "datatype" in value:
        triples.add((subject, property_, _typed(value["literal"], value["datatype"])))
    else:
        triples.add((subject, property_, _literal(value["literal"], value["lang"])))
    return triples, ours


def _node(facts: Facts, subject: str, claim: Facts) -> tuple[set[Triple], set[Triple]]:
    fields = {"qualifier": claim.get("qualifier")} | claim["value"]
    if fields["node"] == "Evidence":
        return set(), set()
    kind, node = fields["node"], NAMES.thing(fields["id"])
    triples: set[Triple] = {(node, f"{RDF}type", f"{ORG if kind == 'Membership' else GDB}{kind}")}
    ours: set[Triple] = set()
    holder = subject
    if kind == "Membership":
        holder = _iri(facts, fields["member"]) if "member" in fields else subject
        body = _iri(facts, fields["organisation"]) if "organisation" in fields else subject
        triples |= {(node, f"{ORG}member", holder), (node, f"{ORG}organization", body)}
        if "post" in fields:
            triples.add((holder, f"{ORG}holds", _iri(facts, fields["post"])))
    triples.add((holder, _full(NODES[kind]), node))
    for field, (property_, form) in FIELDS.items():
        stated = fields.get(field)
        for each in stated if isinstance(stated, list) else [stated] * (stated is not None):
            if form == "own words":
                ours.add((node, _full(property_), _literal(each, "en")))
            else:
                triples.add((node, _full(property_), FORMS[form](facts, each)))
    return triples, ours


def _iri(facts: Facts, id_: str) -> str:
    item = facts["items"].get(id_, {})
    if item.get("iri_path"):
        return NAMES.base + str(item["iri_path"])
    if item.get("class") == "skos:ConceptScheme":
        return VOCABULARY + id_.removeprefix("scheme-")
    return NAMES.thing(id_)


def _ours(item: Facts) -> str:
    return "vocab" if _listed(item) else "curated"


def _listed(item: Facts) -> bool:
    """Whether the item belongs to a closed list, which stands with the model, not with the data."""
    return bool(item.get("iri_path")) or str(item["id"]).startswith("scheme-")


def _labels(item: Facts) -> Iterator[tuple[str, str]]:
    return ((lang, item["label"][lang]) for lang in ("de", "en") if item["label"].get(lang))


def _full(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return PREFIXES[prefix or "gdb"] + local


def text(term: object) -> str:
    """A term of a store as it stands in a Triple."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _german(text: str) -> bool:
    return text.endswith('"@de')


def _literal(text: object, lang: str | None = None) -> str:
    return str(ox.Literal(str(text), language=lang))


def _typed(text: object, datatype: str) -> str:
    if datatype == "xsd:decimal":
        text = format(Decimal(str(text)).normalize(), "f")
    # Turtle writes a bare number as xsd:integer.
    datatype = datatype.replace("nonNegativeInteger", "integer")
    return str(ox.Literal(str(text), datatype=ox.NamedNode(_full(datatype))))


def _date(text: object) -> str:
    kinds = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}
    return _typed(text, kinds[len(str(text))])


FORMS: Mapping[str, Callable[[Facts, Any], str]] = {
    "item": _iri,
    "string": lambda facts, value: _literal(value),
    "date": lambda facts, value: _typed(value["literal"], value["datatype"]),
    "decimal": lambda facts, value: _typed(value, "xsd:decimal"),
    "currency": lambda facts, value: CURRENCY + value,
}
