"""Diff: two snapshots in, what changed out; the words are held by a table, the patch by applying it."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdb_graph import diff, snapshot
from gdb_graph.__main__ import main
from gdb_graph.build import sources
from gdb_graph.diff import lines, records, sides, things, words
from gdb_graph.errors import SnapshotError
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import RDFS, SKOS, Names
from tests.contents import BASE, HEAD, OTHERSTADT, model

NAMES = Names(BASE)

# ---------------------------------------------------------------- snapshots without a build


@cache
def otherstadt() -> tuple[ox.Quad, ...]:
    """The asserted quads of Otherstadt, and the labels of the ontology and the vocabulary."""
    parts = sources.read(sources.find(Path("/nonexistent"), OTHERSTADT / "data"), NAMES)
    named = (quad for quad in model() if quad.predicate.value in (f"{RDFS}label", f"{SKOS}prefLabel"))
    into = {Names().graph(name): ox.NamedNode(NAMES.graph(name)) for name in ("ontology", "vocab")}
    labels = (ox.Quad(quad.subject, quad.predicate, quad.object, into[str(quad.graph_name)[1:-1]]) for quad in named)
    return (*(quad for _, quads in parts for quad in quads), *labels)


def said(graph: str, turtle: str) -> set[ox.Quad]:
    """A piece of Turtle with the prefixes of the tests, in one graph of Otherstadt."""
    home = ox.NamedNode(NAMES.graph(graph))
    return {
        ox.Quad(quad.subject, quad.predicate, quad.object, home)
        for quad in ox.parse(HEAD + turtle, format=ox.RdfFormat.TURTLE)
    }


def take(folder: Path, quads: set[ox.Quad]) -> Snapshot:
    """A snapshot of `quads` in the folder of snapshots, now the current one."""
    manifest = {"base": BASE, "created": "2031-03-04"}
    with snapshot.writing(folder) as unfinished:
        id_ = snapshot.write(unfinished, quads, folder / "no-queries", manifest, [])
        return snapshot.publish(unfinished, id_)


def files_only(folder: Path, name: str, quads: set[ox.Quad]) -> Snapshot:
    """Only the quads.nq of a snapshot: all that a patch needs, and quick."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    rows = sorted(ox.serialize(quads, format=ox.RdfFormat.N_QUADS).splitlines(keepends=True))  # type: ignore[union-attr]
    (folder / name / "quads.nq").write_bytes(b"".join(rows))
    return Snapshot(folder / name, {"id": name * 32, "base": BASE})


def in_memory(folder: Path, a: Iterable[ox.Quad], b: Iterable[ox.Quad], everything: bool = False) -> sides.Sides:
    """Two snapshots to compare, without waiting for the disk."""
    before, after = (
        sides.Side(files_only(folder, name, quads), ox.Store(), everything)
        for name, quads in (("a", set(a)), ("b", set(b)))
    )
    before.store.bulk_extend(a)
    after.store.bulk_extend(b)
    return sides.Sides(before, after)


def compare(both: sides.Sides) -> things.Difference:
    return things.compare(lines.differing(both.before.snapshot, both.after.snapshot, both.after.everything), both)


def told(tmp_path: Path, gone: set[ox.Quad], come: set[ox.Quad], lang: str, everything: bool = False) -> list[str]:
    """The told difference between Otherstadt with `gone` and Otherstadt with `come`, without head and foot."""
    both = in_memory(tmp_path, {*otherstadt(), *gone}, {*otherstadt(), *come}, everything)
    listed = list(words.tell(compare(both), both, lang))
    assert listed[0].startswith("aaaa")
    return [line for line in listed[1:-1] if line]


# ---------------------------------------------------------------- in words

