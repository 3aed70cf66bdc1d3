"""The one grammar of written quantities: ``10k``, ``25%``, ``$4k per month``, ``8 to 12``.

    text     = core [ "per" period ]
    core     = number | number "to" number | count "of" count
    number   = [sign] [money] digits [exponent] [ k | M | B | % | duration ] [money]
    money    = "$" | another sign | ISO 4217 code        before or behind, once

Digits may hold underscores. A field's unit (`costmodel.foundation.units`) says
which of the marks it takes, so one text has one meaning in one place. Decimal
arithmetic keeps ``3%`` the float 0.03, whatever it was written as.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import ModuleType
from typing import Literal, NamedTuple

from costmodel.foundation.currencies import code_of, split_marks
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.marks import Raw
from costmodel.foundation.units import SUFFIXES, Period, Unit

Form = Literal["number", "interval", "counted"]

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<money>\$?)(?P<digits>\d[\d_]*(?:\.[\d_]+)?|\.\d[\d_]*)"
    r"(?P<exponent>[eE][+-]?\d{1,4})?\s*(?P<tail>[A-Za-z]*|%)"
)
_COUNTED = re.compile(r"(\d[\d_]*(?:\.\d+)?)\s+of\s+(\d[\d_]*(?:\.\d+)?)")
_PERIOD = re.compile(r"(.*?)\s*(?:\bper\s+|/\s*|\bper\b)([A-Za-z]*)\s*")
_TO = re.compile(r"\s+to\s+")

LONGEST_SHOWN = 60
"""Characters of a value that messages quote."""

LONGEST_TEXT = 200
"""Characters of a quantity that are read; longer texts are no numbers. An assumption."""

UNCLEAR_JUMP = 100
"""``8 to 12k`` is taken for a slip where the ends lie this far apart; an assumption."""


@dataclass(frozen=True)
class Written:
    """A quantity as read: one value, two ends, or successes and trials.

    Money is in the currency it was written in, `code`; 0 needs none.
    """

    form: Form
    values: tuple[float, ...]
    period: Period | None = None
    code: str = ""

    @property
    def value(self) -> float:
        """The first, or only, value."""
        return self.values[0]


class Token(NamedTuple):
    """One number of a text, before its unit has judged it."""

    text: str
    amount: Decimal
    money: str = ""
    """The sign or code of its currency, as written."""
    tail: str = ""
    quoted: bool = True
    per: str = ""
    """The words that a corrected number needs behind it, such as `` per month``."""
    bare: str = ""
    """The number without its currency."""

    @property
    def shown(self) -> str:
        """The number as messages quote it."""
        return f"'{self.text}'" if self.quoted else self.text

    @property
    def code(self) -> str:
        """The code of its currency; empty without one."""
        return code_of(self.money)


def shown(value: Raw) -> str:
    """Return a value as messages quote it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 3] + '...'}'"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:20]}... ({len(text)} characters)"


def refuse(read: str, expected: str, fix: str = "", at: str = "") -> InputError:
    """Return the error that says what was read, what was expected and how to mend it."""
    return InputError(Problem(read, expected, fix, at))


def parse(value: Raw, unit: Unit) -> Written:
    """Read a scalar: a number, ``A to B`` or ``k of n``, with the period it states.

    Parameters
    ----------
    value : int, float or str
        As the YAML reader gives it.
    unit : Unit
        What the field holds.

    Raises
    ------
    InputError
        If it is no such quantity, or lies outside the unit's bounds.
    """
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise refuse(shown(value), unit.noun, f"write it like {unit.example}")
    if isinstance(value, bool) or not isinstance(value, int | float | str) or value == "":
        raise refuse(shown(value), unit.noun, f"write it like {unit.example}")
    if not isinstance(value, str):
        return Written("number", (_judged(_plain(value, unit), unit),))
    if "," in value:
        raise refusals().with_commas(value.strip(), unit)
    core, period = _split_period(value.strip(), unit)
    counted = _COUNTED.fullmatch(core)
    if counted is not None:
        return _counted(counted, value, unit, period)
    ends, per = _TO.split(core), unit.words(period)
    if len(ends) == 2:
        low, high = _ends(ends, value, unit, per)
        return Written("interval", (_judged(low, unit), _judged(high, unit)), period, high.code)
    token = _token(core, unit, per)
    return Written("number", (_judged(token, unit),), period, token.code)


def parse_number(value: Raw, unit: Unit) -> Written:
    """Read a single number with the period it states; intervals are refused."""
    written = parse(value, unit)
    if written.form != "number":
        raise refuse(shown(value), f"{unit.noun}, as one number", "a range has no place here")
    return written


def refusals() -> ModuleType:
    """Return the module that words what is wrong, loaded where something is."""
    from costmodel.foundation import refusals

    return refusals


