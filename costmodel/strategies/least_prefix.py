"""What of growing prompts is long enough for the provider's cache.

A provider keeps nothing below a least number of tokens. A short fixed prompt passes it only once
the history has grown; which calls do depends on how messages differ. The history of n turns with
the message at hand, X_n, is taken as lognormal with the mean and the variance of a sum of n sizes
that are alike within a conversation; then

    E[X_n; X_n > x] = E[X_n] Phi(d + s),  P(X_n > x) = Phi(d),  d = (ln(E[X_n] / x) - s^2 / 2) / s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.strategies.lookup import normal_table
from costmodel.strategies.turn_reach import Turns, reach_grid

Array = npt.NDArray[np.float64]

_NARROW = 1e-3
"""Log spreads below which a size is taken as always the same."""
_KNOTS = 192
"""Thresholds a table holds; shares between are good to 1e-3 where sizes differ. Where they are all
the same, a threshold within 2 % of a whole number of turns may be taken for the next one."""
_RARE = 1e-5
"""Turns that a smaller share of conversations reach are left out of the weights."""


@dataclass(frozen=True)
class Widths:
    """How sizes differ: coefficients of variation, and how alike a conversation's turns are.

    Parameters
    ----------
    message : float
        Of what joins the history with the call itself: the user's message, kept passages.
    turn : float
        Of what a turn adds to the history: message and answer.
    alike : float
        Correlation of two turns' sizes within a conversation.
    """

    message: float = 0.0
    turn: float = 0.0
    alike: float = 0.0


def above_alone(message: Array, cv: float, missing: Array) -> tuple[Array, Array]:
    """Return the shares of calls, and of the message's tokens, where it is as long as is missing.

    Parameters
    ----------
    message : array
        Mean tokens of the message.
    cv : float
        Its coefficient of variation.
    missing : array
        Tokens the rest of the prompt is too short by; 0 or less where it is long enough.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share, tokens = _above(message, np.array(math.sqrt(math.log1p(cv**2))), missing)
    always = missing <= 0
    return np.where(always, 1.0, share), np.where(always, 1.0, tokens)


def _above(mean: Array, sigma: Array, threshold: Array) -> tuple[Array, Array]:
    """Return P(X > x) and E[X; X > x] / E[X] of lognormal sizes."""
    if (sigma < _NARROW).all():
        passed = (mean >= threshold).astype(np.float64)
        return passed, passed
    spread = np.maximum(sigma, _NARROW)
    score = (np.log(mean / threshold) - spread**2 / 2) / spread
    score = np.where(mean > 0, score, -np.inf)
    return normal_table()(score), normal_table()(score + spread)


def above_grown(
    turns: Turns, per_turn: Array, message: Array, widths: Widths, ago: int, missing: Array
) -> tuple[Array, Array]:
    """Return the shares of later turns, and of their growing tokens, that are long enough.

    Parameters
    ----------
    turns : Turns
    per_turn, message : array
        Mean tokens a turn adds to the history, and of the message at hand.
    widths : Widths
    ago : int
        Turns are weighted by the calls that come so many turns after them: 0 for themselves.
    missing : array
        Tokens the rest of the prompt is too short by; 0 or less where it is long enough.
    """
    if not (missing > 0).any():
        return np.ones(1), np.ones(1)
    ratio = round(float(np.mean(message / np.maximum(per_turn, 1e-9))), 3)
    table = _growth_table(turns.span, turns.cv, widths, ago, ratio)
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(missing, 0) / np.maximum(per_turn, 1e-9))
    shares, tokens = table.look_up(turns.mean, logs)
    always = missing <= 0
    return np.where(always, 1.0, shares), np.where(always, 1.0, tokens)


@dataclass(frozen=True, eq=False)
class _GrowthTable:
    """Shares above a threshold (log, in turns' tokens) for a grid of mean numbers of turns."""

    means: Array
    start: float
    step: float
    shares: Array
    tokens: Array

    def look_up(self, mean: Array, logs: Array) -> tuple[Array, Array]:
        at = np.clip((logs - self.start) / self.step, 0, _KNOTS - 1.000001)
        column = at.astype(np.intp)
        part = at - column
        if self.means.size == 1:
            row, aside = np.zeros(1, dtype=np.intp), np.zeros(1)
            below = row
        else:
            place = (mean - self.means[0]) / (self.means[1] - self.means[0])
            place = np.clip(place, 0, self.means.size - 1.000001)
            row = place.astype(np.intp)
            below, aside = row + 1, place - row

        def bilinear(values: Array) -> Array:
            first = values[row, column] * (1 - part) + values[row, column + 1] * part
            second = values[below, column] * (1 - part) + values[below, column + 1] * part
            return np.asarray(first * (1 - aside) + second * aside)

        return bilinear(self.shares), bilinear(self.tokens)


@lru_cache(maxsize=64)
def _growth_table(
    span: tuple[float, float], cv: float, widths: Widths, ago: int, ratio: float
) -> _GrowthTable:
    means, reached = reach_grid(span, cv)
    reached = reached[:, reached.max(axis=0) > _RARE]
    weight = reached[:, 1 + ago :]  # of turns 2, 3, ..., whose histories have 1, 2, ... turns
    n = np.arange(1.0, weight.shape[1] + 1)
    size = n + ratio
    message = ratio * widths.message
    variance = (n + n * (n - 1) * widths.alike) * widths.turn**2 + message**2
    variance = variance + 2 * n * widths.alike * widths.turn * message
    sigma = np.sqrt(np.log1p(variance / size**2))
    start, end = math.log(0.05), math.log(max(n.size, 1) + ratio + 1) + 2.0
    step = (end - start) / (_KNOTS - 1)
    threshold = np.exp(start + step * np.arange(_KNOTS))[:, None]
    if not n.size:
        none = np.zeros((means.size, _KNOTS))
        return _GrowthTable(means, start, step, none, none)
    passed, tokens = _above(size, sigma, threshold)
    calls = np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    sent = np.maximum(weight @ size, 1e-300)[:, None]
    return _GrowthTable(
        means, start, step, weight @ passed.T / calls, (weight * size) @ tokens.T / sent
    )
