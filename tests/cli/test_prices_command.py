"""`costmodel prices`: what the tables say, and nothing they do not."""

from __future__ import annotations

import json

import pytest

from costmodel.prices.book import load_prices


def test_list_shows_every_model_with_its_standard_rates(costmodel):
    result = costmodel("prices", "list", "--snapshot", "2026-11-23")
    lines = {line.split()[0]: line.split() for line in result.stdout.splitlines() if "/" in line}
    assert list(lines) == load_prices("2026-11-23").models()
    # pricing/2026-11-23/openai.yaml: gpt-6.1-sol, standard.
    assert lines["openai/gpt-6.1-sol"][1:] == ["$2.00", "$0.10", "$2.50", "$10.00"]
    # gemini-3.8-flash is promotional until it doubles on 2027-01-01; claude-sonnet-4-5 retires.
    assert lines["google/gemini-3.8-flash"][-2:] == ["promo", "2027-01-01"]
    assert lines["anthropic/claude-sonnet-4-5"][-2:] == ["gone", "2026-11-30"]
    assert "USD per 1M tokens, standard mode, at 2026-11-23" in result.stdout


def test_list_fits_80_columns(costmodel):
    lines = costmodel("prices", "list").stdout.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80


def test_list_of_one_provider_has_its_models_only(costmodel):
    rows = json.loads(costmodel("prices", "list", "--provider", "deepseek", "--json").stdout)
    assert {row["model"].split("/")[0] for row in rows} == {"deepseek"}


def test_each_row_of_a_list_says_what_was_known_and_when_it_applies(costmodel, tmp_path):
    contract = tmp_path / "contract.yaml"
    contract.write_text(
        "schema: costmodel.contract/1\nname: Example Ltd\ncurrency: USD\n"
        "discounts: [{provider: anthropic, multiply: 0.9}]\n"
    )
    options = ("--snapshot", "2026-08-12", "--at", "2026-09-01", "--contract", contract)
    (row,) = json.loads(costmodel("prices", "list", "claude-sonnet-5", *options, "--json").stdout)
    # $3 from 2026-09-01 as announced in August, at 10 % off
    assert row["usd_per_mtok"]["input"] == pytest.approx(2.7)
    assert (row["snapshot"], row["at"]) == ("2026-08-12", "2026-09-01T00:00:00+00:00")
    assert row["contract"].startswith("Example Ltd (")
    assert row["reconstructed"].startswith("made on 2026-11-24 from genai-prices 0.1.2")


def test_an_address_stays_whole_however_narrow_the_terminal(costmodel):
    page = "https://azure.microsoft.com/en-us/pricing/details/cognitive-services/openai-service/"
    assert page in costmodel("prices", "show", "azure/gpt-4.1").stdout


OF_RECONSTRUCTED = (
    ("list", "sonnet", "--snapshot", "2026-08-12"),
    ("show", "claude-sonnet-5", "--snapshot", "2026-08-12"),
    ("why", "claude-sonnet-5.input", "--snapshot", "2026-08-12"),
    ("history", "claude-sonnet-5", "--snapshot", "2026-08-12"),
    ("diff", "2026-08-12", "2026-11-24"),
    ("reconcile", "--model", "claude-sonnet-5", "--snapshot", "2026-08-12"),
)


@pytest.mark.parametrize("words", OF_RECONSTRUCTED, ids=lambda words: words[0])
def test_every_command_says_that_a_snapshot_is_reconstructed(costmodel, words):
    told = "warning: prices of 2026-08-12 are reconstructed: made on 2026-11-24 from"
    result = costmodel("prices", *words)
    assert told in result.stderr
    assert result.exit_code == 0
    data = costmodel("prices", *words, "--json").stdout
    assert "made on 2026-11-24 from genai-prices 0.1.2 and litellm 1.96.2" in data


def test_list_of_an_unknown_provider_names_the_known(costmodel):
    result = costmodel("prices", "list", "--provider", "gogle")
    assert result.exit_code == 2
    assert (
        "expected one of anthropic, azure, bedrock, cohere, deepseek, google, groq" in result.stderr
    )
    assert "did you mean 'google'?" in result.stderr


def test_list_at_a_date_before_launch_says_not_yet_and_no_rate(costmodel):
    text = ("prices", "list", "--provider", "openai", "--at", "2026-09-01")
    line = next(x for x in costmodel(*text).stdout.splitlines() if "gpt-6.1-sol" in x)
    assert "not yet" in line
    assert "$" not in line
    rows = json.loads(costmodel(*text, "--json").stdout)
    row = next(row for row in rows if row["model"] == "openai/gpt-6.1-sol")
    assert row["usd_per_mtok"] is None


