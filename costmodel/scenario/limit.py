"""What one person may use in a period: ``30 turns per month``, ``$2 per month``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from costmodel.foundation.converted import StatedAmount
from costmodel.foundation.grammar import parse_number, refuse, shown
from costmodel.foundation.marks import MarkedMapping, Raw
from costmodel.foundation.shapes import closed
from costmodel.foundation.units import Unit
from costmodel.foundation.writing import amount, stated_amount
from costmodel.scenario.budget import Budget
from costmodel.scenario.quantities import Quantity, bare

Counted = Literal["turns", "calls", "tokens", "usd"]
LimitPeriod = Literal["day", "week", "month"]

EXPECTED = "a limit per person: turns, calls, tokens or money, per day, week or month"
EXAMPLE = "30 turns per month"
EXAMPLES = (EXAMPLE, "50 calls per day", "200k tokens per week", "$2 per month")
LIMIT_TURNS = Unit(
    "a number of turns, at least 1",
    "30",
    smallest=1.0,
    largest=1e7,
    reason="four turns a second all month from one person; an assumption",
)
LIMIT_CALLS = replace(LIMIT_TURNS, noun="a number of calls, at least 1")
LIMIT_TOKENS = Unit(
    "a number of tokens, at least 1",
    "200k",
    smallest=1.0,
    largest=1e12,
    reason="a million tokens for each of a million calls; an assumption",
)
LIMIT_USD = Unit(
    "an amount in USD above 0",
    "$2",
    smallest=1e-6,
    largest=1e9,
    reason="a billion dollars for one person; an assumption",
    money=True,
)
"""What one person may use in a period. The smallest amount, a millionth of a dollar, is a token
of the cheapest models."""

_UNITS: dict[Counted, Unit] = {
    "turns": LIMIT_TURNS,
    "calls": LIMIT_CALLS,
    "tokens": LIMIT_TOKENS,
    "usd": LIMIT_USD,
}
_NOUNS: dict[str | None, Counted] = {
    "turn": "turns",
    "call": "calls",
    "token": "tokens",
    None: "usd",
}
_PERIODS: dict[str | None, LimitPeriod] = {"day": "day", "week": "week", "month": "month"}
_TEXT = re.compile(r"(.+?)(?:\s*\b(turn|call|token)s?)?(?:(\s+per\s+|\s*/\s*)([A-Za-z]+))?")
_ALONE = re.compile(r"(?P<sign>[^\w\s.]?)[\d.][\d_.]*(?:e\d+)?[kMB]?")
"""A number without what it counts and without a period, perhaps with the sign of a currency."""


@dataclass(frozen=True)
class Limit:
    """A limit on each person.

    Parameters
    ----------
    amount : float
        How many of the unit; for money in USD, a `StatedAmount` where it was
        written in another currency.
    unit : {"turns", "calls", "tokens", "usd"}
        What is counted.
    period : {"day", "week", "month"}
        After which the count starts again.
    """

    amount: float
    unit: Counted
    period: LimitPeriod

    def __str__(self) -> str:
        """Return the limit as it is written in a scenario."""
        return f"{self._amount_text} per {self.period}"

    @property
    def _amount_text(self) -> str:
        if self.unit == "usd":
            return stated_amount(self.amount, LIMIT_USD)
        noun = self.unit.removesuffix("s") if self.amount == 1 else self.unit
        return f"{amount(self.amount, _UNITS[self.unit])} {noun}"


def unit_of(counted: Counted) -> Unit:
    """Return the unit of what a limit counts."""
    return _UNITS[counted]


def restated(value: Raw, limit: Limit | Budget) -> Raw:
    """Return a value in place of a limit's: a number alone keeps the unit and the period.

    Parameters
    ----------
    value : float, str or Limit
        ``40`` in place of ``30 turns per month`` is ``40 turns per month``.
    limit : Limit or Budget
        What stood there.
    """
    if isinstance(value, Limit):
        return str(value)
    text = value.strip() if isinstance(value, str) else str(value)
    found = None if isinstance(value, bool) else _ALONE.fullmatch(text)
    if found is None:
        return value
    if isinstance(limit, Limit) and limit.unit != "usd":
        return f"{text} {limit.unit} per {limit.period}"
    stood = limit.amount if isinstance(limit, Limit) else limit.usd
    code = stood.code if isinstance(stood, StatedAmount) else "USD"
    sign = "" if found["sign"] else LIMIT_USD.written_in(code).sign
    return f"{sign}{text} per {limit.period}"


class LimitOf(Quantity):
    """A limit per person, its money in USD or the scenario's currency."""

    def __init__(self, unit: Unit = LIMIT_USD) -> None:
        super().__init__(unit)

    def read(self, value: Raw) -> Limit:
        """Return the limit, or raise InputError."""
        given = bare(value)
        if isinstance(given, MarkedMapping) and set(given) == {"value"}:
            given = given["value"]
        return self._at_rate(given) if isinstance(given, Limit) else read_limit(given, self.unit)

    def _at_rate(self, limit: Limit) -> Limit:
        own, stated = self.unit.own, limit.amount
        if own is None or not isinstance(stated, StatedAmount) or stated.code != own.code:
            return limit
        return replace(limit, amount=StatedAmount.of(stated.amount, own))

    def json_schema(self) -> dict[str, Any]:
        text = {"type": "string", "examples": list(EXAMPLES)}
        return {"description": EXPECTED, "anyOf": [text, closed({"value": text}, ["value"])]}


