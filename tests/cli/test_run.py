"""`costmodel run`: its figures are the projection's, its words say how they are meant."""

from __future__ import annotations

import json
import os
import re

import pytest

from costmodel.engine import montecarlo
from costmodel.engine import simulate as simulation
from costmodel.engine.figures import projection_figures
from costmodel.engine.montecarlo import monte_carlo_error
from costmodel.engine.simulate import simulate
from costmodel.report.amounts import percent, usd
from costmodel.report.wording import error_sentence, headline
from tests.cli.conftest import QUICK, SCENARIO
from tests.cli.screen import flat, rows_of


def test_the_table_shows_the_quantiles_of_the_projection(costmodel, scenario):
    result = costmodel("run", scenario, *QUICK)
    projection = simulate(scenario, draws=256)
    rows = rows_of(result.stdout)
    largest = projection.p90
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
    cells = [usd(total.quantile(p)) for p in (0.05, 0.5, 0.95)]  # above $100: no decimals
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
        assert usd(total.quantile(p)) in result.stdout


def test_a_value_that_was_not_set_is_said_so(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "segments.pro.revenue=$9 per month", *QUICK)
    assert "set segments.pro.revenue: not set -> $9 per month\n" in result.stderr


def test_a_setting_that_does_not_fit_is_placed_at_its_option(costmodel, scenario):
    result = costmodel("run", scenario, "--set", "segments.free.users=ten", *QUICK)
    assert result.stderr.startswith("error: --set: segments.free.users: read 'ten'; expected")


def test_small_amounts_have_the_same_decimals_in_headline_and_table(costmodel, tmp_path):
    path = tmp_path / "small.yaml"
    # A thousandth of the people makes months below $10 and, over 60 of them, a total above $100.
    small = SCENARIO.replace("8k to 12k", "20 to 30").replace("400 to 700", "3 to 5")
    path.write_text(small.replace("months: 3", "months: 60"), encoding="utf-8")
    result = costmodel("run", path, *QUICK)
    projection = simulate(path, draws=256)
    last = projection.month(60)
    assert projection.total.p90 > 100
    assert f"P50 ${last.p50:.2f}, P90 ${last.p90:.2f}" in flat(result.stdout)
    assert rows_of(result.stdout)["2031-11"][1:3] == [f"${last.p50:.2f}", f"${last.p90:.2f}"]
    assert rows_of(result.stdout)["all 60 months"][2] == f"${projection.total.p90:,.2f}"


def test_a_large_p90_takes_the_cents_from_headline_and_table_alike(costmodel, scenario):
    changes = ("--set", "segments.free.users=1k", "--set", "segments.pro.users=50")
    result = costmodel("run", scenario, *changes, *QUICK)
    small = {"segments.free.users": "1k", "segments.pro.users": 50}
    last = simulate(_changed(scenario, small), draws=256).month(3)
    assert last.p50 < 100 < last.p90
    assert f"P50 ${last.p50:.0f}, P90 ${last.p90:.0f}" in flat(result.stdout)
    assert rows_of(result.stdout)["2027-02"][1:3] == [f"${last.p50:.0f}", f"${last.p90:.0f}"]


def test_months_before_a_feature_starts_have_dashes(costmodel, tmp_path):
    path = tmp_path / "later.yaml"
    later = SCENARIO.replace("    model:", "    from: 2027-02\n    model:")
    path.write_text(later, encoding="utf-8")
    rows = rows_of(costmodel("run", path, *QUICK).stdout)
    assert rows["2026-12"] == rows["2027-01 *"] == ["-"] * 5
    assert "-" not in rows["2027-02 *"]


def test_months_in_which_nobody_comes_cost_nothing_and_are_no_dash(costmodel, scenario):
    changes = ("--set", "segments.free.users=0", "--set", "segments.pro.users=0")
    rows = rows_of(costmodel("run", scenario, *changes, *QUICK).stdout)
    assert rows["2026-12"][:4] == ["$0"] * 4


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
    assert max(map(len, result.stderr.splitlines())) <= 80
    assert "warning:" not in result.stdout


def test_the_report_is_written_and_named_on_stderr(costmodel, scenario, tmp_path):
    report = tmp_path / "report.html"
    result = costmodel("run", scenario, "--draws", 256, "--html", report, "--json")
    error = json.loads(result.stdout)["monte_carlo_error"]["total"]["P50"]
    assert f"report: {report}" in result.stderr
    assert f"P50 ±{100 * error:.1f} %" in report.read_text(encoding="utf-8")


def test_without_the_error_a_report_does_not_measure_it_either(
    costmodel, scenario, tmp_path, monkeypatch
):
    def measured(*_args):
        raise AssertionError("ten more runs")

    monkeypatch.setattr(montecarlo, "monte_carlo_error", measured)
    report = tmp_path / "report.html"
    result = costmodel("run", scenario, *QUICK, "--html", report)
    assert result.exit_code == 0
    assert "not measured" in report.read_text(encoding="utf-8")


@pytest.fixture
def nothing_is_simulated(monkeypatch):
    def simulated(*_args, **_named):
        raise AssertionError("simulated before the report's place was looked at")

    monkeypatch.setattr(simulation, "simulate", simulated)


@pytest.mark.usefixtures("nothing_is_simulated")
def test_a_missing_folder_of_the_report_is_told_before_anything_is_simulated(
    costmodel, scenario, tmp_path
):
    place = tmp_path / "none" / "report.html"
    result = costmodel("run", scenario, *QUICK, "--html", place)
    assert result.exit_code == 2
    assert result.stderr == (
        f"error: --html: read '{place}'; expected a file in a folder that exists; "
        f"fix: make the folder '{place.parent}' first, or write elsewhere\n"
    )


@pytest.mark.usefixtures("nothing_is_simulated")
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_simulated(
    costmodel, scenario, tmp_path, monkeypatch
):
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root may write anywhere
    place = tmp_path / "report.html"
    result = costmodel("run", scenario, *QUICK, "--html", place)
    assert result.exit_code == 2
    assert result.stderr == (
        f"error: --html: read '{place}', whose folder cannot be written; "
        "expected a file that can be written; fix: write elsewhere\n"
    )


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
