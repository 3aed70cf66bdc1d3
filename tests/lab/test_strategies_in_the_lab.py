"""Strategies in the dashboard: switches make variants, and each says what it does."""

import json
import re
import shlex
from xml.etree import ElementTree

import numpy as np
import pytest

import costmodel as cm
from costmodel.foundation.errors import InputError
from costmodel.lab.what_if import what_if
from costmodel.report.amounts import percent
from costmodel.report.fan import fan_of
from costmodel.scenario.overriding import parse_setting
from tests.lab.scenes import CERTAIN, chat, read_scenario, with_strategies
from tests.lab.test_live_chart import paths_of
from tests.lab.test_what_if import count_simulations, texts_of

DRAWS = 256


@pytest.fixture(scope="module")
def scenario():
    return with_strategies()


@pytest.fixture
def board(scenario):
    return what_if(scenario, draws=DRAWS)


def card(board, name):
    return next(card for card in board.cards if card.name == name)


def switch(board, *names):
    for name in names:
        card(board, name).toggle.value = not card(board, name).on


def dial(board, path):
    return next(dial for each in board.cards for dial in each.dials if dial.path.endswith(path))


def said(board, name):
    return re.sub("<[^>]*>", "", card(board, name).note.value).replace("&#x27;", "'")


def simulated(scenario, *names, **changes):
    """Simulate the scenario with strategies on, asked for without the dashboard."""
    changed = scenario.with_overrides(changes) if changes else scenario
    return cm.simulate(changed.with_strategies(*names, variant="mine"), variant="mine", draws=DRAWS)


def reproduced(scenario, command):
    """Simulate what a command line says."""
    words = shlex.split(command)
    changes = dict(parse_setting(words[n + 1]) for n, word in enumerate(words) if word == "--set")
    variant = words[words.index("--variant") + 1] if "--variant" in words else None
    return cm.simulate(scenario.with_overrides(changes), draws=DRAWS, variant=variant)


# -- switches


def test_each_strategy_has_a_named_switch_and_those_of_the_baseline_are_on(board, scenario):
    assert [each.toggle.description for each in board.cards] == list(scenario.strategies)
    assert card(board, "prefix").toggle.tooltip == "Keeps the beginning"
    assert board.on == ()
    assert all(each.note.value == "" for each in board.cards)


def test_another_variant_can_be_opened_and_is_the_first_baseline(scenario):
    board = what_if(scenario, variant="cached", draws=DRAWS)
    assert board.on == ("prefix", "faq")
    assert np.array_equal(board.projection.spend, simulated(scenario, "prefix", "faq").spend)
    assert board.pinned is board.projection
    assert "as opened" in board._figures.value
    switch(board, "prefix", "faq")
    assert np.array_equal(board.projection.spend, cm.simulate(scenario, draws=DRAWS).spend)


def test_a_variant_that_does_not_exist_is_refused_with_the_nearest(scenario):
    with pytest.raises(InputError, match="did you mean 'cached'"):
        what_if(scenario, variant="cashed", draws=DRAWS)


@pytest.mark.parametrize("names", [("fair",), ("prefix", "faq"), ("faq", "daily", "cap")])
def test_a_switch_shows_what_simulate_says_of_the_variant(board, scenario, names):
    switch(board, *names)
    expected = simulated(scenario, *names)
    assert np.array_equal(board.projection.spend, expected.spend)
    assert board._chart.svg(fan_of(expected)) in board._picture.value
    assert f"{expected.p90:,.0f}" in board._figures.value
    assert "▼ −$" in board._figures.value


def test_a_switch_on_and_off_is_the_opening_to_the_last_bit(board):
    before = texts_of(board)
    switch(board, "fair")
    assert texts_of(board) != before
    switch(board, "fair")
    assert texts_of(board) == before
    assert board.projection is board.opening


def test_one_switch_is_one_simulation_and_one_more_for_a_prompt_cache(board, monkeypatch):
    runs = count_simulations(monkeypatch)
    switch(board, "fair")
    assert len(runs) == 1
    switch(board, "prefix")
    assert len(runs) == 3