PARTNER = """
id:pilot-lantern gdb:hasInvolvement id:inv-choir . id:inv-choir a gdb:Involvement ; gdb:actor id:org-lamplighters ;
gdb:role role:partner ; gdb:hasEvidence id:ev-plan .
"""
STATUS = """
id:pilot-lantern gdb:hasStatusAssertion id:status-done . id:status-done a gdb:StatusAssertion ;
gdb:status status:finished ; gdb:dateKind "since" ; gdb:validFrom "2033"^^xsd:gYear ; gdb:hasEvidence id:ev-plan .
"""
EVIDENCE = """
id:pilot-lantern gdb:hasEvidence id:ev-new . id:ev-new a gdb:Evidence ; gdb:fromSource id:src-plan ;
gdb:confidence <https://w3id.org/gdb-berlin/vocab/evidence-confidence/stated> ; gdb:supportsProperty gdb:endDate .
"""
CHOIR = 'id:org-choir a gdb:Organisation ; skos:prefLabel "Chor"@de , "choir"@en ; dct:description "A"@de , "B"@en .'
END = 'id:pilot-lantern gdb:endDate "{}"^^xsd:gYear .'
TASK = 'id:involvement-lantern-lamplighters-lead gdb:task "{}"@de .'
CLASS_OF_OURS = 'id:lantern-feast a owl:Class ; rdfs:label "Laternenfest"@de ; rdfs:subClassOf gdb:ParticipationEvent .'
LIST = "id:pilot-lantern dct:relation ( id:field-moonlight ) ."

