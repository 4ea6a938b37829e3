"""What follows by rule: each rule on a small example, and all OWL rules together against HermiT on the real data."""

from collections.abc import Collection
from functools import cache

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdb_graph import build, content, queryfile
from gdb_graph.build import consistency, reason
from gdb_graph.build.ask import construct
from gdb_graph.errors import ContentError
from gdb_graph.queryfile import Query
from gdb_graph.terms import GDB, ORG, PROV, RDF, RDFS, SKOS
from tests import hermit
from tests.contents import triples

BEYOND_OWL = {"current-status", "led-by"}
# No real statement uses a symmetric property yet, so its rule is silent there.
SILENT_ON_REAL_DATA = {"symmetric-properties"}
FOREIGN_CLASSES = {f"{ORG}Organization", "http://xmlns.com/foaf/0.1/Agent", f"{PROV}Activity", f"{SKOS}Concept"}
# The rules leave these out on purpose: a thing of the wrong class is a fault to report, not a new class of it.
NOT_BY_RULE = {f"{RDFS}domain", f"{RDFS}range"}

LEAD = "id:u gdb:hasInvolvement id:i . id:i gdb:role role:lead ; gdb:actor id:a ."
TWO = "id:u gdb:hasStatusAssertion id:s , id:t . id:s gdb:status status:planned . id:t gdb:status status:running ."

# Rule, what is given, what must follow and nothing else.
EXAMPLES = [
    pytest.param("current-status", TWO, "id:u gdb:currentStatus status:planned , status:running .", id="undated"),
    pytest.param(
        "current-status",
        f"{TWO} id:s gdb:validFrom '2022'^^xsd:gYear . id:t gdb:validFrom '2022-07'^^xsd:gYearMonth .",
        "id:u gdb:currentStatus status:running .",
        id="the later of a year and a month in it",
    ),
    pytest.param(
        "current-status",
        f"{TWO} id:s gdb:validFrom '2021-12-31'^^xsd:date . id:t gdb:validFrom '2021'^^xsd:gYear .",
        "id:u gdb:currentStatus status:planned .",
        id="the more precise of a day and its year",
    ),
    pytest.param(
        "current-status",
        f"{TWO} id:s gdb:validFrom '2001'^^xsd:gYear .",
        "id:u gdb:currentStatus status:planned .",
        id="a dated status beats an undated one",
    ),
    pytest.param(
        "current-status",
        f"{TWO} id:s gdb:validFrom '2022'^^xsd:gYear . id:t gdb:validFrom '2022'^^xsd:gYear .",
        "id:u gdb:currentStatus status:planned , status:running .",
        id="two of the same date stand side by side",
    ),
    pytest.param(
        "current-status",
        f"{TWO} id:s gdb:validFrom '2022'^^xsd:gYear , '2019'^^xsd:gYear . id:t gdb:validFrom '2020'^^xsd:gYear .",
        "id:u gdb:currentStatus status:planned .",
        id="the later of two dates of one status counts",
    ),
    pytest.param(
        "current-status",
        "id:u gdb:hasStatusAssertion id:s . id:s gdb:status status:planned . "
        "id:v gdb:hasStatusAssertion id:t . id:t gdb:status status:running ; gdb:validFrom '2022'^^xsd:gYear .",
        "id:u gdb:currentStatus status:planned . id:v gdb:currentStatus status:running .",
        id="each undertaking has its own",
    ),
    pytest.param("led-by", LEAD, "id:u gdb:ledBy id:a .", id="the lead leads"),
    pytest.param("led-by", f"{LEAD} id:i gdb:validUntil '2022'^^xsd:gYear .", "", id="a lead that has ended"),
    pytest.param("led-by", LEAD.replace("lead", "partner"), "", id="a partner does not lead"),
    pytest.param("inverse-forward", "gdb:p owl:inverseOf gdb:q . id:x gdb:p id:y .", "id:y gdb:q id:x .", id="forward"),
    pytest.param(
        "inverse-forward", "gdb:p owl:inverseOf gdb:q . id:x gdb:q id:y .", "", id="backward is not the forward rule"
    ),
    pytest.param(
        "inverse-backward", "gdb:p owl:inverseOf gdb:q . id:x gdb:q id:y .", "id:y gdb:p id:x .", id="backward"
    ),
    pytest.param(
        "property-chains",
        "gdb:r owl:propertyChainAxiom ( gdb:p gdb:q ) . id:x gdb:p id:y . id:y gdb:q id:z .",
        "id:x gdb:r id:z .",
        id="two in a row",
    ),
    pytest.param(
        "property-chains",
        "gdb:r owl:propertyChainAxiom ( gdb:p gdb:q ) . id:x gdb:q id:y . id:y gdb:p id:z .",
        "",
        id="the order matters",
    ),
    pytest.param(
        "super-properties",
        "gdb:p rdfs:subPropertyOf gdb:q . gdb:q rdfs:subPropertyOf gdb:r . id:x gdb:p id:y , 'text' .",
        "id:x gdb:q id:y , 'text' ; gdb:r id:y , 'text' .",
        id="all the way up",
    ),
    pytest.param(
        "super-properties", "gdb:p rdfs:subPropertyOf dct:relation . id:x gdb:p id:y .", "", id="not into Dublin Core"
    ),
    pytest.param(
        "symmetric-properties", "gdb:p a owl:SymmetricProperty . id:x gdb:p id:y .", "id:y gdb:p id:x .", id="both ways"
    ),
    pytest.param(
        "transitive-properties",
        "gdb:p a owl:TransitiveProperty . id:a gdb:p id:b . id:b gdb:p id:c . id:c gdb:p id:d .",
        "id:a gdb:p id:c , id:d . id:b gdb:p id:d .",
        id="to the end",
    ),
    pytest.param(
        "types-of-subclasses",
        "gdb:A rdfs:subClassOf gdb:B . gdb:B rdfs:subClassOf gdb:C , org:Organization , prov:Entity . id:x a gdb:A .",
        "id:x a gdb:B , gdb:C , org:Organization .",
        id="ours and the four of others",
    ),
]


