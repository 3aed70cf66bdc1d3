"""Finite-population noise: a few hundred heavy-tailed users do not average out.

A lane's month has relative variance Var(user)/N between people, the same
people in every month, and (1 + cv^2)/conversations within the month; each
enters as a mean-one lognormal factor (MODEL section 3). Its cost in time does
not depend on the number of users.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.engine.cliffs import SizeLaw, tokens_above_by_turn
from costmodel.engine.demand import turns_of_month
from costmodel.engine.requests import RequestShape
from costmodel.engine.rows import by_month
from costmodel.foundation.counts import count_pmf

Array = npt.NDArray[np.float64]


def people_noise(active: Array, variance: Array | float, score: Array) -> Array:
    """Return the log of the mean-one factor of who a segment's people are: (months, draws).

    Parameters
    ----------
    active : array (months, draws)
        People in each month.
    variance : array (months, draws) or float
        Relative variance between people: exp(sigma^2) - 1 where nothing limits them.
    score : array (1, draws)
        One score for all months, shared by a segment's features because a
        person's intensities are comonotone.
    """

    def of_month(count: Array, z: Array, between: Array) -> Array:
        return _log_factor(_log_variance(between, count), z)

    return by_month(of_month, active, score, np.atleast_2d(variance))


def plain_spend(
    active: Array, per_user: Array, periods: Array, volume: Array, usd_per_turn: Array
) -> Array:
    """Return a lane's spend without the noise of a finite population; see `noisy_spend`."""

    def of_month(usd: Array, *factors: Array) -> Array:
        return usd * turns_of_month(*factors)

    return by_month(of_month, usd_per_turn, active, per_user, periods, volume)


def noisy_spend(
    active: Array,
    per_user: Array,
    periods: Array,
    volume: Array,
    usd_per_turn: Array,
    people: Array,
    turns: Array,
    conversation_cv: float,
    scores: Array,
) -> Array:
    """Return a lane's spend with the noise of a finite population: (months, draws).

    Parameters
    ----------
    active, per_user, periods, volume : array
        The factors of the lane's turns, as in `Demand`.
    usd_per_turn : array (months, draws)
    people : array (months, draws)
        From `people_noise`.
    turns : array (draws,)
        Mean turns of a conversation.
    conversation_cv : float
        Coefficient of variation of a conversation's cost.
    scores : array (months, draws)
        What conversations a month happens to have.
    """
    # Var/conversations = (1 + cv^2) x turns of a conversation / turns of the month.
    variance = (1 + conversation_cv**2) * turns

    def of_month(usd: Array, who: Array, variance: Array, z: Array, *factors: Array) -> Array:
        made = turns_of_month(*factors)
        within = _log_factor(_log_variance(variance, made), z) + who
        np.exp(within, out=within)
        return np.asarray(within * (made * usd))

    return by_month(
        of_month, usd_per_turn, people, variance, scores, active, per_user, periods, volume
    )


def _log_factor(variance: Array, score: Array) -> Array:
    """Return s z - s^2/2 for log-variances s^2."""
    return np.asarray(np.sqrt(variance) * score - variance / 2)


def _log_variance(relative_variance: float | Array, count: Array) -> Array:
    """Return ln(1 + relative variance of a mean over `count`); no matter where there is nothing."""
    ratio = relative_variance / np.maximum(count, _NOTHING)
    ratio += 1
    return np.asarray(np.log(ratio, out=ratio))


_NOTHING = 1e-200
"""Stands for a count of zero: its noise is finite, and multiplies a spend of zero."""


@dataclass(frozen=True)
class BlendedRates:
    """Rates per token of input, cached and written shares blended, and of output."""

    input: float
    output: float
    threshold: float = 0.0
    """Where these are added, for a long-context threshold."""
    cliffs: tuple[BlendedRates, ...] = ()


def conversation_cost_cv(
    shape: RequestShape,
    turns_cv: float,
    user: SizeLaw,
    visible: SizeLaw,
    reasoning: SizeLaw,
    rates: BlendedRates,
) -> float:
    """Return the coefficient of variation of a conversation's cost, at the beliefs' means.

    Var = Var over the number of turns of the mean + mean over it of the
    variance from token sizes and from attempts. Long-context thresholds make
    long conversations dearer still; token sizes vary at the rates below them.
    """
    fixed, kept, u, a, r, mean_turns, answered = _central(shape)
    resent = bool(shape.earlier.max() > 0)
    pmf = count_pmf(mean_turns, turns_cv)
    k = np.arange(1, pmf.size + 1, dtype=np.float64)
    pairs = k * (k - 1) / 2 if resent else np.zeros_like(k)
    sent = fixed * k + u * (k + pairs) + (kept + answered * a) * pairs
    mean = rates.input * sent + rates.output * (a + r) * k
    for cliff in rates.cliffs:
        above = tokens_above_by_turn(shape, user, visible, cliff.threshold, k.size)
        mean = mean + np.cumsum(cliff.input * above[0] + cliff.output * above[1])
    total = float(pmf @ mean)
    if total == 0:
        return 0.0
    user_weights = _weights(k, rates.input, rates.input, resent)
    answer_weights = _weights(k, rates.output, rates.input * answered, resent)
    plain_weights = _weights(k, rates.output, 0.0, resent)
    variance = (
        _sizes_variance(u, user, *user_weights)
        + _sizes_variance(a, visible, *answer_weights)
        + _sizes_variance(r, reasoning, *plain_weights)
        + float(shape.tries.attempts.relative_variance[0]) * mean**2 / k
    )
    second = float(pmf @ (mean**2 + variance))
    return math.sqrt(max(0.0, second / total**2 - 1))


def _central(shape: RequestShape) -> tuple[float, ...]:
    arrays = (shape.fixed, shape.kept, shape.user, shape.visible, shape.reasoning, shape.turns)
    return (*(float(x.flat[0]) for x in arrays), 1 - float(shape.tries.unanswered[0]))


def _weights(k: Array, own: float, later: float, resent: bool) -> tuple[Array, Array]:
    """Return sum w and sum w^2 over turns j = 1..k of w_j = own + later (k - j)."""
    if not resent:
        later = 0.0
    pairs = k * (k - 1) / 2
    squares = (k - 1) * k * (2 * k - 1) / 6
    return own * k + later * pairs, own**2 * k + 2 * own * later * pairs + later**2 * squares


def _sizes_variance(mean: float, law: SizeLaw, total: Array, squares: Array) -> Array:
    """Return Var(sum w_j X_j) for equicorrelated sizes X_j."""
    one = (law.cv * mean) ** 2
    return one * ((1 - law.correlation) * squares + law.correlation * total**2)
