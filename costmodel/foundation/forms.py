"""The mapping forms: beliefs, spreads and counts, read with their sources.

Each function takes a value with its mark (`costmodel.foundation.marks`) and its
field's unit, and reports every problem with the key it belongs to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from costmodel.foundation.beliefs import Belief, Counted, Fixed, Interval, Samples
from costmodel.foundation.converted import in_usd
from costmodel.foundation.currencies import split_marks
from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.foundation.grammar import Written, parse, parse_number, refusals, refuse, shown
from costmodel.foundation.laws import CHECKED, WIDEST_RATIO
from costmodel.foundation.marks import SOURCE_KEYS, Marked, MarkedMapping, Raw
from costmodel.foundation.sample_files import read_samples
from costmodel.foundation.units import Period, Unit
from costmodel.foundation.writing import amount

Value = Marked | MarkedMapping
NO_PERIOD = "numbers without a period"
T = TypeVar("T")

LAWS: tuple[tuple[str, ...], ...] = (
    ("value",),
    ("p10", "p50", "p90"),
    ("low", "likely", "high"),
    ("mean", "sd"),
    ("samples", "column"),
)
FORMS = "{mean, sd}, {p10, p50, p90} or {low, likely, high}"
BELIEF_KEYS = frozenset(key for law in LAWS for key in law) | {"per"}


def read_belief(value: Value, unit: Unit) -> tuple[Belief, Period | None]:
    """Read a belief in any of its forms, and the period it states.

    Raises
    ------
    InputError
        With every problem found; paths are relative to the value.
    """
    belief, period, zero = read_plain_belief(value, unit)
    if unit.periods and period is None and not (zero or unit.period_implied):
        raise missing_period(value, unit)
    return belief, period


def missing_period(value: Value, unit: Unit) -> InputError:
    """Return the error of a rate that does not say per what."""
    text = value.get("value") if isinstance(value, MarkedMapping) else value.value
    if text is None:
        expected = f"{unit.noun}; every rate states its period"
        return refuse(NO_PERIOD, expected, f"add per: {unit.periods[-1]}")
    return refusals().missing_period(shown(text), unit)  # type: ignore[no-any-return]


def read_plain_belief(value: Value, unit: Unit) -> tuple[Belief, Period | None, bool]:
    """Read a belief without asking for a period; last, whether it is exactly 0."""
    if isinstance(value, MarkedMapping):
        return _mapping(value, unit)
    if isinstance(value.value, Belief):
        return value.value, None, False
    written = parse(value.value, unit)
    source, shown_unit = value.mark.source, unit.written_in(written.code)
    belief = replace(_scalar(written, value.value, shown_unit), origin=source)
    return in_usd(belief, written.code, unit), written.period, written.values == (0.0,)


def _scalar(written: Written, text: Raw, unit: Unit) -> Belief:
    if written.form == "counted":
        return Counted(successes=written.values[0], trials=written.values[1])
    if written.form == "number":
        return Fixed(value=written.value)
    low, high = written.values
    check_order(text, low, high, unit)
    _check_open_ends(text, low, high, unit)
    return Interval(low=low, high=high, domain=unit.domain)


def check_order(text: Raw, low: float, high: float, unit: Unit) -> None:
    """Raise if an interval is empty or runs backwards."""
    if low > high:
        turned = f"{amount(high, unit)} to {amount(low, unit)}{refusals().tail(text, unit)}"
        raise refuse(shown(text), "low to high, the low end first", f"write {turned}")
    if low == high:
        fix = f"write {amount(low, unit)}{refusals().tail(text, unit)}"
        raise refuse(shown(text), "two different ends", f"{fix} if it is certain")


def _check_open_ends(text: Raw, low: float, high: float, unit: Unit) -> None:
    if unit.domain == "positive" and low == 0:
        expected = "a low end above 0 (the P5 of a lognormal law)"
        raise refuse(shown(text), expected, refusals().pert_instead(low, high, unit, text))
    if unit.domain == "share" and (low == 0 or high == 1):
        expected = "ends between 0% and 100%, both excluded (P5 and P95 of a logit-normal law)"
        raise refuse(shown(text), expected, refusals().pert_instead(low, high, unit, text))
    if unit.domain == "positive" and high / low > WIDEST_RATIO:
        expected = f"ends at most a factor of {WIDEST_RATIO:,.0f} apart"
        expected += " (beyond it a lognormal's mean lies above its own P95)"
        raise refuse(shown(text), expected, refusals().pert_instead(low, high, unit, text))


def _mapping(m: MarkedMapping, unit: Unit) -> tuple[Belief, Period | None, bool]:
    law = _law_of(m, unit)
    if law == ("value",):
        inner = Marked(m["value"], m.mark)
        _no_mapping_inside(m, unit)
        belief, period, zero = at("value", lambda: read_plain_belief(inner, unit))
        return belief, agreed([period, stated_per(m, unit)], unit), zero
    if law == ("samples", "column"):
        points, name, column = read_samples(m, unit)
        sampled = Samples(points=points, file=name, column=column, origin=m.mark.source)
        return sampled, stated_per(m, unit), False
    numbers = _numbers(m, law, unit)
    values = {key: number.value for key, number in numbers.items()}
    period = agreed([n.period for n in numbers.values()] + [stated_per(m, unit)], unit)
    code = _one_currency(numbers, unit)
    belief = replace(CHECKED[law](values, unit.written_in(code)), origin=m.mark.source)
    return in_usd(belief, code, unit), period, False


def _one_currency(numbers: dict[str, Written], unit: Unit) -> str:
    codes = sorted({number.code for number in numbers.values() if number.code})
    if len(codes) > 1:
        both = f"amounts in {' and '.join(codes)}"
        raise refuse(both, "one currency for all the numbers of a value", f"like {unit.example}")
    return codes[0] if codes else ""


def _no_mapping_inside(m: MarkedMapping, unit: Unit) -> None:
    if isinstance(m["value"], dict | list):
        fix = f"write value: {unit.example}, or leave out value and write {FORMS}"
        raise refuse(shown(m["value"]), f"{unit.noun} as a number or a text", fix, "value")


def stated_per(m: MarkedMapping, unit: Unit) -> Period | None:
    """Return the period of a mapping's ``per`` key, if it has one."""
    if "per" not in m:
        return None
    if m["per"] not in unit.periods:
        known = refusals().either(unit.periods) if unit.periods else "no period: this is not a rate"
        fix = f"per: {unit.periods[-1]}" if unit.periods else "leave out 'per'"
        raise refuse(shown(m["per"]), known, fix, "per")
    return m["per"]  # type: ignore[no-any-return]


