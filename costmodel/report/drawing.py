"""Figures that show themselves in a notebook and are written to files whole or not at all."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.report import style
from costmodel.report.atomic import check_target, write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
"""What a picture can be written as, by the ending of its file."""
DOTS_PER_INCH = 160
"""Of a PNG: a figure 9.5 inches wide has 1,520 pixels, sharp on a screen of twice the density."""
_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}
"""Without these the same picture is the same bytes."""


def picture_format(path: str | Path) -> str:
    """Return the format a file's ending asks for.

    Raises
    ------
    InputError
        If the ending is none of `FORMATS`.
    """
    ending = Path(path).suffix.lower().removeprefix(".")
    if ending in FORMATS:
        return ending
    read = f"'{path}', which ends in '.{ending}'" if ending else f"'{path}', which has no ending"
    known = ", ".join(f".{each}" for each in FORMATS)
    fix = did_you_mean(ending, FORMATS) or f"write {Path(path).with_suffix('.png').name}"
    raise InputError(Problem(read, f"a file ending in one of {known}", fix))


def write_picture(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG, SVG or PDF, by the file's ending; return the path.

    Raises
    ------
    InputError
        If the ending is another one, or the file cannot be written.
    """
    kind = picture_format(path)
    check_target(Path(path))
    return write_atomically(path, picture_bytes(figure, kind))


def picture_bytes(figure: Figure, kind: str) -> bytes:
    """Return a figure in one of `FORMATS`, the same bytes for the same figure."""
    stream = io.BytesIO()
    with style.styled():
        figure.savefig(stream, format=kind, dpi=DOTS_PER_INCH, metadata=_METADATA[kind])
    return stream.getvalue()


def picture_html(figure: Figure, description: str) -> str:
    """Return a figure as HTML for a notebook; it follows JupyterLab's light or dark theme."""
    from costmodel.report.pictures import inline_svg

    svg = picture_bytes(figure, "svg").decode()
    name = "cm-" + hashlib.sha256(svg.encode()).hexdigest()[:8]  # ids differ between pictures
    light, dark = style.css_variables(dark=False), style.css_variables(dark=True)
    rules = (
        f".{name} {{ {light} width: 100%; max-width: {figure.get_figwidth():g}in; }} "
        f"body[data-jp-theme-light='false'] .{name} {{ {dark} }}"
    )
    return f"<style>{rules}</style>{inline_svg(svg, name, description)}"
