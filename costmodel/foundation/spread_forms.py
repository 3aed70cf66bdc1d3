"""Reading spreads and counts: a centre that may be a belief, a width, and a cap."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from costmodel.foundation.beliefs import Belief, Fixed
from costmodel.foundation.counts import Count
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.forms import (
    Value,
    agreed,
    missing_period,
    read_plain_belief,
    stated_per,
    under,
    unknown_keys,
)
from costmodel.foundation.grammar import Written, parse, parse_number, refusals, refuse, shown
from costmodel.foundation.marks import MarkedMapping, Raw
from costmodel.foundation.normal import Z95
from costmodel.foundation.spreads import (
    LARGEST_P95_OVER_MEAN,
    Spread,
    log_scale_for_mean,
    sigma_from_cv,
    sigma_from_p95,
    sigma_from_top_share,
)
from costmodel.foundation.units import COUNT_CV, CV, SHARE, Period, Unit
from costmodel.foundation.writing import amount

CENTRES = ("mean", "p50")
WIDTHS = ("cv", "p95", "top_1_percent")
SPREAD_KEYS = frozenset((*CENTRES, *WIDTHS, "max", "per", "samples", "column"))
_KNOWN = frozenset((*CENTRES, *WIDTHS, "max", "per"))

LARGEST_SIGMA = 5.0
"""Log-sd of the widest spread: about twice the widest measured, 2.7 between the
tenants of a provider (ServeGen, arXiv:2505.09999). Above it a slip is likelier."""


def read_spread(value: Value, unit: Unit) -> tuple[Spread, Period | None]:
    """Read a spread in any of its forms, and the period it states.

    Raises
    ------
    InputError
        With every problem found; paths are relative to the value.
    """
    m = _spread_mapping(value, unit)
    problems: list[Problem] = []
    centre = _one_of(m, CENTRES, "a centre", f"mean: {unit.example}", problems)
    width = _one_of(m, WIDTHS, "a width", "cv: 0.8, or cv: 0 if all are alike", problems)
    belief, period = _centre(m, centre, unit, problems)
    number = _number(m, width, _width_unit(width, unit), problems)
    cap = _number(m, "max", unit, problems) if "max" in m else None
    if problems or belief is None or number is None:
        raise InputError(problems)
    periods = [period, number.period, cap.period if cap else None, stated_per(m, unit)]
    stated = agreed(periods, unit)
    if unit.periods and stated is None:
        problem = missing_period(m.marked(centre), unit).problems[0]
        raise InputError(under(centre, problem))
    spread = _spread(centre, belief, (width, number.value), cap.value if cap else math.inf, unit)
    return Spread(**spread, origin=m.marks.get(width, m.mark).source), stated


def _spread_mapping(value: Value, unit: Unit) -> MarkedMapping:
    if not isinstance(value, MarkedMapping):
        about = f"a spread: {unit.noun} on average, and how they differ"
        raise refuse(shown(value.value), about, _widened(value.value, unit))
    if "samples" in value:
        fix = "state mean and cv, p95 or top_1_percent of the measured values"
        raise refuse("samples", "a spread by its mean and width", fix, "samples")
    taken = {key for group in (CENTRES, WIDTHS) if set(group) & set(value) for key in group}
    stray = unknown_keys(value, _KNOWN, "the keys of a spread", _KNOWN - taken)
    if stray:
        raise InputError(stray)
    return value


def _widened(written: Raw, unit: Unit) -> str:
    """Return the fix of a value without a width: the value, if it is one, with a width."""
    words = refusals()
    usable = words.accepted(written, unit) and written != 0
    core = str(written).partition(" per ")[0]
    example = f"{core}{words.tail(written, unit)}" if usable else unit.example
    return f"{{mean: {example}, cv: 0.8}}, or cv: 0 if all are alike"


def _one_of(
    m: MarkedMapping, keys: tuple[str, ...], what: str, example: str, problems: list[Problem]
) -> str:
    """Return the one key of `keys` that is given; note a problem if none or several are."""
    given = [key for key in keys if key in m]
    listed = f"{', '.join(keys[:-1])} or {keys[-1]}"
    if not given:
        problems.append(Problem(f"no {listed}", f"{what} of the spread", f"add {example}"))
    elif len(given) > 1:
        both = " and ".join(given)
        problems.append(Problem(both, f"one of {listed}", "leave out one", given[-1]))
    return given[0] if given else ""


def _centre(
    m: MarkedMapping, key: str, unit: Unit, problems: list[Problem]
) -> tuple[Belief | None, Period | None]:
    if not key:
        return None, None
    try:
        belief, period, _ = read_plain_belief(m.marked(key), unit)
    except InputError as error:
        problems += [under(key, problem) for problem in error.problems]
        return None, None
    return belief, period


def _width_unit(width: str, unit: Unit) -> Unit:
    return {"cv": CV, "top_1_percent": SHARE}.get(width, unit)


def _number(m: MarkedMapping, key: str, unit: Unit, problems: list[Problem]) -> Written | None:
    if not key:
        return None
    try:
        return parse_number(m[key], unit)
    except InputError as error:
        problems += [under(key, problem) for problem in error.problems]
        return None


def _spread(
    key: str, centre: Belief, stated: tuple[str, float], cap: float, unit: Unit
) -> dict[str, Any]:
    if centre.mean <= 0:
        raise refuse(
            f"{key} 0", f"a {key} above 0", "write more, or leave out the whole entry", key
        )
    _below_cap(key, centre, cap, unit)
    sigma = _sigma(key, centre.mean, stated, cap, unit)
    if sigma > LARGEST_SIGMA:
        read = f"{stated[0]} {amount(stated[1], _width_unit(stated[0], unit))}"
        expected = f"a narrower spread: log-sd {sigma:.1f} is above {LARGEST_SIGMA:g}"
        raise refuse(read, expected, "the widest measured is 2.7; check the number", stated[0])
    return {key: centre, "sigma": sigma, "cap": cap, "stated": stated}


def _below_cap(key: str, centre: Belief, cap: float, unit: Unit) -> None:
    if centre.mean >= cap:
        read = f"{key} {amount(float(f'{centre.mean:.4g}'), unit)} and max {amount(cap, unit)}"
        raise refuse(read, f"a {key} below max", f"raise max, or lower {key}", "max")


def _sigma(key: str, centre: float, stated: tuple[str, float], cap: float, unit: Unit) -> float:
    form, width = stated
    if form == "cv":
        return sigma_from_cv(width)
    if form == "top_1_percent":
        return _sigma_from_top(width)
    if width <= centre:
        read = f"p95 {amount(width, unit)} with {key} {amount(float(f'{centre:.4g}'), unit)}"
        raise refuse(read, f"p95 above {key}", "state the value that 5% exceed", "p95")
    if key == "p50":
        return math.log(width / centre) / Z95
    if width / centre > LARGEST_P95_OVER_MEAN:
        expected = "p95 at most 3.87 times the mean (no lognormal has more)"
        most = amount(float(f"{LARGEST_P95_OVER_MEAN * centre:.3g}"), unit)
        read = f"p95 {amount(width, unit)}, {width / centre:.2f} times the mean"
        raise refuse(read, expected, f"p95 up to {most}, or state p50 and p95", "p95")
    return sigma_for_p95(centre, width, cap)


@lru_cache(maxsize=256)
def _sigma_from_top(share: float) -> float:
    if not 0.01 <= share < 1:
        read = f"top_1_percent {amount(share, SHARE)}"
        expected = "a share from 1% (all alike) to below 100%"
        fix = "state the share of the total that the top 1% hold, like 23%"
        raise refuse(read, expected, fix, "top_1_percent")
    return max(0.0, sigma_from_top_share(share))


def sigma_for_p95(mean: float, p95: float, cap: float) -> float:
    """Return the log-sd of Y whose P95 is `p95` while E[min(Y, cap)] is `mean`.

    Without a cap this is `sigma_from_p95`; a cap takes from the mean, so Y has a
    larger one and a smaller log-sd will do. Found by bisection to 1e-12.
    """
    high = sigma_from_p95(p95 / mean)
    if math.isinf(cap):
        return high
    low = 0.0
    for _ in range(50):
        mid = (low + high) / 2
        reached = log_scale_for_mean(mean, mid, cap) - mid**2 / 2 + Z95 * mid
        low, high = (mid, high) if reached < math.log(p95) else (low, mid)
    return high


def read_count(value: Value, unit: Unit) -> Count:
    """Read an integer law: a whole number, or ``{mean, cv}``."""
    if not isinstance(value, MarkedMapping):
        return _constant_count(value, unit)
    keys = frozenset(("mean", "cv"))
    stray = unknown_keys(value, keys, "the keys of a count", keys)
    problems = list(stray)
    for key, example in (("mean", unit.example), ("cv", "1.1, or cv: 0 if all are alike")):
        if key not in value:
            problems.append(Problem(f"no {key}", "{mean, cv}", f"add {key}: {example}"))
    belief, _ = _centre(value, "mean" if "mean" in value else "", unit, problems)
    cv = _number(value, "cv" if "cv" in value else "", COUNT_CV, problems)
    if problems or belief is None or cv is None:
        raise InputError(problems)
    return Count(mean=belief, cv=cv.value, origin=value.marks.get("cv", value.mark).source)


def _constant_count(value: Raw, unit: Unit) -> Count:
    number = _one_number(value.value, unit)
    if number != int(number):
        fix = f"{{mean: {value.value}, cv: 1.1}}, with your own cv"
        raise refuse(shown(value.value), "a whole number, or a mean and how much they differ", fix)
    source = value.mark.source
    return Count(mean=Fixed(value=number, origin=source), cv=0.0, origin=source)


def _one_number(text: Raw, unit: Unit) -> float:
    written = parse(text, unit)
    if written.form != "number":
        fix = f"{{mean: {text}, cv: 1.1}}, with your own cv"
        raise refuse(shown(text), "a whole number, or a mean and how much they differ", fix)
    return written.value