def test_a_scenario_without_strategies_has_no_such_section():
    board = what_if(chat(), draws=64)
    assert board.cards == ()
    assert "Strategies" not in texts_of(board)


# -- sliders


def test_the_sliders_of_a_strategy_are_shown_while_it_is_on(board):
    fair = card(board, "fair")
    assert fair._sliders.layout.display == "none"
    switch(board, "fair")
    assert fair._sliders.layout.display == ""


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("prefix", []),
        ("faq", ["unique", "ttl"]),
        ("fair", ["limit"]),
        ("daily", ["limit", "defer"]),
        ("cheaper", ["limit"]),
        ("paid", ["limit", "take_up"]),
        ("cap", ["limit"]),
    ],
)
def test_each_kind_has_sliders_for_the_one_or_two_numbers_that_matter(board, name, keys):
    dials = card(board, name).dials
    assert [each.path for each in dials] == [f"strategies.{name}.{key}" for key in keys]
    assert all(each.slider.description for each in dials)


def test_measured_rates_take_the_place_of_what_they_are_made_of():
    text = """
strategies:
  measured: {kind: response_cache, feature: answer, hit_rate: 10% to 25%}
  read: {kind: prompt_cache, feature: answer, ttl: 30min, reads: 40% to 60%}
"""
    board = what_if(with_strategies(text), draws=DRAWS)
    paths = [each.path for one in board.cards for each in one.dials]
    assert paths == ["strategies.measured.hit_rate", "strategies.read.reads"]
    switch(board, "measured", "read")
    before = board.projection.p50
    dial(board, "read.reads").slider.value = 0.7
    assert board.projection.p50 < before


def test_a_limit_is_moved_in_its_own_unit_and_period(board, scenario):
    switch(board, "fair")
    dial(board, "fair.limit").slider.value = 40.0
    expected = simulated(scenario, "fair", **{"strategies.fair.limit": "40 turns per month"})
    assert np.array_equal(board.projection.spend, expected.spend)
    assert dial(board, "fair.limit").value_text == "40"
    assert dial(board, "purse.limit").value_text == "$0.100"
    assert dial(board, "cap.limit").value_text == "$2,000"


def test_how_long_answers_are_kept_is_moved_in_whole_hours_or_minutes(board, scenario):
    switch(board, "faq")
    kept = dial(board, "faq.ttl")
    assert kept.value_text == "24h"
    kept.slider.value = kept.scale.value_at(0)  # 24 h / 10^(27 x 0.05) = 1.07 h
    assert kept.change == "64min"
    expected = simulated(scenario, "faq", **{"strategies.faq.ttl": "64min"})
    assert np.array_equal(board.projection.spend, expected.spend)


def test_a_belief_of_a_strategy_keeps_its_relative_width(board, scenario):
    switch(board, "daily")
    again = dial(board, "daily.defer")
    again.slider.value = again.scale.nearest(0.4)
    moved = scenario.with_overrides({again.path: again.belief})
    assert moved.strategies["daily"].defer.median == pytest.approx(0.4, rel=0.02)
    assert np.array_equal(board.projection.spend, simulated(moved, "daily").spend)


def test_a_slider_of_a_strategy_that_is_off_changes_nothing(board):
    switch(board, "fair")
    dial(board, "fair.limit").slider.value = 10.0
    switch(board, "fair")
    assert board.projection is board.opening
    assert "--set" not in board.command


def test_no_position_of_any_slider_is_refused(scenario):
    for names in (("faq", "daily", "cap"), ("fair", "paid"), ("purse", "cheaper")):
        board = what_if(scenario, draws=64)
        switch(board, *names)
        for each in (each for name in names for each in card(board, name).dials):
            for end in each.scale.ends:
                each.slider.value = end
                assert board._problem.value == ""
                assert np.isfinite(board.projection.spend).all()


def test_a_limit_of_the_scenarios_own_currency_is_moved_in_it():
    rate = "currency: {code: EUR, usd: 1.25, date: 2026-11-20, source: ECB}\n"
    text = "\nstrategies:\n  purse: {kind: quota, segment: free, limit: €0.20 per month}\n"
    board = what_if(with_strategies(text + rate), draws=DRAWS)
    switch(board, "purse")
    purse = dial(board, "purse.limit")
    assert purse.value_text == "€0.20"
    purse.slider.value = 0.30
    limit = board.projection.scenario.strategies["purse"].limit
    assert (str(limit), float(limit.amount)) == ("€0.3 per month", pytest.approx(0.375))


