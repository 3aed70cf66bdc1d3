"""Pictures of variants for a page: for a desk (690 points wide) and for a phone (270)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.report import style
from costmodel.report.pictures import draw_svg, inline_svg
from costmodel.report.variant_bands import bands_chart, bands_description, bands_of
from costmodel.report.waterfall_chart import falls_description, falls_of, waterfall_chart

if TYPE_CHECKING:
    from costmodel.questions.compare import Comparison
    from costmodel.questions.waterfall import Waterfall

WIDE_ROW, NARROW_ROW = 30.0, 42.0
"""Points from one bar of a waterfall to the next."""
BELOW = 44.0
"""Points below a waterfall for its axis and the words on its order."""


def bands_svgs(comparison: Comparison) -> tuple[str, str]:
    """Return the chart of all variants' spend, wide and narrow, to stand inside a page."""
    bands = bands_of(comparison)
    words, wider = bands_description(bands), style.wider
    wide = draw_svg(
        (690, 320),
        (wider(44, bands.money), wider(166, bands.money), 36, 8),
        lambda ax: bands_chart(ax, bands),
    )
    narrow = draw_svg(
        (270, 270),
        (wider(38, bands.money), wider(92, bands.money), 36, 8),
        lambda ax: bands_chart(ax, bands, longest=11, most_months=4),
    )
    return inline_svg(wide, "variants-wide", words), inline_svg(narrow, "variants-narrow", words)


def waterfall_svgs(waterfall: Waterfall, number: int) -> tuple[str, str]:
    """Return the chart of the `number`-th waterfall, wide and narrow, to stand inside a page."""
    falls = falls_of(waterfall)
    words, count, wider = falls_description(falls), len(falls.bars), style.wider
    wide = draw_svg(
        (690, WIDE_ROW * count + BELOW),
        (158, wider(wider(156, falls.money), falls.money), BELOW, 2),
        lambda ax: waterfall_chart(ax, falls),
    )
    narrow = draw_svg(
        (270, NARROW_ROW * count + BELOW),
        (4, 8, BELOW, 2),
        lambda ax: waterfall_chart(ax, falls, longest=17, above=True),
    )
    name = f"waterfall-{number}"
    return inline_svg(wide, f"{name}-wide", words), inline_svg(narrow, f"{name}-narrow", words)
