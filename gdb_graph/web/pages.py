"""Templates and texts: a name and values in, an HTML response in the language of the request out."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from gdb_graph import queryfile
from gdb_graph.engine.answer import Published
from gdb_graph.web.links import Links
from gdb_graph.web.parts import language

HERE = Path(__file__).parent
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


class Pages:
    """The templates with the texts of each language."""

    def __init__(self) -> None:
        self._texts = tomllib.loads((HERE / "texts.toml").read_text(encoding="utf-8"))
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )

    def text(self, lang: str) -> Mapping[str, str]:
        """All texts of one language by key."""
        return {key: texts[lang] for key, texts in self._texts.items()}

    def render(self, name: str, **values: Any) -> Markup:
        """A part of a page, or a file by itself, from the template `name`."""
        return Markup(self._templates.get_template(name).render(**values))  # noqa: S704 - the template escapes

    def problem(self, request: Request, status: int, title: str, detail: str) -> str:
        """The page that tells a person what went wrong; it needs no snapshot."""
        lang = language(request)
        base = urlsplit(request.app.state.base_url).path
        template = self._templates.get_template("problem.html")
        return template.render(lang=lang, t=self.text(lang), base=base, status=status, title=title, detail=detail)

    def show(self, request: Request, now: Published, name: str, **values: Any) -> HTMLResponse:
        """The page `name`.html with the `values`."""
        lang = language(request)
        content = self._templates.get_template(f"{name}.html").render(
            lang=lang,
            t=self.text(lang),
            link=Links(request.app.state.base_url, now.snapshot.names, lang),
            other={code: _switched(request, code) for code in queryfile.LANGUAGES if code != lang},
            snapshot=now.snapshot,
            about={term: now.snapshot.manifest[term].get(lang, "") for term in ("title", "description")},
            **values,
        )
        headers = SECURITY | {
            "Vary": "Accept, Accept-Language",
            "Content-Language": lang,
            "X-Snapshot": now.snapshot.id,
        }
        return HTMLResponse(content, headers=headers)


def _switched(request: Request, lang: str) -> str:
    return f"?{request.url.include_query_params(lang=lang).query}"
