"""What the slow simulator samples from, each law written from its definition.

Nothing here is shared with the library: sizes, counts, failures and drift are
drawn from first principles, and `test_laws.py` checks each by closed forms.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

USER_CORRELATION = 0.3
"""Of the log sizes of user messages inside one conversation (MODEL section 4)."""
OUTPUT_CORRELATION = 0.5
"""Of the log sizes of answers inside one conversation (MODEL section 4)."""
HELD_SHARE_OF_CAP = 0.999
"""A mean drawn at or above the cap is held here (MODEL section 4)."""


def capped_mean(log_median, sigma, cap):
    """E[min(Y, cap)] = E[Y; Y < cap] + cap P(Y > cap) of a lognormal Y."""
    if not np.isfinite(cap):
        return np.exp(log_median + sigma**2 / 2)
    if sigma == 0:
        return min(np.exp(log_median), cap)
    edge = (np.log(cap) - log_median) / sigma
    return np.exp(log_median + sigma**2 / 2) * ndtr(edge - sigma) + cap * ndtr(-edge)


def log_median_for_mean(mean, sigma, cap):
    """ln of the median of Y at which E[min(Y, cap)] is `mean`, a number."""
    uncapped = np.log(mean) - sigma**2 / 2
    if not np.isfinite(cap) or sigma == 0:
        return uncapped
    top = uncapped + 1.0
    while capped_mean(top, sigma, cap) < mean:
        top += 1.0
    return brentq(lambda x: capped_mean(x, sigma, cap) - mean, uncapped, top, xtol=1e-13)


@dataclass(frozen=True)
class Size:
    """X = min(Y, cap), ln Y normal around `log_median` (one per future) with sd `sigma`."""

    log_median: np.ndarray
    sigma: float
    cap: float

    @classmethod
    def with_mean(cls, means, sigma, cap):
        """The law whose X has these means, one per future."""
        held = np.minimum(means, HELD_SHARE_OF_CAP * cap)
        known, place = np.unique(held, return_inverse=True)
        solved = np.array([log_median_for_mean(m, sigma, cap) if m > 0 else -np.inf for m in known])
        return cls(solved[place], sigma, cap)

    @classmethod
    def with_median(cls, medians, sigma, cap):
        """The law whose Y has these medians, one per future."""
        return cls(np.log(medians), sigma, cap)

    def at(self, score, future, factor=1.0):
        """X at normal scores, each of its own future, Y multiplied by `factor` first."""
        return np.minimum(np.exp(self.log_median[future] + self.sigma * score) * factor, self.cap)


def correlated(shared, correlation, rng):
    """Normal scores of which those with the same `shared` score have that correlation."""
    own = rng.standard_normal(shared.size)
    return np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own


def draw_counts(mean, cv, rng):
    """K >= 1 with mean `mean` (array) and variance (cv mean)^2, or the nearest one possible.

    K - 1 is negative binomial where the variance exceeds its mean; below that
    a mixture of two binomials of the same mean; below what these reach, the two
    nearest integers.
    """
    more = np.maximum(mean - 1, 0.0)
    variance = np.where(more > 0, (cv * mean) ** 2, 0.0)
    count = np.ones(mean.size, dtype=np.int64)
    wide = variance > more * (1 + 1e-9)
    count[wide] += _negative_binomial(more[wide], variance[wide], rng)
    narrow = ~wide & (more > 0)
    count[narrow] += _narrow(more[narrow], variance[narrow], rng)
    return count


def _negative_binomial(mean, variance, rng):
    rate = rng.gamma(mean**2 / (variance - mean), (variance - mean) / mean)
    return rng.poisson(rate)


def _narrow(mean, variance, rng):
    # Binomial(n, mean/n) has variance mean - mean^2/n: mix n and n + 1 to hit the stated one.
    with np.errstate(divide="ignore"):
        wanted = np.where(variance < mean, mean**2 / np.maximum(mean - variance, 1e-12), 1e12)
    wanted = np.minimum(wanted, 1e6)
    n = np.maximum(np.floor(wanted), 1.0)
    upper = mean - mean**2 / (n + 1)
    fraction = mean - np.floor(mean)
    two_point = n < mean  # no binomial of n trials has that mean: the two nearest integers stand in
    lower = np.where(two_point, fraction * (1 - fraction), mean - mean**2 / n)
    gap = upper - lower
    weight = np.clip(np.where(gap > 1e-15, (variance - lower) / np.where(gap > 0, gap, 1), 0), 0, 1)
    up = rng.random(mean.size) < weight
    trials = np.where(up, n + 1, n)
    binomial = rng.binomial(trials.astype(np.int64), np.minimum(mean / trials, 1.0))
    nearest = np.floor(mean) + (rng.random(mean.size) < fraction)
    return np.where(two_point & ~up, nearest, binomial).astype(np.int64)


@dataclass(frozen=True)
class Attempts:
    """What became of each turn: attempts made, those billed, and whether it was answered."""

    made: np.ndarray
    billed: np.ndarray
    answered: np.ndarray


def draw_attempts(malformed, transport, most, shape, rng):
    """Try each turn up to `most` times.

    `malformed` and `transport` are per turn. How often this turn's prompt comes
    back malformed is drawn once, from Beta(shape, b) with that mean; a transport
    failure is not billed, a malformed answer is.
    """
    q = _prompt_failure(malformed, shape, rng)
    made, billed = np.zeros(q.size, dtype=np.int64), np.zeros(q.size, dtype=np.int64)
    answered = np.zeros(q.size, dtype=bool)
    waiting = np.arange(q.size)
    for _ in range(most):
        lost = rng.random(waiting.size) < transport[waiting]
        wrong = rng.random(waiting.size) < q[waiting]
        made[waiting] += 1
        billed[waiting] += ~lost
        answered[waiting] = ~lost & ~wrong
        waiting = waiting[lost | wrong]
        if not waiting.size:
            break
    return Attempts(made, billed, answered)


def _prompt_failure(mean, shape, rng):
    q = mean.copy()
    between = (mean > 0) & (mean < 1)
    if between.any():
        q[between] = rng.beta(shape, shape * (1 - mean[between]) / mean[between])
    return q


def draw_drift(sd, half_life_months, futures, months, rng):
    """Mean-one factors (futures x months): x_m = phi x_(m-1) + sd e_m, exp(x_m - v_m / 2)."""
    phi = 2 ** (-1 / half_life_months)
    factors = np.empty((futures, months))
    level, variance = np.zeros(futures), 0.0
    for m in range(months):
        level = phi * level + sd * rng.standard_normal(futures)
        variance = phi**2 * variance + sd**2
        factors[:, m] = np.exp(level - variance / 2)
    return factors


@dataclass(frozen=True)
class People:
    """The people of one segment in every future, laid end to end.

    `score` is each person's one normal score, the same in every month and
    feature; `joined` orders them, so that the first `present[f, m]` of future f
    are there in month m.
    """

    future: np.ndarray
    joined: np.ndarray
    score: np.ndarray
    present: np.ndarray

    def here(self, month):
        """Whether each person is there in that month (0-based)."""
        return self.joined < self.present[self.future, month]


def draw_people(levels, rng):
    """People of a segment whose expected number is `levels` (futures x months).

    The number is rounded up or down by one coin per future, so that its mean is
    exact and the same people stay from month to month.
    """
    present = np.floor(levels + rng.random((levels.shape[0], 1))).astype(np.int64)
    ever = present.max(axis=1)
    starts = np.cumsum(ever) - ever
    future = np.repeat(np.arange(levels.shape[0]), ever)
    joined = np.arange(future.size) - starts[future]
    return People(future, joined, rng.standard_normal(future.size), present)
