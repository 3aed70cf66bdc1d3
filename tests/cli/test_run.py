"""`costmodel run`: its figures are the projection's, its words say how they are meant."""

from __future__ import annotations

import json
import re

import pytest

from costmodel.engine.distribution import Distribution
from costmodel.engine.figures import projection_figures
from costmodel.engine.montecarlo import monte_carlo_error
from costmodel.engine.simulate import simulate
from costmodel.report.amounts import percent, usd
from costmodel.report.wording import error_sentence, headline
from tests.cli.conftest import QUICK, SCENARIO


def rows_of(text: str) -> dict[str, list[str]]:
    """Return the cells of each table row by its label."""
    pattern = re.compile(r"(20\d\d-\d\d(?: \*)?|dearest month|all \d+ months|in all) {2,}(.*)")
    found = (pattern.fullmatch(line.rstrip()) for line in text.splitlines())
    return {match[1]: match[2].split() for match in found if match}


def flat(text: str) -> str:
    """Return text as one line, so that wrapping does not matter."""
    return " ".join(text.split())


def test_the_table_shows_the_quantiles_of_the_projection(costmodel, scenario):
    result = costmodel("run", scenario, *QUICK)
    projection = simulate(scenario, draws=256)
    rows = rows_of(result.stdout)
    largest = projection.total.p90
    for number, label in ((1, "2026-12"), (2, "2027-01 *"), (3, "2027-02")):
        month = projection.month(number)
        figures = [usd(q, largest=largest) for q in (month.p10, month.p50, month.p90)]
        assert rows[label][:3] == figures
    for label, spend in (
        ("dearest month", projection.dearest_month),
        ("all 3 months", projection.total),
    ):
        figures = [usd(q, largest=largest) for q in (spend.p10, spend.p50, spend.p90)]
        assert rows[label][:3] == figures
    assert result.exit_code == 0


def test_the_table_shows_the_mean_cost_per_active_user(costmodel, scenario):
    result = costmodel("run", scenario, *QUICK)
    projection = simulate(scenario, draws=256)
    largest = max(projection.per_person(n) for n in (1, 2, 3))
    cells = [row[3] for label, row in rows_of(result.stdout).items() if label.startswith("20")]
    assert cells == [usd(projection.per_person(n), largest=largest) for n in (1, 2, 3)]


def test_the_table_shows_the_chance_over_budget_of_each_month_and_of_any(costmodel, scenario):
    result = costmodel("run", scenario, *QUICK)
    projection = simulate(scenario, draws=256)
    rows = rows_of(result.stdout)
    assert " ".join(rows["2027-02"][4:]) == percent(projection.month(3).chance_over(900))
    assert " ".join(rows["dearest month"][3:]) == percent(projection.chance_over(900))
    assert "Chance over" in result.stdout
    assert len(rows["all 3 months"]) == 3


def test_the_headline_currency_marks_and_provenance_are_said(costmodel, scenario):
    result = costmodel("run", scenario, *QUICK)
    text = flat(result.stdout)
    assert headline(simulate(scenario, draws=256)) in text
    assert "Help desk: monthly spend, USD" in text
    # The announced doubling: pricing/2026-11-23/google.yaml, gemini-3.8-flash from 2027-01-01.
    assert "* 2027-01: google/gemini-3.8-flash: input $0.75 -> $1.50, output $3.75 -> $7.50" in text
    assert "The P90s of months do not add up to the P90 of the total." in text
    assert f"costmodel run {scenario} --snapshot 2026-11-23 --seed 0 --draws 256" in text


def test_the_monte_carlo_error_is_that_of_ten_runs(costmodel, scenario):
    result = costmodel("run", scenario, "--draws", 256)
    error = monte_carlo_error(simulate(scenario, draws=256))
    assert f"Monte Carlo error. {error_sentence(error)}" in flat(result.stdout)


def test_no_error_leaves_the_monte_carlo_error_out(costmodel, scenario):
    assert "Monte Carlo" not in costmodel("run", scenario, *QUICK).stdout


def test_json_holds_the_figures_of_the_projection_and_nothing_else(costmodel, scenario):
    result = costmodel("run", scenario, "--json", *QUICK)
    figures = json.loads(result.stdout)
    expected = projection_figures(simulate(scenario, draws=256))
    assert {key: figures[key] for key in expected} == json.loads(json.dumps(expected))
    assert set(figures) - set(expected) == {"monte_carlo_error", "held_against_budget"}
    assert figures["monte_carlo_error"] is None


def test_json_holds_the_monte_carlo_error_by_quantile(costmodel, scenario):
    figures = json.loads(costmodel("run", scenario, "--json", "--draws", 256).stdout)
    error = monte_carlo_error(simulate(scenario, draws=256))
    assert figures["monte_carlo_error"] == {
        "runs": 10,
        "dearest_month": {f"P{100 * p:g}": share for p, share in error.dearest_month.items()},
        "total": {f"P{100 * p:g}": share for p, share in error.total.items()},
    }


def test_other_quantiles_replace_the_usual_ones_in_rising_order(costmodel, scenario):
    result = costmodel("run", scenario, "--quantiles", "p95, p5,P50", *QUICK)
    total = simulate(scenario, draws=256).total
    cells = [usd(total.quantile(p), largest=total.quantile(0.95)) for p in (0.05, 0.5, 0.95)]
    assert rows_of(result.stdout)["all 3 months"] == cells
    assert re.search(r"P5 +P50 +P95", result.stdout)


