"""The one-file HTML report: no scripts, no requests, the same bytes for the same projection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from costmodel.foundation.errors import CostModelError
from costmodel.report import wording
from costmodel.report.amounts import amounts_of, percent
from costmodel.report.assumptions import beliefs_table, differences_table
from costmodel.report.atomic import check_target, write_atomically
from costmodel.report.breakdown import largest_parts
from costmodel.report.charges import charges_table
from costmodel.report.comparison_page import VariantsShown, variants_shown
from costmodel.report.fan import fan_of, mark_letters
from costmodel.report.pictures import breakdown_svg, fan_svg, inline_svg
from costmodel.report.tables import (
    NOTHING,
    Parts,
    months_table,
    parts_of,
    parts_table,
    unit_table,
    whole_span,
)
from costmodel.report.templating import page_text

if TYPE_CHECKING:
    from markupsafe import Markup

    from costmodel.engine.memo import Memo
    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection
    from costmodel.scenario.schema import Scenario

Pairs = list[tuple[str, str]]

SPLITS = ("feature", "segment", "model")
"""Dimensions of spend besides the meter, the most telling first."""


def write_html(
    projection: Projection,
    path: str | Path,
    error: MonteCarloError | None = None,
    *,
    measure_error: bool = True,
    memo: Memo | None = None,
) -> Path:
    """Write a projection's report as one HTML file that needs nothing else; return its path.

    Parameters
    ----------
    projection : Projection
    path : str or Path
        Replaced at once when the report is complete; left alone if that fails.
    error : MonteCarloError, optional
        The Monte Carlo error to quote.
    measure_error : bool
        Whether to measure it (ten more runs) if it is not given; without either
        the report says that it was not measured.
    memo : Memo, optional
        That of the projection: variants, which are compared where there are several, share it.

    Raises
    ------
    InputError
        If `path` is a folder, or its folder does not exist or cannot be written.
    """
    check_target(Path(path))
    if error is None and measure_error:
        from costmodel.engine.montecarlo import monte_carlo_error

        error = monte_carlo_error(projection)
    variants = compared_variants(projection, memo)
    return write_atomically(path, render_html(projection, error, variants))


def compared_variants(projection: Projection, memo: Memo | None = None) -> VariantsShown:
    """Return the variants of a projection's scenario in its futures, where there are several.

    A variant that cannot be simulated (a model without a price, a lifetime that is not sold)
    takes no report away: what is wrong with it is said in place of the comparison.
    """
    if len(projection.scenario.variants) < 2:
        return None
    from costmodel.questions.variants import compare_variants

    origin = projection.provenance
    try:
        return compare_variants(
            projection.scenario,
            prices=projection.prices,
            draws=origin.draws,
            seed=origin.seed,
            uncertainty=frozenset(origin.uncertainty),
            memo=memo,
        )
    except CostModelError as error:
        return str(error)


def render_html(
    projection: Projection, error: MonteCarloError | None, variants: VariantsShown = None
) -> str:
    """Return the report as HTML text.

    Parameters
    ----------
    projection : Projection
    error : MonteCarloError or None
    variants : VariantComparison, str or None
        The scenario's variants, or why they are not compared.
    """
    words, figures = _words(projection, error), _figures(projection)
    return page_text("report.html.j2", variants=variants_shown(variants), **words, **figures)


def _words(projection: Projection, error: MonteCarloError | None) -> dict[str, Any]:
    """Return what the page says about a projection besides its figures."""
    scenario, months = projection.scenario, projection.months
    return {
        "name": projection.title,
        "page_title": f"{projection.title}: projected LLM spend",
        "description": scenario.description,
        "span": f"{months[0]} to {months[-1]}" if len(months) > 1 else str(months[0]),
        "headline": wording.headline(projection).replace(" %", "\N{NO-BREAK SPACE}%"),
        "origin": projection.provenance,
        "warnings": projection.warnings,
        "contract": projection.prices.contract,
        "currency_note": wording.currency_note(scenario),
        "spent": "dollars" if scenario.shown_in.is_usd else "spend",
        "marks": _marks(projection),
        "yearly": wording.yearly_note(projection),
        "choices": _choices(scenario),
        "provenance": _provenance(projection, error),
        "scenario_yaml": scenario.dump(),
    }


def _figures(projection: Projection) -> dict[str, Any]:
    """Return the tables and pictures of a page."""
    parts = [parts_of(projection, dimension) for dimension in _dimensions(projection)]
    unit_costs = unit_table(projection)
    return {
        "keys": _keys(projection, unit_costs.rows[-1]),
        **_fans(projection),
        "months": months_table(projection),
        "pictures": [_picture(projection, one) for one in _drawn(parts)],
        "parts": parts_table(projection, parts),
        "unit_costs": unit_costs,
        "charges": charges_table(projection),
        "beliefs": beliefs_table(projection.scenario),
        "differences": differences_table(projection.scenario),
    }


def _dimensions(projection: Projection) -> list[str]:
    """Return by what spend is split: meters, and whatever else there is more than one of."""
    lanes = [flow.lane for flow in projection.ledger.lanes]
    counts = {name: len({getattr(lane, name) for lane in lanes}) for name in SPLITS}
    if counts["model"] == counts["feature"]:
        counts["model"] = 1  # a model a feature: it would say the same twice
    return [*(name for name, count in counts.items() if count > 1), "meter"]


def _drawn(parts: list[Parts]) -> list[Parts]:
    """Return what is drawn: the first split (by feature if there are several), and meters."""
    return [parts[0], parts[-1]] if len(parts) > 1 else parts


def _picture(projection: Projection, parts: Parts) -> dict[str, Any]:
    from markupsafe import Markup

    money = amounts_of(projection.scenario)
    svg = inline_svg(
        breakdown_svg(projection.months, parts.by_month, money),
        f"by-{parts.dimension}",
        wording.parts_description(parts.dimension, largest_parts(parts.by_month), money),
    )
    title = f"Mean spend by {parts.dimension}"
    return {"title": title, "svg": Markup(svg)}  # noqa: S704 (matplotlib escapes texts)


def _fans(projection: Projection) -> dict[str, Markup]:
    from markupsafe import Markup

    fan = fan_of(projection)
    words = wording.fan_description(fan)
    return {
        f"fan_{name}": Markup(inline_svg(fan_svg(fan, narrow=narrow), f"fan-{name}", words))  # noqa: S704
        for name, narrow in (("wide", False), ("narrow", True))
    }


def _keys(projection: Projection, person: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the figures at the top of the page."""
    dearest, total = projection.dearest_month, projection.total
    count, money = len(projection.months), amounts_of(projection.scenario)
    keys = [
        _key("Dearest month, P50", money(dearest.p50), f"P90 {money(dearest.p90)}"),
        _key(
            f"{whole_span(count).capitalize()}, P50",
            money(total.p50),
            f"P10 {money.short(total.p10)} to P90 {money.short(total.p90)}",
        ),
        _key("Cost per active person", person[-1], "a month, mean"),
    ]
    budget, chance = projection.scenario.budget, projection.chance_over_budget
    if budget is not None and chance is not None:
        aside = f"{money(budget.usd)} a {budget.period}"
        keys.insert(0, _key("Chance over budget", percent(chance), aside))
    return keys


