"""The snapshots that are shipped: regenerated, compared with the hand-made one, and in time."""

import csv
from datetime import date
from pathlib import Path

import pytest
import yaml

from costmodel.engine.simulate import simulate
from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import PriceNotKnownError
from costmodel.prices import cost, load_prices, reserve, weighted_tokens
from costmodel.prices.importers import make_snapshot, source_figures
from costmodel.prices.importers.packages import find_releases
from costmodel.scenario.loading import load_scenario

NEWEST = date(2026, 11, 24)
FOLDER = data_folder("pricing")
TABLE = Path(__file__).parents[1] / "data" / "prices" / "current_models.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def table(day, provider):
    return yaml.safe_load((FOLDER / day / f"{provider}.yaml").read_text(encoding="utf-8"))


def require_pinned_packages():
    """Skip unless the installed packages are those the newest snapshot names."""
    pytest.importorskip("genai_prices", reason="genai-prices is not installed")
    named = table(str(NEWEST), "openai")["sources"]
    wanted = [f"{named[key]['name']} {named[key]['version']}" for key in ("gp", "ll")]
    found = [str(release) for release in find_releases()]
    if found != wanted:
        pytest.skip(f"the snapshot was made from {wanted}, installed are {found}")


def test_the_newest_snapshot_is_what_the_packages_and_the_overlay_give():
    require_pinned_packages()
    again = make_snapshot(NEWEST, NEWEST, folder=FOLDER)
    shipped = {
        file.stem: file.read_text(encoding="utf-8")
        for file in (FOLDER / str(NEWEST)).glob("*.yaml")
    }
    assert again.texts == shipped


EXPLAINED = {
    # (provider, model): the keys that differ, and why
    ("google", "gemini-3-flash-preview"): (
        {"periods.0.cards.batch", "periods.0.cards.flex", "periods.0.cards.priority"},
        "before 2026-01-05 no source states these modes; the hand-made table carried them back",
    ),
}
ADDED = {"file_search", "maps_grounding", "free", "src", "confidence"}
"""Storage searches, Maps and free quotas are new; so are sources and who says a figure."""
RENAMED = {"tokenizer", "note", "aliases"}
"""Families have the names of families.json; notes are worded anew; aliases are compared below."""


