"""Dumps and tables over HTTP: every file as the manifest says, ranges and conditions, versions, and nothing else."""

import contextlib
import csv
import gzip
import hashlib
import http.client
import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox
import pytest

from gdb_graph import snapshot as door
from gdb_graph.build import export
from gdb_graph.errors import SnapshotError
from gdb_graph.queryfile import read_folder
from gdb_graph.snapshot import Snapshot
from gdb_graph.terms import Names
from tests.conftest import ROOT, Running, start, stop
from tests.serving import problem
from tests.test_pages import HTML, sound

TYPES = {
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples",
    "trig": "application/trig",
    "nq": "application/n-quads",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "gz": "application/gzip",
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/csvm+json",
}
FOREVER = "public, max-age=31536000, immutable"


def links(response: httpx.Response) -> dict[str, str]:
    """The targets of a Link header by relation."""
    parts = [part.split(">; ") for part in response.headers["Link"].split(", <")]
    return {rest.split('"')[1]: target.lstrip("<") for target, rest in parts}


@pytest.fixture
def dump(snapshot: Snapshot) -> str:
    """The address of one dump."""
    return f"/dumps/{snapshot.id}/gdb-graph.ttl"


@pytest.fixture
def content(snapshot: Snapshot) -> bytes:
    """What is in that dump."""
    return (snapshot.folder / "dumps" / "gdb-graph.ttl").read_bytes()


# Every file


def test_every_file_is_what_the_manifest_says(service: Running, snapshot: Snapshot) -> None:
    told = service.client.get(f"/dumps/{snapshot.id}/manifest.json").json()

    assert told["id"] == snapshot.id
    assert told["contentHash"] == snapshot.manifest["content_hash"]
    assert len(told["distributions"]) == len(snapshot.manifest["distributions"])
    for entry in [*told["distributions"], *told["metadata"]]:
        assert entry["url"] == f"{service.url}/dumps/{snapshot.id}/{entry['name']}"
        head, got = service.client.head(entry["url"]), service.client.get(entry["url"])
        assert head.status_code == got.status_code == 200
        assert dict(head.headers) | {"date": ""} == dict(got.headers) | {"date": ""}
        assert got.headers["Content-Type"] == TYPES[entry["name"].rpartition(".")[2]]
        assert "Content-Encoding" not in got.headers
        assert int(head.headers["Content-Length"]) == len(got.content) == entry["bytes"]
        assert hashlib.sha256(got.content).hexdigest() == entry["sha256"]
        assert got.headers["ETag"] == f'"{entry["sha256"]}"'
        assert got.headers["Cache-Control"] == FOREVER
        assert got.headers["X-Snapshot"] == snapshot.id
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        made = datetime.fromisoformat(snapshot.manifest["created"])
        assert parsedate_to_datetime(got.headers["Last-Modified"]) == made


def test_a_packed_file_stays_packed(client: httpx.Client, dump: str, content: bytes) -> None:
    """Whatever a client can unpack on the way: what it keeps is the file that the checksum is of."""
    response = client.get(f"{dump}.gz", headers={"Accept-Encoding": "gzip"})

    assert response.content[:2] == b"\x1f\x8b"
    assert gzip.decompress(response.content) == content


