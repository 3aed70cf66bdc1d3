"""What a price table says, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from costmodel.cli.terminal import say
from costmodel.foundation.errors import UnknownModelError
from costmodel.prices.book import PriceBook
from costmodel.prices.cards import RateCard
from costmodel.prices.instants import instant_of
from costmodel.prices.offers import ModeCard, ModelPrices, PricePeriod
from costmodel.tokens.families import near_models

LAST_DAY = date.max
"""Changes are shown however far ahead they are announced."""


@dataclass(frozen=True)
class Offer:
    """A model's standard card on a day, None before its launch, and what comes next."""

    model: ModelPrices
    card: RateCard | None
    coming: str

    def figures(self) -> dict[str, Any]:
        """Return the offer as plain data, USD per million tokens."""
        rates = None if self.card is None else card_figures(self.card)
        return {
            "model": self.model.id,
            "usd_per_mtok": rates,
            "context_tokens": self.model.context,
            "coming": self.coming or None,
        }


def instant(book: PriceBook, at: str | None) -> datetime | None:
    """Return when a price is asked for: `at`, else the snapshot's day."""
    return book.instant if at is None else instant_of(at)[0]


def offers_at(book: PriceBook, provider: str | None, at: str | None) -> list[Offer]:
    """Return the standard offers of a day, of all providers or of one."""
    when = instant(book, at)
    names = [n for n in book.models() if provider is None or n.startswith(f"{provider}/")]
    return [_offer(book, book.model(name), when) for name in names]


def named_offers(offers: list[Offer], name: str) -> list[Offer]:
    """Return the offers whose model is called so in part; else the near ones, which is said.

    Raises
    ------
    UnknownModelError
        If no model has a name like it.
    """
    held = [offer for offer in offers if any(name.lower() in n for n in _names(offer.model))]
    if held:
        return held
    names = [offer.model.id for offer in offers]
    near = near_models(name, [*names, *(n for offer in offers for n in offer.model.aliases)])
    found = [offer for offer in offers if {offer.model.id, *offer.model.aliases} & {*near}]
    if not found:
        text = f"no model has a name like '{name}'; costmodel prices list shows those there are"
        raise UnknownModelError(text)
    say(f"no model is called '{name}'; shown are those with names like it")
    return found


def _names(model: ModelPrices) -> list[str]:
    return [each.lower() for each in (model.id, *model.aliases)]


def _offer(book: PriceBook, model: ModelPrices, when: datetime | None) -> Offer:
    started = [p for p in model.live if p.start is None or when is None or p.start <= when]
    mode = started[-1].cards.get("standard") if started else None
    return Offer(model, None if mode is None else mode.card, _coming(book, model, when))


def _coming(book: PriceBook, model: ModelPrices, when: datetime | None) -> str:
    """Return the next change or the retirement: ``price 2027-01-01``."""
    today = date.min if when is None else when.date()
    changes = book.changes(model.id, "standard", today, LAST_DAY)
    events = [(change.date, "price") for change in changes if change.date > today]
    gone = model.retirement
    if gone is not None and gone.date > today:
        events.append((gone.date, "gone"))
    return "{1} {0}".format(*min(events)) if events else ""


def card_figures(card: RateCard) -> dict[str, Any]:
    """Return a card as plain data, USD per million tokens."""
    rates = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
    return {
        **{name: getattr(card, name) for name in rates},
        "tiers": [
            {
                "prompt_tokens_gte" if tier.inclusive else "prompt_tokens_gt": tier.threshold,
                **card_figures(tier.card),
            }
            for tier in card.tiers
        ],
    }


def model_figures(model: ModelPrices, when: datetime | None) -> dict[str, Any]:
    """Return everything the table says of a model as plain data."""
    gone = model.retirement
    now = model.period_at(when)
    return {
        "model": model.id,
        "aliases": list(model.aliases),
        "tokenizer": {"family": model.tokenizer, "exact": model.exact},
        "limits_tokens": {
            "context": model.context,
            "max_input": model.max_input,
            "max_output": model.max_output,
        },
        "cache": model.cache.model_dump(mode="json"),
        "regions": dict(model.geos),
        "retires": None if gone is None else {"date": str(gone.date), "then": gone.then},
        "note": model.note,
        "at": None if when is None else when.isoformat(),
        "now": _period(now),
        "periods": [_period(period) for period in model.periods],
        "sources": list(model.sources),
    }


def _period(period: PricePeriod) -> dict[str, Any]:
    return {
        "from": None if period.start is None else period.start.isoformat(),
        "status": period.status,
        "observed": period.observed,
        "note": period.note,
        "usd_per_mtok": {mode: _mode(card) for mode, card in period.cards.items()},
        "units": {
            name: unit.model_dump(mode="json", include={"usd", "per"})
            for name, unit in period.units.items()
        },
    }


def _mode(offer: ModeCard) -> dict[str, Any]:
    return {
        **card_figures(offer.card),
        "max_prompt_tokens": offer.max_prompt_tokens,
        "verified_from": None if offer.verified_from is None else str(offer.verified_from),
        "peak_hours": [
            {"zone": hours.zone, "days": list(hours.days), "minutes": list(hours.spans)}
            | card_figures(card)
            for hours, card in offer.peaks
        ],
    }
