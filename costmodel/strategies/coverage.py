"""How long a question's answer is kept, and how often it has to be stored anew.

Requests of one question are Poisson, x of them a lifetime (times are in lifetimes here). While an
answer is kept the question is covered; a request that finds it uncovered begins a new cover. A
request for a covered question finds the answer with probability `recall` (1 for exact matching)
and otherwise stores a further answer, which may outlast the first. With U new covers in a window
that starts empty and has x w requests,

    share of requests answered = recall (1 - U / (x w)).

Covers of a fixed lifetime last a lifetime, or longer where further answers are stored at rate
q = x (1 - recall): E = (e^q - 1) / q in the mean. Covers of a sliding lifetime last until a gap
between requests is longer than it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from costmodel.strategies.popularity import Renewal

Array = npt.NDArray[np.float64]

_EXACT_WINDOWS = 2.0
"""Windows, in lifetimes, up to which new covers are counted exactly."""
_LARGEST = 30.0
"""Beyond e^30 lifetimes a cover is as good as endless."""


def over_groups(values: Array, weights: Array) -> Array:
    """Return the sum of values x weights along the last axis.

    Not a matrix product, whose rounding depends on how many rows it has: a row of a table must not
    change with the size of the table.
    """
    return np.asarray((values * weights).sum(axis=-1))


def uncovered(times: Array, recall: float, renewal: Renewal) -> Array:
    """Return the share of time, and so of requests, in which no answer is kept, in the long run.

    Parameters
    ----------
    times : array
        Requests of a question in a lifetime, x.
    recall : float
    renewal : str
        ``fixed``: 1 / (1 + x E); ``sliding``: e^-x.
    """
    if renewal == "sliding":
        return np.asarray(np.exp(-times))
    return np.asarray(1 / (1 + times * _cover(times * (1 - recall))))


def _cover(q: Array) -> Array:
    """Return (e^q - 1) / q, the mean cover of a fixed lifetime, in lifetimes."""
    held = np.clip(q, 1e-12, _LARGEST)
    return np.asarray(np.expm1(held) / held)


def new_covers(times: Array, window: Array, recall: float, renewal: Renewal) -> Array:
    """Return the mean number of new covers of a question in a window that starts empty.

    Sliding: exact, the requests that none preceded by less than a lifetime.
    Fixed: exact up to two lifetimes. Later the long run rate plus what an empty start adds,
    (c^2 / 2) (1 + Var / E^2) of the cover, with c the share of time covered (the renewal theorem;
    its error is below 0.6 % of a question's requests and changes sign between questions).

    Parameters
    ----------
    times : array
        Requests of a question in a lifetime.
    window : array
        Length of the window in lifetimes, to be broadcast with `times`.
    recall : float
    renewal : str
    """
    if renewal == "sliding":
        later = times * np.maximum(window - 1, 0.0) * np.exp(-times)
        return np.asarray(later - np.expm1(-times * np.minimum(window, 1.0)))
    short = -np.expm1(-times * np.minimum(window, _EXACT_WINDOWS))
    rest = np.clip(window - 1, 0.0, 1.0)
    if np.any(rest > 0):
        short = short + _second_cover(times, rest, times * (1 - recall))
    if not np.any(window > _EXACT_WINDOWS):
        return np.asarray(short)
    long = times * window * uncovered(times, recall, renewal) + empty_start(times, recall)
    return np.where(window > _EXACT_WINDOWS, long, short)


def _second_cover(times: Array, rest: Array, q: Array) -> Array:
    """Return the chance of a second cover in 1 + `rest` lifetimes, `rest` up to 1.

    Two waits of mean 1 / x and a first cover that ends after 1 + u have to fit, where
    P(cover <= 1 + u) = e^-q (1 + q u): an answer stored at u outlasts all others.
    """
    y = times * rest
    gone = -np.expm1(-y)
    both = gone - y * np.exp(-y)
    integral = rest - (2 * gone - y * np.exp(-y)) / times
    return np.asarray(np.exp(-q) * (both + q * np.maximum(integral, 0.0)))


def empty_start(times: Array, recall: float) -> Array:
    """Return the covers of a fixed lifetime that an empty start adds to those of the long run."""
    q = times * (1 - recall)
    kept = 1 - uncovered(times, recall, "fixed")
    return np.asarray(kept**2 / 2 * (1 + _relative_variance(q)))


def _relative_variance(q: Array) -> Array:
    """Return Var / E^2 of a cover, (1 - e^-2q - 2 q e^-q) / (1 - e^-q)^2; from 0 at q = 0 to 1."""
    small = q / 3
    held = np.maximum(q, 1e-3)
    whole = (1 - np.exp(-2 * held) - 2 * held * np.exp(-held)) / np.expm1(-held) ** 2
    return np.asarray(np.where(q < 1e-3, small, whole))
