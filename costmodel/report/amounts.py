"""How amounts are written for people: money, shares and counts, always rounded only here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from costmodel.foundation.currencies import DOLLAR, Currency

if TYPE_CHECKING:
    from costmodel.scenario.schema import Scenario

_STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class Amounts:
    """How amounts of USD are written for people, in the currency they are shown in.

    Parameters
    ----------
    currency : Currency
        Amounts are converted at its rate.
    """

    currency: Currency = DOLLAR

    @property
    def code(self) -> str:
        """What headings call the currency: ``EUR``."""
        return self.currency.code

    @property
    def extra_letters(self) -> int:
        """Letters that an amount has more than with ``$`` before it."""
        return len(self.currency.sign) - 1

    def __call__(self, usd: float, *, largest: float | None = None) -> str:
        """Return ``$4,200``, ``$42.10`` or ``$0.00421``.

        Parameters
        ----------
        usd : float
            USD.
        largest : float, optional
            The largest amount of the same column, USD: it decides the decimals, so
            that a column has the same number of them. The amount itself by default.
        """
        amount = self.currency.of(usd)
        size = amount if largest is None else self.currency.of(largest)
        return self._signed(amount, f"{abs(amount):,.{self._decimals(size)}f}")

    def _signed(self, amount: float, digits: str) -> str:
        return f"{'-' if amount < 0 else ''}{self.currency.sign}{digits}"

    def _decimals(self, amount: float) -> int:
        """Return none from 100 up, then the currency's own, else three significant digits.

        A currency without decimals, such as the yen, has none from 10 up.
        """
        size, own = abs(amount), self.currency.minor_digits
        if size == 0 or size >= 100 or (own == 0 and size >= 10):
            return 0
        return own if own and size >= 1 else min(12, 2 - math.floor(math.log10(size)))

    def exact(self, usd: float) -> str:
        """Return an amount with its cents, or with two decimals at least."""
        amount = self.currency.of(usd)
        return self._signed(amount, f"{abs(amount):,.{max(2, self.currency.minor_digits)}f}")

    def short(self, usd: float) -> str:
        """Return ``$4.2k``, ``$950`` or ``$1.3M``: two or three significant digits, for charts.

        ``$5k`` means 5,000 exactly; what is rounded to it is ``$5.0k``.
        """
        amount, sign = self.currency.of(usd), self.currency.sign
        for step, letter in _STEPS:
            if abs(amount) >= 0.9995 * step:
                return f"{sign}{_three_digits(amount / step)}{letter}"
        return f"{sign}{_three_digits(amount)}" if abs(amount) >= 1 else self(usd)

    def tick(self, amount: float, step: float) -> str:
        """Return an axis label exact to the axis's step, both in the currency: ``$2.5k``."""
        for size, letter in _STEPS:
            if amount >= size:
                return f"{self.currency.sign}{_trimmed(amount / size, step / size)}{letter}"
        return f"{self.currency.sign}{_trimmed(amount, step)}"


DOLLARS = Amounts()


def amounts_of(scenario: Scenario) -> Amounts:
    """Return how a scenario's amounts are shown: in its own currency, or in USD."""
    return DOLLARS if scenario.currency is None else Amounts(scenario.shown_in)


def usd(amount: float, *, largest: float | None = None) -> str:
    """Return an amount of USD in USD: ``$4,200``; see `Amounts`."""
    return DOLLARS(amount, largest=largest)


def short_usd(amount: float) -> str:
    """Return ``$4.2k``; see `Amounts.short`."""
    return DOLLARS.short(amount)


def tick_usd(amount: float, step: float) -> str:
    """Return ``$2.5k``; see `Amounts.tick`."""
    return DOLLARS.tick(amount, step)


def _three_digits(number: float) -> str:
    """Return at most one decimal below 100 and none above."""
    if number == round(number) or abs(number) >= 99.95:
        return f"{number:.0f}"
    return f"{number:.1f}"


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
