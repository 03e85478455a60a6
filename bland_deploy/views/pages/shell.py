"""What all pages share: style, scripts, charts, and a policy under which a page can ask nobody for anything.

The policy names the scripts and the style by their digests, so nothing else in the page can run, whatever users wrote.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from bland_deploy.model.json import Json
from bland_deploy.views.harmless import harmless
from bland_deploy.views.pages.charts import Chart

_HERE = "bland_deploy.views.pages"
_LIBRARY = "chart.umd.min.js"
_IN_SCRIPT = re.compile(r"[<>&\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|(?<=#)#|(?<=:):")


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of page: the package that holds its `assets`, and in them its template and its script."""

    package: str
    template: str
    script: str


def render(page: Page, values: Mapping[str, object], charts: Sequence[Chart] = (), data: Json = None) -> str:
    """The page as HTML. The template gets `values` and `charts`; the script `data`.

    What users wrote comes in as plain strings and is escaped. Markup is for what is made here.
    """
    library, _, _source_map = read_asset(_HERE, _LIBRARY).partition("//# sourceMappingURL")
    scripts = [library, read_asset(_HERE, "page.js"), read_asset(page.package, page.script)]
    style = read_asset(_HERE, "style.css")
    return (
        _environment(page)
        .get_template(page.template)
        .render(
            **values,
            charts=charts,
            policy=_policy(style, scripts),
            style=Markup(style),  # noqa: S704 - a file of this package
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - files of this package
            data=embedded({"charts": [chart.to_json() for chart in charts], "own": data}),
        )
    )


def _environment(page: Page) -> Environment:
    own = {name: read_asset(_HERE, name) for name in ("shell.html", "figure.html")}
    environment = Environment(
        loader=DictLoader({**own, page.template: read_asset(page.package, page.template)}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finished,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    return environment


def _finished(value: object) -> object:
    """A value before it is escaped: what users wrote does nothing, what is made here stays."""
    return harmless(value) if type(value) is str else value


def embedded(value: Json, indent: int | None = None) -> Markup:
    """JSON that can stand in a script element: the same value, in which nothing ends the element or is a command."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, separators=separators, indent=indent)
    return Markup(_IN_SCRIPT.sub(lambda found: f"\\u{ord(found[0]):04x}", text))  # noqa: S704 - escaped on this line


def read_asset(package: str, name: str) -> str:
    """A file that belongs to a page."""
    return files(package).joinpath("assets", name).read_text(encoding="utf-8")


def _policy(style: str, scripts: Sequence[str]) -> str:
    allowed = " ".join(map(_digest, scripts))
    return f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
