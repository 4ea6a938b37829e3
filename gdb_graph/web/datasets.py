"""`/datasets/{name}`: the landing page of a dataset, with schema.org and FAIR Signposting, and its RDF."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph import queryfile
from gdb_graph.catalog import catalogue as description
from gdb_graph.catalog import schema_org
from gdb_graph.catalog.model import Catalogue, Dataset
from gdb_graph.web.catalog import offered
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, language, published
from gdb_graph.web.problems import Problem
from gdb_graph.web.rdf import SHOWN, SUFFIXES, links, respond, wanted

Link = tuple[str, str] | tuple[str, str, str]


async def dataset(request: Request) -> Response:
    """A page, or RDF by Accept or by suffix."""
    now, it = published(request), offered(request)
    name, _, suffix = request.path_params["name"].partition(".")
    known = {each.name: each for each in it.datasets}
    if name not in known:
        near = queryfile.near(name, known)
        raise Problem(404, "not-found", f"There is no dataset {name!r}.{near} There are: {', '.join(known)}.")
    one, media_type = known[name], wanted(request, suffix)
    if media_type == HTML:
        pages: Pages = request.app.state.pages
        data = schema_org.dataset(one, it, language(request))
        response = pages.show(request, now, "dataset", it=it, dataset=one, data=data, suffixes=SHOWN)
        response.headers["Link"] = links(signposts(one, it))
        return response
    about: list[Link] = [(one.iri, "describes"), (it.coverage.license, "license"), (it.iri, "collection")]
    return respond(now, description.alone(one, it), media_type, links(about))


def signposts(one: Dataset, it: Catalogue) -> Sequence[Link]:
    """What a machine looks for on a landing page: https://signposting.org/FAIR/, level 1."""
    described: list[Link] = [(f"{one.iri}.{suffix}", "describedby", SUFFIXES[suffix]) for suffix in SHOWN]
    alternate: list[Link] = [(f"{one.iri}.{suffix}", "alternate", SUFFIXES[suffix]) for suffix in SHOWN]
    items: list[Link] = [
        (each.url, "item", each.compression or each.media_type) for each in one.distributions if not each.service
    ]
    return [
        (one.iri, "cite-as"),
        *described,
        *alternate,
        *items,
        (it.coverage.license, "license"),
        (it.iri, "collection"),
        ("https://schema.org/AboutPage", "type"),
        ("https://schema.org/Dataset", "type"),
    ]
