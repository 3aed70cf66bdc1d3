"""What a slider is called and how its value reads: names for people, from a belief's path."""

from __future__ import annotations

import math

from costmodel.foundation.months import Month
from costmodel.foundation.units import Period, Unit
from costmodel.report.amounts import number
from costmodel.report.style import MONTH_NAMES
from costmodel.scenario.schema import Quota, Scenario, SpendCap, Strategy

_SEGMENT = {
    "users": "people in {start}",
    "growth": "growth per month",
    "revenue": "revenue per person per month",
}
_FEATURE = {
    "conversation.turns": "turns in a conversation",
    "prompt.system.tokens": "system prompt, tokens",
    "prompt.tools.tokens": "tool definitions, tokens",
    "prompt.examples.tokens": "examples in the prompt, tokens",
    "prompt.retrieved.chunks": "passages looked up per call",
    "prompt.retrieved.tokens_each": "tokens per passage",
    "prompt.user": "tokens in a user's message",
    "output": "tokens in an answer",
    "reasoning": "reasoning tokens per answer",
    "failures.malformed": "malformed answers (billed, retried)",
    "failures.transport": "failed connections (retried)",
    "implicit_cache.cached": "input read from the provider's cache",
    "implicit_cache.written": "input written to the provider's cache",
}
_STRATEGY = {
    "ttl": "how long an answer is kept",
    "hit_rate": "turns answered from kept answers",
    "questions": "different questions people ask",
    "popularity": "how unevenly questions are asked",
    "unique": "questions asked once and never again",
    "cacheable": "turns whose answer may be kept",
    "recall": "repeated questions that are recognised",
    "false_hits": "wrong answers where none is kept",
    "flushes": "prompt changes per month",
    "lookup": "price of looking one turn up",
    "wrong_answer": "cost of a wrong answer",
    "reads": "input read from the provider's cache",
    "price": "price of a turn over the limit",
    "take_up": "people who pay for more",
    "defer": "blocked turns that are asked again later",
    "churn": "people who leave per month, if limited",
}


def label_of(path: str, scenario: Scenario, period: Period | None = None) -> str:
    """Return a belief's name for people, such as ``free: turns per person per month``.

    A segment or feature is named where the scenario has several, a strategy always;
    a path of an unknown kind is its own name.
    """
    kind, name, rest = (*path.split(".", 2), "", "")[:3]
    if kind == "segments" and rest in _SEGMENT:
        words = _SEGMENT[rest].format(start=month_name(scenario.start))
        return _owned(words, [name] if len(scenario.segments) > 1 else [])
    if kind == "strategies" and rest in _STRATEGY:
        return _owned(_STRATEGY[rest], [name])
    if kind == "strategies" and rest == "limit":
        return _owned(_limited(scenario.strategies[name]), [name])
    words = _of_feature(rest, period)
    if kind != "features" or not words:
        return path
    owners = [name] if len(scenario.features) > 1 else []
    if rest.startswith("turns_per_user.") and len(scenario.segments) > 1:
        owners.append(rest.split(".")[1])
    return _owned(words, owners)


def _limited(strategy: Strategy) -> str:
    """Return what a limit limits: ``turns per person per month``."""
    if isinstance(strategy, Quota):
        counted = "spend" if strategy.unit == "usd" else strategy.unit
        return f"{counted} per person per {strategy.period}"
    assert isinstance(strategy, SpendCap)
    return f"most that is spent per {strategy.limit.period}"


def _of_feature(rest: str, period: Period | None) -> str:
    if rest.startswith("turns_per_user."):
        days = rest.endswith(".active_days")
        return "active days per month" if days else f"turns per person per {period or 'month'}"
    if rest.startswith("prompt.") and ".placeholders." in rest:
        part, _, name = rest.removeprefix("prompt.").partition(".placeholders.")
        return f"{name} in the {part} prompt, tokens"
    if rest.startswith("units."):
        return f"{rest.removeprefix('units.').replace('_', ' ')}, per call"
    words = _FEATURE.get(rest.removesuffix(".mean").removesuffix(".p50"), "")
    return f"{words}, median" if words and rest.endswith(".p50") else words


def _owned(words: str, owners: list[str]) -> str:
    return f"{', '.join(owners)}: {words}" if owners else words[0].upper() + words[1:]


def month_name(month: Month) -> str:
    """Return ``Dec 2026``."""
    return f"{MONTH_NAMES[month.month - 1]} {month.year}"


def value_text(value: float, unit: Unit, step: float) -> str:
    """Return a slider's value with its unit, exact to its step: ``9,800``, ``5.5 %``, ``$29``.

    Parameters
    ----------
    value : float
        Shares and rates as numbers: 0.055.
    unit : Unit
        What is counted.
    step : float
        The slider's step there; 0 for three significant digits.
    """
    sign = "-" if value < 0 else ""
    size, step = abs(value), abs(step)
    if unit.percent:
        size, step = 100 * size, 100 * step
    decimals = max(0, math.ceil(-math.log10(step) - 1e-9)) if step > 0 else 0
    if unit.money and decimals:
        decimals = max(2, decimals)
    digits = number(size) if step == 0 else f"{size:,.{decimals}f}"
    return f"{sign}{unit.sign if unit.money else ''}{digits}{' %' if unit.percent else ''}"
