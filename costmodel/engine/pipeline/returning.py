"""Turns that a quota refuses and that come back in its next window."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from costmodel.strategies.deferral import Deferral
from costmodel.strategies.months import MonthEffect, Rule, limit_months
from costmodel.strategies.people import Intensity
from costmodel.strategies.windows import WindowRule

Array = npt.NDArray[np.float64]

COLUMNS = ("share", "affected", "between", "begun", "resent")
"""What is looked up of a limit where nothing comes back."""
NODES = 3
"""Shares that return, for which months are worked out where it is uncertain: what lies between
follows a parabola through three; the share served is then good to 1e-3 over 10 % to 60 %."""
MOST_DEFERRED = 0.95
"""Of what is refused, the most that may come back: at 100 % and short of room, what waits grows
without end."""


@dataclass(frozen=True, eq=False)
class QuotaEffect(MonthEffect):
    """What a quota does in each month and draw: a `MonthEffect`, and what it puts off.

    Parameters
    ----------
    deferred : array
        What is put off to later windows, as a share of the demanded.
    """

    deferred: Array


def quota_effect(
    base: Rule,
    sigma: Intensity,
    asked: Array,
    people: Array,
    days: tuple[int, ...],
    active: Array | None,
    defer: Array,
    on: Array,
) -> QuotaEffect:
    """Return what a rule does, with a share of the refused turns coming back.

    Parameters
    ----------
    base, sigma, asked, days, active
        As in `limit_months`.
    people : array (months, draws)
        People of the segment.
    defer : array (draws,)
        Share of what is refused that returns in the next window.
    on : array (months, 1)
        1 in the months the quota holds.
    """
    # A month before a feature starts asks for nothing: any demand will do there.
    some = np.where(asked > 0, asked, max(float(asked.max()), 1e-9))
    plain = limit_months(base, sigma, some, days, active, columns=COLUMNS)
    if (asked == 0).any():
        plain = replace(plain, affected=np.where(asked > 0, plain.affected, 0.0))
    if not (defer > 0).any():
        return _with(plain, carried=_NONE, deferred=_NONE)
    assert isinstance(base, WindowRule)
    steady = _steady(base, sigma, some, days, active, defer)
    if base.window == "month":
        return _from_its_first_month(plain, steady, defer, asked * people, on)
    # Nobody is stopped for the first time by what only comes back after a stop.
    back = np.asarray(steady.carried)
    return _with(steady, affected=plain.affected, carried=back, deferred=back)


_NONE: Array = np.zeros((1, 1))


def _with(effect: MonthEffect, **changed: Array) -> QuotaEffect:
    values = {each.name: getattr(effect, each.name) for each in fields(MonthEffect)}
    return QuotaEffect(**(values | changed))


def _steady(
    base: WindowRule,
    sigma: Intensity,
    asked: Array,
    days: tuple[int, ...],
    active: Array | None,
    defer: Array,
) -> MonthEffect:
    """Return the effect once as much comes back as is put off."""
    low, high = float(defer.min()), float(defer.max())
    nodes = np.linspace(low, high, NODES) if high > low else np.array([low])
    found = [
        limit_months(
            WindowRule(base.limit, base.window, Deferral(min(share, MOST_DEFERRED))),
            sigma, asked, days, active, columns=(*COLUMNS, "carried"),
        )
        for share in nodes.tolist()
    ]  # fmt: skip
    if len(found) == 1:
        return found[0]
    weights = [_lagrange(defer, nodes, place) for place in range(NODES)]
    return MonthEffect(
        **{
            column: sum(
                (w * getattr(f, column) for w, f in zip(weights, found, strict=True)), _NONE
            )
            for column in (each.name for each in fields(MonthEffect))
        }
    )


def _lagrange(at: Array, nodes: Array, place: int) -> Array:
    others = np.delete(nodes, place)
    return np.asarray(np.prod([(at - o) / (nodes[place] - o) for o in others], axis=0))


def _from_its_first_month(
    plain: MonthEffect, steady: MonthEffect, defer: Array, total: Array, on: Array
) -> QuotaEffect:
    """Return the effect of a monthly limit: nothing comes back in the month it begins.

    What comes back in a month is what was put off in the one before. Where that is less than in
    the long run, the effect lies as far between that of nothing coming back and that of the long
    run.
    """
    shape = np.broadcast_shapes(plain.share.shape, defer.shape)
    parts = {name: np.empty(shape) for name in (*COLUMNS, "carried", "deferred")}
    waiting = np.zeros(shape[1])
    for month in range(shape[0]):
        if month and not on[month - 1, 0]:
            waiting = np.zeros(shape[1])
        back = waiting / np.maximum(total[month], 1e-300)
        part = np.divide(back, steady.carried[month], out=np.zeros(shape[1]),
                         where=steady.carried[month] > 0)  # fmt: skip
        for name in COLUMNS:
            first, last = getattr(plain, name)[month], getattr(steady, name)[month]
            parts[name][month] = first + part * (last - first)
        parts["carried"][month] = back
        parts["deferred"][month] = defer * np.maximum(1 + back - parts["share"][month], 0.0)
        waiting = parts["deferred"][month] * total[month]
    return QuotaEffect(**parts, within=np.full((1, 1), np.nan))
