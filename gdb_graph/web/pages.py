"""Templates and texts: a name and values in, an HTML response in the language of the request out."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from gdb_graph import queryfile
from gdb_graph.engine.answer import Published
from gdb_graph.terms import Names
from gdb_graph.web import forms
from gdb_graph.web.exchange import KEY, Exchange
from gdb_graph.web.languages import in_language, offered
from gdb_graph.web.links import Links
from gdb_graph.web.parts import language, varies

Named = Mapping[str, Any]
"""What a problem points at: its `url`, its `label` by language, its `iri`."""
HERE = Path(__file__).parent
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def read_texts() -> dict[str, Mapping[str, str]]:
    """Every text of the pages by its key, in each language."""
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "texts").glob("*.toml")))
    return {key: said for texts in files for key, said in texts.items()}


class Pages:
    """The templates with the texts of each language."""

    def __init__(self) -> None:
        self._texts = read_texts()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters |= {"date": forms.date, "number": forms.number, "literal": forms.literal}

    def text(self, lang: str) -> Mapping[str, str]:
        """All texts of one language by key."""
        return {key: texts[lang] for key, texts in self._texts.items()}

    def render(self, name: str, **values: Any) -> Markup:
        """A part of a page, or a file by itself, from the template `name`."""
        return Markup(self._templates.get_template(name).render(**values))  # noqa: S704 - the template escapes

    def problem(self, request: Request, status: int, kind: str, detail: str, named: Sequence[Named]) -> str:
        """The page that tells a person what went wrong, with links to what is `named`; it needs no snapshot."""
        exchange: Exchange | None = request.scope.get(KEY)
        now = exchange.now if exchange else None
        return self._page(request, now, "problem", status=status, kind=kind, detail=detail, named=named)

    def show(self, request: Request, now: Published, name: str, **values: Any) -> HTMLResponse:
        """The page `name`.html with the `values`."""
        headers = SECURITY | {
            "Vary": varies(request),
            "Content-Language": language(request),
            "X-Snapshot": now.snapshot.id,
        }
        return HTMLResponse(self._page(request, now, name, **values), headers=headers)

    def _page(self, request: Request, now: Published | None, name: str, **values: Any) -> str:
        lang, base = language(request), request.app.state.base_url
        manifest = now.snapshot.manifest if now else {}
        names = now.snapshot.names if now else Names()
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return self._templates.get_template(f"{name}.html").render(
            lang=lang,
            t=self.text(lang),
            link=Links(base, names, lang),
            here=request.scope["path"],
            other=offered(request, lang),
            alternates={code: in_language(base, target, code) for code in queryfile.LANGUAGES},
            snapshot=now.snapshot if now else None,
            about={term: manifest.get(term, {}).get(lang, "") for term in ("title", "description")},
            **values,
        )
