"""Prices: versioned tables of what providers charge, and billing of usage.

    book = load_prices()                      # the newest snapshot
    book.model("openai/gpt-5").periods        # what it costs, and since when
    cost("openai/gpt-5", input_tokens=1800, output_tokens=350).usd

Each name below is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Bill": "billing",
    "Cost": "request",
    "Line": "request",
    "ModelPrices": "offers",
    "MonthPrice": "monthly",
    "PriceBook": "book",
    "PriceChange": "changes",
    "RateCard": "cards",
    "Request": "request",
    "Retirement": "offers",
    "Tier": "cards",
    "Usage": "usage",
    "bill": "billing",
    "cost": "request",
    "load_prices": "book",
    "price_request": "request",
    "usage_of": "adapters",
}

__all__ = list(_HOMES)

if TYPE_CHECKING:
    from costmodel.prices.adapters import usage_of as usage_of
    from costmodel.prices.billing import Bill as Bill
    from costmodel.prices.billing import bill as bill
    from costmodel.prices.book import PriceBook as PriceBook
    from costmodel.prices.book import load_prices as load_prices
    from costmodel.prices.cards import RateCard as RateCard
    from costmodel.prices.cards import Tier as Tier
    from costmodel.prices.changes import PriceChange as PriceChange
    from costmodel.prices.monthly import MonthPrice as MonthPrice
    from costmodel.prices.offers import ModelPrices as ModelPrices
    from costmodel.prices.offers import Retirement as Retirement
    from costmodel.prices.request import Cost as Cost
    from costmodel.prices.request import Line as Line
    from costmodel.prices.request import Request as Request
    from costmodel.prices.request import cost as cost
    from costmodel.prices.request import price_request as price_request
    from costmodel.prices.usage import Usage as Usage


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _HOMES:
        value = getattr(import_module(f"costmodel.prices.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'costmodel.prices' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
