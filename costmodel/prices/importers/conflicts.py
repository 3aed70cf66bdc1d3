"""Where the two packages state different figures for the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from costmodel.prices.figures import near
from costmodel.prices.importers.listings import ListedCard, Listing
from costmodel.prices.importers.sightings import Entry, Sighting


def conflicts(seen: Sighting, periods: list[Entry], day: date) -> list[str]:
    """Return, in words, the figures in which litellm differs from the table on a day.

    A figure of litellm that the table has in another place of the same mode,
    such as the rate of peak hours, is no conflict.
    """
    now = _in_force(periods)
    if now is None or seen.litellm is None or not seen.litellm.periods:
        return []
    found = []
    for mode, theirs in seen.litellm.periods[0].cards.items():
        words = [*_differing(now["cards"][mode], theirs)] if mode in now["cards"] else []
        if words:
            ours = _same_as_listed(seen.genai, mode, now, day)
            stand = "those of genai-prices" if ours else "the overlay's figures"
            found.append(f"litellm differs in {mode}: {', '.join(words)}; {stand} stand.")
    return found


def _same_as_listed(genai: Listing | None, mode: str, now: Entry, day: date) -> bool:
    period = None if genai is None else genai.period_on(day)
    if period is None or mode not in period.cards:
        return False
    return _same(period.cards[mode].rates, now["cards"][mode]["per_mtok"])


def _same(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether all of our rates stand there; there may be more."""
    return all(name in theirs and _near(usd, theirs[name]) for name, usd in ours.items())


def _in_force(periods: list[Entry]) -> Entry | None:
    live = [each for each in periods if each["status"] == "effective"]
    return live[-1] if live else None


def _differing(card: Entry, theirs: ListedCard) -> Iterator[str]:
    ours = dict(_figures(card))
    elsewhere = [value for name, value in _inside(card)]
    told = set()
    for name, usd in theirs.figures().items():
        stated = ours.get(name)
        rate, _, tier = name.partition(" ")
        if stated is None and tier and rate in card["per_mtok"] and tier not in told:
            told.add(tier)
            yield f"a tier {tier} tokens where there is none"
        elif stated is not None and not any(_near(each, usd) for each in (stated, *elsewhere)):
            yield f"{name} {_text(usd)} for {_text(stated)}"


def _figures(card: Entry) -> Iterator[tuple[str, Any]]:
    yield from card["per_mtok"].items()
    for tier in card.get("above", ()):
        gte = tier.get("prompt_tokens_gte")
        words = f"above {tier['prompt_tokens_gt']}" if gte is None else f"from {gte}"
        yield from ((f"{name} {words}", usd) for name, usd in tier["per_mtok"].items())


def _inside(card: Entry) -> Iterator[tuple[str, Any]]:
    for window in card.get("windows", {}).values():
        yield from window["per_mtok"].items()


def _near(one: Any, other: Any) -> bool:  # noqa: ANN401
    return near(float(one), float(other))


def _text(usd: Decimal | float) -> str:
    return f"{float(usd):.10g}"
