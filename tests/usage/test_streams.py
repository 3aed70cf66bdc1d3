"""Streams: the last chunk with usage, the closing event, or the list of all events."""

import json

import pytest

from costmodel.foundation.errors import InputError
from costmodel.prices import usage_of
from tests.usage import bodies
from tests.usage.test_adapters import as_object


def test_the_last_chunk_of_openai_has_the_usage():
    found = usage_of(bodies.OPENAI_CHUNKS[-1])
    assert (found.input_tokens, found.output_tokens, found.finish_reason) == (1000, 10, None)
    assert usage_of(bodies.OPENAI_CHUNKS) == found
    assert usage_of(as_object(bodies.OPENAI_CHUNKS)) == found
    assert usage_of([*map(json.dumps, bodies.OPENAI_CHUNKS), "[DONE]"]) == found


def test_a_stream_without_usage_is_told_how_to_ask_for_it():
    with pytest.raises(InputError, match=r'stream_options=\{"include_usage": True\}'):
        usage_of(bodies.OPENAI_CHUNKS[0])
    with pytest.raises(InputError, match=r"chat\.completion\.chunk.* without usage"):
        usage_of(bodies.OPENAI_CHUNKS[:1])


def test_the_closing_event_of_openai_responses_holds_the_response():
    event = {"type": "response.completed", "response": bodies.OPENAI_RESPONSES}
    assert usage_of(event) == usage_of(bodies.OPENAI_RESPONSES)
    assert usage_of([{"type": "response.created", "response": {}}, event]).input_tokens == 5000
    with pytest.raises(InputError, match=r"pass the event response\.completed"):
        usage_of({"type": "response.output_text.delta", "delta": "Hi"})


@pytest.mark.parametrize("form", [list, as_object])
def test_anthropics_events_are_put_together_with_the_cumulative_counts_of_the_last(form):
    found = usage_of(form(bodies.ANTHROPIC_EVENTS))
    assert found.tokens == {
        "input_tokens": 5100,
        "cached_input_tokens": 5000,
        "cache_write_tokens": 0,
        "cache_write_1h_tokens": 0,
        "output_tokens": 64,
    }
    assert (found.model, found.response_id) == ("claude-haiku-4-5", "msg_2")
    assert found.finish_reason == "max_tokens"


def test_the_placeholder_of_message_start_is_refused():
    with pytest.raises(InputError, match="output_tokens is a placeholder here"):
        usage_of(bodies.ANTHROPIC_EVENTS[0])


def test_a_message_delta_without_the_input_is_refused():
    with pytest.raises(InputError, match=r"no input_tokens; .*or the list of all its events"):
        usage_of(bodies.ANTHROPIC_EVENTS[2])
    with pytest.raises(InputError, match=r"stream.get_final_message\(\)"):
        usage_of(bodies.ANTHROPIC_EVENTS[1])


def test_the_metadata_event_of_bedrock_has_the_usage():
    event = {"metadata": {"usage": bodies.BEDROCK["usage"], "metrics": {"latencyMs": 1}}}
    assert usage_of([{"messageStop": {}}, event]).tokens == usage_of(bodies.BEDROCK).tokens


def test_the_last_chunk_of_gemini_counts():
    early = bodies.with_usage(bodies.GEMINI, candidatesTokenCount=1, totalTokenCount=4401)
    assert usage_of([early, bodies.GEMINI]).output_tokens == 1300


@pytest.mark.parametrize(("given", "shown"), [(None, "nothing"), ([], "nothing"), (3, "a int")])
def test_what_is_no_response_is_refused(given, shown):
    with pytest.raises(InputError, match=f"read {shown} without usage"):
        usage_of(given)
