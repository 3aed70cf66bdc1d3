"""The dashboard: what it shows is what `simulate` says of the beliefs as the sliders have them."""

import importlib
import shlex
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

import costmodel as cm
from costmodel.foundation.beliefs import Counted, Interval, Pert, Samples
from costmodel.lab.dial import rounded
from costmodel.lab.merit import change, merits_of
from costmodel.lab.what_if import what_if
from costmodel.report.fan import fan_of
from costmodel.scenario.overriding import parse_setting
from tests.lab.scenes import CERTAIN, chat, read_scenario

DRAWS = 1024


@pytest.fixture
def board():
    return what_if(chat(), draws=DRAWS)


def states(board):
    return [board._picture.value, board._figures.value, board._command.value] + [
        text for dial in board.dials for text in (dial.readout.value, dial.note.value)
    ]


def texts_of(widget):
    """Return every text of a widget and those inside it."""
    inside = "".join(texts_of(child) for child in getattr(widget, "children", ()))
    value = getattr(widget, "value", "")
    return inside + (value if isinstance(value, str) else "")


def count_simulations(monkeypatch):
    from costmodel.lab import what_if as module

    runs = []
    simulate = module.simulate
    monkeypatch.setattr(module, "simulate", lambda *a, **k: runs.append(1) or simulate(*a, **k))
    return runs


def test_the_sliders_are_the_five_beliefs_that_explain_most(board):
    ranking = [one.path for one in cm.sensitivity(cm.simulate(chat(), draws=DRAWS))]
    assert [dial.path for dial in board.dials] == ranking[:5]
    assert [dial.share for dial in board.dials] == sorted(
        (d.share for d in board.dials), reverse=True
    )


def test_a_scenario_can_be_given_by_its_shipped_name():
    assert what_if("support_chatbot", draws=DRAWS).scenario.name == "Support chatbot"


def test_it_opens_with_the_scenario_as_it_is_written(board):
    assert np.array_equal(board.projection.spend, cm.simulate(chat(), draws=DRAWS).spend)
    assert "as opened" in board._figures.value
    assert "--set" not in board.command
    assert board._reset.disabled


@pytest.mark.parametrize("number", range(5))
def test_moving_a_slider_shows_what_simulate_says_of_the_moved_belief(board, number):
    dial = board.dials[number]
    low, high = dial.scale.ends
    dial.slider.value = dial.scale.nearest(low + 0.8 * (high - low))
    moved = board.scenario.with_overrides({dial.path: dial.belief})
    expected = cm.simulate(moved, draws=DRAWS)
    assert np.array_equal(board.projection.spend, expected.spend)
    assert board._chart.svg(fan_of(expected)) in board._picture.value
    assert f"{expected.p90:,.0f}" in board._figures.value


def test_a_move_sets_the_median_and_keeps_the_relative_width():
    narrow = chat().with_overrides({"features.answer.output.mean": "180 to 320"})
    board = what_if(narrow, draws=DRAWS)
    dial = next(dial for dial in board.dials if dial.path == "segments.free.users")
    dial.slider.value = 12_000.0
    # 8,000 to 12,000 has the median sqrt(8000 x 12000) = 9,798; 12,000 / 9,798 = 1.2247.
    assert isinstance(dial.belief, Interval)
    assert (dial.belief.low, dial.belief.high) == pytest.approx((9798, 14697), rel=1e-4)


def test_the_command_reproduces_what_is_shown(board):
    for dial in board.dials:
        dial.slider.value = dial.scale.nearest(1.1 * dial.start)
    words = shlex.split(board.command)
    changes = [words[n + 1] for n, word in enumerate(words) if word == "--set"]
    assert len(changes) == 5
    again = board.scenario.with_overrides(dict(parse_setting(change) for change in changes))
    assert np.array_equal(cm.simulate(again, draws=DRAWS).spend, board.projection.spend)


def test_a_step_away_and_back_is_the_same_to_the_last_bit(board):
    first, dial = states(board), board.dials[0]
    dial.slider.value += dial.scale.step
    assert states(board) != first
    dial.slider.value -= dial.scale.step  # leaves rounding noise, as a browser may
    assert states(board) == first
    assert board.projection is board.opening


def test_reset_restores_the_opening_state_and_draws_once(board, monkeypatch):
    first = states(board)
    for dial in board.dials:
        dial.slider.value = dial.scale.nearest(1.2 * dial.start)
    assert not board._reset.disabled
    runs, drawn = count_simulations(monkeypatch), []
    board._picture.observe(lambda change: drawn.append(change.new), names="value")
    board._reset.click()
    assert states(board) == first
    assert (len(runs), len(drawn)) == (0, 1)


def test_one_move_is_one_simulation(board, monkeypatch):
    runs = count_simulations(monkeypatch)
    board.dials[0].slider.value += board.dials[0].scale.step
    assert len(runs) == 1


