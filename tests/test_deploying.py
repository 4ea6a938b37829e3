"""What is shipped for deploying is held true by the programs that read it, as far as they are installed."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import yaml

from gdb_graph import snapshot
from gdb_graph.doctor import online
from gdb_graph.settings import Settings
from gdb_graph.web.metrics import Metrics
from tests.conftest import ROOT, Running, free_port, start, stop
from tests.contents import built
from tests.serving import until

DEPLOY = ROOT / "deploy"
VARIABLES = {f"GDB_{field.name.upper()}" for field in fields(Settings)}
DOCUMENTS = [*DEPLOY.iterdir(), ROOT / "docs" / "deploying.md"]


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def needs(tool: str) -> str:
    """Where a program is; the test is skipped where it is not."""
    found = shutil.which(tool) or shutil.which(tool, path="/usr/sbin")
    if found is None:
        pytest.skip(f"{tool} is not installed; .ci/run installs it")
    return found


def run(*command: str | Path) -> str:
    """What a program prints; it must end well."""
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"\bGDB_[A-Z_]+\b", document.read_text(encoding="utf-8")))

    assert named <= VARIABLES


@pytest.mark.parametrize("name", [path.name for path in DEPLOY.iterdir()])
def test_every_file_is_told_of(name: str) -> None:
    assert f"deploy/{name}" in (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")


# systemd


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program that is there."""
    path = tmp_path / "gdb-graph.service"
    path.write_text(text_of("gdb-graph.service").replace("/opt/gdb-graph/.venv/bin/gdb-graph", sys.executable), "utf-8")
    return path


def test_systemd_understands_the_unit(unit: Path) -> None:
    assert run(needs("systemd-analyze"), "verify", unit) == ""


def test_the_unit_opens_little(unit: Path) -> None:
    analyze = needs("systemd-analyze")

    # In tenths; systemd calls up to 2.0 safe. What is over the threshold fails.
    run(analyze, "security", "--offline=true", "--no-pager", "--threshold=20", unit)


def test_the_unit_waits_for_running_requests() -> None:
    seconds = re.search(r"^TimeoutStopSec=(\d+)$", text_of("gdb-graph.service"), re.MULTILINE)

    assert seconds
    assert int(seconds[1]) > Settings().query_seconds


# nginx and Caddy


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for the tests, and its key."""
    paths = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    ask = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=graph.example.org", "-days", "1"]
    run(needs("openssl"), *ask, "-out", paths[0], "-keyout", paths[1])
    return paths


def nginx(folder: Path, server: str) -> list[str]:
    """The command that runs nginx with what stands in its `http` block."""
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"daemon off;\npid {folder}/pid;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{head}http {{\naccess_log off;\n{temporary}{server}\n}}\n", encoding="utf-8")
    return [needs("nginx"), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]


def test_nginx_understands_its_configurations(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    whole = text_of("nginx.conf")
    for path in certificate:
        whole = whole.replace(f"/etc/letsencrypt/live/graph.example.org/{path.name}", str(path))
    below = f"server {{\nlisten 8080;\n{text_of('nginx-subpath.conf')}\n}}"

    for server in (whole, below, text_of("nginx-replicas.conf")):
        assert "syntax is ok" in run(*nginx(tmp_path, server), "-t")


def test_caddy_understands_its_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    said = run(needs("caddy"), "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")

    assert "Valid configuration" in said


@contextmanager
def service_below(path: str) -> Iterator[tuple[Running, str]]:
    """A service whose public address is a port that a proxy will listen on, with a path."""
    public = f"http://127.0.0.1:{free_port()}{path}"
    running = start("--snapshot", str(snapshot.current(built())), public_url=public)
    try:
        yield running, public
    finally:
        stop(running)


@contextmanager
def proxy(command: list[str], url: str) -> Iterator[None]:
    """A proxy as long as it is needed."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert until(lambda: answers(url), 20)
            yield
        finally:
            process.terminate()


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def seen_well(public: str) -> None:
    """What the doctor finds and what a visitor needs: links, pages, style, files; but not the metrics."""
    id_ = snapshot.current(built()).name
    notes = list(online.check(online.look(public), public, id_, datetime.now(UTC)))
    assert [note for note in notes if note.level != "fine"] == []
    page = httpx.get(f"{public}/", headers={"Accept": "text/html"}).text
    origin = public.partition("/graph")[0]
    links = sorted({link for link in re.findall(r'(?:href|src)="(/[^"#?]*)', page) if not link.startswith("//")})
    assert len(links) > 5
    for link in links:
        reply = httpx.get(f"{origin}{link}", headers={"Accept": "text/html"}, follow_redirects=True)
        assert reply.status_code in (200, 422), link  # 422: a form that has not been filled in
    assert httpx.get(f"{public}/metrics").status_code == 403


