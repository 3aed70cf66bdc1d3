"""A quantity over simulated futures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Distribution:
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
        """Return the value below which the quantity lies with probability `p`.

        Linear between order statistics (numpy's default).
        """
        if not 0 <= p <= 1:
            raise ValueError(f"a quantile lies between 0 and 1, got {p!r}; fix: write 0.9 for P90")
        position = p * (self._sorted.size - 1)
        index = min(int(position), self._sorted.size - 2) if self._sorted.size > 1 else 0
        low = float(self._sorted[index])
        high = float(self._sorted[min(index + 1, self._sorted.size - 1)])
        return low + (high - low) * (position - index)

    @property
    def p10(self) -> float:
        return self.quantile(0.10)

    @property
    def p50(self) -> float:
        return self.quantile(0.50)

    @property
    def p90(self) -> float:
        return self.quantile(0.90)

    def chance_over(self, usd: float) -> float:
        """Return the share of futures in which the quantity exceeds `usd`."""
        return float(np.count_nonzero(self.values > usd) / self.values.size)

    def __repr__(self) -> str:
        name = f"{self.label}: " if self.label else ""
        return f"<{name}P10 {self.p10:,.0f}, P50 {self.p50:,.0f}, P90 {self.p90:,.0f}>"
