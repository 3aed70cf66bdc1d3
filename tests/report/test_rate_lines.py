"""The lines of a picture of price histories, before they are drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.prices import PriceBook, PriceStep, RateCard
from costmodel.prices.history import PriceHistory
from costmodel.report.calendar_axis import View, day_number, month_starts
from costmodel.report.rate_canvas import fading
from costmodel.report.rate_lines import MOST_MODELS, end_label, panels, short_names
from costmodel.report.rate_panel import runs, split

KNOWN = day_number(date(2026, 11, 23))


def panel_of(rates):
    """Return the panel of models with these input rates, seen for twenty days."""
    cards = {f"own/{number}": RateCard(input=usd) for number, usd in enumerate(rates)}
    book = PriceBook.from_cards(cards, snapshot="2026-11-23")
    histories = [book.history(name, "input") for name in cards]
    view = View(KNOWN - 10, KNOWN + 10, KNOWN)
    (panel,) = panels(histories, ["input"], view, withdrawn=False)
    return panel


def test_lines_of_the_same_rate_lie_beside_each_other():
    assert [line.shift for line in panel_of([2, 2, 2]).lines] == [0, 3, -3]


RATES = st.floats(0.01, 100)


@given(st.lists(st.sampled_from([1.0, 2.0, 5.0]), min_size=1, max_size=MOST_MODELS))
def test_no_line_lies_on_another_or_looks_like_it_whatever_the_rates(rates):
    lines = panel_of(rates).lines
    assert len({(line.steps[0].usd_per_mtok, line.shift) for line in lines}) == len(rates)
    assert len({(line.colour, line.hollow) for line in lines}) == len(rates)


def step(start, until, usd, **more):
    at = [None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
          for text in (start, until)]  # fmt: skip
    return PriceStep("input", *at, usd, **more)


def line_of(*steps):
    history = PriceHistory("a/b", "standard", steps, "case", None)
    view = View(day_number(date(2026, 1, 1)), day_number(date(2027, 1, 1)), None)
    (panel,) = panels([history], ["input"], view, withdrawn=False)
    return panel.lines[0], view


def test_steps_that_follow_each_other_are_one_polyline_and_a_gap_makes_two():
    line, view = line_of(
        step("2026-02-01", "2026-03-01", 1.0),
        step("2026-03-01", "2026-04-01", 2.0),
        step("2026-05-01", None, 3.0),
    )
    first, second = runs(line, view)
    assert [rate for _, rate in first] == [1.0, 1.0, 2.0, 2.0]
    assert second == [(day_number(date(2026, 5, 1)), 3.0), (view.end, 3.0)]


def test_a_line_is_cut_where_the_knowledge_ends():
    run = [(0.0, 1.0), (10.0, 1.0), (10.0, 2.0), (20.0, 2.0)]
    known, announced = split(run, 5.0)
    assert known == [(0.0, 1.0), (5.0, 1.0)]
    assert announced == [(5.0, 1.0), (10.0, 1.0), (10.0, 2.0), (20.0, 2.0)]
    assert split(run, None) == (run, [])
    assert split(run, 20.0) == (run, [])
    assert split(run, 0.0) == ([], run)


@given(st.floats(0, 20), st.lists(RATES, min_size=1, max_size=5))
def test_cutting_a_line_loses_none_of_it(now, rates):
    edges = [20 * n / len(rates) for n in range(len(rates) + 1)]
    run = [(x, r) for (a, b), r in zip(pairwise(edges), rates, strict=True) for x in (a, b)]
    known, announced = split(run, now)

    def length(points):
        return sum(b[0] - a[0] for a, b in pairwise(points))

    assert length(known) + length(announced) == pytest.approx(20)


def test_a_label_tells_the_end_only_within_the_view():
    line, view = line_of(step(None, "2026-03-01", 1.0, ending="no price"))
    assert end_label(line, view) == "$1.00 until 2026-03-01"
    line, view = line_of(step(None, "2028-03-01", 1.0, ending="retired"))
    assert end_label(line, view) == "$1.00"


@given(st.floats(0.01, 1.0), st.integers(1, 30))
def test_a_fade_reaches_its_opacity_evenly(opacity, layers):
    through = 1.0
    for number, (_, alpha) in enumerate(fading(0, 1, opacity, layers), start=1):
        through *= 1 - alpha
        assert 1 - through == pytest.approx(opacity * number / layers)


def test_months_are_named_at_their_first_days():
    view = View(day_number(date(2026, 1, 15)), day_number(date(2026, 4, 1)), None)
    assert month_starts(view) == [date(2026, 2, 1), date(2026, 3, 1)]


def test_providers_are_left_out_where_names_still_differ():
    assert short_names(["a/x", "b/y"]) == {"a/x": "x", "b/y": "y"}
    assert short_names(["a/x", "b/x"]) == {"a/x": "a/x", "b/x": "b/x"}
    assert len(short_names(["a/" + "n" * 90])["a/" + "n" * 90]) == 47
