"""Our prices beside those of other sources: the disagreements found in November 2026 as cases.

Each case has what the source said, what our table says, and the diagnosis that was made by
hand from the sources' histories.
"""

from datetime import UTC, date, datetime

import pytest

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import InputError
from costmodel.foundation.reading import read_yaml_text
from costmodel.prices.peers import read_peers
from costmodel.prices.reconcile import Reading, reconcile
from costmodel.prices.schema import Table
from costmodel.prices.snapshots import find_snapshot
from costmodel.prices.tables import checked
from tests.prices.shelves import FACTS, model, table

SHIPPED = find_snapshot("2026-11-23", data_folder("pricing"))
AT = datetime(2026, 11, 23, tzinfo=UTC)


def opinions(ours, name, stated, **more):
    """Return the opinions on a model: (verdict, ratio, remark) by field; one source."""
    figures = {name: {field: {"x": reading} for field, reading in stated.items()}}
    return {
        row.field: (each.verdict, each.ratio and round(each.ratio, 3), each.remark)
        for row in reconcile(ours, figures, **more)
        for each in row.opinions
    }


def rates(*values, as_of=None):
    """Return readings of input, output and cached input, as far as they are given."""
    fields = ("input", "output", "cache_read")
    return {f: Reading(v, as_of) for f, v in zip(fields, values, strict=False)}


SHIPPED_CASES = [
    # (source, model, readings, field, verdict, ratio, words of the remark)
    ("llm-prices 2026-08", "google/gemini-3.6-flash", rates(1.5, 7.5), "input",
     "stale", 2.0, "our price until 2026-08-13"),
    ("litellm 1.106.2", "deepseek/deepseek-flash", rates(0.3, 1.2), "input",
     "scaled", 2.0, "our standard peak rate"),
    ("litellm 1.106.2", "deepseek/deepseek-v4-pro", rates(1.32, 3.96), "output",
     "scaled", 2.0, "our standard peak rate"),
    ("llm-prices, list price", "deepseek/deepseek-v4-pro", rates(1.74, 3.48, 0.145), "input",
     "conflict", 2.636, ""),
    ("Portkey, not updated after 2026-08-16", "deepseek/deepseek-v4-pro", rates(0.435, 0.87),
     "output", "stale", 0.439, "our price until 2026-08-16"),
    ("Portkey 2026-08-21", "openai/gpt-5.6-sol", rates(5, 30, as_of=date(2026, 8, 20)), "output",
     "stale", 1.5, "our price until 2026-08-21, right at its date, 2026-08-20"),
    ("langfuse 2026-08-22", "openai/gpt-5.6-sol", rates(5, 30, as_of=date(2026, 8, 22)), "input",
     "stale", 1.25, "our price until 2026-08-21"),
    ("tokencost", "google/gemini-2.5-pro", rates(1.25, 10, 0.3125), "cache_read",
     "conflict", 2.5, ""),
    ("Portkey", "google/gemini-3.1-pro-preview", rates(2, 12, 4.5), "cache_read",
     "swapped", 22.5, "the price of cache storage per hour"),
    ("Portkey", "google/gemini-3.1-pro-preview", {"cache_write": Reading(0.2)}, "cache_write",
     "only there", None, ""),
    ("llm-prices", "anthropic/claude-sonnet-5", rates(3, 15), "input",
     "stale", 1.5, "announced for 2026-09-01, withdrawn on 2026-08-14"),
    ("litellm 1.106.2", "openai/gpt-5-nano", {"priority.input": Reading(2.5)}, "priority.input",
     "only there", None, "50 times our standard rate"),
    ("a made-up list", "google/gemini-3.8-flash", rates(1.5), "input",
     "scaled", 2.0, "twice ours"),
    ("genai-prices 0.2.3", "openai/gpt-5", rates(1.25, 10, 0.125), "cache_read", "agree", 1.0, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "name", "stated", "field", "verdict", "ratio", "remark"),
    SHIPPED_CASES,
    ids=[f"{case[0]}: {case[1]}.{case[3]}" for case in SHIPPED_CASES],
)
def test_the_known_disagreements_get_the_verdict_of_the_hand_check(
    source, name, stated, field, verdict, ratio, remark
):
    assert opinions(SHIPPED, name, stated)[field] == (verdict, ratio, remark), source


