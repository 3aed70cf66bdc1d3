"""The audit of a prompt: hand arithmetic at the prices of 2026-11-23."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError, TokenizerUnavailable, UnknownModelError
from costmodel.prices import load_prices
from costmodel.tokens import count_tokens
from costmodel.tokens.audit import audit_prompt, compare_prompts
from costmodel.tokens.audit.sections import split_text

BOOK = load_prices("2026-11-23")
LINES = [f"Rule {n}: the answer to case {n} is kept short, plain and kind.\n" for n in range(200)]
FIXED = "If you do not know, say so in one sentence of plain text.\n" + "".join(LINES)


def audited(text, model="openai/gpt-5", **given):
    return audit_prompt(split_text("p.md", text), model, prices=BOOK, **given)


def tokens(text, model="openai/gpt-5"):
    return count_tokens(text, model).tokens


def test_a_month_costs_tokens_times_calls_times_rate():
    # gpt-5: $1.25 per million input tokens, cached $0.125
    found = audited(FIXED, turns_per_month=100_000)
    assert found.filled == found.count.tokens == tokens(FIXED)
    assert found.usd_per_month == pytest.approx(tokens(FIXED) * 100_000 * 1.25e-6)
    kept = found.prefix.kept
    assert found.cached_usd_per_month == pytest.approx(
        ((tokens(FIXED) - kept) * 1.25 + kept * 0.125) * 0.1
    )


def test_sections_add_up_to_the_prompt():
    text = FIXED + "## Examples\nQ: hi\nA: hello\n## Context\n{context}\nQuestion: {question}\n"
    found = audited(text, turns_per_month=1000, sizes={"context": 2000, "question": 90})
    assert sum(section.tokens for section in found.sections) == found.filled
    assert sum(section.usd_per_month for section in found.sections) == pytest.approx(
        found.usd_per_month
    )
    assert found.by_kind()["user"] == pytest.approx(90 + 3, abs=3)


def test_a_size_takes_the_place_of_the_name_as_often_as_it_stands():
    text = "Hi {name}, and again {name}.\n"
    assert audited(text, sizes={"name": 50}).filled == tokens(text) + 2 * (50 - tokens("{name}"))
    assert audited(text).unsized == ("name",)
    assert audited(text, sizes={"name": 5}).unsized == ()


def test_the_cache_keeps_whole_steps_of_what_stands_before_the_first_change():
    # gpt-5 keeps prefixes from 1,024 tokens on, in steps of 128
    found = audited(FIXED + "Today is 2026-11-23.\n")
    assert (found.prefix.broken_by.what, found.prefix.broken_by.line) == ("date", 202)
    assert found.prefix.tokens == tokens(FIXED)
    assert found.prefix.kept == 1024 + (tokens(FIXED) - 1024) // 128 * 128
    assert found.prefix.minimum == 1024


def test_a_name_at_the_top_breaks_the_cache_and_moving_it_is_a_saving():
    found = audited("You help {{user_name}}.\n" + FIXED, turns_per_month=100_000)
    assert found.prefix.kept == 0
    assert found.prefix.reason == (
        f"a prefix of {found.prefix.tokens} tokens is shorter than the 1,024 tokens that "
        "openai/gpt-5 caches"
    )
    (saving,) = [each for each in found.savings if each.kind == "order"]
    assert saving.tokens == found.prefix.possible_kept > 2000
    assert saving.usd_per_month == pytest.approx(saving.tokens * 0.1 * (1.25 - 0.125))
    assert saving.text.startswith("move the placeholder '{{user_name}}' in line 1 behind what sta")


def test_a_prompt_in_which_nothing_changes_has_nothing_to_move():
    found = audited(FIXED)
    assert found.prefix.broken_by is None
    assert found.prefix.tokens == found.prefix.possible == found.filled
    assert not [each for each in found.savings if each.kind == "order"]


def test_a_short_prompt_is_under_the_minimum_whatever_its_order():
    found = audited("Be kind to {name}, and do not guess.")
    assert (found.prefix.kept, found.prefix.possible_kept, found.savings) == (0, 0, ())


def test_a_model_without_a_cache_keeps_nothing():
    found = audited(FIXED, "openai/text-embedding-3-small")
    assert found.prefix.reason == "openai/text-embedding-3-small has no prompt cache"


def test_estimated_counts_have_their_band_and_other_models_other_minimums():
    found = audited(FIXED, "google/gemini-2.5-flash").count
    assert not found.exact
    assert found.low < found.tokens < found.high
    assert audited(FIXED, "anthropic/claude-haiku-4-5").prefix.minimum == 4096


def test_long_prompts_pay_the_rate_above_the_threshold():
    # Haiku 5.5: $0.10 below 100,000 prompt tokens, $0.50 above
    short, long = audited(FIXED, "anthropic/claude-haiku-5-5"), FIXED + "{context}"
    above = audited(long, "anthropic/claude-haiku-5-5", sizes={"context": 200_000})
    assert (short.input_usd_per_mtok, above.input_usd_per_mtok) == (0.1, 0.5)


def test_announced_prices_count_from_their_day():
    assert audited("x", "google/gemini-3.8-flash").input_usd_per_mtok == 0.75
    later = audited("x", "google/gemini-3.8-flash", at="2027-01-01")
    assert (later.input_usd_per_mtok, later.at) == (1.5, "2027-01-01")


def test_without_turns_there_are_no_dollars():
    found = audited(FIXED)
    assert found.usd_per_month is None
    assert found.cached_usd_per_month is None
    assert all(section.usd_per_month is None for section in found.sections)


def test_an_empty_prompt_is_empty():
    found = audited("", turns_per_month=10)
    assert (found.filled, found.usd_per_month, found.remarks, found.savings) == (0, 0.0, (), ())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"turns_per_month": -1}, "turns_per_month: read -1; expected a number from 0 up, finite"),
        ({"turns_per_month": float("nan")}, "turns_per_month: read nan; expected"),
        ({"sizes": {"name": float("inf")}}, "name: read inf; expected a number from 0 up, finite"),
        (
            {"sizes": {"nam": 3}},
            r"read a size for 'nam'; expected a placeholder of the prompt \(name\); fix: did you",
        ),
    ],
)
def test_impossible_numbers_and_unknown_names_are_refused(given, message):
    with pytest.raises(InputError, match=message):
        audited("Hi {name}", **given)


def test_unknown_models_are_refused():
    with pytest.raises((UnknownModelError, TokenizerUnavailable), match="gpt-55"):
        audited("x", "openai/gpt-55")


def test_two_versions_are_told_apart_by_section_and_remark():
    old = audited("Answer.\n## Examples\nQ\n", turns_per_month=1e6)
    new = audited("If you do not know, say so. Answer.\n", turns_per_month=1e6)
    found = compare_prompts(old, new)
    changes = {each.kind: (each.old_tokens, each.new_tokens) for each in found.sections}
    assert changes["examples"] == (old.by_kind()["examples"], 0)
    assert found.tokens == new.filled - old.filled
    assert found.usd_per_month == pytest.approx(found.tokens * 1.25)
    assert "nothing says what to do when the answer is not in the input" in found.solved
    assert found.changed


def test_a_version_compared_with_itself_has_not_changed():
    same = audited(FIXED, turns_per_month=5)
    assert not compare_prompts(same, same).changed
    assert compare_prompts(same, same).usd_per_month == 0


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='ab {}#\n"<>:é世', max_size=200), st.integers(0, 10**9))
def test_an_audit_of_any_text_adds_up(text, turns):
    found = audited(text, turns_per_month=turns)
    assert sum(section.tokens for section in found.sections) == found.filled >= 0
    assert 0 <= found.prefix.kept <= found.prefix.tokens <= found.filled + 3
    assert found.cached_usd_per_month <= found.usd_per_month
