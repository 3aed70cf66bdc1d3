"""Deferral: people who are stopped come back a window later with a part of what was refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.strategies.person import PersonWindow

Array = npt.NDArray[np.float64]

HEADROOM = 3.0
"""How far above a person's new demand, in its log, what arrives in all is worked out; beyond, a
limit lets through no more."""
COARSE = 1 / 24
"""Step of the log demand where there is one person only."""


@dataclass(frozen=True)
class Deferral:
    """People who are stopped come back with a share of what they were refused, a window later.

    Parameters
    ----------
    share : float
        Share of refused demand that returns, in [0, 1).
    again : bool
        Whether demand that returned and is refused again may return again; else it is lost.
    """

    share: float
    again: bool = True

    def apply(self, serve: Callable[[Array], PersonWindow], persons: Array) -> PersonWindow:
        """Return a window once as much comes back as is put off, for each person.

        Let Y be the demand that arrives in a window in all, and S(Y) what is served of it. With
        `again`, Y = y + share (Y - S(Y)); without, what returns is a share of the refused new
        demand, Y = y + share y (Y - S(Y)) / Y. Both give y for each Y; the persons in between
        follow by interpolation. What returns is taken to arrive like new demand.

        Parameters
        ----------
        serve : callable
            What a window serves people of given mean demands.
        persons : array (persons,)
            Mean demands, evenly apart in the log.
        """
        window = serve(_wider(persons))
        shape = window.served.shape
        whole = np.broadcast_to(window.demand, shape)
        new = self._new(whole, whole - window.served)
        kept = (slice(None), slice(None), slice(persons.size))
        arriving = _each(_inverse, whole, new)[kept]

        def after(values: Array) -> Array:
            return _each(_read, whole, values, arriving)

        return PersonWindow(
            demand=whole[kept],
            served=after(window.served),
            square=after(window.square),
            stopped=after(window.stopped),
            carried=np.maximum(arriving - whole[kept], 0.0),
            uncut=None if window.uncut is None else after(window.uncut),
            begun=None if window.begun is None else after(window.begun),
            resent=None if window.resent is None else after(window.resent),
        )

    def _new(self, whole: Array, refused: Array) -> Array:
        """Return the new demand of which the whole arriving demand is made."""
        if self.again:
            return np.asarray(whole - self.share * refused)
        return np.asarray(whole / (1 + self.share * refused / whole))


def _wider(persons: Array) -> Array:
    """Return people evenly apart in the log, up to far above the last."""
    step = COARSE if persons.size == 1 else float(np.log(persons[1] / persons[0]))
    more = np.arange(1, int(HEADROOM / step) + 1)
    return np.concatenate([persons, persons[-1] * np.exp(step * more)])


def _inverse(whole: Array, new: Array) -> Array:
    """Return the whole demand of each person whose new demand is what `whole` now stands for."""
    return np.exp(np.interp(np.log(whole), np.log(new), np.log(whole)))


def _read(whole: Array, values: Array, at: Array) -> Array:
    return np.interp(at, whole, values)


def _each(function: Callable[..., Array], *arrays: Array) -> Array:
    """Apply a function of rows to the last axes of arrays of three axes."""
    lead = arrays[0].shape[:2]
    rows = [array.reshape(-1, array.shape[-1]) for array in arrays]
    found = [function(*each) for each in zip(*rows, strict=True)]
    return np.stack(found).reshape(*lead, -1)
