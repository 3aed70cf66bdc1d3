"""Calendar months: the time step of every projection."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from costmodel.foundation.errors import InputError, Problem

EARLIEST_YEAR = 2020
"""No price table reaches further back (the first public LLM prices date from late 2020)."""
LATEST_YEAR = 2100
"""An assumption that catches a misplaced digit; horizons end at 60 months."""

_TEXT = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, such as 2026-12.

    Parameters
    ----------
    year : int
        Four-digit year.
    month : int
        1 for January to 12 for December.
    """

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def parse(cls, text: object) -> Month:
        """Read ``2026-12``.

        Raises
        ------
        InputError
            If `text` is not a month between 2020-01 and 2100-12.
        """
        match = _TEXT.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise InputError(Problem(_shown(text), "a month as YYYY-MM", "write it like 2026-12"))
        year, month = int(match[1]), int(match[2])
        if not (1 <= month <= 12 and EARLIEST_YEAR <= year <= LATEST_YEAR):
            expected = f"a month from {EARLIEST_YEAR}-01 to {LATEST_YEAR}-12"
            raise InputError(Problem(_shown(text), expected, "write it like 2026-12"))
        return cls(year, month)

    @property
    def days(self) -> int:
        """Number of days in this month."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def first_day(self) -> date:
        """The first day of this month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The last day of this month."""
        return date(self.year, self.month, self.days)

    def plus(self, months: int) -> Month:
        """Return the month that many months later (earlier if negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def since(self, other: Month) -> int:
        """Return the number of months from `other` to this one."""
        return (self.year - other.year) * 12 + self.month - other.month


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)
