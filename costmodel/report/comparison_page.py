"""Variants side by side as HTML: a page of their own, and a part of a projection's report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from costmodel.questions.comparison_figures import comparison_warnings
from costmodel.report.atomic import check_target, write_atomically
from costmodel.report.tables import whole_span
from costmodel.report.templating import page_text
from costmodel.report.variant_bands import MOST
from costmodel.report.variant_pictures import bands_svgs, waterfall_svgs
from costmodel.report.variant_tables import indented, variants_table, waterfall_table
from costmodel.report.variant_words import (
    comparison_headline,
    comparison_notes,
    waterfall_note,
)

if TYPE_CHECKING:
    from costmodel.questions.compare import Comparison
    from costmodel.questions.waterfall import Waterfall
    from costmodel.scenario.schema import Scenario

VariantsShown: TypeAlias = "Comparison | str | None"
"""A comparison to show, words on why there is none, or nothing to say."""


def write_comparison_html(comparison: Comparison, path: str | Path) -> Path:
    """Write a comparison as one HTML file that needs nothing else; return its path.

    Raises
    ------
    InputError
        If `path` is a folder, or its folder does not exist or cannot be written.
    """
    check_target(Path(path))
    return write_atomically(path, render_comparison(comparison))


def render_comparison(comparison: Comparison) -> str:
    """Return a comparison's page as HTML text."""
    base, scenario = comparison.baseline, comparison.baseline.scenario
    first, last = base.months[0], base.months[-1]
    return page_text(
        "comparison.html.j2",
        name=scenario.name,
        page_title=f"{scenario.name}: variants compared",
        description=scenario.description,
        span=f"{first} to {last}" if first != last else str(first),
        origin=base.provenance,
        contract=base.prices.contract,
        warnings=comparison_warnings(comparison),
        variants=variants_shown(comparison),
        choices=_choices(scenario),
        provenance=_provenance(comparison),
        scenario_yaml=scenario.dump(),
    )


def variants_shown(comparison: Comparison | str | None) -> dict[str, Any] | None:
    """Return what the template of the variants shows; None where there is nothing to say."""
    if comparison is None:
        return None
    if isinstance(comparison, str):
        return {"missing": comparison}
    wide, narrow = bands_svgs(comparison)
    return {
        "missing": "",
        "headline": comparison_headline(comparison).replace(" %", "\N{NO-BREAK SPACE}%"),
        "bands_wide": _markup(wide),
        "bands_narrow": _markup(narrow),
        "left_out": _left_out(comparison),
        "table": indented(variants_table(comparison)),
        "notes": comparison_notes(comparison),
        "span": whole_span(len(comparison.baseline.months)),
        "waterfalls": [_fall(n, each) for n, each in enumerate(comparison.waterfalls, start=1)],
    }


def _left_out(comparison: Comparison) -> str:
    more = len(comparison.savings) - MOST
    return f"Only the {MOST} that save most are drawn, {more} more are in the table." * (more > 0)


def _fall(number: int, waterfall: Waterfall) -> dict[str, Any]:
    wide, narrow = waterfall_svgs(waterfall, number)
    return {
        "name": waterfall.variant,
        "wide": _markup(wide),
        "narrow": _markup(narrow),
        "table": waterfall_table(waterfall),
        "note": waterfall_note(waterfall),
    }


def _markup(svg: str) -> Any:  # noqa: ANN401 - markupsafe is imported when a page is made
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704 (matplotlib escapes texts)


def _choices(scenario: Scenario) -> list[tuple[str, str]]:
    """Return the strategies of each variant, then what each strategy is."""
    return [
        *((name, ", ".join(listed) or "none") for name, listed in scenario.variants.items()),
        *((name, _told(scenario, name)) for name in scenario.strategies),
    ]


def _told(scenario: Scenario, name: str) -> str:
    strategy = scenario.strategies[name]
    kind = strategy.kind.replace("_", " ")
    start = f", from {strategy.from_month}" if strategy.from_month is not None else ""
    return f"{kind}{start}{f': {strategy.description}' if strategy.description else ''}"


def _provenance(comparison: Comparison) -> list[tuple[str, str]]:
    origin = comparison.baseline.provenance
    return [
        ("Scenario", f"{origin.scenario}, sha256 {origin.scenario_digest}"),
        ("Price table", f"{origin.snapshot}, sha256 {origin.snapshot_digest}"),
        *([("Reconstructed", origin.reconstructed)] if origin.reconstructed else []),
        *([("Contract", origin.contract)] if origin.contract else []),
        ("Library", f"costmodel {origin.version}"),
        ("Seed and draws", f"{origin.seed}, {origin.draws:,}"),
        ("Uncertainty", ", ".join(origin.uncertainty) or "off"),
        *(("Changed", override) for override in origin.overrides),
        *([("Same numbers again", comparison.command)] if comparison.command else []),
    ]
