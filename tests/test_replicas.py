"""Three replicas behind nginx: one is killed under load, a new snapshot comes, and no reader sees anything of it."""

import json
import re
import shutil
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from gdb_graph import snapshot
from tests.conftest import ROOT, Running, free_port, start, stop
from tests.contents import built, built_twice
from tests.serving import switch, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed; .ci/run installs it"),
]
CONFIG = ROOT / "deploy" / "nginx-replicas.conf"
ASK = 'SELECT ?s { ?s ?p "Mondlicht"@de . FILTER(1 = 1 || "{n}" = "") } LIMIT 1'
OLD, NEW = built, built_twice


@dataclass
class Cluster:
    """A source, replicas of it, and the address of the balancer before them."""

    origin: Path
    replicas: list[Running]
    url: str


def balancer(folder: Path, replicas: list[Running]) -> tuple[str, subprocess.Popen[bytes]]:
    """nginx with the configuration that is documented, but for names, ports and what tells who answered."""
    text, port = CONFIG.read_text(encoding="utf-8"), free_port()
    addresses = iter([each.url.removeprefix("http://") for each in replicas])
    text = re.sub(r"server 10\.0\.0\.\d+:8000", lambda _: f"server {next(addresses)}", text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace("location / {", "location / {\n        add_header X-Replica $upstream_addr always;")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in kinds)
    head = f"daemon off;\nworker_processes 1;\npid {folder}/pid;\nevents {{ worker_connections 512; }}\n"
    conf = folder / "nginx.conf"
    conf.write_text(f"{head}http {{\n    access_log off;\n{paths}\n{text}\n}}\n", encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(conf)]
    return f"http://127.0.0.1:{port}", subprocess.Popen(command)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    origin = Path(shutil.copytree(NEW(), tmp_path / "origin", symlinks=True))
    switch(origin, snapshot.current(OLD()).name)
    (tmp_path / "nginx").mkdir()
    with ExitStack() as stack:
        # The source is a replica itself, of a folder: so nothing is built here.
        source = start("--pull", str(origin), "--out", str(tmp_path / "source"), pull_seconds="0.5")
        stack.callback(stop, source)
        replicas = []
        for number in range(3):
            out = str(tmp_path / f"replica-{number}")
            replicas.append(
                start("--pull", source.url, "--out", out, pull_seconds="0.5", engines="1", slow_engines="1")
            )
            stack.callback(stop, replicas[-1])
        url, process = balancer(tmp_path / "nginx", replicas)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        assert until(lambda: answers(url), 20)
        yield Cluster(origin, replicas, url)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@dataclass
class Load:
    """Readers that ask a question again and again, each time in other words, by GET and by POST, until told to end."""

    url: str
    answers: list[tuple[float, str, str, bool]] = field(default_factory=list)
    """When asked, who answered, from which snapshot, and whether the text of the old snapshot was in it."""
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> "Load":
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(4)]
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for each in self._threads:
            each.join()

    def _read(self, reader: int) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            asked = 0
            while not self._over.is_set():
                asked += 1
                query = {"query": ASK.replace("{n}", f"{reader}-{asked}"), "format": "json"}
                began = time.monotonic()
                try:
                    reply = client.get("/sparql", params=query) if asked % 2 else client.post("/sparql", data=query)
                    found = bool(json.loads(reply.content)["results"]["bindings"]) if reply.status_code == 200 else None
                except (httpx.HTTPError, ValueError) as error:
                    self.failures.append(repr(error))
                    continue
                if found is None:
                    self.failures.append(f"{reply.status_code} {reply.text[:300]}")
                else:
                    # After a failure nginx names all it has tried; the last one answered.
                    who = reply.headers["X-Replica"].split(",")[-1].strip()
                    self.answers.append((began, who, reply.headers["X-Snapshot"], found))


def test_a_replica_that_is_killed_is_not_missed(cluster: Cluster) -> None:
    gone = cluster.replicas[0]
    with Load(cluster.url) as load:
        assert until(lambda: len({who for _, who, _, _ in load.answers}) == 3, 60)
        gone.process.kill()
        gone.process.wait()
        killed, before = time.monotonic(), len(load.answers)
        assert until(lambda: len(load.answers) > before + 200, 60)

    late = Counter(who for began, who, _, _ in load.answers if began > killed)
    assert load.failures == []
    assert gone.url.removeprefix("http://") not in late
    assert len(late) == 2


def test_a_new_snapshot_reaches_all_and_each_switches_once(cluster: Cluster) -> None:
    old, new = snapshot.current(OLD()).name, snapshot.current(NEW()).name

    def served() -> list[str]:
        return [each.client.get("/readyz").json()["snapshot"] for each in cluster.replicas]

    assert served() == [old] * 3
    with Load(cluster.url) as load:
        assert until(lambda: len({who for _, who, _, _ in load.answers}) == 3, 60)
        switch(cluster.origin, new)
        assert until(lambda: served() == [new] * 3, 120)
        before = len(load.answers)
        assert until(lambda: len(load.answers) > before + 100, 60)

    assert load.failures == []
    assert {(id_, has_old) for _, _, id_, has_old in load.answers} == {(old, True), (new, False)}, "header and content"
    by_replica = defaultdict(list)
    for _, who, id_, _ in load.answers:
        by_replica[who].append(id_)
    assert len(by_replica) == 3
    for ids in by_replica.values():
        # Readers note their answers side by side: around the switch, neighbours may stand in another order.
        assert ids[0] == old
        assert ids[-1] == new
        last_old, first_new = len(ids) - 1 - ids[::-1].index(old), ids.index(new)
        assert last_old - first_new < 8, "once it has switched, a replica does not go back"
