"""Variants on a page: pictures with their numbers, tables, the order, and no harm from names."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import costmodel as cm
from costmodel.engine.memo import Memo
from costmodel.report import style
from costmodel.report.comparison_page import render_comparison, write_comparison_html
from costmodel.report.page import compared_variants, render_html, write_html
from costmodel.report.variant_bands import bands_chart, bands_description, bands_of
from costmodel.report.waterfall_chart import ORDER, falls_description, falls_of, waterfall_chart
from tests.questions.scenes import BOOK, WHOLE, certain, desk
from tests.report.test_page import Reader

HOSTILE = "<script>alert('x')</script> & $x^2$"
SCENARIO = desk(**{"name: Desk": f'name: "{HOSTILE}"'})
ALL = cm.compare_variants(SCENARIO, prices=BOOK, draws=64)
SOME = ("today", "cached", "both", "idle")


@pytest.fixture(scope="module")
def html():
    return render_comparison(ALL)


@pytest.fixture(scope="module")
def read(html):
    return Reader(html)


def test_the_table_has_what_each_variant_saves_and_whom_it_affects(read):
    for words in ("Saved over all 2 months", "Turns blocked", "People affected in a month",
                  "Wrong cached answers a month", "Overage revenue, mean"):  # fmt: skip
        assert words in read.text
    assert "idle" in read.text
    assert "not binding" in read.text


def test_each_waterfall_states_its_order_in_words_and_in_its_picture(read, html):
    assert read.text.count("In this order: cache, fair; another order gives other parts.") == 1
    assert "In this order: fair, cache; another order gives other parts." in read.text
    drawn = re.findall(r"<svg class=\"waterfall-1.*?</svg>", html, flags=re.DOTALL)
    assert len(drawn) == 2
    assert all(ORDER in svg for svg in drawn)
    assert "Not binding, changes nothing there: wide." in read.text


def test_pictures_are_xml_with_their_numbers_in_words(html):
    pictures = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    labels = [ElementTree.fromstring(picture).get("aria-label") for picture in pictures]
    assert len(labels) == 2 + 2 * len(ALL.waterfalls)
    last = ALL["both"].projection.month(2)
    assert f"both: P10 ${last.p10:.2f}, P50 ${last.p50:.2f}, P90 ${last.p90:.2f}" in labels[0]
    assert labels[2].endswith(ORDER)


def test_names_are_shown_not_run_and_nothing_is_requested(read, html):
    assert HOSTILE in read.text
    assert "<script" not in html
    tags = {name for name, _ in read.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert [m["content"] for m in read.all("meta") if "http-equiv" in m] == [
        "default-src 'none'; style-src 'unsafe-inline'"
    ]
    assert [key for _, attrs in read.tags for key in attrs if key.startswith("on")] == []
    assert re.findall(r"url\((?!#)", html) == []


def test_ids_are_unique_and_headings_go_down_one_level_at_a_time(read):
    assert len(read.ids) == len(set(read.ids))
    levels = [int(name[1]) for name, _ in read.tags if re.fullmatch(r"h\d", name)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_the_same_comparison_gives_the_same_bytes(html, tmp_path):
    again = cm.compare_variants(SCENARIO, prices=BOOK, draws=64)
    written = write_comparison_html(again, tmp_path / "a.html")
    assert written.read_text(encoding="utf-8") == html
    assert again.to_html(tmp_path / "b.html").read_bytes() == written.read_bytes()


def test_provenance_and_variants_are_told(read):
    assert ALL.command in read.text
    assert "cached" in read.text
    assert "turned" in read.text
    assert "fair, cache" in read.text


# --- in a projection's report


def test_the_report_of_a_scenario_with_several_variants_shows_them(tmp_path):
    projection = cm.simulate(SCENARIO, prices=BOOK, draws=64, variant="both")
    text = write_html(projection, tmp_path / "r.html", measure_error=False).read_text()
    read = Reader(text)
    assert f"{HOSTILE}, variant both" in read.text
    assert "Variantboth: cache, fair" in read.text
    assert "Saved over all 2 months" in read.text
    assert len(read.ids) == len(set(read.ids))
    shown = re.search(r'<svg class="variants-wide".*?</svg>', text, flags=re.DOTALL)[0]
    alone = re.search(
        r'<svg class="variants-wide".*?</svg>', render_comparison(ALL), flags=re.DOTALL
    )[0]
    assert shown == alone


def test_the_report_of_a_scenario_without_strategies_says_nothing_of_variants(plain):
    assert compared_variants(plain) is None
    assert "Variants" not in Reader(render_html(plain, None)).text


def test_the_report_recalls_what_the_projection_has_computed():
    memo = Memo()
    projection = cm.simulate(SCENARIO, prices=BOOK, draws=64, memo=memo)
    compared = compared_variants(projection, memo)
    again = compared.baseline.ledger.lanes[0]
    assert again.token_spend is projection.ledger.lanes[0].token_spend
    np.testing.assert_array_equal(compared.baseline.spend, projection.spend)


def test_a_variant_that_cannot_be_simulated_takes_no_report_away(tmp_path):
    scenario = desk(**{"model: case/b": "model: case/none"})
    projection = cm.simulate(scenario, prices=BOOK, draws=2)
    text = write_html(projection, tmp_path / "r.html", measure_error=False).read_text()
    said = Reader(text).text
    assert "The variants are not compared: model 'case/none' has no price" in said
    assert "Saved over" not in said


# --- the pictures


def drawn(paint, size=(9.6, 4.4), place=(0.1, 0.12, 0.62, 0.8)):
    with style.styled():
        figure = Figure(figsize=size)
        ax = figure.add_axes(place)
        paint(ax)
        return figure, ax


def boxes(figure, texts):
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [text.get_window_extent(renderer) for text in texts if text.get_text()]


def test_medians_and_bands_are_the_projections():
    bands = bands_of(ALL)
    assert bands.bands[0].name == "today"
    for band in bands.bands:
        saving = None if band.name == "today" else ALL[band.name]
        projection = ALL.baseline if saving is None else saving.projection
        for month in (1, 2):
            spend = projection.month(month)
            assert band.usd[:, month - 1].tolist() == [spend.p10, spend.p50, spend.p90]
    _, ax = drawn(lambda ax: bands_chart(ax, bands))
    lines = [line for line in ax.lines if line.get_linewidth() == 2.2]
    for line, band in zip(lines, bands.bands, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), band.usd[1])


def test_only_as_many_variants_are_drawn_as_there_are_colours_and_that_is_said():
    bands = bands_of(ALL)
    assert (len(bands.bands), bands.left_out) == (7, 2)
    kept = {band.name for band in bands.bands}
    assert "idle" in kept
    assert {one.name for one in ALL.savings} - kept == {"cheaper", "sold"}  # they save least
    assert (
        "Only the 6 that save most are drawn, 2 more are in the table."
        in Reader(render_comparison(ALL)).text
    )


def test_names_beside_the_lines_do_not_touch_even_where_lines_meet():
    figure, ax = drawn(lambda ax: bands_chart(ax, bands_of(ALL)))
    names = [band.name for band in bands_of(ALL).bands]
    those = boxes(figure, [text for text in ax.texts if text.get_text() in names])
    assert len(those) == len(names)
    pairs = [(a, b) for n, a in enumerate(those) for b in those[n + 1 :]]
    assert not any(a.overlaps(b) for a, b in pairs)


def test_a_line_on_another_is_drawn_with_gaps_so_that_both_are_seen():
    made = certain(SOME)
    _, ax = drawn(lambda ax: bands_chart(ax, bands_of(made)))
    medians = [line for line in ax.lines if line.get_linewidth() == 2.2]
    assert [line.get_linestyle() for line in medians] == ["-", "-", "-", "--"]


def test_a_single_month_is_drawn_as_a_bar():
    one = certain(SOME, desk(**{"months: 2": "months: 1"}))
    _, ax = drawn(lambda ax: bands_chart(ax, bands_of(one)))
    medians = [line for line in ax.lines if line.get_linewidth() == 2.2]
    assert medians[0].get_xdata().tolist() == [0.6, 1.4]
    assert bands_description(bands_of(one)).startswith("Monthly spend of each variant up to 2026")


def test_a_waterfall_goes_from_one_bill_to_the_other_without_a_gap():
    falls = falls_of(certain(SOME).waterfalls[0])
    assert [bar.name for bar in falls.bars] == ["today", "1 cache", "2 fair", "both"]
    first, *steps, last = falls.bars
    assert first.end == pytest.approx(WHOLE)
    level = first.end
    for bar in steps:
        assert bar.start == pytest.approx(level)
        level = bar.end
    assert last.end == pytest.approx(level)
    assert steps[0].words == "−$6"
    assert steps[0].alone == "alone −$6"


def test_a_step_that_costs_more_or_changes_nothing_is_drawn_as_such():
    scenario = desk(**{"  turned: [fair, cache]": "  limited: [fair]"})
    dearer = falls_of(
        cm.waterfall(scenario, "cached", baseline="limited", prices=BOOK, draws=64)
    ).bars[1]
    assert dearer.words.startswith("+$")
    assert dearer.end > dearer.start
    idle = falls_of(certain(SOME).waterfalls[1])
    assert idle.bars[2].words == "not binding"
    assert idle.bars[2].start == idle.bars[2].end
    assert "2 wide not binding; idle $24" in falls_description(idle)


@pytest.mark.parametrize("above", [False, True])
def test_words_of_a_waterfall_do_not_touch(above):
    falls = falls_of(ALL.waterfalls[0])
    size = (3.75, 2.8) if above else (9.6, 2.4)
    place = (0.02, 0.24, 0.94, 0.74) if above else (0.23, 0.3, 0.54, 0.68)
    figure, ax = drawn(lambda ax: waterfall_chart(ax, falls, above=above), size, place)
    those = boxes(figure, ax.texts)
    pairs = [(a, b) for n, a in enumerate(those) for b in those[n + 1 :]]
    assert not any(a.overlaps(b) for a, b in pairs)
