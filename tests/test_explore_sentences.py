"""Paths as sentences in both languages, and the table of wordings: whole, and of terms that are there."""

import re
import string

import pyoxigraph as ox
import pytest

from gdb_graph.explore import sentences, wording
from gdb_graph.explore.network import Edge, Network, Path, Step, Time
from gdb_graph.explore.paths import Wish, find
from gdb_graph.explore.wording import Wordings
from gdb_graph.terms import GDB, Names
from tests.contents import rows
from tests.networks import network_from, network_of

TABLE = wording.read().table


@pytest.fixture(scope="module")
def real(store: ox.Store, names: Names) -> Network:
    return network_of(store, names)


@pytest.fixture(scope="module")
def wordings() -> Wordings:
    return wording.read()


# The table


@pytest.mark.parametrize("key", TABLE["told"])
def test_a_wording_tells_both_directions_in_both_languages(key: str) -> None:
    entry = TABLE["told"][key]

    assert set(entry) == {"kind", "de", "en"}
    assert entry["kind"] in TABLE["kinds"]
    for lang in ("de", "en"):
        assert len(entry[lang]) == 2
        for clause in entry[lang]:
            assert sorted(slot for _, slot, _, _ in string.Formatter().parse(clause) if slot) == ["a", "b"]
            assert not re.search(r"\.$|  ", clause)


def test_a_wording_is_of_a_term_that_is_there(store: ox.Store, names: Names) -> None:
    declared = {names.short(term) for (term,) in rows(store, "SELECT ?term { ?term a ?kind . ?kind a ?any }")}
    declared |= {names.short(term) for (term,) in rows(store, "SELECT DISTINCT ?term { ?term rdfs:isDefinedBy ?by }")}

    assert {term for key in TABLE["told"] for term in key.split()} - declared == set()


def test_every_relation_of_the_content_has_a_wording(real: Network, names: Names) -> None:
    keys = {edge.key for beside in real.beside.values() for edges in beside.values() for edge in edges}

    assert {" ".join(map(names.short, key)) for key in keys} - set(TABLE["told"]) == set()


# Sentences


def told(network: Network, wordings: Wordings, path: Path, lang: str) -> str:
    return sentences.plain(sentences.tell(network, wordings, path, sentences.number([path]), lang))


def test_kfw_and_a_district_office_in_one_sentence(real: Network, wordings: Wordings, names: Names) -> None:
    thing = names.thing
    wish = Wish(thing("org-kfw"), thing("org-ba-pankow"), 2, 1, via=thing("org-land-berlin"))
    (path,) = find(real, wish).paths

    assert told(real, wordings, path, "de") == (
        "„KfW (Kreditanstalt für Wiederaufbau)“ stellt „Land Berlin“ Mittel bereit [1–7] und „KfW (Kreditanstalt für "
        "Wiederaufbau)“ wickelt Mittel ab, die „Land Berlin“ erhält (Art: Gesamtvolumen, Mittelzuweisung: Förderung "
        "„Berlin lebenswert smart“ (Gesamtvolumen), Betrag: 17.500.000 EUR, September 2020 bis Dezember 2026) [1–7]; "
        "zu „Land Berlin“ gehört „Bezirksamt Pankow“ [2]."
    )
    assert told(real, wordings, path, "en").endswith("; “State of Berlin” includes “Bezirksamt Pankow” [2].")


def test_a_person_stands_without_quotation_marks_and_with_role_and_time(
    real: Network, wordings: Wordings, names: Names
) -> None:
    wish = Wish(names.thing("person-ralf-kleindiek"), names.thing("org-senatskanzlei"), 1)
    (path,) = find(real, wish).paths

    assert told(real, wordings, path, "de") == (
        "Ralf Kleindiek gehört „Senatskanzlei Berlin“ an "
        "(Rolle: Chief Digital Officer des Landes Berlin, 2022 bis Mai 2023) [1–5]."
    )
    assert told(real, wordings, path, "en") == (
        "Ralf Kleindiek is a member of “Senate Chancellery” "
        "(role: Chief Digital Officer of the State of Berlin, 2022 to May 2023) [1–5]."
    )


