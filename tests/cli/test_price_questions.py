"""`costmodel prices why|diff|lint|reconcile` and `list NAME`, as people and programs read them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil

import pytest

from costmodel.cli.price_changes import changes_in_words
from costmodel.engine.expected import expected
from costmodel.foundation.datafiles import data_folder
from costmodel.prices.book import load_prices
from costmodel.prices.differences import Difference
from tests.cli.screen import flat

OLD, NEW = "2026-11-23", "2026-12-24"


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """The shipped snapshot, and a made-up one a month later, as the only tables there are.

    In the later one Terra's standard rates halve from 2026-12-10; gpt-4o cost $3 all along; the
    announced end of Argon's promotion has come.
    """
    folder = tmp_path / "pricing"
    shutil.copytree(data_folder("pricing") / OLD, folder / OLD)
    (folder / NEW).mkdir()
    for file in (folder / OLD).iterdir():
        text = file.read_text().replace(f"snapshot: {OLD}", f"snapshot: {NEW}")
        text = _come_true(_openai(text) if file.stem == "openai" else text)
        (folder / NEW / file.name).write_text(text)
    lines = ["schema: costmodel.pricing-index/1", f"default: {NEW}", "snapshots:"]
    for day in (OLD, NEW):
        lines.append(f"  {day}:")
        lines += [
            f"    {file.stem}: {hashlib.sha256(file.read_bytes()).hexdigest()!r}"
            for file in sorted((folder / day).iterdir())
        ]
    (folder / "index.yaml").write_text("\n".join(lines) + "\n")

    def found(name):
        return folder if name == "pricing" else data_folder(name)

    for module in ("foundation.datafiles", "prices.book", "prices.lint", "prices.shelf"):
        monkeypatch.setattr(f"costmodel.{module}.data_folder", found)
    return folder


def _openai(text):
    head, terra = text.split("  - id: gpt-5.6-terra\n")
    terra, rest = terra.split("  - id: gpt-5.6-luna\n")
    later = terra[terra.rindex("      - from:") :]
    later = later[: later.index("    adjust:")] if "    adjust:" in later else later
    later = re.sub(r'from: "[^"]*"', 'from: "2026-12-10T00:00:00Z"', later)
    later = re.sub(r"(input|output|cache_read|cache_write): ([\d.]+)", _half, later)
    at = terra.index("    adjust:") if "    adjust:" in terra else len(terra)
    terra = terra[:at] + later + terra[at:]
    rest, gpt = rest.split("  - id: gpt-4o\n")
    gpt = re.sub(r"\{input: 2.5,", "{input: 3,", gpt, count=1)
    return f"{head}  - id: gpt-5.6-terra\n{terra}  - id: gpt-5.6-luna\n{rest}  - id: gpt-4o\n{gpt}"


def _half(match):
    return f"{match[1]}: {float(match[2]) / 2:g}"


def _come_true(text):
    """Return a table in which what was announced up to the newer day is effective."""
    start = re.compile(r'(from: "(2026-1[^"]{8})[^"]*"\n\s+status: )announced')
    return start.sub(lambda m: m[1] + ("effective" if m[2] <= NEW else "announced"), text)


def test_why_tells_value_dates_sources_and_reservations(costmodel):
    text = flat(
        costmodel("prices", "why", "openai/gpt-5.6-sol.cache_read", "--snapshot", OLD).stdout
    )
    # pricing/2026-11-23/openai.yaml, gpt-5.6-sol.
    assert "openai/gpt-5.6-sol standard.cache_read" in text
    assert "value $0.40 per 1M tokens" in text
    assert "applies from 2026-08-21" in text
    assert "standard.above_272000.cache_read $0.80" in text
    assert "launch effective $0.50 2026-08-21 effective $0.40" in text
    assert "litellm 1.106.2 aggregator 2026-11-23" in text
    assert "confidence vendor (best of its sources)" in text
    assert "note: Conflict: one secondary text" in text


def test_why_as_json_has_plain_figures(costmodel):
    result = costmodel(
        "prices", "why", "openai/gpt-4o-mini.cache_write", "--json", "--snapshot", OLD
    )
    data = json.loads(result.stdout)
    assert data["value"] is None
    assert data["billed_instead"] == "the input rate, $0.15"
    assert data["sources"][0]["key"] == "id"
    assert data["values"][0]["from"] == "2024-07-18T00:00:00+00:00"
    number = costmodel("prices", "why", "openai/gpt-5.output", "--mode", "batch", "--json")
    assert json.loads(number.stdout)["value"] == 5.0


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("openai/gpt-5.units.web_search", "$0.01 each, $10 per 1,000"),
        ("openai/gpt-5.limits.context", "400,000 tokens"),
        ("google/gemini-2.5-pro.cache.storage", "$4.50 per 1M tokens and hour"),
        ("openai/gpt-5.6-sol.geo.us", "1.1 times the token rates"),
        ("openai/gpt-5.6-sol.cache.write_billed", "yes"),
        ("openai/gpt-4o-mini.cache_write", "none billed the input rate, $0.15"),
        ("anthropic/claude-sonnet-5.input", "2026-09-01 withdrawn on 2026-08-14 $3.00"),
        ("google/gemini-3.8-flash.input", "from launch, day not known to 2027-01-01, promotional"),
    ],
)
def test_why_writes_each_kind_of_figure_in_its_unit(costmodel, figure, words):
    assert words in flat(costmodel("prices", "why", figure, "--snapshot", OLD).stdout)


def test_why_of_what_is_not_there_is_an_error_with_the_nearest(costmodel):
    field = costmodel("prices", "why", "openai/gpt-5.cach_read")
    assert (field.exit_code, field.stdout) == (2, "")
    assert "nearest are cache_read" in field.stderr
    assert (
        "nearest are openai/gpt-5.6-sol"
        in costmodel("prices", "why", "openai/gpt-5.6-sool.input").stderr
    )
    unlike = costmodel("prices", "why", "zzzzz.input").stderr
    assert unlike.endswith("costmodel prices list shows the models there are\n")


def test_diff_tells_news_corrections_and_announcements_apart(costmodel, shelf):
    assert shelf.is_dir()
    result = costmodel("prices", "diff", OLD, NEW, "--json")
    data = json.loads(result.stdout)
    found = {
        (d["kind"], d["model"], d["field"]): (d["old"], d["new"], d["from"], d["outcome"])
        for d in data["differences"]
    }
    terra = ("new period", "openai/gpt-5.6-terra", "standard.input")
    assert found[terra] == (2.0, 1.0, "2026-12-10T00:00:00+00:00", None)
    gpt = ("retroactive correction", "openai/gpt-4o", "standard.input")
    assert found[gpt][:2] == (2.5, 3.0)
    argon = ("announcement changed", "google/gemini-4-argon", "standard.input")
    assert found[argon] == (2.0, 4.0, "2026-12-01T00:00:00+00:00", "confirmed")


def test_diff_prices_the_shipped_scenarios_at_both_snapshots(costmodel, shelf):
    data = json.loads(costmodel("prices", "diff", OLD, NEW, "--json").stdout)
    effect = next(e for e in data["scenarios"] if e["scenario"] == "support_chatbot")
    for which, day in (("old", OLD), ("new", NEW)):
        book = load_prices(day, folder=shelf)
        cost = expected("support_chatbot", prices=book)
        assert effect[which]["total_usd"] == pytest.approx(cost.total)
        assert effect[which]["dearest_month_usd"] == pytest.approx(max(cost.by_month))
    # Terra's rates halve on 2026-12-10: from 2027-01 every month costs half.
    assert effect["total_change_usd"] < -0.45 * effect["old"]["total_usd"]
    assert effect["new"]["dearest_month_usd"] == pytest.approx(
        effect["old"]["dearest_month_usd"] / 2
    )


@pytest.mark.parametrize("columns", ["80", "120"])
def test_diff_is_readable_at_80_and_120_columns(costmodel, shelf, monkeypatch, columns):
    assert shelf.is_dir()
    monkeypatch.setenv("COLUMNS", columns)
    text = costmodel("prices", "diff", OLD).stdout
    assert max(len(line.rstrip()) for line in text.splitlines()) <= int(columns)
    words = flat(text)
    assert "Prices as known on 2026-12-24, against 2026-11-23" in words
    assert "New periods: changes from dates after the older snapshot (1 model)" in words
    assert "Retroactive corrections: other prices for dates already past (1 model)" in words
    assert "(confirmed)" in words
    modes = "standard, batch, flex, priority: every change x0.5"
    assert f"{modes} (standard input $2.00 -> $1.00, output $12.00 -> $6.00)" in words
    assert "fast: no longer priced (input $10.00, output $50.00)" in words
    assert "support_chatbot all months" in words


def test_diff_of_a_snapshot_with_itself_is_empty_and_of_a_scenario_nothing_changes(costmodel):
    result = costmodel("prices", "diff", OLD, OLD)
    assert "No difference." in result.stdout
    assert "+$0 +0.0" in flat(result.stdout)


def test_diff_says_of_a_scenario_whose_model_is_not_known_what_is_missing(costmodel, shelf):
    file = shelf / NEW / "openai.yaml"
    file.write_text(file.read_text().replace("gpt-5.6-terra", "gpt-5.6-terra2"))
    index = shelf / "index.yaml"
    old = re.findall(r"openai: '(\w+)'", index.read_text())[-1]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    index.write_text(index.read_text().replace(old, digest))
    result = costmodel("prices", "diff", OLD, NEW)
    words = flat(result.stdout)
    assert "support_chatbot: 2026-12-24: model 'openai/gpt-5.6-terra' has no price" in words
    data = json.loads(costmodel("prices", "diff", OLD, NEW, "--json").stdout)
    (chatbot,) = (each for each in data["scenarios"] if each["scenario"] == "support_chatbot")
    assert "has no price" in chatbot["new"]["not_known"]
    assert chatbot["total_change_usd"] is None


def test_diff_the_wrong_way_round_says_how_to_write_it(costmodel, shelf):
    assert shelf.is_dir()
    result = costmodel("prices", "diff", NEW, OLD)
    assert result.exit_code == 2
    assert f"fix: write {OLD} {NEW}" in result.stderr


def test_lint_of_the_shipped_tables_finds_nothing_wrong(costmodel):
    result = costmodel("prices", "lint", "--snapshot", OLD)
    assert result.exit_code == 0
    assert result.stderr == "0 errors, 9 warnings\n"
    assert "warning sources: pricing/2026-11-23/anthropic.yaml:9:3" in flat(result.stdout)


def test_lint_of_a_file_with_a_slip_ends_with_2(costmodel, tmp_path):
    file = tmp_path / "deepseek.yaml"
    text = (data_folder("pricing") / OLD / "deepseek.yaml").read_text()
    file.write_text(text.replace("{input: 0.15, cache_read: 0.003", "{input: 0.15, cache_read: 3"))
    result = costmodel("prices", "lint", file)
    assert result.exit_code == 2
    assert "at most the input rate, $0.15" in flat(result.stdout)
    data = json.loads(costmodel("prices", "lint", file, "--json").stdout)
    first = next(hit for hit in data if hit["level"] == "error")
    assert (first["rule"], first["line"]) == ("cached reads", 27)
    assert first["fix"]


def test_lint_of_no_file_and_of_two_things_at_once_is_refused(costmodel, tmp_path):
    assert costmodel("prices", "lint", tmp_path / "none.yaml").exit_code == 2
    both = costmodel("prices", "lint", tmp_path / "none.yaml", "--snapshot", OLD)
    assert "expected one of the two; fix: leave one of them out" in both.stderr


def test_reconcile_shows_what_does_not_agree_and_why(costmodel):
    result = costmodel("prices", "reconcile", "--provider", "deepseek", "--snapshot", OLD)
    lines = result.stdout.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    words = flat(result.stdout)
    # litellm 1.106.2 has DeepSeek's peak rates as the price.
    assert re.search(r"deepseek/deepseek-v4-pro input \$0\.66 litellm \$1.32 2 scaled", words)
    assert re.search(r"agree with genai-prices [\d.]+ and litellm [\d.]+\.", words)


def test_reconcile_of_one_model_with_everything_as_json(costmodel):
    asked = ("prices", "reconcile", "--model", "gpt-5", "--snapshot", OLD)
    rows = json.loads(costmodel(*asked, "--all", "--json").stdout)
    assert {row["model"] for row in rows} == {"openai/gpt-5"}
    row = next(row for row in rows if row["field"] == "input")
    assert row["ours"] == 1.25
    assert [each["verdict"] for each in row["sources"]] == ["agree", "agree"]
    assert [each["version"] for each in row["sources"]] == ["0.2.3", "1.106.2"]
    (file_search,) = json.loads(costmodel(*asked, "--json").stdout)
    assert (file_search["field"], file_search["ours"]) == ("units.file_search", None)
    newest = ("prices", "reconcile", "--model", "gpt-5", "--json")
    assert costmodel(*newest).stdout == "[]\n"


def test_reconcile_of_an_unknown_model_or_provider_names_the_nearest(costmodel):
    assert (
        "did you mean 'google'?" in costmodel("prices", "reconcile", "--provider", "gogle").stderr
    )
    assert (
        "nearest are openai/gpt-5"
        in costmodel("prices", "reconcile", "--model", "openai/gpt-5x").stderr
    )


def test_reconcile_refuses_a_model_of_another_provider(costmodel):
    both = costmodel("prices", "reconcile", "--provider", "google", "--model", "gpt-5")
    assert both.exit_code == 2
    assert "read --provider google beside openai/gpt-5; expected one of the two" in both.stderr


def test_why_names_the_modes_there_are_and_the_near_one(costmodel):
    result = costmodel("prices", "why", "gpt-5.output", "--mode", "batchh")
    words = "openai/gpt-5 has no 'batchh' price from 2025-08-07; modes there are: standard, batch"
    assert words in result.stderr
    assert "did you mean 'batch'?" in result.stderr


def test_lint_of_a_file_at_the_root_that_is_not_there_is_refused(costmodel):
    result = costmodel("prices", "lint", "/no-such-table")
    assert result.exit_code == 2
    assert "error readable: /no-such-table: read nothing" in result.stdout


def test_a_bare_name_is_near_to_the_first_party_s_models(costmodel):
    stderr = costmodel("prices", "show", "gpt-5x").stderr
    assert "nearest are openai/gpt-5, openai/gpt-5.5, openai/gpt-5.4" in stderr


def test_list_of_a_name_holds_it_or_says_that_it_guessed(costmodel):
    held = costmodel("prices", "list", "terra", "--snapshot", OLD)
    assert re.findall(r"\S+/\S+", held.stdout) == ["openai/gpt-6.1-terra", "openai/gpt-5.6-terra"]
    assert held.stderr == ""
    guessed = costmodel("prices", "list", "gemini-3.8-flahs", "--snapshot", OLD)
    assert "google/gemini-3.8-flash" in guessed.stdout
    assert "no model is called 'gemini-3.8-flahs'; shown are those" in guessed.stderr
    unlike = costmodel("prices", "list", "zzz")
    assert unlike.exit_code == 2
    assert "no model has a name like 'zzz'" in unlike.stderr


def test_a_near_name_is_never_billed(costmodel):
    assert costmodel("prices", "show", "gemini-3.8-flahs").exit_code == 2


def test_changes_of_peak_hours_units_and_single_rates_are_told_in_few_words():
    def moved(field, old, new):
        return Difference("new period", "acme/m", field, old, new)

    peak = [moved(f"standard.peak.{rate}", None, 2.0) for rate in ("input", "output")]
    assert list(changes_in_words(peak)) == [
        "standard.peak: first priced (input $2.00, output $2.00)"
    ]
    tier = [moved(f"batch.above_9.{rate}", 2.0, 3.0) for rate in ("input", "output")]
    assert list(changes_in_words(tier)) == [
        "batch: every change x1.5 (above_9.input $2.00 -> $3.00, above_9.output $2.00 -> $3.00)"
    ]
    assert list(changes_in_words([moved("units.web_search", None, 0.01)])) == [
        "units: web_search none -> $0.01"
    ]
    free = moved("units.web_search.free", None, "5,000 per month")
    assert list(changes_in_words([free])) == ["units: web_search.free none -> 5,000 per month"]
    uneven = [moved("fast.input", 2.0, 3.0), moved("fast.output", 2.0, 4.0)]
    assert list(changes_in_words(uneven)) == [
        "fast: input $2.00 -> $3.00 (x1.5), output $2.00 -> $4.00 (x2)"
    ]
    context = Difference("fact changed", "acme/m", "limits.context", 128000, 200000)
    assert list(changes_in_words([context])) == ["limits.context 128,000 -> 200,000"]