@pytest.mark.parametrize("text", ["0.9", "p0", "p100", "90", "p10;p90", ""])
def test_a_quantile_that_is_none_is_refused(costmodel, scenario, text):
    result = costmodel("run", scenario, "--quantiles", text)
    assert result.exit_code == 2
    assert "expected p and a number above 0 and below 100; fix: write p10,p50,p90" in result.stderr


def test_numbers_are_never_broken_at_80_columns(costmodel, scenario):
    many = "p1,p5,p10,p25,p50,p75,p90,p95,p99"
    result = costmodel("run", scenario, "--quantiles", many, *QUICK)
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert max(len(line) for line in lines if "costmodel run" not in line) <= 80
    total = simulate(scenario, draws=256).total
    for p in (0.01, 0.5, 0.99):
        assert usd(total.quantile(p), largest=total.quantile(0.99)) in result.stdout


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
    assert "set budget: $900 per month -> $20000 per month" in result.stderr


def test_a_yearly_budget_is_held_against_the_whole_year(costmodel, scenario):
    result = costmodel("run", scenario, "--budget", "$1k per year", "--json", *QUICK)
    held = json.loads(result.stdout)["held_against_budget"]
    projection = simulate(scenario, draws=256)
    assert result.exit_code == 1
    assert held["dearest_year_usd"] == Distribution(projection.dearest_year).quantile(0.9)


def test_a_yearly_budget_is_said_in_words(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "budget=$1k per year", *QUICK)
    changed = simulate(_changed(scenario, {"budget": "$1k per year"}), draws=256)
    chance = percent(changed.chance_over_budget)
    assert f"Chance over the yearly budget: {chance}" in flat(result.stdout)
    assert "Chance over $" not in flat(result.stdout)


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
    assert costmodel("run", path, "--budget", "1", *QUICK).exit_code == 1


def test_set_changes_a_value_and_logs_it_on_stderr(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "segments.free.users=20k", "--json", *QUICK)
    changed = simulate(_changed(scenario, {"segments.free.users": "20k"}), draws=256)
    assert json.loads(result.stdout)["total"]["P50"] == changed.total.p50
    assert "set segments.free.users: 8k to 12k -> 20k" in result.stderr


def _changed(path, changes):
    from costmodel.scenario.loading import load_scenario

    return load_scenario(path, changes)


def test_a_setting_without_a_value_is_refused(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "segments.free.users")
    assert result.exit_code == 2
    assert "--set: read 'segments.free.users'; expected path=value" in result.stderr


def test_a_setting_of_an_unknown_path_names_the_nearest(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "segments.fre.users=5")
    assert result.exit_code == 2
    assert "did you mean 'segments.free.users'?" in result.stderr


def test_seed_0_and_seed_1_differ_and_each_repeats(costmodel, scenario):
    first, again, other = (
        costmodel("run", scenario, "--seed", seed, "--json", *QUICK).stdout for seed in (0, 0, 1)
    )
    assert first == again
    assert json.loads(first)["total"] != json.loads(other)["total"]


def test_draws_that_are_no_power_of_two_are_refused(costmodel, scenario):
    result = costmodel("run", scenario, "--draws", "1000")
    assert result.exit_code == 2
    assert "expected a power of two from 2 to 131,072" in result.stderr


def test_a_snapshot_that_is_not_shipped_is_refused_with_those_there_are(costmodel, scenario):
    result = costmodel("run", scenario, "--snapshot", "2020-01-01")
    assert result.exit_code == 2
    assert "2026-11-23" in result.stderr


def test_warnings_go_to_stderr_only(costmodel, tmp_path):
    path = tmp_path / "few.yaml"
    path.write_text(SCENARIO.replace("400 to 700", "40 to 70"), encoding="utf-8")
    result = costmodel("run", path, *QUICK)
    assert "warning: segment pro has about 5" in result.stderr
    assert "warning:" not in result.stdout


def test_the_report_is_written_and_named_on_stderr(costmodel, scenario, tmp_path):
    report = tmp_path / "report.html"
    result = costmodel("run", scenario, "--draws", 256, "--html", report, "--json")
    error = json.loads(result.stdout)["monte_carlo_error"]["total"]["P50"]
    assert f"report: {report}" in result.stderr
    assert f"P50 ±{100 * error:.1f} %" in report.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_said_in_one_line(costmodel, scenario, tmp_path):
    result = costmodel("run", scenario, *QUICK, "--html", tmp_path / "none" / "report.html")
    assert result.exit_code == 2
    assert str(tmp_path / "none") in result.stderr
    assert "Traceback" not in result.output


def test_one_month_is_a_table_of_one_month(costmodel, tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text(SCENARIO.replace("months: 3", "months: 1"), encoding="utf-8")
    assert set(rows_of(costmodel("run", path, *QUICK).stdout)) == {
        "2026-12",
        "dearest month",
        "in all",
    }


def test_names_in_the_scenario_are_shown_literally(costmodel, tmp_path):
    path = tmp_path / "hostile.yaml"
    name = r'"[red]Desk[/red] [link=http://x] \e[31m\u202E"'
    path.write_text(SCENARIO.replace("Help desk", name), encoding="utf-8")
    for command in (("run", path, *QUICK), ("check", path)):
        result = costmodel(*command)
        assert r"[red]Desk[/red] [link=http://x] \x1b[31m\u202e" in result.stdout
        assert "\x1b" not in result.output
        assert result.exit_code == 0
