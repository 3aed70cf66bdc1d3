"""How many conversations, and how many users, outgrow a model's context window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.counts import count_pmf
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.normal import normal_cdf_array
from costmodel.prices.book import PriceBook
from costmodel.tokens.windows import Window, overflow_turn, prompt_window

Array = npt.NDArray[np.float64]

NODES = 64
"""Nodes of the Gauss-Hermite rule over people's intensities; the integrand has no kink."""


@dataclass(frozen=True)
class Size:
    """The tokens of messages of one kind.

    Parameters
    ----------
    mean : float
        Tokens on average.
    cv : float
        Their coefficient of variation, over messages of all conversations.
    correlation : float
        Between two messages of one conversation, from 0 to 1. About .3 for messages of users and
        .5 for answers were measured in conversation logs.
    """

    mean: float
    cv: float = 0.0
    correlation: float = 0.0


@dataclass(frozen=True)
class Overflow:
    """How often conversations outgrow a window.

    Parameters
    ----------
    window : Window
        The limit.
    turn : float
        The first turn that does not fit when every message has its mean size; inf for never.
    conversations : float
        Share of conversations that have a turn which does not fit.
    users : float or None
        Share of users with such a conversation in the period; None without their conversations.
    """

    window: Window
    turn: float
    conversations: float
    users: float | None


def overflow_share(
    system: float, user: Size, answer: Size, limit: float, turns: float, turns_cv: float
) -> float:
    """Return the share of conversations in which a resent history outgrows a limit.

    A conversation of k turns gets there if its last prompt does: S + u_1 + ... + u_k + a_1 + ...
    + a_(k-1) > L. The sum is taken as lognormal with its exact mean and variance; n messages with
    correlation r have the variance (cv mean)^2 n (1 + (n - 1) r). Turns follow
    `foundation.counts`: 1 + negative binomial.

    Parameters
    ----------
    system : float
        Tokens of the system prompt.
    user, answer : Size
        Of messages and of answers.
    limit : float
        Tokens of the longest prompt.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns of a conversation; mean from 1.
    """
    chances = count_pmf(turns, turns_cv)
    k = np.arange(1, len(chances) + 1, dtype=float)
    mean = user.mean * k + answer.mean * (k - 1)
    variance = _variance(user, k) + _variance(answer, k - 1)
    return float(chances @ _chance_over(limit - system, mean, variance))


def _variance(size: Size, n: Array) -> Array:
    return np.asarray((size.cv * size.mean) ** 2 * n * (1 + (n - 1) * size.correlation))


def _chance_over(room: float, mean: Array, variance: Array) -> Array:
    if room < 0:
        return np.ones(mean.shape)
    sure = (mean > room).astype(float)
    vague = (variance > 0) & (mean > 0) & (room > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma2 = np.log1p(variance / mean**2)
        z = (np.log(mean) - sigma2 / 2 - math.log(max(room, 1e-300))) / np.sqrt(sigma2)
    return np.asarray(np.where(vague, normal_cdf_array(np.where(vague, z, 0.0)), sure))


def users_share(conversations_share: float, conversations: float, cv: float = 0.0) -> float:
    """Return the share of users with at least one overflowing conversation in a period.

    A user's conversations are Poisson with an own mean, lognormal over users; so it is
    E[1 - exp(-p c)], by a Gauss-Hermite rule.

    Parameters
    ----------
    conversations_share : float
        p, the share of conversations that overflow.
    conversations : float
        E[c], mean conversations of a user in the period.
    cv : float
        Coefficient of variation of c over users.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    sigma = math.sqrt(math.log1p(cv**2))
    intensity = conversations * np.exp(sigma * nodes - sigma**2 / 2)
    none = np.exp(-conversations_share * intensity)
    return float(1 - weights @ none / weights.sum())


def overflow(
    model: str,
    *,
    system: float,
    user: Size | float,
    answer: Size | float,
    turns: float,
    turns_cv: float,
    output_reserved: int = 0,
    conversations: float | None = None,
    conversations_cv: float = 0.0,
    prices: PriceBook | None = None,
) -> Overflow:
    """Return at which turn conversations with resent history outgrow a model, and how many do.

    Parameters
    ----------
    model : str
        As in the price table.
    system : float
        Tokens of the system prompt and of all else that is sent every time.
    user, answer : Size or float
        Tokens of messages and of answers; a number is a size that never varies.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns of a conversation.
    output_reserved : int
        Tokens of the context kept free for the answer.
    conversations, conversations_cv : float
        Of a user in a period, mean and coefficient of variation, for the share of users.
    prices : PriceBook, optional
        The newest by default.

    Raises
    ------
    InputError
        If a number is negative or not finite, `turns` is below 1 or a correlation not a share.
    """
    said, told = (each if isinstance(each, Size) else Size(each) for each in (user, answer))
    _check(system, said, told, turns, turns_cv, conversations, conversations_cv)
    window = prompt_window(model, output_reserved, prices)
    share = overflow_share(system, said, told, window.tokens, turns, turns_cv)
    users = None if conversations is None else users_share(share, conversations, conversations_cv)
    turn = float(overflow_turn(system, said.mean, told.mean, window.tokens))
    return Overflow(window, turn, share, users)


def _check(
    system: float,
    user: Size,
    answer: Size,
    turns: float,
    turns_cv: float,
    conversations: float | None,
    conversations_cv: float,
) -> None:
    given = {"system": system, "turns_cv": turns_cv, "conversations_cv": conversations_cv}
    given |= {} if conversations is None else {"conversations": conversations}
    for name, size in (("user", user), ("answer", answer)):
        given |= {f"{name}.mean": size.mean, f"{name}.cv": size.cv}
    ranges = {name: (value, 0.0, math.inf) for name, value in given.items()}
    ranges["turns"] = (turns, 1.0, math.inf)
    for name, size in (("user", user), ("answer", answer)):
        ranges[f"{name}.correlation"] = (size.correlation, 0.0, 1.0)
    problems = [_outside(name, *ends) for name, ends in ranges.items() if not _within(*ends)]
    if problems:
        raise InputError(problems)


def _within(value: float, low: float, high: float) -> bool:
    return math.isfinite(value) and low <= value <= high


def _outside(name: str, value: float, low: float, high: float) -> Problem:
    end = "up, finite" if high == math.inf else f"to {high:g}"
    return Problem(f"{value:g}", f"a number from {low:g} {end}", path=name)
