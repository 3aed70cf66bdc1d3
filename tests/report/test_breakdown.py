import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from costmodel.foundation.months import Month
from costmodel.report import style
from costmodel.report.breakdown import largest_parts, stacked_months

MONTHS = tuple(Month(2026, 12).plus(n) for n in range(3))


def drawn(parts):
    with style.styled():
        ax = Figure(figsize=(4.7, 3.2)).add_axes((0.1, 0.1, 0.55, 0.8))
        stacked_months(ax, MONTHS, parts)
    return ax


def bars(ax):
    return [c for c in ax.collections if isinstance(c, PolyCollection)]


def heights(collection):
    return [np.ptp(path.vertices[:, 1]) for path in collection.get_paths()]


def test_bars_are_as_high_as_their_means_and_stand_on_each_other():
    parts = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([10.0, 0.0, 5.0])}
    first, second = bars(drawn(parts))
    np.testing.assert_allclose(heights(first), parts["a"])
    np.testing.assert_allclose(heights(second), parts["b"])
    floors = [path.vertices[:, 1].min() for path in second.get_paths()]
    np.testing.assert_allclose(floors, parts["a"])


def test_parts_are_named_with_their_share():
    ax = drawn({"a": np.ones(3), "b": 3 * np.ones(3)})
    assert [text.get_text() for text in ax.texts][-2:] == ["a 25 %", "b 75 %"]


def test_long_names_are_shortened():
    ax = drawn({"summarise_the_ticket": np.ones(3), "b": np.ones(3)})
    assert "summarise_the… 50 %" in [text.get_text() for text in ax.texts]


def test_a_part_keeps_its_colour_where_another_costs_nothing():
    parts = {"input": np.zeros(3), "output": np.ones(3)}
    (only,) = bars(drawn(parts))
    assert to_hex(only.get_facecolor()[0]) == style.category(1).light


def test_small_parts_are_put_together():
    parts = {f"f{n}": np.full(3, float(n)) for n in range(1, 10)}
    shown = largest_parts(parts)
    assert list(shown) == ["f5", "f6", "f7", "f8", "f9", "4 others"]
    np.testing.assert_allclose(shown["4 others"], 1 + 2 + 3 + 4)
    assert to_hex(bars(drawn(parts))[-1].get_facecolor()[0]) == style.OTHER.light


def test_nothing_spent_can_be_drawn():
    assert bars(drawn({"a": np.zeros(3)})) == []
