"""Money that was written in another currency than USD: it keeps what was written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from costmodel.foundation.beliefs import Belief
from costmodel.foundation.currencies import Currency
from costmodel.foundation.units import Unit

Array = npt.NDArray[np.float64]


class StatedAmount(float):
    """USD that were written in another currency: a float that knows the amount and the code.

    Parameters
    ----------
    usd : float
        The amount in USD.
    amount : float
        As written.
    code : str
        The currency it was written in.
    """

    amount: float
    code: str

    def __new__(cls, usd: float, amount: float, code: str) -> StatedAmount:
        made = super().__new__(cls, usd)
        made.amount, made.code = amount, code
        return made

    @classmethod
    def of(cls, amount: float, currency: Currency) -> StatedAmount:
        """Return an amount written in a currency; 900 at 1.08 is 972, without rounding noise."""
        usd = Decimal(repr(float(amount))) * Decimal(repr(float(currency.usd)))
        return cls(float(usd), amount, currency.code)

    def __getnewargs__(self) -> tuple[float, float, str]:  # type: ignore[override]
        return float(self), self.amount, self.code


@dataclass(frozen=True, kw_only=True)
class Converted(Belief):
    """A belief about money that was written in another currency; its values are USD.

    Parameters
    ----------
    stated : Belief
        As written, in the currency.
    code : str
        The currency.
    usd : float
        What one unit of it is worth, USD.
    """

    stated: Belief
    code: str
    usd: float

    @property
    def mean(self) -> float:
        return self.stated.mean * self.usd

    @property
    def median(self) -> float:
        return self.stated.median * self.usd

    @property
    def certain(self) -> bool:
        return self.stated.certain

    def values(self, z: Array) -> Array:
        return np.asarray(self.stated.values(z) * self.usd)

    def with_median(self, median: float) -> Converted:
        return replace(self, stated=self.stated.with_median(median / self.usd))


def in_usd(belief: Belief, code: str, unit: Unit) -> Belief:
    """Return a belief about money with values in USD.

    Parameters
    ----------
    belief : Belief
        As written.
    code : str
        The currency it was written in; empty if it is no money.
    unit : Unit
        With the scenario's own currency, if it has one.
    """
    if unit.own is None or not code or code != unit.own.code:
        return belief
    return Converted(stated=belief, code=code, usd=unit.own.usd, origin=belief.origin)


def at_rate(belief: Belief, unit: Unit) -> Belief:
    """Return a belief at the rate of the unit's currency, where it was written in that one."""
    own = unit.own
    if not isinstance(belief, Converted) or own is None or own.code != belief.code:
        return belief
    return belief if belief.usd == own.usd else replace(belief, usd=own.usd)


def amount_in(currency: Currency, usd: float) -> float:
    """Return an amount of USD in a currency: as it was written, where that was in this one."""
    if isinstance(usd, StatedAmount) and usd.code == currency.code:
        return usd.amount
    return currency.of(usd)
