"""Shapes of messages beyond texts: reasoning that comes back, and Google's contents."""

import base64

import pytest

from costmodel.foundation.errors import InputError
from costmodel.tokens import count_messages, count_tokens

OPUS, GEMINI, GPT = "anthropic/claude-opus-5", "google/gemini-3.8-flash", "openai/gpt-5"
PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
).decode()
THOUGHT = "The order is older than thirty days, so that no refund is due."


def asked(*before):
    return [{"role": "user", "content": "Hi"}, *before, {"role": "user", "content": "And now?"}]


@pytest.mark.parametrize(
    ("model", "reasoned"),
    [
        (
            OPUS,
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": THOUGHT, "signature": "EqQBCg"},
                    {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3p"},
                    {"type": "text", "text": "No."},
                ],
            },
        ),
        (
            GEMINI,
            {"role": "model", "parts": [{"text": THOUGHT, "thought": True}, {"text": "No."}]},
        ),
    ],
)
def test_reasoning_before_an_earlier_answer_is_not_counted_but_widens_the_band(model, reasoned):
    plain = count_messages(asked({"role": "assistant", "content": "No."}), model)
    count = count_messages(asked(reasoned), model)
    shown = count_tokens(THOUGHT, model)
    assert (count.tokens, count.low) == (plain.tokens, plain.low)
    assert count.high == plain.high + shown.high
    assert "reasoning before an earlier answer is not sent again" in count.source


def test_reasoning_items_of_openai_are_not_counted_but_widen_the_band():
    item = {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": THOUGHT}],
        "encrypted_content": "gAAAAAB",
    }
    answer = {"role": "assistant", "content": [{"type": "output_text", "text": "No."}]}
    with_item, without = (
        count_messages(asked(*before), GPT) for before in ([item, answer], [answer])
    )
    assert with_item.parts["history"].tokens == without.parts["history"].tokens
    more = with_item.parts["history"].high - without.parts["history"].high
    assert more == count_tokens(THOUGHT, GPT).tokens


def test_contents_of_google_count_as_the_same_messages_of_others():
    contents = [
        {"role": "user", "parts": [{"text": "Where is it?"}]},
        {"role": "model", "parts": {"text": "On its way."}},
        {"parts": [{"text": "Since when?"}]},
    ]
    roles = zip(contents, ("user", "assistant", "user"), strict=True)
    texts = ("Where is it?", "On its way.", "Since when?")
    same = [{"role": role, "content": t} for (_, role), t in zip(roles, texts, strict=True)]
    assert count_messages(contents, GEMINI) == count_messages(same, GEMINI)


@pytest.mark.parametrize("name", ["inlineData", "inline_data"])
def test_an_image_inside_google_s_contents_is_measured(name):
    mime = "mimeType" if name == "inlineData" else "mime_type"
    part = {name: {mime: "image/png", "data": PNG}}
    count = count_messages([{"role": "user", "parts": [part]}], "google/gemini-2.5-pro")
    assert count.parts["images"].tokens == 258  # 640 x 480: one tile of 768


def test_calls_results_sound_and_documents_of_google_are_read():
    contents = [
        {"role": "user", "parts": [{"fileData": {"mimeType": "audio/mp3"}, "seconds": 10}]},
        {"role": "model", "parts": [{"functionCall": {"name": "find", "args": {"id": 7}}}]},
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "find", "response": {"found": True}}},
                {"file_data": {"mime_type": "application/pdf"}, "pages": 2},
            ],
        },
    ]
    parts = count_messages(contents, GEMINI).parts
    assert parts["audio"].tokens == 320  # 32 a second
    assert parts["documents"].tokens == 1_120  # 560 a page
    assert parts["history"].tokens == count_tokens('find {"id":7}', GEMINI).tokens
    assert parts["user"].tokens == count_tokens('{"found":true}', GEMINI).tokens


def test_declarations_of_google_s_tools_count_one_by_one():
    tools = [{"name": "find", "description": "Finds.", "parameters": {"type": "object"}}]
    held = [{"functionDeclarations": tools}]
    hi = [{"role": "user", "content": "Hi"}]
    assert count_messages(hi, GEMINI, tools=held) == count_messages(hi, GEMINI, tools=tools)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (
            {"executableCode": {}},
            r"parts\[0\]: read a part with executable_code; expected one of t",
        ),
        (
            {"inlineData": {"mimeType": "video/mp4"}},
            r"media of type 'video/mp4'; expected an image",
        ),
        ({}, r"read a part with nothing in it"),
    ],
)
def test_parts_of_google_without_a_rule_are_refused(part, message):
    with pytest.raises(InputError, match=message):
        count_messages([{"role": "user", "parts": [part]}], GEMINI)
