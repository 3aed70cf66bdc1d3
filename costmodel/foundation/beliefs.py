"""Beliefs: how unsure we are of an average, a share or a rate.

A belief is drawn once per simulated future. Every law here is a function of a
standard normal score z, so one quasi-random stream per name drives any of them
and moving a belief's median leaves its futures comparable, draw by draw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from costmodel.foundation.beta import beta_mean_for_median, beta_values
from costmodel.foundation.normal import Z90, Z95, normal_cdf, normal_cdf_array, normal_quantile

Array = npt.NDArray[np.float64]
Domain = Literal["positive", "share", "signed"]
"""What a quantity can be: above 0; between 0 and 1; any number."""


@dataclass(frozen=True)
class Source:
    """Where a number comes from: a source, or the admission that it is assumed."""

    source: str = ""
    assumed: bool = False
    owner: str = ""
    date: str = ""

    @property
    def known(self) -> bool:
        """Whether the number says where it comes from."""
        return bool(self.source) or self.assumed

    def __str__(self) -> str:
        words = self.source or ("assumption" if self.assumed else "no source given")
        if self.source and self.assumed:
            words = f"assumption; {words}"
        return words + (f" ({self.date})" if self.date else "")


NO_SOURCE = Source()


@dataclass(frozen=True, kw_only=True)
class Belief:
    """An uncertain quantity; the subclasses are its laws.

    `values(z)` maps standard normal scores (any shape) to values of that
    shape, increasing in z; `mean` and `median` are those of the law.
    """

    origin: Source = field(default=NO_SOURCE)

    @property
    def mean(self) -> float:
        """The expectation: what the belief counts as when uncertainty is off."""
        raise NotImplementedError

    @property
    def median(self) -> float:
        """The value at z = 0: what a slider shows."""
        return float(self.values(np.zeros(1))[0])

    @property
    def certain(self) -> bool:
        """Whether the quantity is a single number."""
        return False

    def values(self, z: Array) -> Array:
        """Return the quantity's value at standard normal scores `z`."""
        raise NotImplementedError

    def with_median(self, median: float) -> Belief:
        """Return the same belief moved to another median, relative width kept."""
        raise NotImplementedError

    def quantile(self, p: float) -> float:
        """Return the value below which the belief lies with probability `p`."""
        return float(self.values(normal_quantile(np.array([p])))[0])


@dataclass(frozen=True)
class Fixed(Belief):
    """A single number, taken as known."""

    value: float

    @property
    def mean(self) -> float:
        return self.value

    @property
    def median(self) -> float:
        return self.value

    @property
    def certain(self) -> bool:
        return True

    def values(self, z: Array) -> Array:
        return np.full_like(z, self.value)

    def with_median(self, median: float) -> Fixed:
        return replace(self, value=median)


@dataclass(frozen=True)
class Interval(Belief):
    """``low to high``, the P5 and P95 of a symmetric law.

    Lognormal for positive quantities, logit-normal for shares, normal for
    rates that may be negative.
    """

    low: float
    high: float
    domain: Domain = "positive"

    @property
    def _centre_and_sd(self) -> tuple[float, float]:
        low, high = _to_line(self.low, self.domain), _to_line(self.high, self.domain)
        return (low + high) / 2, (high - low) / (2 * Z95)

    @property
    def mean(self) -> float:
        centre, sd = self._centre_and_sd
        if self.domain == "positive":
            return math.exp(centre + sd * sd / 2)
        if self.domain == "signed":
            return centre
        return _normal_average(_from_line(centre + sd * _NODES, "share"))

    @property
    def median(self) -> float:
        return float(_from_line(np.array(self._centre_and_sd[0]), self.domain))

    def values(self, z: Array) -> Array:
        centre, sd = self._centre_and_sd
        return _from_line(centre + sd * z, self.domain)

    def with_median(self, median: float) -> Interval:
        _, sd = self._centre_and_sd
        moved = _to_line(median, self.domain) + sd * Z95 * np.array([-1.0, 1.0])
        low, high = _from_line(moved, self.domain).tolist()
        return replace(self, low=low, high=high)


@dataclass(frozen=True)
class Quantiles(Belief):
    """``{p10, p50, p90}``: two half-normals on the law's scale, joined at the median."""

    p10: float
    p50: float
    p90: float
    domain: Domain = "positive"

    @property
    def _line(self) -> tuple[float, float, float]:
        low, mid, high = (_to_line(x, self.domain) for x in (self.p10, self.p50, self.p90))
        return mid, (mid - low) / Z90, (high - mid) / Z90

    @property
    def mean(self) -> float:
        centre, below, above = self._line
        if self.domain == "signed":
            return centre + (above - below) / math.sqrt(2 * math.pi)
        if self.domain == "positive":
            # E[exp(s z); z > 0] = exp(s^2/2) Phi(s), and its mirror image.
            lower = math.exp(below**2 / 2) * normal_cdf(-below)
            upper = math.exp(above**2 / 2) * normal_cdf(above)
            return math.exp(centre) * (lower + upper)
        return _normal_average(self.values(_NODES))

    @property
    def median(self) -> float:
        return self.p50

    def values(self, z: Array) -> Array:
        centre, below, above = self._line
        return _from_line(centre + z * np.where(z < 0, below, above), self.domain)

    def with_median(self, median: float) -> Quantiles:
        _, below, above = self._line
        moved = _to_line(median, self.domain)
        ends = _from_line(np.array([moved - Z90 * below, moved + Z90 * above]), self.domain)
        return replace(self, p10=float(ends[0]), p50=median, p90=float(ends[1]))


