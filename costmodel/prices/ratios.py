"""Rules that prices keep among themselves; a figure that breaks one is most likely a slip.

The rules are those found to catch the slips of published price lists: a
priority rate of 50 times the standard one, a storage price in the column of
cached reads, input and output exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from costmodel.foundation.reading import ValuePath
from costmodel.prices.cards import rate_text
from costmodel.prices.figures import NEARLY, RATES, near
from costmodel.prices.hits import Doubt
from costmodel.prices.schema import Above, Card, ModelEntry, Period, Rates, Table

CHEAPER_MODES = ("batch", "flex")
DEARER_MODES = ("priority", "fast")
MOST_PRIORITY = 5.0
"""Times the standard rate; published ones are 1.67 to 2.5 times."""
WRITE_RATIOS = (1.0, 1.25)
"""Cache write over input, as published; the bought hour is always twice the input."""
HOUR_RATIO = 2.0
OUTPUT_RATIOS = (0.5, 30.0)
"""Output over input that is believable; published ones are 1 to 12."""
MOST_USD_PER_MTOK = 10_000.0
"""An assumption: the dearest published rate is below $1,000 per 1M tokens."""


@dataclass(frozen=True)
class Placed:
    """Rates with their place and their name: ``standard above 272,000``."""

    rates: Rates
    path: ValuePath
    name: str

    def rate(self, name: str) -> float | None:
        """Return one of the rates."""
        value: float | None = dict(self.rates)[name]
        return value

    def at(self, name: str) -> ValuePath:
        """Return where one of the rates stands."""
        return (*self.path, name)


def ratio_doubts(table: Table) -> Iterator[Doubt]:
    """Yield every figure of a table that breaks a rule against its neighbours."""
    for number, model in enumerate(table.models):
        for step, period in enumerate(model.periods):
            path: ValuePath = ("models", number, "periods", step)
            for mode, card in period.cards.items():
                here: ValuePath = (*path, "cards", mode)
                yield from _card(model, card, mode, here)
            yield from _modes(period, path)


def _card(model: ModelEntry, card: Card, mode: str, path: ValuePath) -> Iterator[Doubt]:
    placed = _placed(card, mode, path)
    for each in placed:
        yield from _size(each)
        yield from _cache(each)
        yield from _output(model, each)
    yield from _tiers(placed[0], card.above, (*path, "above"), mode)
    for window, rates in card.windows.items():
        inner: ValuePath = (*path, "windows", window)
        peak = Placed(rates.per_mtok, (*inner, "per_mtok"), f"{mode} in {window}")
        yield from _not_below("peak hours", placed[0], peak)
        yield from _tiers(peak, rates.above, (*inner, "above"), peak.name)
    yield from _longest(model, card, mode, path)


def _placed(card: Card, mode: str, path: ValuePath) -> list[Placed]:
    """Return all rates of a card, its own first."""
    found = [Placed(card.per_mtok, (*path, "per_mtok"), mode)]
    found += _of_tiers(card.above, mode, (*path, "above"))
    for name, window in card.windows.items():
        inner: ValuePath = (*path, "windows", name)
        found.append(Placed(window.per_mtok, (*inner, "per_mtok"), f"{mode} in {name}"))
        found += _of_tiers(window.above, f"{mode} in {name}", (*inner, "above"))
    return found


def _of_tiers(above: tuple[Above, ...], name: str, path: ValuePath) -> list[Placed]:
    return [
        Placed(tier.per_mtok, (*path, number, "per_mtok"), f"{name} above {tier.threshold:,}")
        for number, tier in enumerate(above)
    ]


def _size(placed: Placed) -> Iterator[Doubt]:
    for name in RATES:
        rate = placed.rate(name)
        if rate is not None and rate > MOST_USD_PER_MTOK:
            read = f"{rate:.4g} for {name} in {placed.name}"
            expected = f"USD per 1M tokens, at most {rate_text(MOST_USD_PER_MTOK)}"
            yield Doubt("size", placed.at(name), read, expected, "is it the price of 1M tokens?")


def _cache(placed: Placed) -> Iterator[Doubt]:
    fresh, read = placed.rates.input, placed.rates.cache_read
    if read is not None and read > fresh * (1 + NEARLY):
        yield Doubt(
            "cached reads",
            placed.at("cache_read"),
            f"{rate_text(read)} for a cached read in {placed.name}",
            f"at most the input rate, {rate_text(fresh)}",
            "is it a storage price, or that of another column?",
        )
    for name, ratios in (("cache_write", WRITE_RATIOS), ("cache_write_1h", (HOUR_RATIO,))):
        rate = placed.rate(name)
        if rate is not None and not any(near(rate, fresh * ratio) for ratio in ratios):
            wanted = " or ".join(rate_text(fresh * ratio) for ratio in ratios)
            times = " or ".join(f"{ratio:g}" for ratio in ratios)
            yield Doubt(
                "cache writes",
                placed.at(name),
                f"{rate_text(rate)} for {name} in {placed.name}",
                f"{wanted}: {times} times the input rate",
                "check it against the source",
                "warning",
            )


def _output(model: ModelEntry, placed: Placed) -> Iterator[Doubt]:
    fresh, output = placed.rates.input, placed.rates.output
    if output is None:
        return
    read = f"{rate_text(output)} for output in {placed.name}"
    if "embed" in model.id.lower():
        expected = "no output rate: embeddings return vectors, not tokens"
        yield Doubt("embeddings", placed.at("output"), read, expected, "leave output out")
        return
    low, high = OUTPUT_RATIOS
    if not low * fresh <= output <= high * fresh:
        expected = f"{low:g} to {high:g} times the input rate, {rate_text(fresh)}"
        fix = "are input and output exchanged, or a digit lost?"
        yield Doubt("output to input", placed.at("output"), read, expected, fix)


def _tiers(base: Placed, above: tuple[Above, ...], path: ValuePath, name: str) -> Iterator[Doubt]:
    lower = base
    for tier in _of_tiers(above, name, path):
        yield from _not_below("long-context tiers", lower, tier)
        lower = tier


def _not_below(rule: str, low: Placed, high: Placed) -> Iterator[Doubt]:
    """Yield the rates of `high` that are below those of `low`."""
    for name in RATES:
        less, more = low.rate(name), high.rate(name)
        if less is not None and more is not None and more < less * (1 - NEARLY):
            yield Doubt(
                rule,
                high.at(name),
                f"{rate_text(more)} for {name} in {high.name}",
                f"at least {rate_text(less)}, as in {low.name}",
                "are the two exchanged?",
            )


def _modes(period: Period, path: ValuePath) -> Iterator[Doubt]:
    """Yield the rates of a mode that are on the wrong side of the standard ones."""
    cards = {str(mode): card for mode, card in period.cards.items()}
    if "standard" not in cards:
        return
    standard = _by_tier(cards["standard"], "standard", path)
    for mode in (*CHEAPER_MODES, *DEARER_MODES):
        for tier, placed in _by_tier(cards[mode], mode, path).items() if mode in cards else ():
            if tier in standard and mode in CHEAPER_MODES:
                yield from _not_above(placed, standard[tier], 1)
            elif tier in standard:
                yield from _not_below("service modes", standard[tier], placed)
            if tier in standard and mode == "priority":
                yield from _not_above(placed, standard[tier], MOST_PRIORITY)


def _by_tier(card: Card, mode: str, path: ValuePath) -> dict[int, Placed]:
    """Return a card's rates by the tier's threshold, 0 for its own; windows are left out."""
    here: ValuePath = (*path, "cards", mode)
    tiers = _of_tiers(card.above, mode, (*here, "above"))
    own = Placed(card.per_mtok, (*here, "per_mtok"), mode)
    return {0: own} | {a.threshold: tier for a, tier in zip(card.above, tiers, strict=True)}


def _not_above(placed: Placed, standard: Placed, times: float) -> Iterator[Doubt]:
    for name in RATES:
        rate, most = placed.rate(name), standard.rate(name)
        if rate is not None and most is not None and rate > most * times * (1 + NEARLY):
            than = "the standard rate" if times == 1 else f"{times:g} times the standard rate"
            read = f"{rate_text(rate)} for {name} in {placed.name}"
            if most > 0:
                read += f", {rate / most:.4g} times {rate_text(most)}"
            expected = f"at most {than}, {rate_text(most * times)}"
            fix = "check the decimal point and the column"
            yield Doubt("service modes", placed.at(name), read, expected, fix)


def _longest(model: ModelEntry, card: Card, mode: str, path: ValuePath) -> Iterator[Doubt]:
    """Yield a mode's longest prompt, or a tier's threshold, that is beyond the model's own."""
    limits = model.limits
    most = limits.context if limits.max_input is None else limits.max_input
    prompt = card.max_prompt_tokens
    if most is not None and prompt is not None and prompt > most:
        yield Doubt(
            "limits",
            (*path, "max_prompt_tokens"),
            f"{prompt:,} tokens as the longest prompt of {mode}",
            f"at most the model's longest prompt, {most:,}",
            "correct one of the two",
        )
    least = most if prompt is None else prompt if most is None else min(prompt, most)
    for number, tier in enumerate(card.above):
        if least is not None and tier.threshold > least:
            yield Doubt(
                "limits",
                (*path, "above", number),
                f"a tier above {tier.threshold:,} tokens in {mode}",
                f"a tier that a prompt can reach: the longest has {least:,}",
                "correct the limit, or leave the tier out",
                "warning",
            )
