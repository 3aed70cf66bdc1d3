"""Responses with something of their own: grounding, audio, compaction, hidden thinking."""

import pytest

from costmodel.foundation.errors import InputError
from costmodel.prices import usage_of
from tests.usage import bodies
from tests.usage.test_adapters import as_object


def grounded(model):
    grounding = {"webSearchQueries": ["a", "b", "a", ""]}
    candidates = [{"finishReason": "STOP", "groundingMetadata": grounding}]
    return usage_of({**bodies.GEMINI, "modelVersion": model, "candidates": candidates})


def test_google_bills_grounding_by_the_prompt_or_by_the_query_and_not_what_it_retrieved():
    # before Gemini 3 a grounded prompt is one request; from it on each query is
    assert grounded("gemini-2.5-flash").units == {"web_search": 1}
    assert grounded("gemini-3.8-flash").units == {"web_search": 2}
    assert grounded("gemini-3.8-flash").input_tokens == 3000


def test_thoughts_that_the_candidates_include_are_not_billed_twice():
    # 3000 + 500 + 400 = 3900: the total leaves no room for thoughts beside the candidates
    found = usage_of(bodies.with_usage(bodies.GEMINI, thoughtsTokenCount=300, totalTokenCount=3900))
    assert (found.output_tokens, found.reasoning_tokens) == (400, 300)


def test_tokens_with_rates_of_their_own_are_named_so_that_text_rates_do_not_price_them():
    details = [{"modality": "AUDIO", "tokenCount": 70}, {"modality": "TEXT", "tokenCount": 1}]
    found = usage_of(bodies.with_usage(bodies.GEMINI, promptTokensDetails=details))
    assert found.units == {"audio_input_tokens": 70}
    details = {"cached_tokens": 600, "audio_tokens": 5}
    found = usage_of(bodies.with_usage(bodies.OPENAI_CHAT, prompt_tokens_details=details))
    assert found.units == {"audio_input_tokens": 5}


def test_the_iterations_of_a_compacted_message_are_summed():
    # the documentation's example: 180,000 + 3,500 for the summary, 23,000 + 1,000 for the answer
    iterations = [
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500},
        {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000},
    ]
    usage = {"input_tokens": 23_000, "output_tokens": 1_000, "iterations": iterations}
    found = usage_of({"type": "message", "model": "claude-opus-5-5", "usage": usage})
    assert (found.input_tokens, found.output_tokens) == (203_000, 4_500)


def test_an_iteration_of_another_model_is_refused():
    advisor = {"type": "advisor_message", "input_tokens": 1, "output_tokens": 1, "model": "m"}
    with pytest.raises(InputError, match="iteration of type advisor_message, which another model"):
        usage_of(bodies.with_usage(bodies.ANTHROPIC, iterations=[advisor]))


def test_reasoning_outside_the_completion_is_added_where_the_total_says_so():
    # xAI: 100 prompt + 20 completion + 300 reasoning = 420
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "total_tokens": 420,
        "completion_tokens_details": {"reasoning_tokens": 300},
    }
    found = usage_of({"object": "chat.completion", "model": "m", "usage": usage})
    assert (found.output_tokens, found.reasoning_tokens) == (320, 300)


def test_thinking_that_only_geminis_total_shows_is_output():
    # discuss.ai.google.dev/t/98760: 758 + 102 + 865 of thinking = 1,725
    usage = {"prompt_tokens": 758, "completion_tokens": 102, "total_tokens": 1725}
    body = {"object": "chat.completion", "model": "gemini-2.5-pro", "usage": usage}
    found = usage_of(body, "google")
    assert (found.output_tokens, found.reasoning_tokens) == (967, 865)
    with pytest.raises(InputError, match="total_tokens 1,725 with input 758 and output 102"):
        usage_of(body)


def test_embeddings_have_no_output():
    body = {
        "model": "text-embedding-3-small",
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
    }
    found = usage_of(body)
    assert (found.input_tokens, found.output_tokens) == (8, 0)


def test_a_usage_by_itself_is_read():
    assert usage_of(bodies.OPENAI_CHAT["usage"]).tokens == usage_of(bodies.OPENAI_CHAT).tokens
    assert usage_of(as_object(bodies.ANTHROPIC["usage"])).input_tokens == 9200
