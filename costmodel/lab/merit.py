"""The four figures of merit above the chart, each with its change against a baseline."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape

from costmodel.engine.projection import Projection
from costmodel.lab.labels import month_name
from costmodel.report.amounts import DOLLARS, Amounts, amounts_of, percent


@dataclass(frozen=True)
class Merit:
    """One figure: what it is called, what it is, and how it is written."""

    name: str
    note: str
    value: Callable[[Projection], float]
    written: Callable[[float], str]
    in_points: bool = False
    """Whether a change is given in percentage points instead of money."""
    money: Amounts = DOLLARS
    """How amounts are shown."""


def merits_of(projection: Projection) -> tuple[Merit, ...]:
    """Return the figures shown for a scenario: the same four for all its states."""
    months, last = len(projection.months), projection.months[-1]
    merit = partial(_money_merit, amounts_of(projection.scenario))
    return (
        merit("Dearest month, P50", "as likely above as below", lambda p: p.p50),
        merit("Dearest month, P90", "9 futures in 10 stay below", lambda p: p.p90),
        _budget_merit(projection),
        merit(
            "Cost per active person", f"mean, {month_name(last)}", lambda p: p.per_person(months)
        ),
    )


def _money_merit(
    money: Amounts, name: str, note: str, value: Callable[[Projection], float]
) -> Merit:
    return Merit(name, note, value, money, money=money)


def _budget_merit(projection: Projection) -> Merit:
    budget, months = projection.scenario.budget, len(projection.months)
    money = amounts_of(projection.scenario)
    if budget is None:
        name = f"All {months} months, P50"
        return _money_merit(money, name, "no budget is set", lambda p: p.total.p50)
    words = f"{money.short(budget.usd)} a {budget.period}"
    return Merit("Chance over budget", words, _chance_over_budget, percent, in_points=True)


def _chance_over_budget(projection: Projection) -> float:
    chance = projection.chance_over_budget
    assert chance is not None
    return chance


def merits_html(
    merits: tuple[Merit, ...], now: Projection, baseline: Projection, same: str = "as opened"
) -> str:
    """Return the cards, announced by screen readers when they change.

    Parameters
    ----------
    now, baseline : Projection
        The state shown, and the one whose figures it is held against.
    same : str
        What is said of a figure that has not changed.
    """
    cards = "".join(_card(merit, merit.value(now), merit.value(baseline), same) for merit in merits)
    return f'<div class="cm-merits" role="status" aria-label="Figures of merit">{cards}</div>'


def _card(merit: Merit, now: float, baseline: float, same: str) -> str:
    kind, words = change(merit, now, baseline, same)
    return (
        f'<div class="cm-merit"><div class="cm-name">{escape(merit.name)}</div>'
        f'<div class="cm-value">{escape(merit.written(now))}</div>'
        f'<div class="cm-change cm-{kind}">{escape(words)}</div>'
        f'<div class="cm-note">{escape(merit.note)}</div></div>'
    )


def change(merit: Merit, now: float, baseline: float, same: str = "as opened") -> tuple[str, str]:
    """Return "up", "down" or "same", and the signed change in words.

    >>> change(merits_of(projection)[0], 4_600.0, 4_000.0)  # doctest: +SKIP
    ('up', '▲ +$600 (+15 %)')
    """
    difference = now - baseline
    if difference == 0:
        return "same", same
    kind, arrow, sign = ("up", "▲", "+") if difference > 0 else ("down", "▼", "−")
    if merit.in_points:
        return kind, f"{arrow} {sign}{_points(abs(difference))}"
    amount = merit.money(abs(difference), largest=max(abs(now), abs(baseline)))
    share = f" ({sign}{_percent(abs(difference) / baseline)})" if baseline > 0 else ""
    return kind, f"{arrow} {sign}{amount}{share}"


def _points(share: float) -> str:
    points = 100 * share
    if points < 0.05:
        return "less than 0.1 points"
    return f"{points:.0f} points" if points >= 1.5 else f"{points:.1f} points"


def _percent(share: float) -> str:
    """Return ``15 %``, ``1.5 %`` or ``0.012 %``: two significant digits, or whole percents."""
    if share >= 0.0995:
        return f"{100 * share:,.0f} %"
    decimals = 1 if share >= 0.001 else min(6, 1 - math.floor(math.log10(100 * share)))
    return f"{100 * share:.{decimals}f} %"
