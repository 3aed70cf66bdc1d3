import pytest

from costmodel.scenario.loading import read_scenario

from .texts import MINIMAL, changed, minimal, small, wrong

TWO_SEGMENTS = changed(
    "  all: {users: 100}", "  all: {users: 100, growth: 1% to 3% per month}\n  b: {users: 5}"
)


def with_line(line: str) -> str:
    return MINIMAL + line + "\n"


CONVERSATION = "    conversation: {turns: {mean: 3, cv: 1}%s}\n"

WRONG = [
    (
        changed("      - history\n", "") + CONVERSATION % "",
        "f.yaml:12:7: features.answer.prompt: read several turns with history: resend, and no"
        " history item; expected a history item in the prompt; fix: add '- history' where earlier"
        " messages are sent, or set history: none",
    ),
    (
        MINIMAL + CONVERSATION % ", history: none",
        "read a history item with history: none; expected one or the other; fix: remove"
        " '- history', or set history: resend",
    ),
    (
        MINIMAL + "    implicit_cache: {cached: 60%, written: 50%}\n",
        "f.yaml:16:21: features.answer.implicit_cache: read cached 60.0% and written 50.0%, on"
        " average; expected at most 100% together; fix: lower one: both are shares of the same",
    ),
    (
        changed("      - history\n", "      - history\n      - history\n"),
        "features.answer.prompt: read 2 items 'history'; expected each kind once",
    ),
    (
        changed("all: {mean", "al: {mean"),
        "f.yaml:10:7: features.answer.turns_per_user.al: read the segment 'al'; expected one of"
        " all; fix: did you mean 'all'?",
    ),
    (
        changed("all: {mean", "team: {mean"),
        "fix: add it under segments, or use all",
    ),
    (
        with_line("correlations: {g: {of: [segments.*.grwth], strength: 0.5}}"),
        "f.yaml:16:24: correlations.g.of: read 'segments.*.grwth'; expected the path of a belief,"
        " or a pattern of paths; fix: did you mean 'segments.",
    ),
    (
        with_line(
            "correlations: {a: {of: [segments.*.users], strength: 0.5},"
            " b: {of: [segments.all.users], strength: 0.2}}"
        ),
        "correlations.b.of: read 'segments.all.users', already in 'a'; expected each belief in one"
        " group; fix: remove it from one",
    ),
    (
        with_line("correlations: {g: {of: [segments.*.users], strength: 1.5}}"),
        "correlations.g.strength: read 1.5; expected a share between 0% and 100%",
    ),
    (
        with_line("correlations: {g: {of: [segments.*.users], strength: -0.5}}"),
        "correlations.g.strength: read -0.5; expected a share between 0% and 100%, not negative",
    ),
    (
        with_line("correlations: {g: {of: [], strength: 0.5}}"),
        "g.of: read a list; expected at least",
    ),
    (
        with_line("correlations: {g: {of: segments, strength: 0.5}}"),
        "g.of: read 'segments'; expected",
    ),
    (with_line("correlations: {g: {strength: 0.5}}"), "fix: add of: [segments.*.growth]"),
]


@pytest.mark.parametrize(("text", "part"), WRONG)
def test_parts_that_contradict_each_other_are_refused(text, part):
    assert part in wrong(text)


def test_several_turns_without_history_need_no_item():
    text = changed("      - history\n", "") + CONVERSATION % ", history: none"
    assert read_scenario(text).features["answer"].conversation.history == "none"


def test_a_star_stands_for_one_name():
    usage = small().correlations["usage"]
    assert usage.of == (
        "features.answer.turns_per_user.free.mean",
        "features.digest.turns_per_user.pro.mean",
    )
    assert usage.strength == 0.5


def test_shares_of_the_cache_are_added_by_their_means():
    text = MINIMAL + "    implicit_cache: {cached: 20% to 60%, written: 50%}\n"
    assert read_scenario(text).features["answer"].implicit_cache.written.mean == 0.5


def test_a_sound_scenario_has_no_warnings():
    assert small().warnings == ()


def test_a_history_that_is_always_empty_is_warned_of():
    expected = "the conversations of answer have one turn: its history item is always empty"
    assert minimal().warnings == (expected,)


def test_growths_that_are_drawn_apart_are_warned_of():
    text = TWO_SEGMENTS.replace("b: {users: 5}", "b: {users: 5, growth: 1% to 2% per month}")
    warnings = read_scenario(text).warnings
    assert warnings[0] == (
        "the growths of all, b are drawn independently, which narrows the total; if one market"
        " drives them, add correlations: {growth: {of: [segments.*.growth], strength: 0.6}}"
    )
    grouped = text + "correlations: {growth: {of: [segments.*.growth], strength: 0.6}}\n"
    assert not any("growth" in warning for warning in read_scenario(grouped).warnings)


def test_certain_growths_need_no_group():
    assert not any("growth" in warning for warning in read_scenario(TWO_SEGMENTS).warnings)


def test_a_segment_that_uses_nothing_is_warned_of():
    assert "the segment b uses no feature and costs nothing" in read_scenario(TWO_SEGMENTS).warnings


def test_a_prompt_without_a_message_is_warned_of():
    text = changed("      - user: {mean: 90, cv: 1}\n", "")
    expected = "the prompt of answer has no user item: the user's own message costs nothing"
    assert expected in read_scenario(text).warnings
