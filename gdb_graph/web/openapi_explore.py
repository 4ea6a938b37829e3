"""What the OpenAPI description says of the pages that explore the network."""

from collections.abc import Mapping
from typing import Any

from gdb_graph.explore.partners import MOST_WEIGHT, WEIGHTS
from gdb_graph.explore.paths import HOPS, MOST_HOPS, MOST_PATHS, PATHS
from gdb_graph.pictures.gallery import OFFERS

_THING = "a slug, a full IRI, or a name that only one thing has"


def _asked(name: str, kind: str, text: str, **schema: Any) -> Mapping[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": {"type": kind} | schema}


def explored(problem: Mapping[str, Any]) -> Mapping[str, Any]:
    """The paths with their operations; `problem` describes an error."""
    return {
        "/connections": {
            "get": {
                "operationId": "connections",
                "summary": "How two things are connected: paths with a sentence and the sources of each step",
                "parameters": [
                    {**_asked("from", "string", _THING), "required": True},
                    {**_asked("to", "string", _THING), "required": True},
                    _asked("max_hops", "integer", "at most so many steps", minimum=1, maximum=MOST_HOPS, default=HOPS),
                    _asked("k", "integer", "at most so many paths", minimum=1, maximum=MOST_PATHS, default=PATHS),
                    _asked("via", "string", f"what each path must pass; {_THING}"),
                    _asked(
                        "kind", "array", "kinds of relations to walk; all where none is given", items={"type": "string"}
                    ),
                    _asked("format", "string", "goes before Accept", enum=["html", "json", "csv", "svg"]),
                ],
                "responses": {
                    "200": {
                        "description": "the paths; none is an answer as well",
                        "content": {"text/html": {}, "application/json": {}, "text/csv": {}, "image/svg+xml": {}},
                    },
                    **dict.fromkeys(("406", "422", "503", "504"), problem),
                },
            }
        },
        "/overview/{name}": {
            "get": {
                "operationId": "picture",
                "summary": "A picture drawn from a curated query, as a page with its table or as SVG; all: /overview",
                "parameters": [
                    {
                        "name": "name",
                        "in": "path",
                        "required": True,
                        "description": "with the suffix .svg the picture by itself",
                        "schema": {"type": "string", "examples": [offer.name for offer in OFFERS]},
                    },
                    _asked("format", "string", "goes before Accept", enum=["html", "svg"]),
                ],
                "responses": {
                    "200": {"description": "the picture", "content": {"text/html": {}, "image/svg+xml": {}}},
                    **dict.fromkeys(("404", "406", "503", "504"), problem),
                },
            }
        },
        "/partners": {
            "get": {
                "operationId": "partners",
                "summary": "Who should come together: organisations ranked for an undertaking, with their reasons",
                "parameters": [
                    _asked("undertaking", "string", f"planned or running; {_THING}"),
                    *(
                        _asked(name, "array", f"{text}; {_THING}", items={"type": "string"})
                        for name, text in (("field", "action fields"), ("value", "values"), ("district", "districts"))
                    ),
                    *(
                        _asked(
                            f"w_{name}", "number", f"weight of {name}", minimum=0, maximum=MOST_WEIGHT, default=weight
                        )
                        for name, weight in WEIGHTS.items()
                    ),
                    _asked("limit", "integer", "at most so many organisations", minimum=1),
                    _asked("format", "string", "goes before Accept", enum=["html", "json", "csv"]),
                ],
                "responses": {
                    "200": {
                        "description": "the ranking",
                        "content": {"text/html": {}, "application/json": {}, "text/csv": {}},
                    },
                    **dict.fromkeys(("406", "422", "503", "504"), problem),
                },
            }
        },
    }