def own(name, card, *, day="2026-11-23", cache="{mode: none}", more=()):
    """Return a table of one model with a standard card."""
    period = f"from: null, status: effective, src: [s], cards: {{standard: {{per_mtok: {card}}}}}"
    facts = FACTS.replace("{mode: none}", cache)
    return checked(Table, read_yaml_text(table(day, model(name, period, *more, facts=facts))))


OWN_CASES = [
    ("tokencost", "titan-embed-v2", "{input: 0.02}", rates(0.2), "input",
     "scaled", 10.0, "10 times too large"),
    ("a list in USD per 1k", "titan-embed-v2", "{input: 0.02}", rates(0.00002), "input",
     "scaled", 0.001, "1,000 times too small"),
    ("tokencost", "command-r7b", "{input: 0.0375, output: 0.15}", rates(0.15, 0.0375), "input",
     "swapped", 4.0, "input and output exchanged"),
    ("tokencost", "command-r7b", "{input: 0.0375, output: 0.15}", rates(0.15, 0.0375), "output",
     "swapped", 0.25, "input and output exchanged"),
    ("Portkey", "nova-lite", "{input: 0.06, cache_read: 0.015, output: 0.24}",
     rates(0.06, 0.24, 0.03), "cache_read", "scaled", 2.0, "twice ours"),
    ("a batch price", "m", "{input: 4, output: 16}", rates(2, 8), "input",
     "scaled", 0.5, "half of ours, as in a batch"),
    ("models.dev", "mistral-embed", "{input: 0.1}", rates(0.1, 0), "output",
     "agree", None, "no output rate and $0 are the same"),
    ("genai-prices", "mistral-embed", "{input: 0.1}", rates(0.1, 0.1), "output",
     "only there", None, ""),
    ("litellm, missed two changes", "mistral-large-4", "{input: 0.7, output: 2.1}",
     rates(0.68, 2.09), "input", "conflict", 0.971, ""),
    ("Portkey", "m", "{input: 2, cache_read: 0.2, cache_write: 2.5, output: 12}",
     {"cache_write": Reading(0.2)}, "cache_write", "swapped", 0.08, "the rate of cached reads"),
    ("no cached rate", "m", "{input: 2, cache_read: 0.2, output: 12}", rates(2, 12),
     "cache_read", "only here", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "name", "card", "stated", "field", "verdict", "ratio", "remark"),
    OWN_CASES,
    ids=[f"{case[0]}: {case[1]}.{case[4]}" for case in OWN_CASES],
)
def test_what_a_source_says_of_other_providers_gets_its_verdict(
    source, name, card, stated, field, verdict, ratio, remark
):
    found = opinions(own(name, card), f"acme/{name}", stated)
    assert found[field] == (verdict, ratio, remark), source


def test_a_value_of_an_older_snapshot_is_stale():
    # llm-prices: o3 at 10/40; the cut of 2025-06-10 replaced the old price in our table.
    ours = own("o3", "{input: 2, output: 8}")
    older = own("o3", "{input: 10, output: 40}", day="2025-05-01")
    stated = rates(10, 40, as_of=date(2025, 10, 10))
    assert opinions(ours, "acme/o3", stated)["input"][0] == "conflict"
    verdict, ratio, remark = opinions(ours, "acme/o3", stated, earlier=[older])["input"]
    assert (verdict, ratio) == ("stale", 5.0)
    assert remark.startswith("our price until 2026-11-23")


