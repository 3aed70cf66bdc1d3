"""The what-if dashboard: sliders on the beliefs that matter, and what they do to the bill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from costmodel.engine.memo import Memo
from costmodel.engine.projection import Projection
from costmodel.engine.provenance import Mark
from costmodel.engine.simulate import DEFAULT_DRAWS, simulate
from costmodel.foundation.errors import CostModelError
from costmodel.lab import captions
from costmodel.lab.dial import Dial, dials_of
from costmodel.lab.live_chart import LiveChart
from costmodel.lab.merit import merits_html, merits_of
from costmodel.lab.strategy_card import StrategyCard
from costmodel.lab.switches import clash_words, new_variant, variant_with
from costmodel.prices.book import PriceBook
from costmodel.questions.sensitivity import sensitivity
from costmodel.report.fan import fan_of
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.schema import PromptCache, Scenario

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
    variant: str | None = None,
    prices: PriceBook | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
) -> WhatIf:
    """Return a dashboard: move what is uncertain and see the monthly spend follow.

    The five beliefs that explain most of the spread stand under sliders; each
    moves its belief's median and keeps its relative width. Each strategy of the
    scenario has a switch, and sliders for its main numbers while it is on. The
    futures are the same in every state, so a step away and back gives the same
    picture. Everything is held against a pinned baseline, at first the state it
    is opened with.

    Parameters
    ----------
    scenario : Scenario, or a shipped name or path
    variant : str, optional
        Whose strategies are on at first; the scenario's first variant, the baseline, without.
    prices, draws, seed
        As for `simulate`.

    Raises
    ------
    InputError, UnknownModelError, PriceNotKnownError
        As `simulate` does.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    return WhatIf(scenario, variant=variant, prices=prices, draws=draws, seed=seed)


