"""Pages made from templates: one file, no scripts, no requests, every text escaped."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from costmodel.report import style

if TYPE_CHECKING:
    from markupsafe import Markup


def page_text(template: str, **values: Any) -> str:  # noqa: ANN401 - what templates show
    """Return a page as HTML text.

    Parameters
    ----------
    template : str
        Its file among the report's templates.
    **values
        What it shows; a text is escaped unless it is Markup.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(linked=linked, breakable=breakable)
    css = Markup(_css(_read("report.css")))  # noqa: S704 (ours)
    text = environment.get_template(template).render(css=css, **values)
    # What a page may not hold, such as a NUL in a scenario's name, is written out.
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _read(name: str) -> str:
    return (files("costmodel.report") / "templates" / name).read_text(encoding="utf-8")


def _css(rules: str) -> str:
    light, dark = style.css_variables(dark=False), style.css_variables(dark=True)
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ color-scheme: light; {light} }} }}\n{rules}"
    )


_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


def linked(text: str) -> Markup:
    """Return escaped text in which web addresses are links, which load nothing by themselves."""
    from markupsafe import Markup, escape

    parts, end = Markup(), 0
    for match in _LINK.finditer(text):
        link = Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(match[0])
        parts += escape(text[end : match.start()]) + link
        end = match.end()
    return parts + escape(text[end:])


def breakable(text: str) -> Markup:
    """Return escaped text in which a dotted path may break after a dot."""
    from markupsafe import Markup, escape

    return Markup(".<wbr>").join(text.split(".")) if "." in text else escape(text)
