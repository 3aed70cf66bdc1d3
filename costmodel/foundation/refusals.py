"""What is wrong with a written quantity, in words, and what to write instead.

A fix that names a value names one the field takes as it stands. Imported where
something is wrong; reading a good file never needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import category

from costmodel.foundation.composing import shortened
from costmodel.foundation.errors import InputError
from costmodel.foundation.grammar import Token, parse, refuse, shown
from costmodel.foundation.laws import WIDEST_RATIO
from costmodel.foundation.marks import MarkedMapping, Raw
from costmodel.foundation.units import SUFFIXES, Unit
from costmodel.foundation.writing import amount

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_NOT_FINITE = re.compile(r"[+-]?\.?(inf|infinity|nan)", re.IGNORECASE)
_LARGER = {"m": "M", "mn": "M", "mio": "M", "b": "B", "bn": "B"}


def either(words: Iterable[str]) -> str:
    """Return words as a choice: ``a, b or c``."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def accepted(value: Raw, unit: Unit) -> bool:
    """Tell whether the grammar reads a value in a unit."""
    try:
        parse(value, unit)
    except InputError:
        return False
    return True


def with_commas(text: str, unit: Unit) -> InputError:
    """Return the error of a number with commas: between thousands, or for the point."""
    plain = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
    plain = _DECIMAL_COMMA.sub(".", plain)
    per = "" if " per " in plain else unit.words(None)
    if not accepted(plain, unit):
        return refuse(shown(text), unit.noun, f"write it like {unit.example}")
    short = shortened(plain)
    other = f" or {short}{per}" if short != plain and accepted(short, unit) else ""
    return refuse(shown(text), f"{unit.noun}, without commas", f"write {plain}{per}{other}")


def no_number(text: str, unit: Unit) -> InputError:
    """Return the error of a text that is no number."""
    if _NOT_FINITE.fullmatch(text):
        return refuse(shown(text), f"{unit.noun}, finite", f"write it like {unit.example}")
    if any(category(letter) == "Sc" for letter in text.replace("$", "")):
        return foreign_money(shown(text), unit)
    return refuse(shown(text), unit.noun, f"write it like {unit.example}")


def foreign_money(read: str, unit: Unit, code: str = "") -> InputError:
    """Return the error of money in a currency that is neither USD nor the scenario's own."""
    if not unit.money:
        return refuse(read, f"{unit.noun}, not money", f"write it like {unit.example}")
    if unit.own is not None:
        fix = f"convert, or write it like {unit.example}"
        return refuse(read, unit.noun, f"amounts are in {unit.own.code} or USD: {fix}")
    key = f"currency: {{code: {code or '...'}, usd: ..., date: ..., source: ...}}"
    fix = f"convert, and write it like {unit.example}, or state the rate: {key}"
    return refuse(read, unit.noun, f"amounts are in USD: {fix}")


def two_currencies(text: str, behind: str, unit: Unit, per: str) -> InputError:
    """Return the error of a number with a currency before it and one behind it."""
    kept = text.removesuffix(behind).strip()
    return refuse(shown(text), unit.noun, f"leave out '{behind}': write {kept}{per}")


def wrong_period(text: str, core: str, word: str, unit: Unit) -> InputError:
    """Return the error of a period that the unit does not have, or a slash for ``per``."""
    if not unit.periods:
        said = text[len(core) :].strip()
        return refuse(shown(text), f"{unit.noun}, which is not a rate", f"leave out '{said}'")
    if word in unit.periods:
        return refuse(shown(text), unit.noun, f"write {core} per {word}")
    periods = either(f"'per {period}'" for period in unit.periods)
    return refuse(shown(text), unit.noun, f"say {periods}, like {unit.example}")


def missing_period(read: str, unit: Unit) -> InputError:
    """Return the error of a rate that does not say per what."""
    periods = either(f"'per {period}'" for period in unit.periods)
    fix = f"add {periods}: {read.strip(chr(39))}{unit.per}"
    return refuse(read, f"{unit.noun}; every rate states its period", fix)


def same_marks(low: Token, high: Token, unit: Unit) -> str:
    """Return an interval with the same mark (%, $) at both ends; empty if it is right as it is."""
    if unit.money:
        if low.amount == 0 and high.money:
            return ""
        sign = unit.written_in(high.money).sign
        return f"{sign}{low.bare} to {sign}{high.bare}"
    bare = [token for token in (low, high) if not token.tail and token.amount != 0]
    beyond = any(token.amount > unit.largest for token in bare)
    slip = beyond or (high.tail == "%" and low in bare)
    if not slip or any(token.amount > 100 or token.tail not in ("", "%") for token in (low, high)):
        return ""
    return " to ".join(token.text.removesuffix("%").strip() + "%" for token in (low, high))