def differences(old, new, path=""):
    """Yield the paths at which two entries differ, but for what is added or renamed."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            if key not in ADDED and not (path == "" and key in RENAMED):
                yield from differences(old.get(key), new.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (first, second) in enumerate(zip(old, new, strict=True)):
            yield from differences(first, second, f"{path}.{number}")
    elif (old or None) != (new or None) and set(new or {}) - ADDED | set(old or {}) - ADDED:
        yield path


HAND_MADE = [
    (provider, model["id"])
    for provider in ("openai", "anthropic", "google", "deepseek")
    for model in table("2026-11-23", provider)["models"]
]


@pytest.mark.parametrize(("provider", "name"), HAND_MADE)
def test_the_sync_gives_the_figures_of_the_hand_made_tables(provider, name):
    old, new = (
        next(m for m in table(day, provider)["models"] if m["id"] == name)
        for day in ("2026-11-23", str(NEWEST))
    )
    found = set(differences_of(old, new))
    assert found == EXPLAINED.get((provider, name), (set(), ""))[0]
    assert set(old["aliases"]) <= set(new["aliases"])


def differences_of(old, new):
    for path in differences(old, new):
        parts = path.split(".")
        yield ".".join(parts[:4]) if "cards" in parts else path


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['provider']}/{row['model']}")
def test_every_model_of_the_source_table_is_there_with_its_rates(row):
    book = load_prices()
    provider = {"aws": "bedrock"}.get(row["provider"], row["provider"])
    period = book.model(f"{provider}/{row['model']}").period_at(book.instant)
    for mode, prefix in (
        ("standard", ""),
        ("batch", "batch_"),
        ("flex", "flex_"),
        ("fast", "fast_"),
    ):
        for rate in ("input", "output"):
            stated = row[f"{prefix}{rate}" if prefix else f"{rate}_per_m"]
            silent = rate == "output" and "embed" in row["model"]
            if stated and not silent:
                assert getattr(period.cards[mode].card, rate) == float(stated)


def test_embeddings_have_no_output_rate_whatever_a_source_says():
    # genai-prices 0.2.3 states 0.10 for the output of mistral-embed
    card = load_prices().month("mistral/mistral-embed", "standard", 2026, 12).parts[0][1]
    assert (card.input, card.output) == (0.1, None)


@pytest.mark.parametrize(
    ("tokens", "usd"), [(199_999, 1.25 * 0.199999), (200_000, 2.5 * 0.2), (200_001, 2.5 * 0.200001)]
)
def test_xai_re_prices_a_prompt_of_exactly_200_000_tokens(tokens, usd):
    # docs.x.ai: "< 200k" and ">= 200k"; grok-4.3 costs 1.25, then 2.50
    found = cost("x-ai/grok-4.3", input_tokens=tokens, output_tokens=0).usd
    assert float(found) == pytest.approx(usd)


def usd(model, at, mode="standard", snapshot=None):
    return float(
        cost(
            model,
            input_tokens=1_000_000,
            output_tokens=1_000_000,
            at=at,
            mode=mode,
            snapshot=snapshot,
        ).usd
    )


@pytest.mark.filterwarnings("ignore:the table does not say when")
@pytest.mark.parametrize(
    ("model", "at", "truth"),
    [
        ("deepseek/deepseek-v4-pro", "2026-06-01T02:00:00Z", 0.435 + 0.87),
        ("deepseek/deepseek-v4-pro", "2026-11-21T02:00:00Z", 0.66 + 1.98),
        ("deepseek/deepseek-v4-pro", "2026-08-16T20:00:00Z", 0.66 + 1.98),
        ("deepseek/deepseek-v4-pro", "2026-11-20T02:00:00Z", 1.32 + 3.96),
    ],
)
def test_deepseek_s_hours_and_days_come_out_right(model, at, truth):
    assert usd(model, at) == pytest.approx(truth)


def test_gemini_3_6_flash_had_its_launch_price_until_about_the_13th_of_august():
    found = cost("google/gemini-3.6-flash", input_tokens=1000, output_tokens=1000, at="2026-08-01")
    assert float(found.usd) == pytest.approx((1.5 + 7.5) / 1000)


def test_o3_s_old_cached_rate_is_not_the_later_one():
    words = {"input_tokens": 1000, "cached_input_tokens": 1000, "output_tokens": 0}
    assert float(cost("openai/o3", **words, at="2025-05-01").usd) == pytest.approx(2.5 / 1000)


def test_priority_of_gpt_5_4_ends_where_long_context_begins():
    with pytest.raises(PriceNotKnownError, match="272,000"):
        cost("openai/gpt-5.4", input_tokens=300_000, output_tokens=0, mode="priority")


def test_processing_in_the_us_costs_a_tenth_more():
    found = cost("anthropic/claude-opus-5-5", input_tokens=1_000, output_tokens=0, geo="us").usd
    assert float(found) == pytest.approx(1.1 * 4 / 1000)


def test_gpt_5_nano_has_no_priority_card():
    with pytest.raises(PriceNotKnownError, match="no 'priority' price"):
        cost("openai/gpt-5-nano", input_tokens=1, output_tokens=0, mode="priority")


def test_dated_ids_can_be_priced_and_retire_when_they_do():
    book = load_prices()
    assert book.model("gpt-5-2025-08-07").retirement.date == date(2026, 12, 11)
    assert book.model("gpt-5").retirement is None
    assert book.model("gpt-5.4-2026-03-05").id == "openai/gpt-5.4"
    assert book.model("azure/gpt-5.4").id == "azure/gpt-5.4"
    assert book.model("gpt-5.4").id == "openai/gpt-5.4"
    assert book.model("groq/openai/gpt-oss-120b").id == "groq/openai/gpt-oss-120b"


def test_azure_sells_gpt_4_1_by_the_ptu():
    # 60 calls a minute x (1,440 fresh + 650 x 4) = 242,400; / 3,000 = 80.8, sold as 85
    model = load_prices().model("azure/gpt-4.1")
    load = 60 * weighted_tokens(
        model.capacity, input_tokens=1800, cached_input_tokens=360, output_tokens=650
    )
    bought = reserve(model, load, commitment="ptu-global")
    assert float(load) == 242_400
    assert float(bought.units) == 85
    assert float(bought.usd_per_month["month"]) == 85 * 260
    terms = {each.id: each for each in model.commitments}["ptu-global"].price
    assert (terms["hourly"].confidence, terms["month"].confidence) == ("derived", "secondary")


def test_gemini_s_free_searches_are_those_litellm_states():
    units = load_prices().model("google/gemini-3.8-flash").period_at(load_prices().instant).units
    free = units["web_search"].free
    assert (free.count, free.period, free.shared_group) == (5000, "month", "google/gemini-3")


def test_in_august_the_increase_of_sonnet_5_was_announced_and_in_november_called_off():
    august, now = load_prices("2026-08-12"), load_prices()
    rates = [
        book.month("anthropic/claude-sonnet-5", "standard", 2026, 10).parts[0][1].input
        for book in (august, now)
    ]
    assert rates == [3.0, 2.0]
    told = [
        [period.status for period in book.model("anthropic/claude-sonnet-5").periods]
        for book in (august, now)
    ]
    assert told == [["effective", "announced"], ["effective", "withdrawn"]]


def test_in_august_gpt_5_5_had_no_long_context_tier_yet():
    tiers = [
        len(load_prices(day).month("openai/gpt-5.5", "standard", 2026, 8).parts[0][1].tiers)
        for day in ("2026-08-12", "2026-11-24")
    ]
    assert tiers == [0, 1]


@pytest.mark.parametrize("day", ["2026-04-21", "2026-08-12"])
def test_a_reconstructed_snapshot_says_so_in_every_projection(day):
    book = load_prices(day)
    assert "made on 2026-11-24 from genai-prices" in book.reconstructed
    scenario = load_scenario("support_chatbot")
    model = next(iter(scenario.features.values())).steps[0][1].model
    card = load_prices().month(model, "standard", 2026, 12).parts[-1][1]
    projection = simulate(scenario, prices=book.with_card(model, card), draws=64)
    assert f"prices of {day} are reconstructed: {book.reconstructed}" in projection.warnings
    assert projection.provenance.reconstructed == book.reconstructed


def test_a_snapshot_made_on_its_day_says_nothing_of_the_kind():
    assert load_prices().reconstructed == ""
    assert load_prices("2026-11-23").reconstructed == ""


def test_raw_figures_of_each_source_show_the_peak_price_of_litellm():
    require_pinned_packages()
    field = source_figures("deepseek")["deepseek-v4-pro"]["standard.input"]
    assert field == {"genai-prices 0.2.3": 0.66, "litellm 1.106.2": 1.32}
