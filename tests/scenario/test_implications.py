import math

import numpy as np
import pytest

from costmodel.foundation.beliefs import Fixed
from costmodel.foundation.spreads import Spread
from costmodel.scenario.implications import (
    Implication,
    busiest,
    conversation_tokens,
    figure,
    history_tokens,
    input_tokens,
    long_conversation,
    what_inputs_imply,
)
from costmodel.scenario.loading import read_scenario

from .texts import MINIMAL, changed, minimal, small


def implied(scenario) -> dict[str, Implication]:
    return {item.text: item for item in what_inputs_imply(scenario)}


def test_turns_of_a_person_follow_the_period():
    found = implied(read_scenario(changed("10 per month", "2 per day")))
    # 2 turns on each of 365.25 / 12 days.
    assert found["answer, all: turns of a person in a month, on average"].value == pytest.approx(
        60.875
    )
    week = implied(read_scenario(changed("10 per month", "7 per week")))
    assert week["answer, all: turns of a person in a month, on average"].value == pytest.approx(
        30.4375
    )


def test_the_busiest_person_is_the_median_of_the_largest():
    spread = Spread(sigma=1.5, mean=Fixed(value=10.0))
    rng = np.random.default_rng(1)
    largest = np.exp(rng.normal(math.log(10) - 1.5**2 / 2, 1.5, (4000, 200))).max(axis=1)
    assert busiest(spread, 200) == pytest.approx(np.median(largest), rel=0.05)


def test_a_cap_holds_for_the_busiest_too():
    assert busiest(Spread(sigma=2.0, mean=Fixed(value=10.0), cap=50.0), 1e6) == 50.0


def test_input_of_a_call_by_hand():
    # system 1000 + user 90; a turn adds 90 + 300 to the history.
    assert input_tokens(minimal().features["answer"]) == (1090.0, 390.0)


def test_history_by_hand():
    text = MINIMAL + "    conversation: {turns: 4}\n"
    feature = read_scenario(text).features["answer"]
    # Four turns resend 0, 1, 2, 3 turns: 1.5 on average.
    assert history_tokens(feature) == pytest.approx(1.5 * 390)
    assert conversation_tokens(feature, 4) == pytest.approx(4 * 1090 + 6 * 390)
    share = implied(read_scenario(text))["answer: share of input that is history"]
    assert share.value == pytest.approx(585 / 1675)


def test_passages_kept_in_history_are_resent():
    fresh, kept = input_tokens(small().features["answer"])
    passages = 5 * small().beliefs()["features.answer.prompt.retrieved.tokens_each"].mean
    assert kept > passages
    assert fresh > passages


def test_no_history_is_no_share():
    text = changed("      - history\n", "")
    text += "    conversation: {turns: 4, history: none}\n"
    scenario = read_scenario(text)
    assert history_tokens(scenario.features["answer"]) == 0.0
    assert "answer: share of input that is history" not in implied(scenario)


def test_the_longest_percent_of_constant_conversations_is_the_constant():
    assert long_conversation(5.0, 0.0) == 5.0


def test_calls_of_the_first_month_include_retries():
    text = MINIMAL + "    failures: {malformed: 5%, max_attempts: 3}\n"
    # 100 people x 10 turns x (1 - .05^3) / .95 attempts.
    assert implied(read_scenario(text))["answer: calls in the first month"].value == (
        pytest.approx(1052.5)
    )


def test_a_day_taken_for_a_month_is_caught():
    text = changed(
        "{mean: 10 per month, cv: 1}", "{mean: 10 per month, cv: 1, active_days: 30 per month}"
    )
    found = implied(read_scenario(text))["answer, all: turns on an active day, on average"]
    assert found.odd
    assert str(found) == (
        "answer, all: turns on an active day, on average: 0.333 turns - check this: people make 4"
        " to 150 turns on an active day (assistants to companions); was a day taken for a month,"
        " or a month for a day?"
    )


def test_a_month_taken_for_a_day_is_caught():
    found = implied(read_scenario(changed("10 per month", "300 per day")))
    assert found["answer, all: turns on a day, on average"].odd
    assert found["answer, all: turns in a month of the busiest of 100 people"].odd


def test_input_beyond_a_context_window_is_caught():
    found = implied(read_scenario(changed("tokens: 1000", "tokens: 300k")))
    assert found["answer: input tokens of a call, on average"].odd


def test_the_shipped_scenario_is_within_all_bounds():
    from costmodel.scenario.loading import load_scenario

    found = what_inputs_imply(load_scenario("support_chatbot"))
    assert found
    assert not any(item.odd for item in found)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1234.5, "tokens", "1,234 tokens"), (5.234, "turns", "5.23 turns"), (0.253, "%", "25%")],
)
def test_figures_are_rounded_for_people(value, unit, text):
    assert figure(value, unit) == text
