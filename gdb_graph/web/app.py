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
    changes,
    cite,
    curated,
    feed,
    home,
    metrics,
    openapi,
    operation,
    protocol,
    reference,
    things,
    versions,
)
from gdb_graph.web.front import Front
from gdb_graph.web.journal import Journal
from gdb_graph.web.metrics import Metrics
from gdb_graph.web.pages import HERE, Pages
from gdb_graph.web.problems import show_error

ROUTES: list[BaseRoute] = [
    # `front` answers this one itself: it is the hot path.
    Route(protocol.PATH, protocol.sparql, methods=[*protocol.METHODS]),
    Route("/", home.home),
    Route("/queries", curated.catalogue),
    Route("/queries/{name}", curated.one),
    Route("/id/{slug:path}", things.identifier),
    Route("/page/{slug:path}", things.page),
    Route("/data/{slug:path}", things.data),
    Route("/vocab/{path:path}", things.concept),
    Route("/graph/{name}", things.graph),
    Route("/ontology", reference.ontology),
    Route("/shapes", reference.shapes),
    Route("/snapshots", versions.listing),
    Route("/snapshots/{id}", versions.one),
    Route("/snapshots/{id}/sparql", versions.sparql, methods=[*protocol.METHODS]),
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
) -> Front:
    """The application; `current` tells what is published, `load` how much runs and waits, `journal` takes the log.

    `archive` has older snapshots; without it there is only the current one.
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
    app.state.metrics = Metrics(load)
    for kind in (GraphError, HTTPException, Exception):
        app.add_exception_handler(kind, show_error)
    return Front(app, settings, Journal(journal, settings.log_addresses), app.state.metrics)
