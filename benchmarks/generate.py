"""Seeded synthetic content of the real shape: `python benchmarks/generate.py --cities 10 OUT` writes OUT/data.

Each city is a strategy with its fields, values, actors, undertakings and sources, about 10,000 triples, valid
against the shapes. Nothing in it is true.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

BASE = "https://example.org/cities/"
PREFIXES = "\n".join(
    f"@prefix {name}: <{iri}> ."
    for name, iri in {
        "confidence": "https://w3id.org/gdb-berlin/vocab/evidence-confidence/",
        "currency": "http://publications.europa.eu/resource/authority/currency/",
        "dc11": "http://purl.org/dc/elements/1.1/",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "gdb": "https://w3id.org/gdb-berlin/ontology#",
        "id": f"{BASE}id/",
        "lang": "http://publications.europa.eu/resource/authority/language/",
        "measure-type": "https://w3id.org/gdb-berlin/vocab/measure-type/",
        "position": "https://w3id.org/gdb-berlin/vocab/administrative-position/",
        "role": "https://w3id.org/gdb-berlin/vocab/role/",
        "sector": "https://w3id.org/gdb-berlin/vocab/sector/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "status": "https://w3id.org/gdb-berlin/vocab/status/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }.items()
)
DATASET = f"""# Synthetic cities for benchmarks; nothing here is true.
@prefix dct:  <http://purl.org/dc/terms/> .
@prefix void: <http://rdfs.org/ns/void#> .

<{BASE}>
    a             void:Dataset ;
    dct:title     "Erfundene Städte"@de , "Invented cities"@en ;
    dct:license   <https://creativecommons.org/licenses/by/4.0/> ;
    void:uriSpace "{BASE}id/" ;
.
"""
ROLES = ("partner", "implementer", "associated-partner", "advisor", "contractor", "facilitator")
SECTORS = ("public-administration", "science", "business", "civil-society", "public-enterprise")
TYPES = ("central", "decentral", "network")
ORGANISATIONS, UNDERTAKINGS, SOURCES = 60, 60, 30


def write(out: Path, cities: int, seed: int) -> None:
    """Write the content of `cities` invented cities below `out`/data; the same seed gives the same bytes."""
    (out / "data" / "curated").mkdir(parents=True)
    (out / "data" / "sources").mkdir()
    (out / "data" / "dataset.ttl").write_text(DATASET, encoding="utf-8")
    for number in range(cities):
        city = f"c{number:05}"
        chance = random.Random(f"{seed}/{city}")  # noqa: S311 - no secret
        curated = f"# Invented city {city}: identity and labels.\n{PREFIXES}\n\n" + "\n".join(identity(city, chance))
        (out / "data" / "curated" / f"{city}.ttl").write_text(curated, encoding="utf-8")
        for source in range(SOURCES):
            name = f"src-{city}-{source:02}"
            text = f"# Invented source {name}.\n{PREFIXES}\n\n" + "\n".join(said(city, name, chance))
            (out / "data" / "sources" / f"{name}.ttl").write_text(text, encoding="utf-8")


def identity(city: str, chance: random.Random) -> Iterator[str]:
    """The blocks of the curated file: class, labels and descriptions."""
    yield thing(f"{city}-strategy", "gdb:Strategy", "Strategie", "strategy")
    for value in range(4):
        yield thing(f"{city}-value-{value}", "gdb:StrategicValue", f"Wert {value}", f"value {value}")
    for cluster in range(4):
        yield thing(f"{city}-cluster-{cluster}", "gdb:ActionFieldCluster", f"Cluster {cluster}", f"cluster {cluster}")
    for field in range(16):
        yield thing(f"{city}-field-{field}", "gdb:ActionField", f"Feld {field}", f"field {field}")
    for organisation in range(ORGANISATIONS):
        extra = f"gdb:sector sector:{chance.choice(SECTORS)} ; gdb:administrativePosition position:outside ;"
        extra += " gdb:hasEvidence id:ev-editorial ;"
        kind = chance.choice(("gdb:Organisation", "gdb:PublicBody"))
        yield thing(f"{city}-org-{organisation}", kind, f"Stelle {organisation}", f"body {organisation}", extra)
    for undertaking in range(UNDERTAKINGS):
        kind = "gdb:PilotProject , gdb:Measure" if undertaking % 5 == 0 else "gdb:Measure"
        yield thing(f"{city}-u-{undertaking}", kind, f"Vorhaben {undertaking}", f"undertaking {undertaking}")
    if city.endswith("00000"):
        yield (
            'id:src-editorial a gdb:Source ; dct:title "editorial"@en ; dc11:publisher "nobody" .\n'
            "id:ev-editorial a gdb:Evidence ; gdb:fromSource id:src-editorial ; gdb:confidence confidence:derived ;\n"
            "    gdb:supportsProperty gdb:sector , gdb:administrativePosition .\n"
        )


def thing(slug: str, kind: str, german: str, english: str, extra: str = "") -> str:
    """One block of identity."""
    return (
        f'id:{slug} a {kind} ;\n    skos:prefLabel "{german} ({slug})"@de , "{english} ({slug})"@en ;\n'
        f'    dct:description "Erfunden: {german}."@de , "Invented: {english}."@en ;\n    {extra}\n.\n'
    )


def said(city: str, source: str, chance: random.Random) -> Iterator[str]:
    """The blocks of a source file: the source, and what it says about some of the city's things."""
    first = source.endswith("-00")
    yield (
        f'id:{source} a gdb:Source ; dct:title "Quelle {source}"@de ; dc11:publisher "Erfunden" ;\n'
        f'    dct:issued "2023"^^xsd:gYear ; foaf:page <{BASE}page/{source}> ; dct:language lang:DEU .\n'
        f"id:{source.replace('src-', 'snap-')} a gdb:SourceSnapshot ; gdb:snapshotOf id:{source} ;\n"
        '    gdb:retrievedAt "2026-11-22"^^xsd:date .\n'
    )
    if first:
        yield from components(city, source)
    for undertaking in range(UNDERTAKINGS) if first else sorted(chance.sample(range(UNDERTAKINGS), 8)):
        yield from work(city, source, undertaking, chance, first)