class WhatIf(VBox):  # type: ignore[misc]
    """The dashboard of one scenario; `what_if` makes it.

    Attributes
    ----------
    opening, pinned, projection : Projection
        The state it was opened with, the one that figures are held against, and the one shown.
    cards : tuple of StrategyCard
        The scenario's strategies.
    dials : tuple of Dial
        The beliefs under sliders, the most influential first; those of strategies stand on cards.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        variant: str | None = None,
        prices: PriceBook | None,
        draws: int,
        seed: int,
    ) -> None:
        self._memo, self._variant = Memo(), variant
        self._settings: dict[str, Any] = {"draws": draws, "seed": seed, "memo": self._memo}
        self.opening = simulate(scenario, prices=prices, variant=variant, **self._settings)
        self.projection = self.pinned = self.opening
        self._settings["prices"] = self.opening.prices
        on = scenario.variants[self.opening.variant]
        self.cards = tuple(StrategyCard(scenario, n, on=n in on) for n in scenario.strategies)
        self.dials = self._most_influential()
        self._charts: dict[tuple[Mark, ...], LiveChart] = {}
        self._merits = merits_of(self.opening)
        self._picture, self._figures, self._command, self._problem = HTML(), HTML(), HTML(), HTML()
        self._legend, self._muted = HTML(), False
        self._build()
        self._find_idle()
        self._draw()

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was opened."""
        return self.opening.scenario

    @property
    def on(self) -> tuple[str, ...]:
        """The strategies that are switched on."""
        return tuple(card.name for card in self.cards if card.on)

    @property
    def command(self) -> str:
        """The command line that reproduces what is shown, intervals included."""
        return self.projection.provenance.command

    def reset(self, *_: object) -> None:
        """Put every slider and switch back where it was and draw once; what is pinned stays."""
        with self._quietly():
            for dial in self.dials:
                dial.put_back()
            for card in self.cards:
                card.put_back()
        self.projection = self.opening
        for dial in self._all_dials():
            dial.show()
        self._find_idle()
        self._draw()

    def pin(self, *_: object) -> None:
        """Make the state shown the baseline that figures and chart are held against."""
        self.pinned = self.projection
        self._charts = {}
        self._draw()

    @property
    def _chart(self) -> LiveChart:
        """The chart of the pinned state, with the marks of the one shown: a strategy may start."""
        marks = self.projection.marks
        if marks not in self._charts:
            self._charts[marks] = LiveChart(replace(fan_of(self.pinned), marks=marks))
        return self._charts[marks]

    def _most_influential(self) -> tuple[Dial, ...]:
        """Return the dials of the beliefs that explain most, those on the cards apart."""
        on_cards = {dial.path for card in self.cards for dial in card.dials}
        ranking = (one for one in sensitivity(self.opening) if one.path not in on_cards)
        return dials_of(self.scenario, tuple(ranking)[:SLIDERS])

    def _all_dials(self) -> Iterator[Dial]:
        return chain(self.dials, *(card.dials for card in self.cards))

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Move sliders and switches without following them."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def _move(self, dial: Dial) -> None:
        """Follow a slider: simulate what the sliders say and draw it."""
        if self._muted:
            return
        before = self.projection
        refusal = self._follow()
        if refusal is not None:
            self._problem.value = captions.problem_html(refusal)
            return
        same = np.array_equal(before.ledger.total, self.projection.ledger.total)
        # A browser may return the start with rounding noise, which is no move.
        dial.show(binding=not (same and dial.moved))
        self._draw()

    def _switch(self, card: StrategyCard) -> None:
        """Follow a switch; one that cannot be followed goes back."""
        if self._muted:
            return
        refusal = clash_words(self.scenario, self.on, card.name)
        refusal = self._follow() if refusal is None else refusal
        if refusal is not None:
            with self._quietly():
                card.refuse(refusal)
            return
        self._find_idle()
        self._draw()

    def _follow(self) -> str | None:
        """Simulate what sliders and switches say; return why not, where the last state stays."""
        try:
            self.projection = self._simulated(self.on)
        except CostModelError as error:
            return str(error)
        return None

    def _simulated(self, on: tuple[str, ...]) -> Projection:
        changes = {dial.path: dial.change for dial in self.dials if dial.moved}
        for card in self.cards:
            changes |= card.changes
        variant = variant_with(self.opening, on)
        if variant is None:
            variant = new_variant(self.scenario)
            changes[f"variants.{variant}"] = list(on)
        elif variant == self.opening.variant:
            variant = self._variant
            if not changes:
                return self.opening
        scenario = self.scenario.with_overrides(changes) if changes else self.scenario
        return simulate(scenario, variant=variant, **self._settings)

    def _find_idle(self) -> None:
        """Find the prompt caches that change nothing, by a simulation without each.

        The others show it in what becomes of the turns, at every move; a provider's own cache
        does the same as a bought one only where they are alike, which no slider changes.
        """
        total = self.projection.ledger.total
        for card in self.cards:
            if card.on and isinstance(self.scenario.strategies[card.name], PromptCache):
                without = self._simulated(tuple(name for name in self.on if name != card.name))
                card.idle = np.array_equal(without.ledger.total, total)

    def _draw(self) -> None:
        at_pin = self.projection is self.pinned
        moved_pin = self.pinned is not self.opening
        chart = self._chart
        fan = chart.opening if at_pin else fan_of(self.projection)
        self._picture.value = f'<div class="cm-chart">{chart.svg(fan)}</div>'
        same = "as pinned" if moved_pin else "as opened"
        self._figures.value = merits_html(self._merits, self.projection, self.pinned, same)
        self._legend.value = captions.legend_html(self.projection, pinned=moved_pin)
        self._command.value = captions.command_html(self.command)
        self._problem.value = ""
        for card in self.cards:
            card.show(self.projection)
        self._reset.disabled = self.projection is self.opening
        self._pin.disabled = at_pin

    def _build(self) -> None:
        for dial in self._all_dials():
            dial.slider.observe(lambda _, moved=dial: self._move(moved), names="value")
        for card in self.cards:
            card.toggle.observe(lambda _, moved=card: self._switch(moved), names="value")
        self._reset = Button(description="Reset", tooltip="Back to the scenario as it is written")
        self._reset.on_click(self.reset)
        self._pin = Button(
            description="Pin this", tooltip="Hold everything from now on against this state"
        )
        self._pin.on_click(self.pin)
        head = HTML(captions.head_html(self.scenario))
        left = VBox([self._picture, self._legend]).add_class("cm-left")
        sliders = [dial.box for dial in self.dials] or [HTML(captions.NOTHING_UNCERTAIN)]
        buttons = HBox([self._reset, self._pin]).add_class("cm-buttons")
        right = VBox([*sliders, buttons]).add_class("cm-right")
        body = HBox([left, right]).add_class("cm-body")
        sheet = HTML(captions.style_html())
        below = [self._problem, *self._strategies(), self._command]
        super().__init__([sheet, head, self._figures, body, *below])
        self.add_class("cm-what-if")

    def _strategies(self) -> list[Any]:
        if not self.cards:
            return []
        cards = HBox([card.box for card in self.cards]).add_class("cm-cards")
        return [HTML(captions.STRATEGIES), cards]