@dataclass(frozen=True)
class Pert(Belief):
    """``{low, likely, high}``: a PERT (scaled Beta) law with absolute ends.

    Beta shapes are 1 + 4 (likely - low)/(high - low) and
    1 + 4 (high - likely)/(high - low); the mean is (low + 4 likely + high)/6.
    """

    low: float
    likely: float
    high: float

    @property
    def _shapes(self) -> tuple[float, float]:
        width = self.high - self.low
        return 1 + 4 * (self.likely - self.low) / width, 1 + 4 * (self.high - self.likely) / width

    @property
    def mean(self) -> float:
        return (self.low + 4 * self.likely + self.high) / 6

    def values(self, z: Array) -> Array:
        return self.low + (self.high - self.low) * beta_values(*self._shapes, z)

    def with_median(self, median: float) -> Pert:
        now = self.median
        if now > 0:
            k = median / now
            return replace(self, low=self.low * k, likely=self.likely * k, high=self.high * k)
        d = median - now
        return replace(self, low=self.low + d, likely=self.likely + d, high=self.high + d)


@dataclass(frozen=True)
class MeanSd(Belief):
    """``{mean, sd}``: lognormal, Beta or normal by the field's domain."""

    mean_value: float
    sd: float
    domain: Domain = "positive"

    @property
    def mean(self) -> float:
        return self.mean_value

    @property
    def _shapes(self) -> tuple[float, float]:
        m = self.mean_value
        total = m * (1 - m) / self.sd**2 - 1
        return m * total, (1 - m) * total

    def values(self, z: Array) -> Array:
        if self.domain == "signed":
            return self.mean_value + self.sd * z
        if self.domain == "share":
            return beta_values(*self._shapes, z)
        s2 = math.log1p((self.sd / self.mean_value) ** 2)
        return np.asarray(self.mean_value * np.exp(math.sqrt(s2) * z - s2 / 2))

    def with_median(self, median: float) -> MeanSd:
        if self.domain == "positive":
            k = median / self.median
            return replace(self, mean_value=self.mean_value * k, sd=self.sd * k)
        if self.domain == "signed":
            return replace(self, mean_value=median)
        a, b = self._shapes
        mean = beta_mean_for_median(median, a + b)
        return replace(self, mean_value=mean, sd=math.sqrt(mean * (1 - mean) / (a + b + 1)))


@dataclass(frozen=True)
class Counted(Belief):
    """``27 of 30``: counted evidence, as Jeffreys' Beta(k + 1/2, n - k + 1/2)."""

    successes: float
    trials: float

    @property
    def _shapes(self) -> tuple[float, float]:
        return self.successes + 0.5, self.trials - self.successes + 0.5

    @property
    def mean(self) -> float:
        a, b = self._shapes
        return a / (a + b)

    def values(self, z: Array) -> Array:
        return beta_values(*self._shapes, z)

    def with_median(self, median: float) -> Belief:
        a, b = self._shapes
        mean = beta_mean_for_median(median, a + b)
        sd = math.sqrt(mean * (1 - mean) / (a + b + 1))
        return MeanSd(mean_value=mean, sd=sd, domain="share", origin=self.origin)


@dataclass(frozen=True)
class Samples(Belief):
    """Measured values, resampled: the empirical quantile function, linear between points."""

    points: tuple[float, ...]
    """Sorted ascending."""
    file: str = ""
    column: str = ""

    @property
    def mean(self) -> float:
        return math.fsum(self.points) / len(self.points)

    def values(self, z: Array) -> Array:
        knots = (np.arange(len(self.points)) + 0.5) / len(self.points)
        points = np.array(self.points)
        return np.asarray(np.interp(normal_cdf_array(np.asarray(z)), knots, points))

    def with_median(self, median: float) -> Samples:
        now = self.median
        moved = (
            tuple(p * median / now for p in self.points)
            if now > 0
            else tuple(p + median - now for p in self.points)
        )
        return replace(self, points=moved, file="", column="")


# Trapezoid nodes and weights over the standard normal: exact to 1e-15 for smooth laws.
_NODES: Array = np.linspace(-9.0, 9.0, 721)
_WEIGHTS: Array = np.exp(-0.5 * _NODES**2)
_WEIGHTS /= _WEIGHTS.sum()


def _normal_average(values: Array) -> float:
    return float(_WEIGHTS @ values)


def _to_line(x: float, domain: Domain) -> float:
    if domain == "positive":
        return math.log(x)
    return math.log(x / (1 - x)) if domain == "share" else x


def _from_line(y: Array, domain: Domain) -> Array:
    if domain == "positive":
        return np.asarray(np.exp(y))
    return np.asarray(1 / (1 + np.exp(-y))) if domain == "share" else y
