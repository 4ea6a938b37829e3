"""A work to be cited in, its entry as BibTeX or CSL-JSON out."""

import json
import re
from dataclasses import dataclass

BIBTEX = "application/x-bibtex"
CSL = "application/vnd.citationstyles.csl+json"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# BibTeX counts braces even behind a backslash, so those and the backslash itself are written as commands.
_SPECIALS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{each: f"\\{each}" for each in "&%$#_"},
}
_SPECIAL = re.compile(r"[\\{}^~&%$#_]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Work:
    """What is cited; what is not known is empty. `date` is ISO 8601, `url` holds only what may stand in one."""

    key: str
    title: str
    url: str
    version: str
    date: str
    authors: tuple[str, ...] = ()
    publisher: str = ""
    part_of: str = ""
    note: str = ""


def bibtex(work: Work) -> str:
    """The work as one entry of BibTeX, in UTF-8; styles that do not know `version` or `url` pass them over."""
    year, month, _ = work.date[:10].split("-")
    fields = {
        "title": f"{{{escape(work.title)}}}",
        "author": " and ".join(f"{{{escape(each)}}}" for each in work.authors),  # bodies, not first and last names
        "publisher": escape(work.publisher),
        "howpublished": escape(work.part_of),
        "version": work.version,
        "year": year,
        "url": work.url,
        "note": escape(work.note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{work.key},", *lines, f"  month = {_MONTHS[int(month) - 1]}", "}", ""])


def escape(text: str) -> str:
    """A text as it stands in a field of BibTeX: no character of it means anything to TeX, braces are balanced."""
    return _SPECIAL.sub(lambda match: _SPECIALS[match.group()], _SPACE.sub(" ", text).strip())


def csl(work: Work) -> str:
    """The work as CSL-JSON: a list of one item (https://github.com/citation-style-language/schema, csl-data.json)."""
    year, month, day = map(int, work.date[:10].split("-"))
    item = {
        "id": work.key,
        "type": "entry" if work.part_of else "dataset",
        "title": work.title,
        "author": [{"literal": each} for each in work.authors],
        "container-title": work.part_of,
        "publisher": work.publisher,
        "version": work.version,
        "issued": {"date-parts": [[year, month, day]]},
        "URL": work.url,
        "note": work.note,
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1) + "\n"