def same_scale(low: Token, high: Token, unit: Unit, per: str) -> str:
    """Return an interval with one suffix at both ends; empty if that would run backwards."""
    first = unit.written_in(low.money).sign if low.money else ""
    second = first if high.money and high.text != high.bare else ""
    if low.bare[-1] in SUFFIXES:
        whole = f"{first}{low.bare} to {second}{high.bare}{low.bare[-1]}{per}"
        return whole if high.amount.scaleb(SUFFIXES[low.bare[-1]]) > low.amount else ""
    suffix = high.bare[-1]
    if low.amount.scaleb(SUFFIXES[suffix]) >= high.amount:
        return ""
    fix = f"{first}{low.bare}{suffix} to {second}{high.bare}{per}"
    if unit.domain == "positive" and float(high.amount / low.amount) > WIDEST_RATIO:
        return fix
    return f"{fix}, or {first}{low.bare} to {high.amount:f}{per} if that is meant"


def too_small(token: Token, unit: Unit) -> InputError:
    """Return the error of a number below the unit's bound."""
    if unit.smallest == 0:
        fix = f"write it like {unit.example}"
        return refuse(token.shown, f"{unit.noun}, not negative", fix)
    least = amount(unit.smallest, unit)
    return refuse(token.shown, unit.noun, f"write at least {least}, like {unit.example}")


def too_large(token: Token, unit: Unit) -> InputError:
    """Return the error of a number above the unit's bound."""
    if unit.percent and token.tail != "%" and token.amount <= 100:
        return refuse(token.shown, unit.noun, f"write {token.text}%{token.per}")
    most = amount(unit.largest, unit.written_in("USD"))
    return refuse(token.shown, f"{unit.noun}, at most {most}", f"check the digits: {unit.reason}")


def wrong_money(token: Token, unit: Unit) -> InputError:
    """Return the error of money where there is none, or of an amount without ``$``."""
    if token.money:
        return refuse(token.shown, f"{unit.noun}, not money", f"leave out the {token.money}")
    known = token.per and not token.tail and token.amount > 0
    fix = f"write {unit.sign}{token.text}{token.per}" if known else f"write it like {unit.example}"
    return refuse(token.shown, unit.noun, fix)


def no_duration(token: Token, unit: Unit) -> InputError:
    """Return the error of a duration without its unit, or with one the field does not take."""
    words = ", ".join(dict(unit.durations))
    if not token.tail and token.amount.is_finite():
        fix = f"write {amount(float(token.amount), unit)}"
        return refuse(token.shown, f"{unit.noun}, with its unit ({words})", fix)
    fix = f"write it like {unit.example}"
    return refuse(token.shown, f"{unit.noun}, in {either(dict(unit.durations))}", fix)


def strange_tail(token: Token, unit: Unit) -> InputError:
    """Return the error of letters behind a number."""
    number = token.text[: -len(token.tail)].strip()
    if token.tail.lower() in ("percent", "pct") and unit.percent:
        return refuse(token.shown, unit.noun, f"write {number}%{token.per}")
    meant = _LARGER.get(token.tail.lower())
    if meant is not None and not unit.percent:
        fix = f"write {number}{meant}{token.per}; k, M and B scale a count"
        return refuse(token.shown, unit.noun, fix)
    fix = f"leave out '{token.tail}': write {number}{token.per}"
    return refuse(token.shown, unit.noun, fix)


def pert_instead(low: float, high: float, unit: Unit, text: Raw) -> str:
    """Return the PERT form of an interval whose ends no other law can have."""
    likely = float(f"{low + 0.4 * (high - low):.1g}")
    if not low < likely < high:
        likely = low + 0.4 * (high - low)
    ends = [
        f"{k}: {amount(x, unit)}" for k, x in (("low", low), ("likely", likely), ("high", high))
    ]
    per = tail(text, unit).replace(" per ", ", per: ")
    return f"give the most likely value: {{{', '.join(ends)}{per}}}"


def tail(text: Raw, unit: Unit) -> str:
    """Return the words that state the period of a text, or of the only one its unit has."""
    _, _, word = str(text).strip().partition(" per ")
    return f" per {word.strip()}" if word else unit.words(None)


def unbraced(m: MarkedMapping, keys: tuple[str, ...], unit: Unit) -> str:
    """Return what to write for a mapping's numbers without its braces, with their period."""
    written = [str(m[key]).partition(" per ") for key in keys]
    said = [word.strip() for _, _, word in written if word]
    per = said[0] if said else str(m.get("per", "")) or unit.words(None).removeprefix(" per ")
    return " to ".join(number for number, _, _ in written) + (f" per {per}" if per else "")