# -- the command


@pytest.mark.parametrize("names", [(), ("fair",), ("faq", "prefix"), ("prefix", "daily", "cap")])
def test_the_command_reproduces_what_is_shown_to_the_bit(board, scenario, names):
    switch(board, *names)
    for each in (*board.dials[:2], *(each for name in names for each in card(board, name).dials)):
        each.slider.value = each.scale.value_at(each.scale.steps_to(each.start) + 3)
    again = reproduced(scenario, board.command)
    assert np.array_equal(again.spend, board.projection.spend)


def test_the_terminal_says_the_same():
    from typer.testing import CliRunner

    from costmodel.cli.main import app

    board = what_if("support_chatbot", draws=64)
    switch(board, "faq_cache", "fair_use")
    dial(board, "fair_use.limit").slider.value = 42.0
    ran = CliRunner().invoke(app, [*shlex.split(board.command)[1:], "--json"])
    assert ran.exit_code == 0
    months = json.loads(ran.stdout)["months"]
    assert [month["P50"] for month in months] == [
        board.projection.month(number + 1).p50 for number in range(len(months))
    ]


def test_strategies_of_a_variant_are_called_by_its_name_and_others_what_if(board):
    switch(board, "faq", "prefix")
    assert "--variant cached" in board.command
    assert "variants." not in board.command
    switch(board, "fair")
    assert "--set 'variants.what_if=[prefix, faq, fair]' --variant what_if" in board.command


def test_a_variant_of_the_scenario_called_what_if_is_left_alone():
    text = "\nstrategies:\n  a: {kind: quota, segment: free, limit: 9 turns per day}\n"
    text += "  b: {kind: budget, limit: $2k per month}\nvariants: {what_if: [], both: [a, b]}\n"
    scenario = with_strategies(text)
    board = what_if(scenario, draws=DRAWS)
    switch(board, "a")
    assert "--variant what_if_2" in board.command
    assert np.array_equal(reproduced(scenario, board.command).spend, board.projection.spend)


# -- the pinned baseline


def test_figures_are_held_against_the_opening_until_another_state_is_pinned(board):
    assert board._pin.disabled
    switch(board, "prefix")
    cached = board.projection
    assert f"−${board.opening.p50 - cached.p50:,.0f}" in board._figures.value
    board._pin.click()
    assert board.pinned is cached
    assert "as pinned" in board._figures.value
    assert "▼" not in board._figures.value
    assert board._pin.disabled
    switch(board, "prefix")
    assert f"▲ +${board.opening.p50 - cached.p50:,.0f}" in board._figures.value


def test_the_pinned_bands_stay_as_a_ghost(board):
    ghost = wide_paths(board)["cm-ghost"]
    assert np.array_equal(ghost, wide_paths(board)["cm-band-0"])
    switch(board, "fair")
    assert np.array_equal(wide_paths(board)["cm-ghost"], ghost)
    board.pin()
    assert np.array_equal(wide_paths(board)["cm-ghost"], wide_paths(board)["cm-band-0"])
    assert "as pinned" in board._legend.value


def wide_paths(board):
    svgs = ElementTree.fromstring(board._picture.value)
    return paths_of(ElementTree.tostring(svgs[0], encoding="unicode"))


def test_reset_puts_switches_back_draws_once_and_leaves_what_is_pinned(board):
    switch(board, "fair", "faq")
    dial(board, "fair.limit").slider.value = 12.0
    board.pin()
    drawn = []
    board._picture.observe(lambda change: drawn.append(change.new), names="value")
    board._reset.click()
    assert board.on == ()
    assert board.projection is board.opening
    assert board.pinned is not board.opening
    assert dial(board, "fair.limit").value_text == "30"
    assert len(drawn) == 1


# -- what each does, and what does nothing


