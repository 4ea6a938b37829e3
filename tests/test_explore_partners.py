"""Who should come together: golden cases by hand from the real content, and what holds for every need."""

import math

import pyoxigraph as ox
import pytest

from gdb_graph.explore.actors import ORGANISATION, Actors, actors
from gdb_graph.explore.criteria import CRITERIA, NOTHING, Need, Part
from gdb_graph.explore.network import Network
from gdb_graph.explore.partners import WEIGHTS, Partner, Ranking, rank
from gdb_graph.terms import GDB, Names
from tests.networks import network_of, slug, slugs

DATA_IN_PANKOW = ("field-intelligente-datennutzung", "district-pankow")


@pytest.fixture(scope="module")
def real(store: ox.Store, names: Names) -> Network:
    return network_of(store, names)


@pytest.fixture(scope="module")
def who(real: Network) -> Actors:
    return actors(real)


@pytest.fixture(scope="module")
def data_in_pankow(who: Actors, names: Names) -> Ranking:
    """A new undertaking on Intelligente Datennutzung in Pankow."""
    field, district = DATA_IN_PANKOW
    return rank(who, Need((names.thing(field),), (names.thing(district),)))


@pytest.fixture(scope="module")
def smart_water(who: Actors, names: Names) -> Ranking:
    return rank(who, Need(undertaking=names.thing("pilot-smart-water")))


def partner(ranking: Ranking, name: str) -> Partner:
    (found,) = (each for each in ranking.partners if slug(each.iri) == name)
    return found


def part(ranking: Ranking, name: str, criterion: str) -> Part:
    (found,) = (each for each in partner(ranking, name).parts if each.criterion == criterion)
    return found


def ways(found: Part) -> set[str]:
    return {" ".join(slugs(reason.way.things)) for reason in found.reasons}


# Intelligente Datennutzung in Pankow: three undertakings address the field, one takes place in the district


def test_the_first_are_those_with_experience_and_work_in_the_district(data_in_pankow: Ranking) -> None:
    assert [(slug(each.iri), each.score) for each in data_in_pankow.partners[:4]] == [
        # (3 · experience + 2 · local + 1 · bridge) / 6
        ("org-sen-sbw", round((3 * 1 / 2 + 2 * 1 / 2 + 4 / 4) / 6, 4)),
        ("org-technologiestiftung-berlin", round((3 * 1 / 2 + 2 * 1 / 2 + 4 / 5) / 6, 4)),
        ("org-senatskanzlei", round((3 * 3 / 4 + 2 * 0 + 3 / 4) / 6, 4)),
        ("org-ba-pankow", round((3 * 0 + 2 * 1 + 3 / 4) / 6, 4)),
    ]
    assert data_in_pankow.applied == ("experience", "local", "bridge")


def test_experience_counts_undertakings_and_says_which(data_in_pankow: Ranking) -> None:
    """The chancellery leads two, and the CDO, a post in it, answers for a part of the third."""
    found = part(data_in_pankow, "org-senatskanzlei", "experience")

    assert found.points == 3 / 4
    field = DATA_IN_PANKOW[0]
    assert ways(found) == {
        f"org-senatskanzlei measure-data-hub {field}",
        f"org-senatskanzlei measure-dateninfrastruktur {field}",
        f"org-senatskanzlei post-cdo measure-opendata-portal {field}",
    }
    assert all(edge.evidence for reason in found.reasons for step in reason.way.steps for edge in step.edges)


def test_the_office_of_the_district_is_local_by_itself(data_in_pankow: Ranking) -> None:
    found = part(data_in_pankow, "org-ba-pankow", "local")

    assert (found.points, ways(found)) == (1.0, {"org-ba-pankow district-pankow"})
    assert ways(part(data_in_pankow, "org-kwb", "local")) == {"org-kwb pilot-smart-water district-pankow"}


def test_what_is_not_recorded_gives_no_points_and_says_so(data_in_pankow: Ranking) -> None:
    assert part(data_in_pankow, "org-ba-pankow", "experience") == Part("experience", 0.0, (), NOTHING)
    assert part(data_in_pankow, "org-ba-pankow", "shared").remark == "no_undertaking"


def test_a_bridge_is_shown_by_one_way_to_each_other_sector(data_in_pankow: Ranking) -> None:
    """The district office works with science, civil society and public enterprises on Smart Water, with no business."""
    found = part(data_in_pankow, "org-ba-pankow", "bridge")

    assert found.points == 3 / 4
    assert slugs(reason.about for reason in found.reasons) == ["civil-society", "public-enterprise", "science"]
    assert {way.split()[:2][1] for way in ways(found)} <= {"pilot-smart-water", "initiative-city-challenge-2025"}


# Smart Water


def test_those_already_involved_are_marked_and_all_there(smart_water: Ranking) -> None:
    """By hand; the environment department of 2022 has become that of 2023, which is involved itself."""
    assert {slug(each.iri) for each in smart_water.partners if each.is_involved} == {
        "org-ba-friedrichshain-kreuzberg",
        "org-ba-pankow",
        "org-berliner-wasserbetriebe",
        "org-bmwsb",
        "org-citylab-berlin",
        "org-kwb",
        "org-regenwasseragentur",
        "org-sen-mvku",
        "org-sen-sbw",
        "org-technologiestiftung-berlin",
        "unit-stabsstelle-gemeinsam-digital",
    }


