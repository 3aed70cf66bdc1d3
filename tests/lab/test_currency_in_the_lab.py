"""The dashboard of a scenario with a currency of its own."""

import pytest

from costmodel.foundation.converted import Converted
from costmodel.lab.dial import as_written, dial_of, moved_to
from costmodel.lab.what_if import what_if
from costmodel.scenario.naming import stated_beliefs
from tests.lab.scenes import CHAT, read_scenario
from tests.lab.test_what_if import texts_of

RATE = "currency: {code: EUR, usd: 1.25, date: 2026-11-20, source: ECB}\n"
EUROS = CHAT.replace("budget: $3k", f"{RATE}budget: €3k").replace(
    "growth: 5% per month}", "growth: 5% per month, revenue: €20 to €40 per month}"
)


@pytest.fixture
def board():
    return what_if(read_scenario(EUROS, file="chat.yaml"), draws=256)


def test_every_figure_is_in_the_currency_at_every_position(board):
    slider = board.dials[0].slider
    slider.value = board.dials[0].scale.value_at(board.dials[0].scale.steps_to(slider.value) + 9)
    texts = texts_of(board)
    assert "Spend per month, EUR." in texts
    assert "Amounts are in EUR at 1 EUR = 1.25 USD (2026-11-20, ECB)" in texts
    assert f"€{board.projection.p90 / 1.25:,.0f}" in board._figures.value
    assert "▲ +€" in board._figures.value or "▼ −€" in board._figures.value
    assert "Budget €3k a month" in texts
    assert "$" not in board._picture.value + board._figures.value


def test_the_command_of_a_moved_slider_keeps_the_currency_of_the_scenario(board):
    dial = board.dials[0]
    dial.slider.value = dial.scale.value_at(dial.scale.steps_to(dial.start) + 5)
    assert f"--set '{dial.path}=" in board.command
    assert board.projection.scenario.currency == board.scenario.currency


def test_money_is_moved_in_the_currency_it_was_written_in():
    scenario = read_scenario(EUROS)
    named = next(each for each in stated_beliefs(scenario) if each[0] == "segments.pro.revenue")
    belief = named[1]
    assert isinstance(belief, Converted)
    dial = dial_of(scenario, 0.1, *named)
    assert dial.value_text.startswith("€28")  # the median of 20 to 40 is 28.28
    dial.slider.value = dial.scale.nearest(32)
    assert as_written(dial.belief).median == pytest.approx(32, rel=0.02)
    moved = scenario.with_overrides({dial.path: moved_to(belief, 32.0)})
    assert moved.segments["pro"].revenue.median == pytest.approx(40, rel=1e-4)
    assert str(moved.overrides[0]) == (
        "segments.pro.revenue: €20 to €40 per month -> €22.627 to €45.255 per month"
    )
