import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.report import style

POSITIONS = st.lists(st.floats(-50, 150), min_size=1, max_size=12).map(sorted)


@given(POSITIONS, st.floats(0.1, 40))
def test_labels_are_spread_apart_in_order_and_inside(wanted, gap):
    placed = style.spread_apart(wanted, gap, 0.0, 100.0)
    room = min(gap, 100 / max(1, len(wanted) - 1))
    assert all(np.diff(placed) >= room - 1e-6)
    assert placed[0] >= -1e-6
    assert placed[-1] <= 100 + 1e-6


def test_labels_with_room_stay_where_they_belong():
    assert style.spread_apart([10, 30, 80], 12, 0, 100) == [10, 30, 80]


def test_two_labels_that_touch_move_equally():
    assert style.spread_apart([50, 52], 12, 0, 100) == [45, 57]


def test_no_labels_need_no_room():
    assert style.spread_apart([], 12, 0, 100) == []


@given(st.floats(1e-6, 1e12), st.integers(2, 8))
def test_steps_are_round_and_few(top, ticks):
    step = style.round_step(top, ticks)
    assert top / step <= ticks * (1 + 1e-9)
    mantissa = step / 10 ** np.floor(np.log10(step) + 1e-9)
    assert min(abs(mantissa - k) for k in (1, 2, 2.5, 5, 10)) < 1e-9


def test_the_colours_in_an_svg_become_variables_and_others_stay():
    svg = '<path style="fill: #0a4a7f; stroke: #123456"/>'
    assert style.with_variables(svg) == (
        '<path style="fill: var(--cm-median, #0a4a7f); stroke: #123456"/>'
    )


def test_every_light_colour_has_one_meaning():
    assert len({colour.light for colour in style.COLOURS}) == len(style.COLOURS)


def luminance(colour):
    """Relative luminance of WCAG 2.1."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", [style.INK, style.MUTED, style.MEDIAN, style.BUDGET])
def test_text_has_a_contrast_of_five_on_the_page(colour, theme):
    """WCAG 2.1 asks 4.5 of text."""
    pair = sorted(luminance(getattr(c, theme)) for c in (colour, style.PAPER))
    assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bands_are_steps_of_lightness(theme):
    steps = [luminance(getattr(band, theme)) for band in style.BANDS]
    assert steps == sorted(steps, reverse=theme == "light")
