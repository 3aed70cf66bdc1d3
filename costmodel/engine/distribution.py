"""A quantity over simulated futures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Quantiled:
    """What has quantiles has the three that are quoted."""

    def quantile(self, p: float) -> float:
        """Return the quantile at probability `p`."""
        raise NotImplementedError

    @property
    def p10(self) -> float:
        return self.quantile(0.10)

    @property
    def p50(self) -> float:
        return self.quantile(0.50)

    @property
    def p90(self) -> float:
        return self.quantile(0.90)


@dataclass(frozen=True, eq=False, repr=False)
class Distribution(Quantiled):
    """Values of one quantity, one a future; USD unless said otherwise."""

    values: Array
    label: str = ""

    @cached_property
    def _sorted(self) -> Array:
        return np.sort(self.values)

    @property
    def mean(self) -> float:
        return float(self.values.mean())

    @property
    def sd(self) -> float:
        """Standard deviation over futures."""
        return float(self.values.std())

    def quantile(self, p: float) -> float:
        """Return the smallest simulated value that is not exceeded with probability `p`.

        The inverted distribution function (numpy's ``inverted_cdf``), so that
        ``quantile(0.9) <= budget`` and ``chance_over(budget) <= 0.1`` are one statement.
        """
        if not 0 <= p <= 1:
            raise ValueError(f"a quantile lies between 0 and 1, got {p!r}; fix: write 0.9 for P90")
        rank = math.ceil(p * self._sorted.size - 1e-9)
        return float(self._sorted[max(rank - 1, 0)])

    def chance_over(self, usd: float) -> float:
        """Return the share of futures in which the quantity exceeds `usd`."""
        return float(np.count_nonzero(self.values > usd) / self.values.size)

    def __repr__(self) -> str:
        name = f"{self.label}: " if self.label else ""
        return f"<{name}P10 {self.p10:,.0f}, P50 {self.p50:,.0f}, P90 {self.p90:,.0f}>"
