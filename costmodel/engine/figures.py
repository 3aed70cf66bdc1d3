"""A projection's figures as plain data: for JSON, frames and tables."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from costmodel.engine.distribution import Distribution
from costmodel.engine.ledger import DIMENSIONS, Array, LaneFlow
from costmodel.engine.projection import Projection
from costmodel.foundation.converted import amount_in

if TYPE_CHECKING:
    import pandas as pd

    from costmodel.scenario.schema import Scenario

QUANTILES = (0.10, 0.50, 0.90)
"""The quantiles shown unless others are asked for."""


def quantile_name(p: float) -> str:
    """Return ``P90`` for 0.9 and ``P99.5`` for 0.995."""
    return f"P{100 * p:.10g}"


def summary(
    distribution: Distribution, quantiles: tuple[float, ...] = QUANTILES
) -> dict[str, float]:
    """Return a distribution's quantiles and mean, USD."""
    figures = {quantile_name(p): distribution.quantile(p) for p in quantiles}
    return {**figures, "mean": distribution.mean}


def projection_figures(
    projection: Projection, quantiles: tuple[float, ...] = QUANTILES
) -> dict[str, Any]:
    """Return every figure of a projection as plain data, USD unless named otherwise.

    A scenario with its own currency has the amounts of months, total and budget
    once more, under ``in_own_currency``.
    """
    budget = projection.scenario.budget
    return {
        "scenario": projection.scenario.name,
        "variant": projection.variant,
        "currency": "USD",
        **_in_own_currency(projection, quantiles),
        "months": [
            {
                "month": str(month),
                **summary(projection.month(number), quantiles),
                "people": float(projection.people[number - 1]),
                "mean_per_person": projection.per_person(number),
                "chance_over_budget": None
                if budget is None or budget.period != "month"
                else projection.month(number).chance_over(budget.usd),
            }
            for number, month in enumerate(projection.months, start=1)
        ],
        "dearest_month": summary(projection.dearest_month, quantiles),
        "total": summary(projection.total, quantiles),
        "budget": None if budget is None else {"usd": budget.usd, "period": budget.period},
        "chance_over_budget": projection.chance_over_budget,
        "mean_spend_by": {
            dimension: {
                name: float(usd.mean(axis=0).sum())
                for name, usd in projection.by(dimension).items()
            }
            for dimension in DIMENSIONS
        },
        "flows": projection.flows(),
        "marks": [
            {"month": str(projection.months[mark.month - 1]), "kind": mark.kind, "text": mark.text}
            for mark in projection.marks
        ],
        "warnings": list(projection.warnings),
        "provenance": {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in vars(projection.provenance).items()
        },
    }


def currency_block(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario's currency and its rate as plain data: what one unit is worth in USD."""
    rate = scenario.currency
    if rate is None:
        return {"code": "USD", "usd": 1.0}
    origin = rate.origin
    return {
        "code": rate.code,
        "usd": rate.usd,
        "date": origin.date or None,
        "source": origin.source or None,
        "assumed": origin.assumed,
    }


def _in_own_currency(projection: Projection, quantiles: tuple[float, ...]) -> dict[str, Any]:
    scenario = projection.scenario
    shown, budget = scenario.shown_in, scenario.budget
    if scenario.currency is None:
        return {}

    def own(spend: Distribution) -> dict[str, float]:
        return {name: shown.of(usd) for name, usd in summary(spend, quantiles).items()}

    months = [
        {
            "month": str(month),
            **own(projection.month(number)),
            "mean_per_person": shown.of(projection.per_person(number)),
        }
        for number, month in enumerate(projection.months, start=1)
    ]
    figures = {
        "currency": currency_block(scenario),
        "months": months,
        "dearest_month": own(projection.dearest_month),
        "total": own(projection.total),
        "budget": None
        if budget is None
        else {"amount": amount_in(shown, budget.usd), "period": budget.period},
    }
    return {"in_own_currency": figures}


def notebook_table(projection: Projection) -> str:
    """Return the months, the dearest one and the total as an HTML table."""
    shown = projection.scenario.shown_in
    rows = [
        (str(month), projection.month(number))
        for number, month in enumerate(projection.months, start=1)
    ]
    rows += [
        ("dearest month", projection.dearest_month),
        (f"all {len(projection.months)} months", projection.total),
    ]
    heads = "".join(f"<th>{head}</th>" for head in (shown.code, "P10", "P50", "P90", "mean"))
    body = "".join(
        f"<tr><th>{label}</th>"
        + "".join(f"<td>{shown.of(usd):,.0f}</td>" for usd in summary(spend).values())
        + "</tr>"
        for label, spend in rows
    )
    caption = f"<caption>{escape(projection.title)}: monthly spend</caption>"
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def ledger_frame(projection: Projection) -> pd.DataFrame:
    """Return mean USD, tokens and units, one row a month, lane and meter.

    `tokens` is 0 for a meter of units, such as ``web_search``, and `units` for one of tokens.
    With a currency of the scenario's own, `amount` is the same money in `currency`,
    and ``attrs["currency"]`` has the rate.
    """
    import pandas as pd

    rows = [
        {
            "month": str(month),
            "segment": flow.lane.segment,
            "feature": flow.lane.feature,
            "step": flow.lane.step,
            "path": flow.lane.path,
            "model": flow.lane.model,
            "meter": meter,
            "tokens": 0.0 if meter in flow.units else float(counts[row].mean()),
            "units": float(counts[row].mean()) if meter in flow.units else 0.0,
            "usd": float(usd[row].mean()),
        }
        for flow in projection.ledger.lanes
        for meter, usd, counts in _meter_counts(flow)
        for row, month in enumerate(projection.months)
    ]
    frame = pd.DataFrame(rows)
    if projection.scenario.currency is not None:
        shown = projection.scenario.shown_in
        frame["currency"], frame["amount"] = shown.code, frame["usd"].map(shown.of)
        frame.attrs["currency"] = currency_block(projection.scenario)
    return frame


def _meter_counts(flow: LaneFlow) -> Iterator[tuple[str, Array, Array]]:
    """Yield each meter of a lane with its dollars and its tokens or units: (months, draws)."""
    counts = flow.tokens() | {name: use.count for name, use in flow.units.items()}
    for meter, usd in flow.meters().items():
        yield meter, usd, counts.get(meter, np.zeros_like(usd))
