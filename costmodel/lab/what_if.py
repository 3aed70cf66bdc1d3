"""The what-if dashboard: sliders on the beliefs that matter, and what they do to the bill."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from costmodel.engine.memo import Memo
from costmodel.engine.projection import Projection
from costmodel.engine.provenance import Mark
from costmodel.engine.simulate import DEFAULT_DRAWS, simulate
from costmodel.foundation.errors import CostModelError
from costmodel.lab.dial import Dial, dials_of
from costmodel.lab.labels import month_name
from costmodel.lab.live_chart import LiveChart
from costmodel.lab.merit import merits_html, merits_of
from costmodel.prices.book import PriceBook
from costmodel.questions.sensitivity import sensitivity
from costmodel.report import style
from costmodel.report.fan import fan_of, mark_letters
from costmodel.report.wording import currency_note
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.schema import Scenario

try:
    from ipywidgets import HTML, Button, HBox, VBox
except ImportError as missing:
    message = (
        "the what-if dashboard needs Jupyter; "
        "fix: make lab, or in a checkout pip install -e '.[lab]'"
    )
    raise ImportError(message) from missing

SLIDERS = 5
"""Beliefs under a slider: the most influential."""


def what_if(
    scenario: Scenario | str | Path,
    *,
    prices: PriceBook | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
) -> WhatIf:
    """Return a dashboard: move what is uncertain and see the monthly spend follow.

    The five beliefs that explain most of the spread stand under sliders; each
    moves its belief's median and keeps its relative width. The futures are the
    same at every position, so a step away and back gives the same picture.

    Parameters
    ----------
    scenario : Scenario, or a shipped name or path
    prices, draws, seed
        As for `simulate`.

    Raises
    ------
    InputError, UnknownModelError, PriceNotKnownError
        As `simulate` does.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    return WhatIf(scenario, prices=prices, draws=draws, seed=seed)


class WhatIf(VBox):  # type: ignore[misc]
    """The dashboard of one scenario; `what_if` makes it.

    Attributes
    ----------
    opening, projection : Projection
        The state it was opened with, and the one it shows.
    dials : tuple of Dial
        The beliefs under sliders, the most influential first.
    """

    def __init__(
        self, scenario: Scenario, *, prices: PriceBook | None, draws: int, seed: int
    ) -> None:
        self._memo = Memo()
        self._settings: dict[str, Any] = {"draws": draws, "seed": seed, "memo": self._memo}
        self.opening = simulate(scenario, prices=prices, **self._settings)
        self.projection = self.opening
        self._settings["prices"] = self.opening.prices
        self.dials = dials_of(scenario, sensitivity(self.opening)[:SLIDERS])
        self._chart = LiveChart(fan_of(self.opening))
        self._merits = merits_of(self.opening)
        self._picture, self._figures, self._command, self._problem = HTML(), HTML(), HTML(), HTML()
        self._muted = False
        self._build()
        self._draw()

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was opened."""
        return self.opening.scenario

    @property
    def command(self) -> str:
        """The command line that reproduces what is shown, intervals included."""
        return self.projection.provenance.command

    def reset(self, *_: object) -> None:
        """Put every slider back where it was and draw once."""
        self._muted = True
        try:
            for dial in self.dials:
                dial.slider.value = dial.start
        finally:
            self._muted = False
        self.projection = self.opening
        for dial in self.dials:
            dial.show()
        self._draw()

    def _move(self, dial: Dial) -> None:
        """Follow a slider: simulate what the sliders say and draw it."""
        if self._muted:
            return
        before = self.projection
        try:
            self.projection = self._simulated()
        except CostModelError as error:
            self._problem.value = f'<div class="cm-problem" role="alert">{escape(str(error))}</div>'
            return
        binding = not np.array_equal(before.ledger.total, self.projection.ledger.total)
        dial.show(binding=binding)
        self._draw()

    def _simulated(self) -> Projection:
        changes = {dial.path: dial.belief for dial in self.dials if dial.moved}
        if not changes:
            return self.opening
        return simulate(self.scenario.with_overrides(changes), **self._settings)

    def _draw(self) -> None:
        fan = self._chart.opening if self.projection is self.opening else fan_of(self.projection)
        self._picture.value = f'<div class="cm-chart">{self._chart.svg(fan)}</div>'
        self._figures.value = merits_html(self._merits, self.projection, self.opening)
        self._command.value = _command_html(self.command)
        self._problem.value = ""
        self._reset.disabled = self.projection is self.opening

    def _build(self) -> None:
        for dial in self.dials:
            dial.slider.observe(lambda _, moved=dial: self._move(moved), names="value")
        self._reset = Button(description="Reset", tooltip="Back to the scenario as it is written")
        self._reset.on_click(self.reset)
        head = HTML(_head_html(self.scenario))
        left = VBox([self._picture, HTML(_legend_html(self.opening))]).add_class("cm-left")
        sliders = [dial.box for dial in self.dials] or [HTML(_NOTHING_UNCERTAIN)]
        right = VBox([*sliders, HBox([self._reset])]).add_class("cm-right")
        body = HBox([left, right]).add_class("cm-body")
        super().__init__([HTML(_style()), head, self._figures, body, self._problem, self._command])
        self.add_class("cm-what-if")


_NOTHING_UNCERTAIN = (
    '<p class="cm-quiet">Every number of this scenario is certain, so there is nothing to move: '
    "write one as an interval, such as <code>8k to 12k</code>.</p>"
)


def _head_html(scenario: Scenario) -> str:
    return (
        f'<div class="cm-head"><h3>What if? {escape(scenario.name)}</h3><p>The sliders are what '
        "this bill depends on most. Each moves a belief and keeps its uncertainty.</p></div>"
    )


def _legend_html(projection: Projection) -> str:
    """Explain the bands, and the marks by their letters."""
    code, note = projection.scenario.shown_in.code, currency_note(projection.scenario)
    text = (
        f"Spend per month, {code}. From the inside out: 50 %, 80 % and 90 % of the futures;"
        " dotted: the median as opened."
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


def _command_html(command: str) -> str:
    line = f"<pre>{escape(command)}</pre>"
    return f'<div class="cm-command"><span>The same from a terminal:</span>{line}</div>'


def _style() -> str:
    """Return the style sheet, which follows the light and dark themes of Jupyter."""
    sheet = files("costmodel.lab").joinpath("what_if.css").read_text(encoding="utf-8")
    light, dark = style.css_variables(dark=False), style.css_variables(dark=True)
    return (
        f"<style>.cm-what-if {{ {light} }} body[data-jp-theme-light='false'] .cm-what-if,"
        f" body.vscode-dark .cm-what-if {{ {dark} }} {sheet}</style>"
    )
