import dataclasses

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import costmodel as cm
from costmodel.engine.provenance import Mark
from costmodel.foundation.months import Month
from costmodel.report import style
from costmodel.report.fan import (
    LEVELS,
    Fan,
    fan_chart,
    fan_of,
    mark_labels,
    mark_letters,
)

START = Month(2026, 12)


def made_fan(months=12, **changes):
    amounts = np.linspace(100, 700, len(LEVELS))[:, None] * np.linspace(1, 2, months)
    return dataclasses.replace(Fan(tuple(START.plus(n) for n in range(months)), amounts), **changes)


def drawn(fan, **settings):
    with style.styled():
        figure = Figure(figsize=(9.6, 4.4))
        ax = figure.add_axes((0.06, 0.1, 0.82, 0.8))
        return figure, ax, fan_chart(ax, fan, **settings)


def boxes(figure, texts):
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [text.get_window_extent(renderer) for text in texts if text.get_text()]


def overlapping(those):
    pairs = [(a, b) for n, a in enumerate(those) for b in those[n + 1 :]]
    return [pair for pair in pairs if pair[0].overlaps(pair[1])]


def test_the_median_line_is_the_projections_median(projection):
    _, _, artists = drawn(fan_of(projection))
    medians = [projection.month(n).p50 for n in range(1, 13)]
    np.testing.assert_allclose(artists.median.get_ydata(), medians, rtol=1e-12)
    np.testing.assert_array_equal(artists.median.get_xdata(), np.arange(1, 13))


@pytest.mark.parametrize(("band", "low", "high"), [(0, 0.05, 0.95), (1, 0.1, 0.9), (2, 0.25, 0.75)])
def test_each_band_reaches_from_one_quantile_to_the_other(projection, band, low, high):
    _, _, artists = drawn(fan_of(projection))
    corners = artists.bands[band].get_paths()[0].vertices
    last = corners[corners[:, 0] == 12][:, 1]
    month = projection.month(12)
    assert last.min() == pytest.approx(month.quantile(low))
    assert last.max() == pytest.approx(month.quantile(high))


def test_the_ends_are_named_with_their_amounts(projection):
    _, _, artists = drawn(fan_of(projection))
    texts = [text.get_text() for text in artists.ends]
    assert [text.split()[0] for text in texts] == ["P5", "P10", "P25", "P50", "P75", "P90", "P95"]
    assert texts[3] == f"P50 ${projection.month(12).p50 / 1000:.1f}k"


def test_labels_at_the_end_do_not_touch_even_where_the_fan_is_narrow():
    flat = made_fan(usd=np.full((7, 12), 1000.0) + np.arange(7)[:, None])
    figure, _, artists = drawn(flat)
    assert overlapping(boxes(figure, artists.ends)) == []


def test_a_monthly_budget_is_a_dashed_line_with_its_chance(projection):
    _, _, artists = drawn(fan_of(projection))
    assert set(artists.budget.get_ydata()) == {1500.0}
    assert artists.budget.get_linestyle() == "--"
    chance = f"{100 * projection.chance_over(1500):.0f} %"
    assert artists.budget_label.get_text() == f"Budget $1.5k a month: {chance} chance of passing it"


def test_a_yearly_budget_is_drawn_at_a_twelfth(scenario, book):
    yearly = scenario.with_overrides({"budget": "$600 per year"})
    fan = fan_of(cm.simulate(yearly, prices=book, draws=64))
    assert fan.budget_usd == 50.0
    assert fan.budget_text.startswith("Budget $600 a year ($50 a month): ")


def test_without_a_budget_there_is_no_line():
    _, _, artists = drawn(made_fan())
    assert artists.budget is None
    assert artists.budget_label is None


def test_a_budget_far_above_is_said_and_does_not_flatten_the_fan():
    _, ax, artists = drawn(made_fan(budget_usd=1e6, budget_text="Budget $1M a month: 0 % chance"))
    assert artists.budget is None
    assert artists.budget_label.get_text() == "Budget $1M a month: 0 % chance (above this chart)"
    assert ax.get_ylim()[1] < 2000


