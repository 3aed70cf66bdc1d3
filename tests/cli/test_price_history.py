"""`costmodel prices history`, and what `prices show` and `list` tell beside rates."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.screen import flat

CONTRACT = """\
schema: costmodel.contract/1
name: Example Ltd
currency: USD
sources:
  page: {url: "https://example.com/ptu", kind: secondary, retrieved: 2026-11-20}
models:
  - id: ours/gpt-4.1
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: implicit, increment_tokens: 128, min_prefix_tokens: 1024}
    capacity: {input_tpm_per_unit: 3000, output_weight: 4, confidence: secondary, src: [page]}
    periods:
      - promo: true
        until: 2027-03-01
        src: [page]
        cards: {standard: {per_mtok: {input: 2, cache_read: 0.5, output: 8}}}
        units: &search
          web_search:
            {usd: 14, per: 1000, free: {count: 5000, period: month, shared_group: g}}
  - id: ours/a-deployment-with-a-name-of-its-own-that-is-long-v1:0
    tokenizer: {family: o200k_base, counting: exact}
    periods:
      - cards: {standard: {per_mtok: {input: 2, output: 8}}}
        units: *search
commitments:
  - id: ptu-global
    provider: ours
    unit: PTU
    min_units: 15
    increment: 5
    note: Regional deployments need 25.
    price:
      hourly: {usd: 1.00, confidence: derived, note: half of the regional price}
      year: {usd_per_month: 221}
