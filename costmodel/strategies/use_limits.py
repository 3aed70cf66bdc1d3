"""Limits by tokens or USD on people whose conversations grow dearer with every turn.

The j-th turn of a conversation resends what came before it and costs a + b (j - 1) on average. It
is let through if what was used before is below the cap B: by earlier conversations, S, and by the
j - 1 turns of its own, C. With w the use expected so far in the window and W_j = P(K >= j),

    served turns j     (1 / E[K]) integral over w from 0 to v of W_j P(S(w) < B - C(j - 1))

S is compound Poisson with the mean and the variance of what conversations use, and taken as a gamma
law beside its mass at zero; C is taken at its mean. Everything is told in mean turns' use.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from costmodel.strategies.cut_conversations import reached_turns
from costmodel.strategies.spending_limits import SpendLimit

Array = npt.NDArray[np.float64]

POINTS = 160
"""Points of the integral, evenly apart in the square root of the use: good to 1e-3."""
BEYOND = 12.0
"""Standard deviations above the cap from which nothing more is served."""


@dataclass(frozen=True)
class UseLimit:
    """At most a cap of use in a window, where later turns of a conversation use more.

    Parameters
    ----------
    turns : SpendLimit
        The same caps on turns of one cost: the chance to be stopped is taken from it.
    growth : float
        By how much of a mean turn's use each earlier turn makes a turn dearer, b.
    cv : float
        Coefficient of variation of what a conversation uses.
    """

    turns: SpendLimit
    growth: float
    cv: float

    @property
    def sharpness(self) -> float:
        """Width in log demand of the bend at the largest cap."""
        return self.turns.sharpness

    @cached_property
    def caps(self) -> Array:
        """The caps, in mean turns' use."""
        return self.turns.caps

    def serve(self, mean: Array) -> tuple[Array, Array, Array]:
        """Return mean turns served, their square, and the probability to be stopped.

        Parameters
        ----------
        mean : array
            Turns each person asks for in a window, on average.

        Returns
        -------
        (array, array, array)
            (caps, *mean's shape). The square is that of the mean: what a person's windows differ
            in is left out.
        """
        served = np.stack([self._served(mean, cap)[0] for cap in self.caps.tolist()])
        return np.minimum(served, mean), served**2, self.turns.serve(mean)[2]

    def cut(self, mean: Array) -> tuple[Array, Array]:
        """Return first turns and resent ones as `PersonWindow` has them: (caps, *mean's shape)."""
        found = [self._served(mean, cap)[1:] for cap in self.caps.tolist()]
        begun, resent = (np.stack(values) for values in zip(*found, strict=True))
        return begun, resent

    def _served(self, mean: Array, cap: float) -> tuple[Array, Array, Array]:
        """Return turns, first turns times E[K], and resent ones over those of a mean turn."""
        turns = self.turns.calls
        reached = reached_turns(turns, self.turns.calls_cv)
        place = np.arange(reached.size, dtype=np.float64)
        earlier = float((place * reached).sum()) / turns
        own = place * (1 - self.growth * earlier) + self.growth * place * (place - 1) / 2
        grid = self._grid(float(mean.max()), cap)
        through = self._below(grid, cap - own)
        weights = np.stack([reached / turns, np.eye(1, reached.size)[0],
                            place * reached / turns / max(earlier, 1e-300)])  # fmt: skip
        pieces = weights @ through
        steps = (pieces[:, 1:] + pieces[:, :-1]) / 2 * np.diff(grid)
        sums = np.concatenate([np.zeros((3, 1)), np.cumsum(steps, axis=1)], axis=1)
        asked, begun, resent = (np.interp(mean, grid, row) for row in sums)
        return asked, begun, resent if earlier > 0 else begun

    def _grid(self, most: float, cap: float) -> Array:
        width = BEYOND * math.sqrt(self._clump * (cap + 1))
        top = min(most, cap + width + BEYOND)
        inside = top * np.linspace(0, 1, POINTS) ** 2
        return np.append(inside, most) if most > top else inside

    @property
    def _clump(self) -> float:
        """Variance over the mean of a window's use."""
        return self.turns.calls * (1 + self.cv**2)

    def _below(self, used: Array, room: Array) -> Array:
        """Return P(S < room) where so much use is expected: (turns, uses)."""
        from scipy.special import gammainc

        some = -np.expm1(-used / self.turns.calls)
        safe = np.maximum(some, 1e-300)
        given = np.where(some > 0, used / safe, self.turns.calls)
        variance = (used * self._clump + used**2) / safe - given**2
        variance = np.maximum(variance, 1e-12 * given**2)
        shape, scale = given**2 / variance, variance / given
        inside = gammainc(shape, np.maximum(room[:, None], 0.0) / scale)
        return np.where(room[:, None] > 0, 1 - some * (1 - inside), 0.0)