def agreed(periods: list[Period | None], unit: Unit) -> Period | None:
    """Return the one period that is stated, or None; raise if there are two."""
    stated = sorted({period for period in periods if period is not None})
    if len(stated) > 1:
        both = " and ".join(f"'per {period}'" for period in stated)
        raise refuse(both, "one period for all the numbers of a value", f"like {unit.example}")
    return stated[0] if stated else None


def at(key: str, read: Callable[[], T]) -> T:
    """Return what `read` returns; problems it raises get `key` put before their path."""
    try:
        return read()
    except InputError as error:
        raise InputError([under(key, problem) for problem in error.problems]) from None


def under(key: str, problem: Problem) -> Problem:
    """Return a problem with `key` put before its path."""
    return replace(problem, path=f"{key}.{problem.path}" if problem.path else key)


def unknown_keys(
    m: MarkedMapping,
    known: frozenset[str],
    what: str,
    free: Iterable[str],
    otherwise: str = "remove it",
) -> list[Problem]:
    """Return a problem for each key of a mapping that is not known.

    Parameters
    ----------
    free : iterable of str
        The known keys that could still be added: one of them may be meant.
    otherwise : str
        The fix where none of them is near.
    """
    listed = ", ".join(sorted(known - {"per"}))
    near = sorted({*free, *SOURCE_KEYS} - set(m))
    return [
        Problem(f"the key '{key}'", f"{what} ({listed})", did_you_mean(key, near) or otherwise, key)
        for key in m
        if key not in known
    ]


