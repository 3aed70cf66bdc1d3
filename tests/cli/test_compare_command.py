"""`costmodel compare`: variants side by side, their waterfalls, and files of them."""

from __future__ import annotations

import csv
import io
import json

import pytest

import costmodel as cm
from costmodel.report.amounts import percent, usd
from tests.cli.conftest import SCENARIO
from tests.cli.screen import flat

STRATEGIES = """\
strategies:
  faq: {kind: response_cache, feature: answer, hit_rate: 20% to 30%}
  fair: {kind: quota, segment: free, limit: 30 turns per month}
  wide: {kind: quota, segment: pro, limit: 1000000 turns per month}
variants:
  today: []
  cached: [faq]
  both: [faq, fair]
  idle: [wide]
"""
FEW = ("--draws", 256)


@pytest.fixture
def variants(scenario):
    scenario.write_text(SCENARIO + STRATEGIES, encoding="utf-8")
    return scenario


def compared(path, names=None):
    return cm.compare_variants(path, names, draws=256)


def cells(text, label):
    """Return the cells of the first row so labelled."""
    line = next(line for line in text.splitlines() if line.startswith(label + "  "))
    return line.removeprefix(label).split()


def test_the_table_has_the_figures_of_each_variant_side_by_side(costmodel, variants):
    result = costmodel("compare", variants, *FEW)
    assert result.exit_code == 0
    made = compared(variants)
    largest = max(p.p90 for p in (made.baseline, *(one.projection for one in made.savings)))
    every = [made.baseline, *(one.projection for one in made.savings)]
    assert cells(result.stdout, "P10") == [usd(p.p10, largest=largest) for p in every]
    assert cells(result.stdout, "P90") == [usd(p.p90, largest=largest) for p in every]
    lines = result.stdout.split("Saved over all 3 months")[1]
    biggest = max(abs(one.total.p90) for one in made.savings)
    saved = [usd(one.total.p50, largest=biggest) for one in made.savings[:2]]
    assert cells(lines, "P50") == ["–", *saved, "–"]
    assert (
        "".join(cells(lines, "Futures in which it saves"))
        == "–" + "".join(percent(one.chance).replace(" ", "") for one in made.savings[:2]) + "–"
    )
    stopped = made["both"].effects.affected["free"]
    affected = cells(result.stdout, "People of free affected in a month")
    assert affected == ["none", "none", *percent(stopped.mean).split(), "none"]
    assert cells(result.stdout, "Turns blocked")[:2] == ["none", "none"]
    assert cells(result.stdout, "Wrong cached answers a month") == ["none"] * 4


def test_a_variant_that_changes_nothing_is_said_to_be_not_binding(costmodel, variants):
    result = costmodel("compare", variants, *FEW)
    assert "not binding" in result.stdout
    assert "idle: not binding, changes nothing against today." in flat(result.stdout)


def test_price_changes_and_starts_are_said_with_their_variants(costmodel, variants):
    text = variants.read_text().replace(
        "limit: 30 turns per month}", 'limit: 30 turns per month, from: "2027-02"}'
    )
    variants.write_text(text)
    said = flat(costmodel("compare", variants, *FEW).stdout)
    # The announced doubling: pricing/2026-11-23/google.yaml, gemini-3.8-flash from 2027-01-01.
    assert "2027-01: google/gemini-3.8-flash: input $0.75 -> $1.50, output $3.75 -> $7.50" in said
    assert "2027-02: fair starts (both)." in said


def test_the_waterfall_of_several_strategies_states_its_order(costmodel, variants):
    result = costmodel("compare", variants, *FEW)
    text = flat(result.stdout)
    assert "What both saves over all 3 months, one strategy after the other, USD" in text
    assert "In this order: faq, fair; another order gives other parts." in text
    assert "What cached saves" not in text
    steps = cm.waterfall(cm.load_scenario(variants), "both", draws=256).steps
    assert usd(steps[1].alone.total.mean) in cells(result.stdout, "2 fair")


def test_the_headline_says_what_a_saving_is_paid_with(costmodel, variants):
    blocked = percent(compared(variants)["both"].effects.blocked)
    start, _, _ = flat(costmodel("compare", variants, *FEW).stdout).partition(" Help desk:")
    assert start.startswith("The variant 'both' saves most against 'today': P50 ")
    assert start.endswith(f"of futures, with {blocked} of turns blocked.")


def test_words_go_to_stderr_and_the_command_is_there_to_be_copied(costmodel, variants):
    result = costmodel("compare", variants, *FEW, "--set", "months=2", "--variants", "cached,both")
    assert "set months: 3 -> 2" in result.stderr
    assert "set months" not in result.stdout.replace("--set months=2", "")
    command = result.stdout.rstrip().splitlines()[-1].strip()
    assert command == (
        f"costmodel compare {variants} --set months=2 --variants cached,both "
        "--snapshot 2026-11-23 --seed 0 --draws 256"
    )
    again = costmodel(*command.split()[1:])
    assert again.stdout == result.stdout


