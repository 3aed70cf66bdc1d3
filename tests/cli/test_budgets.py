"""`costmodel run` with a budget: its verdict, its exit code, and chances that agree with it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.cli.gate import Gate
from costmodel.engine.distribution import Distribution
from costmodel.engine.simulate import simulate
from costmodel.report.amounts import percent, usd
from costmodel.report.wording import chance_beside
from costmodel.scenario.loading import load_scenario
from tests.cli.conftest import QUICK, SCENARIO
from tests.cli.screen import flat, rows_of


def test_a_budget_below_the_quantile_ends_with_exit_code_1(costmodel, scenario):
    result = costmodel("run", scenario, "--budget", "500", "--quantile", "p50", *QUICK)
    p50 = usd(simulate(scenario, draws=256).p50)
    assert result.exit_code == 1
    assert f"over budget: P50 of the dearest month is {p50}, above $500" in result.stderr
    assert "Chance over" in result.stdout


def test_a_budget_above_the_quantile_ends_with_exit_code_0(costmodel, scenario):
    result = costmodel("run", scenario, "--budget", "$20k per month", *QUICK)
    assert result.exit_code == 0
    assert "within budget: P90 of the dearest month is" in result.stderr


def test_the_given_budget_takes_the_place_of_the_scenarios(costmodel, scenario):
    result = costmodel("run", scenario, "--budget", "20000", "--json", *QUICK)
    figures = json.loads(result.stdout)
    assert figures["budget"] == {"usd": 20000.0, "period": "month"}
    assert figures["chance_over_budget"] == 0.0
    assert figures["held_against_budget"]["quantile"] == "P90"
    assert figures["held_against_budget"]["over"] is False
    assert "set budget: $900 per month -> $20,000 per month" in result.stderr


def test_a_yearly_budget_is_held_against_the_whole_year(costmodel, scenario):
    result = costmodel("run", scenario, "--budget", "$1k per year", "--json", *QUICK)
    held = json.loads(result.stdout)["held_against_budget"]
    projection = simulate(scenario, draws=256)
    assert result.exit_code == 1
    assert held["dearest_year_usd"] == Distribution(projection.dearest_year).quantile(0.9)


def test_a_yearly_budget_is_said_in_words(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "budget=$1k per year", *QUICK)
    changed = simulate(load_scenario(scenario, {"budget": "$1k per year"}), draws=256)
    chance = percent(changed.chance_over_budget)
    assert f"Chance over the yearly budget: {chance}" in flat(result.stdout)
    assert "Chance over $" not in flat(result.stdout)


COMPARED = "A yearly budget is compared with the dearest 12 months in a row"


@pytest.mark.parametrize(
    ("months", "note", "verdict"),
    [
        (1, f"{COMPARED}: here, the only month.", "P90 of the only month is"),
        (3, f"{COMPARED}: here, all 3 months.", "P90 of all 3 months is"),
        (12, f"{COMPARED}: here, all 12 months.", "P90 of the dearest 12 months in a row is"),
        (14, f"{COMPARED}.", "P90 of the dearest 12 months in a row is"),
    ],
)
def test_a_yearly_budget_and_its_verdict_are_of_the_same(
    costmodel, scenario, months, note, verdict
):
    changes = ("--set", f"months={months}", "--budget", "$100 per year")
    result = costmodel("run", scenario, *changes, *QUICK)
    assert note in flat(result.stdout)
    assert f"over budget: {verdict} $" in result.stderr


def test_a_quantile_alone_is_held_against_the_scenarios_budget(costmodel, scenario):
    assert costmodel("run", scenario, "--quantile", "p90", *QUICK).exit_code == 1


def test_a_quantile_without_any_budget_is_refused(costmodel, tmp_path):
    path = tmp_path / "free.yaml"
    path.write_text(SCENARIO.replace("budget: $900 per month\n", ""), encoding="utf-8")
    result = costmodel("run", path, "--quantile", "p90", *QUICK)
    assert result.exit_code == 2
    assert "read --quantile without a budget" in result.stderr
    assert "add --budget 5000" in result.stderr


def test_a_budget_can_be_given_to_a_scenario_without_one(costmodel, tmp_path):
    path = tmp_path / "free.yaml"
    path.write_text(SCENARIO.replace("budget: $900 per month\n", ""), encoding="utf-8")
    result = costmodel("run", path, "--budget", "5000", *QUICK)
    assert result.exit_code == 0
    assert "set budget: no budget -> $5,000 per month\n" in result.stderr


def test_a_budget_can_be_taken_away(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "budget=null", *QUICK)
    assert "set budget: $900 per month -> no budget\n" in result.stderr
    assert "Chance over" not in result.stdout


def test_a_budget_that_is_none_is_told_as_it_was_typed(costmodel, scenario):
    result = costmodel("run", scenario, "--budget", "abc", *QUICK)
    assert result.exit_code == 2
    assert result.stderr == (
        "error: --budget: read 'abc'; expected an amount in USD per month or year; "
        "fix: write 5000, or '$60k per year'\n"
    )


@pytest.mark.parametrize(
    ("share", "quantiles", "text"),
    [
        (0.1032, (0.1, 0.5, 0.9), "10.3 %"),  # P90 above the budget: not 10 %
        (0.1001, (0.9,), "10.01 %"),
        (0.0996, (0.9,), "10 %"),  # P90 within the budget: 10 % is not above 10 %
        (0.096, (0.9,), "10 %"),
        (0.11, (0.9,), "11 %"),
        (0.5, (0.5,), "50 %"),
        (0.504, (0.5,), "50.4 %"),
        (0.0252, (0.975,), "3 %"),
        (0.0249, (0.975,), "2 %"),
        (0.004, (0.9,), "<1 %"),
        (0.9996, (0.5, 0.9), ">99 %"),
        (0.0, (0.9,), "0 %"),
    ],
)
def test_a_chance_is_rounded_only_as_far_as_it_agrees_with_the_quantiles(share, quantiles, text):
    assert chance_beside(share, quantiles) == text


@given(share=st.integers(0, 8192).map(lambda n: n / 8192), p=st.integers(1, 99))
def test_a_chance_that_is_shown_never_contradicts_a_quantile(share, p):
    text = chance_beside(share, (p / 100,))
    shown = float(text.strip("<>% ")) if text[0] not in "<>" else 100 * share
    assert (shown > 100 - p) == (share > 1 - p / 100 + 1e-12)


def test_the_chance_and_the_verdict_agree_on_the_screen(costmodel, scenario):
    dearest = simulate(scenario, draws=256).dearest_month
    # 26 of 256 futures are dearer: 10.16 %, and the P90, the 231st of 256, lies above the budget.
    budget = (np.sort(dearest.values)[229] + np.sort(dearest.values)[230]) / 2
    result = costmodel("run", scenario, "--budget", budget, *QUICK)
    assert result.exit_code == 1
    assert "in 10.2 % of futures" in flat(result.stdout)
    assert rows_of(result.stdout)["dearest month"][3:] == ["10.2", "%"]


def test_amounts_that_round_to_the_budget_show_their_cents():
    over = Gate(0.9, 5000.3, 5000.0, "month", "the dearest month")
    within = Gate(0.9, 4999.7, 5000.0, "month", "the dearest month")
    even = Gate(0.9, 5000.0, 5000.0, "month", "the dearest month")
    start = "budget: P90 of the dearest month is"
    assert str(over) == f"over {start} $5,000.30, above $5,000.00"
    assert str(within) == f"within {start} $4,999.70, not above $5,000.00"
    assert str(even) == f"within {start} $5,000, not above $5,000"


def test_the_options_given_are_in_the_reproducing_command_and_the_json(costmodel, scenario):
    words = ("--budget", "$20k per month", "--quantile", "p95", "--set", "months=2")
    result = costmodel("run", scenario, *words, "--json", *QUICK)
    command = json.loads(result.stdout)["provenance"]["command"]
    options = "--set months=2 --budget '$20k per month' --quantile p95"
    assert command == (
        f"costmodel run {scenario} {options} --snapshot 2026-11-23 --seed 0 --draws 256"
    )
