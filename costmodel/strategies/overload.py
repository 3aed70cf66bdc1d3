"""Retries under overload: how a limit that is exceeded multiplies its own load.

Requests beyond a limit are refused, and refused requests are sent again, up to m attempts in all.
If requests come at `load` times the limit and each attempt is refused with the same chance p, the
limit passes 1 - p = 1 / (attempts sent, in limits), and attempts sent are load (1 - p^m) / (1 - p):

    load <= 1: p = 0;        load > 1: p = (1 - 1 / load)^(1 / m), sent = 1 / (1 - p).

A share 1 / load of the requests is answered, with retries or without: they add load, not answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Overload:
    """What a limit sees: arrays as given."""

    sent: Array
    """Attempts over the limit."""
    refused: Array
    """Share of attempts refused."""
    answered: Array
    """Share of requests answered in the end."""
    attempts: Array
    """Attempts per request."""


def overload(load: npt.ArrayLike, most: int) -> Overload:
    """Return what retries make of a load, in the long run.

    Parameters
    ----------
    load : array_like
        Requests over the limit, before any is sent again.
    most : int
        Attempts allowed per request.
    """
    asked = np.asarray(load, dtype=np.float64)
    over = np.maximum(asked, 1.0)
    refused = (1 - 1 / over) ** (1 / most)
    attempts = np.where(
        refused < 1, (1 - refused**most) / np.where(refused < 1, 1 - refused, 1), most
    )
    return Overload(asked * attempts, refused, 1 / over, attempts)
