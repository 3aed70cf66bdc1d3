"""Jinja's template code in prompts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.prices import load_prices
from costmodel.tokens import count_tokens
from costmodel.tokens.audit import audit_prompt
from costmodel.tokens.audit.sections import split_text
from costmodel.tokens.placeholders import times_used
from costmodel.tokens.templates import changing_blocks, without_code

BOOK = load_prices("2026-11-23")
LOOP = "Rules.\n{% for doc in docs %}<doc>{{ doc.text }}</doc>\n{% endfor %}Answer briefly.\n"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a{% if x %}b{% endif %}c", "abc"),
        ("a {%- if x -%} b {%- endif -%} c", "abc"),
        ("a{# a note #}b", "ab"),
        ("a{#- a note -#} b", "ab"),
        ("{% set x = {'a': 1} %}b", "b"),
        ("{% raw %}{% if x %}{# kept #}{% endraw %}", "{% if x %}{# kept #}"),
        ("100 {% of cases %} and {#1, open", "100 {% of cases %} and {#1, open"),
        ("{{ name }}", "{{ name }}"),
    ],
)
def test_template_code_is_not_sent(text, sent):
    assert without_code(text) == sent


def test_blocks_are_the_outermost_ones():
    text = "a{% if x %}b{% for y in z %}c{% endfor %}{% endif %}d{% if w %}e"
    spans = [text[block.start : block.end] for block in changing_blocks(text)]
    assert spans == [
        "{% if x %}b{% for y in z %}c{% endfor %}{% endif %}",
        "{% if w %}e",
    ]


@given(text=st.text(st.sampled_from("{%#}-if endraw\n")))
def test_what_is_left_is_part_of_the_text(text):
    left = iter(text)
    assert all(character in left for character in without_code(text))


def test_filters_indexes_and_calls_are_placeholders_too():
    text = "{{ name | upper }} {{ names[0] }} {{ now() }} {{- user.id -}} {# {{ note }} #}"
    assert dict(times_used(text)) == {"name": 1, "names": 1, "now": 1, "user.id": 1}


def test_the_audit_counts_no_template_code_and_takes_blocks_to_change():
    found = audit_prompt(split_text("p.j2", LOOP), "openai/gpt-5", prices=BOOK)
    plain = "Rules.\n<doc>{{ doc.text }}</doc>\nAnswer briefly.\n"
    assert found.filled == count_tokens(plain, "openai/gpt-5").tokens
    assert sum(section.tokens for section in found.sections) == found.filled
    assert (found.prefix.broken_by.what, found.prefix.broken_by.line) == ("block", 2)
    assert found.prefix.tokens == count_tokens("Rules.\n", "openai/gpt-5").tokens
    assert str(found.prefix.broken_by) == "the template block '{% for doc in docs %}' in line 2"


def test_the_prefix_that_could_be_kept_leaves_out_each_changing_part_once():
    fixed = "".join(f"Rule {n}: be kind.\n" for n in range(300))
    text = f"## Context\n{{{{ passages }}}}\n# Rules\n{fixed}"
    found = audit_prompt(split_text("p.md", text), "openai/gpt-5", prices=BOOK)
    assert found.prefix.tokens == 0
    assert found.prefix.possible == pytest.approx(
        count_tokens(f"# Rules\n{fixed}", "openai/gpt-5").tokens, abs=2
    )
