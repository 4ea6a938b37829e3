"""What a browser is told of every page there is, and that each page holds to it: no script and no style of its own."""

import httpx

from gdb_graph.snapshot import Snapshot
from tests.test_every_path import ADDRESSES, WRONG
from tests.test_pages import HTML, PAGES, PROBLEMS, Page

ALL = dict.fromkeys([*ADDRESSES.values(), *WRONG, *PAGES, *PROBLEMS])
DOCUMENTS = ("text/html", "image/svg+xml")
# What a page may use: files of this host, and data: for pictures alone.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def test_every_document_is_under_the_policy_and_holds_to_it(client: httpx.Client, snapshot: Snapshot) -> None:
    documents = 0
    for target in ALL:
        response = client.get(target.replace("{id}", snapshot.id), headers=HTML)
        if not response.headers.get("Content-Type", "").startswith(DOCUMENTS):
            continue  # data, which no browser renders
        documents += 1
        stated = [part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";")]
        assert {name: sources for name, _, sources in stated} == POLICY, target
        assert response.headers["X-Content-Type-Options"] == "nosniff", target
        assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin", target
        page = Page(response.text)
        assert page.faults == [], target  # an inline script, a style attribute and an on… attribute are faults
        assert "style" not in page.tags, target
    assert documents > 60
