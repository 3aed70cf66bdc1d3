"""Limits on what one person may use in a window: the limited expected values of a person.

Conversations in a window are Poisson given the person's mean demand, and each makes K turns: X,
the turns the person asks for, is compound Poisson. With a limit of Q turns a window,

    served = E[min(X, Q)],   blocked = E[X] - served,   stopped with chance P(X > Q),

which `costmodel.strategies.people` averages over all people.

For small limits the law of X is exact (Panjer's recursion); above, it is a gamma law with
the same mean and variance beside its exact mass at zero. Its error there is tested.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from costmodel.foundation.counts import count_pmf, count_variance

Array = npt.NDArray[np.float64]

EXACT_CONVERSATIONS = 4
"""Limits up to so many conversations (as turns weigh them, E[K^2] / E[K] turns each) are worked
out exactly; the gamma law is then within 0.2 % of the turns served, and 0.1 % for most."""
EXACT_TURNS = 32, 100
"""Limits that are always, and never, worked out exactly."""


def turns_of_person(
    mean: Array, limit: int, turns: float, turns_cv: float
) -> tuple[Array, Array, Array]:
    """Return E[min(X, Q)], E[min(X, Q)^2] and P(X > Q) of people with given mean demands.

    Parameters
    ----------
    mean : array
        Turns each person asks for in a window, on average.
    limit : int
        Turns a person may make in a window; at least 0.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns of a conversation.
    """
    law = _exact if limit <= largest_exact(turns, turns_cv) else _gamma
    return law(mean, limit, turns, turns_cv)


def largest_exact(turns: float, turns_cv: float) -> float:
    """Return the largest limit for which the law of a person's turns is worked out exactly."""
    low, high = EXACT_TURNS
    return min(max(low, EXACT_CONVERSATIONS * square_per_turn(turns, turns_cv)), high)


def _exact(mean: Array, limit: int, turns: float, turns_cv: float) -> tuple[Array, Array, Array]:
    """Return the three by sums of P(X > k) and (2 k + 1) P(X > k) over k < Q."""
    first, second, over = np.zeros_like(mean), np.zeros_like(mean), np.zeros_like(mean)
    for k, over in enumerate(tails(mean, limit, turns, turns_cv)):
        if k < limit:
            first, second = first + over, second + (2 * k + 1) * over
    return first, second, over


def tails(mean: Array, most: int, turns: float = 1.0, turns_cv: float = 0.0) -> Iterator[Array]:
    """Yield P(X > 0), ..., P(X > most) of compound Poisson laws.

    P(X = k) = lambda / k x sum over j of j P(K = j) P(X = k - j) (Panjer's recursion).

    Parameters
    ----------
    mean : array
        Mean of X: turns (or calls) of each person in a window.
    most : int
        Largest count asked about.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns (calls) of a conversation.
    """
    size = count_pmf(turns, turns_cv)[: max(most, 1)]
    conversations = mean / turns
    at_most = p_zero = np.exp(-conversations)
    law = [p_zero]
    yield np.maximum(1 - at_most, 0.0)
    for _ in range(most):
        law.append(_next(law, conversations, size))
        at_most = at_most + law[-1]
        yield np.maximum(1 - at_most, 0.0)


def _next(law: list[Array], conversations: Array, size: Array) -> Array:
    """Return P(X = k) from P(X = 0), ..., P(X = k - 1)."""
    k = len(law)
    longest = min(k, size.size)
    total = np.zeros_like(conversations)
    for j in range(1, longest + 1):
        total += j * size[j - 1] * law[k - j]
    return np.asarray(conversations / k * total)


def _gamma(mean: Array, limit: int, turns: float, turns_cv: float) -> tuple[Array, Array, Array]:
    """Return the same by a gamma law matched to the turns of those who make any."""
    # X is whole: to be above Q is to be above Q + 1/2.
    return matched(mean, limit, turns, square_per_turn(turns, turns_cv), 0.5)


def matched(
    mean: Array, limit: Array | float, turns: float, square: float, beyond: float
) -> tuple[Array, Array, Array]:
    """Return E[min(X, Q)], E[min(X, Q)^2] and P(X > Q + beyond), X matched by a gamma law.

    Parameters
    ----------
    mean : array
        Means of compound Poisson laws.
    limit : array_like
        Q, in the unit of the mean.
    turns : float
        Mean turns (calls) of a conversation: people make none with exp(-mean / turns).
    square : float
        Variance of X over its mean.
    beyond : float
        How far above Q a person must get to be stopped.
    """
    from scipy.special import gammainc

    some = -np.expm1(-mean / turns)
    given = mean / np.maximum(some, _NOTHING)
    variance = (mean * square + mean**2) / np.maximum(some, _NOTHING) - given**2
    variance = np.maximum(variance, _NOTHING)
    shape, scale = given**2 / variance, variance / given
    below = [gammainc(shape + n, limit / scale) for n in range(3)]
    first = given * below[1] + limit * (1 - below[0])
    second = given**2 * (1 + 1 / shape) * below[2] + limit**2 * (1 - below[0])
    over = 1 - gammainc(shape, (limit + beyond) / scale)
    return some * first, some * second, some * over


_NOTHING = 1e-300
"""Stands for a zero that is divided by: what it divides is zero too."""


def square_per_turn(turns: float, turns_cv: float) -> float:
    """Return E[K^2] / E[K], the variance of X given the intensity per turn of its mean."""
    return (float(count_variance(np.array(turns), turns_cv)) + turns**2) / turns
