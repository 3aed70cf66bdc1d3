"""`costmodel check`: what the inputs imply, and what is not sourced."""

from __future__ import annotations

import json

import pytest

from costmodel.engine.expected import expected
from costmodel.report.amounts import usd
from costmodel.scenario.implications import figure, what_inputs_imply
from costmodel.scenario.loading import load_scenario
from tests.cli.conftest import SCENARIO
from tests.cli.screen import flat


def errors(result) -> list[str]:
    """Return the lines of stderr that tell an error."""
    return [line for line in result.stderr.splitlines() if line.startswith("error: ")]


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
    assert "was a day taken for a month, or a month for a day?" in flat(result.stderr)
    assert max(map(len, result.stderr.partition(" numbers have")[0].splitlines())) <= 80
    assert result.exit_code == 0


WHAT_TO_WRITE = (
    "write source: and where it comes from, or assumed: true; on a mapping, such as a feature, "
    "it holds for every number inside"
)


def test_strict_fails_on_numbers_without_a_source_one_a_line_with_its_place(costmodel, scenario):
    result = costmodel("check", scenario, "--strict")
    words, first, *others = result.stderr.partition("error: ")[0], *errors(result)
    assert result.exit_code == 2
    assert flat(words) == f"16 numbers have no source: {WHAT_TO_WRITE}"
    assert first == (  # line 7 of the file: "  free: {users: 8k to 12k, ..."
        f"error: {scenario}:7:17: segments.free.users: read '8k to 12k'; expected a source; "
        "fix: add source: or assumed: true to segments.free"
    )
    assert f"error: {scenario}:16:26: features.answer.prompt.system.tokens: read 1500" in others[6]
    assert len(others) == 15
    assert result.stdout == ""


def test_strict_problems_are_data_with_json(costmodel, scenario):
    error = json.loads(costmodel("check", scenario, "--strict", "--json").stdout)["error"]
    places = [(each["line"], each["column"]) for each in error["problems"]]
    assert places == sorted(places)
    assert places[0] == (7, 17)


def test_a_number_stated_as_a_mapping_is_sourced_inside_it(costmodel, tmp_path):
    path = tmp_path / "desk.yaml"
    path.write_text(SCENARIO.replace("8k to 12k", "{p10: 8k, p50: 9k, p90: 12k}"), encoding="utf-8")
    first = errors(costmodel("check", path, "--strict"))[0]
    fix = "fix: add source: or assumed: true to segments.free.users"
    assert f"segments.free.users: read a mapping; expected a source; {fix}" in first


def test_a_number_of_the_parent_is_placed_in_the_parents_file(costmodel, scenario, tmp_path):
    child = tmp_path / "child.yaml"
    child.write_text(f"extends: {scenario.name}\nsegments: {{free: {{users: 5k}}}}\n")
    lines = errors(costmodel("check", child, "--strict"))
    assert any(f"{child}:2:26: segments.free.users: read '5k'" in line for line in lines)
    assert any(f"{scenario}:8:16: segments.pro.users" in line for line in lines)


def test_without_strict_such_numbers_are_only_named_one_a_line(costmodel, scenario):
    result = costmodel("check", scenario)
    assert f"16 numbers have no source, on which --strict fails: {WHAT_TO_WRITE}" in flat(
        result.stderr
    )
    lines = result.stderr.splitlines()
    assert f"  {scenario}:7:17: segments.free.users: '8k to 12k'" in lines
    assert f"  {scenario}:16:26: features.answer.prompt.system.tokens: 1500" in lines
    assert result.exit_code == 0


def test_a_single_number_without_a_source_is_one_number(costmodel, scenario):
    text = SCENARIO.replace("name: Help desk", "name: Help desk\nassumed: true")
    text = text.replace("{users: 400 to 700}", "{users: 400 to 700, assumed: false}")
    scenario.write_text(text, encoding="utf-8")
    assert "1 number has no source" in costmodel("check", scenario).stderr


@pytest.mark.parametrize("command", ["check", "explain"])
def test_changes_are_told_on_stderr(costmodel, scenario, command):
    result = costmodel(command, scenario, "--set", "months=5", "--json")
    assert result.stderr.startswith("set months: 3 -> 5\n")
    json.loads(result.stdout)


def test_the_shipped_scenario_passes_strict(costmodel):
    assert costmodel("check", "support_chatbot", "--strict").exit_code == 0


def test_every_missing_price_is_told_at_once(costmodel, tmp_path):
    path = tmp_path / "two.yaml"
    second = SCENARIO.split("  answer:\n")[1].replace("google/gemini-3.8-flash", "openai/gpt-99")
    first = SCENARIO.replace("google/gemini-3.8-flash", "openai/gpt-98")
    path.write_text(f"{first}  draft:\n{second}", encoding="utf-8")
    for command in ("check", "run", "explain"):
        lines = costmodel(command, path).stderr.splitlines()
        first = f"error: {path}:11:12: features.answer.model: model 'openai/gpt-98' has no price"
        second = f"error: {path}:21:12: features.draft.model: model 'openai/gpt-99' has no price"
        assert first in lines[0]
        assert second in lines[1]
        assert len(lines) == 2


def test_different_kinds_of_missing_prices_are_told_together(costmodel, tmp_path):
    path = tmp_path / "two.yaml"
    second = SCENARIO.split("  answer:\n")[1].replace("google/gemini-3.8-flash", "openai/gpt-99")
    first = SCENARIO.replace("start: 2026-12", "start: 2021-01").replace("3.8-flash", "3.6-flash")
    path.write_text(f"{first}  draft:\n{second}", encoding="utf-8")
    result = costmodel("run", path, "--json")
    early, unknown = result.stderr.splitlines()
    assert f"{path}:11:12: features.answer.model: google/gemini-3.6-flash has no price" in early
    assert f"{path}:21:12: features.draft.model: model 'openai/gpt-99'" in unknown
    assert json.loads(result.stdout)["error"]["type"] == "CostModelError"


def test_a_missing_price_of_a_unit_is_told_where_the_unit_stands(costmodel, scenario, tmp_path):
    path = tmp_path / "units.yaml"
    text = scenario.read_text("utf-8") + "    units: {web_search: 0.3, page: 2}\n"
    path.write_text(text, "utf-8")
    place = f"{path}:{len(text.splitlines())}:36: features.answer.units.page"
    for command in ("check", "run", "explain"):
        (told,) = costmodel(command, path).stderr.splitlines()
        assert told.startswith(f"error: {place}: google/gemini-3.8-flash has no price for unit")
        assert told.endswith("'page' in 2026-12; units there are: web_search")


def test_explain_shows_the_units_of_a_call_with_rate_and_source(costmodel, scenario):
    setting = "features.answer.units.web_search=0.3 per call"
    result = costmodel("explain", scenario, "answer", "--set", setting)
    assert "0.3  web_search x $14.00 / 1,000 = $0.004200" in result.stdout
    assert "(source: " in result.stdout


def test_check_says_how_many_units_a_month_has(costmodel, scenario):
    setting = "features.answer.units.web_search=0.3 per call"
    assert "answer: web_search in 2026-12" in costmodel("check", scenario, "--set", setting).stdout


def test_a_missing_price_of_a_model_that_was_set_is_placed_at_the_option(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "features.answer.model=openai/gpt-98")
    assert result.stderr.startswith("error: --set: features.answer.model: model 'openai/gpt-98'")


def test_a_model_like_no_other_is_told_without_suggestions(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "features.answer.model=openai/zzz")
    assert "model 'openai/zzz' has no price in this table; costmodel prices list" in result.stderr
    assert "nearest" not in result.stderr


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