def test_what_the_undertaking_itself_gave_is_no_experience_and_not_shared(smart_water: Ranking) -> None:
    for each in smart_water.partners:
        for found in each.parts:
            if found.criterion in ("experience", "shared", "local"):
                assert not any("pilot-smart-water" in way for way in ways(found))


def test_business_is_missing_and_contractors_too(smart_water: Ranking) -> None:
    """Nobody involved is of the sector business, and nobody is a contractor; AG.URBAN is both, with one undertaking."""
    found = part(smart_water, "org-ag-urban", "complement")

    assert found.points == (1 + 1 / 2) / 2
    assert slugs(reason.about for reason in found.reasons) == ["business", "contractor"]
    assert part(smart_water, "org-kwb", "complement").remark == NOTHING


def test_shared_undertakings_name_someone_involved(smart_water: Ranking) -> None:
    """AG.URBAN works in one other undertaking with CityLAB."""
    assert ways(part(smart_water, "org-ag-urban", "shared")) == {
        "org-ag-urban pilot-smarte-partizipation org-citylab-berlin"
    }


def test_what_the_undertaking_is_about_is_added_to_the_need(smart_water: Ranking) -> None:
    assert set(slugs(smart_water.need.topics)) == {
        "field-effektive-verwaltungsprozesse",
        "field-partizipative-governance",
        "field-regeneration-natuerlicher-ressourcen",
    }
    assert set(slugs(smart_water.need.places)) == {"district-friedrichshain-kreuzberg", "district-pankow"}


# Every need


NEEDS = [
    Need(topics=("field-begegnungs-und-lernorte",)),
    Need(topics=("value-resilient", "field-buergerservices"), places=("district-mitte",)),
    Need(undertaking="pilot-kiezbox"),
    Need(places=("district-spandau",), undertaking="measure-kapazitaeten"),
]


def needed(need: Need, names: Names) -> Need:
    topics, places = (tuple(map(names.thing, each)) for each in (need.topics, need.places))
    return Need(topics, places, names.thing(need.undertaking) if need.undertaking else "")


@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_points_have_reasons_that_lead_from_the_partner(who: Actors, names: Names, need: Need) -> None:
    ranking = rank(who, needed(need, names))

    assert ranking.partners
    for each in ranking.partners:
        assert [found.criterion for found in each.parts] == list(CRITERIA)
        for found in each.parts:
            assert 0 <= found.points <= 1
            assert bool(found.points) == bool(found.reasons) != bool(found.remark)
            for reason in found.reasons:
                assert reason.way.things[0] == each.iri
                assert all(step.edges for step in reason.way.steps)


@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_only_organisations_of_today_are_partners_and_no_person_is_a_reason(
    who: Actors, real: Network, names: Names, need: Need
) -> None:
    for each in rank(who, needed(need, names)).partners:
        assert ORGANISATION in real.things[each.iri].kinds
        on_the_way = {thing for found in each.parts for reason in found.reasons for thing in reason.way.things}
        assert not [
            thing for thing in on_the_way if thing in real.things and f"{GDB}Person" in real.things[thing].kinds
        ]
    assert not {"org-sen-umvk", "org-sen-uvk", "org-bmi"} & set(slugs(who.work))
    # These two follow one another in a circle: neither is past.
    assert {"org-sen-innds", "org-sen-inn-sport"} <= set(slugs(who.work))


@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_the_score_is_the_weighted_mean_and_the_order_follows_it(who: Actors, names: Names, need: Need) -> None:
    weights = {**WEIGHTS, "experience": 0.5, "bridge": 7.0, "local": 0.0}
    ranking = rank(who, needed(need, names), weights)
    scores = [each.score for each in ranking.partners]

    assert scores == sorted(scores, reverse=True)
    for each in ranking.partners:
        counted = [found for found in each.parts if found.criterion in ranking.applied]
        whole = sum(weights[found.criterion] for found in counted)
        mean = sum(weights[found.criterion] * found.points for found in counted) / whole
        assert math.isclose(each.score, mean, abs_tol=1e-4)
    assert "local" not in ranking.applied


def test_what_a_predecessor_did_counts_for_the_successor(who: Actors, names: Names) -> None:
    """The environment department of 2022 is a partner in the charging of vehicles; that of 2023 took over its tasks."""
    way = who.work[names.thing("org-sen-mvku")][names.thing("measure-ladeinfrastruktur")]

    assert slugs(way.things) == ["org-sen-mvku", "org-sen-umvk", "measure-ladeinfrastruktur"]


def test_without_any_weight_there_is_no_ranking(who: Actors) -> None:
    with pytest.raises(ValueError, match="weight"):
        rank(who, Need(), dict.fromkeys(WEIGHTS, 0.0))


def test_it_is_the_same_each_time(store: ox.Store, names: Names, smart_water: Ranking) -> None:
    again = rank(actors(network_of(store, names)), Need(undertaking=names.thing("pilot-smart-water")))

    assert again == smart_water
