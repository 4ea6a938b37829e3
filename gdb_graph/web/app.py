"""What is published and the settings in, the ASGI application out: all routes in one table."""

from collections.abc import Callable, Mapping
from typing import IO

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from gdb_graph.engine.answer import Current
from gdb_graph.engine.archive import Archive
from gdb_graph.errors import GraphError
from gdb_graph.settings import Settings
from gdb_graph.web import (
    catalog,
    changes,
    cite,
    connections,
    curated,
    datasets,
    discovery,
    explain,
    feed,
    files,
    graphs,
    home,
    languages,
    metrics,
    mirror,
    openapi,
    operation,
    overview,
    partners,
    protocol,
    quality,
    reference,
    search,
    things,
    versions,
    vocabulary,
    void,
)
from gdb_graph.web.front import Front
from gdb_graph.web.indexes import Indexes
from gdb_graph.web.journal import Journal
from gdb_graph.web.lists.items import Lists
from gdb_graph.web.lists.page import listing
from gdb_graph.web.lists.plan import plans
from gdb_graph.web.metrics import Metrics, Source
from gdb_graph.web.networks import Networks
from gdb_graph.web.pages import HERE, Pages
from gdb_graph.web.problems import show_error
from gdb_graph.web.work import Work

ROUTES: list[BaseRoute] = [
    # `front` answers this one itself: it is the hot path.
    Route(protocol.PATH, protocol.sparql, methods=[*protocol.METHODS]),
    Route("/sparql/terms", vocabulary.terms),
    Route("/sparql/explain", explain.explain, methods=[*protocol.METHODS]),
    Route("/", home.home),
    Route(languages.PATH, languages.switch),
    *(Route(f"/{name}{suffix}", listing(name)) for name in plans() for suffix in ("", ".{suffix}")),
    Route("/search", search.search),
    Route("/search/suggest", search.suggest),
    Route("/search/description.xml", search.description),
    Route("/connections", connections.connections),
    Route("/connections.{suffix}", connections.connections),
    Route("/partners", partners.partners),
    Route("/partners.{suffix}", partners.partners),
    Route("/overview", overview.overview),
    Route("/overview/{name}", overview.picture),
    Route("/queries", curated.catalogue),
    Route("/queries/{name}", curated.one),
    Route("/id/{slug:path}", things.identifier),
    Route("/page/{slug:path}", things.page),
    Route("/data/{slug:path}", things.data),
    Route("/vocab/{path:path}", things.concept),
    Route("/graphs", graphs.graphs),
    Route("/graph/{name}", graphs.graph),
    Route("/ontology", reference.ontology),
    Route("/ontology.{suffix}", reference.ontology),
    Route("/ontology/{version}", reference.version),
    Route("/shapes", reference.shapes),
    Route("/shapes.{suffix}", reference.shapes),
    Route("/catalog", catalog.catalog),
    Route("/catalog.{suffix}", catalog.catalog),
    Route("/datasets/{name}", datasets.dataset),
    Route("/quality", quality.quality),
    Route("/.well-known/void", void.void),
    Route("/.well-known/api-catalog", discovery.api_catalog),
    Route("/robots.txt", discovery.robots),
    Route("/sitemap.xml", discovery.sitemap),
    Route("/sitemap-{number:int}.xml", discovery.sitemap),
    Route("/dumps", files.slashed),
    Route("/dumps/", files.dumps),
    Route("/dumps/latest/", files.latest),
    Route("/dumps/latest/{name}", files.latest),
    Route("/dumps/{id}", files.slashed),
    Route("/dumps/{id}/", files.dump),
    Route("/dumps/{id}/{name}", files.file),
    Route("/tables", files.slashed),
    Route("/tables/", files.tables),
    Route("/tables/{name}", files.table),
    Route("/snapshots", versions.listing),
    Route("/snapshots/{id}", versions.one),
    Route("/snapshots/{id}/sparql", versions.sparql, methods=[*protocol.METHODS]),
    Route("/snapshots/{id}/queries", versions.queries),
    Route("/snapshots/{id}/queries/{name}", mirror.query),
    Route("/snapshots/current/manifest.json", mirror.current),
    Route("/snapshots/{id}/{path:path}", mirror.file),
    Route("/changes", changes.changes),
    Route("/changes.atom", feed.feed),
    Route("/cite", cite.cite),
    Route("/healthz", operation.healthz),
    Route("/readyz", operation.readyz),
    Route("/metrics", metrics.metrics),
    Route("/openapi.json", openapi.openapi),
    Route("/docs", openapi.docs),
    Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
]


def create_app(
    settings: Settings,
    current: Current,
    load: Callable[[], Mapping[str, int]] = dict,
    journal: IO[str] | None = None,
    archive: Archive | None = None,
    source: Source | None = None,
) -> Front:
    """The application; `current` tells what is published, `load` how much runs and waits, `journal` takes the log.

    `archive` has older snapshots; without it there is only the current one. `source` is where a replica pulls from.
    """
    # The pages of FastAPI load scripts from elsewhere; /docs and /openapi.json are ours.
    app = FastAPI(
        title="gdb-graph",
        routes=ROUTES,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.current = current
    app.state.archive = archive
    app.state.settings = settings
    app.state.base_url = settings.base_url
    app.state.pages = Pages()
    app.state.indexes = Indexes(wait_seconds=5)
    app.state.metrics = Metrics(load, source)
    app.state.networks = Networks()
    app.state.work = Work(settings.engines, settings.waiting)
    app.state.lists = Lists()
    for kind in (GraphError, HTTPException, Exception):
        app.add_exception_handler(kind, show_error)
    return Front(app, settings, Journal(journal, settings.log_addresses), app.state.metrics)