@cache
def rules() -> dict[str, Query]:
    return queryfile.read_folder(content.resolve(None).rules)


def inferred(given: Collection[ox.Triple], names: Collection[str]) -> frozenset[ox.Triple]:
    """What follows from `given` by the rules of these names."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in given)
    return frozenset(reason.infer(store, [rules()[name] for name in names]))


@pytest.mark.parametrize(("rule", "given", "follows"), EXAMPLES)
def test_a_rule_alone_brings_what_its_example_says(rule: str, given: str, follows: str) -> None:
    assert inferred(triples(given), [rule]) == triples(follows)


def test_each_rule_has_an_example() -> None:
    assert {example.values[0] for example in EXAMPLES} == set(rules())


@pytest.mark.parametrize("name", sorted(rules()))
def test_a_rule_says_why(name: str) -> None:
    assert rules()[name].header["because"]


def test_rules_work_on_what_other_rules_bring() -> None:
    given = triples(
        f"{LEAD} gdb:accountableBody owl:propertyChainAxiom ( gdb:ledBy gdb:belongsTo ) . "
        "gdb:belongsTo a owl:TransitiveProperty . id:a gdb:belongsTo id:b . id:b gdb:belongsTo id:c ."
    )

    assert triples("id:u gdb:accountableBody id:b , id:c .") <= inferred(given, list(rules()))


def test_what_is_stated_already_is_not_inferred() -> None:
    given = triples("gdb:p a owl:SymmetricProperty . id:x gdb:p id:y . id:y gdb:p id:x .")

    assert inferred(given, list(rules())) == frozenset()


def test_the_order_of_the_rules_does_not_matter(checked: build.Checked) -> None:
    given = {quad.triple for file, quads in checked.parts if file.graph != "shapes" for quad in quads}

    assert inferred(given, list(rules())[::-1]) == set(checked.inferred)


def test_the_snapshot_holds_exactly_what_follows(checked: build.Checked, store: ox.Store) -> None:
    graph = ox.NamedNode(checked.names.graph("inferred"))

    assert {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)} == set(checked.inferred)


# Rules as other people may write them: with what cannot be narrowed to new triples, or nearly so.
OTHERS = [
    pytest.param("CONSTRUCT { ?b gdb:q ?a } WHERE { ?a gdb:p ?b }", id="one triple"),
    pytest.param("CONSTRUCT { ?b gdb:q ?a . ?a gdb:r ?c } WHERE { ?a gdb:p ?b OPTIONAL { ?b gdb:p ?c } }", id="two"),
    pytest.param("CONSTRUCT { ?a gdb:p ?c } WHERE { ?a gdb:p ?b . ?b gdb:p ?c }", id="feeds itself"),
    pytest.param("CONSTRUCT { ?b ?p ?a } WHERE { ?a ?p ?b FILTER(?p != gdb:p) }", id="any property"),
    pytest.param("CONSTRUCT { ?o gdb:q ?a } WHERE { ?a gdb:r ?o }", id="a text cannot be a subject"),
    pytest.param("CONSTRUCT WHERE { ?a gdb:p ?b }", id="short form"),
    pytest.param("CONSTRUCT { ?b gdb:q ?a } WHERE { ?a gdb:p ?b } ORDER BY ?a", id="more behind it"),
    pytest.param("CONSTRUCT { ?b gdb:q ?a } WHERE { ?a gdb:p ?b } # }", id="a brace in a comment behind it"),
    pytest.param("CONSTRUCT { ?b gdb:q ?a } WHERE { ?a gdb:p ?b # }\n}", id="a brace in a comment in it"),
    pytest.param("CONSTRUCT { ?b gdb:note '}' } WHERE { ?a gdb:p ?b }", id="a brace in a text"),
]


def plainly(given: Collection[ox.Triple], text: str) -> frozenset[ox.Triple]:
    """What follows by one rule, applied to everything until nothing is new."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in given)
    size = -1
    while size < len(store):
        size = len(store)
        store.extend([ox.Quad(*triple) for triple in construct(store, text)])
    return frozenset(quad.triple for quad in store) - set(given)