# Conditions and ranges


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"If-None-Match": "{tag}"}, 304, id="the same tag"),
        pytest.param({"If-None-Match": '"x", W/{tag}'}, 304, id="one of several, weak"),
        pytest.param({"If-None-Match": "*"}, 304, id="any"),
        pytest.param({"If-None-Match": '"x"'}, 200, id="another tag"),
        pytest.param({"If-None-Match": '"x"', "If-Modified-Since": "{date}"}, 200, id="the tag goes before the date"),
        pytest.param({"If-Modified-Since": "{date}"}, 304, id="the same date"),
        pytest.param({"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200, id="an earlier date"),
        pytest.param({"If-Modified-Since": "yesterday"}, 200, id="no date"),
        pytest.param({"If-Match": "{tag}"}, 200, id="must be this: it is"),
        pytest.param({"If-Match": "*"}, 200, id="must be any"),
        pytest.param({"If-Match": '"x"'}, 412, id="must be another"),
        pytest.param({"If-Match": "W/{tag}"}, 412, id="a weak tag is never strong enough"),
        pytest.param({"If-Unmodified-Since": "{date}"}, 200, id="must not be newer: is not"),
        pytest.param({"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 412, id="must not be newer: is"),
        pytest.param({"Range": "bytes=0-9", "If-Range": "{tag}"}, 206, id="range of the same tag"),
        pytest.param({"Range": "bytes=0-9", "If-Range": "{date}"}, 206, id="range of the same date"),
        pytest.param({"Range": "bytes=0-9", "If-Range": '"x"'}, 200, id="range of another tag"),
        pytest.param({"Range": "bytes=999999999-", "If-Range": '"x"'}, 200, id="range beyond another file"),
        pytest.param({"Range": "bytes=0-9", "If-None-Match": "{tag}"}, 304, id="range of what is there already"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions(client: httpx.Client, dump: str, method: str, headers: dict[str, str], status: int) -> None:
    plain = client.head(dump).headers
    given = {
        name: value.format(tag=plain["ETag"], date=plain["Last-Modified"]) if "{" in value else value
        for name, value in headers.items()
    }
    response = client.request(method, dump, headers=given)

    assert response.status_code == status
    if status == 304:
        assert response.content == b""
        assert {name: response.headers[name] for name in ("ETag", "Cache-Control", "Link")} == {
            name: plain[name] for name in ("ETag", "Cache-Control", "Link")
        }


@pytest.mark.parametrize("spec", ["0-9", "100-", "-100", "5-5", "0-999999999"])
def test_a_range_is_that_part_of_the_file(client: httpx.Client, dump: str, content: bytes, spec: str) -> None:
    first, _, last = spec.partition("-")
    start = int(first) if first else len(content) - int(last)
    end = min(int(last), len(content) - 1) if first and last else len(content) - 1
    response = client.get(dump, headers={"Range": f"bytes={spec}"})

    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {start}-{end}/{len(content)}"
    assert response.content == content[start : end + 1]


def test_a_broken_download_goes_on_where_it_stopped(client: httpx.Client, dump: str, content: bytes) -> None:
    with client.stream("GET", dump) as response:
        begun = next(response.iter_bytes(1000))
        tag = response.headers["ETag"]
    rest = client.get(dump, headers={"Range": f"bytes={len(begun)}-", "If-Range": tag})

    assert rest.status_code == 206
    assert begun + rest.content == content


def test_several_ranges_come_as_parts(client: httpx.Client, dump: str, content: bytes) -> None:
    response = client.get(dump, headers={"Range": "bytes=0-9,20-29,999999999-"})

    assert response.status_code == 206
    assert response.headers["Content-Type"].startswith("multipart/byteranges; boundary=")
    assert content[:10] in response.content
    assert content[20:30] in response.content
    assert response.content.count(b"Content-Range: ") == 2


def test_a_range_beyond_the_file_is_416(client: httpx.Client, dump: str, content: bytes) -> None:
    response = client.get(dump, headers={"Range": f"bytes={len(content)}-"})

    assert str(len(content)) in problem(response, 416, "range-not-satisfiable")["detail"]
    assert response.headers["Content-Range"] == f"bytes */{len(content)}"


@pytest.mark.parametrize("header", ["items=0-9", "bytes=9-0", "bytes=x", "bytes=" + "0-0," * 200 + "1-1"])
def test_a_range_that_is_none_is_passed_over(client: httpx.Client, dump: str, content: bytes, header: str) -> None:
    response = client.get(dump, headers={"Range": header})

    assert response.status_code == 200
    assert response.content == content


# What is not there

ELSEWHERE = [
    "/dumps/{id}/..%2Fmanifest.json",
    "/dumps/{id}/%2e%2e%2fquads.nq",
    "/dumps/{id}/../manifest.json",
    "/dumps/{id}/../../current/manifest.json",
    "/dumps/{id}/..",
    "/dumps/{id}/%2e%2e",
    "/dumps/{id}/.",
    "/dumps/{id}//etc/passwd",
    "/dumps/{id}/%2Fetc%2Fpasswd",
    "/dumps/{id}/..%5Cquads.nq",
    "/dumps/{id}/gdb-graph.ttl%00",
    "/dumps/{id}/%00",
    "/dumps/{id}/gdb-graph.ttl/",
    "/dumps/{id}/gdb-graph.ttl%2F..%2Fgdb-graph.nt",
    "/dumps/{id}/quads.nq",
    "/dumps/{id}/report.json",
    "/dumps/{id}/dumps%2Fgdb-graph.ttl",
    "/dumps/{id}/store",
    "/dumps/{id}/GDB-GRAPH.TTL",
    "/dumps/../manifest.json",
    "/dumps/current/gdb-graph.ttl",
    "/dumps/current/",
    "/dumps/.lock",
    "/dumps/%2e%2e/",
    "/dumps/..%2f..%2fetc/passwd",
    "/dumps/{short}/gdb-graph.ttl",
    "/dumps/{upper}/gdb-graph.ttl",
    "/dumps/" + "0" * 32 + "/gdb-graph.ttl",
    "/dumps/latest/..%2fmanifest.json",
    "/dumps/latest/quads.nq",
    "/tables/..%2fmanifest.json",
    "/tables/../manifest.json",
    "/tables/%2fetc%2fpasswd",
    "/tables/actors.csv%00",
    "/tables/gdb-graph.ttl",
    "/tables/actors",
]


def raw(service: Running, method: str, path: str) -> tuple[int, str, bytes]:
    """Ask for a path exactly as it is written; no client in between mends it."""
    address = urlsplit(service.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.headers.get("Content-Type", ""), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ELSEWHERE)
def test_only_what_the_manifest_names_is_served(service: Running, snapshot: Snapshot, path: str) -> None:
    id_ = snapshot.id
    path = path.format(id=id_, short=id_[:12], upper=id_.upper() if id_.upper() != id_ else "A" * 32)
    status, content_type, body = raw(service, "GET", path)
    if status in (302, 307, 308):  # a list asked for without its last slash
        status, content_type, body = raw(service, "GET", f"{path}/")

    assert (status, content_type) == (404, "application/problem+json")
    assert b"root:" not in body


def test_an_unknown_file_names_those_there_are(client: httpx.Client, snapshot: Snapshot) -> None:
    for path in (f"/dumps/{snapshot.id}/gdb-graf.ttl", "/dumps/latest/gdb-graf.ttl"):
        detail = problem(client.get(path), 404, "not-found")["detail"]
        assert "Did you mean 'gdb-graph.ttl'?" in detail
        assert "gdb-ontology.rdf" in detail


def test_an_unknown_table_names_those_there_are(client: httpx.Client) -> None:
    detail = problem(client.get("/tables/actor.csv"), 404, "not-found")["detail"]

    assert "Did you mean 'actors.csv'?" in detail
    assert "undertakings.csv" in detail
    assert "gdb-graph" not in detail


def test_nothing_can_be_written(client: httpx.Client, dump: str) -> None:
    for path in (dump, "/dumps/", "/tables/actors.csv"):
        for method in ("PUT", "POST", "DELETE"):
            assert client.request(method, path).status_code == 405


# Lists


def test_the_list_of_tables_is_a_table_group(service: Running, snapshot: Snapshot) -> None:
    for accept in ("application/csvm+json", "application/json", "*/*"):
        response = service.client.get("/tables/", headers={"Accept": accept})
        told = response.json()
        assert told["@context"] == "http://www.w3.org/ns/csvw"
        assert response.headers["Content-Type"] == (accept if accept != "*/*" else "application/csvm+json")
        assert response.headers["Vary"].startswith("Accept")
        for each in told["tables"]:
            header = next(csv.reader(io.StringIO(service.client.get(each["url"]).text)))
            assert header == [column["name"] for column in each["tableSchema"]["columns"]]
    assert len(told["tables"]) == len(snapshot.metadata)


def test_a_table_leads_to_its_description(service: Running, snapshot: Snapshot) -> None:
    response = service.client.get("/tables/actors.csv")
    described = service.client.get(links(response)["describedby"])

    assert 'rel="describedby"; type="application/csvm+json"' in response.headers["Link"]
    assert described.headers["Content-Type"] == "application/csvm+json"
    assert str(described.url.join(described.json()["url"])) == f"{service.url}/tables/actors.csv"
    assert response.headers["Content-Location"] == f"{service.url}/dumps/{snapshot.id}/actors.csv"
    assert response.headers["Cache-Control"] == "no-cache"
    assert service.client.get(response.headers["Content-Location"]).content == response.content
    again = service.client.get("/tables/actors.csv", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("lang", ["de", "en"])
def test_pages_lead_to_every_file(client: httpx.Client, snapshot: Snapshot, lang: str) -> None:
    dump = client.get(f"/dumps/{snapshot.id}/?lang={lang}", headers=HTML)
    tables = client.get(f"/tables/?lang={lang}", headers=HTML)
    told = sound(dump)

    assert dump.headers["Content-Language"] == lang
    assert {f"/dumps/{snapshot.id}/{each.name}" for each in snapshot.distributions} <= set(told.links)
    assert all(each.sha256 in dump.text for each in snapshot.distributions)
    assert {f"/tables/{each.name}" for each in snapshot.files if each.dataset == "tables"} <= set(sound(tables).links)


def test_sizes_are_written_as_people_of_the_language_write_them(client: httpx.Client, snapshot: Snapshot) -> None:
    size = next(each.bytes for each in snapshot.distributions if each.name == "gdb-graph.nt") / 1e6
    german, english = (client.get(f"/dumps/{snapshot.id}/?lang={lang}", headers=HTML).text for lang in ("de", "en"))

    assert f"{size:.1f}".replace(".", ",") + " MB" in german
    assert f"{size:.1f} MB" in english


def test_the_home_page_leads_to_the_files(client: httpx.Client) -> None:
    found = sound(client.get("/?lang=en", headers=HTML)).links

    for path in ("/dumps/?lang=en", "/tables/?lang=en"):
        assert found.count(path) >= 2  # among the ways in, and at the foot


@pytest.mark.parametrize("path", ["/dumps", "/tables", "/dumps/latest"])
def test_a_list_is_found_without_its_slash(service: Running, path: str) -> None:
    response = service.client.get(path)

    assert (response.status_code, response.headers["Location"]) == (308, f"{service.url}{path}/")


# Versions: a folder with several snapshots

NAMES = Names("https://example.org/shelf/")


def publish(out: Path, number: int, *, with_files: bool = True) -> Snapshot:
    """A small snapshot, made on day `number`, and `current` on it."""
    store = ox.Store()
    thing = ox.NamedNode(NAMES.thing("a"))
    store.add(ox.Quad(thing, ox.NamedNode("https://example.org/p"), ox.Literal(number)))
    manifest = {
        "base": NAMES.base,
        "title": {"de": "Titel", "en": "title"},
        "description": {"de": "Text", "en": "text"},
        "created": datetime(2031, 1, number, tzinfo=UTC).isoformat(),
        "counts": {"triples": 1, "graphs": {}, "classes": {}},
    }
    queries = ROOT / "queries"
    with door.writing(out) as folder:
        id_ = door.write(folder, store, queries, manifest, [])
        if with_files:
            door.add(folder, export.run(folder, store, read_folder(queries / "tables"), NAMES))
        return door.publish(folder, id_)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an old snapshot without files, two with files, a damaged one, and what is none."""
    out = tmp_path_factory.mktemp("shelf")
    publish(out, 1, with_files=False)
    for number in (2, 3, 4):
        publish(out, number)
    damaged = publish(out, 5)
    (damaged.folder / "quads.nq").write_bytes(b"")
    publish(out, 4)
    (out / ("f" * 32)).mkdir()
    return out


@pytest.fixture(scope="module")
def versions(shelf: Path) -> Iterator[Running]:
    """A service on that folder."""
    running = start("--snapshot", str(door.current(shelf)), snapshots=str(shelf))
    yield running
    stop(running)


@pytest.fixture(scope="module")
def ids(shelf: Path) -> dict[int, str]:
    """The ids of the whole snapshots by the day they were made on."""
    found = {}
    for folder in shelf.iterdir():
        with contextlib.suppress(SnapshotError):
            made = door.open_snapshot(folder)
            found[datetime.fromisoformat(made.manifest["created"]).day] = made.id
    return found


def test_every_whole_snapshot_on_disk_is_listed_the_newest_first(versions: Running, ids: dict[int, str]) -> None:
    told = versions.client.get("/dumps/").json()
    page = versions.client.get("/dumps/?lang=en", headers=HTML)

    assert told["latest"] == ids[4]
    assert [each["id"] for each in told["snapshots"]] == [ids[4], ids[3], ids[2], ids[1]]
    for each in told["snapshots"]:
        assert versions.client.get(each["manifest"]).json()["id"] == each["id"]
        assert f"/dumps/{each['id']}/?lang=en" in sound(page).links
        sound(versions.client.get(each["url"], headers=HTML))


def test_an_older_snapshot_is_served_as_it_was(versions: Running, ids: dict[int, str], shelf: Path) -> None:
    response = versions.client.get(f"/dumps/{ids[3]}/gdb-graph.nt")

    assert response.content == (shelf / ids[3] / "dumps" / "gdb-graph.nt").read_bytes()
    assert response.headers["X-Snapshot"] == ids[3]
    assert response.headers["Cache-Control"] == FOREVER


def test_versions_know_each_other(versions: Running, ids: dict[int, str]) -> None:
    base = f"{versions.url}/dumps"
    found = {day: links(versions.client.head(f"/dumps/{ids[day]}/values.csv")) for day in (2, 3, 4)}

    for day, each in found.items():
        assert each["latest-version"] == f"{base}/latest/values.csv"
        assert each["version-history"] == f"{base}/"
        assert each["describedby"] == f"{base}/{ids[day]}/values.csv-metadata.json"
        assert each.get("predecessor-version") == (f"{base}/{ids[day - 1]}/values.csv" if day > 2 else None)
        assert each.get("successor-version") == (f"{base}/{ids[day + 1]}/values.csv" if day < 4 else None)


@pytest.mark.parametrize("name", ["", "gdb-graph.ttl.gz", "values.csv-metadata.json", "manifest.json"])
def test_latest_leads_to_the_published_snapshot(versions: Running, ids: dict[int, str], name: str) -> None:
    response = versions.client.get(f"/dumps/latest/{name}")

    assert (response.status_code, response.headers["Location"]) == (302, f"{versions.url}/dumps/{ids[4]}/{name}")
    assert response.headers["Cache-Control"] == "no-cache"
    assert versions.client.get(response.headers["Location"]).status_code == 200


def test_a_snapshot_without_files_says_so(versions: Running, ids: dict[int, str]) -> None:
    detail = problem(versions.client.get(f"/dumps/{ids[1]}/gdb-graph.ttl"), 404, "not-found")["detail"]
    page = versions.client.get(f"/dumps/{ids[1]}/?lang=en", headers=HTML)

    assert "`gdb-graph build`" in detail
    assert "An older version of the program built this snapshot" in page.text
    assert sound(page)


def test_a_snapshot_that_is_gone_names_the_latest(versions: Running, ids: dict[int, str], shelf: Path) -> None:
    assert versions.client.get(f"/dumps/{ids[2]}/gdb-graph.nt").status_code == 200
    assert ids[2] in versions.client.get("/dumps/", headers=HTML).text
    away = shelf / "away"
    (shelf / ids[2]).rename(away)
    try:
        assert (
            "/dumps/latest/"
            in problem(versions.client.get(f"/dumps/{ids[2]}/gdb-graph.nt"), 404, "not-found")["detail"]
        )
        assert "predecessor-version" not in links(versions.client.head(f"/dumps/{ids[3]}/values.csv"))
        assert ids[2] not in versions.client.get("/dumps/", headers=HTML).text
    finally:
        away.rename(shelf / ids[2])


def test_a_file_that_has_shrunk_is_not_served(versions: Running, ids: dict[int, str], shelf: Path) -> None:
    path = shelf / ids[2] / "dumps" / "gdb-graph.nt"
    kept = path.with_suffix(".kept")
    shutil.copyfile(path, kept)
    try:
        path.write_bytes(b"")
        assert (
            "damaged" in problem(versions.client.get(f"/dumps/{ids[2]}/gdb-graph.nt"), 503, "snapshot-error")["detail"]
        )
        path.unlink()
        problem(versions.client.get(f"/dumps/{ids[2]}/gdb-graph.nt"), 503, "snapshot-error")
    finally:
        kept.replace(path)
    assert versions.client.get(f"/dumps/{ids[2]}/gdb-graph.nt").status_code == 200


def test_every_address_is_below_the_public_one(shelf: Path, ids: dict[int, str]) -> None:
    """Behind a proxy, and whatever the Host header says."""
    public = "https://example.org/below"
    running = start("--snapshot", str(door.current(shelf)), snapshots=str(shelf), public_url=public)
    try:
        host = {"Host": "evil.example"}
        file = running.client.get(f"/dumps/{ids[3]}/values.csv", headers=host)
        listed = running.client.get("/dumps/", headers=host).json()["snapshots"]
        manifest = running.client.get("/dumps/latest/manifest.json", headers=host)
        tables = running.client.get("/tables/", headers=host).json()["tables"]
        slash = running.client.get("/tables", headers=host)
        addresses = [*links(file).values(), manifest.headers["Location"], slash.headers["Location"]]
        addresses += [each[key] for each in listed for key in ("url", "manifest")] + [each["url"] for each in tables]
        page = running.client.get("/dumps/", headers=HTML | host).text
    finally:
        stop(running)

    assert [each for each in addresses if not each.startswith(f"{public}/")] == []
    assert 'href="/below/dumps/' in page
    assert "evil" not in page
