"""Tokens of the requests that cross a long-context threshold.

A price tier re-prices the whole request, so what counts is E[tokens; input >
threshold] over requests. A single message is one capped lognormal: exact
partial expectations. A resent history is a sum of correlated sizes: for each
turn of a conversation, a lognormal with the sum's mean and variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.engine.positions import TurnWeights
from costmodel.engine.requests import RequestShape
from costmodel.foundation.normal import normal_cdf_array
from costmodel.foundation.spreads import Spread, capped_mean_table

Array = npt.NDArray[np.float64]

USER_CORRELATION = 0.3
"""Correlation of log sizes of user messages within a conversation (MODEL section 4)."""
OUTPUT_CORRELATION = 0.5
"""Correlation of log sizes of answers within a conversation (MODEL section 4)."""

_ALL: Array = np.ones((1, 1))
UNREACHABLE = 1e-6
"""A threshold crossed by a smaller share of calls, even in a bad future, is left out: with
requests fifty times the usual size it would move that future's bill by a twenty-thousandth."""
UNREACHABLE_ALONE = 1e-15
"""The same for single messages, whose partial expectations cost next to nothing."""


@dataclass(frozen=True)
class SizeLaw:
    """The width of a token size, as the cliffs and the noise need it: hashable numbers."""

    sigma: float
    cap: float
    cv: float
    """Coefficient of variation after the cap, at the beliefs' means."""
    correlation: float
    """Correlation of two sizes of one conversation, on the token scale."""


def size_law(spread: Spread | None, log_correlation: float) -> SizeLaw:
    """Return the width of a spread, with sizes correlated within a conversation."""
    if spread is None or spread.sigma == 0:
        return SizeLaw(0.0, math.inf if spread is None else spread.cap, 0.0, 0.0)
    variance = spread.sigma**2
    # Pearson correlation of two lognormals whose logs have the given correlation.
    correlation = math.expm1(log_correlation * variance) / math.expm1(variance)
    return SizeLaw(spread.sigma, spread.cap, spread.capped_cv, correlation)


@dataclass(frozen=True, eq=False)
class TokensAbove:
    """Mean tokens per call that belong to calls above a threshold: (months, draws)."""

    input: Array
    output: Array
    share: Array
    """Share of calls above the threshold."""


def tokens_above(
    shape: RequestShape,
    corner: RequestShape,
    turns_range: tuple[float, float],
    user: SizeLaw,
    visible: SizeLaw,
    turns_cv: float,
    threshold: float,
) -> TokensAbove | None:
    """Return what crosses a threshold, or None where no call can reach it.

    Parameters
    ----------
    corner : RequestShape
        The shape at the upper end of every belief and of drift, length 1: what
        decides whether the threshold matters depends on no draw.
    turns_range : (float, float)
        Smallest and largest mean number of turns any future can have.
    """
    first = float(_first_turn(corner, user, threshold).share.max())
    if not corner.earlier.any():
        return None if first < UNREACHABLE_ALONE else _first_turn(shape, user, threshold)
    weights = TurnWeights.over(turns_range, turns_cv)
    reached = _reached_turns(corner, weights, first, user, visible, threshold)
    total: TokensAbove | None = None
    first_called, later_called = shape.positions() if reached.any() else (_ALL, _ALL)
    chosen = (weights.turns[reached], weights.spans[reached], weights.shares.T[reached])
    for turn, span, share in zip(*chosen, strict=True):
        calls = _one_turn(shape, user, visible, threshold, float(turn), float(span))
        called = first_called if turn == 1 else later_called
        weight = called * np.interp(shape.turns, weights.means, share)
        weighted = TokensAbove(calls.input * weight, calls.output * weight, calls.share * weight)
        total = weighted if total is None else _add(total, weighted)
    return total


def tokens_above_by_turn(
    central: RequestShape, user: SizeLaw, visible: SizeLaw, threshold: float, turns: int
) -> tuple[Array, Array]:
    """Return the mean input and output tokens above a threshold of turns 1, 2, ...: (turns,)."""
    first = _first_turn(central, user, threshold)
    if not central.earlier.any():
        return np.full(turns, first.input.flat[0]), np.full(turns, first.output.flat[0])
    position = np.arange(2.0, turns + 1)[:, None]
    later = _later_turns(central, user, visible, threshold, position)
    return (
        np.concatenate([first.input.ravel(), later.input.ravel()]),
        np.concatenate([first.output.ravel(), later.output.ravel()]),
    )


def _add(a: TokensAbove, b: TokensAbove) -> TokensAbove:
    return TokensAbove(a.input + b.input, a.output + b.output, a.share + b.share)


def _reached_turns(
    corner: RequestShape,
    weights: TurnWeights,
    first: float,
    user: SizeLaw,
    visible: SizeLaw,
    threshold: float,
) -> npt.NDArray[np.bool_]:
    """Return which turns reach the threshold in a bad future: none, if all together hardly do."""
    later = _later_turns(corner, user, visible, threshold, weights.turns[1:, None])
    share = weights.at(corner.turns)[0] * np.concatenate([[first], later.share.max(axis=1)])
    if share.sum() < UNREACHABLE:
        return np.zeros(share.size, dtype=bool)
    return np.asarray(share > UNREACHABLE / share.size)


