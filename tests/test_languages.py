"""The language of a page: address before cookie before Accept-Language; the switch; dates and numbers in both."""

from urllib.parse import urlencode

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph.web import forms
from tests.serving import PUBLIC_URL, ask_app

HTML = {"Accept": "text/html"}


def told(path: str, **headers: str) -> str:
    """The language of a page."""
    given = HTML | {name.replace("_", "-"): value for name, value in headers.items()}
    return ask_app(path, ox.Store(), {}, given).headers["Content-Language"]


@pytest.mark.parametrize("path", ["/queries", "/nowhere"])
@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "shown"),
    [
        ("", "", "", "de"),
        ("", "", "fr", "de"),
        ("", "", "en-GB, de;q=0.5", "en"),
        ("", "gdb_language=en", "de", "en"),
        ("", "a=b; gdb_language=en; c=d", "", "en"),
        ("", "gdb_language=fr", "en", "en"),
        ("", "not_gdb_language=en", "de", "de"),
        ("", "gdb_language=english", "de", "de"),
        ("?lang=de", "gdb_language=en", "en", "de"),
        ("?lang=fr", "gdb_language=en", "de", "en"),
    ],
)
def test_the_address_counts_before_the_cookie_before_the_browser(
    path: str, query: str, cookie: str, accepted: str, shown: str
) -> None:
    assert told(path + query, cookie=cookie, accept_language=accepted) == shown


def test_what_is_stored_is_not_shown_in_another_language(client: httpx.Client) -> None:
    """The store of answers knows what the cookie does, and nothing else of it."""
    path = "/queries/values"
    asked = [{}, {"Cookie": "gdb_language=en"}, {"Cookie": "gdb_language=de"}, {"Cookie": "tracking=1"}]
    for _ in range(2):
        answers = [client.get(path, headers=HTML | each) for each in asked]
        assert [each.headers["Content-Language"] for each in answers] == ["de", "en", "de", "de"]
        assert answers[0].headers["ETag"] == answers[3].headers["ETag"] != answers[1].headers["ETag"]
    client.cookies.clear()


def test_an_answer_says_that_the_cookie_matters_only_where_it_does(client: httpx.Client) -> None:
    page = client.get("/queries", headers=HTML)
    assert "Cookie" in page.headers["Vary"]
    again = client.get("/queries", headers=HTML | {"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.headers["Vary"]) == (304, page.headers["Vary"])
    assert "Cookie" not in client.get("/queries?lang=en", headers=HTML).headers["Vary"]
    assert "Cookie" not in client.get("/queries/values.csv").headers["Vary"]


def test_the_switch_keeps_the_choice_and_the_page() -> None:
    reply = ask_app("/language?to=en&back=/queries/a%3Fx%3D1%262%26lang%3Dde", ox.Store(), {})
    assert reply.status_code == 303
    assert reply.headers["Location"] == f"{PUBLIC_URL}/queries/a?x=1&2=&lang=en"
    assert reply.headers["Cache-Control"] == "no-store"
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith("gdb_language=en;")
    assert {"HttpOnly", "Secure", "Path=/graph/", "SameSite=lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "", "x", "/a\nb"])
def test_the_switch_leads_nowhere_else(back: str) -> None:
    reply = ask_app(f"/language?{urlencode({'to': 'en', 'back': back})}", ox.Store(), {})
    assert reply.status_code == 422
    assert reply.json()["parameter"] == "back"


@pytest.mark.parametrize(
    ("value", "de", "en"),
    [
        ("2023", "2023", "2023"),
        ("2023-02", "Februar 2023", "February 2023"),
        ("2023-02-05", "5. Februar 2023", "5 February 2023"),
        ("2026-11-23T07:45:00Z", "23. November 2026, 07:45", "23 November 2026, 07:45"),
        ("2023-13", "2023-13", "2023-13"),
        ("demnächst", "demnächst", "demnächst"),
    ],
)
def test_a_date_is_as_precise_as_it_is_stated(value: str, de: str, en: str) -> None:
    assert (forms.date(value, "de"), forms.date(value, "en")) == (de, en)


@pytest.mark.parametrize(
    ("value", "de", "en"),
    [
        ("7", "7", "7"),
        ("2023", "2023", "2023"),
        ("17500000", "17.500.000", "17,500,000"),
        ("-12345.5", "-12.345,5", "-12,345.5"),
        ("0.65", "0,65", "0.65"),
        ("65.0", "65", "65"),
        ("zwölf", "zwölf", "zwölf"),
    ],
)
def test_a_number_has_the_signs_of_its_language(value: str, de: str, en: str) -> None:
    assert (forms.number(value, "de"), forms.number(value, "en")) == (de, en)


def test_a_sum_names_its_currency() -> None:
    assert forms.money("17500000", "EUR", "de") == "17.500.000 €"
    assert forms.money("17500000", "EUR", "en") == "€17,500,000"
    assert forms.money("5", "CHF", "en") == "CHF 5"
    assert forms.money("5", "", "de") == "5"


@pytest.mark.parametrize(
    ("since", "until", "de", "en"),
    [
        ("2022-01", "2024-12", "Januar 2022 – Dezember 2024", "January 2022 – December 2024"),
        ("2022", "", "seit 2022", "since 2022"),
        ("", "2022", "bis 2022", "until 2022"),
        ("2022", "2022", "2022", "2022"),
        ("", "", "", ""),
    ],
)
def test_a_period_may_have_one_end(since: str, until: str, de: str, en: str) -> None:
    assert (forms.period(since, until, "de"), forms.period(since, until, "en")) == (de, en)
