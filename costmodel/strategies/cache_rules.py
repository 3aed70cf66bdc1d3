"""What a provider's prompt cache keeps of a call, for how long, and what of it is billed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.offers import ModelPrices

ASSUMED_LIFETIME = 300.0
"""Seconds a cache is taken to last where the price table states none (Gemini's implicit cache:
"minutes"; DeepSeek's: hours). An assumption on the safe side: the shortest lifetime any provider
states."""

_NAMES = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True)
class CacheRule:
    """What of a prompt is kept, and how it is billed.

    Parameters
    ----------
    lifetime : float
        Seconds since the last use; every read renews it.
    entries : tuple of str or str
        Where a kept beginning may end: ``anywhere``; at the ``end`` of the prompt only (an
        automatic breakpoint after the latest message, exact match); or after the named parts.
    fixed_lifetime : float or None
        Seconds for the fixed parts that stand first, where that is bought separately.
    least_tokens : int
        The shortest beginning that is kept.
    step_tokens : int or None
        Beginnings are kept in steps of so many tokens.
    writes_billed : bool
        Whether what is kept is billed at the write rate.
    """

    lifetime: float
    entries: tuple[str, ...] | Literal["anywhere", "end"] = "anywhere"
    fixed_lifetime: float | None = None
    least_tokens: int = 0
    step_tokens: int | None = None
    writes_billed: bool = False


@dataclass(frozen=True)
class Lifetime:
    """A lifetime that a provider sells, in seconds, and the rate its writes are billed at."""

    name: str
    seconds: float
    rate: Literal["cache_write", "cache_write_1h"]


def implicit_rule(prices: ModelPrices, lifetime: float | None = None) -> CacheRule | None:
    """Return what the provider's cache does unasked, or None where it does nothing.

    Parameters
    ----------
    prices : ModelPrices
    lifetime : float or None
        Seconds, where something better is known than the table's (or than 300 s, an assumption,
        where the table states none).
    """
    facts = prices.cache
    if facts.mode in ("none", "explicit"):
        return None
    stated = facts.ttl_seconds.get("default", ASSUMED_LIFETIME)
    return CacheRule(
        lifetime=stated if lifetime is None else lifetime,
        entries="end" if facts.match == "breakpoint" else "anywhere",
        least_tokens=facts.min_prefix_tokens or 0,
        step_tokens=facts.increment_tokens,
        writes_billed=facts.write_billed,
    )


def explicit_rule(
    prices: ModelPrices,
    breakpoints: tuple[str, ...] = (),
    lifetime: float | None = None,
    fixed_lifetime: float | None = None,
) -> CacheRule:
    """Return what the provider's cache does with breakpoints set by the caller.

    Parameters
    ----------
    prices : ModelPrices
    breakpoints : tuple of str
        Names of the prompt's parts after which a beginning is kept; none for an automatic one
        after the latest message. They take the place of the provider's own.
    lifetime, fixed_lifetime : float or None
        Seconds; one that the provider sells. None for its usual one.

    Raises
    ------
    InputError
        If the model has no cache, keeps beginnings only by itself, sells no such lifetime, or
        takes fewer breakpoints: all that is wrong at once.
    """
    facts = prices.cache
    problems = [*_no_explicit_cache(prices), *_too_many(prices, breakpoints)]
    sold, wrong = _sold_or_not(prices, lifetime)
    fixed, wrong_too = (
        (None, []) if fixed_lifetime is None else _sold_or_not(prices, fixed_lifetime)
    )
    problems += wrong + wrong_too
    if sold is not None and fixed is not None and fixed.seconds < sold.seconds:
        read = f"{fixed.name} for the fixed parts before {sold.name} for the rest"
        expected = "at least as long a lifetime for what stands first"
        problems.append(Problem(read, expected, f"ttl: {fixed.name} for both", path="ttl"))
    if problems:
        raise InputError(problems)
    assert sold is not None
    return CacheRule(
        lifetime=sold.seconds,
        entries=breakpoints or ("end" if facts.match == "breakpoint" else "anywhere"),
        fixed_lifetime=None if fixed is None else fixed.seconds,
        least_tokens=facts.min_prefix_tokens or 0,
        step_tokens=facts.increment_tokens,
        writes_billed=facts.write_billed,
    )


def sold_lifetime(prices: ModelPrices, seconds: float | None = None) -> Lifetime:
    """Return a lifetime that the provider sells for the model.

    Parameters
    ----------
    seconds : float or None
        None for the shortest, which is the usual one. Where a cache is billed by the hour it is
        kept, any lifetime is sold.

    Raises
    ------
    InputError
        If the provider does not sell it; with those it sells.
    """
    found, problems = _sold_or_not(prices, seconds)
    if problems or found is None:
        raise InputError(problems)
    return found


def _sold_or_not(
    prices: ModelPrices, seconds: float | None
) -> tuple[Lifetime | None, list[Problem]]:
    sold = dict(sorted(prices.cache.ttl_seconds.items(), key=lambda item: item[1]))
    if seconds is None:
        name, usual = next(iter(sold.items()), ("usual", ASSUMED_LIFETIME))
        return Lifetime(name, float(usual), "cache_write"), []
    for name, offered in sold.items():
        if offered == seconds:
            hourly = name == "1h" and len(sold) > 1
            return Lifetime(name, seconds, "cache_write_1h" if hourly else "cache_write"), []
    if "explicit" in sold and seconds > 0:
        return Lifetime("explicit", seconds, "cache_write"), []
    return None, [_not_sold(prices.id, seconds, sold)]


def _not_sold(model: str, seconds: float, sold: dict[str, int]) -> Problem:
    read = f"a lifetime of {lifetime_text(seconds)}"
    if not sold:
        expected = f"no lifetime: {model}'s cache has none that can be chosen"
        return Problem(read, expected, "leave out ttl", path="ttl")
    offers = [lifetime_text(value) for value in sold.values()]
    nearest = min(sold.values(), key=lambda value: abs(value - seconds))
    expected = f"one that {model} sells: {' or '.join(offers)}"
    return Problem(read, expected, f"ttl: {lifetime_text(nearest)}", path="ttl")


def lifetime_text(seconds: float) -> str:
    """Write a lifetime as it is typed: 5m and 1h by their names, others in min, h or s."""
    named = {value: name for name, value in _NAMES.items()}
    if seconds in named:
        return named[seconds]
    if seconds % 3600 == 0:
        return f"{seconds / 3600:g}h"
    return f"{seconds / 60:g}min" if seconds % 60 == 0 else f"{seconds:g}s"


def _no_explicit_cache(prices: ModelPrices) -> list[Problem]:
    if prices.cache.mode == "none":
        read, expected = f"a prompt cache on {prices.id}", "a model that has one"
        return [Problem(read, expected, "leave it out, or name another model", path="prompt_cache")]
    if prices.cache.mode == "implicit":
        read = f"an explicit prompt cache on {prices.id}"
        expected = "a model that lets you set one: this one keeps what it can by itself"
        return [Problem(read, expected, "leave it out; it is counted already", path="prompt_cache")]
    unpriced = [
        period for period in prices.live
        if any(offer.card.cache_read is None for offer in period.cards.values())
    ]  # fmt: skip
    if prices.live and len(unpriced) == len(prices.live):
        read, expected = f"a prompt cache on {prices.id}", "a model with a price of cached input"
        return [Problem(read, expected, "leave it out, or name another model", path="prompt_cache")]
    return []


def _too_many(prices: ModelPrices, breakpoints: tuple[str, ...]) -> list[Problem]:
    most = prices.cache.max_breakpoints
    if most is None or len(breakpoints) <= most:
        return []
    expected = f"at most {most}, which is what {prices.id} takes"
    fix = f"breakpoints: [{', '.join(breakpoints[-most:])}]"
    return [Problem(f"{len(breakpoints)} breakpoints", expected, fix, path="breakpoints")]
