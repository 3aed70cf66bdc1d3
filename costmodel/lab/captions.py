"""What stands around the chart of a dashboard: title, legend, command line, style sheet."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from costmodel.engine.projection import Projection
from costmodel.engine.provenance import Mark
from costmodel.lab.labels import month_name
from costmodel.report import style
from costmodel.report.fan import mark_letters
from costmodel.report.wording import currency_note
from costmodel.scenario.schema import Scenario

NOTHING_UNCERTAIN = (
    '<p class="cm-quiet">Every number of this scenario is certain, so there is nothing to move: '
    "write one as an interval, such as <code>8k to 12k</code>.</p>"
)
STRATEGIES = (
    '<div class="cm-section"><h4>Strategies</h4><p>Switch them on to see what they save, '
    "alone and together.</p></div>"
)


def head_html(scenario: Scenario) -> str:
    """Return the title."""
    return (
        f'<div class="cm-head"><h3>What if? {escape(scenario.name)}</h3><p>The sliders are what '
        "this bill depends on most. Each moves a belief and keeps its uncertainty.</p></div>"
    )


def legend_html(projection: Projection, *, pinned: bool) -> str:
    """Explain the bands, and the marks by their letters.

    Parameters
    ----------
    projection : Projection
    pinned : bool
        Whether the baseline is another state than the dashboard was opened with.
    """
    code, note = projection.scenario.shown_in.code, currency_note(projection.scenario)
    text = (
        f"Spend per month, {code}. From the inside out: 50 %, 80 % and 90 % of the futures;"
        f" pale and dotted: 90 % and the median {'as pinned' if pinned else 'as opened'}."
    )
    letters = mark_letters(len(projection.marks))
    marks = "".join(
        f"<li><b>{letter}</b> {_month_of(mark, projection)}: {escape(mark.text)}</li>"
        for letter, mark in zip(letters, projection.marks, strict=True)
    )
    text += f"<br>{escape(note)}" if note else ""
    return f'<div class="cm-legend">{text}{f"<ul>{marks}</ul>" if marks else ""}</div>'


def _month_of(mark: Mark, projection: Projection) -> str:
    return month_name(projection.months[mark.month - 1])


def command_html(command: str) -> str:
    """Return the command line that makes what is shown again."""
    line = f"<pre>{escape(command)}</pre>"
    return f'<div class="cm-command"><span>The same from a terminal:</span>{line}</div>'


def problem_html(words: str) -> str:
    """Return what is wrong, told to screen readers at once."""
    return f'<div class="cm-problem" role="alert">{escape(words)}</div>'


def style_html() -> str:
    """Return the style sheet, which follows the light and dark themes of Jupyter."""
    sheet = files("costmodel.lab").joinpath("what_if.css").read_text(encoding="utf-8")
    light, dark = style.css_variables(dark=False), style.css_variables(dark=True)
    return (
        f"<style>.cm-what-if {{ {light} }} body[data-jp-theme-light='false'] .cm-what-if,"
        f" body.vscode-dark .cm-what-if {{ {dark} }} {sheet}</style>"
    )