def _key(label: str, figure: str, aside: str) -> dict[str, str]:
    return {"label": label, "figure": figure, "aside": aside}


def _marks(projection: Projection) -> list[dict[str, str]]:
    letters = mark_letters(len(projection.marks))
    return [
        {"letter": letter, "month": str(projection.months[mark.month - 1]), "text": mark.text}
        for letter, mark in zip(letters, projection.marks, strict=True)
    ]


def _choices(scenario: Scenario) -> Pairs:
    """Return what is decided rather than believed."""
    budget, money = scenario.budget, amounts_of(scenario)
    pairs = [
        ("Budget", NOTHING if budget is None else f"{money(budget.usd)} a {budget.period}"),
    ]
    for name, feature in scenario.features.items():
        for step_name, step in feature.steps:
            label = name if len(feature.steps) == 1 else f"{name}, {step_name}"
            attempts = step.failures.max_attempts
            words = f"{step.model}, {step.mode} mode, history: {feature.conversation.history}, "
            words += f"at most {attempts} attempt{'s' if attempts > 1 else ''}"
            start = f", from {feature.from_month}" if feature.from_month is not None else ""
            pairs.append((label, words + start))
    return pairs


def _variant(projection: Projection) -> str:
    names = [name for name, _ in projection.scenario.variant(projection.variant)]
    return f"{projection.variant}: {', '.join(names) or 'no strategies'}"


def _provenance(projection: Projection, error: MonteCarloError | None) -> Pairs:
    origin = projection.provenance
    return [
        ("Scenario", f"{origin.scenario}, sha256 {origin.scenario_digest}"),
        *([] if projection.is_baseline else [("Variant", _variant(projection))]),
        ("Price table", f"{origin.snapshot}, sha256 {origin.snapshot_digest}"),
        *([("Reconstructed", origin.reconstructed)] if origin.reconstructed else []),
        *([("Contract", origin.contract)] if origin.contract else []),
        ("Library", f"costmodel {origin.version}"),
        ("Seed and draws", f"{origin.seed}, {origin.draws:,}"),
        ("Uncertainty", ", ".join(origin.uncertainty) or "off"),
        ("Monte Carlo error", "not measured" if error is None else wording.error_sentence(error)),
        *(("Changed", override) for override in origin.overrides),
        ("Same numbers again", origin.command),
    ]
