"""What a price table says, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from costmodel.cli.price_facts import sharers
from costmodel.cli.terminal import say
from costmodel.foundation.errors import UnknownModelError
from costmodel.prices.book import PriceBook
from costmodel.prices.cards import RateCard
from costmodel.prices.charges import UnitPrice
from costmodel.prices.figures import RATES
from costmodel.prices.instants import instant_of
from costmodel.prices.offers import ModeCard, ModelPrices, PricePeriod
from costmodel.prices.promotions import promotion_end
from costmodel.prices.records import Record
from costmodel.tokens.families import near_models

LAST_DAY = date.max
"""Changes are shown however far ahead they are announced."""


KINDS = {
    "price": "another price from that day",
    "promo": "promotional price, until that day",
    "gone": "the model retires",
}
"""What may be coming, in words."""


@dataclass(frozen=True)
class Offer:
    """A model's standard card on a day, None before its launch, and what comes next."""

    model: ModelPrices
    card: RateCard | None
    coming: str
    promo: bool = False
    promo_until: date | None = None

    @property
    def coming_words(self) -> str:
        """What comes next, in words: ``promo until 2027-01-01``."""
        kind, _, day = self.coming.partition(" ")
        words = {"price": "price changes", "promo": "promo until", "gone": "retires"}
        return f"{words[kind]} {day}" if day else self.coming

    def figures(self) -> dict[str, Any]:
        """Return the offer as plain data, USD per million tokens."""
        rates = None if self.card is None else card_figures(self.card)
        return {
            "model": self.model.id,
            "usd_per_mtok": rates,
            "context_tokens": self.model.context,
            "promo": self.promo,
            "promo_until": None if self.promo_until is None else str(self.promo_until),
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
    now = started[-1] if started else None
    mode = None if now is None else now.cards.get("standard")
    promo = now is not None and now.promo
    end = promotion_end(model, now) if now is not None and promo else None
    until = None if end is None else end.date()
    coming = _coming(book, model, when, promo=promo, until=until)
    return Offer(model, None if mode is None else mode.card, coming, promo, until)


def _coming(
    book: PriceBook, model: ModelPrices, when: datetime | None, *, promo: bool, until: date | None
) -> str:
    """Return the next change, the promotion's end or the retirement: ``price 2027-01-01``."""
    today = date.min if when is None else when.date()
    events = [(until, "promo")] if until is not None else []
    changes = book.changes(model.id, "standard", today, LAST_DAY)
    events += [(change.date, "price") for change in changes if change.date > today]
    gone = model.retirement
    if gone is not None and gone.date > today:
        events.append((gone.date, "gone"))
    if not events:
        return "promo" if promo else ""
    # Of what happens on one day the first named counts: a promotion ends in another price.
    day, kind = min(events, key=lambda event: event[0])
    return f"{kind} {day}"


def card_figures(card: RateCard) -> dict[str, Any]:
    """Return a card as plain data, USD per million tokens."""
    return {
        **{name: getattr(card, name) for name in RATES},
        "tiers": [
            {
                "prompt_tokens_gte" if tier.inclusive else "prompt_tokens_gt": tier.threshold,
                **card_figures(tier.card),
            }
            for tier in card.tiers
        ],
    }


def book_figures(book: PriceBook, when: datetime | None) -> dict[str, Any]:
    """Return what was known, under which contract, and when the prices apply, as plain data."""
    return {
        "snapshot": book.snapshot,
        "reconstructed": book.reconstructed or None,
        "contract": None if book.contract is None else str(book.contract),
        "at": None if when is None else when.isoformat(),
    }


def model_figures(book: PriceBook, model: ModelPrices, when: datetime | None) -> dict[str, Any]:
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
        "now": _period(book, model, now),
        "periods": [_period(book, model, period) for period in model.periods],
        "capacity": None if model.capacity is None else _plain(model.capacity),
        "commitments": [_plain(each) for each in model.commitments],
        "sources": source_figures(model),
    }


def source_figures(model: ModelPrices) -> list[dict[str, Any]]:
    """Return a model's sources: each in words and, where the table has them, its facts."""
    facts = [source.model_dump(mode="json", exclude_none=True) for source in model.cited]
    facts += [{}] * (len(model.sources) - len(facts))
    return [{"text": text, **each} for text, each in zip(model.sources, facts, strict=True)]


def _plain(record: Record) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude={"src"})


def _unit(book: PriceBook, model: ModelPrices, unit: UnitPrice) -> dict[str, Any]:
    return _plain(unit) | {"shared_with": sharers(book, model, unit)}


def _period(book: PriceBook, model: ModelPrices, period: PricePeriod) -> dict[str, Any]:
    end = promotion_end(model, period) if period.promo else None
    return {
        "from": None if period.start is None else period.start.isoformat(),
        "status": period.status,
        "observed": period.observed,
        "until": None if period.until is None else period.until.isoformat(),
        "promo": period.promo,
        "promo_until": None if end is None else end.isoformat(),
        "withdrawn_on": None if period.withdrawn_on is None else str(period.withdrawn_on),
        "note": period.note,
        "usd_per_mtok": {mode: _mode(card) for mode, card in period.cards.items()},
        "units": {name: _unit(book, model, unit) for name, unit in period.units.items()},
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
