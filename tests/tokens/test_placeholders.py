"""Placeholders of prompt templates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.tokens.placeholders import lone_placeholder, placeholders, times_used, without


def names(text):
    return [found.name for found in placeholders(text)]


def test_the_four_common_forms_are_found_in_their_order():
    text = "{{ user_name }} {order.id} ${today} %(locale)s"
    assert names(text) == ["user_name", "order.id", "today", "locale"]


@pytest.mark.parametrize(
    "text", ['{"a": 1}', "{}", "{ a b }", "{1}", "%s", "{'x'}", "function f() { return }", "{{}}"]
)
def test_braces_around_anything_else_are_text(text):
    assert names(text) == []


def test_places_are_those_of_the_braces():
    (found,) = placeholders("Hi {{name}}!")
    assert (found.start, found.end) == (3, 11)


def test_how_often_each_stands_is_counted():
    assert times_used("{a} {{b}} {a}") == {"a": 2, "b": 1}


def test_only_the_named_ones_are_taken_out():
    assert without("{a}-{{b}}-%(a)s", frozenset({"a"})) == "-{{b}}-"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("  {{history}}  ", "history"),
        ("Question: {question}", "question"),
        ("- Context: ${docs}", "docs"),
        ("See {docs} first", None),
        ("", None),
    ],
)
def test_a_line_that_holds_one_placeholder_alone_is_told(line, name):
    assert lone_placeholder(line) == name


@given(st.text())
def test_taking_none_out_changes_nothing_and_all_leaves_none(text):
    assert without(text, frozenset()) == text
    once = without(text, frozenset(names(text)))
    assert len(once) <= len(text)