def shares(projection, segment):
    fate = projection.fates[segment, "answer"]
    return fate, lambda turns: percent(float(turns.mean() / fate.demanded.mean()))


def test_a_limit_says_whom_it_stops_and_what_is_blocked(board):
    switch(board, "fair")
    fate, share = shares(board.projection, "free")
    people = (fate.affected * board.projection.flow.active["free"]).mean()
    assert said(board, "fair") == (
        f"Stops {percent(float(fate.affected.mean()))} of free in a month (about {people:,.0f}"
        f" people); {share(fate.blocked)} of their turns blocked"
    )


def test_what_is_put_off_sent_to_a_cheaper_model_or_paid_for_is_said(board):
    switch(board, "cheaper")
    fate, share = shares(board.projection, "pro")
    cheaper = fate.answered["degraded"] / (1 - fate.failed / (fate.demanded - fate.blocked))
    assert f"{share(cheaper)} of their turns answered by openai/gpt-5.6-luna" in said(
        board, "cheaper"
    )
    switch(board, "cheaper", "paid")
    fate, share = shares(board.projection, "pro")
    assert f"{share(fate.blocked)} of their turns blocked, {share(fate.paid)} paid for" in said(
        board, "paid"
    )
    switch(board, "paid", "daily")
    assert "of free and pro in a month" in said(board, "daily")
    assert re.search(r"blocked, \d+ % put off at first", said(board, "daily"))


def test_a_limit_in_money_says_whom_it_stops(board):
    switch(board, "purse")
    fate, share = shares(board.projection, "free")
    assert f"Stops {percent(float(fate.affected.mean()))} of free" in said(board, "purse")
    assert f"{share(fate.blocked)} of their turns blocked" in said(board, "purse")


def test_a_limit_on_use_behind_one_on_turns_says_what_it_takes_of_the_rest(board):
    switch(board, "fair")
    alone = board.projection.fates["free", "answer"]
    before = said(board, "fair")
    switch(board, "purse")
    both = board.projection.fates["free", "answer"]
    taken = (both.blocked - alone.blocked).mean() / (alone.demanded - alone.blocked).mean()
    assert said(board, "fair") == before
    assert said(board, "purse").startswith(
        f"Stops {percent(float(both.affected.mean()))} of free in a month together with fair ("
    )
    assert f"{percent(float(taken))} of their turns blocked" in said(board, "purse")


def test_a_limit_on_use_that_nobody_meets_behind_one_on_turns_says_so():
    text = "\nstrategies:\n  fair: {kind: quota, segment: free, limit: 3 turns per month}\n"
    text += "  purse: {kind: quota, segment: free, limit: 1B tokens per month}\n"
    board = what_if(with_strategies(text), draws=DRAWS)
    switch(board, "fair", "purse")
    assert said(board, "purse") == "Not binding. Nobody meets this limit"
    assert said(board, "fair").startswith("Stops ")


def test_a_response_cache_says_what_it_answers_and_how_often_wrongly(board):
    switch(board, "faq")
    fates = board.projection.fates.values()
    asked, hits, wrong = (
        sum(turns.mean() for turns in found)
        for found in (
            (fate.demanded for fate in fates),
            (fate.answered["response cache"] for fate in fates),
            (fate.wrong for fate in fates),
        )
    )
    text = said(board, "faq")
    assert f"Answers {percent(float(hits / asked))} of turns without a call" in text
    assert f"; {wrong:,.0f} wrong answers a month ($" in text
    assert "beside the bill" in text


def test_a_prompt_cache_says_what_is_read_from_it(board):
    switch(board, "prefix")
    lanes = board.projection.ledger.lanes
    read = sum(lane.tokens()["cached input"].mean() for lane in lanes)
    sent = sum((lane.calls * lane.step.shape.input).mean() for lane in lanes)
    assert said(board, "prefix").startswith(f"{percent(float(read / sent))} of the input is read")


def test_a_cap_says_when_it_runs_out(board):
    switch(board, "cap")
    capped = board.projection.flow.capped
    often = percent(float(np.isfinite(capped.exhausted).mean()))
    assert f"Runs out before the end of {often} of months, on day " in said(board, "cap")


