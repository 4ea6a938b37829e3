"""What a person types finds what is meant: on the real content, with the spellings German allows and typos add."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdb_graph.search.analysis import fold
from gdb_graph.search.documents import Classes, Document
from gdb_graph.search.excerpt import LENGTH, Marker
from gdb_graph.search.find import Found, complete, find
from gdb_graph.search.index import Index
from gdb_graph.terms import GDB, OWL, SKOS, Names
from tests.searching import indexed, read, slugs, text_of

HOSTILE = [
    "",
    " ",
    "AND OR (",
    '"',
    '"Smart Water',
    "label_de:smart^4 AND *",
    "*",
    "?",
    "[* TO z}",
    "/(a+)+$/",
    "\\",
    "\x00",
    "Smart\x00Water",
    "\u202egnisrever\u202c",
    "\u200b\u200d",
    "💧",
    "Ⅷ ½ ﬁ",
    "日本語",
    "<script>alert(1)</script>",
    "'; DROP TABLE things; --",
    "a" * 10_000,
    "Straße " * 2_000,
    " ".join(f"wort{number}" for number in range(500)),
    "ß" * 300,
    "字" * 300,
    "%%% {{7*7}} ${x}",
]


@pytest.fixture(scope="module")
def content(store: ox.Store, names: Names) -> tuple[list[Document], Classes]:
    return read(store, names)


@pytest.fixture(scope="module")
def index(content: tuple[list[Document], Classes]) -> Index:
    return indexed(*content)


def made(turtle: str) -> Index:
    """The index of a few statements."""
    store = ox.Store()
    terms = turtle.format(id=Names().instances, gdb=GDB)
    store.load(f"PREFIX skos: <{SKOS}> {terms} <{GDB}Measure> a <{OWL}Class> .", format=ox.RdfFormat.TURTLE)
    return indexed(*read(store, Names()))


FIRST = [
    # the whole name, in both languages, and its beginning
    ("Smart Water", "pilot-smart-water"),
    ("KfW", "org-kfw"),
    ("CityLAB", "org-citylab-berlin"),
    ("Treptow-Köpenick", "district-treptow-koepenick"),
    ("Senatskanzlei", "org-senatskanzlei"),
    ("Senate Chancellery", "org-senatskanzlei"),
    ("Handlungsfeld Intelligente Datennutzung", "field-intelligente-datennutzung"),
    # umlauts, capitals, hyphens, spaces
    ("TREPTOW KOEPENICK", "district-treptow-koepenick"),
    ("treptow kopenick", "district-treptow-koepenick"),
    ("Frank Naegele", "person-frank-naegele"),
    ("Buergerhaushalt", "pilot-smarte-partizipation"),
    ("Buergeramt", "measure-verstaendliche-sprache"),
    ("Strasse", "proposal-coworking-raeume"),
    ("Straßen", "proposal-coworking-raeume"),
    ("City Lab", "org-citylab-berlin"),
    ("smartwater", "pilot-smart-water"),
    ("smart-water", "pilot-smart-water"),
    ("Daten Infrastruktur", "measure-dateninfrastruktur"),
    # gender forms
    ("Bürger:innenhaushalt", "pilot-smarte-partizipation"),
    ("Bürger*innenhaushalt", "pilot-smarte-partizipation"),
    ("BürgerInnenhaushalt", "pilot-smarte-partizipation"),
    ("Regierender Bürgermeister", "post-governing-mayor"),
    ("Regierende Bürgermeisterin", "post-governing-mayor"),
    # endings and parts of compounds
    ("Kiezboxen", "pilot-kiezbox"),
    ("intelligente daten", "field-intelligente-datennutzung"),
    ("Nutzung", "field-intelligente-datennutzung"),
    ("Verbund Bibliothek", "org-voebb"),
    # abbreviations, numbers, addresses
    ("SKZL", "org-senatskanzlei"),
    ("SenInnDS", "org-sen-innds"),
    ("BWB", "org-berliner-wasserbetriebe"),
    ("DB", "org-deutsche-bahn"),
    ("GD:B", "strategy-gdb"),
    ("4.3", "field-intelligente-datennutzung"),
    ("2022-14237", "proposal-kiezbox"),
    ("pilot-kiezbox", "pilot-kiezbox"),
    ("https://w3id.org/gdb-berlin/id/src-smart-city-berlin-modellprojekt", "src-smart-city-berlin-modellprojekt"),
    # former names
    ("SenUMVK", "org-sen-umvk"),
    ("Senatsverwaltung für Umwelt, Mobilität, Verbraucher- und Klimaschutz", "org-sen-umvk"),
    ("Stabsstelle Smart City", "unit-stabsstelle-gemeinsam-digital"),
    ("Beuth Hochschule", "org-bht-berlin"),
    # filler words, and more than a name
    ("wie ist das mit der KfW", "org-kfw"),
    ("pilot project Hardenbergplatz", "pilot-hardenbergplatz"),
    # typos
    ("Smrat Water", "pilot-smart-water"),
    ("Datenutzung", "field-intelligente-datennutzung"),
    ("Hardenbergplaz", "pilot-hardenbergplatz"),
    ("Senatskanzelei", "org-senatskanzlei"),
    ("Tempelhoff-Schoenberg", "district-tempelhof-schoeneberg"),
]


@pytest.mark.parametrize(("text", "slug"), FIRST, ids=[text for text, _ in FIRST])
def test_the_first_hit_is_what_is_meant(index: Index, text: str, slug: str) -> None:
    assert slugs(find(index, text, "de", 5))[0] == slug


AMONG_THREE = [
    ("SenUMVK", "org-sen-mvku"),  # under its former name
    ("SenInn", "org-sen-inn-sport"),
    ("CDO", "post-cdo"),
    ("Wasser", "org-kwb"),
    ("Umweltverwaltung Mobilität", "org-sen-mvku"),
    ("Strategie", "strategy-gdb"),
    ("Werte", "value-resilient"),
    ("Staatssekretärin", "post-sts-vi"),
]


@pytest.mark.parametrize(("text", "slug"), AMONG_THREE, ids=[text for text, _ in AMONG_THREE])
def test_what_is_meant_is_among_the_first_three(index: Index, text: str, slug: str) -> None:
    assert slug in slugs(find(index, text, "de", 3))


def test_the_name_of_a_class_finds_its_things_first(index: Index) -> None:
    found = find(index, "Pilotprojekte", "de", 5)

    assert {GDB + "PilotProject"} == set.intersection(*({*hit.document.kinds} for hit in found.hits)) - {
        GDB + "Measure"
    }


def test_a_word_that_merely_sounds_alike_is_no_match(index: Index) -> None:
    """Wasser is not Water, and a language is not guessed."""
    for hit in find(index, "Wasser", "de", 100).hits:
        assert any("wasser" in fold(text) for text in text_of(hit.document)), hit.document.iri


@pytest.mark.parametrize(
    ("text", "how", "searched"),
    [
        ("Smart Water", "all", "Smart Water"),
        ("Smrat Water", "corrected", "Smart Water"),
        ("smrat, watre: smrat", "corrected", "Smart, Water: Smart"),
        ("Kiezbox Luftgüte Giffey", "some", "Kiezbox Luftgüte Giffey"),
        ("Smart Water xyzzyx", "some", "Smart Water xyzzyx"),
        ("xyzzyx", "none", "xyzzyx"),
        ("xy", "none", "xy"),
    ],
)
def test_an_answer_says_how_it_was_found(index: Index, text: str, how: str, searched: str) -> None:
    found = find(index, text, "de", 3)

    assert (found.how, found.text) == (how, searched)
    assert bool(found.total) == bool(found.hits) == (how != "none")


def test_labels_in_the_language_of_the_page_go_first() -> None:
    one = made(
        '<{id}one> a <{gdb}Measure> ; skos:prefLabel "Anker"@de, "hook"@en .'
        '<{id}two> a <{gdb}Measure> ; skos:prefLabel "Haken"@de, "anker"@en .'
    )

    for text in ("Anker", "ank"):
        assert slugs(complete(one, text, "de", 3)) == ["one", "two"]
        assert slugs(complete(one, text, "en", 3)) == ["two", "one"]


def test_pages_follow_each_other_without_gap_or_overlap(index: Index) -> None:
    whole = find(index, "Strategie", "de", 1000)
    pages = [find(index, "Strategie", "de", 20, at) for at in range(0, whole.total, 20)]

    assert whole.total == len(whole.hits) == len(set(slugs(whole)))
    assert [slug for page in pages for slug in slugs(page)] == slugs(whole)
    assert [hit.score for hit in whole.hits] == sorted((hit.score for hit in whole.hits), reverse=True)


def test_a_class_narrows_and_the_counts_stay(index: Index) -> None:
    every, actors = (find(index, "Smart Water", "de", 100, class_=class_) for class_ in ("", f"{GDB}Actor"))

    assert 0 < actors.total < every.total
    assert all(f"{GDB}Actor" in hit.document.classes for hit in actors.hits)
    assert actors.kinds == every.kinds
    for kind, count in every.kinds.items():
        assert find(index, "Smart Water", "de", 1, class_=kind).total == count


def test_the_order_of_the_documents_changes_nothing(content: tuple[list[Document], Classes], index: Index) -> None:
    documents, classes = content
    shuffled = random.Random(1).sample(documents, len(documents))
    other = indexed(shuffled, classes)

    for text in ("Strategie", "Smart", "Smrat", "a", "Beirat Hochwasser", "Senat"):
        assert find(other, text, "de", 200) == find(index, text, "de", 200)


def test_many_may_ask_at_a_time(index: Index) -> None:
    texts = ["Smart Water", "Smrat Water", "Straße", "Strategie", "xyzzyx", "Kiezboxen", "SKzl", "Beirat Hochwasser"]
    expected = [find(index, text, "de", 20) for text in texts]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: find(index, text, "de", 20), texts * 20))

    assert found == expected * 20


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_any_text_is_a_question(index: Index, text: str) -> None:
    for found in (find(index, text, "de", 20), complete(index, text, "en", 8)):
        assert_sound(index, found)


@settings(deadline=None, max_examples=150)
@given(text=st.one_of(st.text(max_size=60), st.text("abeinrstuüöß *:-\"'()0", max_size=40)))
def test_any_text_at_all_is_a_question(index: Index, text: str) -> None:
    for found in (find(index, text, "de", 20), complete(index, text, "en", 8)):
        assert_sound(index, found)


def assert_sound(index: Index, found: Found) -> None:
    """Each mark is in its text, after the one before, and what is shown is short."""
    marker = Marker(index, found.words)
    for hit in found.hits:
        label, match = marker.label(hit.document, "de"), marker.match(hit.document, "de")
        assert "".join(piece for piece, _ in label.pieces()) == hit.document.label("de").value
        for excerpt in filter(None, (label, match)):
            places = [place for mark in excerpt.marks for place in mark]
            assert places == sorted(places)
            assert all(0 <= place <= len(excerpt.text.value) for place in places)
        assert match is None or len(match.text.value) <= LENGTH + len("…  …")


@pytest.mark.parametrize(
    ("text", "slug", "marked"),
    [
        ("buergerhaushalt", "pilot-smarte-partizipation", ["Bürgerhaushalt"]),
        ("smart water", "pilot-smart-water", ["Smart", "Water"]),
        ("Nutzung", "field-intelligente-datennutzung", ["Datennutzung"]),
        ("City Lab", "org-citylab-berlin", ["CityLAB"]),
        ("Smrat", "pilot-smart-water", ["Smart"]),
    ],
)
def test_what_matches_in_a_label_is_marked(index: Index, text: str, slug: str, marked: Sequence[str]) -> None:
    found = find(index, text, "de", 20)
    (hit,) = (hit for hit in found.hits if hit.document.iri.endswith(f"/{slug}"))
    pieces = Marker(index, found.words).label(hit.document, "de").pieces()

    assert [piece for piece, matches in pieces if matches] == marked


@pytest.mark.parametrize(
    ("text", "slug", "lang", "shown"),
    [
        ("SKzl", "org-senatskanzlei", "en", "SKzl"),
        ("SenUMVK", "org-sen-mvku", "de", "SenUMVK"),
        ("Klosterstrasse", "proposal-coworking-raeume", "de", "Finanzverwaltung, Klosterstraße"),
    ],
)
def test_a_hit_shows_the_text_that_matches(index: Index, text: str, slug: str, lang: str, shown: str) -> None:
    found = find(index, text, lang, 20)
    (hit,) = (hit for hit in found.hits if hit.document.iri.endswith(f"/{slug}"))
    match = Marker(index, found.words).match(hit.document, lang)

    assert match
    assert match.text.value == shown
    assert match.marks


def test_a_long_text_is_cut_around_what_matches(index: Index) -> None:
    found = find(index, "Hochwasser- und Starkregenrisiken", "de", 1)
    match = Marker(index, found.words).match(found.hits[0].document, "de")

    assert match
    assert match.text.value.startswith("… ")
    marked = [piece for piece, matches in match.pieces() if matches]
    assert marked == ["Hochwasser", "Starkregenrisiken"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("s", "org-senatskanzlei"),
        ("smart w", "pilot-smart-water"),
        ("smrat w", "pilot-smart-water"),
        ("int dat", "field-intelligente-datennutzung"),
        ("Wegn", "person-kai-wegner"),
        ("skz", "org-senatskanzlei"),
        ("köpen", "district-treptow-koepenick"),
        ("koepen", "district-treptow-koepenick"),
    ],
)
def test_a_text_that_is_being_typed_is_completed(index: Index, text: str, slug: str) -> None:
    assert slug in slugs(complete(index, text, "de", 8))


def test_an_index_of_nothing_finds_nothing() -> None:
    empty = indexed([], Classes({}, {}))

    assert find(empty, "Smart Water", "de", 20).how == "none"
    assert complete(empty, "Smart Water", "de", 20).how == "none"


def test_a_label_of_ten_thousand_letters_is_found_and_cut() -> None:
    long = "Wort " * 2_000 + "x" * 10_000
    index = made(f'<{{id}}long> a <{{gdb}}Measure> ; skos:prefLabel "{long}"@de ; skos:altLabel "kurz" .')

    for text in ("kurz", "Wort", "x" * 10_000):
        found = find(index, text, "de", 5)
        assert "long" in slugs(found)
        assert_sound(index, found)
