"""Every IRI of ours, in every format, leads to all others: Link, Content-Location, Vary, ETag, Last-Modified, 304."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from gdb_graph import build, content
from gdb_graph import snapshot as snapshot_door
from gdb_graph.formats import GRAPHS
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import DEFAULT_BASE
from tests.conftest import Running, start, stop
from tests.contents import HEAD, NOW, copy, write

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TYPES = {"html": "text/html", **GRAPHS}
# What has an IRI: its path, where its page is, and where its data is without the suffix.
NAMED = {
    "id/pilot-kiezbox": ("/page/pilot-kiezbox", "/data/pilot-kiezbox"),
    "vocab/role": ("/vocab/role", "/vocab/role"),
    "vocab/role/lead": ("/vocab/role/lead", "/vocab/role/lead"),
    "graph/src-citylab-stadtgremium": ("/page/src-citylab-stadtgremium", "/graph/src-citylab-stadtgremium"),
    "graph/curated": ("/graph/curated", "/graph/curated"),
    "graph/ontology": ("/ontology", "/graph/ontology"),
    "ontology": ("/ontology", "/ontology"),
    "shapes": ("/shapes", "/shapes"),
}
_LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')

Links = Mapping[str, Sequence[tuple[str, str]]]


def linked(response: httpx.Response) -> Links:
    """The Link header: by relation the addresses with their media types."""
    found: dict[str, list[tuple[str, str]]] = {}
    header = response.headers["Link"]
    for address, relation, media_type in _LINK.findall(header):
        found.setdefault(relation, []).append((address, media_type))
    assert ", ".join(match.group() for match in _LINK.finditer(header)) == header
    return found


def asked(service: Running, name: str, media_type: str) -> httpx.Response:
    """What answers for an IRI in a media type, redirects followed."""
    response = service.client.get(f"/{name}", headers={"Accept": media_type}, follow_redirects=True)
    assert response.status_code == 200, response.text
    return response


@pytest.fixture(params=[(name, form) for name in NAMED for form in TYPES], ids=lambda pair: f"{pair[0]}-{pair[1]}")
def form(request: pytest.FixtureRequest, service: Running) -> Iterator[tuple[str, str, httpx.Response]]:
    """Each name in each of its forms."""
    name, suffix = request.param
    yield name, suffix, asked(service, name, TYPES[suffix])


def test_each_form_has_its_own_address_and_says_what_it_is(
    service: Running, form: tuple[str, str, httpx.Response]
) -> None:
    name, suffix, response = form
    page, data = NAMED[name]
    own = f"{service.url}{page}" if suffix == "html" else f"{service.url}{data}.{suffix}"
    assert response.headers["Content-Type"].partition(";")[0] == TYPES[suffix]
    assert "Accept" in response.headers["Vary"]
    if not (name.startswith("graph/") and suffix == "html"):  # led to a page that is not the graph's own
        assert response.headers.get("Content-Location") == (None if suffix == "html" else own)
        assert linked(response)["canonical"] == [(own, "")]
    alone = service.client.get(urlsplit(own).path)
    if suffix != "html":
        assert alone.content == response.content
        assert alone.headers["Content-Type"] == response.headers["Content-Type"]


def test_each_form_names_all_others(service: Running, form: tuple[str, str, httpx.Response]) -> None:
    name, suffix, response = form
    found, (_, data) = linked(response), NAMED[name]
    if name.startswith("graph/") and suffix == "html":
        pytest.skip("its page is that of the source, or of the ontology")
    addresses = {media_type: f"{service.url}{data}.{each}" for each, media_type in GRAPHS.items()}
    others = {media_type for media_type in TYPES.values() if media_type != TYPES[suffix]}
    assert {media_type for _, media_type in found["alternate"]} == others
    assert found["license"] == [(LICENCE, "")]
    assert found["cite-as"] == [(f"{DEFAULT_BASE}{name}", "")]
    assert found["collection"] == [(f"{service.url}/datasets/graph", "")]
    if suffix == "html":
        assert {media_type: address for address, media_type in found["describedby"]} == addresses
        assert ("https://schema.org/AboutPage", "") in found["type"]
    else:
        assert found["describes"] == [(f"{DEFAULT_BASE}{name}", "")]


def test_every_signpost_leads_to_what_it_says(service: Running) -> None:
    seen: dict[str, str] = {}
    for name in NAMED:
        for suffix in ("html", "ttl"):
            found = linked(asked(service, name, TYPES[suffix]))
            seen |= dict([*found["alternate"], *found.get("describedby", ()), *found["canonical"]])
            seen |= dict(found["collection"])
    assert len(seen) > 30
    for address, media_type in seen.items():
        assert address.startswith(f"{service.url}/")
        response = service.client.get(address.removeprefix(service.url), headers={"Accept": media_type or "*/*"})
        assert response.status_code in ((200, 303) if media_type == "text/html" else (200,)), address
        if media_type and response.status_code == 200:
            assert response.headers["Content-Type"].partition(";")[0] == media_type


def test_the_way_from_a_name_has_signposts_too(service: Running) -> None:
    for method in ("GET", "HEAD"):
        response = service.client.request(method, "/id/pilot-kiezbox", headers={"Accept": "text/html"})
        found = linked(response)
        assert response.status_code == 303
        assert found["cite-as"] == [(f"{DEFAULT_BASE}id/pilot-kiezbox", "")]
        assert len(found["describedby"]) == len(GRAPHS)
        assert "canonical" not in found


@pytest.mark.parametrize(
    ("accept", "path"),
    [("text/html", "/page/pilot-kiezbox"), ("text/html", "/ontology"), ("text/html", "/graph/curated")]
    + [("*/*", f"{path}.{suffix}") for path in ("/data/pilot-kiezbox", "/vocab/role", "/shapes") for suffix in GRAPHS],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_that_has_it_is_told_so(
    service: Running, snapshot: Snapshot, path: str, accept: str, method: str
) -> None:
    headers = {"Accept": accept, "User-Agent": f"{method} of {path}"}
    first = service.client.request(method, path, headers=headers)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert not tag.startswith("W/")
    changed = max(datetime.fromisoformat(each["modified"]) for each in snapshot.manifest["editions"].values())
    assert parsedate_to_datetime(modified) == changed

    def again(**conditions: str) -> httpx.Response:
        told = {name.replace("_", "-"): value for name, value in conditions.items()}
        return service.client.request(method, path, headers=headers | told)

    for known in (again(If_None_Match=tag), again(If_Modified_Since=modified)):
        assert (known.status_code, known.content) == (304, b"")
        assert known.headers["ETag"] == tag
        assert "Accept" in known.headers["Vary"]
    # The tag goes before the date (RFC 9110, 13.1.3); another date than ours is one of another snapshot.
    for other in (
        again(If_None_Match='"other"', If_Modified_Since=modified),
        again(If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT"),
        again(If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT"),
        again(If_Modified_Since="yesterday"),
    ):
        assert other.status_code == 200


def test_a_first_question_with_the_right_date_is_answered_304_and_not_kept_so(service: Running) -> None:
    modified = service.client.get("/data/pilot-kiezbox.ttl").headers["Last-Modified"]
    path = "/data/pilot-smart-water.rdf"
    known = service.client.get(path, headers={"If-Modified-Since": modified})
    assert (known.status_code, known.content) == (304, b"")
    full = service.client.get(path)
    assert full.status_code == 200
    assert full.content
    assert full.headers["ETag"] == known.headers["ETag"]


def test_the_iri_of_the_version_leads_to_the_ontology(service: Running, snapshot: Snapshot) -> None:
    iri = snapshot.manifest["dataset"]["ontology"]["version_iri"]
    response = service.client.get(f"/{iri.removeprefix(DEFAULT_BASE)}")
    assert (response.status_code, response.headers["Location"]) == (303, f"{service.url}/ontology")
    other = service.client.get("/ontology/99.0.0")
    assert other.status_code == 404
    assert snapshot.manifest["dataset"]["ontology"]["version"] in other.json()["detail"]


def test_the_namespace_of_the_lists_leads_to_all_of_them(service: Running) -> None:
    response = service.client.get("/vocab/")
    assert (response.status_code, response.headers["Location"]) == (303, f"{service.url}/graph/vocab")


def test_another_build_of_the_same_files_changes_no_date(tmp_path: Path) -> None:
    """And one of other files does, so that who asks by date gets what is new."""
    changed = copy(tmp_path)
    seen: list[str] = []
    for number, text in enumerate(("Lampion", "Lampion", "Laternchen"), 1):
        write(changed, "data/curated/more.ttl", f'{HEAD}id:pilot-lantern skos:altLabel "{text}"@de .')
        build.build(content.resolve(changed), tmp_path / "out", NOW + timedelta(days=number))
        running = start("--snapshot", str(snapshot_door.current(tmp_path / "out")))
        try:
            first = running.client.get("/data/pilot-lantern.nt")
            since = {"If-Modified-Since": seen[-1]} if seen else {}
            seen.append(first.headers["Last-Modified"])
            again = running.client.get("/data/field-moonlight.nt", headers=since)
            assert again.status_code == (304 if number == 2 else 200)
        finally:
            stop(running)
    assert seen[0] == seen[1] != seen[2]
