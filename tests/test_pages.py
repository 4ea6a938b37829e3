"""The pages: both languages, links that answer, sound HTML, nothing from elsewhere, hostile content harmless."""

import fnmatch
import re
import tomllib
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx
import jinja2
import jinja2.nodes
import pyoxigraph as ox
import pytest

from gdb_graph import queryfile
from gdb_graph.queryfile import Query
from gdb_graph.terms import DCT, GDB, OWL, RDFS, SKOS, Names
from gdb_graph.web.pages import HERE, read_texts
from tests.conftest import Running
from tests.serving import PUBLIC_URL, ask_app

HTML = {"Accept": "text/html"}
PAGES = ["/", "/sparql", "/queries", "/queries/pilots", "/queries/actors-of-undertaking", "/page/pilot-smart-water"]
PAGES += ["/page/pilot-smart-water?view=statements", "/page/org-senatskanzlei", "/page/src-editorial"]
PAGES += [
    "/undertakings",
    "/actors?sector=science&sort=-type",
    "/fields?pilot=none",
    "/sources?page=2",
    "/events?q=xyz",
]
PAGES += ["/vocab/role/lead", "/vocab/role", "/ontology", "/shapes", "/docs", "/catalog", "/datasets/graph", "/quality"]
PAGES += ["/overview", "/overview/actors-and-pilots", "/overview/timeline"]
PAGES += ["/search", "/connections", "/partners", "/dumps/", "/tables/"]
PAGES += ["/snapshots", "/cite", "/cite?iri=https%3A%2F%2Fw3id.org%2Fgdb-berlin%2Fid%2Fpilot-smart-water"]
PROBLEMS = [
    "/nowhere",
    "/dumps/nothing/",
    "/tables/nothing",
    "/page/nobody",
    "/queries/pilots?nope=1",
    "/sparql?query=SELEC",
]
MOST_PAGES = 150


