"""Paths in, files out: JSON with nodes and edges as drawing libraries take them; CSV, a row per step and source."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gdb_graph.explore import sentences
from gdb_graph.explore.network import Edge, Evidence, Network, Path
from gdb_graph.explore.paths import Found, Wish
from gdb_graph.explore.sentences import Notes
from gdb_graph.explore.wording import Wordings
from gdb_graph.queryfile import LANGUAGES

Address = Callable[[str], str]
"""Where a thing is looked up."""
COLUMNS = (
    *("path", "step", "from", "from_de", "from_en", "relation", "relation_de", "relation_en", "direction"),
    *("role_de", "role_en", "since", "until", "to", "to_de", "to_en"),
    *("source", "source_title", "source_address", "locator", "certainty"),
)


def labels(network: Network, iri: str) -> Mapping[str, str]:
    """What something is called in both languages."""
    return {lang: network.label(iri, lang) for lang in LANGUAGES}


def thing(network: Network, iri: str, address: Address) -> Mapping[str, Any]:
    """A thing with its names, its classes and its page."""
    classes = [{"iri": class_, "label": labels(network, class_)} for class_ in network.things[iri].classes]
    return {"iri": iri, "label": labels(network, iri), "classes": classes, "url": address(iri)}


def document(
    network: Network, wordings: Wordings, wish: Wish, kinds: Sequence[str], found: Found, address: Address
) -> Mapping[str, Any]:
    """The whole answer as JSON."""
    notes = sentences.number(found.paths)
    return {
        "from": thing(network, wish.start, address),
        "to": thing(network, wish.goal, address),
        "max_hops": wish.hops,
        "k": wish.count,
        "via": thing(network, wish.via, address) if wish.via else None,
        "kinds": list(kinds),
        "searched": found.searched,
        "complete": found.complete,
        "paths": [_path(network, wordings, path, notes) for path in found.paths],
        "sources": [source(network, each, number) for each, number in notes.items()],
        "elements": _elements(network, wordings, found.paths, address),
    }


def _path(network: Network, wordings: Wordings, path: Path, notes: Notes) -> Mapping[str, Any]:
    told = {lang: sentences.plain(sentences.tell(network, wordings, path, notes, lang)) for lang in LANGUAGES}
    steps = [
        {"from": step.left, "to": step.right, "relations": [relation(network, edge, notes) for edge in step.edges]}
        for step in path.steps
    ]
    return {"hops": len(steps), "cost": path.cost, "sentence": told, "things": path.things, "steps": steps}


def relation(network: Network, edge: Edge, notes: Notes) -> Mapping[str, Any]:
    """One edge with all that is said of it; `evidence` are numbers of the sources."""
    between = {"node": edge.node, "ends": edge.ends} if edge.ends else {}
    return {
        "subject": edge.left,
        "object": edge.right,
        "class" if edge.ends else "property": edge.term,
        "label": labels(network, edge.term),
        **between,
        "roles": [{"iri": role, "label": labels(network, role)} for role in edge.roles],
        "role_text": dict(edge.role_text),
        "amounts": edge.amounts,
        "since": edge.time.since,
        "until": edge.time.until,
        "attested": edge.time.attested,
        "evidence": [notes[each] for each in edge.evidence],
    }


def source(network: Network, evidence: Evidence, number: int) -> Mapping[str, Any]:
    """One piece of evidence with its number."""
    known = network.sources.get(evidence.source)
    certainty = {"iri": evidence.certainty, "label": labels(network, evidence.certainty)}
    return {
        "number": number,
        "source": evidence.source,
        "title": known.titles if known else {},
        "address": known.address if known else "",
        "locator": evidence.locator,
        "certainty": certainty if evidence.certainty else None,
    }


def _elements(network: Network, wordings: Wordings, paths: Sequence[Path], address: Address) -> Mapping[str, Any]:
    nodes = dict.fromkeys(iri for path in paths for iri in path.things)
    edges: dict[Edge, list[int]] = {}
    for number, path in enumerate(paths, 1):
        for edge in dict.fromkeys(edge for step in path.steps for edge in step.edges):
            edges.setdefault(edge, []).append(number)
    return {
        "nodes": [{"data": {"id": iri, **thing(network, iri, address)}} for iri in nodes],
        "edges": [
            {
                "data": {
                    "id": f"e{place}",
                    "source": edge.left,
                    "target": edge.right,
                    "label": labels(network, edge.term),
                    "roles": [labels(network, role) for role in edge.roles],
                    "kind": wordings.kind(edge),
                    "paths": numbers,
                }
            }
            for place, (edge, numbers) in enumerate(edges.items(), 1)
        ],
    }


def rows(network: Network, wordings: Wordings, found: Found) -> Iterator[Sequence[str]]:
    """One row per path, step, relation and source; one without a source where nothing backs a relation."""
    for number, path in enumerate(found.paths, 1):
        for place, step in enumerate(path.steps, 1):
            for edge in step.edges:
                ends = [[iri, *labels(network, iri).values()] for iri in (step.left, step.right)]
                told = [edge.term, *labels(network, edge.term).values()]
                direction = "forward" if edge.left == step.left else "backward"
                roles = [", ".join(wordings.roles(network, edge, lang)) for lang in LANGUAGES]
                times = [" | ".join(edge.time.since), " | ".join(edge.time.until)]
                begun = [str(number), str(place), *ends[0], *told, direction, *roles, *times, *ends[1]]
                for each in edge.evidence or (Evidence(""),):
                    address = network.sources[each.source].address if each.source in network.sources else ""
                    title = network.title(each.source, LANGUAGES[0]) if each.source else ""
                    yield [*begun, each.source, title, address, each.locator, each.certainty.rpartition("/")[2]]


def table(columns: Sequence[str], lines: Iterator[Sequence[str]]) -> str:
    """Columns and rows as CSV (RFC 4180)."""
    written = io.StringIO()
    csv.writer(written).writerows([columns, *lines])
    return written.getvalue()
