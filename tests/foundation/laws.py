"""Hypothesis strategies for beliefs, spreads and counts as fields may hold them."""

from __future__ import annotations

from hypothesis import strategies as st

from costmodel.foundation.beliefs import (
    Counted,
    Fixed,
    Interval,
    MeanSd,
    Pert,
    Quantiles,
    Samples,
    Source,
)
from costmodel.foundation.counts import Count
from costmodel.foundation.spread_forms import sigma_for_p95
from costmodel.foundation.spreads import Spread, sigma_from_cv, sigma_from_top_share
from costmodel.foundation.units import Unit

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]))
dates = st.sampled_from(["", "2026-11", "2026-11-23"])
sources = st.builds(
    Source,
    source=words.map(str.strip),
    assumed=st.booleans(),
    owner=words.map(str.strip),
    date=dates,
)


def _between(low: float, high: float):
    return st.floats(low, high, exclude_min=True, exclude_max=True, allow_subnormal=False)


def _ends(unit: Unit) -> tuple[float, float]:
    if unit.domain == "share":
        return 1e-6, 1 - 1e-6
    if unit.domain == "signed":
        return unit.smallest, unit.largest
    low = max(unit.smallest, 1e-3)
    return low, min(unit.largest, 1e4 * low)


def beliefs(unit: Unit):
    """Every law a belief in `unit` may have, with any source."""
    low, high = _ends(unit)
    number = _between(low, high)
    domain = unit.domain
    three = st.lists(number, min_size=3, max_size=3, unique=True).map(sorted)
    kinds = [
        st.builds(Fixed, value=st.floats(unit.smallest, unit.largest), origin=sources),
        st.builds(
            lambda x, origin: Interval(low=x[0], high=x[2], domain=domain, origin=origin),
            three,
            sources,
        ),
        st.builds(
            lambda x, origin: Quantiles(p10=x[0], p50=x[1], p90=x[2], domain=domain, origin=origin),
            three.filter(lambda x: domain != "positive" or x[2] / x[1] < 60),
            sources,
        ),
        st.builds(
            lambda x, origin: Pert(low=x[0], likely=x[1], high=x[2], origin=origin), three, sources
        ),
        st.builds(
            lambda mean, k, origin: MeanSd(
                mean_value=mean,
                sd=k * min(mean, 1 - mean) if domain == "share" else k * abs(mean) + 1e-6,
                domain=domain,
                origin=origin,
            ),
            number,
            st.floats(1e-3, 0.9),
            sources,
        ),
        st.builds(
            lambda x, origin: Samples(points=tuple(sorted(x)), origin=origin),
            st.lists(number, min_size=2, max_size=5),
            sources,
        ),
    ]
    if domain == "share":
        counted = st.builds(
            lambda k, more, origin: Counted(successes=k, trials=k + more, origin=origin),
            st.integers(0, 1000).map(float),
            st.integers(1, 1000),
            sources,
        )
        kinds.append(counted)
    return st.one_of(kinds)


@st.composite
def spreads(draw, unit: Unit, capped: bool = True):
    """A spread in `unit` by mean or median, with any of the three widths."""
    centre = draw(beliefs(unit).filter(lambda b: b.mean > 1e-9))
    form = draw(st.sampled_from(["cv", "p95", "top_1_percent"]))
    key = draw(st.sampled_from(["mean", "p50"]))
    mean = centre.mean
    cap = draw(st.sampled_from([float("inf"), mean * 3.3, mean * 40]))
    if cap > unit.largest or not capped:
        cap = float("inf")
    width, sigma = draw(_widths(form, key, mean, cap, unit))
    return Spread(**{key: centre}, sigma=sigma, cap=cap, stated=(form, width), origin=draw(sources))


def _widths(form: str, key: str, mean: float, cap: float, unit: Unit):
    if form == "cv":
        return st.floats(0, 20).map(lambda cv: (cv, sigma_from_cv(cv)))
    if form == "top_1_percent":
        share = st.floats(0.01, 0.9)
        return share.map(lambda s: (s, max(0.0, sigma_from_top_share(s))))
    ratios = st.floats(1.01, 3.8).filter(lambda r: r * mean <= unit.largest)
    if key == "p50":
        from math import log

        from costmodel.foundation.normal import Z95

        return ratios.map(lambda r: (r * mean, log(r * mean / mean) / Z95))
    return ratios.map(lambda r: (r * mean, sigma_for_p95(mean, r * mean, cap)))


def counts(unit: Unit):
    """An integer law with any mean of at least 1."""
    return st.builds(Count, mean=beliefs(unit), cv=st.floats(0, 10), origin=sources)
