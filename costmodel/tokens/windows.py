"""When a conversation no longer fits a model's context window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.book import PriceBook, load_prices

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """The longest prompt a model takes.

    Parameters
    ----------
    tokens : int
        Its tokens.
    limit : str
        What limits it: ``max_input``, or ``context`` less the output that is reserved.
    """

    tokens: int
    limit: str


def prompt_window(model: str, output_reserved: int = 0, prices: PriceBook | None = None) -> Window:
    """Return the longest prompt a model takes when room for its output is reserved.

    Parameters
    ----------
    model : str
        As in the price table.
    output_reserved : int
        Tokens kept free for the answer and its reasoning; they count against the context, not
        against `max_input`.
    prices : PriceBook, optional
        The newest by default.

    Raises
    ------
    UnknownModelError
        If no price table has the model.
    InputError
        If its limits are not known, or no room is left.
    """
    found = (prices or load_prices()).model(model)
    limits = {"max_input": found.max_input}
    if found.context is not None:
        limits["context"] = found.context - output_reserved
    known = {name: tokens for name, tokens in limits.items() if tokens is not None}
    if not known:
        read = f"{found.id}, whose limits are not in the price table"
        raise InputError(Problem(read, "a model with a context or a longest input", path="model"))
    limit = min(known, key=lambda name: known[name])
    if known[limit] <= 0:
        read = f"{output_reserved:,} tokens reserved of a context of {found.context:,}"
        raise InputError(Problem(read, "less than the context", path="output_reserved"))
    return Window(known[limit], limit)


def overflow_turn(
    system: npt.ArrayLike, user: npt.ArrayLike, answer: npt.ArrayLike, limit: npt.ArrayLike
) -> Array:
    """Return the first turn of a resent history whose prompt is over a limit.

    S + u n + a (n - 1) > L from n = floor((L - S + a) / (u + a)) + 1 on.

    Parameters
    ----------
    system, user, answer : array_like
        Tokens of the system prompt, of a message and of an answer.
    limit : array_like
        Tokens of the longest prompt.

    Returns
    -------
    numpy.ndarray
        Counted from 1; inf for never.
    """
    given = (np.asarray(each, float) for each in (system, user, answer, limit))
    s, u, a, room = np.broadcast_arrays(*given)
    step = u + a
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.maximum(np.floor((room - s + a) / step) + 1, 1)
    still = np.where(s > room, 1.0, np.inf)
    return np.asarray(np.where(step > 0, turn, still))


def windowed_overflow_turn(
    system: npt.ArrayLike,
    user: npt.ArrayLike,
    answer: npt.ArrayLike,
    limit: npt.ArrayLike,
    window: npt.ArrayLike,
) -> Array:
    """Return the first turn over a limit when `window` earlier turns are kept; inf for never."""
    turn = overflow_turn(system, user, answer, limit)
    return np.asarray(np.where(turn - 1 <= np.asarray(window, float), turn, np.inf))


def summarised_overflow_turn(
    system: npt.ArrayLike,
    user: npt.ArrayLike,
    answer: npt.ArrayLike,
    limit: npt.ArrayLike,
    *,
    every: npt.ArrayLike,
    summary: npt.ArrayLike,
) -> Array:
    """Return the first turn over a limit when every k turns become a summary; inf for never.

    The summarising calls themselves, which read k turns at once, are not looked at.
    """
    k = np.asarray(every, float)
    first = windowed_overflow_turn(system, user, answer, limit, k - 1)
    carried = np.asarray(system, float) + np.asarray(summary, float)
    later = windowed_overflow_turn(carried, user, answer, limit, k - 1)
    return np.asarray(np.where(np.isfinite(first), first, later + k))