def test_show_has_rates_by_mode_tiers_cache_facts_and_sources(costmodel):
    shown = costmodel("prices", "show", "gpt-6.1-sol", "--snapshot", "2026-11-23")
    text = " ".join(shown.stdout.split())
    # pricing/2026-11-23/openai.yaml, gpt-6.1-sol.
    assert "openai/gpt-6.1-sol as known on 2026-11-23" in text
    assert "context 1,050,000, longest prompt 922,000, longest output 128,000 tokens" in text
    assert "breakpoint, from 1,024 tokens, kept 30 min (default), writes are billed" in text
    assert "standard $2.00 $0.10 $2.50 - $10.00" in text
    assert "prompt above 272,000 $4.00 $0.20 $5.00 - $15.00" in text
    assert "batch $1.00 $0.05 $1.25 - $5.00" in text
    assert "regions us x 1.1, eu x 1.1" in text
    assert "web search: $10.00 per 1,000" in text
    assert "source: https://developers.openai.com/api/docs/pricing" in text


def test_show_tells_announced_changes(costmodel):
    text = " ".join(costmodel("prices", "show", "google/gemini-3.8-flash").stdout.split())
    assert "2027-01-01 announced $1.50 $0.15 - $7.50" in text
    change = "2027-01-01 (announced): input $0.75 -> $1.50, output $3.75 -> $7.50 per 1M tokens"
    assert change in text


def test_show_at_a_later_date_uses_the_price_of_that_date(costmodel):
    result = costmodel("prices", "show", "google/gemini-3.8-flash", "--at", "2027-02-01", "--json")
    now = json.loads(result.stdout)["now"]["usd_per_mtok"]["standard"]
    assert (now["input"], now["output"]) == (1.5, 7.5)


def test_show_tells_peak_hours_in_force(costmodel):
    text = " ".join(costmodel("prices", "show", "deepseek/deepseek-v4-pro").stdout.split())
    # pricing/2026-11-23/deepseek.yaml: twice the rates on weekdays, Beijing time.
    assert "peak hours, Asia/Shanghai $1.32 $0.044 - - $3.96" in text
    assert "09:00-12:00, 14:00-18:00 on mon tue wed thu fri from 2026-08-22" in text
    assert "peak hours, UTC" not in text


def test_show_tells_a_retirement(costmodel):
    text = " ".join(costmodel("prices", "show", "anthropic/claude-sonnet-4-5").stdout.split())
    assert "retires 2026-11-30" in text


def test_show_of_an_unknown_model_names_the_nearest_three(costmodel):
    result = costmodel("prices", "show", "openai/gpt-5.6-tera")
    assert result.exit_code == 2
    assert "openai/gpt-5.6-terra, openai/gpt-6.1-terra" in result.stderr
    assert result.stdout == ""


def test_show_of_a_model_like_no_other_says_how_to_list_them(costmodel):
    result = costmodel("prices", "show", "foo")
    where = "costmodel prices list shows the models there are"
    assert result.stderr == f"error: model 'foo' has no price in this table; {where}\n"


def test_a_month_means_its_first_day_and_this_is_said(costmodel):
    for words in (("list", "--provider", "google"), ("show", "google/gemini-3.8-flash")):
        month = costmodel("prices", *words, "--at", "2027-01")
        assert month.stderr == "--at 2027-01 is a month: its first day, 2027-01-01\n"
        assert month.stdout == costmodel("prices", *words, "--at", "2027-01-01").stdout
        assert "at 2027-01-01" in month.stdout


def test_a_title_is_as_wide_as_the_terminal_and_not_as_its_table(costmodel):
    result = costmodel("prices", "list", "--provider", "deepseek", "--at", "2027-02-01")
    title = "USD per 1M tokens, standard mode, at 2027-02-01, as known on 2026-11-24"
    assert result.stdout.splitlines()[0] == title


def test_show_before_the_first_price_is_refused(costmodel):
    result = costmodel("prices", "show", "google/gemini-3.6-flash", "--at", "2021-01-01")
    assert result.exit_code == 2
    assert "has no price for 2021-01-01: its first price applied from 2026-07-22" in result.stderr


@pytest.mark.parametrize("at", ["yesterday", "2026-13-01", "2026-13", "2026-11-23T02:00"])
def test_a_date_that_is_none_is_refused(costmodel, at):
    result = costmodel("prices", "show", "openai/gpt-5", "--at", at)
    assert result.exit_code == 2
    assert f"error: --at: read '{at}'" in result.stderr


@pytest.mark.parametrize("model", load_prices().models())
def test_every_model_can_be_shown_and_is_valid_json(costmodel, model):
    assert costmodel("prices", "show", model).exit_code == 0
    data = json.loads(costmodel("prices", "show", model, "--json").stdout)
    card = load_prices().month(model, "standard", 2026, 11).parts[-1][1]
    assert data["now"]["usd_per_mtok"]["standard"]["input"] == card.input
