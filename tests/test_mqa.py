"""The score of the metadata quality assessment: each indicator counts what it says, no more."""

import pyoxigraph as ox
import pytest

from gdb_graph.catalog import mqa
from gdb_graph.terms import DCAT, DCT
from tests.offers import BARE, FULL, URL, offered, triples, without

FEED = triples(offered())
GRAPH = f"{URL}/datasets/graph"
DIMENSIONS = {
    "findability": 100,
    "accessibility": 100,
    "interoperability": 110,
    "reusability": 75,
    "contextuality": 20,
}


def score(feed: list[ox.Triple], compliant: bool = True, down: str = "") -> mqa.Score:
    """The score of the graph, where addresses that begin with `down` do not answer."""
    found = mqa.scores(feed, compliant, lambda address: not (down and address.startswith(down)))
    (mine,) = (each for each in found if each.dataset == GRAPH)
    return mine


def lost(scored: mqa.Score) -> dict[str, int]:
    """The indicators that did not get all their points, with how many are missing."""
    return {each.indicator: each.of - each.points for each in scored.points if each.points < each.of}


def test_the_points_add_up_as_the_portal_says() -> None:
    assert {name: score(FEED).of(name)[1] for name in DIMENSIONS} == DIMENSIONS
    assert sum(DIMENSIONS.values()) == mqa.FULL == 405


def test_our_catalogue_gets_at_least_390_for_each_dataset() -> None:
    scores = mqa.scores(FEED, True, lambda _: True)

    assert [each.dataset for each in scores] == [f"{URL}/datasets/{name}" for name in ("graph", "ontology", "tables")]
    assert {each.total for each in scores} == {395}
    assert {each.rating for each in scores} == {"excellent"}


def test_only_the_licence_is_not_from_the_list_of_the_eu() -> None:
    assert lost(score(FEED)) == {"license-listed": 10}


def test_without_a_contact_there_are_fewer_points() -> None:
    assert lost(score(triples(offered(BARE)))) == {"license-listed": 10, "contactPoint": 20}


@pytest.mark.parametrize(
    ("property_", "missing"),
    [
        (f"{DCAT}keyword", {"keyword": 30}),
        (f"{DCAT}theme", {"theme": 30}),
        (f"{DCT}spatial", {"spatial": 20}),
        (f"{DCT}temporal", {"temporal": 20}),
        (f"{DCAT}accessURL", {"accessURL-answers": 50}),
        (f"{DCAT}downloadURL", {"downloadURL": 20, "downloadURL-answers": 30}),
        (f"{DCT}format", {"format": 20, "format-listed": 10, "non-proprietary": 20, "machine-readable": 20}),
        (f"{DCAT}mediaType", {"mediaType": 10, "format-listed": 10}),
        (f"{DCT}license", {"license": 20}),
        (f"{DCT}accessRights", {"accessRights": 10, "accessRights-listed": 5}),
        (f"{DCAT}contactPoint", {"contactPoint": 20}),
        (f"{DCT}publisher", {"publisher": 10}),
        (f"{DCT}rights", {"rights": 5}),
        (f"{DCAT}byteSize", {"byteSize": 5}),
        (f"{DCT}issued", {"issued": 5}),
        (f"{DCT}modified", {"modified": 5}),
    ],
)
def test_what_is_missing_costs_its_points(property_: str, missing: dict[str, int]) -> None:
    found = lost(score(without(FEED, property_)))

    assert found == {"license-listed": 10} | missing


def test_what_does_not_comply_costs_its_points() -> None:
    assert lost(score(FEED, compliant=False)) == {"license-listed": 10, "compliance": 30}


def test_a_file_that_does_not_answer_costs_its_points_unless_another_does() -> None:
    assert lost(score(FEED, down=f"{URL}/dumps/0123456789abcdef0123456789abcdef/gdb-graph.ttl")) == {
        "license-listed": 10
    }
    assert lost(score(FEED, down=f"{URL}/dumps/")) == {
        "license-listed": 10,
        "accessURL-answers": 50,
        "downloadURL-answers": 30,
    }


def test_of_the_distributions_one_alone_is_counted() -> None:
    """A format of one and the size of another do not add up."""
    feed = [
        each
        for each in FEED
        if each.predicate.value not in (f"{DCT}format", f"{DCAT}byteSize")
        or (each.predicate.value == f"{DCT}format") == ("gdb-graph.ttl" in each.subject.value)  # type: ignore[union-attr]
    ]
    assert lost(score(feed)) == {"license-listed": 10, "byteSize": 5}


def test_a_dataset_without_distributions_has_points_of_its_own_alone() -> None:
    scored = score(without(FEED, f"{DCAT}distribution"))

    assert scored.of("accessibility") == (0, 100)
    assert scored.of("findability") == (100, 100)


@pytest.mark.parametrize(
    ("total", "rating"),
    [
        (405, "excellent"),
        (351, "excellent"),
        (350, "good"),
        (221, "good"),
        (220, "sufficient"),
        (121, "sufficient"),
        (120, "bad"),
        (0, "bad"),
    ],
)
def test_the_rating_is_the_word_of_the_portal(total: int, rating: str) -> None:
    assert mqa.Score("", [mqa.Points("", "", total, 405)]).rating == rating


def test_nothing_is_scored_where_there_is_no_dataset() -> None:
    assert mqa.scores([], True, lambda _: True) == []


def test_settings_do_not_change_what_is_described() -> None:
    assert {each.dataset for each in mqa.scores(triples(offered(FULL)), True, bool)} == {
        each.dataset for each in mqa.scores(triples(offered(BARE)), True, bool)
    }
