"""The home page: what this is and all ways in; for machines the VoID description of the dataset."""

from starlette.requests import Request
from starlette.responses import Response

from gdb_graph.rows import table
from gdb_graph.terms import GDB
from gdb_graph.web import void
from gdb_graph.web.pages import Pages
from gdb_graph.web.parts import HTML, language, published, select
from gdb_graph.web.rdf import respond, wanted

# What a newcomer looks for first; every other class is one click away in the ontology.
FIGURES = (
    "StrategicValue",
    "ActionField",
    "PilotProject",
    "Measure",
    "Organisation",
    "Decision",
    "ParticipationEvent",
    "Source",
)

_LABELS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?class ?label WHERE {{ VALUES ?class {{ {classes} }} ?class rdfs:label ?label FILTER(LANG(?label) = "{lang}") }}
"""


async def home(request: Request) -> Response:
    """`/`: a page, or RDF."""
    now = published(request)
    media_type = wanted(request)
    if media_type != HTML:
        return respond(now, await void.description(request, now), media_type)
    lang = language(request)
    counts = now.snapshot.manifest["counts"]["classes"]
    classes = [f"{GDB}{name}" for name in FIGURES if counts.get(f"{GDB}{name}")]
    _, labels = await select(now, _LABELS.format(classes=" ".join(f"<{each}>" for each in classes), lang=lang))
    named = {row["class"].value: row["label"].value for row in labels}
    pilots = table(*await select(now, now.queries["pilots"].text), lang)[1] if "pilots" in now.queries else []
    pages: Pages = request.app.state.pages
    figures = [(named.get(each, each), counts[each], each) for each in classes]
    return pages.show(request, now, "home", figures=figures, pilots=pilots, queries=now.queries.values())
