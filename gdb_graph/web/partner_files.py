"""A ranking in, files out: JSON with every reason and its sources; CSV, a row per organisation and criterion."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gdb_graph.explore.network import Network
from gdb_graph.explore.partners import Partner, Ranking
from gdb_graph.explore.sentences import Notes, number, plain, tell
from gdb_graph.explore.wording import Wordings
from gdb_graph.queryfile import LANGUAGES
from gdb_graph.web.connection_files import Address, labels, relation, source, thing

COLUMNS = (
    *("rank", "organisation", "organisation_de", "organisation_en", "score", "involved"),
    *("criterion", "weight", "points", "remark", "reasons_de", "reasons_en", "sources"),
)


def document(network: Network, wordings: Wordings, ranking: Ranking, most: int, address: Address) -> Mapping[str, Any]:
    """The whole answer as JSON, with at most so many partners."""
    shown = ranking.partners[:most]
    notes = number(reason.way for partner in shown for part in partner.parts for reason in part.reasons)
    need = ranking.need
    return {
        "undertaking": thing(network, need.undertaking, address) if need.undertaking else None,
        "topics": [thing(network, each, address) for each in need.topics],
        "places": [thing(network, each, address) for each in need.places],
        "weights": ranking.weights,
        "applied": ranking.applied,
        "asked": ranking.asked,
        "found": len(ranking.partners),
        "partners": [
            {
                "rank": rank,
                **thing(network, partner.iri, address),
                "score": partner.score,
                "involved": partner.is_involved,
                "parts": _parts(network, wordings, partner, notes),
            }
            for rank, partner in enumerate(shown, 1)
        ],
        "sources": [source(network, each, place) for each, place in notes.items()],
    }


def _parts(network: Network, wordings: Wordings, partner: Partner, notes: Notes) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "criterion": part.criterion,
            "points": round(part.points, 4),
            "remark": part.remark,
            "reasons": [
                {
                    "about": {"iri": reason.about, "label": labels(network, reason.about)} if reason.about else None,
                    "sentence": {lang: plain(tell(network, wordings, reason.way, notes, lang)) for lang in LANGUAGES},
                    "things": reason.way.things,
                    "relations": [relation(network, edge, notes) for step in reason.way.steps for edge in step.edges],
                }
                for reason in part.reasons
            ],
        }
        for part in partner.parts
    ]


def rows(network: Network, wordings: Wordings, ranking: Ranking, most: int) -> Iterator[Sequence[str]]:
    """One row per organisation and criterion; the sources are IRIs."""
    for rank, partner in enumerate(ranking.partners[:most], 1):
        begun = [str(rank), partner.iri, *labels(network, partner.iri).values()]
        begun += [str(partner.score), str(partner.is_involved).lower()]
        for part in partner.parts:
            told = [
                " ".join(plain(tell(network, wordings, reason.way, {}, lang)) for reason in part.reasons)
                for lang in LANGUAGES
            ]
            sources = {each.source for each in number(reason.way for reason in part.reasons)}
            weight = ranking.weights[part.criterion] if part.criterion in ranking.applied else 0
            judged = [part.criterion, f"{weight:g}", f"{part.points:.4g}", part.remark]
            yield [*begun, *judged, *told, " ".join(sorted(sources))]