def components(city: str, source: str) -> Iterator[str]:
    """What the strategy's own text says about its parts."""
    for kind, count in (("value", 4), ("cluster", 4), ("field", 16)):
        for number in range(count):
            slug = f"{city}-{kind}-{number}"
            inside = f"gdb:inCluster id:{city}-cluster-{number // 4} ;" if kind == "field" else ""
            also = " , gdb:inCluster" if inside else ""
            yield (
                f'id:{slug} gdb:componentOf id:{city}-strategy ; {inside} skos:notation "{number}" ;\n'
                f"    gdb:hasEvidence id:ev-{slug} .\n" + evidence(f"ev-{slug}", source, f"gdb:componentOf{also}")
            )


def work(city: str, source: str, undertaking: int, chance: random.Random, first: bool) -> Iterator[str]:
    """What a source says about an undertaking: its fields, period, status, and who takes part."""
    slug = f"{city}-u-{undertaking}"
    proof = f"ev-{slug}-{source}"
    lines = [
        f"gdb:implementsStrategy id:{city}-strategy",
        f"gdb:addressesField id:{city}-field-{chance.randrange(16)}",
        f'gdb:startDate "{chance.randrange(2020, 2024)}"^^xsd:gYear',
        f"gdb:measureType measure-type:{TYPES[undertaking % 3]}",
    ]
    nodes = []
    year = chance.randrange(2020, 2026)
    state = f"st-{slug}-{source}"
    lines.append(f"gdb:hasStatusAssertion id:{state}")
    nodes.append(
        f"id:{state} a gdb:StatusAssertion ; gdb:status status:{chance.choice(('planned', 'running', 'finished'))} ;\n"
        f'    gdb:validFrom "{year}-01-01"^^xsd:date ; gdb:dateKind "since" ; gdb:hasEvidence id:{proof} .\n'
    )
    roles = ["lead", *(chance.choice(ROLES) for _ in range(3))] if first else [chance.choice(ROLES) for _ in range(3)]
    for role in roles:
        actor = chance.randrange(ORGANISATIONS)
        node = f"inv-{slug}-{actor}-{role}"
        lines.append(f"gdb:hasInvolvement id:{node}")
        nodes.append(
            f"id:{node} a gdb:Involvement ; gdb:actor id:{city}-org-{actor} ; gdb:role role:{role} ;\n"
            f"    gdb:hasEvidence id:{proof} .\n"
        )
    yield f"id:{slug} " + " ;\n    ".join([*lines, f"gdb:hasEvidence id:{proof}"]) + " .\n"
    yield from dict.fromkeys(nodes)
    yield evidence(proof, source, "gdb:startDate , gdb:addressesField , gdb:hasStatusAssertion , gdb:hasInvolvement")


def evidence(slug: str, source: str, supports: str) -> str:
    """One evidence node."""
    return (
        f"id:{slug} a gdb:Evidence ; gdb:fromSource id:{source} ; gdb:confidence confidence:stated ;\n"
        f'    gdb:locator "S. {len(slug)}" ; gdb:supportsProperty {supports} .\n'
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    write(options.out, options.cities, options.seed)
