"""Reading genai-prices: periods, tiers, service modes and units of a provider's models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from costmodel.prices.importers.listings import ListedCard, ListedPeriod, ListedUnit, Listing, Shelf
from costmodel.prices.importers.literals import assigned
from costmodel.prices.importers.packages import Release

_RATES = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
}
_UNITS = {"web_searches_kcount": "web_search", "storage_searches_kcount": "file_search"}
_MODES = (
    ("processing", "batch", "batch"),
    ("service_tier", "flex", "flex"),
    ("service_tier", "priority", "priority"),
    ("speed", "fast", "fast"),
)
"""Which request context means which service mode. OpenAI's service tier ``fast`` is the new name
of its ``priority`` and not a mode of its own."""
_NOT_TEXT = re.compile(
    r"image|audio|realtime|live|tts|transcri|whisper|sora|voxtral|voice|ocr|orpheus|sonic|moderation"
    r"|robotics|guard|banana|omni|translate|multimodal|vl-|computer-use|sam-|lyria|-er-"
)


def genai_shelf(release: Release, provider: str) -> Shelf:
    """Return what a release of genai-prices lists for a provider of its own naming."""
    models = {
        model["id"]: _listing(model)
        for entry in _providers(release)
        if entry["id"] == provider
        for model in entry["models"]
    }
    return Shelf(str(release), models)


@lru_cache(maxsize=4)
def _providers(release: Release) -> list[dict[str, Any]]:
    text = release.file.read_text(encoding="utf-8")
    found: list[dict[str, Any]] = assigned(text, "providers", str(release))
    return found


def _listing(model: dict[str, Any]) -> Listing:
    prices = model.get("prices") or []
    steps = prices if isinstance(prices, list) else [{"prices": prices}]
    dated = [each for each in steps if not _hourly(each)]
    starts = [_start(each) for each in dated]
    ends = [*starts[1:], None]
    variants = model.get("price_variants") or []
    periods = tuple(
        ListedPeriod(start, dict(_cards(each["prices"], variants, start, end)), _units(each))
        for each, start, end in zip(dated, starts, ends, strict=True)
    )
    return Listing(
        id=model["id"],
        names=tuple(name for name in _exact(model["match"]) if name != model["id"]),
        periods=tuple(each for each in periods if each.cards),
        context=model.get("context_window"),
        kept_out=_kept_out(model, periods),
        by_the_hour=len(dated) < len(steps),
    )


def _hourly(step: Mapping[str, Any]) -> bool:
    return "TimeOfDate" in (step.get("constraint") or {}).get("", "")


def _start(step: Mapping[str, Any]) -> date | None:
    day: date | None = (step.get("constraint") or {}).get("start_date")
    return day


def _exact(match: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names that are matched as a whole; patterns are not taken."""
    if match[""] == "ClauseEquals":
        yield match["equals"]
    for clause in match.get("or_", ()) if match[""] == "ClauseOr" else ():
        yield from _exact(clause)


def _kept_out(model: Mapping[str, Any], periods: tuple[ListedPeriod, ...]) -> str:
    name = model["id"]
    if model.get("deprecated"):
        return "deprecated"
    if name.startswith("ft:") or ".ft-" in name:
        return "fine-tuned"
    if name.endswith("latest") or ":" in name.removesuffix(":0").removesuffix(":2"):
        return "a moving or resold name"
    if _NOT_TEXT.search(name) or not any(each.cards for each in periods):
        return "not for text"
    return ""


def _cards(
    prices: dict[str, Any], variants: list[dict[str, Any]], start: date | None, end: date | None
) -> Iterator[tuple[str, ListedCard]]:
    """Yield the card of each mode in the period from `start` to `end`."""
    if "input_mtok" not in prices:
        return
    yield "standard", _card(prices, None)
    for key, value, mode in _MODES:
        offers = [each for each in variants if each["when"] == {key: value}]
        days = [day for day in map(_start, offers) if day is not None and (not end or day < end)]
        chosen = [each for each in offers if _start(each) == (max(days) if days else None)]
        if chosen:
            since = _start(chosen[0])
            later = since is not None and (start is None or since > start)
            yield mode, _card(prices | chosen[0]["prices"], since if later else None)


def _card(prices: Mapping[str, Any], verified: date | None) -> ListedCard:
    given = {new: prices[old] for old, new in _RATES.items() if prices.get(old) is not None}
    starts = sorted({tier["start"] for each in given.values() for tier in _tiers(each)})
    rates = {name: _at(each, None) for name, each in given.items()}
    tiers = {
        _threshold(start): {name: _at(each, start) for name, each in given.items()}
        for start in starts
    }
    return ListedCard(rates, tiers, verified)


def _threshold(start: int) -> tuple[int, bool]:
    """Return the vendor's threshold: genai-prices writes "from 200,000" as above 199,999."""
    return (start + 1, True) if (start + 1) % 1000 == 0 else (start, False)


def _tiers(price: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    tiers: list[dict[str, Any]] = price["tiers"] if isinstance(price, dict) else []
    return tiers


def _at(price: Any, start: int | None) -> Decimal:  # noqa: ANN401
    """Return a price at a tier: that of the highest tier of its own that is not above."""
    usd: Decimal = price["base"] if isinstance(price, dict) else price
    for tier in _tiers(price):
        if start is not None and tier["start"] <= start:
            usd = tier["price"]
    return usd


def _units(step: Mapping[str, Any]) -> dict[str, ListedUnit]:
    prices = step["prices"]
    found = {new: prices.get(old) for old, new in _UNITS.items()}
    return {name: ListedUnit(usd) for name, usd in found.items() if isinstance(usd, Decimal)}
