"""What is published and the settings in, the ASGI application out: all routes in one table."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from gdb_graph.engine.answer import Current
from gdb_graph.errors import GraphError
from gdb_graph.settings import Settings
from gdb_graph.web import connections, curated, home, openapi, operation, partners, protocol, reference, things
from gdb_graph.web.networks import Networks
from gdb_graph.web.pages import HERE, Pages
from gdb_graph.web.problems import show_error

ROUTES: list[BaseRoute] = [
    # A route first in the table is found first: the hot path stands on top.
    Route("/sparql", protocol.sparql, methods=[*protocol.METHODS]),
    Route("/", home.home),
    Route("/connections", connections.connections),
    Route("/connections.{suffix}", connections.connections),
    Route("/partners", partners.partners),
    Route("/partners.{suffix}", partners.partners),
    Route("/queries", curated.catalogue),
    Route("/queries/{name}", curated.one),
    Route("/id/{slug:path}", things.identifier),
    Route("/page/{slug:path}", things.page),
    Route("/data/{slug:path}", things.data),
    Route("/vocab/{path:path}", things.concept),
    Route("/graph/{name}", things.graph),
    Route("/ontology", reference.ontology),
    Route("/shapes", reference.shapes),
    Route("/healthz", operation.healthz),
    Route("/readyz", operation.readyz),
    Route("/openapi.json", openapi.openapi),
    Route("/docs", openapi.docs),
    Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
]


def create_app(settings: Settings, current: Current) -> FastAPI:
    """The application; `current` tells what is published now."""
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
    app.state.settings = settings
    app.state.base_url = settings.base_url
    app.state.pages = Pages()
    app.state.networks = Networks()
    for kind in (GraphError, HTTPException, Exception):
        app.add_exception_handler(kind, show_error)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=["Accept", "Accept-Language", "Content-Type"],
        expose_headers=["Content-Disposition", "ETag", "Last-Modified", "Link", "Retry-After", "X-Snapshot"],
    )
    return app