def test_a_budget_far_below_is_drawn():
    _, _, artists = drawn(made_fan(budget_usd=1.0, budget_text="Budget"))
    assert set(artists.budget.get_ydata()) == {1.0}


def test_a_long_budget_label_takes_two_rows_on_a_narrow_chart():
    fan = made_fan(budget_usd=900.0, budget_text="Budget $900 a month: 37 % chance of passing it")
    with style.styled():
        ax = Figure(figsize=(3.7, 3)).add_axes((0.1, 0.1, 0.7, 0.8))
        artists = fan_chart(ax, fan, labelled=(0.5,), most_months=4)
    assert artists.budget_label.get_text() == "Budget $900 a month:\n37 % chance of passing it"


def test_marks_are_named_by_letter_and_kind():
    marks = (Mark(3, "price", "x"), Mark(4, "start", "y"), Mark(4, "retirement", "z"))
    assert mark_labels(marks) == {3: "A price", 4: "B start, C retires"}


def test_letters_go_on_after_z():
    assert mark_letters(28)[24:] == ["Y", "Z", "AA", "AB"]


@pytest.mark.parametrize("months", [1, 12, 60])
def test_labels_of_marks_do_not_touch_each_other(months):
    marks = tuple(Mark(1 + n % months, ("price", "start")[n % 2], "x") for n in range(24))
    marks = tuple(sorted(marks, key=lambda mark: mark.month))
    figure, ax, artists = drawn(made_fan(months, marks=marks))
    above = [t for t in ax.texts if t not in artists.ends and t.get_position()[1] > 1]
    texts = boxes(figure, [t for t in above if t.get_va() == "baseline"])
    assert texts
    assert overlapping(texts) == []


def test_marks_stand_at_their_months():
    _, ax, _ = drawn(made_fan(marks=(Mark(4, "start", "y"),)))
    (lines,) = [c for c in ax.collections if c.get_gid() == "cm-marks"]
    assert {x for line in lines.get_segments() for x, _ in line} == {4.0}


def test_a_single_month_is_a_bar():
    _, ax, artists = drawn(made_fan(1))
    assert artists.median.get_xdata().tolist() == [0.6, 1.4]
    assert ax.get_xlim() == (0.6, 1.4)


def test_no_spend_at_all_can_be_drawn():
    _, ax, artists = drawn(made_fan(usd=np.zeros((7, 12))))
    assert ax.get_ylim() == (0.0, 1.0)
    assert artists.ends[3].get_text() == "P50 $0"


def test_every_moving_artist_has_a_name():
    _, _, artists = drawn(made_fan(budget_usd=500.0, budget_text="Budget"))
    moving = [*artists.bands, artists.median, *artists.ends, artists.budget, artists.budget_label]
    names = [artist.get_gid() for artist in moving]
    assert names[:4] == ["cm-band-0", "cm-band-1", "cm-band-2", "cm-median"]
    assert names[4] == "cm-end-P5"
    assert names[-2:] == ["cm-budget", "cm-budget-label"]


@pytest.mark.parametrize(
    ("months", "most", "labels"),
    [
        (3, 13, ["Dec", "2026", "Jan", "2027", "Feb"]),
        (12, 4, ["Dec", "2026", "Mar", "2027", "Jun", "Sep"]),
        (60, 5, ["Dec", "2026", "Dec", "2027", "Dec", "2028", "Dec", "2029", "Dec", "2030"]),
    ],
)
def test_months_are_labelled_as_room_allows_with_the_year_once(months, most, labels):
    with style.styled():
        ax = Figure().add_axes((0.1, 0.1, 0.8, 0.8))
        style.month_axis(ax, made_fan(months).months, most)
    assert [text.get_text() for text in ax.texts] == labels
