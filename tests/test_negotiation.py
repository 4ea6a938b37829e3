"""Which media type an Accept header gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdb_graph.negotiation import best

TURTLE, JSON, CSV, HTML = "text/turtle", "application/json", "text/csv", "text/html"
OFFERED = (TURTLE, JSON, CSV, HTML)
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
CURL_JSON = "application/json"
YASGUI = "application/json,*/*;q=0.9"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        pytest.param(None, TURTLE, id="no header takes the first offer"),
        pytest.param("", TURTLE, id="an empty header takes the first offer"),
        pytest.param("*/*", TURTLE, id="everything takes the first offer"),
        pytest.param("*", TURTLE, id="a lone star is everything"),
        pytest.param("*; q=.2", TURTLE, id="a lone star with a quality is everything"),
        pytest.param("text/csv", CSV, id="the one named"),
        pytest.param("TEXT/CSV", CSV, id="case does not matter"),
        pytest.param(" text/csv ; q=1.0 ", CSV, id="blanks do not matter"),
        pytest.param("text/csv; charset=utf-8", CSV, id="other parameters do not matter"),
        pytest.param("text/csv;charset=utf-8;q=0.1, application/json;q=0.2", JSON, id="q after other parameters"),
        pytest.param("text/csv;Q=0.1, application/json;Q=0.2", JSON, id="Q in capitals"),
        pytest.param("application/json, text/csv", JSON, id="among equals the earlier offer, JSON named first"),
        pytest.param("text/csv, application/json", JSON, id="among equals the earlier offer, JSON named last"),
        pytest.param("text/csv;q=0.9, application/json;q=0.8", CSV, id="the higher quality"),
        pytest.param("text/csv;q=0.001", CSV, id="a low quality is better than none"),
        pytest.param("text/csv, */*;q=0.1", CSV, id="the named before the rest"),
        pytest.param("application/*", JSON, id="a family"),
        pytest.param("text/*;q=0.3, application/*;q=0.5", JSON, id="the family with the higher quality"),
        pytest.param("text/*, text/turtle;q=0.1", CSV, id="the more specific range counts, though it is lower"),
        pytest.param("*/*, text/*;q=0.1", JSON, id="a family goes before everything"),
        pytest.param("*/*, text/turtle;q=0", JSON, id="q=0 forbids"),
        pytest.param("text/csv;q=0", None, id="q=0 alone leaves nothing"),
        pytest.param("*/*;q=0", None, id="everything forbidden"),
        pytest.param("text/*;q=0, */*", JSON, id="a family forbidden"),
        pytest.param("text/csv;q=0.1, text/csv;q=0.9, application/json;q=0.5", CSV, id="named twice: the better"),
        pytest.param(JAVA, HTML, id="Java's default"),
        pytest.param("image/gif, *; q=.2, */*; q=.2", TURTLE, id="Java's default without HTML"),
        pytest.param(FIREFOX, HTML, id="Firefox and Safari"),
        pytest.param(CHROME, HTML, id="Chrome"),
        pytest.param("image/png", None, id="nothing that is offered"),
        pytest.param("nonsense, text/csv", CSV, id="nonsense is passed over"),
        pytest.param(",, ;;, a/b/c, /, text/csv", CSV, id="empty parts are passed over"),
        pytest.param("text/csv;q=, application/json;q=0.1", JSON, id="a q without number is no wish"),
        pytest.param("text/csv;q=nan, application/json;q=0.1", JSON, id="q=nan is no wish"),
        pytest.param("text/csv;q=-1, application/json;q=0.1", JSON, id="a negative q is no wish"),
        pytest.param("text/csv;q=inf, application/json", JSON, id="q=inf is not more than 1"),
        pytest.param("text/csv;q=7, application/json", JSON, id="q=7 is not more than 1"),
        pytest.param("text/csv;header=present", CSV, id="a parameter of the offer"),
        pytest.param('text/csv;x="a,b;q=1";q=0.1, application/json;q=0.2', JSON, id="commas in quotes"),
        pytest.param('text/csv;x="a\\",b";q=0.1, application/json;q=0.2', JSON, id="nor after an escaped quote"),
        pytest.param('application/json;q=0.1, text/csv;x="a, b', CSV, id="a quote that is never closed"),
        pytest.param("text/html;q=0.9;level=1, text/csv", CSV, id="a parameter after q"),
        pytest.param("application/ld+json;q=1, application/*+json", None, id="a suffix is no range"),
        pytest.param("*/csv, */json", None, id="half a star is no range"),
        pytest.param("text/html;q=0, */*;q=0.1", TURTLE, id="all but pages"),
        pytest.param(CURL_JSON, JSON, id="curl --json"),
        pytest.param(YASGUI, JSON, id="YASGUI"),
    ],
)
def test_the_best_offer(accept: str | None, chosen: str | None) -> None:
    assert best(accept, OFFERED) == chosen


def test_of_no_offers_none_is_best() -> None:
    assert best("*/*", ()) is None


PIECES = st.sampled_from(
    ["text/csv", "text/*", "*/*", "*", "q=", ";q=0.5", ";q=0", ",", ";", "=", "/", " ", "nan", "inf", '"', "\\"]
)


@given(st.one_of(st.none(), st.text(), st.lists(PIECES).map("".join)), st.lists(st.sampled_from(OFFERED), unique=True))
def test_any_header_gets_an_offer_or_none(accept: str | None, offered: list[str]) -> None:
    chosen = best(accept, tuple(offered))
    assert chosen is None or chosen in offered
