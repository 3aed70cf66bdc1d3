"""Writing quantities back as the grammar reads them, to the last bit."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from costmodel.foundation.beliefs import (
    Belief,
    Counted,
    Fixed,
    Interval,
    MeanSd,
    Pert,
    Quantiles,
    Samples,
)
from costmodel.foundation.converted import Converted, StatedAmount
from costmodel.foundation.counts import Count
from costmodel.foundation.marks import Raw
from costmodel.foundation.spreads import Spread
from costmodel.foundation.units import CV, SHARE, Period, Unit

LONGEST_PLAIN = 30
"""Characters above which a number is written with an exponent."""
_SUFFIXES = (("B", 9), ("M", 6), ("k", 3))


def amount(value: float, unit: Unit) -> str:
    """Return a number as the grammar writes it in a unit: ``8k``, ``25%``, ``6 months``."""
    exact = Decimal(repr(float(value)))
    if unit.percent:
        return f"{plain(exact.scaleb(2))}%"
    if unit.durations:
        word = [word for word, worth in unit.durations if worth == 1][-1]
        return f"{plain(exact)} {word}"
    digits, suffix = plain(abs(exact)), ""
    for letter, zeros in _SUFFIXES:
        if exact != 0 and exact % Decimal(10) ** zeros == 0 and abs(exact) < Decimal(10) ** 15:
            digits, suffix = plain(abs(exact).scaleb(-zeros)), letter
            break
    return f"{'-' if exact < 0 else ''}{unit.sign if unit.money else ''}{digits}{suffix}"


def duration(seconds: float) -> str:
    """Return a short duration in the largest unit that divides it: ``24h``, ``7d``, ``137s``."""
    exact = Decimal(repr(float(seconds)))
    for word, worth, least in (("d", 86400, 2), ("h", 3600, 1), ("min", 60, 1)):
        if exact % worth == 0 and exact >= least * worth:
            return f"{plain(exact / worth)}{word}"
    return f"{plain(exact)}s"


def stated_amount(usd: float, unit: Unit) -> str:
    """Return money as it was written: ``$5k``, or ``€5k`` where euros were stated."""
    if isinstance(usd, StatedAmount):
        return amount(usd.amount, unit.written_in(usd.code))
    return amount(usd, unit)


def plain_number(value: float) -> str:
    """Return a float with all its digits and no exponent: ``0.0065``."""
    return plain(Decimal(repr(float(value))))


def plain(exact: Decimal) -> str:
    """Return a decimal without trailing zeros, and without exponent unless that is long."""
    text = f"{exact:f}"
    if len(text) > LONGEST_PLAIN:
        return f"{exact:e}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rate(value: float, unit: Unit, period: Period | None) -> str:
    """Return an amount with its period, if it has one."""
    return amount(value, unit) + (f" per {period}" if period else "")


def belief_data(belief: Belief, unit: Unit, period: Period | None = None) -> Raw:
    """Return what stands in YAML for a belief: a text, or a mapping without its source.

    Parameters
    ----------
    belief : Belief
        Any law of `costmodel.foundation.beliefs`.
    unit : Unit
        The field's unit.
    period : str, optional
        The period of a rate; the unit's usual one if it is a rate and none is given.
    """
    if unit.periods and period is None:
        period = unit.periods[-1]
    if isinstance(belief, Converted):
        return belief_data(belief.stated, unit.written_in(belief.code), period)
    if isinstance(belief, Fixed):
        return rate(belief.value, unit, period)
    if isinstance(belief, Interval):
        return f"{amount(belief.low, unit)} to {rate(belief.high, unit, period)}"
    if isinstance(belief, Counted):
        k, n = (plain(Decimal(repr(float(each)))) for each in (belief.successes, belief.trials))
        return f"{k} of {n}" + (f" per {period}" if period else "")
    data = _law_data(belief, unit)
    return {**data, "per": period} if period else data


def _law_data(belief: Belief, unit: Unit) -> dict[str, Any]:
    if isinstance(belief, Quantiles):
        named = {"p10": belief.p10, "p50": belief.p50, "p90": belief.p90}
    elif isinstance(belief, Pert):
        named = {"low": belief.low, "likely": belief.likely, "high": belief.high}
    elif isinstance(belief, MeanSd):
        named = {"mean": belief.mean_value, "sd": belief.sd}
    elif isinstance(belief, Samples):
        return _samples_data(belief)
    else:
        raise TypeError(f"no YAML form for {type(belief).__name__}")
    return {key: amount(value, unit) for key, value in named.items()}


def _samples_data(belief: Samples) -> dict[str, Any]:
    if belief.file:
        return {"samples": belief.file, "column": belief.column}
    return {"samples": list(belief.points)}


def spread_data(spread: Spread, unit: Unit, period: Period | None = None) -> dict[str, Any]:
    """Return what stands in YAML for a spread, without its source."""
    centre = "mean" if spread.mean is not None else "p50"
    data: dict[str, Any] = {centre: belief_data(spread.centre, unit, period)}
    form, width = spread.stated
    data[form] = width_text(form, width, unit)
    if not math.isinf(spread.cap):
        data["max"] = amount(spread.cap, unit)
    return data


def width_text(form: str, width: float, unit: Unit) -> str:
    """Return the width of a spread as written: a plain cv, a share, or a P95 in the unit."""
    return amount(width, {"cv": CV, "top_1_percent": SHARE}.get(form, unit))


def count_data(count: Count, unit: Unit) -> dict[str, Any]:
    """Return what stands in YAML for a count, without its source."""
    return {"mean": belief_data(count.mean, unit), "cv": amount(count.cv, CV)}
