"""Which part of a prompt is what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.tokens.audit.sections import kind_named, prompt_of, split_text

PROMPT = """\
You answer questions.

## Tools
search(query)

### Notes
Only one at a time.

## Examples
Q: hi
A: hello

# Style
Be brief.

<context>
{{passages}}
</context>
Question: {question}
"""


def kinds(text, default="system"):
    return [section.kind for section in split_text("p.md", text, default).sections]


def text_of(kind):
    return "".join(s.text for s in split_text("p.md", PROMPT).sections if s.kind == kind)


def test_headings_tags_and_lone_placeholders_tell_the_sections():
    assert kinds(PROMPT) == ["system", "tools", "examples", "system", "retrieved", "user"]
    assert text_of("tools").startswith("## Tools")
    assert "one at a time" in text_of("tools")
    assert text_of("examples") == "## Examples\nQ: hi\nA: hello\n\n"
    assert text_of("retrieved") == "<context>\n{{passages}}\n</context>\n"
    assert text_of("user") == "Question: {question}\n"


def test_blank_lines_between_sections_belong_to_what_stands_before_them():
    assert kinds("{{context}}\n\n{{history}}\n\nBe brief.\n") == ["retrieved", "history", "system"]


def test_a_label_may_end_in_a_wide_colon():
    assert kinds("请简短回答。\n用户：{question}\n") == ["system", "user"]


def test_a_heading_of_the_same_or_a_higher_level_ends_a_section():
    assert kinds("## Examples\nx\n# Rules\ny\n") == ["examples", "system"]
    assert kinds("## Examples\nx\n### More\ny\n") == ["examples"]


def test_headings_and_tags_inside_code_are_text():
    assert kinds("```\n# Examples\n<tools>\n</tools>\n```\n") == ["system"]


def test_a_tag_that_is_never_closed_marks_nothing():
    assert kinds("<examples>\nfor ever\n") == ["system"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Few-shot", "examples"),
        ("few_shot", "examples"),
        ("TOOLS:", "tools"),
        ("Chat history", "history"),
        ("documents", "retrieved"),
        ("user_question", "user"),
        ("Tone", None),
    ],
)
def test_names_authors_use_are_understood(name, kind):
    assert kind_named(name) == kind


@given(st.text(alphabet="#{}<>/ \nabcexamplstoqui`", max_size=300))
def test_sections_together_are_the_prompt_and_stand_where_they_say(text):
    prompt = split_text("p.md", text)
    assert prompt.text == text
    assert all(text[s.start : s.end] == s.text for s in prompt.sections)


def test_neighbours_of_one_kind_are_one_section():
    prompt = prompt_of("p", [("system", "a"), ("system", "b"), ("user", ""), ("user", "c")])
    assert [(s.kind, s.text, s.start) for s in prompt.sections] == [
        ("system", "ab", 0),
        ("user", "c", 2),
    ]
    assert prompt.line_of(0) == 1