def test_json_holds_the_figures_of_the_comparison(costmodel, variants):
    figures = json.loads(costmodel("compare", variants, *FEW, "--json").stdout)
    expected = json.loads(json.dumps(compared(variants).to_dict()))
    expected["provenance"]["command"] = figures["provenance"]["command"]
    assert figures == expected
    assert [one["variant"] for one in figures["variants"]] == ["today", "cached", "both", "idle"]
    parts = [step["saved"]["mean"] for step in figures["waterfalls"][0]["steps"]]
    assert sum(parts) == pytest.approx(figures["variants"][2]["saving"]["mean"])


@pytest.mark.parametrize("ending", ["md", "csv", "json"])
def test_the_file_is_written_by_its_ending_and_named_on_stderr(
    costmodel, variants, tmp_path, ending
):
    out = tmp_path / f"savings.{ending}"
    result = costmodel("compare", variants, *FEW, "--out", out)
    assert f"comparison: {out}" in result.stderr.replace("\n", "")
    text = out.read_text(encoding="utf-8")
    mean = compared(variants)["both"].total.mean
    if ending == "md":
        assert text.startswith("# Help desk: variants, USD")
        assert f"| {usd(mean)} |" in text
    elif ending == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert float(rows[2]["saved_mean_usd"]) == pytest.approx(mean)
    else:
        assert json.loads(text)["variants"][2]["saving"]["mean"] == pytest.approx(mean)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.txt", "ends in '.txt'; expected a file ending in one of .md, .csv, .json; fix: write"),
        ("a", "which has no ending; expected a file ending in one of .md, .csv, .json"),
        ("a.html", "fix: write it with --html"),
        ("a.jsn", "fix: did you mean 'json'?"),
        ("no/a.md", "expected a file in a folder that exists"),
    ],
)
def test_another_ending_or_place_is_refused_before_anything_is_simulated(
    costmodel, variants, tmp_path, monkeypatch, name, words
):
    monkeypatch.setattr("costmodel.questions.futures.simulate", None)
    result = costmodel("compare", variants, "--out", tmp_path / name)
    assert result.exit_code == 2
    assert words in flat(result.stderr)
    assert result.stderr.startswith("error: --out: read ")


def test_an_unknown_variant_is_told_with_what_was_meant(costmodel, variants):
    result = costmodel("compare", variants, "--variants", "today,cachd")
    assert result.exit_code == 2
    assert "error: --variants: read the variant 'cachd'; expected a variant of" in result.stderr
    assert "fix: did you mean 'cached'?" in result.stderr


def test_a_scenario_with_one_variant_is_told_what_to_add(costmodel, scenario):
    result = costmodel("compare", scenario)
    assert result.exit_code == 2
    text = flat(result.stderr)
    assert "read a scenario with one variant, 'baseline'; expected two variants or more" in text
    assert "strategies: {fair_use: {kind: quota, segment: free, limit: 30 turns" in text


def test_a_model_without_a_price_is_told_with_its_place(costmodel, variants):
    text = variants.read_text().replace("gemini-3.8-flash", "gemini-9-flash")
    variants.write_text(text)
    result = costmodel("compare", variants)
    assert result.exit_code == 2
    assert f"error: {variants}:11:12: features.answer.model: model 'google/gem" in result.stderr
    assert result.stdout == ""


def test_many_variants_are_shown_in_parts_that_fit_the_terminal(costmodel, variants):
    names = ", ".join(f"a_rather_long_name_{n}: [faq]" for n in range(6))
    text = variants.read_text().split("variants:")[0]
    variants.write_text(text + f"variants: {{today: [], {names}}}\n")
    result = costmodel("compare", variants, *FEW)
    assert result.stdout.count("Help desk: variants, USD") > 1
    lines = [line.rstrip() for line in result.stdout.splitlines() if "costmodel" not in line]
    assert max(map(len, lines)) <= 80


def test_run_takes_a_variant_names_it_and_can_be_repeated(costmodel, variants):
    result = costmodel("run", variants, *FEW, "--no-error", "--variant", "cached")
    assert "Help desk, variant cached: monthly spend, USD" in result.stdout
    p50 = cm.simulate(variants, variant="cached", draws=256).dearest_month.p50
    assert usd(p50) in result.stdout
    assert f"costmodel run {variants} --variant cached --snapshot" in flat(result.stdout)
    baseline = costmodel("run", variants, *FEW, "--no-error", "--variant", "today")
    plain = costmodel("run", variants, *FEW, "--no-error")
    assert baseline.stdout == plain.stdout
    assert "--variant" not in plain.stdout
    assert "Help desk: monthly spend" in plain.stdout


def test_run_measures_the_error_of_the_variant_it_shows(costmodel, variants):
    figures = json.loads(
        costmodel("run", variants, "--draws", 64, "--json", "--variant", "both").stdout
    )
    from costmodel.engine.montecarlo import monte_carlo_error

    both = monte_carlo_error(cm.simulate(variants, variant="both", draws=64))
    today = monte_carlo_error(cm.simulate(variants, draws=64))
    assert figures["monte_carlo_error"]["total"]["P50"] == both.total[0.5] != today.total[0.5]
    assert figures["variant"] == "both"


def test_run_refuses_an_unknown_variant_by_its_option(costmodel, variants):
    result = costmodel("run", variants, "--variant", "bth")
    assert result.exit_code == 2
    assert "error: --variant: read the variant 'bth'" in result.stderr
    assert "did you mean 'both'?" in result.stderr