def test_a_price_we_expect_later_is_a_conflict_that_says_from_when():
    later = (
        "from: '2027-01-01T00:00:00Z', status: announced, src: [s], "
        "cards: {standard: {per_mtok: {input: 3, output: 9}}}"
    )
    ours = own("m", "{input: 1, output: 3}", more=(later,))
    assert opinions(ours, "acme/m", rates(3.0))["input"] == (
        "conflict", 3.0, "our price from 2027-01-01",
    )  # fmt: skip
    at = datetime(2027, 2, 1, tzinfo=UTC)
    assert opinions(ours, "acme/m", rates(3.0), at=at)["input"][0] == "agree"


def test_a_model_we_do_not_have_is_only_there():
    figures = {"acme/other": {"input": {"x": Reading(1.0)}}, "bolt/m": {"input": {"x": Reading(1)}}}
    rows = reconcile(own("m", "{input: 1, output: 3}"), figures)
    assert [(r.model, r.listed, r.ours, r.opinions[0].verdict) for r in rows] == [
        ("acme/other", False, None, "only there"),
        ("bolt/m", False, None, "only there"),
    ]


def test_each_source_has_its_own_verdict_on_a_figure():
    figures = {"acme/m": {"input": {"x": Reading(1.0), "y": Reading(10.0)}}}
    (row, _) = reconcile(own("m", "{input: 1, output: 3}"), figures)
    assert [(each.source, each.verdict) for each in row.opinions] == [
        ("x", "agree"), ("y", "scaled"),
    ]  # fmt: skip
    assert not row.agrees


def test_rounding_of_prices_by_the_token_is_no_disagreement():
    stated = {"input": Reading(7.5e-08 * 1e6)}
    assert opinions(own("m", "{input: 0.075, output: 1}"), "acme/m", stated)["input"][0] == "agree"


MODELS = {
    "openai": {"gpt-5": ("gpt-5",), "gpt-5-nano": ()},
    "google": {"gemini-3.8-flash": ()},
    "deepseek": {"deepseek-v4-pro": ()},
}


def test_the_two_libraries_are_read_with_their_own_figures():
    # genai-prices 0.2.3 and litellm 1.106.2: gpt-5 at $1.25, $0.125 cached, $10.
    stated = read_peers(MODELS, AT)
    assert stated.versions == {"genai-prices": "0.2.3", "litellm": "1.106.2"}
    gpt = stated.figures["openai/gpt-5"]
    for field, usd in (("input", 1.25), ("cache_read", 0.125), ("output", 10.0)):
        assert {name: r.value for name, r in gpt[field].items()} == {
            "genai-prices": usd, "litellm": usd,
        }  # fmt: skip
    nano = stated.figures["openai/gpt-5-nano"]["priority.input"]
    assert [reading.value for reading in nano.values()] == [2.5]


def test_only_a_library_with_dates_says_when_its_price_held():
    gpt = read_peers(MODELS, AT).figures["openai/gpt-5"]["input"]
    assert {name: reading.as_of for name, reading in gpt.items()} == {
        "genai-prices": date(2026, 11, 23), "litellm": None,
    }  # fmt: skip


def test_tiers_modes_and_units_are_read_under_our_names_of_them():
    # gpt-5.6-sol above 272,000 tokens: 8 and 30, in a batch 4 and 15; search $10 per 1,000
    stated = read_peers({"openai": {"gpt-5.6-sol": ()}}, AT).figures["openai/gpt-5.6-sol"]
    for field, usd in (
        ("above_272000.input", 8.0),
        ("above_272000.output", 30.0),
        ("batch.above_272000.input", 4.0),
        ("batch.above_272000.output", 15.0),
        ("units.web_search", 0.01),
    ):
        assert {reading.value for reading in stated[field].values()} == {usd}, field
    rows = reconcile(SHIPPED, {"openai/gpt-5.6-sol": stated})
    assert all(row.agrees for row in rows if "above" in row.field)


def test_a_date_in_the_past_is_priced_as_genai_prices_had_it_then():
    # gpt-5.6-sol cost 5 and 30 until its cut of 2026-08-21
    then = datetime(2026, 8, 1, tzinfo=UTC)
    stated = read_peers({"openai": {"gpt-5.6-sol": ()}}, then).figures["openai/gpt-5.6-sol"]
    assert (stated["input"]["genai-prices"].value, stated["input"]["litellm"].value) == (5.0, 4.0)


