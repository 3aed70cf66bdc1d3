"""What a prompt says twice, and the blanks it is laid out with."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.prices import load_prices
from costmodel.tokens.audit import audit_prompt
from costmodel.tokens.audit.sections import split_text
from costmodel.tokens.audit.waste import json_blocks, wasted
from costmodel.tokens.count import count_tokens

BOOK = load_prices("2026-11-23")
RULE = "Always be polite to the customer and thank them for their patience."


def count(text):
    return count_tokens(text, "openai/gpt-5").tokens


def waste_of(text):
    return {each.kind: each for each in wasted(split_text("p.md", text), count)}


def test_a_line_that_stands_three_times_wastes_two():
    found = waste_of(f"A.\n{RULE}\nB.\n{RULE.upper()}\n\n{RULE}\n")["duplicate"]
    assert found.line == 4
    assert found.tokens == count(RULE.upper()) + count(RULE)
    assert found.text.startswith("lines 2, 4, 6 say the same: 'Always be polite to the customer")


def test_a_repeated_paragraph_is_told_once_and_not_line_by_line():
    block = f"{RULE}\nNever promise a refund before the order was looked up there.\n"
    found = wasted(split_text("p.md", f"{block}\nx\n\n{block}"), count)
    assert [each.kind for each in found] == ["duplicate"]
    assert found[0].tokens == count(block.strip())


def test_short_repeated_lines_such_as_labels_are_left():
    assert waste_of("Answer:\nx\nAnswer:\n") == {}


def test_blanks_and_empty_lines_are_counted_and_indentation_is_kept():
    text = "one      \ntwo\n\n\n\n\n\n\n    three      four\n"
    tight = "one\ntwo\n\n    three four\n"
    assert waste_of(text)["whitespace"].tokens == count(text) - count(tight) > 0
    assert "whitespace" not in waste_of(tight)


def test_pretty_json_costs_what_one_line_saves():
    value = {"name": "lookup", "of": [{"a": 1, "b": "ü"}, {"c": None}]}
    pretty = json.dumps(value, indent=4, ensure_ascii=False)
    small = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    found = waste_of(f"Tools:\n```json\n{pretty}\n```\n")["json"]
    assert found.line == 3
    assert found.tokens == count(pretty) - count(small)


def test_json_on_one_line_and_braces_that_are_no_json_are_left():
    assert list(json_blocks('{"a": 1} {not\njson} [1, 2')) == []


@given(st.text(max_size=400))
def test_only_real_savings_are_told_for_any_text(text):
    assert all(each.tokens > 0 for each in wasted(split_text("p.md", text), count))


@pytest.mark.parametrize(
    "text", [" " * 200_000 + "x", "[" * 100_000, "{%" * 20_000, "{#" * 20_000, "{% if %" * 10_000]
)
def test_hostile_texts_are_looked_at_once(text):
    """Each took minutes where a rule looked from every character to the end."""
    found = audit_prompt(split_text("p.md", text), "openai/gpt-5", prices=BOOK)
    assert found.filled == count_tokens(text, "openai/gpt-5").tokens
