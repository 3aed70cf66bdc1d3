"""A comparison's figures as plain data: for JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from costmodel.engine.distribution import Distribution
from costmodel.engine.figures import currency_block, summary

if TYPE_CHECKING:
    from costmodel.engine.projection import Projection
    from costmodel.foundation.currencies import Currency
    from costmodel.questions.compare import Comparison, Saving
    from costmodel.questions.waterfall import Waterfall

Figures = dict[str, Any]


def comparison_figures(comparison: Comparison) -> Figures:
    """Return every figure of a comparison as plain data, USD unless named otherwise.

    Savings are over the whole horizon. A scenario with its own currency has the amounts once
    more, under ``in_own_currency``.
    """
    base, scenario = comparison.baseline, comparison.baseline.scenario
    return {
        "scenario": scenario.name,
        "currency": "USD",
        "months": len(base.months),
        "baseline": base.variant,
        "variants": [
            {
                "variant": base.variant,
                **_bill(base),
                "chance_over_budget": base.chance_over_budget,
                "saving": None,
                "beside_the_bill": comparison.baseline_effects.to_dict(),
            },
            *(_compared(saving) for saving in comparison.savings),
        ],
        "waterfalls": [each.to_dict() for each in comparison.waterfalls],
        **_in_own_currency(comparison),
        "warnings": comparison_warnings(comparison),
        "provenance": {
            "snapshot": base.provenance.snapshot,
            "snapshot_digest": base.provenance.snapshot_digest,
            "scenario_digest": base.provenance.scenario_digest,
            "seed": base.provenance.seed,
            "draws": base.provenance.draws,
            "uncertainty": list(base.provenance.uncertainty),
            "version": base.provenance.version,
            "contract": base.provenance.contract,
            "overrides": list(base.provenance.overrides),
            "command": comparison.command,
        },
    }


def comparison_warnings(comparison: Comparison) -> list[str]:
    """Return the reservations of all projections, each once."""
    every = (comparison.baseline, *(saving.projection for saving in comparison.savings))
    return list(dict.fromkeys(words for one in every for words in one.warnings))


def _compared(saving: Saving) -> Figures:
    return {
        "variant": saving.name,
        **_bill(saving.projection),
        "chance_over_budget": saving.projection.chance_over_budget,
        "saving": {
            "binding": saving.binding,
            **summary(saving.total),
            "share_of_mean": saving.share,
            "chance": saving.chance,
            "mean_with_money_beside_the_bill": saving.net.mean,
        },
        "beside_the_bill": {**saving.effects.to_dict(), "people_lost": saving.people_lost},
    }


def _bill(projection: Projection) -> dict[str, dict[str, float]]:
    return {
        "dearest_month": summary(projection.dearest_month),
        "total": summary(projection.total),
    }


def _in_own_currency(comparison: Comparison) -> Figures:
    base = comparison.baseline
    if base.scenario.currency is None:
        return {}
    shown = base.scenario.shown_in
    amounts = {
        "currency": currency_block(base.scenario),
        "variants": [
            {"variant": name, **_own_bill(projection, shown), **_own_saving(saving, shown)}
            for name, projection, saving in _every(comparison)
        ],
        "waterfalls": [_own_waterfall(each, shown) for each in comparison.waterfalls],
    }
    return {"in_own_currency": amounts}


def _every(comparison: Comparison) -> Iterator[tuple[str, Projection, Saving | None]]:
    yield comparison.baseline.variant, comparison.baseline, None
    for saving in comparison.savings:
        yield saving.name, saving.projection, saving


def _own(spend: Distribution, shown: Currency) -> dict[str, float]:
    return {name: shown.of(usd) for name, usd in summary(spend).items()}


def _own_bill(projection: Projection, shown: Currency) -> Figures:
    dearest, total = projection.dearest_month, projection.total
    return {"dearest_month": _own(dearest, shown), "total": _own(total, shown)}


def _own_saving(saving: Saving | None, shown: Currency) -> Figures:
    return {"saving": None if saving is None else _own(saving.total, shown)}


def _own_waterfall(waterfall: Waterfall, shown: Currency) -> Figures:
    return {
        "variant": waterfall.variant,
        "steps": [
            {
                "strategy": step.strategy,
                "saved": _own(step.saving.total, shown),
                "alone": _own(step.alone.total, shown),
            }
            for step in waterfall.steps
        ],
    }
