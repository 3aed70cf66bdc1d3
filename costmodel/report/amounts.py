"""How amounts are written for people: dollars, shares and counts, always rounded only here."""

from __future__ import annotations

import math

_STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def usd(amount: float, *, largest: float | None = None) -> str:
    """Return ``$4,200``, ``$42.10`` or ``$0.00421``.

    Parameters
    ----------
    amount : float
        USD.
    largest : float, optional
        The largest amount of the same column, USD: it decides the decimals, so
        that a column has the same number of them. The amount itself by default.
    """
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount):,.{_decimals(amount if largest is None else largest)}f}"


def _decimals(amount: float) -> int:
    """Return none from $100 up, cents from $1 up, else three significant digits."""
    size = abs(amount)
    if size == 0 or size >= 100:
        return 0
    return 2 if size >= 1 else min(12, 2 - math.floor(math.log10(size)))


def short_usd(amount: float) -> str:
    """Return ``$4.2k``, ``$950`` or ``$1.3M``: two or three significant digits, for charts.

    ``$5k`` means 5,000 exactly; what is rounded to it is ``$5.0k``.
    """
    for step, letter in _STEPS:
        if abs(amount) >= 0.9995 * step:
            return f"${_three_digits(amount / step)}{letter}"
    return f"${_three_digits(amount)}" if abs(amount) >= 1 else usd(amount)


def _three_digits(number: float) -> str:
    """Return at most one decimal below 100 and none above."""
    if number == round(number) or abs(number) >= 99.95:
        return f"{number:.0f}"
    return f"{number:.1f}"


def tick_usd(amount: float, step: float) -> str:
    """Return an axis label exact to the axis's step: ``$2.5k``, ``$0.02``."""
    for size, letter in _STEPS:
        if amount >= size:
            return f"${_trimmed(amount / size, step / size)}{letter}"
    return f"${_trimmed(amount, step)}"


def _trimmed(number: float, step: float) -> str:
    decimals = max(0, 1 - math.floor(math.log10(step)))
    text = f"{number:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """Return ``37 %``; a share that is not quite none or all is never rounded to it."""
    if 0 < share < 0.01:
        return "<1 %"
    if 0.99 < share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def number(value: float) -> str:
    """Return ``8,192``, ``3.7`` or ``0.0123``: three significant digits below 100."""
    size = abs(value)
    if size >= 100 or size == 0:
        return f"{value:,.0f}"
    return f"{value:.3g}" if size >= 1e-4 else f"{value:.1e}"