def _law_of(m: MarkedMapping, unit: Unit) -> tuple[str, ...]:
    whole = any(set(law) <= set(m) for law in LAWS)
    otherwise = "remove it" if whole else f"write {unit.example}, or {FORMS}"
    free = () if whole else BELIEF_KEYS
    stray = unknown_keys(m, BELIEF_KEYS, "the keys of a belief", free, otherwise)
    if stray and {"cv", "p95", "top_1_percent", "max"} & set(m):
        raise refuse(
            "a spread (how calls or people differ)",
            f"{unit.noun}: a belief (how unsure we are of an average)",
            f"write {FORMS}",
        )
    if stray:
        raise InputError(stray)
    found = [law for law in LAWS if set(law) & set(m)]
    if not found:
        raise refuse("no number", unit.noun, f"add value: {unit.example}")
    law = max(found, key=lambda keys: len(set(keys) & set(m)))
    extra = [key for key in m if key not in (*law, "per")]
    if extra:
        given = ", ".join(key for key in m if key != "per")
        raise refuse(f"the keys {given}", "the keys of one form only", f"use {_braces(law)} alone")
    _complete(m, law, unit)
    return law


def _complete(m: MarkedMapping, law: tuple[str, ...], unit: Unit) -> None:
    if law == ("samples", "column") and isinstance(m.get("samples"), list):
        return
    missing = [key for key in law if key not in m]
    if not missing:
        return
    fix = f"add {' and '.join(missing)}"
    if missing == ["likely"] and not split_marks(str(m["low"]))[1].startswith("0"):
        fix += f", or write {refusals().unbraced(m, ('low', 'high'), unit)} for P5 to P95"
    if law == ("mean", "sd") and missing == ["sd"]:
        fix += f", or write {refusals().unbraced(m, ('mean',), unit)} alone"
    raise refuse(f"{_braces(key for key in law if key in m)}", _braces(law), fix)


def _braces(keys: Iterable[str]) -> str:
    return "{" + ", ".join(keys) + "}"


def _numbers(m: MarkedMapping, law: tuple[str, ...], unit: Unit) -> dict[str, Written]:
    found: dict[str, Written] = {}
    problems: list[Problem] = []
    for key in law:
        own = _sd_unit(unit) if key == "sd" else unit
        try:
            found[key] = parse_number(m[key], own)
        except InputError as error:
            problems += [under(key, problem) for problem in error.problems]
    if problems:
        raise InputError(problems)
    return found


def _sd_unit(unit: Unit) -> Unit:
    return replace(unit, noun=f"a standard deviation of {unit.noun}", smallest=0.0)


def read_number(value: Value, unit: Unit) -> Written:
    """Read a plain number taken as known, with its period."""
    if isinstance(value, MarkedMapping):
        if set(value) == {"value"}:
            return at("value", lambda: read_number(value.marked("value"), unit))
        raise refuse("a mapping", f"{unit.noun}, as one number", f"write it like {unit.example}")
    written = parse_number(value.value, unit)
    if unit.periods and written.period is None and written.value != 0:
        raise missing_period(value, unit)
    return written


def bounded(value: float, unit: Unit) -> float:
    """Return a number that is in its unit already, if it lies within the unit's bounds."""
    if not math.isfinite(value):
        raise refuse(str(float(value)), f"{unit.noun}, finite", f"like {unit.example}")
    if not unit.smallest <= value <= unit.largest:
        ends = f"{amount(unit.smallest, unit)} to {amount(unit.largest, unit)}"
        expected = f"{unit.noun}, from {ends}"
        raise refuse(str(float(value)), expected, unit.reason)
    return float(value)


def stated_period(value: Value, unit: Unit) -> Period:
    """Return the period a rate states, or the usual one where the rate itself is wrong."""
    try:
        return _period_in(value, unit) or unit.periods[-1]
    except InputError:
        return unit.periods[-1]  # the field that reads the rate reports it


def _period_in(value: Raw, unit: Unit) -> Period | None:
    if isinstance(value, MarkedMapping):
        return agreed([_period_in(value.marked(key), unit) for key in value], unit)
    inner = value.value if isinstance(value, Marked) else value
    if isinstance(inner, str) and inner in unit.periods:
        return inner
    if isinstance(inner, str) and " per " in inner:
        return parse(inner, unit).period
    return None
