"""The one grammar of written quantities: ``10k``, ``25%``, ``$4k per month``, ``8 to 12``.

    text     = core [ "per" period ]
    core     = number | number "to" number | count "of" count
    number   = [sign] ["$"] digits [exponent] [ k | M | B | % | duration ]

Digits may hold underscores. A field's unit (`costmodel.foundation.units`) says
which of the marks it takes, so one text has one meaning in one place. Decimal
arithmetic keeps ``3%`` the float 0.03, whatever it was written as.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

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
_COMMAS = re.compile(r"[+-]?\$?\d{1,3}(,\d{3})+(\.\d+)?[kKMB%]?")
_NOT_FINITE = re.compile(r"[+-]?\.?(inf|infinity|nan)", re.IGNORECASE)

LONGEST_SHOWN = 60
"""Characters of a value that messages quote."""

LONGEST_TEXT = 200
"""Characters of a quantity that are read; longer texts are no numbers. An assumption."""

UNCLEAR_JUMP = 100
"""``8 to 12k`` is taken for a slip where the ends lie this far apart; an assumption."""


@dataclass(frozen=True)
class Written:
    """A quantity as read: one value, two ends, or successes and trials."""

    form: Form
    values: tuple[float, ...]
    period: Period | None = None

    @property
    def value(self) -> float:
        """The first, or only, value."""
        return self.values[0]


@dataclass(frozen=True)
class _Token:
    """One number of a text, before its unit has judged it."""

    text: str
    amount: Decimal
    money: bool = False
    tail: str = ""
    quoted: bool = True

    @property
    def shown(self) -> str:
        """The number as messages quote it."""
        return f"'{self.text}'" if self.quoted else self.text


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
    core, period = _split_period(value.strip(), unit)
    counted = _COUNTED.fullmatch(core)
    if counted is not None:
        return _counted(counted, value, unit)
    ends = re.split(r"\s+to\s+", core)
    if len(ends) == 2:
        return Written("interval", _ends(ends, value, unit), period)
    return Written("number", (_judged(_token(core, unit), unit),), period)


def parse_number(value: Raw, unit: Unit) -> Written:
    """Read a single number with the period it states; intervals are refused."""
    written = parse(value, unit)
    if written.form != "number":
        raise refuse(shown(value), f"{unit.noun}, as one number", "a range has no place here")
    return written


def _plain(value: float, unit: Unit) -> _Token:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:  # pragma: no cover - str of an int or float is always a Decimal
        raise refuse(shown(value), unit.noun) from None
    return _Token(shown(value), amount, quoted=False)


def _split_period(text: str, unit: Unit) -> tuple[str, Period | None]:
    match = _PERIOD.fullmatch(text)
    if match is None:
        return text, None
    core, word = match[1], match[2].lower()
    if not unit.periods:
        raise refuse(shown(text), f"{unit.noun}, which is not a rate", f"leave out 'per {word}'")
    if word not in unit.periods or "/" in text:
        periods = " or ".join(f"'per {period}'" for period in unit.periods)
        raise refuse(shown(text), f"{unit.noun}", f"say {periods}, like {unit.example}")
    return core, word


def _token(text: str, unit: Unit) -> _Token:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _no_number(text, unit)
    digits = match["sign"] + match["digits"].replace("_", "") + (match["exponent"] or "")
    amount, tail = Decimal(digits), match["tail"]
    if tail in SUFFIXES:
        return _Token(text, amount.scaleb(SUFFIXES[tail]), bool(match["money"]))
    return _Token(text, amount, bool(match["money"]), tail)


def _no_number(text: str, unit: Unit) -> InputError:
    bare = text.replace(",", "")
    if _COMMAS.fullmatch(text):
        short = _thousands(bare)
        return refuse(shown(text), unit.noun, f"a comma splits a YAML mapping: write {bare}{short}")
    if _NOT_FINITE.fullmatch(text):
        return refuse(shown(text), f"{unit.noun}, finite", f"write it like {unit.example}")
    if any(sign in text for sign in "€£¥"):
        return refuse(shown(text), unit.noun, "amounts are in USD: write $ and convert")
    return refuse(shown(text), unit.noun, f"write it like {unit.example}")


def _thousands(digits: str) -> str:
    return f" or {digits[:-3]}k" if digits.isdigit() and digits.endswith("000") else ""


def _ends(texts: list[str], whole: str, unit: Unit) -> tuple[float, float]:
    low, high = (_token(text.strip(), unit) for text in texts)
    if high.tail == "%" and low.tail == "" and low.amount != 0:
        fix = f"write {low.text}% to {high.text}"
        raise refuse(shown(whole), "both ends in the same unit", fix)
    if high.money and not low.money:
        raise refuse(
            shown(whole), "both ends in the same unit", f"write ${low.text} to {high.text}"
        )
    if low.money and not high.money:
        high = _Token(high.text, high.amount, True, high.tail)
    if unit.durations and not low.tail:
        low = _Token(low.text, low.amount, low.money, high.tail)
    suffix = high.text[-1]
    if (
        suffix in SUFFIXES
        and low.text[-1].isdigit()
        and 0 < UNCLEAR_JUMP * low.amount < high.amount
    ):
        plain = f"{low.text} to {high.amount:f}"
        fix = f"write {low.text}{suffix} to {high.text}, or {plain} if that is meant"
        raise refuse(shown(whole), "both ends in the same unit", fix)
    return _judged(low, unit), _judged(high, unit)


def _counted(match: re.Match[str], text: str, unit: Unit) -> Written:
    if unit.domain != "share":
        raise refuse(shown(text), unit.noun, f"'k of n' is a share; write it like {unit.example}")
    k, n = (float(part.replace("_", "")) for part in match.groups())
    if n <= 0 or k > n:
        fix = f"write {match[2]} of {match[1]}" if k > n else "27 of 30"
        raise refuse(shown(text), "k of n with k at most n, and n above 0", fix)
    return Written("counted", (k, n))


def _judged(token: _Token, unit: Unit) -> float:
    """Return the token's value in the unit, or raise what is wrong with it."""
    amount = _in_unit(token, unit)
    if not amount.is_finite():
        raise refuse(token.shown, f"{unit.noun}, finite", f"write it like {unit.example}")
    value = float(amount)
    if value < unit.smallest:
        raise _too_small(token, unit)
    if value > unit.largest:
        raise _too_large(token, unit)
    return value