class Page(HTMLParser):
    """What a test wants to know of a page: its links, what it loads, its anchors, and whether tags match."""

    VOID = frozenset({"meta", "link", "br", "input", "img", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.lang = ""
        self.faults: list[str] = []
        self._open: list[str] = []
        self._in_data = False
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]
        self.faults += [f"id {each!r} twice" for each in set(self.ids) if self.ids.count(each) > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) != len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        # A script of that type is data, which no browser runs.
        data = tag == "script" and given.get("type") == "application/ld+json"
        if tag == "script" and not data and not given.get("src"):
            self.faults.append("<script> without an address")
        if tag not in self.VOID:
            self._open.append(tag)
        self._in_data = data
        self.tags.add("data" if data else tag)
        self.lang = given["lang"] if tag == "html" else self.lang
        self.ids += [given["id"]] if "id" in given else []
        if tag == "a":
            self.links.append(given["href"])
        elif tag == "form":
            self.links += [given["action"]] if "action" in given else []
        else:
            self.loads += [given[name] for name in ("src", "href", "srcset", "data", "poster") if name in given]
        self.faults += [f"<{tag}> has {name}" for name in given if name.startswith("on") or name == "style"]

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["script"] and not self._in_data and data.strip():
            self.faults.append("<script> with text of its own")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


def sound(response: httpx.Response) -> Page:
    """The page of a response, after a look at all that every page must have."""
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    page = Page(response.text)
    assert page.faults == []
    assert page.lang == response.headers["Content-Language"]
    assert [each for each in page.loads if not each.startswith(("/", "data:,")) or each.startswith("//")] == []
    assert [each for each in page.links if not each or each.startswith(("javascript:", "data:"))] == []
    return page


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_is_sound_in_both_languages(client: httpx.Client, path: str, lang: str) -> None:
    response = client.get(httpx.URL(path).copy_merge_params({"lang": lang}), headers=HTML)
    assert response.status_code == 200
    page = sound(response)
    assert page.lang == lang
    assert {"h1", "main", "nav", "title"} <= page.tags
    other = "en" if lang == "de" else "de"
    (switch,) = (each for each in page.links if each.startswith("/language?"))
    switched = client.get(switch, headers=HTML)
    client.cookies.clear()
    asked, target = response.request.url, httpx.URL(switched.headers["Location"])
    assert (target.path, dict(target.params)) == (asked.path, dict(asked.params) | {"lang": other})


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("path", PROBLEMS)
def test_a_problem_is_a_sound_page_in_both_languages(client: httpx.Client, path: str, lang: str) -> None:
    response = client.get(path, headers=HTML | {"Accept-Language": lang})
    assert response.status_code >= 400
    assert sound(response).lang == lang


def test_html_holds_to_the_standard(client: httpx.Client) -> None:
    html5 = pytest.importorskip("html5rdf")
    for path in [*PAGES, *PROBLEMS]:
        html5.HTMLParser(strict=True).parse(client.get(path, headers=HTML).text)  # raises on the first fault


def test_every_link_on_this_host_answers(service: Running) -> None:
    """From the home page in German, two steps deep; fragments lead to an id on the page."""
    seen: dict[str, Page | None] = {}
    level = [f"{service.url}/?lang=de"]
    for _ in range(3):
        following = []
        for address in level:
            bare = address.partition("#")[0]
            if bare not in seen and len(seen) < MOST_PAGES:
                page = seen[bare] = visit(service, bare)
                following += [urljoin(bare, each) for each in (page.links if page else ())]
            page, fragment = seen.get(bare), unquote(address.partition("#")[2])
            assert not (page and fragment) or fragment in page.ids, address
        level = [each for each in dict.fromkeys(following) if each.startswith(f"{service.url}/")]
    assert len(seen) > 100


def visit(service: Running, address: str) -> Page | None:
    response = service.client.get(address, headers=HTML, follow_redirects=True)
    # A query that cannot be had as a page says so: these links lead to data.
    assert response.status_code == 200, address
    return Page(response.text) if response.headers["Content-Type"].startswith("text/html") else None


def test_what_pages_load_is_there(client: httpx.Client) -> None:
    for path in PAGES:
        for each in Page(client.get(path, headers=HTML).text).loads:
            assert each == "data:," or client.get(each).status_code == 200


# Hostile content, and a base URL with a path


SCRIPT = "<script>alert(1)</script>\"'>&"
EVIL = Names().thing("evil")


TEXT = str(ox.Literal(SCRIPT))
HOSTILE = f"""
PREFIX dct: <{DCT}> PREFIX gdb: <{GDB}> PREFIX owl: <{OWL}> PREFIX rdfs: <{RDFS}> PREFIX skos: <{SKOS}>
<{EVIL}> a gdb:PilotProject ; skos:prefLabel {TEXT}@de, {TEXT}@en ; <javascript:p> {TEXT} ;
    dct:relation <javascript:alert(1)>, <http://a.example/'&x>, <{EVIL}> .
gdb:PilotProject a owl:Class ; rdfs:label {TEXT}@de, {TEXT}@en ; skos:definition {TEXT}@de, {TEXT}@en ;
    skos:example {TEXT}@de, {TEXT}@en ; rdfs:subClassOf <javascript:alert(1)> .
<javascript:p> rdfs:label {TEXT}@de, {TEXT}@en .
"""
HOSTILE_QUERY = f"""
#+ summary: {{ de: &x '<script>alert(1)</script>"''>&', en: *x }}
#+ description: {{ de: *x, en: *x }}
#+ params: {{ thing: {{ type: thing, de: *x, en: *x }} }}
#+ columns: {{ label: {{ de: *x, en: *x }} }}
SELECT * {{
  VALUES ?thing {{ <{EVIL}> }}  # param
  ?thing ?p ?label FILTER('<script>alert(1)</script>' != '')
}}
"""


def hostile_store() -> ox.Store:
    store = ox.Store()
    graphs: list[ox.DefaultGraph | ox.NamedNode] = [ox.DefaultGraph()]
    graphs += [ox.NamedNode(Names().graph(name)) for name in ("curated", "ontology")]
    for quad in ox.parse(HOSTILE, format=ox.RdfFormat.TURTLE):
        for graph in graphs:
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    return store


@pytest.fixture
def hostile_queries(tmp_path: Path) -> Mapping[str, Query]:
    for name in ("pilots", "other"):
        (tmp_path / f"{name}.rq").write_text(HOSTILE_QUERY, encoding="utf-8")
    return queryfile.read_folder(tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/queries",
        "/queries/pilots",
        "/page/evil",
        "/ontology",
        "/shapes",
        "/docs",
        "/sparql",
        "/search?q=alert",
        "/queries/pilots?nope",
    ],
)
def test_hostile_content_is_shown_as_text(hostile_queries: Mapping[str, Query], path: str) -> None:
    response = ask_app(path, hostile_store(), hostile_queries, HTML)
    page = sound(response)
    if path in ("/", "/queries", "/queries/pilots", "/page/evil", "/ontology", "/docs", "/search?q=alert"):
        assert "alert(1)" in response.text
    assert [each for each in page.links if "javascript:" in each] == []


