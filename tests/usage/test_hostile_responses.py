"""Responses that are wrong: every one is refused in words, none is billed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError
from costmodel.prices import Usage, usage_of
from tests.usage import bodies

COUNTS = [
    ("openai.chat", "prompt_tokens"),
    ("openai.chat", "completion_tokens"),
    ("openai.responses", "input_tokens"),
    ("anthropic.messages", "input_tokens"),
    ("anthropic.messages", "cache_read_input_tokens"),
    ("gemini.generate_content", "promptTokenCount"),
    ("bedrock.converse", "inputTokens"),
    ("deepseek.chat", "prompt_cache_hit_tokens"),
    ("litellm.completion", "completion_tokens"),
]
WRONG = [math.nan, math.inf, -1, 1.5, "12", True, [], {}, 10**400, b"1"]


@pytest.mark.parametrize(("name", "count"), COUNTS)
@pytest.mark.parametrize("value", WRONG, ids=lambda value: ascii(value)[:12])
def test_a_count_that_is_no_count_is_refused_with_its_name(name, count, value):
    with pytest.raises(InputError, match=rf"usage\.{count}: .*a whole number of tokens from 0 up"):
        usage_of(bodies.with_usage(bodies.ALL[name], **{count: value}))


@pytest.mark.parametrize(("name", "count"), [*COUNTS[1:4], ("bedrock.converse", "outputTokens")])
def test_a_count_that_is_missing_is_refused_with_its_name(name, count):
    with pytest.raises(InputError, match=f"no {count}; expected the count {count}"):
        usage_of(bodies.with_usage(bodies.ALL[name], **{count: None}))


def test_a_whole_number_written_as_a_float_is_a_count():
    assert usage_of(bodies.with_usage(bodies.ANTHROPIC, input_tokens=200.0)).input_tokens == 9200


def test_a_cache_larger_than_the_input_is_refused():
    details = {"cached_tokens": 1801}
    body = bodies.with_usage(bodies.OPENAI_CHAT, prompt_tokens_details=details)
    words = (
        r"usage \(openai.chat\): read cached_input_tokens \+ cache_write_tokens 1,801 with "
        r"input_tokens 1,800; expected .* fix: input_tokens is the total: add the cached"
    )
    with pytest.raises(InputError, match=words):
        usage_of(body)


def test_anthropics_counts_taken_for_openais_are_refused_once_the_cache_exceeds_the_input():
    usage = {
        "input_tokens": 200,
        "output_tokens": 9,
        "input_tokens_details": {"cached_tokens": 4000},
    }
    with pytest.raises(InputError, match="as Anthropic and Bedrock do"):
        usage_of({"object": "response", "usage": usage})


@pytest.mark.parametrize("details", ["600", 600, [600], [{"cached_tokens": 600}], True, b"x"])
@pytest.mark.parametrize(
    ("body", "name"),
    [
        (bodies.OPENAI_CHAT, "prompt_tokens_details"),
        (bodies.OPENAI_RESPONSES, "input_tokens_details"),
        (bodies.OPENAI_RESPONSES, "output_tokens_details"),
        (bodies.ANTHROPIC, "cache_creation"),
    ],
)
def test_a_breakdown_without_fields_is_refused_as_it_would_bill_cached_tokens_fresh(
    body, name, details
):
    with pytest.raises(
        InputError, match=rf"usage\.{name}: read a .*expected its fields with counts"
    ):
        usage_of(bodies.with_usage(body, **{name: details}))


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (bodies.OPENAI_CHAT, ("prompt_tokens_details", "completion_tokens_details")),
        (bodies.OPENAI_RESPONSES, ("input_tokens_details", "output_tokens_details")),
        (bodies.ANTHROPIC, ("cache_creation", "server_tool_use", "output_tokens_details")),
        (bodies.LITELLM, ("prompt_tokens_details", "completion_tokens_details")),
    ],
)
def test_a_breakdown_that_is_null_or_missing_has_no_parts(body, names):
    usage = body["usage"]
    null = {**body, "usage": {**usage, **dict.fromkeys(names)}}
    missing = {**body, "usage": {name: each for name, each in usage.items() if name not in names}}
    found = usage_of(null)
    assert found == usage_of(missing)
    assert (found.input_tokens, found.output_tokens) == (
        usage_of(body).input_tokens,
        usage_of(body).output_tokens,
    )
    assert found.reasoning_tokens == 0


def test_more_reasoning_than_output_is_refused():
    details = {"reasoning_tokens": 351}
    body = bodies.with_usage(bodies.OPENAI_CHAT, completion_tokens_details=details)
    with pytest.raises(InputError, match="reasoning_tokens 351 with output_tokens 350"):
        usage_of(body)


def test_lifetimes_that_do_not_sum_to_the_writes_are_refused():
    body = bodies.with_usage(bodies.ANTHROPIC, cache_creation_input_tokens=5001)
    with pytest.raises(InputError, match="5,001 with lifetimes that sum to 5,000"):
        usage_of(body)


def test_hits_and_misses_that_do_not_sum_to_the_prompt_are_refused():
    body = bodies.with_usage(bodies.DEEPSEEK, prompt_cache_miss_tokens=2001)
    with pytest.raises(InputError, match="10,000 with 8,000 cache hits and 2,001 misses"):
        usage_of(body)


def test_a_usage_that_two_providers_may_have_sent_says_so():
    bare = {"input_tokens": 10, "output_tokens": 2}
    with pytest.raises(InputError, match=r"which may be openai\.responses or anthropic\.messages"):
        usage_of({"model": "m", "usage": bare})
    assert usage_of({"usage": bare}, "anthropic").shape == "anthropic.messages"
    assert usage_of({"usage": bare}, "openai").shape == "openai.responses"
    both = {**bare, "input_tokens_details": {}, "cache_read_input_tokens": 4}
    with pytest.raises(InputError, match="give provider='openai' or provider='anthropic'"):
        usage_of({"usage": both})


def test_a_response_of_another_provider_is_refused():
    with pytest.raises(InputError, match=r"expected the fields of anthropic\.messages"):
        usage_of(bodies.OPENAI_CHAT, "anthropic")
    with pytest.raises(InputError, match=r"expected the fields of openai\.chat or openai"):
        usage_of(bodies.ANTHROPIC, "openai")


def test_a_provider_nobody_knows_is_refused_with_a_suggestion():
    with pytest.raises(InputError, match="did you mean 'anthropic'"):
        usage_of(bodies.ANTHROPIC, "antropic")


def test_fields_nobody_knows_are_refused():
    with pytest.raises(InputError, match="a usage with words; expected the fields of litellm"):
        usage_of({"usage": {"words": 3}})


@pytest.mark.parametrize("text", ["", "{", "not json", "[" * 100_000, b"\xff\xfe"])
def test_a_text_that_is_no_json_is_refused(text):
    with pytest.raises(InputError, match="a text that is no JSON"):
        usage_of(text)


def test_a_usage_made_by_hand_is_checked_as_well():
    with pytest.raises(InputError, match=r"input_tokens: read -1; expected a whole number"):
        Usage(input_tokens=-1, output_tokens=0)
    with pytest.raises(InputError, match="cache_write_1h_tokens 2 with cache_write_tokens 1"):
        Usage(input_tokens=5, output_tokens=0, cache_write_tokens=1, cache_write_1h_tokens=2)
    with pytest.raises(InputError, match=r"units\.web_search: read 1\.5"):
        Usage(input_tokens=5, output_tokens=0, units={"web_search": 1.5})


names = st.sampled_from(
    [
        "usage",
        "usageMetadata",
        "prompt_tokens",
        "completion_tokens",
        "input_tokens",
        "output_tokens",
        "inputTokens",
        "outputTokens",
        "promptTokenCount",
        "prompt_tokens_details",
        "cached_tokens",
        "cache_read_input_tokens",
        "iterations",
        "choices",
        "candidates",
        "type",
        "model",
    ]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@given(json_values, st.sampled_from([None, *bodies.ALL, "openai", "google", "litellm"]))
def test_whatever_comes_is_a_usage_or_an_input_error(response, provider):
    try:
        found = usage_of(response, provider)
    except InputError:
        return
    assert found.uncached_input_tokens >= 0
    assert found.reasoning_tokens <= found.output_tokens