def test_most_stages_are_recalled_when_a_slider_moves():
    board = what_if(chat(), draws=DRAWS)
    stages = len(board._memo._results)
    board.dials[0].slider.value += board.dials[0].scale.step
    assert board._memo.computed < stages / 3


def test_a_slider_that_changes_nothing_says_so():
    # Growth is uncertain, but a horizon of one month ends before anybody has grown.
    growth = Interval(low=0.02, high=0.1, domain="signed")
    scenario = read_scenario(CERTAIN).with_overrides({"segments.all.growth": growth})
    board = what_if(scenario, draws=DRAWS)
    (dial,) = board.dials
    assert "explains 0 % of the spread" in dial.note.value
    dial.slider.value += 3 * dial.scale.step
    assert "not binding: this move changes nothing" in dial.note.value
    board.reset()
    assert "not binding" not in dial.note.value


def test_a_slider_ends_where_the_scenario_would_refuse_its_belief(board):
    # The answers' mean must stay below their cap of 9,000 tokens; P99 of the belief is 19,000.
    dial = next(dial for dial in board.dials if dial.path == "features.answer.output.mean")
    dial.slider.value = dial.scale.ends[1]
    assert board._problem.value == ""
    assert 0.8 * 9000 < dial.belief.mean < 9000


def test_what_simulate_refuses_is_said_in_words(board, monkeypatch):
    from costmodel.lab import what_if as module

    def refuse(*_args, **_settings):
        raise cm.InputError(())

    monkeypatch.setattr(module, "simulate", refuse)
    before = board._picture.value
    board.dials[0].slider.value += board.dials[0].scale.step
    assert 'role="alert"' in board._problem.value
    assert board._picture.value == before


def test_hostile_names_are_shown_and_not_run():
    board = what_if(chat(name="'<img src=x onerror=alert(1)> & \"co\"'"), draws=DRAWS)
    assert "<img" not in texts_of(board)
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; " in texts_of(board)


def test_without_jupyter_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.delitem(sys.modules, "costmodel.lab.what_if")
    with pytest.raises(ImportError, match="fix: make lab"):
        importlib.import_module("costmodel.lab.what_if")


def test_nothing_uncertain_is_nothing_to_move():
    board = what_if(read_scenario(CERTAIN), draws=2)
    assert board.dials == ()
    assert "nothing to move" in texts_of(board)


def test_every_text_is_well_formed(board):
    board.dials[0].slider.value += board.dials[0].scale.step
    for text in states(board):
        ElementTree.fromstring(text)


def test_the_sliders_act_while_they_are_dragged_and_have_names(board):
    for dial in board.dials:
        assert dial.slider.continuous_update
        assert dial.slider.description == dial.label
        assert dial.slider.style.description_width == "initial"


def test_a_logarithmic_slider_moves_its_belief_too():
    board = what_if(chat(), draws=DRAWS)
    dial = next(dial for dial in board.dials if dial.scale.logarithmic)
    dial.slider.value = dial.scale.nearest(400.0)
    assert dial.belief.median == pytest.approx(dial.slider.value, rel=1e-4)
    assert board.projection is not board.opening


def test_a_yearly_budget_and_none_have_figures_of_their_own():
    yearly = cm.simulate(chat(budget="$30k per year"), draws=DRAWS)
    none = cm.simulate(chat(budget="-"), draws=DRAWS)
    assert merits_of(yearly)[2].note == "$30k a year"
    assert merits_of(yearly)[2].value(yearly) == yearly.chance_over_budget
    assert merits_of(none)[2].name == "All 6 months, P50"
    assert merits_of(none)[2].value(none) == none.total.p50


def test_changes_have_a_sign_and_an_arrow():
    dollars, _, chance, _ = merits_of(cm.simulate(chat(), draws=2))
    assert change(dollars, 4600.0, 4000.0) == ("up", "▲ +$600 (+15 %)")
    assert change(dollars, 3980.0, 4000.0) == ("down", "▼ −$20 (−0.5 %)")
    assert change(dollars, 4000.0, 4000.0) == ("same", "as opened")
    assert change(dollars, 10.0, 0.0) == ("up", "▲ +$10.00")
    assert change(chance, 0.47, 0.44) == ("up", "▲ +3 points")
    assert change(chance, 0.433, 0.44) == ("down", "▼ −0.7 points")


@pytest.mark.parametrize(
    ("belief", "expected"),
    [
        (Interval(low=6.54654321, high=15.2753001), Interval(low=6.5465, high=15.275)),
        (Pert(low=0.0, likely=1.2345678, high=2.0), Pert(low=0.0, likely=1.2346, high=2.0)),
        (Interval(low=0.5, high=0.9999999, domain="share"),) * 2,
        (Counted(successes=27, trials=30),) * 2,
        (Samples(points=(1.23456789, 2.0)),) * 2,
    ],
)
def test_a_moved_belief_has_five_digits(belief, expected):
    assert rounded(belief) == expected
