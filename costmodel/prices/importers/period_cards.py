"""A period's cards and units: both packages' rates of each mode, without what cannot be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from costmodel.prices.figures import MODES
from costmodel.prices.importers.listings import ListedCard, ListedPeriod, ListedUnit, Rates
from costmodel.prices.importers.sightings import Entry, Sighting

MOST_OVER_STANDARD = 5
"""A priority or fast rate is at most this many times the standard one, else it is taken for a
typing error: the largest ratio that two sources agree on is 2.5."""


def period_cards(
    seen: Sighting, period: ListedPeriod, more: ListedPeriod | None, remarks: list[str]
) -> Iterator[tuple[str, Entry]]:
    """Yield the card of each mode of a period.

    Parameters
    ----------
    seen : Sighting
        The model.
    period : ListedPeriod
        The period in the source that has it.
    more : ListedPeriod or None
        litellm's rates, for the period in force.
    remarks : list of str
        Gets what is left out, and why.
    """
    standard = period.cards["standard"]
    if more is not None and "standard" in more.cards:
        standard = _completed(standard, more.cards["standard"])
    standard = _believable("standard", standard, remarks)
    ours = {**period.cards, "standard": standard}
    theirs = {} if more is None else {m: c for m, c in more.cards.items() if m not in ours}
    for mode in MODES:
        card = ours.get(mode) or theirs.get(mode)
        if card is not None and mode != "standard":
            card = _believable(mode, card, remarks)
        words = "" if card is None else _impossible(mode, card, standard)
        told = next((f.left_out[mode] for f in seen.facts if mode in f.left_out), None)
        if words or (card is not None and told):
            remarks.append(told or f"{mode} left out: {words}.")
        elif card is not None:
            yield mode, _card(seen, card, standard, from_litellm=mode in theirs)


def _completed(card: ListedCard, other: ListedCard) -> ListedCard:
    """Return a card with the cache rates that only the other source has."""
    if card.rates.get("input") != other.rates.get("input") or card.tiers:
        return card
    more = {name: usd for name, usd in other.rates.items() if name not in card.rates}
    return ListedCard({**card.rates, **{n: u for n, u in more.items() if n != "output"}})


def _believable(mode: str, card: ListedCard, remarks: list[str]) -> ListedCard:
    """Return a card without the tiers whose cached rate is above their input rate.

    Such a tier has the rates of another kind of token, such as audio.
    """
    kept = {}
    for (tokens, inclusive), rates in card.tiers.items():
        read, fresh = rates.get("cache_read", Decimal(0)), rates["input"]
        if read > fresh:
            words = f"{mode} {'from' if inclusive else 'above'} {tokens:,} tokens left out"
            remarks.append(f"{words}: its cached rate of {read:f} is above its input rate.")
        else:
            kept[tokens, inclusive] = rates
    return replace(card, tiers=kept)


def _impossible(mode: str, card: ListedCard, standard: ListedCard) -> str:
    """Return why a mode's figures cannot be right, empty if they can."""
    missing = [
        name for name in ("input", "output") if name in standard.rates and name not in card.rates
    ]
    for name in ("input", "output", "cache_read"):
        usd, usual = card.rates.get(name), standard.rates.get(name)
        if usd is None or usual is None or usual == 0:
            continue
        ratio = usd / usual
        if mode in ("batch", "flex") and ratio > 1:
            return f"its {name} rate is above the standard one"
        if ratio > MOST_OVER_STANDARD:
            also = f", without an {missing[0]} rate" if missing else ""
            words = f"its {name} rate of {float(usd):g} is {float(ratio):g} times"
            return f"{words} the standard one{also}"
    if card.rates.get("cache_read", Decimal(0)) > card.rates.get("input", Decimal(0)):
        return "its cached rate is above its input rate"
    return f"it has no {missing[0]} rate" if missing else ""


def _card(seen: Sighting, card: ListedCard, standard: ListedCard, *, from_litellm: bool) -> Entry:
    found: Entry = {"per_mtok": _rates(seen, card.rates)}
    tiers = [
        {f"prompt_tokens_{'gte' if inclusive else 'gt'}": tokens, "per_mtok": _rates(seen, rates)}
        for (tokens, inclusive), rates in card.tiers.items()
    ]
    if tiers:
        found["above"] = tiers
    if standard.tiers and not tiers:
        (tokens, inclusive) = min(standard.tiers)
        found["max_prompt_tokens"] = tokens - inclusive
    if card.verified_from:
        found["verified_from"] = card.verified_from
    if from_litellm:
        found["src"] = ["ll"]
    return found


def _rates(seen: Sighting, rates: Rates) -> Entry:
    silent = bool(seen.fact("no_output"))
    return {name: usd for name, usd in rates.items() if not (silent and name == "output")}


def period_units(
    ours: Mapping[str, ListedUnit], theirs: Mapping[str, ListedUnit]
) -> Iterator[tuple[str, Entry]]:
    """Yield the units of a period: genai-prices' price, litellm's free ones, else litellm's."""
    for name in dict.fromkeys((*ours, *theirs)):
        unit, other = ours.get(name), theirs.get(name)
        chosen = unit or other
        assert chosen is not None
        found: Entry = {"usd": chosen.usd, "per": 1000}
        free = other.free if other and other.usd == chosen.usd else chosen.free
        if free:
            found["free"] = dict(free)
        if unit is None or free:
            found["src"] = ["ll"] if unit is None else ["gp", "ll"]
        yield name, found