def test_each_clause_begins_where_the_one_before_ends(real: Network, wordings: Wordings, names: Names) -> None:
    wish = Wish(names.thing("value-resilient"), names.thing("org-hiig"), 4, 3)
    for path in find(real, wish).paths:
        for lang in ("de", "en"):
            pieces = sentences.tell(real, wordings, path, sentences.number([path]), lang)
            named = list(dict.fromkeys(piece.thing for piece in pieces if piece.thing))
            assert named == list(path.things)
            assert sum(piece.text == "; " for piece in pieces) == len(path.steps) - 1
            text = sentences.plain(pieces)
            assert text.endswith(".")
            assert text[0].isupper() or text[0] in "„“"


def test_all_evidence_has_one_number_each_and_every_number_is_used(
    real: Network, wordings: Wordings, names: Names
) -> None:
    paths = find(real, Wish(names.thing("org-kfw"), names.thing("org-ba-pankow"))).paths
    notes = sentences.number(paths)
    used = {n for path in paths for piece in sentences.tell(real, wordings, path, notes, "de") for n in piece.notes}

    assert sorted(notes.values()) == list(range(1, len(notes) + 1))
    assert used == set(notes.values())


def test_a_relation_without_a_wording_is_told_by_its_label(wordings: Wordings) -> None:
    network = network_from([("a", "b")])
    thing = network.names.thing
    forth = Path((Step(thing("a"), thing("b"), network.beside[thing("a")][thing("b")]),))
    back = Path((Step(thing("b"), thing("a"), network.beside[thing("a")][thing("b")]),))

    assert told(network, wordings, forth, "de") == "„a“ hat unter „near“ den Eintrag „b“."
    assert told(network, wordings, back, "en") == "“b” is entered at “a” under “near”."


@pytest.mark.parametrize(
    ("time", "de", "en"),
    [
        (Time(("2023",)), "seit 2023", "since 2023"),
        (Time(("2023-05",)), "seit Mai 2023", "since May 2023"),
        (Time(("2023-05-04",)), "seit 4. Mai 2023", "since 4 May 2023"),
        (Time((), ("2023-03",)), "bis März 2023", "until March 2023"),
        (Time(("2022", "2023")), "seit 2022 oder 2023 (je nach Quelle)", "since 2022 or 2023 (sources differ)"),
        (Time((), (), ("2020-09",)), "belegt für September 2020", "attested for September 2020"),
        (
            Time((), (), ("2020", "2021-10", "2022")),
            "belegt zuerst für 2020, zuletzt für 2022",
            "attested first for 2020, last for 2022",
        ),
        (Time(("some day",)), "seit some day", "since some day"),
        (Time(("2023-99",)), "seit 2023-99", "since 2023-99"),
        (Time(("2023-²",)), "seit 2023-²", "since 2023-²"),
    ],
)
def test_time_in_words(wordings: Wordings, time: Time, de: str, en: str) -> None:
    assert list(wordings.time(time, "de")) == [de]
    assert list(wordings.time(time, "en")) == [en]


@pytest.mark.parametrize(
    ("amount", "de", "en"),
    [
        ("17500000 EUR", "Betrag: 17.500.000 EUR", "amount: 17,500,000 EUR"),
        ("1234.5", "Betrag: 1.234,5", "amount: 1,234.5"),
        ("much", "Betrag: much", "amount: much"),
    ],
)
def test_money_in_words(wordings: Wordings, amount: str, de: str, en: str) -> None:
    edge = Edge("a", "b", f"{GDB}FundingAllocation", amounts=(amount,))

    assert list(wordings.amount(edge, "de")) == [de]
    assert list(wordings.amount(edge, "en")) == [en]


@pytest.mark.parametrize(
    ("numbers", "short"), [((), ""), ((1,), "1"), ((1, 2), "1, 2"), ((1, 2, 3, 5, 7, 8, 9), "1–3, 5, 7–9")]
)
def test_numbers_in_a_row_are_shortened(numbers: tuple[int, ...], short: str) -> None:
    assert sentences.ranges(numbers) == short
