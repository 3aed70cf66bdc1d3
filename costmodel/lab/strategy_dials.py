"""Which numbers of a strategy stand under sliders: the one or two that decide what it does."""

from __future__ import annotations

from collections.abc import Iterator

from costmodel.foundation.beliefs import Fixed
from costmodel.foundation.converted import StatedAmount
from costmodel.foundation.units import BUDGET, LIFETIME, Unit
from costmodel.lab.dial import Dial, LifetimeDial, LimitDial, dial_of
from costmodel.lab.labels import label_of
from costmodel.lab.scale import lifetime_scale, scale_around
from costmodel.scenario.limit import LIMIT_USD, unit_of
from costmodel.scenario.naming import stated_beliefs
from costmodel.scenario.schema import Quota, ResponseCache, Scenario, SpendCap

_BELIEFS = {
    "response_cache": ("hit_rate", "unique"),
    "prompt_cache": ("reads",),
    "quota": ("take_up", "defer"),
    "budget": (),
}
"""Beliefs under a slider, by kind, where the scenario states them; limits and lifetimes besides."""


def dials_of_strategy(scenario: Scenario, name: str) -> tuple[Dial, ...]:
    """Return the dials of a strategy; none where nothing of it is a number to move."""
    return (*_limit_dials(scenario, name), *_belief_dials(scenario, name),
            *_lifetime_dials(scenario, name))  # fmt: skip


def _label(scenario: Scenario, path: str) -> str:
    """Return a label without the strategy's name, which stands above its sliders."""
    words = label_of(path, scenario).partition(": ")[2]
    return words[0].upper() + words[1:]


def _belief_dials(scenario: Scenario, name: str) -> Iterator[Dial]:
    wanted = [f"strategies.{name}.{key}" for key in _BELIEFS[scenario.strategies[name].kind]]
    for named in stated_beliefs(scenario):
        if named[0] in wanted:
            yield dial_of(scenario, None, *named, label=_label(scenario, named[0]))


def _limit_dials(scenario: Scenario, name: str) -> Iterator[Dial]:
    strategy = scenario.strategies[name]
    if isinstance(strategy, Quota):
        unit, stated = unit_of(strategy.unit), strategy.amount
    elif isinstance(strategy, SpendCap):
        unit, stated = BUDGET, strategy.limit.usd
    else:
        return
    money = unit in (LIMIT_USD, BUDGET)
    yield _limit_dial(scenario, f"strategies.{name}.limit", stated, unit, whole=not money)


def _limit_dial(
    scenario: Scenario, path: str, stated: float, unit: Unit, *, whole: bool
) -> LimitDial:
    amount = float(stated)
    if isinstance(stated, StatedAmount):
        amount, unit = stated.amount, unit.written_in(stated.code)
    scale = scale_around(amount, unit, whole=whole)
    return LimitDial(path, Fixed(value=amount), unit, _label(scenario, path), None, scale)


def _lifetime_dials(scenario: Scenario, name: str) -> Iterator[Dial]:
    strategy = scenario.strategies[name]
    if not isinstance(strategy, ResponseCache) or strategy.ttl_seconds is None:
        return
    if strategy.hit_rate is None:  # a measured rate has it in it
        path, seconds = f"strategies.{name}.ttl", strategy.ttl_seconds
        yield LifetimeDial(path, Fixed(value=seconds), LIFETIME, _label(scenario, path), None,
                           lifetime_scale(seconds))  # fmt: skip
