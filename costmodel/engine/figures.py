"""A projection's figures as plain data: for JSON, frames and tables."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from costmodel.engine.distribution import Distribution
from costmodel.engine.ledger import DIMENSIONS, Array, LaneFlow
from costmodel.engine.projection import Projection

if TYPE_CHECKING:
    import pandas as pd

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
    """Return every figure of a projection as plain data, USD unless named otherwise."""
    budget = projection.scenario.budget
    return {
        "scenario": projection.scenario.name,
        "currency": "USD",
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


def notebook_table(projection: Projection) -> str:
    """Return the months, the dearest one and the total as an HTML table, USD."""
    rows = [
        (str(month), projection.month(number))
        for number, month in enumerate(projection.months, start=1)
    ]
    rows += [
        ("dearest month", projection.dearest_month),
        (f"all {len(projection.months)} months", projection.total),
    ]
    heads = "".join(f"<th>{head}</th>" for head in ("USD", "P10", "P50", "P90", "mean"))
    body = "".join(
        f"<tr><th>{label}</th>"
        + "".join(f"<td>{usd:,.0f}</td>" for usd in summary(spend).values())
        + "</tr>"
        for label, spend in rows
    )
    caption = f"<caption>{escape(projection.scenario.name)}: monthly spend</caption>"
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def ledger_frame(projection: Projection) -> pd.DataFrame:
    """Return mean USD, tokens and units, one row a month, lane and meter.

    `tokens` is 0 for a meter of units, such as ``web_search``, and `units` for one of tokens.
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
    return pd.DataFrame(rows)


def _meter_counts(flow: LaneFlow) -> Iterator[tuple[str, Array, Array]]:
    """Yield each meter of a lane with its dollars and its tokens or units: (months, draws)."""
    counts = flow.tokens() | {name: use.count for name, use in flow.units.items()}
    for meter, usd in flow.meters().items():
        yield meter, usd, counts[meter]