def read_limit(value: Raw, money: Unit = LIMIT_USD) -> Limit:
    """Read a limit such as ``200k tokens per week``.

    Parameters
    ----------
    value : str
        As written.
    money : Unit
        The unit of an amount of money, with the scenario's own currency if it has one.

    Raises
    ------
    InputError
        If it is no limit, or lacks its period.
    """
    found = _TEXT.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 200 else None
    if found is None or not re.search(r"\d", found[1]):
        raise refuse(shown(value), EXPECTED, _instead(value))
    number, noun, _, period = found.groups()
    unit: Counted = _NOUNS[noun]
    _check_unit(value, number, unit)
    _check_period(value, found)
    return Limit(_amount(number, unit, period, money), unit, _PERIODS[period])


def _instead(value: Raw) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 1:
        return f"write {value:g} turns per month"
    return f"write it like {EXAMPLE}"


def _check_unit(text: str, number: str, unit: Counted) -> None:
    """Raise if a text counts nothing we know: neither turns, calls, tokens nor money."""
    if unit == "usd" and re.fullmatch(r"[\d_.]+\s*[kMB]?", number):
        _, per, rest = text.partition("per")
        fix = f"write {number} turns per {rest.strip() or 'month'}" if per else ""
        raise refuse(shown(text), EXPECTED, fix or f"write {number} turns per month")
    if unit == "usd" and re.search(r"\d\s+[a-z]{2,}$", number):
        raise refuse(shown(text), EXPECTED, f"write it like {EXAMPLE}")


def _check_period(text: str, found: re.Match[str]) -> None:
    number, noun, per, period = found.groups()
    counted = number + (f" {_NOUNS[noun]}" if noun else "")
    if period in _PERIODS and "/" not in per:
        return
    if period in _PERIODS:
        raise refuse(shown(text), EXPECTED, f"write {counted} per {period}")
    expected = "a limit per day, week or month"
    raise refuse(shown(text), expected, f"write {counted} per month")


def _amount(number: str, unit: Counted, period: str, money: Unit) -> float:
    """Return the amount in its unit, whole where it counts."""
    own = money.own
    written = parse_number(number, money if unit == "usd" else _UNITS[unit])
    if unit != "usd" and written.value % 1:
        fix = f"write {max(written.value, 1):.0f} {unit} per {period}"
        raise refuse(shown(f"{number} {unit}"), f"a whole number of {unit}", fix)
    if own is None or not written.code or written.code != own.code:
        return written.value
    return StatedAmount.of(written.value, own)
