"""Commands on a scenario with a currency of its own."""

import json
import shlex

import pytest

from costmodel.engine.simulate import simulate
from tests.cli.conftest import QUICK, SCENARIO
from tests.cli.screen import flat, rows_of

RATE = "currency: {code: EUR, usd: 1.25, date: 2026-11-20, source: ECB reference rate}\n"
SAID = (
    "Amounts are in EUR at 1 EUR = 1.25 USD (2026-11-20, ECB reference rate). Providers bill USD; "
    "prices per token are in USD."
)


@pytest.fixture
def euros(tmp_path):
    """The help desk with a budget of EUR 900, which is USD 1,125."""
    path = tmp_path / "euro.yaml"
    path.write_text(SCENARIO.replace("budget: $900", f"{RATE}budget: €900"), encoding="utf-8")
    return path


def test_run_shows_the_currency_and_names_its_rate(costmodel, euros):
    result = costmodel("run", euros, *QUICK)
    projection = simulate(euros, draws=256)
    assert "Help desk: monthly spend, EUR" in result.stdout
    assert SAID in flat(result.stdout)
    assert rows_of(result.stdout)["2026-12"][1] == f"€{projection.month(1).p50 / 1.25:,.0f}"
    assert "exceeds the budget of €900 in" in flat(result.stdout)
    assert result.stdout.count("€900") == 2  # in the headline, and over the column of chances
    assert "$900" not in result.stdout


def test_a_price_change_stays_in_dollars(costmodel, euros):
    assert "input $0.75 -> $1.50" in flat(costmodel("run", euros, *QUICK).stdout)


def test_a_bare_budget_is_in_the_currency_and_the_verdict_says_so(costmodel, euros):
    result = costmodel("run", euros, "--budget", "500", "--quantile", "p50", *QUICK)
    p50 = simulate(euros, draws=256).p50 / 1.25
    assert result.exit_code == 1
    assert "set budget: €900 per month -> €500 per month" in result.stderr
    assert f"over budget: P50 of the dearest month is €{p50:,.0f}, above €500" in result.stderr
    assert "--budget 500 " in result.stdout


@pytest.mark.parametrize(
    ("budget", "usd"),
    [
        ("5000", 6250.0),
        ("5k", 6250.0),
        ("€5k per month", 6250.0),
        ("5k EUR", 6250.0),
        ("$5000", 5000.0),
        ("5k USD per month", 5000.0),
    ],
)
def test_a_budget_is_read_in_either_currency(costmodel, euros, budget, usd):
    result = costmodel("run", euros, "--budget", budget, "--json", *QUICK)
    figures = json.loads(result.stdout)
    assert figures["budget"] == {"usd": usd, "period": "month"}
    assert figures["in_own_currency"]["budget"]["amount"] == pytest.approx(usd / 1.25)
    held = figures["held_against_budget"]
    assert held["budget_usd"] == usd
    assert held["in_own_currency"]["code"] == "EUR"
    assert held["in_own_currency"]["dearest_month"] == held["dearest_month_usd"] / 1.25


def test_a_budget_in_a_third_currency_is_told_as_it_was_typed(costmodel, euros):
    result = costmodel("run", euros, "--budget", "£5k", *QUICK)
    assert result.exit_code == 2
    assert result.stderr == (
        "error: --budget: read '£5k'; expected an amount in EUR or USD per month or year; "
        "fix: write 5000, or '€60k per year'\n"
    )


def test_a_bare_budget_follows_a_currency_that_is_set(costmodel, scenario):
    rate = "currency={code: JPY, usd: 0.0065, date: 2026-11-20, source: BoJ}"
    result = costmodel("run", scenario, "--set", rate, "--budget", "800k", *QUICK)
    assert "set budget: $900 per month -> ¥800k per month" in result.stderr
    assert "not above ¥800,000" in result.stderr


