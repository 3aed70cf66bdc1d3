"""The scenario's own currency: in which money may be written, and figures are shown.

Providers bill USD and everything is computed in USD. One dated rate converts
what is written and what is shown; how it may move is not modelled.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from costmodel.foundation import units
from costmodel.foundation.currencies import SIGNS, Currency, code_of
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.grammar import shown
from costmodel.foundation.marks import Raw
from costmodel.foundation.writing import plain_number
from costmodel.scenario.model import OVERRIDE, Model, Origin
from costmodel.scenario.quantities import NumberOf, bare

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE = re.compile(r"[A-Z]{3}")
_ISO: dict[str, Any] = {"pattern": "^[A-Z]{3}$", "examples": ["EUR"]}
NO_DATE = "no date"
EXAMPLE = "currency: {code: EUR, usd: 1.08, date: 2026-11-20, source: ECB reference rate}"


def _code(value: Raw) -> str:
    """Return an ISO 4217 code, or raise what is wrong with it."""
    given = bare(value)
    if isinstance(given, str) and _CODE.fullmatch(given):
        return given
    near = _near_code(given) if isinstance(given, str) else ""
    fix = f"did you mean '{near}'?" if near else "code: EUR"
    raise InputError(Problem(shown(given), "an ISO 4217 code, three capital letters", fix))


def _near_code(text: str) -> str:
    """Return the code that a sign, small letters or a word such as ``euro`` may mean."""
    code = code_of(text.strip()).upper()
    if _CODE.fullmatch(code):
        return code
    return code[:3] if code[:3] in SIGNS else ""


class ExchangeRate(Model):
    """The scenario's own currency: its code, and what one unit of it is worth in USD.

    `origin` says who published the rate and for which day.
    """

    code: Annotated[str, BeforeValidator(_code), Field(json_schema_extra=_ISO)]
    usd: Annotated[float, NumberOf(units.EXCHANGE_RATE)]
    origin: Origin

    @model_validator(mode="after")
    def _dated(self) -> ExchangeRate:
        problems = [*self._rate_problems(), *self._date_problems()]
        if problems:
            raise InputError(problems)
        return self

    def _rate_problems(self) -> Iterator[Problem]:
        if self.code == "USD" and self.usd != 1:
            fix = "write usd: 1, or the code of the other currency"
            yield Problem(f"USD at {self.usd:g}", "1 USD, which is worth 1 USD", fix, "usd")

    def _date_problems(self) -> Iterator[Problem]:
        said = self.origin.date
        if self.code == "USD" or (not said and self.origin.source == OVERRIDE.source):
            return
        expected = "the day of the rate"
        if not said:
            yield Problem(NO_DATE, expected, "add date: 2026-11-20, with the rate's own day")
        elif not _is_date(said):
            yield Problem(f"'{said}'", f"{expected}, a date there is", "date: 2026-11-20", "date")

    @cached_property
    def currency(self) -> Currency:
        """The currency at its rate."""
        return Currency(self.code, self.usd)

    @property
    def rate(self) -> str:
        """Return ``1 EUR = 1.08 USD``."""
        return f"1 {self.code} = {plain_number(self.usd)} USD"

    def __str__(self) -> str:
        """Return the rate with its date and source: ``1 EUR = 1.08 USD (2026-11-20, ECB)``."""
        origin = self.origin
        if origin.source == OVERRIDE.source:
            said = [origin.date, "set for this run"]
        else:
            assumed = "assumption" if origin.assumed else ""
            said = [origin.date, assumed, origin.source]
            said += [] if origin.known else ["no source given"]
        return f"{self.rate} ({', '.join(filter(None, said))})"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return False
    return True


def currency_of(data: Raw) -> Currency | None:
    """Return the currency in which a scenario's data may write money besides USD.

    One that is wrong is told by its own field; here it only must not make more
    problems of the amounts written in it.
    """
    if isinstance(data, ExchangeRate):
        return data.currency
    if data is None:
        return None
    code, usd = (bare(data.get(key)) if isinstance(data, dict) else None for key in ("code", "usd"))
    if not isinstance(code, str) or not _CODE.fullmatch(code) or (code == "USD" and usd != 1):
        return Currency("", 1.0)
    try:
        return Currency(code, NumberOf(units.EXCHANGE_RATE).read(usd))
    except InputError:
        return Currency(code, 1.0)
