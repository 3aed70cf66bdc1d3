"""Prices: versioned tables of what providers charge, and billing of usage.

    book = load_prices()                      # the newest snapshot
    book.model("openai/gpt-5").periods        # what it costs, and since when
    cost("openai/gpt-5", input_tokens=1800, output_tokens=350).usd

Each name below is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.foundation.lazy import lazy_names

_HOMES = {
    "Bill": "billing",
    "Cacheable": "caching",
    "Contract": "contract",
    "Cost": "request",
    "HourProfile": "profiles",
    "Line": "request",
    "ModelPrices": "offers",
    "MonthPrice": "monthly",
    "MonthUnits": "month_units",
    "PriceBook": "book",
    "PriceChange": "changes",
    "PriceHistory": "history",
    "PriceStep": "steps",
    "RateCard": "cards",
    "Request": "request",
    "Reservation": "reserved",
    "Retirement": "offers",
    "Tier": "cards",
    "UnitBill": "units",
    "UnitPrice": "charges",
    "Usage": "usage",
    "bill": "billing",
    "bill_rows": "rows",
    "bill_units": "units",
    "break_even_reads": "caching",
    "cacheable": "caching",
    "compare_snapshots": "diff",
    "cost": "request",
    "lint_file": "lint",
    "lint_snapshot": "lint",
    "load_prices": "book",
    "price_request": "request",
    "reserve": "reserved",
    "storage_break_even_reads_per_hour": "caching",
    "storage_cost": "caching",
    "usage_of": "adapters",
    "weighted_tokens": "reserved",
    "why": "origins",
}

__all__ = list(_HOMES)

if TYPE_CHECKING:
    from costmodel.prices.adapters import usage_of as usage_of
    from costmodel.prices.billing import Bill as Bill
    from costmodel.prices.billing import bill as bill
    from costmodel.prices.book import PriceBook as PriceBook
    from costmodel.prices.book import load_prices as load_prices
    from costmodel.prices.caching import Cacheable as Cacheable
    from costmodel.prices.caching import break_even_reads as break_even_reads
    from costmodel.prices.caching import cacheable as cacheable
    from costmodel.prices.caching import (
        storage_break_even_reads_per_hour as storage_break_even_reads_per_hour,
    )
    from costmodel.prices.caching import storage_cost as storage_cost
    from costmodel.prices.cards import RateCard as RateCard
    from costmodel.prices.cards import Tier as Tier
    from costmodel.prices.changes import PriceChange as PriceChange
    from costmodel.prices.charges import UnitPrice as UnitPrice
    from costmodel.prices.contract import Contract as Contract
    from costmodel.prices.diff import compare_snapshots as compare_snapshots
    from costmodel.prices.history import PriceHistory as PriceHistory
    from costmodel.prices.lint import lint_file as lint_file
    from costmodel.prices.lint import lint_snapshot as lint_snapshot
    from costmodel.prices.month_units import MonthUnits as MonthUnits
    from costmodel.prices.monthly import MonthPrice as MonthPrice
    from costmodel.prices.offers import ModelPrices as ModelPrices
    from costmodel.prices.offers import Retirement as Retirement
    from costmodel.prices.origins import why as why
    from costmodel.prices.profiles import HourProfile as HourProfile
    from costmodel.prices.request import Cost as Cost
    from costmodel.prices.request import Line as Line
    from costmodel.prices.request import Request as Request
    from costmodel.prices.request import cost as cost
    from costmodel.prices.request import price_request as price_request
    from costmodel.prices.reserved import Reservation as Reservation
    from costmodel.prices.reserved import reserve as reserve
    from costmodel.prices.reserved import weighted_tokens as weighted_tokens
    from costmodel.prices.rows import bill_rows as bill_rows
    from costmodel.prices.steps import PriceStep as PriceStep
    from costmodel.prices.units import UnitBill as UnitBill
    from costmodel.prices.units import bill_units as bill_units
    from costmodel.prices.usage import Usage as Usage


__getattr__, __dir__ = lazy_names(__name__, globals(), _HOMES)