"""


OLD = ("--snapshot", "2026-11-23")


@pytest.fixture
def contract(tmp_path):
    path = tmp_path / "contract.yaml"
    path.write_text(CONTRACT)
    return path


def test_history_shows_the_steps_of_both_rates(costmodel):
    text = flat(costmodel("prices", "history", "gemini-3.6-flash", *OLD).stdout)
    assert "google/gemini-3.6-flash, standard, USD per 1M tokens, as known on 2026-11-23" in text
    # pricing/2026-11-23/google.yaml: 1.50, then 0.75 (seen on 2026-08-13), 1.50 from 2027.
    assert "input 2026-07-22 2026-08-13 $1.50 effective" in text
    assert "2026-08-13 2027-01-01 $0.75 effective, promotional, first seen then" in text
    assert "input 2027-01-01 $1.50 announced" in text
    assert "output 2027-01-01 $7.50 announced" in text


def test_history_of_one_rate_in_another_mode_tells_its_end(costmodel):
    words = ("prices", "history", "claude-opus-4-8", "--mode", "fast", "--field", "output")
    text = flat(costmodel(*words).stdout)
    assert "output launch 2026-11-30 $50.00 effective, then no longer offered" in text
    assert "input" not in text


def test_history_tells_peak_hours_and_withdrawn_announcements(costmodel):
    text = flat(costmodel("prices", "history", "deepseek-v4-pro", "claude-sonnet-5").stdout)
    assert "effective, peak hours 09:00-12:00, 14:00-18:00 Mon-Fri, Asia/Shanghai" in text
    assert "2026-08-16 16:00 2026-08-22 16:00 $3.96" in text
    assert "output 2026-09-01 $15.00 withdrawn on 2026-08-14" in text


def test_history_tells_of_long_prompts(costmodel):
    text = costmodel("prices", "history", "gpt-5.6-sol").stdout
    assert "Prompts above 272,000 tokens have, or had, other rates." in text


@pytest.mark.parametrize("width", ["80", "120"])
def test_history_fits_the_terminal(costmodel, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    lines = costmodel("prices", "history", "deepseek-v4-pro", "gemini-3.6-flash").stdout.split("\n")
    assert max(len(line.rstrip()) for line in lines) <= int(width)


def test_history_as_json_is_one_document(costmodel):
    data = json.loads(
        costmodel("prices", "history", "gpt-5.4-nano", "gpt-5", "--json", *OLD).stdout
    )
    assert data["snapshot"] == "2026-11-23"
    assert [each["model"] for each in data["histories"]] == ["openai/gpt-5.4-nano", "openai/gpt-5"]
    assert data["histories"][0]["steps"][0]["ending"] == "retired"


def test_history_as_csv_has_a_row_for_each_step(costmodel):
    text = costmodel("prices", "history", "gemini-3.8-flash", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["usd_per_mtok"] for row in rows] == ["0.75", "1.5", "3.75", "7.5"]
    assert {row["model"] for row in rows} == {"google/gemini-3.8-flash"}
    assert [row["promo"] for row in rows] == ["true", "false"] * 2


def test_csv_holds_no_formula(costmodel, contract):
    contract.write_text(CONTRACT.replace("ours/gpt-4.1", "=ours/gpt-4.1"))
    words = ("prices", "history", "=ours/gpt-4.1", "--contract", contract, "--csv")
    assert costmodel(*words).stdout.splitlines()[1].startswith("'=ours/gpt-4.1,")


@pytest.mark.parametrize(
    ("ending", "head"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_out_writes_the_picture_by_its_ending(costmodel, tmp_path, ending, head):
    out = tmp_path / f"prices.{ending}"
    result = costmodel("prices", "history", "gemini-3.8-flash", "--out", out)
    assert (result.exit_code, result.stderr) == (0, f"picture: {out}\n")
    assert out.read_bytes().startswith(head)
    assert "Rate" in result.stdout


def test_days_of_the_picture_can_be_given_and_a_month_means_its_first(costmodel, tmp_path):
    out = tmp_path / "prices.svg"
    days = ("--start", "2026-12", "--end", "2027-03-01")
    result = costmodel("prices", "history", "gemini-3.8-flash", "--out", out, *days)
    assert result.stderr.startswith("--start 2026-12 is a month: its first day, 2026-12-01\n")
    assert ">Feb<" in out.read_text()
    assert ">Nov<" not in out.read_text()


def test_withdrawn_announcements_are_drawn_when_asked_for(costmodel, tmp_path):
    out = tmp_path / "prices.svg"
    costmodel("prices", "history", "claude-sonnet-5", "--out", out)
    assert "called off" not in out.read_text()
    costmodel("prices", "history", "claude-sonnet-5", "--out", out, "--withdrawn")
    assert "$3.00, called off 2026-08-14" in out.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gpt-5", "--out", "p.gif"), "--out: read 'p.gif', which ends in '.gif'; expected a file "
         "ending in one of .png, .svg, .pdf"),
        (("gpt-5", "--out", "nowhere/p.png"), "--out: read 'nowhere/p.png'; expected a file in a "
         "folder that exists"),
        (("gpt-5", "--field", "price"), "--field: read 'price'; expected one of input, cache_read"),
        (("gpt-5", "--mode", "fast"), "openai/gpt-5 has no 'fast' price; modes there are: "),
        (("gpt-5", "--start", "soon"), "--start: read 'soon'; expected a day as YYYY-MM-DD"),
        (("gpt-5", "--json", "--csv"), "read --json and --csv; expected one of them"),
        (("gpt-five-thousand",), "model 'gpt-five-thousand' has no price in this table"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(costmodel, words, said):
    result = costmodel("prices", "history", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_picture_that_ends_before_it_starts_is_refused(costmodel, tmp_path):
    days = ("--start", "2027-01-01", "--end", "2026-01-01")
    result = costmodel("prices", "history", "gpt-5", "--out", tmp_path / "p.png", *days)
    assert "error: --end: read '2027-01-01' to '2026-01-01'" in result.stderr
    assert not (tmp_path / "p.png").exists()


# --- show and list


def test_show_tells_promotions_and_their_end(costmodel):
    text = flat(costmodel("prices", "show", "gemini-3.8-flash").stdout)
    assert "promotional prices, until 2027-01-01" in text
    assert "launch effective, promo until 2027-01-01 $0.75" in text


def test_show_at_a_later_date_says_that_the_price_is_announced(costmodel):
    text = costmodel("prices", "show", "gemini-3.8-flash", "--at", "2027-02-01").stdout
    assert "USD per 1M tokens at 2027-02-01 (announced)" in text
    assert "promotional prices" not in text


def test_show_tells_a_withdrawn_announcement_with_its_date(costmodel):
    text = flat(costmodel("prices", "show", "claude-sonnet-5").stdout)
    assert "2026-09-01 withdrawn 2026-08-14 $3.00" in text


def test_show_tells_that_another_mode_will_go(costmodel):
    text = costmodel("prices", "show", "claude-opus-4-8").stdout
    assert "2026-11-30 (announced): fast is no longer offered" in text


def test_show_tells_kind_and_day_of_its_sources(costmodel):
    text = flat(costmodel("prices", "show", "gemini-3.8-flash", *OLD).stdout)
    assert "pricing (vendor, via genai-prices 0.2.3 and litellm 1.106.2)" in text
    assert "source: litellm 1.106.2 (aggregator, retrieved 2026-11-23)" in text


def test_show_under_a_contract_tells_all_it_holds(costmodel, contract):
    text = flat(costmodel("prices", "show", "ours/gpt-4.1", "--contract", contract).stdout)
    assert "contract Example Ltd (" in text
    assert "from 1,024 tokens, in steps of 128" in text
    assert "promotional prices, until 2027-03-01" in text
    assert "the table knows no price that follows at once on 2027-03-01" in text
    shared = "ours/a-deployment-with-a-name-of-its-own-that-is-long-v1:0"
    assert f"web search: $14.00 per 1,000; 5,000 a month free, shared with {shared}" in text
    assert "ptu-global PTU 15 5 hourly $1.00 an hour derived" in text
    assert "ptu-global PTU 15 5 year $221.00 a month its source" in text
    assert "ptu-global, hourly: half of the regional price" in text
    assert "ptu-global: Regional deployments need 25." in text
    serves = "one PTU serves 3,000 weighted input tokens a minute; an output token counts as 4, "
    assert f"{serves}a cached one as 0 (confidence: secondary)" in text
    assert "source: https://example.com/ptu (secondary, retrieved 2026-11-20)" in text


def test_show_as_json_has_the_same_facts(costmodel, contract):
    words = ("prices", "show", "ours/gpt-4.1", "--contract", contract, "--json")
    data = json.loads(costmodel(*words).stdout)
    assert data["contract"].startswith("Example Ltd (")
    assert data["capacity"]["input_tpm_per_unit"] == 3000
    (offer,) = data["commitments"]
    assert (offer["min_units"], offer["price"]["year"]["usd_per_month"]) == (15, 221)
    now = data["now"]
    assert (now["promo"], now["promo_until"]) == (True, "2027-03-01T00:00:00+00:00")
    search = now["units"]["web_search"]
    assert (search["free"]["count"], len(search["shared_with"])) == (5000, 1)
    assert data["sources"][0]["retrieved"] == "2026-11-20"


def test_list_tells_promotions_in_words_where_there_is_room(costmodel, monkeypatch):
    narrow = costmodel("prices", "list", "--provider", "google").stdout
    assert "promo 2027-01-01" in narrow
    assert "Coming. promo: promotional price, until that day; gone: the model retires." in narrow
    monkeypatch.setenv("COLUMNS", "120")
    wide = costmodel("prices", "list", "--provider", "google").stdout
    assert "promo until 2027-01-01" in wide
    assert "retires 2027-05-07" in wide
    assert "Coming." not in wide


def test_list_as_json_has_promotions_apart(costmodel):
    rows = json.loads(costmodel("prices", "list", "--provider", "google", "--json").stdout)
    row = next(row for row in rows if row["model"] == "google/gemini-3.8-flash")
    assert (row["promo"], row["promo_until"]) == (True, "2027-01-01")


def test_list_breaks_a_long_name_at_its_signs(costmodel, contract):
    words = ("prices", "list", "--provider", "ours", "--contract", contract)
    lines = costmodel(*words).stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("  a-deployment"))
    assert lines[at].split()[0].endswith("-")
    assert lines[at + 1].startswith("    ")
    assert "ours/" in [line.rstrip() for line in lines]
    name = "".join(line.split()[0] for line in lines[at : at + 3] if "v1:0" in line or "-" in line)
    assert name.startswith("a-deployment-with-a-name-of-its-own-that-is-long-v1:0")
    assert max(len(line.rstrip()) for line in lines) <= 80


def test_list_of_a_contracts_prices_is_net(costmodel, tmp_path):
    path = tmp_path / "c.yaml"
    head = "schema: costmodel.contract/1\nname: Ours\ncurrency: USD\n"
    path.write_text(head + "discounts: [{provider: google, multiply: 0.8}]\n")
    words = ("prices", "list", "--provider", "google", "--contract", path, "--json")
    rows = {row["model"]: row for row in json.loads(costmodel(*words).stdout)}
    # 0.8 x 1.25 USD.
    assert rows["google/gemini-2.5-pro"]["usd_per_mtok"]["input"] == pytest.approx(1.0)
