"""Units: what the number in each field counts, and how it may be written.

Units are typed by field (MODEL section 4): a field knows whether it holds
people, tokens, a share or money, so ``25%`` users or a growth without its
period are caught where they enter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from costmodel.foundation.beliefs import Domain
from costmodel.foundation.currencies import Currency, code_of, sign_of

Period = Literal["day", "week", "month", "year", "call", "turn"]

SUFFIXES = {"k": 3, "K": 3, "M": 6, "B": 9}
"""Powers of ten behind a count: thousand, million, billion."""

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
"""Seconds in each unit of a short duration."""
MONTHS = {"month": 1.0, "months": 1.0, "year": 12.0, "years": 12.0}
"""Months in each unit of a long duration; never converted to days."""


@dataclass(frozen=True)
class Unit:
    """What a field's number means.

    Parameters
    ----------
    noun : str
        What is expected, for messages: ``a number of people``.
    example : str
        A value the field accepts as it stands.
    domain : {"positive", "share", "signed"}
        Which law an interval gets.
    smallest, largest : float
        Bounds, both allowed.
    reason : str
        Why nothing lies above `largest`.
    percent, money : bool
        Whether it may be written with ``%``; whether it must be with a currency.
    periods : tuple of str
        The periods a rate may state; empty if it is not a rate.
    durations : mapping of str to float, or None
        The duration words it is written with, and their worth.
    percent_too : bool
        Whether it may be written with ``%`` though it is no share and is written back without.
    period_implied : bool
        Whether a number without its period is understood.
    own : Currency, optional
        The scenario's currency: money may be written in it besides USD.
    sign : str
        What stands before an amount of money in this unit.
    """

    noun: str
    example: str
    domain: Domain = "positive"
    smallest: float = 0.0
    largest: float = math.inf
    reason: str = ""
    percent: bool = False
    money: bool = False
    periods: tuple[Period, ...] = ()
    durations: tuple[tuple[str, float], ...] = ()
    percent_too: bool = False
    period_implied: bool = False
    own: Currency | None = None
    sign: str = "$"

    @property
    def per(self) -> str:
        """The words that state the usual period, such as `` per month``; empty if not a rate."""
        return f" per {self.periods[-1]}" if self.periods else ""

    def words(self, period: Period | None) -> str:
        """Return the words that state a period; without one, those of the only one there is."""
        if period is None and len(self.periods) != 1:
            return ""
        return f" per {period or self.periods[0]}"

    def within(self, own: Currency | None) -> Unit:
        """Return the unit in a scenario with a currency of its own; itself if it is no money."""
        if own is None or not self.money or own.is_usd:
            return self
        if not own.code:  # the currency is wrong, and told of elsewhere
            return replace(self, own=own)
        noun, sign = self.noun.replace("USD", f"{own.code} or USD"), own.sign
        return replace(self, noun=noun, example=self.example.replace("$", sign), own=own, sign=sign)

    def written_in(self, mark: str) -> Unit:
        """Return the unit with the sign of a currency, given by its sign or code."""
        return replace(self, sign=sign_of(code_of(mark))) if self.money and mark else self

    def takes(self, mark: str) -> bool:
        """Tell whether money may be written with a sign or code: USD or the scenario's own."""
        own = None if self.own is None else self.own.code
        return code_of(mark) in ("USD", own) or own == ""

    def worth(self, mark: str) -> float:
        """Return what one unit of the currency of a sign or code is worth, USD."""
        return 1.0 if self.own is None or code_of(mark) != self.own.code else self.own.usd


