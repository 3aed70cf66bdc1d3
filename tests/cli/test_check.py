"""`costmodel check`: what the inputs imply, and what is not sourced."""

from __future__ import annotations

import json

import pytest

from costmodel.engine.expected import expected
from costmodel.report.amounts import usd
from costmodel.scenario.implications import figure, what_inputs_imply
from costmodel.scenario.loading import load_scenario
from tests.cli.conftest import SCENARIO


def test_a_valid_scenario_shows_what_its_inputs_imply(costmodel, scenario):
    result = costmodel("check", scenario)
    text = " ".join(result.stdout.split())
    for one in what_inputs_imply(load_scenario(scenario)):
        assert f"{one.text} {figure(one.value, one.unit)}" in text
    assert f"{scenario}: no problems found" in result.stderr
    assert result.exit_code == 0


def test_dollars_per_turn_and_per_person_are_those_of_the_closed_form(costmodel, scenario):
    result = costmodel("check", scenario, "--json")
    costs = {cost["segment"]: cost for cost in json.loads(result.stdout)["costs"]}
    for lane in expected(load_scenario(scenario)).lanes:
        cost = costs[lane.lane.segment]
        assert cost["usd_per_turn"] == pytest.approx(lane.usd[0] / lane.turns[0])
        assert cost["usd_per_person"] * cost["people"] == pytest.approx(lane.usd[0])
        assert cost["month"] == "2026-12"


def test_the_expected_spend_is_shown(costmodel, scenario):
    means = expected(load_scenario(scenario))
    result = costmodel("check", scenario)
    assert f"all 3 months {usd(means.total)}" in result.stdout
    figures = json.loads(costmodel("check", scenario, "--json").stdout)
    assert figures["expected_usd"]["total"] == means.total
    assert list(figures["expected_usd"]["months"].values()) == list(means.by_month)


def test_a_feature_that_starts_later_is_shown_in_its_first_month(costmodel, tmp_path):
    path = tmp_path / "later.yaml"
    later = SCENARIO.replace("    model:", "    from: 2027-02\n    model:")
    path.write_text(later, encoding="utf-8")
    costs = json.loads(costmodel("check", path, "--json").stdout)["costs"]
    assert {cost["month"] for cost in costs} == {"2027-02"}
    assert costs[0]["turns"] > 0


def test_an_odd_figure_is_marked_and_told(costmodel, tmp_path):
    path = tmp_path / "odd.yaml"
    odd = SCENARIO.replace("40 to 90 per month", "4000 to 9000 per day")
    path.write_text(odd, encoding="utf-8")
    result = costmodel("check", path)
    assert "<- check this" in result.stdout
    assert "was a day taken for a month, or a month for a day?" in result.stderr
    assert result.exit_code == 0


def test_strict_fails_on_numbers_without_a_source(costmodel, scenario):
    result = costmodel("check", scenario, "--strict")
    assert result.exit_code == 2
    assert "segments.free.users: read a number without a source" in result.stderr
    assert "fix: add assumed: true beside it, or where it comes from" in result.stderr
    assert result.stdout == ""


def test_without_strict_such_numbers_are_only_named(costmodel, scenario):
    result = costmodel("check", scenario)
    assert "without a source (--strict fails on them): segments.free.users," in result.stderr


def test_the_shipped_scenario_passes_strict(costmodel):
    assert costmodel("check", "support_chatbot", "--strict").exit_code == 0


def test_every_missing_price_is_told_at_once(costmodel, tmp_path):
    path = tmp_path / "two.yaml"
    second = SCENARIO.split("  answer:\n")[1].replace("google/gemini-3.8-flash", "openai/gpt-99")
    first = SCENARIO.replace("google/gemini-3.8-flash", "openai/gpt-98")
    path.write_text(f"{first}  draft:\n{second}", encoding="utf-8")
    lines = costmodel("check", path).stderr.splitlines()
    assert f"error: {path}: features.answer.model: model 'openai/gpt-98' has no price" in lines[0]
    assert f"error: {path}: features.draft.model: model 'openai/gpt-99' has no price" in lines[1]


def test_the_tables_fit_80_columns(costmodel):
    result = costmodel("check", "support_chatbot")
    assert max(len(line.rstrip()) for line in result.stdout.splitlines()) <= 80


def test_explain_shows_the_multiplication(costmodel, scenario):
    from costmodel.engine.simulate import simulate

    result = costmodel("explain", scenario, "answer")
    central = simulate(scenario, draws=2, uncertainty=frozenset())
    assert result.stdout == central.explain("answer").rstrip() + "\n"
    assert result.exit_code == 0


def test_explain_as_json_holds_the_lines_and_the_flows(costmodel, scenario):
    data = json.loads(costmodel("explain", scenario, "--json").stdout)
    assert data["features"]["answer"][0].startswith("answer: one turn with google/gemini-3.8-flash")
    assert data["flows"]["free/answer/call/primary"]["usd"] > 0


def test_explain_of_an_unknown_feature_names_those_there_are(costmodel, scenario):
    result = costmodel("explain", scenario, "anser")
    assert result.exit_code == 2
    assert (
        "read feature 'anser'; expected one of answer; fix: did you mean 'answer'?" in result.stderr
    )