def test_the_rate_can_be_set(costmodel, euros):
    once = costmodel("run", euros, "--set", "currency.usd=1.25", "--json", *QUICK)
    twice = costmodel("run", euros, "--set", "currency.usd=2.5", "--json", *QUICK)
    first, second = (json.loads(one.stdout) for one in (once, twice))
    assert first["total"] == second["total"]
    assert second["in_own_currency"]["total"]["P50"] == first["in_own_currency"]["total"]["P50"] / 2
    assert second["budget"]["usd"] == 2 * first["budget"]["usd"]  # EUR 900 stay EUR 900
    assert second["in_own_currency"]["budget"] == {"amount": 900.0, "period": "month"}
    assert "set currency.usd: 1.25 -> 2.5" in twice.stderr
    shown = costmodel("run", euros, "--set", "currency.usd=2.5", *QUICK)
    assert "1 EUR = 2.5 USD (set for this run)" in flat(shown.stdout)


def test_data_has_usd_and_the_currency_under_its_own_key(costmodel, euros):
    figures = json.loads(costmodel("run", euros, "--json", *QUICK).stdout)
    own = figures["in_own_currency"]
    assert (figures["currency"], own["currency"]["code"]) == ("USD", "EUR")
    assert (own["currency"]["usd"], own["currency"]["date"]) == (1.25, "2026-11-20")
    for here, there in zip(own["months"], figures["months"], strict=True):
        assert here["P90"] == there["P90"] / 1.25
        assert here["mean_per_person"] == there["mean_per_person"] / 1.25


def test_check_shows_what_one_costs_in_the_currency(costmodel, euros):
    result = costmodel("check", euros)
    assert "What one costs in a month at the means, EUR" in result.stdout
    assert "Expected spend: 2026-12 €" in result.stdout
    assert "$" not in result.stdout
    assert SAID in flat(result.stdout)
    figures = json.loads(costmodel("check", euros, "--json").stdout)
    own = figures["in_own_currency"]
    assert own["expected"]["total"] == figures["expected_usd"]["total"] / 1.25
    assert own["costs"][0]["per_turn"] == figures["costs"][0]["usd_per_turn"] / 1.25


def test_a_rate_without_a_source_fails_the_strict_check(costmodel, euros):
    text = euros.read_text(encoding="utf-8").replace(", source: ECB reference rate", "")
    euros.write_text(text, encoding="utf-8")
    result = costmodel("check", euros, "--strict")
    assert result.exit_code == 2
    assert "euro.yaml:5:28: currency.usd: read 1.25; expected a source" in result.stderr


def test_explain_multiplies_in_dollars_and_ends_in_the_currency(costmodel, euros):
    text = costmodel("explain", euros).stdout
    assert "x $0.75 / 1M = $0.002690" in text
    assert "= $0.003604 = €0.002883 a turn" in text
    assert "$ is USD, as providers bill; 1 EUR = 1.25 USD" in text
    figures = json.loads(costmodel("explain", euros, "--json").stdout)
    assert figures["currency"]["usd"] == 1.25
    assert "in_own_currency" not in figures


def test_without_a_currency_nothing_speaks_of_one(costmodel, scenario):
    for words in (("run", *QUICK), ("check",), ("explain",)):
        command, *rest = words
        assert "Amounts are in" not in costmodel(command, scenario, *rest).stdout
        data = json.loads(costmodel(command, scenario, "--json", *rest).stdout)
        assert "in_own_currency" not in data
        assert data.get("currency", "USD") == "USD"


def test_the_same_figures_come_from_the_command_that_is_shown(costmodel, euros):
    changes = ("--set", "currency.usd=1.5", "--budget", "700", *QUICK)
    shown = costmodel("run", euros, *changes).stdout.splitlines()
    command = next(line for line in shown if line.startswith("  costmodel run "))
    assert costmodel(*shlex.split(command)[1:], "--no-error").stdout.splitlines() == shown