THINGS, PROPERTIES = st.sampled_from(["id:a", "id:b", "id:c"]), st.sampled_from(["gdb:p", "gdb:q", "gdb:r"])
FACTS = st.lists(st.tuples(THINGS, PROPERTIES, THINGS | st.just("'text'")), max_size=9)


@pytest.mark.parametrize("text", OTHERS)
@settings(max_examples=30, deadline=None)
@given(facts=FACTS)
def test_a_rule_brings_what_it_brings_applied_plainly(text: str, facts: list[tuple[str, str, str]]) -> None:
    known = triples("".join(f"{' '.join(fact)} .\n" for fact in facts))
    whole = f"PREFIX gdb: <{GDB}>\n{text}"
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in known)
    brought = reason.infer(store, [Query("other", {}, {}, "CONSTRUCT", (), (), {}, whole)])

    assert set(brought) == plainly(known, whole)
    assert len(brought) == len(set(brought))


class RoundsWithoutEnd(Exception):
    """Raised by the test to end what would not."""


def test_a_rule_that_makes_new_nodes_for_ever_is_refused() -> None:
    endless = rules()["led-by"].text.partition("CONSTRUCT")[0] + "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }"
    rule = Query("endless", {}, {}, "CONSTRUCT", (), (), {}, endless)
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples("id:x gdb:p id:y ."))
    rounds: list[str] = []

    def stop(line: str) -> None:
        rounds.append(line)
        if len(rounds) > 4:
            raise RoundsWithoutEnd

    with pytest.raises(ContentError):
        reason.infer(store, [rule], stop)


# The real data against HermiT. One run of HermiT, about ten seconds.


def by_owl(triple: ox.Triple) -> bool:
    """Whether rules may publish a triple like this: our properties and classes, and four classes of others."""
    if triple.predicate.value == f"{RDF}type":
        class_ = triple.object.value if isinstance(triple.object, ox.NamedNode) else ""
        return class_.startswith(GDB) or class_ in FOREIGN_CLASSES
    return triple.predicate.value.startswith(GDB)


@pytest.fixture(scope="module")
def axioms(checked: build.Checked) -> frozenset[ox.Triple]:
    """What HermiT can see of the ontology and the real data, of the axioms that the rules act on."""
    known = [quad for file, quads in checked.parts if file.graph != "shapes" for quad in quads]
    return frozenset(triple for triple in consistency.axioms(known) if triple.predicate.value not in NOT_BY_RULE)


@pytest.fixture(scope="module")
def oracle(axioms: frozenset[ox.Triple], tmp_path_factory: pytest.TempPathFactory) -> frozenset[ox.Triple]:
    """What HermiT derives and nobody stated."""
    return frozenset(filter(by_owl, hermit.entailed(axioms, tmp_path_factory.mktemp("hermit")))) - axioms


OWL_RULES = sorted(set(rules()) - BEYOND_OWL)


def derived(axioms: frozenset[ox.Triple], names: Collection[str]) -> frozenset[ox.Triple]:
    return frozenset(filter(by_owl, inferred(axioms, names)))


@pytest.mark.slow
def test_the_owl_rules_bring_what_hermit_brings(axioms: frozenset[ox.Triple], oracle: frozenset[ox.Triple]) -> None:
    ours = derived(axioms, OWL_RULES)

    assert (ours - oracle, oracle - ours) == (frozenset(), frozenset())
    assert len(oracle) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("dropped", sorted(set(OWL_RULES) - SILENT_ON_REAL_DATA))
def test_without_one_of_them_they_do_not(
    dropped: str, axioms: frozenset[ox.Triple], oracle: frozenset[ox.Triple]
) -> None:
    assert derived(axioms, [name for name in OWL_RULES if name != dropped]) != oracle


@pytest.mark.parametrize("rule", sorted(SILENT_ON_REAL_DATA))
def test_a_rule_that_is_called_silent_is_so(rule: str, axioms: frozenset[ox.Triple]) -> None:
    assert derived(axioms, OWL_RULES) == derived(axioms, [name for name in OWL_RULES if name != rule])