CASES = [
    pytest.param(
        ("src-plan", ""), ("src-plan", PARTNER), "en",
        ["lantern (gdbi:pilot-lantern)",
         "  added: involvement of lamplighters’ office as partner (involved) (source: Der Plan von Otherstadt)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 5 added, 0 removed."],
        id="an involvement is told with its undertaking, as one change",
    ),
    pytest.param(
        ("src-plan", ""), ("src-plan", STATUS), "de",
        ["Laterne (gdbi:pilot-lantern)",
         "  hinzugekommen: Status „abgeschlossen“ (seit 2033; Quelle: Der Plan von Otherstadt)",
         "Dinge: 0 neu, 0 entfernt, 1 geändert. Aussagen: 6 hinzugekommen, 0 entfallen."],
        id="a status is told with its date",
    ),
    pytest.param(
        ("src-plan", STATUS), ("src-plan", ""), "en",
        ["lantern (gdbi:pilot-lantern)",
         "  removed: status “finished” (since 2033; source: Der Plan von Otherstadt)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 0 added, 6 removed."],
        id="a status that is gone is told from the first snapshot",
    ),
    pytest.param(
        ("src-plan", END.format(2035)), ("src-plan", END.format(2036)), "en",
        ["lantern (gdbi:pilot-lantern)", "  changed: end date: 2035 → 2036 (source: Der Plan von Otherstadt)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 1 added, 1 removed."],
        id="one value lost and one got is a change",
    ),
    pytest.param(
        ("src-plan", END.format(2035)), ("src-other", END.format(2036)), "en",
        ["lantern (gdbi:pilot-lantern)", "  added: end date: 2036 (src-other)",
         "  removed: end date: 2035 (source: Der Plan von Otherstadt)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 1 added, 1 removed."],
        id="in two sources it is no change but a loss and a gain",
    ),
    pytest.param(
        ("src-plan", END.format(2035)), ("src-plan", END.format(2036) + END.format(2037)), "en",
        ["lantern (gdbi:pilot-lantern)", "  removed: end date: 2035 (source: Der Plan von Otherstadt)",
         "  added: end date: 2036 (source: Der Plan von Otherstadt)",
         "  added: end date: 2037 (source: Der Plan von Otherstadt)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 2 added, 1 removed."],
        id="one value lost and two got: nobody knows which replaces it",
    ),
    pytest.param(
        ("src-plan", END.format(2035)), ("src-plan", END.format(2036) + EVIDENCE), "en",
        ["lantern (gdbi:pilot-lantern)", "  changed: end date: 2035 → 2036 (source: Der Plan von Otherstadt)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 6 added, 1 removed."],
        id="an evidence that says no more than the source of a change is not told again",
    ),
    pytest.param(
        ("src-plan", ""), ("src-plan", EVIDENCE), "en",
        ["lantern (gdbi:pilot-lantern)",
         "  added: evidence from “Der Plan von Otherstadt” (confidence: stated; "
         "supports property: end date)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 5 added, 0 removed."],
        id="an evidence on its own is told",
    ),
    pytest.param(
        ("src-plan", TASK.format("Lampen")), ("src-plan", TASK.format("Licht")), "de",
        ["Laterne (gdbi:pilot-lantern)",
         "  geändert: Mitwirkung von Amt für Lampen als federführend (verantwortlich) – Aufgabe: „Lampen“ → „Licht“ "
         "(Quelle: Der Plan von Otherstadt)",
         "Dinge: 0 neu, 0 entfernt, 1 geändert. Aussagen: 1 hinzugekommen, 1 entfallen."],
        id="a change within a node says which node",
    ),
    pytest.param(
        ("src-plan", PARTNER), ("src-plan", PARTNER), "de", [
            "Keine Änderung an dem, was verglichen wurde.",
            "Die Snapshots unterscheiden sich anderswo: in Abgeleitetem, Shapes oder Abfragen."],
        id="no change, though another id",
    ),
    pytest.param(
        ("curated", ""), ("curated", CHOIR), "de",
        ["Neues Ding: Chor (gdbi:org-choir), Organisation", "  hinzugekommen: Beschreibung: „A“ (redaktionell)",
         "Dinge: 1 neu, 0 entfernt, 0 geändert. Aussagen: 5 hinzugekommen, 0 entfallen."],
        id="a new thing, its texts in one language",
    ),
    pytest.param(
        ("curated", CHOIR), ("curated", ""), "en",
        ["Removed thing: choir (gdbi:org-choir), organisation", "  removed: description: “B” (editorial)",
         "Things: 0 new, 1 removed, 0 changed. Statements: 0 added, 5 removed."],
        id="a removed thing",
    ),
    pytest.param(
        ("curated", ""), ("curated", 'id:org-lamplighters skos:note "nur deutsch"@de .'), "en",
        ["lamplighters’ office (gdbi:org-lamplighters)", "  added: note: “nur deutsch” (de) (editorial)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 1 added, 0 removed."],
        id="a text that comes in the other language alone is told",
    ),
    pytest.param(
        ("src-plan", ""), ("src-plan", LIST), "en",
        ["lantern (gdbi:pilot-lantern)",
         "  added: unnamed node (rdf:first: moonlight; rdf:rest: rdf:nil; source: Der Plan von Otherstadt)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 3 added, 0 removed."],
        id="a blank node is told with what points at it",
    ),
    pytest.param(
        ("src-plan", ""), ("src-plan", 'id:ev-plan gdb:locator "page 3" .'), "en",
        ["evidence from “Der Plan von Otherstadt” (gdbi:ev-plan)",
         "  added: locator: “page 3” (source: Der Plan von Otherstadt)",
         "Things: 0 new, 0 removed, 1 changed. Statements: 1 added, 0 removed."],
        id="an evidence that many things share is a thing of its own",
    ),
    pytest.param(
        ("ontology", ""), ("ontology", CLASS_OF_OURS), "de",
        ["Neues Ding: Laternenfest (gdbi:lantern-feast), Klasse",
         "  hinzugekommen: Unterklasse von: Beteiligungsveranstaltung (Ontologie)",
         "Dinge: 1 neu, 0 entfernt, 0 geändert. Aussagen: 3 hinzugekommen, 0 entfallen."],
        id="terms of other vocabularies have the names that the ontology gives them",
    ),
    pytest.param(
        ("inferred", ""), ("inferred", END.format(2036)), "en",
        ["No change in what was compared.",
         "The snapshots differ elsewhere: in what is inferred, in shapes or in queries."],
        id="what is inferred is left out",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("gone", "come", "lang", "expected"), CASES)
def test_words(tmp_path: Path, gone: tuple[str, str], come: tuple[str, str], lang: str, expected: list[str]) -> None:
    assert told(tmp_path, said(*gone), said(*come), lang) == expected


def test_the_second_source_of_a_node_is_told_as_such(tmp_path: Path) -> None:
    lead = """id:involvement-lantern-lamplighters-lead
        a gdb:Involvement ; gdb:actor id:org-lamplighters ; gdb:role role:lead ."""
    (_, line, _) = told(tmp_path, set(), said("src-other", lead), "en")
    assert line == "  now also stated: involvement of lamplighters’ office as lead (responsible) (src-other)"
    (_, line, _) = told(tmp_path, said("src-other", lead), set(), "en")
    assert line == "  no longer stated here: involvement of lamplighters’ office as lead (responsible) (src-other)"


def test_all_compares_what_is_inferred_and_tells_it_once(tmp_path: Path) -> None:
    come = said("inferred", END.format(2036))
    union = {ox.Quad(*quad.triple) for quad in come}
    assert told(tmp_path, set(), come | union, "en", everything=True)[1:] == [
        "  added: end date: 2036 (inferred)",
        "Things: 0 new, 0 removed, 1 changed. Statements: 1 added, 0 removed.",
    ]


def test_things_come_in_the_order_of_their_labels(tmp_path: Path) -> None:
    come = 'id:{} skos:prefLabel "{}"@de .'
    labels = ["[Anfang]", "Ärger", "Zirkus"]
    turtle = "".join(come.format(f"x{3 - number}", label) for number, label in enumerate(labels))
    listed = told(tmp_path, set(), said("curated", turtle), "de")
    assert [line.split(" (")[0] for line in listed[:-1]] == [f"Neues Ding: {label}" for label in labels]


# ---------------------------------------------------------------- JSON


def test_json_has_nodes_links_and_both_values(tmp_path: Path) -> None:
    after = said("src-plan", END.format(2036) + PARTNER)
    both = in_memory(tmp_path, {*otherstadt(), *said("src-plan", END.format(2035))}, {*otherstadt(), *after})
    record = records.record(compare(both), both, "de")
    (thing,) = record["things"]
    assert record | {"things": []} == {
        "before": "a" * 32,
        "after": "b" * 32,
        "left_out": ["inferred", "provenance", "queries", "shapes", "void"],
        "quads": {"added": 6, "removed": 1},
        "things": [],
    }
    assert (thing["kind"], thing["label"]["en"]) == ("changed", "lantern")
    gyear = {"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#gYear"}
    (change,), (node,) = thing["changes"], thing["nodes"]
    assert (change["before"], change["after"]) == (gyear | {"value": "2035"}, gyear | {"value": "2036"})
    assert node["link"].endswith("#hasInvolvement")
    assert [each["after"]["type"] for each in node["changes"]] == ["uri"] * 4


# ---------------------------------------------------------------- nothing is lost: random quads

IRIS = [ox.NamedNode(f"{BASE}id/{name}") for name in "abcd"]
BLANK = [ox.BlankNode("x"), ox.BlankNode("y")]
TEXTS = [ox.Literal('a "b"\\\n\t'), ox.Literal("ä", language="de"), ox.Literal("ä", language="en"), ox.Literal(1)]
CLASS = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
EVIDENCE_CLASS = ox.NamedNode("https://w3id.org/gdb-berlin/ontology#Evidence")
GRAPHS = [*(ox.NamedNode(NAMES.graph(name)) for name in ("curated", "src-a", "inferred", "void")), ox.DefaultGraph()]
QUADS = st.builds(
    ox.Quad,
    st.sampled_from([*IRIS, *BLANK]),
    st.sampled_from([CLASS, *IRIS[:2]]),
    st.sampled_from([*IRIS, *BLANK, *TEXTS, EVIDENCE_CLASS, ox.NamedNode(NAMES.graph("curated"))]),
    st.sampled_from(GRAPHS),
)
SETS = st.frozensets(QUADS, max_size=25)
QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def compared(quads: frozenset[ox.Quad], everything: bool) -> set[ox.Quad]:
    return {quad for quad in quads if everything or quad.graph_name in GRAPHS[:2]}


def apply(patch: list[bytes], quads: set[ox.Quad]) -> set[ox.Quad]:
    """What an RDF Patch makes of `quads`; it may not remove what is not there nor add what is."""
    assert [row[:2] for row in patch[:3]] == [b"H ", b"H ", b"TX"]
    assert patch[-1] == b"TC .\n"
    left, codes = set(quads), [row[:2] for row in patch[3:-1]]
    assert codes == sorted(codes, reverse=True), "removals come first"
    for row in patch[3:-1]:
        (quad,) = ox.parse(row[2:], format=ox.RdfFormat.N_QUADS)
        assert (quad in left) == row.startswith(b"D ")
        left ^= {quad}
    return left


@QUICK
@given(SETS, SETS, st.booleans())
def test_a_patch_makes_the_second_out_of_the_first(
    tmp_path: Path, a: frozenset[ox.Quad], b: frozenset[ox.Quad], everything: bool
) -> None:
    before, after = files_only(tmp_path, "a", set(a)), files_only(tmp_path, "b", set(b))
    patch = list(diff.patch(before, after, everything))
    assert apply(patch, compared(a, everything)) == compared(b, everything)
    for code in (b"D ", b"A "):
        rows = [row for row in patch if row.startswith(code)]
        assert rows == sorted(rows)


@QUICK
@given(SETS, SETS)
def test_things_have_every_quad_once(tmp_path: Path, a: frozenset[ox.Quad], b: frozenset[ox.Quad]) -> None:
    found = compare(in_memory(tmp_path, a, b))
    told = sorted(quad for thing in found.things for quad in quads_of(thing))
    a_, b_ = compared(a, False), compared(b, False)
    assert told == sorted([*((False, str(quad)) for quad in a_ - b_), *((True, str(quad)) for quad in b_ - a_)])
    assert (found.added, found.removed) == (len(b_ - a_), len(a_ - b_))


def quads_of(thing: things.Thing) -> Iterator[tuple[bool, str]]:
    """The quads that a thing tells, each with whether it came."""
    yield from changed(thing.iri, thing.changes)
    for node in thing.nodes:
        yield from changed(node.iri, node.changes)
        if node.link:
            yield node.kind == "added", f"{term(thing.iri)} <{node.link}> {term(node.iri)} <{node.graph}>"


def changed(subject: str, changes: Any) -> Iterator[tuple[bool, str]]:
    for each in changes:
        for came, value in ((False, each.before), (True, each.after)):
            if value is not None:
                yield came, f"{term(subject)} <{each.property}> {value} <{each.graph}>"


def term(iri: str) -> str:
    return iri if iri.startswith("_:") else f"<{iri}>"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of itself
def test_another_reader_of_rdf_patch_understands_ours(tmp_path: Path) -> None:
    gone, come = said("curated", CHOIR + LIST), said("src-plan", PARTNER + LIST) | said("curated", TASK.format("ä"))
    before, after = files_only(tmp_path, "a", gone), files_only(tmp_path, "b", come)

    def read(*patches: bytes) -> set[object]:
        dataset = rdflib.Dataset()
        for patch in patches:
            dataset.parse(data=patch, format="patch")
        return set(dataset.quads())

    whole = [b"".join(b"A " + line for line in one.quads.read_bytes().splitlines(True)) for one in (before, after)]
    assert read(whole[0], b"".join(diff.patch(before, after))) == read(whole[1])


# ---------------------------------------------------------------- naming a snapshot, and damaged ones


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with snapshots whose ids are aa1…, aa2… and b…; b… is current."""
    for id_ in ("aa1" + "0" * 29, "aa2" + "0" * 29, "b" + "0" * 31):
        files_only(tmp_path, id_, said("curated", CHOIR))
        (tmp_path / id_ / "store").mkdir(exist_ok=True)
        size = (tmp_path / id_ / "quads.nq").stat().st_size
        (tmp_path / id_ / "manifest.json").write_text(json.dumps({"id": id_, "base": BASE, "bytes": size}))
    (tmp_path / "current").symlink_to("b" + "0" * 31)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("b", "b000", id="a beginning that one id has"),
        pytest.param("aa1" + "0" * 29, "aa10", id="an id"),
        pytest.param("current", "b000", id="current"),
        pytest.param("FOLDER/aa2" + "0" * 29, "aa20", id="a folder"),
        pytest.param("FOLDER/current", "b000", id="the pointer as a folder"),
    ],
)
def test_find(folder: Path, name: str, expected: str) -> None:
    assert diff.find(name.replace("FOLDER", str(folder)), folder).id.startswith(expected)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("aa", r"^2 snapshots in .* begin with 'aa': aa10*, aa20*\. Write more\.$", id="ambiguous"),
        pytest.param("ab1", r"There is no snapshot 'ab1' in .*\. Did you mean .*aa10{29}", id="near"),
        pytest.param("ffff", r"There is no snapshot 'ffff' in [^ ]*\.$", id="nothing near"),
        pytest.param("", "There is no snapshot ''", id="empty"),
        pytest.param("/nonexistent/x", "There is no snapshot in /nonexistent/x", id="no folder"),
    ],
)
def test_find_helps_to_name_it(folder: Path, name: str, message: str) -> None:
    with pytest.raises(SnapshotError, match=message):
        diff.find(name, folder)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param(b"<a:b> <a:b> <a:b> <a:b> .\n<a:a> <a:b> <a:b> <a:b> .\n", "is not sorted", id="unsorted"),
        pytest.param(b"<a:b> <a:b>\n", "a line that is no quad: <a:b> <a:b>$", id="no quad"),
    ],
)
def test_damage_is_found(tmp_path: Path, rows: bytes, message: str) -> None:
    before, after = files_only(tmp_path, "a", set()), files_only(tmp_path, "b", set())
    before.quads.write_bytes(rows)
    with pytest.raises(SnapshotError, match=message):
        list(diff.patch(before, after))
    with pytest.raises(SnapshotError, match="its store cannot be read"):
        diff.as_text(before, after, "de")


def test_sameness_is_found_whatever_is_repeated() -> None:
    assert list(lines.merge([b"a", b"c"], [b"b", b"c", b"d"])) == [(False, b"a"), (True, b"b"), (True, b"d")]


# ---------------------------------------------------------------- the command


def test_the_command(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    before = take(tmp_path, {*otherstadt(), *said("src-plan", END.format(2035))})
    after = take(tmp_path, {*otherstadt(), *said("src-plan", END.format(2036))})

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["diff", *arguments, "--out", str(tmp_path)])
        out, err = capsysbinary.readouterr()
        return status, out.decode(), err.decode()

    status, out, _ = run(before.id, "current")
    assert (status, "geändert: Ende: 2035 → 2036 (Quelle: Der Plan von Otherstadt)" in out) == (0, True)
    status, out, _ = run(before.id[:12], str(after.folder), "--lang", "en")
    assert (status, "changed: end date: 2035 → 2036" in out) == (0, True)
    status, out, _ = run(before.id, after.id, "--format", "json")
    assert (status, len(json.loads(out)["things"])) == (0, 1)
    status, out, _ = run(before.id, after.id, "--format", "patch")
    assert [row.split()[0] for row in out.splitlines()] == ["H", "H", "TX", "D", "A", "TC"]
    assert out.splitlines()[1].replace("-", "") == f"H prev <uuid:{before.id}> ."
    status, out, _ = run("current", "current")
    assert (status, "Keine Änderung" in out, "anderswo" in out) == (0, True, False)
    status, out, err = run("nothing", "current")
    assert (status, out, err) == (1, "", f"gdb-graph: There is no snapshot 'nothing' in {tmp_path}.\n")