def test_a_strategy_that_starts_later_is_told_of_from_its_start_on():
    later = "\nstrategies:\n  fair: {kind: quota, segment: free, limit: 30 turns per month"
    board = what_if(with_strategies(later + ", from: 2027-03}\n"), draws=DRAWS)
    switch(board, "fair")
    affected = board.projection.fates["free", "answer"].affected[3:]
    assert f"Stops {percent(float(affected.mean()))} of free" in said(board, "fair")


def test_the_start_of_a_strategy_is_marked_while_it_is_on():
    later = "\nstrategies:\n  fair: {kind: quota, segment: free, limit: 30 turns per month"
    board = what_if(with_strategies(later + ", from: 2027-03}\n"), draws=DRAWS)
    before = board._picture.value, board._legend.value
    assert "cm-marks" not in board._picture.value
    switch(board, "fair")
    assert "cm-marks" in board._picture.value
    assert "Mar 2027" in board._legend.value
    switch(board, "fair")
    assert (board._picture.value, board._legend.value) == before


@pytest.mark.parametrize(
    ("name", "why"), [("roomy", "Nobody meets this limit"), ("wide_cap", "No month costs as much")]
)
def test_a_strategy_that_changes_nothing_says_so_beside_its_switch(board, name, why):
    switch(board, name)
    assert said(board, name) == f"Not binding. {why}"
    assert np.array_equal(board.projection.spend, board.opening.spend)


def test_caches_that_find_nothing_say_so():
    # 180 tokens a call are below the 1,024 from which the provider keeps a prompt, and answers
    # kept for a second are asked for again by nobody.
    text = """
strategies:
  prefix: {kind: prompt_cache, feature: answer, ttl: 30min}
  faq: {kind: response_cache, feature: answer, ttl: 24h, questions: 1000, unique: 100%}
"""
    small = CERTAIN.replace("tokens: 500", "tokens: 100").replace(
        "mean: 80, cv: 1", "mean: 80, cv: 0"
    )
    board = what_if(with_strategies(text, small), draws=2)
    switch(board, "prefix", "faq")
    assert said(board, "prefix").startswith("Not binding. The bill and the turns are the same")
    assert said(board, "faq") == "Not binding. It answers nothing"


# -- refusals and bad input


def test_two_that_cannot_stand_together_leave_the_last_state_and_one_message(board):
    switch(board, "fair")
    before, picture = board.projection, board._picture.value
    switch(board, "daily")
    assert board.on == ("fair",)
    assert board.projection is before
    assert board._picture.value == picture
    assert said(board, "daily") == (
        "daily stays off: it does not go together with fair (two quotas by turns on 'free'). "
        "Switch fair off first."
    )
    assert texts_of(board).count('role="alert"') == 1
    switch(board, "fair", "daily")
    assert board.on == ("daily",)
    assert 'role="alert"' not in texts_of(board)


def test_what_the_provider_does_not_sell_is_said_on_the_card(board):
    switch(board, "unsold")
    assert not card(board, "unsold").on
    assert "strategies.unsold.ttl" in said(board, "unsold")
    assert 'role="alert"' in card(board, "unsold").note.value
    assert board.projection is board.opening


def test_hostile_words_are_shown_and_not_run():
    text = "\nstrategies:\n  fair: {kind: quota, segment: free, limit: 30 turns per month, "
    text += "description: '<img src=x onerror=alert(1)>'}\n"
    board = what_if(with_strategies(text), draws=64)
    assert "<img" not in texts_of(board)
    assert not board.cards[0].toggle.description_allow_html


def test_every_text_of_a_card_is_well_formed(board):
    switch(board, "prefix", "faq", "fair", "cap")
    for each in board.cards:
        for text in (each.about.value, each.note.value):
            assert not text or ElementTree.fromstring(text) is not None


def test_a_certain_scenario_can_be_opened_with_its_strategies():
    text = "\nstrategies:\n  fair: {kind: quota, segment: all, limit: 12 turns per month}\n"
    scenario = read_scenario(CERTAIN + text)
    board = what_if(scenario, draws=2)
    assert board.dials == ()
    switch(board, "fair")
    assert "of people in a month (about " in said(board, "fair")
