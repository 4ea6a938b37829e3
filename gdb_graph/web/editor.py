"""An endpoint without a query: a form for browsers, the service description for machines.

The description holds the curated queries as well: editors that know the form of sib-swiss/sparql-examples offer them.
"""

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.engine.sparql import GRAPH
from gdb_graph.errors import NotAcceptable
from gdb_graph.negotiation import best
from gdb_graph.terms import SCHEMA, SH
from gdb_graph.web import workbench
from gdb_graph.web.examples import examples
from gdb_graph.web.links import Links
from gdb_graph.web.parts import HTML, published
from gdb_graph.web.rdf import serialised
from gdb_graph.web.service_description import PREFIXES, description


async def describe(request: Request, accept: str | None) -> Response:
    """The form, or the description in the format that `accept` likes. Raises NotAcceptable where it likes none."""
    now, endpoint = published(request), request.scope["path"]
    chosen = best(accept, (*GRAPH, HTML))
    if chosen is None:
        raise NotAcceptable(f"None of these is accepted: {HTML}, {', '.join(GRAPH)}.")
    if chosen == HTML:
        return await workbench.blank(request)
    format_, content_type = GRAPH[chosen]
    links = Links(request.app.state.base_url, now.snapshot.names)
    described = [*await description(now, links, endpoint), *await examples(now, links)]
    body = serialised(described, format_, PREFIXES | {"schema": SCHEMA, "sh": SH})
    return Response(body, headers={"Vary": "Accept", "X-Snapshot": now.snapshot.id}, media_type=content_type)