def _in_unit(token: _Token, unit: Unit) -> Decimal:
    zero = token.amount == 0
    if token.money and not unit.money:
        raise refuse(token.shown, f"{unit.noun}, not money", "leave out the $")
    if unit.money and not token.money and not zero:
        raise refuse(token.shown, unit.noun, f"write it like {unit.example}")
    if token.tail == "%":
        if not unit.percent:
            raise refuse(token.shown, f"{unit.noun}, not a percentage", _without_percent(unit))
        return token.amount.scaleb(-2)
    if unit.durations:
        return _duration(token, unit)
    if token.tail:
        raise _strange_tail(token, unit)
    return token.amount


def _without_percent(unit: Unit) -> str:
    return f"write it like {unit.example}"


def _duration(token: _Token, unit: Unit) -> Decimal:
    worth = dict(unit.durations).get(token.tail)
    if worth is not None:
        return token.amount * Decimal(str(worth))
    words = ", ".join(dict(unit.durations))
    if not token.tail and token.amount.is_finite():
        raise refuse(token.shown, f"{unit.noun}, with its unit ({words})", f"write {unit.example}")
    raise refuse(token.shown, f"{unit.noun}, in {words}", f"write it like {unit.example}")


def _strange_tail(token: _Token, unit: Unit) -> InputError:
    number = token.text[: -len(token.tail)].strip()
    if token.tail.lower() in ("percent", "pct") and unit.percent:
        return refuse(token.shown, unit.noun, f"write {number}%")
    meant = {"m": "M", "mn": "M", "mio": "M", "b": "B", "bn": "B"}.get(token.tail.lower())
    if meant is not None:
        return refuse(token.shown, unit.noun, f"write {number}{meant}; k, M and B scale a count")
    return refuse(token.shown, unit.noun, f"leave out '{token.tail}': write {number}")


def _too_small(token: _Token, unit: Unit) -> InputError:
    if unit.smallest == 0:
        return refuse(token.shown, f"{unit.noun}, not negative", f"write it like {unit.example}")
    least = f"{unit.smallest:.0%}" if unit.percent else f"{unit.smallest:g}"
    return refuse(token.shown, unit.noun, f"write at least {least}, like {unit.example}")


def _too_large(token: _Token, unit: Unit) -> InputError:
    if unit.percent and token.tail != "%" and token.amount <= 100:
        return refuse(token.shown, unit.noun, f"write {token.text}%{unit.per}")
    shape = f"{unit.largest:.0%}" if unit.percent else f"{unit.largest:g}"
    return refuse(token.shown, f"{unit.noun}, at most {shape}", f"check the digits: {unit.reason}")
