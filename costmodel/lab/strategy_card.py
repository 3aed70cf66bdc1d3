"""Strategy cards: a switch for each strategy, what it does, and sliders for its main numbers."""

from __future__ import annotations

from html import escape
from typing import Any

from costmodel.engine.projection import Projection
from costmodel.lab.captions import problem_html
from costmodel.lab.side_effects import side_effect
from costmodel.lab.strategy_dials import dials_of_strategy
from costmodel.scenario.schema import Scenario

KINDS = {
    "response_cache": "Answers kept and given again without a call",
    "prompt_cache": "The provider keeps the beginning of the prompt",
    "quota": "A limit for each person",
    "budget": "A cap on the whole bill",
}
"""What a strategy without a description of its own is."""


class StrategyCard:
    """The widgets of one strategy.

    Parameters
    ----------
    scenario : Scenario
    name : str
        Of the strategy.
    on : bool
        Whether it is on when the dashboard is opened.

    Attributes
    ----------
    toggle : Checkbox
    dials : tuple of Dial
        Shown while it is on.
    idle : bool
        Whether it was found to change nothing, by a simulation without it.
    box : VBox
    """

    def __init__(self, scenario: Scenario, name: str, *, on: bool) -> None:
        from ipywidgets import HTML, Checkbox, VBox

        strategy = scenario.strategies[name]
        self.name, self.opens_on, self.idle = name, on, False
        self.words = strategy.description or KINDS[strategy.kind]
        self.dials = dials_of_strategy(scenario, name)
        self.toggle = Checkbox(value=on, description=name, tooltip=self.words, indent=False)
        self.toggle.add_class("cm-toggle")
        self.about = HTML(f'<div class="cm-about">{escape(self.words)}</div>')
        self.note = HTML()
        self._sliders = VBox([dial.box for dial in self.dials]).add_class("cm-card-dials")
        self.box = VBox([self.toggle, self.about, self.note, self._sliders]).add_class("cm-card")

    @property
    def on(self) -> bool:
        """Whether the strategy is on."""
        return bool(self.toggle.value)

    @property
    def changes(self) -> dict[str, Any]:
        """What its sliders change, by path; nothing while it is off."""
        return {dial.path: dial.change for dial in self.dials if self.on and dial.moved}

    def put_back(self) -> None:
        """Switch it as it was opened, and its sliders to the scenario's own values."""
        self.toggle.value = self.opens_on
        for dial in self.dials:
            dial.put_back()

    def refuse(self, why: str) -> None:
        """Go back from a switch that cannot be followed, and say why."""
        self.toggle.value = not self.toggle.value
        self.note.value = problem_html(why)

    def show(self, projection: Projection) -> None:
        """Say what the strategy does in a projection, if it is on."""
        self._sliders.layout.display = "" if self.on else "none"
        self.note.value = self._note(projection) if self.on else ""

    def _note(self, projection: Projection) -> str:
        found = side_effect(projection, self.name)
        binding, words = found.binding and not self.idle, escape(found.words)
        if self.idle:
            words = "the bill and the turns are the same without it"
        words = words[0].upper() + words[1:]
        start = "" if binding else "<b>Not binding.</b> "
        return f'<div class="cm-effect">{start}{words}</div>'
