"""What a reviewer asks of a prompt."""

import pytest

from costmodel.tokens.audit.hygiene import remarks
from costmodel.tokens.audit.sections import split_text

GOOD = (
    "You do one thing. If the passages do not answer, say you do not know. "
    "Reply in at most two sentences of plain text.\n"
)


def rules(text):
    return {remark.rule: remark for remark in remarks(split_text("p.md", text))}


def test_a_good_prompt_has_no_remarks():
    assert rules(GOOD) == {}


def test_a_prompt_that_does_not_say_what_to_do_without_data_is_asked_to():
    found = rules("You answer in one sentence, as plain text.")
    assert set(found) == {"missing data"}
    assert "reply that you do not know" in found["missing data"].fix


@pytest.mark.parametrize(
    "words",
    [
        "If you don't know, say so.",
        "Reply null if a field is missing.",
        "When the answer is not in the context, ask back.",
        "If the date is unclear, leave it empty.",
        "Write 'not found' otherwise.",
    ],
)
def test_many_ways_to_say_it_are_understood(words):
    assert "missing data" not in rules(words)


def test_three_tasks_in_one_prompt_are_several_concerns():
    found = rules(GOOD + "- Classify the mail.\n- Extract the order.\n- Then summarise it.\n")
    assert found["several concerns"].text == (
        "instructions for 3 tasks in one prompt: classify, extract, summarise"
    )


def test_two_tasks_are_not():
    assert "several concerns" not in rules(GOOD + "- Classify the mail.\n- Extract the order.\n")


def test_neither_length_nor_format_is_named():
    assert {"no length", "no format"} <= set(rules("Do it. If unsure, ask."))


def test_a_prompt_that_is_mostly_examples_is_told_with_the_share():
    found = rules(GOOD + "## Examples\n" + "Q: a\nA: b\n" * 60)["mostly examples"]
    assert found.line == 2
    assert "% of the prompt are examples" in found.text


def test_text_of_users_put_in_with_nothing_around_it_is_an_open_slot():
    assert rules(GOOD + "Question: {question}\n")["open slot"].line == 2
    assert "open slot" not in rules(GOOD + "<question>\n{question}\n</question>\n")
    assert "open slot" not in rules(GOOD + "{company}\n")


def test_a_key_in_a_prompt_is_a_secret_and_only_its_start_is_shown():
    found = rules(GOOD + "token sk-abcdefghijklmnop1234\n")["secret"]
    assert found.line == 2
    assert "sk-abc..." in found.text
    assert "ghijkl" not in found.text


def test_capitals_all_over_are_told():
    assert "shouting" in rules(GOOD + "You MUST NEVER do it. " * 4)
    assert "shouting" not in rules(GOOD + "You MUST do it.")


def test_a_file_of_tools_alone_is_not_asked_for_instructions():
    assert remarks(split_text("tools.md", "search(query)", "tools")) == ()


def test_a_prompt_that_is_not_in_english_is_not_looked_through_for_english_words():
    chinese = "你是客服助理。请用中文简短回答。\n如果不知道，请说不知道。\n"
    german = "Du beantwortest Fragen zu Bestellungen. Wenn du etwas nicht weißt, sage es. " * 3
    for text in (chinese, german):
        assert [each.rule for each in remarks(split_text("p.md", text))] == ["language"]


def test_a_prompt_of_placeholders_alone_has_no_instructions_to_look_through():
    found = remarks(split_text("p.md", "{{system}}\n{{context}}\n"))
    assert [each.rule for each in found] == ["open slot"]
