"""The figures of a model in a price table, each under a name of its own.

Prices hang on a period: ``standard.input``, ``batch.above_272000.output``,
``standard.peak.cache_read``, ``priority.max_prompt_tokens``, ``units.web_search``.
Facts hang on the model: ``limits.context``, ``cache.storage``, ``geo.us``, ``retires``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from costmodel.prices.charges import UnitPrice
from costmodel.prices.records import Record, Sources
from costmodel.prices.schema import Above, CacheFacts, Card, ModelEntry, Period, Rates

Value = float | int | bool | str | None
"""A number, a word, a date as text; None where the table states nothing."""

RATES = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
MODES = ("standard", "batch", "flex", "priority", "fast")
PER_MTOK = "USD per 1M tokens"
NEARLY = 1e-6
"""Relative difference that is rounding: sources state USD per token or per million."""
FACT_GROUPS = ("limits", "tokenizer", "cache", "geo", "capacity", "retires", "then", "aliases")
"""What the names of facts start with."""


@dataclass(frozen=True)
class Fact:
    """Something a table says of a model at all dates.

    Parameters
    ----------
    value : float, int, bool, str or None
        None where the table does not say.
    unit : str
        What a number counts; empty for words.
    src : tuple of str
        The sources it cites itself.
    confidence : str or None
        Who says so, where the table states that.
    note : str
        A reservation, in words.
    """

    value: Value
    unit: str = ""
    src: Sources = ()
    confidence: str | None = None
    note: str = ""


def prices_of(period: Period) -> dict[str, Value]:
    """Return every price of a period by name; rates in USD per million tokens, units in USD each.

    A rate that a card leaves out is there as None.
    """
    return dict(_prices(period))


def unit_of(name: str) -> str:
    """Return what the price of that name is counted in."""
    if name.endswith("max_prompt_tokens"):
        return "tokens"
    if name.startswith("units."):
        return "" if name.endswith(".free") else "USD each"
    return PER_MTOK


def tier_name(tier: Above) -> str:
    """Return ``above_272000``, or ``from_200000`` for a tier that starts at its threshold."""
    return f"{'above' if tier.prompt_tokens_gt is not None else 'from'}_{tier.threshold}"


def first_tokens(part: str) -> int | None:
    """Return the shortest prompt in a tier of that name; None for a name that is no tier's."""
    word, _, number = part.partition("_")
    if word not in ("above", "from") or not number.isdigit():
        return None
    return int(number) + (word == "above")


def billed_price(prices: Mapping[str, Value], name: str) -> Value:
    """Return the price of that name, or for a tier the card does not have, what is billed there.

    A long prompt without a tier of its own is billed at the next lower tier,
    in the end at the rates of the card.
    """
    *head, part, rate = name.split(".") if "." in name else ("", name)
    wanted = first_tokens(part)
    if name in prices or wanted is None:
        return prices.get(name)
    lead = ".".join(head)
    found = [(0, f"{lead}.{rate}")]
    for other in prices:
        *before, tier, last = other.split(".")
        first = first_tokens(tier) if ".".join(before) == lead and last == rate else None
        if first is not None and first <= wanted:
            found.append((first, other))
    return prices.get(max(found)[1])


def near(one: float, other: float) -> bool:
    """Whether two prices are the same but for rounding."""
    return abs(one - other) <= NEARLY * max(abs(one), abs(other))


def stated_confidence(record: Record) -> str | None:
    """Return the `confidence` a record states, None if it states none or cannot."""
    return dict(record).get("confidence")


def facts_of(entry: ModelEntry) -> dict[str, Fact]:
    """Return every fact of a model by name; what the table leaves out is there without a value."""
    facts = {
        f"limits.{name}": Fact(tokens, "tokens") for name, tokens in dict(entry.limits).items()
    }
    facts |= {f"tokenizer.{name}": Fact(word) for name, word in dict(entry.tokenizer).items()}
    facts |= {f"cache.{name}": fact for name, fact in _cache_facts(entry.cache)}
    facts["retires"] = Fact(None if entry.retires is None else str(entry.retires))
    facts["then"] = Fact(entry.then)
    facts["aliases"] = Fact(", ".join(sorted({*entry.aliases} - {entry.id})) or None)
    for adjust in entry.adjust:
        stated = stated_confidence(adjust)
        fact = Fact(adjust.multiply, "times the token rates", adjust.src, stated)
        facts[f"geo.{adjust.when.geo}"] = fact
    return facts | dict(_capacity_facts(entry))


def _cache_facts(cache: CacheFacts) -> Iterator[tuple[str, Fact]]:
    units = {"min_prefix_tokens": "tokens", "increment_tokens": "tokens"}
    for name, value in cache:
        if name not in ("ttl_seconds", "storage", "src", "confidence"):
            yield name, Fact(value, units.get(name, ""), cache.src, stated_confidence(cache))
    for name, seconds in cache.ttl_seconds.items():
        fact = Fact(seconds, "seconds", cache.src, stated_confidence(cache))
        yield f"ttl_seconds.{name}", fact
    kept = cache.storage
    if kept is None:
        yield "storage", Fact(None, "USD per 1M tokens and hour")
        return
    note = "for explicit caches only" if kept.explicit_only else ""
    stated = stated_confidence(kept)
    unit = "USD per 1M tokens and hour"
    yield "storage", Fact(kept.usd_per_mtok_hour, unit, kept.src, stated, note)


def _capacity_facts(entry: ModelEntry) -> Iterator[tuple[str, Fact]]:
    units = {
        "input_tpm_per_unit": "weighted input tokens per minute",
        "output_weight": "input tokens each",
        "cached_weight": "input tokens each",
    }
    capacity = entry.capacity
    for name, unit in units.items() if capacity is not None else ():
        assert capacity is not None
        value = dict(capacity)[name]
        stated = stated_confidence(capacity)
        yield f"capacity.{name}", Fact(value, unit, capacity.src, stated, capacity.note or "")


def _prices(period: Period) -> Iterator[tuple[str, Value]]:
    for mode, card in period.cards.items():
        yield from _card(mode, card)
    for name, unit in period.units.items():
        yield f"units.{name}", float(f"{unit.usd / unit.per:.12g}")
        yield f"units.{name}.free", _free(unit)


def _card(mode: str, card: Card) -> Iterator[tuple[str, Value]]:
    yield from _rates(mode, card.per_mtok, card.above)
    for window, rates in card.windows.items():
        yield from _rates(f"{mode}.{window}", rates.per_mtok, rates.above)
    yield f"{mode}.max_prompt_tokens", card.max_prompt_tokens


def _rates(head: str, rates: Rates, above: tuple[Above, ...]) -> Iterator[tuple[str, Value]]:
    for name, value in _by_name(rates).items():
        yield f"{head}.{name}", value
    for tier in above:
        for name, value in _by_name(tier.per_mtok).items():
            yield f"{head}.{tier_name(tier)}.{name}", value


def _by_name(rates: Rates) -> dict[str, float | None]:
    values = dict(rates)
    return {name: values[name] for name in RATES}


def _free(unit: UnitPrice) -> str | None:
    if unit.free is None:
        return None
    group = unit.free.shared_group
    shared = "" if group is None else f", shared by {group}"
    return f"{unit.free.count:,} per {unit.free.period}{shared}"
