"""A request file comes to what `count_messages` says of it, section by section."""

import json

import pytest

from costmodel.foundation.errors import InputError
from costmodel.tokens import count_messages
from costmodel.tokens.audit import audit_prompt, read_prompt

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "find_order",
            "description": "Finds an order by its number",
            "parameters": {
                "type": "object",
                "properties": {"number": {"type": "string", "description": "The number"}},
            },
        },
    }
]
SYSTEM = "You answer questions about orders.\n\n## Examples\nQ: Where is it?\nA: On its way.\n"
IMAGE = {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}
TURNS = [
    {"role": "user", "content": "Where is order 7?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "find_order", "arguments": "{}"}}
        ],
    },
    {"role": "tool", "tool_call_id": "a", "content": "It is on its way."},
    {
        "role": "user",
        "content": [{"type": "text", "text": "And this?"}, IMAGE | {"width": 800, "height": 600}],
    },
]
SCHEMA = {"type": "json_schema", "json_schema": {"schema": {"type": "object", "properties": {}}}}
CHAT = {
    "model": "gpt-4o",
    "messages": [{"role": "system", "content": SYSTEM}, *TURNS],
    "tools": TOOLS,
    "tool_choice": "required",
    "response_format": SCHEMA,
}
CLAUDE = {
    "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],
    "tools": [{"name": "find", "description": "Finds", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "any"},
    "messages": [
        {"role": "user", "content": "one"},
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "two"}],
        },
        {"role": "user", "content": [{"type": "document", "pages": 2, "text_tokens": 700}]},
    ],
}
RESPONSES = {
    "instructions": SYSTEM,
    "input": "Where is order 7?",
    "text": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
}
CONTENTS = {
    "systemInstruction": {"parts": [{"text": SYSTEM}]},
    "contents": [{"role": "user", "parts": [{"text": "Where is order 7?"}]}],
    "tools": [{"functionDeclarations": [TOOLS[0]["function"]]}],
}
SAID = {"role": "system", "content": SYSTEM}
EXPECTED = [
    (
        CHAT,
        CHAT["messages"],
        {"tools": TOOLS, "tool_choice": "required", "response_format": SCHEMA},
    ),
    (
        CLAUDE,
        [{"role": "system", "content": CLAUDE["system"]}, *CLAUDE["messages"]],
        {"tools": CLAUDE["tools"], "tool_choice": {"type": "any"}},
    ),
    (
        RESPONSES,
        [SAID, {"role": "user", "content": "Where is order 7?"}],
        {"response_format": RESPONSES["text"]["format"]},
    ),
    (
        CONTENTS,
        [SAID, {"role": "user", "content": "Where is order 7?"}],
        {"tools": CONTENTS["tools"]},
    ),
]
MODELS = ("openai/gpt-4o", "anthropic/claude-opus-5", "google/gemini-3.8-flash")


def read(tmp_path, request, name="request.json"):
    file = tmp_path / name
    file.write_text(json.dumps(request, indent=4))
    return read_prompt(file)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("request_", "messages", "framing"), EXPECTED)
def test_a_request_comes_to_what_count_messages_says(tmp_path, request_, messages, framing, model):
    if request_ is CLAUDE and model == "openai/gpt-4o":
        pytest.skip("OpenAI has no rule for documents")
    found = audit_prompt(read(tmp_path, request_), model)
    expected = count_messages(messages, model, **framing)
    assert found.count == expected
    assert found.filled == expected.tokens
    assert sum(section.tokens for section in found.sections) == expected.tokens


def test_sections_of_a_request_are_those_of_count_messages_and_what_texts_mark(tmp_path):
    by_kind = audit_prompt(read(tmp_path, CHAT), "openai/gpt-4o").by_kind()
    parts = count_messages(
        CHAT["messages"],
        "openai/gpt-4o",
        tools=TOOLS,
        tool_choice="required",
        response_format=SCHEMA,
    ).parts
    assert by_kind["system"] + by_kind["examples"] == parts["system"].tokens
    for kind in ("tools", "schema", "history", "user", "images", "framing"):
        assert by_kind[kind] == parts[kind].tokens, kind
    assert by_kind["images"] == 765  # two by two tiles: 85 + 4 x 170


def test_what_stands_before_the_first_message_can_be_cached(tmp_path):
    found = audit_prompt(read(tmp_path, CHAT), "openai/gpt-4o")
    by_kind = found.by_kind()
    assert found.prefix.broken_by.what == "section"
    fixed = ("tools", "schema", "system", "examples")
    assert found.prefix.tokens == found.prefix.possible == sum(by_kind[kind] for kind in fixed)


def test_an_image_of_no_stated_size_is_told_with_its_place(tmp_path):
    asked = {"messages": [{"role": "user", "content": [IMAGE]}]}
    with pytest.raises(
        InputError, match=r"request.json: messages\[0\].content\[0\]: read an addre"
    ):
        read(tmp_path, asked)


def test_a_request_for_a_model_without_a_frame_is_refused(tmp_path):
    with pytest.raises(InputError, match="no rule for frames of messages"):
        audit_prompt(read(tmp_path, RESPONSES), "x-ai/grok-4.6")


def test_length_and_form_may_be_asked_for_in_the_question_or_by_a_schema(tmp_path):
    said = {"system": "You answer questions. If you do not know, say so."}
    question = {"role": "user", "content": "Where is it? Answer in one sentence."}
    plain = audit_prompt(read(tmp_path, {**said, "messages": [question]}), "openai/gpt-4o")
    assert [remark.rule for remark in plain.remarks] == ["no format"]
    formed = {**said, "messages": [question], "response_format": SCHEMA}
    assert audit_prompt(read(tmp_path, formed), "openai/gpt-4o").remarks == ()
