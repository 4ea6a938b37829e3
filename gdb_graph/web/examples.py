"""What is published in, its curated queries as SPARQL editors want them out: aimed at this endpoint."""

import pyoxigraph as ox

from gdb_graph.engine.answer import Published
from gdb_graph.engine.sparql import Request as Asked
from gdb_graph.formats import GRAPHS
from gdb_graph.terms import SCHEMA, SH
from gdb_graph.web.links import Links
from gdb_graph.web.parts import all_of, whole


async def examples(now: Published, links: Links) -> list[ox.Triple]:
    """The triples of the graph `queries`, sorted, and the endpoint as the target of each query."""
    answer = await whole(await now.run(Asked(all_of(now.snapshot.names.graph("queries")), GRAPHS["nt"], own=True)))
    triples = [quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)]
    executable, endpoint = ox.NamedNode(f"{SH}SPARQLExecutable"), ox.NamedNode(links.absolute("/sparql"))
    target = ox.NamedNode(f"{SCHEMA}target")
    aimed = [ox.Triple(each.subject, target, endpoint) for each in triples if each.object == executable]
    return sorted([*triples, *aimed], key=str)
