"""The live chart: what is written into the SVG is what matplotlib would have drawn."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.engine.provenance import Mark
from costmodel.foundation.months import Month
from costmodel.lab.live_chart import EMPTIEST, FULLEST, IN_SIGHT, LiveChart, in_words
from costmodel.lab.plate import NARROW, WIDE
from costmodel.report.fan import LEVELS, Fan, fan_chart
from costmodel.report.pictures import draw_svg

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
MARKS = (Mark(3, "price", "a/b: input $1 -> $2"), Mark(5, "retirement", "a/b retires"))


def fan(scale=1.0, months=12, budget=5000.0, marks=()):
    spread = np.linspace(-1.6, 1.6, len(LEVELS))[:, None]
    usd = scale * 2000 * 1.06 ** np.arange(months) * np.exp(spread * 0.3)
    names = tuple(Month(2026, 12).plus(n) for n in range(months))
    return Fan(names, usd, budget, "Budget $5k a month: 37 % chance of passing it", marks)


def points(d):
    numbers = [float(text) for text in NUMBER.findall(d)]
    return np.array(numbers).reshape(-1, 2)


def paths_of(svg):
    root = ElementTree.fromstring(svg)
    return {
        node.get("class"): points(node.get("d"))
        for node in root.iter()
        if node.tag.endswith("path") and node.get("class", "").startswith("cm-")
    }


def drawn_by_matplotlib(state, plate):
    """Return the paths of the same fan on the same axis, drawn in full."""
    form = plate.format

    def paint(ax):
        fan_chart(ax, replace(state, budget_usd=None))
        ax.set_ylim(0, plate.top)

    room = (form.left, form.right, form.below, form.above)
    root = ElementTree.fromstring(draw_svg((form.width, form.height), room, paint))
    groups = {node.get("id"): node for node in root.iter() if node.get("id", "").startswith("cm-")}
    found = {}
    for name in ("cm-band-0", "cm-band-1", "cm-band-2", "cm-median"):
        group = groups[name]
        path = next(node for node in group.iter() if node.tag.endswith("path"))
        moved = [node for node in group.iter() if node.tag.endswith("use")]
        offset = float(moved[0].get("y")) if moved else 0.0
        found[name] = points(path.get("d")) + np.array([0.0, offset])
    return found


@pytest.mark.parametrize("form", [WIDE, NARROW])
def test_a_patched_picture_has_the_paths_of_a_full_redraw(form):
    chart = LiveChart(fan(), formats=(form,))
    chart.svg(fan())
    state = fan(1.13)
    patched = paths_of(chart.svg(state))
    for name, expected in drawn_by_matplotlib(state, chart.plates(state)[0]).items():
        # matplotlib may repeat a corner of a band; every point of either is one of the other.
        gaps = np.abs(patched[name][:, None] - expected[None]).max(axis=2)
        assert gaps.min(axis=1).max() < 0.06, name
        assert gaps.min(axis=0).max() < 0.06, name


def test_both_sizes_are_well_formed_and_say_in_numbers_what_they_show():
    chart = LiveChart(fan(marks=MARKS))
    both = ElementTree.fromstring(f"<div>{chart.svg(fan(1.1, marks=MARKS))}</div>")
    assert len(both) == 2
    for svg in both:
        assert svg.get("role") == "img"
        assert "P90" in svg.get("aria-label")
        assert "37 % chance" in svg.get("aria-label")
        assert not [node for node in svg.iter() if node.get("id") or node.get("clip-path")]


def test_colours_follow_the_page():
    svg = LiveChart(fan()).svg(fan(1.1))
    assert "var(--cm-median, #" in svg
    assert not re.search(r"(?<!, )#[0-9a-f]{6}", svg)


def test_texts_of_a_scenario_cannot_leave_their_place():
    hostile = replace(fan(), budget_text="<script>alert(1)</script> \"'&")
    svg = LiveChart(hostile).svg(hostile)
    assert "<script" not in svg
    ElementTree.fromstring(f"<div>{svg}</div>")


def test_a_step_away_and_back_is_the_same_picture_whatever_happened_between():
    chart = LiveChart(fan())
    first = chart.svg(fan(1.05))
    for scale in (1.06, 40.0, 0.01, 1.4):
        chart.svg(fan(scale))
    assert chart.svg(fan(1.05)) == first
    assert LiveChart(fan()).svg(fan(1.05)) == first


@given(st.floats(1e-4, 1e4))
def test_the_fan_fills_between_two_fifths_and_nearly_all_of_the_axis_or_that_of_the_opening(scale):
    chart, state = LiveChart(fan(), formats=()), fan(scale)
    top = chart.top(state)
    least = IN_SIGHT if top == chart.top(fan()) else EMPTIEST
    assert least * top * (1 - 1e-9) <= state.usd.max() <= FULLEST * top * (1 + 1e-9)


def test_a_saving_is_seen_as_a_fall_on_the_axis_of_the_opening():
    chart = LiveChart(fan(), formats=())
    for scale in (0.7, 0.4, 0.25):
        assert chart.top(fan(scale)) == chart.top(fan())
    assert chart.top(fan(0.05)) < chart.top(fan())


def test_the_opening_stays_behind_the_fan_as_a_ghost_and_inside_the_picture():
    chart = LiveChart(fan(), formats=(WIDE,))
    first, cheaper = (paths_of(chart.svg(fan(scale))) for scale in (1.0, 0.5))
    assert np.array_equal(cheaper["cm-ghost"], first["cm-band-0"])
    assert not np.array_equal(cheaper["cm-ghost"], cheaper["cm-band-0"])
    tiny = paths_of(chart.svg(fan(0.01)))["cm-ghost"]  # on a smaller axis, cut at its upper edge
    assert tiny[:, 1].min() == WIDE.above


def test_small_moves_leave_the_axis_where_it_is():
    chart = LiveChart(fan())
    assert {id(chart.plates(fan(scale))) for scale in (0.8, 1.0, 1.2)} == {id(chart.plates(fan()))}
    assert chart.plates(fan(1.5)) is not chart.plates(fan())


def test_the_pinned_median_is_named_only_when_it_is_left():
    chart = LiveChart(fan())
    assert "was $" not in chart.svg(fan())
    assert "was $" in chart.svg(fan(1.1))


def test_a_budget_far_above_is_named_in_words():
    far = replace(fan(), budget_usd=1e6)
    svg = LiveChart(far).svg(far)
    assert "above this chart" in svg
    assert "37 % chance of passing it" not in re.sub(r'aria-label="[^"]*"', "", svg)


@pytest.mark.parametrize("months", [1, 2, 60])
def test_any_horizon_can_be_drawn(months):
    state = fan(months=months)
    assert len(paths_of(LiveChart(state, formats=(WIDE,)).svg(state))["cm-median"]) == max(
        months, 2
    )


@pytest.mark.parametrize("budget", [None, 5000.0])
def test_no_spend_at_all_can_be_drawn(budget):
    nothing = replace(fan(), usd=np.zeros_like(fan().usd), budget_usd=budget)
    chart = LiveChart(nothing, formats=(WIDE,))
    paths = paths_of(chart.svg(nothing))
    assert np.all(paths["cm-median"][:, 1] == WIDE.height - WIDE.below)
    chart.svg(fan())


def test_the_words_state_both_ends_and_the_budget():
    words = in_words(fan())
    assert words.startswith("Fan chart of monthly spend from 2026-12 to 2027-11: the median goes")
    assert words.endswith("Budget $5k a month: 37 % chance of passing it.")