def _one_turn(
    shape: RequestShape,
    user: SizeLaw,
    visible: SizeLaw,
    threshold: float,
    turn: float,
    span: float,
) -> TokensAbove:
    """Return what the `turn`-th calls of conversations have above the threshold."""
    if turn == 1:
        return _first_turn(shape, user, threshold)
    return _later_turns(shape, user, visible, threshold, np.array([[turn]]), span)


def _first_turn(shape: RequestShape, user: SizeLaw, threshold: float) -> TokensAbove:
    room = np.maximum(threshold - shape.fixed, 1e-9)
    share, varying = _capped_tail(shape.user, user, room)
    always = shape.fixed > threshold  # whatever the message, were there none at all
    share, varying = np.where(always, 1.0, share), np.where(always, shape.user, varying)
    return TokensAbove(shape.fixed * share + varying, shape.output * share, share)


def _later_turns(
    shape: RequestShape,
    user: SizeLaw,
    visible: SizeLaw,
    threshold: float,
    turn: Array,
    span: Array | float = 1.0,
) -> TokensAbove:
    """Return the same for turns after the first; `turn` broadcasts against the shape.

    `span` turns around `turn` are taken as one: averaged over how far the sum
    moves against the threshold across them.
    """
    earlier = turn - 1
    still = shape.fixed + shape.kept * earlier
    room = np.maximum(threshold - still, 1e-9)
    answered = 1 - shape.tries.unanswered
    mean = np.maximum(shape.user * turn + shape.visible * (earlier * answered), 1e-300)
    user_sd, visible_sd = user.cv * shape.user, visible.cv * shape.visible * answered
    variance = user_sd**2 * _sum_factor(turn, user.correlation)
    variance = variance + visible_sd**2 * _sum_factor(earlier, visible.correlation)
    s = np.sqrt(np.log1p(variance / mean**2)) + 1e-9
    per_turn = (shape.user + shape.visible * answered) / mean + shape.kept / room
    half = per_turn * (span / 2) / s * (span > 1)
    d = (np.log(room / mean) + s * s / 2) / s
    share = _cdf_around(-d, half)
    varying = mean * _cdf_around(s - d, half)
    # Long answers come in conversations whose earlier answers were long too.
    shared = earlier * answered * visible.correlation * (visible.cv * shape.visible) ** 2
    tilt = np.log1p(shared / (np.maximum(shape.output, 1e-300) * mean)) / s
    return TokensAbove(still * share + varying, shape.output * _cdf_around(tilt - d, half), share)


def _sum_factor(n: Array, correlation: float) -> Array:
    """Return Var(sum of n equicorrelated sizes) / Var(one)."""
    return (1 - correlation) * n + correlation * n * n


def _capped_tail(mean: Array, law: SizeLaw, room: Array) -> tuple[Array, Array]:
    """Return P(X > room) and E[X; X > room] for X = min(Y, cap) with the given mean."""
    if law.sigma == 0:
        above = (mean > room).astype(np.float64)
        return above, mean * above
    log_scale = _log_scale(mean, law)
    mu = log_scale - law.sigma**2 / 2
    d = (np.log(room) - mu) / law.sigma
    reached = room < law.cap
    share = _cdf(-d) * reached
    if math.isinf(law.cap):
        return share, mean * _cdf(law.sigma - d)
    top = (math.log(law.cap) - mu) / law.sigma
    inside = np.exp(log_scale) * (_cdf(top - law.sigma) - _cdf(d - law.sigma))
    return share, (inside + law.cap * _cdf(-top)) * reached


def _log_scale(mean: Array, law: SizeLaw) -> Array:
    """Return ln E[Y] for each capped mean: from the table, then Newton's steps to rounding."""
    if math.isinf(law.cap):
        return np.asarray(np.log(mean))
    ratio = np.minimum(mean / law.cap, 1 - 1e-9)
    t = capped_mean_table(law.sigma).log_scale(np.log(ratio))
    for _ in range(3):
        below = np.exp(t) * _cdf(-t / law.sigma - law.sigma / 2)
        t = t - (below + _cdf(t / law.sigma - law.sigma / 2) - ratio) / below
    return np.asarray(t + math.log(law.cap))


def _cdf_around(x: Array, half: Array) -> Array:
    """Return the mean of the normal cdf over [x - half, x + half]."""
    if not half.any():
        return _cdf(x)
    narrow = np.maximum(half, _NARROW)
    wide = (_cdf_integral(x + narrow) - _cdf_integral(x - narrow)) / (2 * narrow)
    # Over a short stretch: a normal law with the variance of the stretch added.
    return np.asarray(np.where(half < _NARROW, _cdf(x / np.sqrt(1 + half**2 / 3)), wide))


_NARROW = 1e-2


def _cdf_integral(x: Array) -> Array:
    """Return the integral of the normal cdf up to `x`."""
    return np.asarray(x * _cdf(x) + np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


def _cdf(x: Array) -> Array:
    if x.shape[-1] == 1:  # one future, or none drawn: not worth importing scipy
        return normal_cdf_array(x)
    from scipy.special import ndtr

    return np.asarray(ndtr(x))