def test_models_only_they_have_come_along_and_our_aliases_do_not():
    stated = read_peers({"openai": {"gpt-4.1": ("gpt-4.1-2025-04-14",)}}, AT).figures
    assert "openai/gpt-4.1-2025-04-14" not in stated
    assert "openai/gpt-4o" in stated


def test_neither_library_is_imported_for_it():
    import subprocess
    import sys

    script = (
        "import sys; from datetime import datetime, UTC\n"
        "from costmodel.prices.peers import read_peers\n"
        "found = read_peers({'openai': {'gpt-5': ()}}, datetime(2026, 11, 23, tzinfo=UTC))\n"
        "print({'litellm', 'genai_prices'} & {*sys.modules}, "
        "found.figures['openai/gpt-5']['input']['litellm'].value)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["set()", "1.25"]


def test_without_the_libraries_the_way_to_them_is_told(tmp_path):
    with pytest.raises(InputError, match="fix: pip download --no-deps genai-prices==VERSION"):
        read_peers(MODELS, AT, packages=tmp_path)


LONG = "{input: 2, output: 8}"
TIER = "above: [{prompt_tokens_gt: 272000, per_mtok: {input: 4, cache_read: 0.4, output: 12}}]"
TIER_CASES = [
    # (our card's tiers, what is stated, field, verdict, remark)
    (TIER, {"input": Reading(2), "above_272000.input": Reading(4)}, "above_272000.input",
     "agree", ""),
    (TIER, {"input": Reading(2), "above_272000.input": Reading(3)}, "above_272000.input",
     "conflict", ""),
    (TIER, {"input": Reading(2), "output": Reading(8)}, "above_272000.input",
     "only here", "it has no such tier"),
    (TIER, {"input": Reading(2), "above_272000.input": Reading(4)}, "above_272000.output",
     "only here", ""),
    # without a tier a long prompt costs what any other costs
    ("", {"input": Reading(2), "above_272000.input": Reading(4)}, "above_272000.input",
     "conflict", "our table has no such tier"),
    ("", {"input": Reading(2), "above_272000.input": Reading(2)}, "above_272000.input",
     "agree", ""),
    ("max_prompt_tokens: 272000", {"above_272000.input": Reading(4)}, "above_272000.input",
     "only there", "our standard prices end at 272,000 tokens"),
]  # fmt: skip


@pytest.mark.parametrize(("tiers", "stated", "field", "verdict", "remark"), TIER_CASES)
def test_long_context_tiers_get_a_verdict_of_their_own(tiers, stated, field, verdict, remark):
    card = f"{{standard: {{per_mtok: {LONG}{', ' if tiers else ''}{tiers}}}}}"
    period = f"from: null, status: effective, src: [s], cards: {card}"
    ours = checked(Table, read_yaml_text(table("2026-11-23", model("m", period, facts=FACTS))))
    found = opinions(ours, "acme/m", stated)[field]
    assert (found[0], found[2]) == (verdict, remark)


def test_a_missing_tier_is_told_once_and_not_for_each_of_its_rates():
    card = f"{{standard: {{per_mtok: {LONG}, {TIER}}}}}"
    period = f"from: null, status: effective, src: [s], cards: {card}"
    ours = checked(Table, read_yaml_text(table("2026-11-23", model("m", period, facts=FACTS))))
    found = opinions(ours, "acme/m", {"input": Reading(2), "output": Reading(8)})
    assert [field for field in found if "above" in field] == ["above_272000.input"]


def test_a_source_of_ones_own_is_a_mapping_of_its_readings():
    figures = {"openai/gpt-5": {"input": {"our invoice": Reading(1.25, date(2026, 10, 31))}}}
    (row,) = [r for r in reconcile(SHIPPED, figures) if r.field == "input"]
    assert (row.opinions[0].source, row.opinions[0].verdict) == ("our invoice", "agree")