@pytest.mark.slow
def test_a_service_below_a_path_works_behind_nginx(tmp_path: Path) -> None:
    needs("nginx")
    with service_below("/graph") as (running, public):
        server = text_of("nginx-subpath.conf").replace("127.0.0.1:8000", running.url.removeprefix("http://"))
        listen = public.removeprefix("http://").partition("/")[0]
        with proxy(nginx(tmp_path, f"server {{\nlisten {listen};\n{server}\n}}"), public):
            seen_well(public)


@pytest.mark.slow
def test_a_service_below_a_path_works_behind_caddy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caddy = needs("caddy")
    monkeypatch.setenv("HOME", str(tmp_path))
    (site,) = re.findall(r"^www\.example\.org (\{.*?^\})", text_of("Caddyfile"), re.MULTILINE | re.DOTALL)
    with service_below("/graph") as (running, public):
        site = site.replace("127.0.0.1:8000", running.url.removeprefix("http://"))
        config = tmp_path / "Caddyfile"
        config.write_text(f"{{\n\tadmin off\n}}\n\n{public.removesuffix('/graph')} {site}\n", encoding="utf-8")
        with proxy([caddy, "run", "--adapter", "caddyfile", "--config", str(config)], public):
            seen_well(public)


# Prometheus


def test_prometheus_understands_the_rules() -> None:
    promtool = needs("promtool")

    assert "6 rules found" in run(promtool, "check", "rules", DEPLOY / "gdb-graph-rules.yml")
    run(promtool, "check", "config", DEPLOY / "prometheus.yml")


def test_every_metric_in_a_rule_exists() -> None:
    class Source:
        reached = 1.0

    given = {
        each
        for family in Metrics(dict, Source()).collect()
        for each in (family.name, f"{family.name}_total", f"{family.name}_bucket")
    }
    rules = yaml.safe_load(text_of("gdb-graph-rules.yml"))["groups"][0]["rules"]
    used = {name for rule in rules for name in re.findall(r"\bgdb_\w+", rule["expr"])}

    assert len(used) >= 5
    assert used <= given
    for rule in rules:
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["action"]


# The container


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile: its lines without comments, continued ones put together."""
    lines = [line for line in text_of("Containerfile").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


KNOWN = {"CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}


def test_the_containerfile_has_the_form_that_it_should() -> None:
    steps = instructions()

    assert steps[0][0] == "FROM"
    assert {name for name, _ in steps} <= KNOWN
    for name, rest in steps:
        if name in ("CMD", "ENTRYPOINT", "VOLUME"):
            assert all(isinstance(each, str) for each in json.loads(rest))
        if name == "RUN":
            subprocess.run(["sh", "-n", "-c", rest], check=True)
        if name == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            assert [each for each in sources if not (ROOT / each).exists()] == []
    assert dict(steps)["USER"] == "10001"


def test_the_container_gets_all_that_the_package_is_made_of() -> None:
    copied = {each for name, rest in instructions() if name == "COPY" for each in rest.split()[:-1]}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    included = re.findall(r'^"([\w.]+)" = "gdb_graph/', project, re.MULTILINE)

    assert {"pyproject.toml", "README.md", "LICENSE", "gdb_graph", *included} <= copied