@pytest.mark.parametrize(
    "path", ["/page/{}", "/queries/{}", "/queries/pilots?thing={}", "/sparql?query={}", "/search?type={}"]
)
def test_hostile_addresses_are_shown_as_text(hostile_queries: Mapping[str, Query], path: str) -> None:
    response = ask_app(path.format(quote(f"{SCRIPT}!", safe="")), hostile_store(), hostile_queries, HTML)
    assert response.status_code in (400, 404, 422)
    sound(response)


def test_every_link_is_below_the_path_of_the_base_url(hostile_queries: Mapping[str, Query]) -> None:
    below = f"{urlsplit(PUBLIC_URL).path}/"
    for path in (
        "/",
        "/queries",
        "/queries/pilots",
        "/page/evil",
        "/ontology",
        "/docs",
        "/sparql",
        "/search?q=alert",
        "/nowhere",
    ):
        page = Page(ask_app(path, hostile_store(), hostile_queries, HTML).text)
        ours = [each for each in [*page.links, *page.loads] if not each.startswith(("http", "#", "?", "data:,"))]
        assert ours
        assert [each for each in ours if not each.startswith(below)] == []


def test_a_fault_of_ours_tells_nothing_of_the_inside() -> None:
    """And scripts of other sites may read that as well."""
    broken: Mapping[str, Query] = None  # type: ignore[assignment]
    response = ask_app("/queries", ox.Store(), broken, {"Origin": "https://elsewhere.example"})
    assert response.status_code == 500
    assert response.json()["type"] == f"{PUBLIC_URL}/problems#internal"
    assert "NoneType" not in response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"


# Texts


TEXTS = read_texts()


def used_texts() -> Iterator[str]:
    """What templates take from `t`: keys, and for a key put together its beginning and a star; and what modules do."""
    yield "kind_*"  # taken by web/found.py
    yield "topic_*"  # taken by web/topics.py
    yield "fault_*"  # told by web/wishes.py
    yield from ("column_*", "back_*")  # headings of web/entities/sections.py
    yield "overview_told_*"  # told by web/overview.py
    for path in (HERE / "templates").glob("*.*"):
        tree = jinja2.Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
        for plain in tree.find_all(jinja2.nodes.Getattr):
            if isinstance(plain.node, jinja2.nodes.Name) and plain.node.name == "t":
                yield plain.attr
        for found in tree.find_all(jinja2.nodes.Getitem):
            if isinstance(found.node, jinja2.nodes.Name) and found.node.name == "t":
                assert isinstance(found.arg, jinja2.nodes.Concat)
                assert isinstance(found.arg.nodes[0], jinja2.nodes.Const)
                yield f"{found.arg.nodes[0].value}*"
    for path in [*HERE.glob("*.py"), *(HERE.parent / "pictures").glob("*.py")]:
        yield from re.findall(r"\btexts?\[['\"](\w+)['\"]\]", path.read_text(encoding="utf-8"))


def test_no_text_stands_twice() -> None:
    keys = [key for path in (HERE / "texts").iterdir() for key in tomllib.loads(path.read_text(encoding="utf-8"))]
    assert sorted(keys) == sorted(TEXTS)


def test_every_text_is_there_in_both_languages() -> None:
    assert [key for key, text in TEXTS.items() if set(text) != {"de", "en"} or not all(text.values())] == []


def test_every_text_used_is_there_and_every_text_there_is_used() -> None:
    used = set(used_texts())
    assert [each for each in used if not fnmatch.filter(TEXTS, each)] == []
    assert [key for key in TEXTS if not any(fnmatch.fnmatch(key, each) for each in used)] == []


def test_no_template_writes_a_sentence_of_its_own() -> None:
    """Words between tags come from texts/; names and formats apart."""
    own = {"SHA", "SPARQL", "TTL", "gdb", "openapi", "json"}
    for path in (HERE / "templates").glob("*.html"):
        plain = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert set(re.findall(r"[A-Za-zÄÖÜäöüß]{3,}", plain)) <= own, path.name
