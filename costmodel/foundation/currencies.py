"""Currencies: their codes, signs and minor digits, and what one unit is worth in USD.

Everything is computed in USD, which providers bill; a scenario may have a
currency of its own, in which money may be written and figures are shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SIGNS = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$",
    "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱",
    "TWD": "NT$", "USD": "$", "VND": "₫", "XCD": "EC$",
}  # fmt: skip
"""Signs of currencies that have one in English: Unicode CLDR, locale ``en`` (as in Babel
2.18), where each has its own: ``¥`` is the yen, ``CN¥`` the yuan."""
MINOR_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
         "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip
"""Digits behind the point, where they are not 2: ISO 4217, list one, as published on 2026-01-01."""

_CODES = {sign: code for code, sign in SIGNS.items()} | {"US$": "USD"}
_MARK = "|".join(re.escape(sign) for sign in sorted(_CODES, key=len, reverse=True)) + "|[A-Z]{3}"
_MARKED = re.compile(rf"(?P<sign>[+-]?)(?:(?P<before>{_MARK})\s?)?(?P<bare>.*?)"
                     rf"(?:\s?(?P<after>(?!\$)(?:{_MARK})))?")  # fmt: skip


@dataclass(frozen=True)
class Currency:
    """A currency by its ISO 4217 code, at one fixed rate.

    Parameters
    ----------
    code : str
        Such as ``EUR``; empty for one that could not be read.
    usd : float
        What one unit of it is worth, USD.
    """

    code: str
    usd: float

    @property
    def sign(self) -> str:
        """What stands before an amount: ``€``, or the code and a space."""
        return sign_of(self.code)

    @property
    def minor_digits(self) -> int:
        """Digits behind the point of an ordinary amount."""
        return MINOR_DIGITS.get(self.code, 2)

    @property
    def is_usd(self) -> bool:
        """Whether amounts need no rate."""
        return self.code == "USD"

    def of(self, usd: float) -> float:
        """Return an amount of USD in this currency."""
        return usd if self.is_usd else usd / self.usd


DOLLAR = Currency("USD", 1.0)


def sign_of(code: str) -> str:
    """Return ``€`` for ``EUR``; the code and a space for a currency without a sign of its own."""
    return SIGNS.get(code, f"{code} ")


def code_of(mark: str) -> str:
    """Return the code a sign or a code stands for."""
    return _CODES.get(mark, mark)


def split_marks(text: str) -> tuple[str, str, str]:
    """Return the currency before a number, the number, and the currency behind it.

    >>> split_marks("5k EUR"), split_marks("€29")
    (('', '5k', 'EUR'), ('€', '29', ''))
    """
    match = _MARKED.fullmatch(text)
    if match is None:  # a line break: no number either
        return "", text, ""
    return match["before"] or "", match["sign"] + match["bare"], match["after"] or ""