def _plain(value: float, unit: Unit) -> Token:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:  # pragma: no cover - str of an int or float is always a Decimal
        raise refuse(shown(value), unit.noun) from None
    return Token(shown(value), amount, quoted=False, per=unit.words(None))


def _split_period(text: str, unit: Unit) -> tuple[str, Period | None]:
    match = _PERIOD.fullmatch(text)
    if match is None:
        return text, None
    core, word = match[1], match[2].lower()
    if word not in unit.periods or "/" in text:
        raise refusals().wrong_period(text, core, word, unit)
    return core, word


def _token(text: str, unit: Unit, per: str = "") -> Token:
    before, bare, behind = split_marks(text) if unit.money else ("", text, "")
    match = _NUMBER.fullmatch(bare)
    if match is None:
        raise refusals().no_number(text, unit)
    if before and behind:
        raise refusals().two_currencies(text, behind, unit, per)
    digits = match["sign"] + match["digits"].replace("_", "") + (match["exponent"] or "")
    amount, tail = Decimal(digits), match["tail"]
    if tail in SUFFIXES:
        amount, tail = amount.scaleb(SUFFIXES[tail]), ""
    return Token(text, amount, before or behind or match["money"], tail, per=per, bare=bare)


def _ends(texts: list[str], whole: str, unit: Unit, per: str) -> tuple[Token, Token]:
    low, high = (_token(text.strip(), unit) for text in texts)
    if high.money and not low.money and high.text.endswith(high.money):
        low = low._replace(money=high.money)  # 20 to 30 EUR
    fix = refusals().same_marks(low, high, unit) if _mixed(low, high, unit) else ""
    if fix:
        raise refuse(shown(whole), "both ends in the same unit", f"write {fix}{per}")
    if low.money and not high.money:
        high = high._replace(money=low.money)
    if low.money and low.code != high.code:
        raise refuse(shown(whole), "both ends in the same currency", f"like {unit.example}")
    if unit.durations and not low.tail:
        low = low._replace(tail=high.tail)
    _judged(low, unit), _judged(high, unit)
    if _unclear(low, high):
        fix = refusals().same_scale(low, high, unit, per)
        if fix:
            raise refuse(shown(whole), "both ends in the same unit", f"write {fix}")
    return low, high


def _mixed(low: Token, high: Token, unit: Unit) -> bool:
    """Tell whether one end has a mark (%, $) that the other may lack by mistake."""
    if unit.percent or unit.percent_too:
        return not low.tail or not high.tail
    return unit.money and not low.money


def _unclear(low: Token, high: Token) -> bool:
    """Tell whether one end may lack the other's k, M or B."""
    first, last = low.bare[-1], high.bare[-1]
    if first.isdigit() and last in SUFFIXES:
        return 0 < UNCLEAR_JUMP * low.amount < high.amount
    return first in SUFFIXES and last.isdigit() and 0 < high.amount < low.amount


def _counted(match: re.Match[str], text: str, unit: Unit, period: Period | None) -> Written:
    if unit.domain != "share":
        raise refuse(shown(text), unit.noun, f"'k of n' is a share; write it like {unit.example}")
    k, n = (float(part.replace("_", "")) for part in match.groups())
    if n <= 0 or k > n:
        fix = f"write {match[2]} of {match[1]}" if k > n else "27 of 30"
        raise refuse(shown(text), "k of n with k at most n, and n above 0", fix)
    return Written("counted", (k, n), period)


def _judged(token: Token, unit: Unit) -> float:
    """Return the token's value in the unit, money as written, or raise what is wrong with it."""
    amount = _in_unit(token, unit)
    if not amount.is_finite():
        raise refuse(token.shown, f"{unit.noun}, finite", f"write it like {unit.example}")
    value = float(amount)
    worth = value * unit.worth(token.money) if unit.own is not None else value
    if worth < unit.smallest:
        raise refusals().too_small(token, unit)
    if worth > unit.largest:
        raise refusals().too_large(token, unit)
    return value


def _in_unit(token: Token, unit: Unit) -> Decimal:
    if bool(token.money) is not unit.money and (token.money or token.amount != 0):
        raise refusals().wrong_money(token, unit)
    if token.money and not unit.takes(token.money):
        raise refusals().foreign_money(token.shown, unit, token.code)
    if token.tail == "%":
        if not (unit.percent or unit.percent_too):
            expected = f"{unit.noun}, not a percentage"
            raise refuse(token.shown, expected, f"write it like {unit.example}")
        return token.amount.scaleb(-2)
    if unit.durations:
        worth = dict(unit.durations).get(token.tail)
        if worth is None:
            raise refusals().no_duration(token, unit)
        return token.amount * Decimal(str(worth))
    if token.tail:
        raise refusals().strange_tail(token, unit)
    return token.amount
