"""The service behind a real nginx under a sub-path: every link is right, and none comes from the Host header."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gdb_graph.snapshot import Snapshot
from tests.conftest import free_port, start, stop
from tests.crawling import LINK, below, faults, links

# Debian puts it where only root looks.
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed (Debian: apt-get install nginx)")

SUB_PATH = "/strategy/graph"
FORGED = "forged.invalid"
# As docs/operations.md says; the rest is what lets nginx run in a folder of its own without rights.
CONFIGURATION = """
pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
{location}
  }}
}}
"""


def location(port: int) -> str:
    """The block of nginx's configuration in the documentation, for our sub-path and port."""
    text = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert "location /graph/" in block
    assert "127.0.0.1:8000" in block
    return re.sub(r"(?<= )/graph\b", SUB_PATH, str(block)).replace("127.0.0.1:8000", f"127.0.0.1:{port}")


@pytest.fixture(scope="module")
def public(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of nginx; what it asks says in Host and X-Forwarded-Host that it is for another."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    url = f"http://127.0.0.1:{port}{SUB_PATH}"
    running = start("--snapshot", str(snapshot.folder), public_url=url, query_seconds="20")
    text = CONFIGURATION.format(folder=folder, port=port, location=location(httpx.URL(running.url).port or 0))
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    assert NGINX
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    nginx = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    forged = {"Host": FORGED, "X-Forwarded-Host": FORGED, "X-Forwarded-Proto": "gopher", "Forwarded": f"host={FORGED}"}
    try:
        with httpx.Client(base_url=url, headers=forged, timeout=30) as client:
            end = time.monotonic() + 20
            while time.monotonic() < end and nginx.poll() is None:
                try:
                    client.get("/healthz")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            assert nginx.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
            yield client
    finally:
        nginx.terminate()
        nginx.wait(10)
        stop(running)


PATHS = {
    "/": "text/html",
    "": "text/turtle",
    "/page/pilot-kiezbox": "text/html",
    "/data/pilot-kiezbox.ttl": "",
    "/vocab/role": "text/html",
    "/ontology": "text/html",
    "/graph/curated": "text/html",
    "/queries": "text/html",
    "/queries/pilots": "text/html",
    "/search?q=Kiez": "text/html",
    "/connections?from=pilot-kiezbox&to=pilot-smart-water": "text/html",
    "/catalog": "text/html",
    "/catalog.ttl": "",
    "/datasets/graph": "text/html",
    "/.well-known/void": "text/turtle",
    "/.well-known/api-catalog": "",
    "/dumps/": "text/html",
    "/tables/": "text/html",
    "/snapshots": "text/html",
    "/sitemap.xml": "",
    "/robots.txt": "",
    "/openapi.json": "",
    "/changes.atom": "",
    "/id/pilot-kiezbx": "text/html",
}


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_names_the_public_address_alone(public: httpx.Client, path: str) -> None:
    response = public.get(path, headers={"Accept": PATHS[path] or "*/*"})
    assert response.status_code == (404 if path == "/id/pilot-kiezbx" else 200)
    everything = f"{response.headers} {response.text}"
    assert FORGED not in everything
    assert "gopher:" not in everything
    base = str(public.base_url).rstrip("/")
    own = f"{public.base_url.scheme}://{public.base_url.netloc.decode()}/"
    # Whatever begins with the host goes on with the sub-path.
    assert [
        each for each in re.findall(rf"{re.escape(own)}[^\s\"'<>;)]*", everything) if not each.startswith(base)
    ] == []
    if response.headers["Content-Type"].startswith("text/html"):
        rooted = re.findall(r'(?:href|src|action)="(/[^"]*)"', response.text)
        assert rooted
        assert [each for each in rooted if not each.startswith(f"{SUB_PATH}/")] == []


def test_every_link_of_these_answers(public: httpx.Client) -> None:
    base, wrong, seen = str(public.base_url).rstrip("/"), [], set()
    for path, accept in PATHS.items():
        response = public.get(path, headers={"Accept": accept or "*/*"})
        for link in links(response, below(base)):
            if (
                (link.address, link.accept, link.fragment) not in seen
                and "/page/" not in link.address
                and "kiezbx" not in link.address
            ):
                seen.add((link.address, link.accept, link.fragment))
                answer = public.get(link.address, headers={"Accept": link.accept}, follow_redirects=True)
                wrong += [(link.address, link.stands_in, told) for told in faults(link, answer)]
    assert len(seen) > 300
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/id/pilot-kiezbox", "text/turtle"),
        ("/id/pilot-kiezbox", "text/html"),
        ("/graph/src-citylab-stadtgremium", "text/html"),
        ("/.well-known/void", "text/html"),
        ("/dumps", "*/*"),
        ("/dumps/latest/gdb-graph.ttl", "*/*"),
        ("/vocab/", "*/*"),
    ],
)
def test_a_redirect_stays_below_the_sub_path(public: httpx.Client, path: str, accept: str) -> None:
    response = public.get(path, headers={"Accept": accept})
    assert response.status_code in (301, 302, 303, 307, 308)
    assert response.headers["Location"].startswith(str(public.base_url))
    assert public.get(response.headers["Location"], headers={"Accept": accept}).status_code == 200
    for address, _, _ in LINK.findall(response.headers.get("Link", "")):
        assert FORGED not in address


def test_the_sub_path_without_its_slash_leads_to_the_home_page(public: httpx.Client) -> None:
    response = public.get(str(public.base_url).rstrip("/"), headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["Location"]) == (308, f"{SUB_PATH}/")


def test_conditions_ranges_and_head_get_through(public: httpx.Client) -> None:
    first = public.get("/data/pilot-kiezbox.ttl")
    assert public.get("/data/pilot-kiezbox.ttl", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    part = public.get("/dumps/latest/gdb-graph.ttl", headers={"Range": "bytes=0-9"}, follow_redirects=True)
    assert (part.status_code, len(part.content)) == (206, 10)
    assert public.head("/catalog.ttl").status_code == 200


def test_a_query_gets_through_by_get_and_by_post(public: httpx.Client) -> None:
    for method, sent in (("GET", {"params": {"query": "ASK {}"}}), ("POST", {"data": {"query": "ASK {}"}})):
        response = public.request(method, "/sparql", headers={"Accept": "application/sparql-results+json"}, **sent)  # type: ignore[arg-type]
        assert response.json()["boolean"] is True
