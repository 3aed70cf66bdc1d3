"""The laws behind the mapping forms, each checked for what no such law can be."""

from __future__ import annotations

import math
from collections.abc import Callable

from costmodel.foundation.beliefs import Belief, MeanSd, Pert, Quantiles
from costmodel.foundation.grammar import refuse
from costmodel.foundation.normal import Z90, Z95
from costmodel.foundation.units import Unit
from costmodel.foundation.writing import amount

WIDEST_SIGMA = 2 * Z95
"""Log-sd above which a lognormal's mean lies beyond its own P95 (e^(s^2/2) > e^(1.645 s))."""
WIDEST_RATIO = math.exp(2 * Z95 * WIDEST_SIGMA)
"""High / low of a P5..P95 interval with that log-sd: about 50,000."""


def _quantiles(v: dict[str, float], unit: Unit) -> Belief:
    p10, p50, p90 = v["p10"], v["p50"], v["p90"]
    if not p10 < p50 < p90:
        raise refuse(listed(v, unit), "p10 below p50 below p90", "put them in order")
    if unit.domain == "positive" and p10 <= 0:
        raise refuse(listed(v, unit), "p10 above 0", "use {low, likely, high}, whose ends may be 0")
    if unit.domain == "share" and (p10 <= 0 or p90 >= 1):
        expected = "p10 above 0% and p90 below 100%"
        raise refuse(listed(v, unit), expected, "use {low, likely, high} with absolute ends")
    if unit.domain == "positive":
        _not_too_wide(math.log(p90 / p50) / Z90, v, unit)
    return Quantiles(p10=p10, p50=p50, p90=p90, domain=unit.domain)


def _not_too_wide(sigma: float, v: dict[str, float], unit: Unit) -> None:
    if sigma > WIDEST_SIGMA:
        expected = f"a narrower law: log-sd {sigma:.2f} is above {WIDEST_SIGMA:.2f}"
        expected += " (where a lognormal's mean passes its own P95)"
        raise refuse(listed(v, unit), expected, "use {low, likely, high}")


def _pert(v: dict[str, float], unit: Unit) -> Belief:
    low, likely, high = v["low"], v["likely"], v["high"]
    if not (low <= likely <= high and low < high):
        raise refuse(listed(v, unit), "low <= likely <= high, low below high", "put them in order")
    return Pert(low=low, likely=likely, high=high)


def _mean_sd(v: dict[str, float], unit: Unit) -> Belief:
    mean, sd = v["mean"], v["sd"]
    if sd == 0:
        raise refuse(listed(v, unit), "sd above 0", f"write {amount(mean, unit)} alone")
    if unit.domain == "positive" and mean <= 0:
        raise refuse(listed(v, unit), "a mean above 0", "use {low, likely, high}")
    if unit.domain == "share" and not sd * sd < mean * (1 - mean):
        most = math.sqrt(max(mean * (1 - mean), 0.0))
        expected = f"sd below {most:.3g}, the square root of mean x (1 - mean)"
        raise refuse(listed(v, unit), expected, "no law on 0% to 100% is wider; state less")
    if unit.domain == "positive":
        _not_too_wide(math.sqrt(math.log1p((sd / mean) ** 2)), v, unit)
    return MeanSd(mean_value=mean, sd=sd, domain=unit.domain)


CHECKED: dict[tuple[str, ...], Callable[[dict[str, float], Unit], Belief]] = {
    ("p10", "p50", "p90"): _quantiles,
    ("low", "likely", "high"): _pert,
    ("mean", "sd"): _mean_sd,
}


def listed(values: dict[str, float], unit: Unit) -> str:
    """Return named numbers as messages list them."""
    return ", ".join(f"{key} {amount(value, unit)}" for key, value in values.items())
