"""What is equal to the search: spellings fold into one, typos are counted, and nothing depends on how often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.search.analysis import LONGEST, fold, tokens
from gdb_graph.search.spelling import distance, nearest

TEXTS = st.one_of(st.text(), st.text("aeouinrtqBI äöß:*(/-'\u00ad\u0308"))
WORDS = st.text("abc", max_size=8)


@pytest.mark.parametrize(
    "spellings",
    [
        ["Bürger", "Buerger", "BÜRGER", "Burger", "Bu\u0308rger", "Bür\u00adger", "\u200eBürger\u200f"],
        ["Bürger:innen", "Bürger*innen", "Bürger_innen", "Bürger/-innen", "Bürger(innen)", "BürgerInnen", "Bürger"],
        ["Bürgerinnen", "Buergerinnen", "Bürgerin", "Bürger:in", "BürgerIn", "Bürger"],
        ["Akteurin", "Akteur:in", "Akteur"],
        ["Bürger:innenhaushalt", "Bürger*innenhaushalt", "BürgerInnenhaushalt", "Bürgerhaushalt"],
        ["Regierende:r Bürgermeister:in", "Regierende Bürgermeister"],
        ["Straße", "STRASSE", "strasse", "Straẞe"],
        ["Köpenick", "Koepenick", "Kopenick"],
        ["Räume", "Raeume", "Raume"],
        ["Überblick", "Ueberblick"],
        ["Smart-City-Strategie", "Smart City Strategie", "smart – city / strategie"],
        ["e.V.", "e. V.", "E V"],
        ["ﬁnden", "finden"],
        ["Berlin's", "Berlin’s", "Berlin"],
        ["Café", "Cafe\u0301", "cafe"],
    ],
    ids=lambda spellings: spellings[0],
)
def test_these_are_the_same(spellings: list[str]) -> None:
    assert {fold(each) for each in spellings} == {fold(spellings[0])}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Quelle, Bauen, neue Steuer", "quelle bauen neue steuer"),  # no umlauts, though ue stands there
        ("GD:B", "gd b"),
        ("SenInnDS", "seninnds"),
        ("Gemeinsam Digital:Initiative", "gemeinsam digital initiative"),
        ("beginnen, gewinnen, Berlin, Termin, Martin", "beginnen gewinnen berlin termin martin"),
        ("2022-14236", "2022 14236"),
        ("💧 ! ?", ""),
        ("", ""),
    ],
)
def test_these_stay_apart(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(TEXTS)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_case_and_composition_of_letters_do_not_matter_to_plain_words(text: str) -> None:
    plain = fold(text)

    assert fold(plain.upper()) == fold(plain)


@given(TEXTS)
def test_words_stand_where_they_say(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert at <= token.start < token.end <= len(text)
        assert 0 < len(token.word) <= LONGEST
        assert token.word in fold(text[token.start : token.end]).split()
        at = token.start


@given(WORDS, WORDS, st.integers(0, 8))
def test_typos_count_the_same_from_both_sides(one: str, other: str, most: int) -> None:
    away = distance(one, other, most)

    assert (away == 0) == (one == other)
    assert min(away, most + 1) == min(distance(other, one, most), most + 1)
    assert away <= max(len(one), len(other), most + 1)


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [("smrat", "smart", 1), ("watre", "water", 1), ("", "ab", 2), ("abc", "abc", 0), ("kitten", "sitting", 3)],
)
def test_typos_are_counted(one: str, other: str, away: int) -> None:
    assert distance(one, other, 9) == away


@given(WORDS, st.integers(0, 7))
def test_one_wrong_letter_is_one_typo(word: str, at: int) -> None:
    assert distance(word, f"{word[:at]}x{word[at + 1 :]}", 9) <= 1


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("smrat", "Smart"),
        ("wassr", "Wasser"),
        ("smartwatre", "Smart Water"),  # two words as one
        ("abc", ""),  # too short to be wrong
        ("xyzzyx", ""),
        ("strase", "Straße"),
    ],
)
def test_the_nearest_word_is_written_as_it_stands(word: str, known: str) -> None:
    assert nearest(word, ["Smart Water", "Abd", "Wasser, Wasser, Wassen", "Straße"]) == known