PEOPLE = Unit(
    "a number of people",
    "8k to 12k",
    largest=1e10,
    reason="the world has about 8.2 billion people (UN World Population Prospects 2024)",
)
TOKENS = Unit(
    "a number of tokens",
    "1500",
    largest=1e8,
    reason="ten times the largest context window sold, 10 million tokens (Llama 4 Scout)",
)
CHUNKS = Unit(
    "a number of chunks",
    "5",
    largest=1e6,
    reason="at 100 tokens each they would pass ten times any context window",
)
TURNS = Unit(
    "a number of turns, at least 1",
    "4",
    smallest=1.0,
    largest=1e5,
    reason="the longest of 19,757 shared conversations has 300 turns (ShareGPT); an assumption",
)
TURNS_PER_USER = Unit(
    "a number of turns with its period",
    "6 to 14 per month",
    largest=1e7,
    reason="four turns a second all month from one person; an assumption",
    periods=("day", "week", "month"),
)
ACTIVE_DAYS = Unit(
    "a number of days per month",
    "2 to 4 per month",
    largest=31.0,
    reason="no month has more than 31 days",
    periods=("month",),
)
SHARE = Unit(
    "a share between 0% and 100%",
    "25%",
    domain="share",
    largest=1.0,
    reason="a share of a whole is at most 100%",
    percent=True,
)
GROWTH = Unit(
    "a growth rate per month",
    "3% to 9% per month",
    domain="signed",
    smallest=-1.0,
    largest=2.0,
    reason="200% would triple the people every month; an assumption",
    percent=True,
    periods=("month",),
)
USD_PER_MONTH = Unit(
    "an amount in USD per month",
    "$29 per month",
    largest=1e9,
    reason="a billion dollars from one person in a month; an assumption",
    money=True,
    periods=("month",),
)
BUDGET = Unit(
    "an amount in USD per month or year",
    "$5k per month",
    largest=1e12,
    reason="a trillion dollars; an assumption",
    money=True,
    periods=("year", "month"),
)
UNITS_PER_CALL = Unit(
    "a number of units per call",
    "0.3 per call",
    largest=1e6,
    reason="an audio of eleven days in seconds, or a shelf of books in pages; an assumption",
    periods=("call",),
    percent_too=True,
    period_implied=True,
)
EXCHANGE_RATE = Unit(
    "the USD that one unit of the currency is worth",
    "1.08",
    smallest=1e-9,
    largest=10.0,
    reason="the dearest currency, the Kuwaiti dinar, is worth about 3 USD; if 150 units are one"
    " USD, write 0.00667",
)
"""The largest is an assumption: three times the dearest. The smallest too: a thousandth of the
cheapest, the Iranian rial, of which about a million are one USD."""
CV = Unit(
    "a coefficient of variation (standard deviation / mean)",
    "0.8",
    largest=1e5,
    reason="the heaviest lognormal measured has 38 (ServeGen tenants, log-sd 2.7)",
)
COUNT_CV = Unit(
    "a coefficient of variation of a count",
    "1.1",
    largest=10.0,
    reason="shared chats, cut at nothing, have 1.5 (ShareGPT, log-sd 1.07); an assumption",
)
SHAPE = Unit(
    "a positive shape of a Beta law",
    "0.2",
    smallest=0.001,
    largest=1e6,
    reason="above it prompts no longer differ; an assumption",
)
HALF_LIFE = Unit(
    "a duration in months",
    "6 months",
    smallest=0.01,
    largest=1200.0,
    reason="a century; an assumption",
    durations=tuple(MONTHS.items()),
)
SECONDS_DURATION = Unit(
    "a duration",
    "137s",
    largest=86400.0 * 366,
    reason="a year; an assumption",
    durations=tuple(SECONDS.items()),
)
LIFETIME = replace(SECONDS_DURATION, noun="a lifetime", example="24h", smallest=1.0)
"""How long an answer is kept. Below a second nothing is found again; an assumption."""
GAP = replace(SECONDS_DURATION, noun="a duration above 0", smallest=0.001)
"""The time between two turns of a conversation. A thousandth of a second stands for above 0."""
QUESTIONS = Unit(
    "a number of different questions",
    "2k to 6k",
    smallest=1.0,
    largest=1e9,
    reason="a tenth of all people with a question of their own each; an assumption",
)
POPULARITY = Unit(
    "a Zipf exponent",
    "0.8",
    largest=5.0,
    reason="questions have about 0.6 to 1.1; an assumption",
)
FLUSHES = Unit(
    "a number of prompt changes with its period",
    "2 to 4 per month",
    largest=1e5,
    reason="two changes a minute; an assumption",
    periods=("month",),
)
LEAVING = Unit(
    "a share per month",
    "2% to 5% per month",
    domain="share",
    largest=1.0,
    reason="a share of a whole is at most 100%",
    percent=True,
    periods=("month",),
)
USD_PER_TURN = Unit(
    "an amount in USD per turn",
    "$0.002 per turn",
    largest=1e6,
    reason="a million dollars for one turn; an assumption",
    money=True,
    periods=("turn",),
    period_implied=True,
)
USD_EACH = Unit(
    "an amount in USD",
    "$4",
    largest=1e9,
    reason="a billion dollars for one wrong answer; an assumption",
    money=True,
)
