"""Tokens of the requests that cross a long-context threshold.

A price tier re-prices the whole request, so what counts is E[tokens; input >
threshold] over requests. A single message is one capped lognormal: exact
partial expectations. A resent history is a sum of correlated sizes: for each
turn of a conversation, a lognormal with the sum's mean and variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from costmodel.engine.requests import RequestShape
from costmodel.foundation.counts import count_pmf
from costmodel.foundation.normal import normal_cdf_array
from costmodel.foundation.spreads import Spread, log_scale_for_mean

Array = npt.NDArray[np.float64]

USER_CORRELATION = 0.3
"""Correlation of log sizes of user messages within a conversation (MODEL section 4)."""
OUTPUT_CORRELATION = 0.5
"""Correlation of log sizes of answers within a conversation (MODEL section 4)."""

UNREACHABLE = 1e-12
"""A threshold crossed by fewer calls than this, in the worst future, is left out."""


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
    shape: RequestShape, user: SizeLaw, visible: SizeLaw, turns_cv: float, threshold: float
) -> TokensAbove | None:
    """Return what crosses a threshold, or None where no call can reach it."""
    corner = _corner(shape)
    last = _last_turn(float(corner.turns[0]), turns_cv, resent=bool(corner.earlier[0] > 0))
    worst = _one_turn(corner, user, visible, threshold, last)
    if float(worst.share.max()) < UNREACHABLE:
        return None
    if last == 1:
        return _one_turn(shape, user, visible, threshold, 1)
    total: TokensAbove | None = None
    for turn, weight in _turn_weights(shape.turns, turns_cv, last):
        one = _one_turn(shape, user, visible, threshold, turn)
        weighted = TokensAbove(one.input * weight, one.output * weight, one.share * weight)
        total = weighted if total is None else _add(total, weighted)
    return total


def _add(a: TokensAbove, b: TokensAbove) -> TokensAbove:
    return TokensAbove(a.input + b.input, a.output + b.output, a.share + b.share)


def _corner(shape: RequestShape) -> RequestShape:
    """Return the shape with every size at its largest: no future reaches further."""
    largest = {
        name: getattr(shape, name).max().reshape(1)
        for name in (
            "fixed", "kept", "user", "visible", "reasoning", "turns", "earlier", "input", "output",
        )
    }  # fmt: skip
    return RequestShape(attempts=shape.attempts, **largest)


def _last_turn(mean: float, cv: float, *, resent: bool) -> int:
    return count_pmf(mean, cv, tail=1e-10).size if resent else 1


def _one_turn(
    shape: RequestShape, user: SizeLaw, visible: SizeLaw, threshold: float, turn: int
) -> TokensAbove:
    """Return what the `turn`-th calls of conversations have above the threshold."""
    earlier = turn - 1
    still = shape.fixed + shape.kept * earlier
    room = np.maximum(threshold - still, 1e-9)
    if turn == 1:
        share, varying = _capped_tail(shape.user, user, room)
        return TokensAbove(still * share + varying, shape.output * share, share)
    answered = 1 - shape.attempts.failed.mean()
    mean = shape.user * turn + shape.visible * (earlier * answered)
    user_sd, visible_sd = user.cv * shape.user, visible.cv * shape.visible * answered
    variance = user_sd**2 * _sum_factor(turn, user.correlation)
    variance = variance + visible_sd**2 * _sum_factor(earlier, visible.correlation)
    s = np.sqrt(np.log1p(variance / mean**2)) + 1e-12
    d = (np.log(room / mean) + s * s / 2) / s
    share = _cdf(-d)
    varying = mean * _cdf(s - d)
    # Long answers come in conversations whose earlier answers were long too.
    shared = earlier * answered * visible.correlation * (visible.cv * shape.visible) ** 2
    tilt = np.log1p(shared / (np.maximum(shape.output, 1e-300) * mean)) / s
    return TokensAbove(still * share + varying, shape.output * _cdf(tilt - d), share)


def _sum_factor(n: int, correlation: float) -> float:
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
    """Return ln E[Y] for each capped mean, exact to rounding for few values, to 1e-9 for many."""
    if math.isinf(law.cap):
        return np.asarray(np.log(mean))
    distinct = np.unique(mean)
    if distinct.size > 512:
        knots = np.exp(np.linspace(np.log(distinct[0]), np.log(distinct[-1]), 513))
    else:
        knots = distinct
    held = np.minimum(knots, law.cap * (1 - 1e-9))
    solved = np.array([log_scale_for_mean(m, law.sigma, law.cap) for m in held.tolist()])
    return np.interp(mean, knots, solved)


def _turn_weights(turns: Array, cv: float, last: int) -> list[tuple[int, Array]]:
    """Return turns to evaluate and the share of calls each stands for, in every future.

    All turns to the 32nd, then blocks a twelfth of their position long, each
    evaluated at its middle.
    """
    edges = [1]
    while edges[-1] <= last:
        edges.append(edges[-1] + max(1, edges[-1] // 12 if edges[-1] > 32 else 1))
    means = np.unique(turns)
    if means.size > 33:
        means = np.linspace(means[0], means[-1], 33)
    survival = np.zeros((means.size, edges[-1] + 1))
    for row, mean in zip(survival, means.tolist(), strict=True):
        pmf = count_pmf(mean, cv)[: row.size]
        beyond = 1 - np.concatenate([[0.0], np.cumsum(pmf)[:-1]])
        row[: beyond.size] = np.maximum(beyond, 0.0) / mean
    weights = []
    for start, stop in pairwise(edges):
        share = survival[:, start - 1 : stop - 1].sum(axis=1)
        weights.append(((start + stop - 1) // 2, np.interp(turns, means, share)))
    return weights


def _cdf(x: Array) -> Array:
    if x.size <= 256:
        return normal_cdf_array(x)
    from scipy.special import ndtr

    return np.asarray(ndtr(x))
