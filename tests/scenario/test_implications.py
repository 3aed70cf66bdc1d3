import math

import numpy as np
import pytest

from costmodel.engine.explain import explain
from costmodel.engine.simulate import simulate
from costmodel.foundation.beliefs import Fixed
from costmodel.foundation.spreads import Spread
from costmodel.scenario.implications import (
    Implication,
    billed_calls,
    busiest,
    conversation_tokens,
    figure,
    first_month,
    history_tokens,
    input_tokens,
    long_conversation,
    what_inputs_imply,
)
from costmodel.scenario.loading import load_scenario, read_scenario

from .texts import DATA, MINIMAL, changed, minimal, small


def implied(scenario) -> dict[str, Implication]:
    return {item.text: item for item in what_inputs_imply(scenario)}


PERSON = "answer, all: turns of a person in a month, on average"


def test_turns_of_a_person_follow_the_real_days_of_the_first_month():
    # 2 turns on each of December's 31 days; 7 a week in 31 / 7 weeks.
    daily = implied(read_scenario(changed("10 per month", "2 per day")))
    assert daily[PERSON].value == pytest.approx(62)
    weekly = implied(read_scenario(changed("10 per month", "7 per week")))
    assert weekly[PERSON].value == pytest.approx(31)


def test_a_later_feature_has_the_days_and_people_of_the_month_it_starts_in():
    text = changed("10 per month", "2 per day").replace("2026-12", "2027-01")
    text = text.replace("{users: 100}", "{users: 100, growth: 10% per month}")
    found = implied(read_scenario(text + "    from: 2027-02\n"))
    # February 2027 has 28 days; 100 people have grown to 110.
    assert found[PERSON].value == pytest.approx(56)
    assert found["answer: calls in 2027-02"].value == pytest.approx(110 * 56)
    assert "answer, all: turns in a month of the busiest of 110 people" in found


def test_a_feature_that_started_before_the_scenario_has_the_first_month():
    found = implied(read_scenario(MINIMAL + "    from: 2026-01\n"))
    assert found["answer: calls in 2026-12"].value == pytest.approx(1000)


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


def test_calls_of_the_first_month_include_retries_of_prompts_that_keep_failing():
    text = MINIMAL + "    failures: {malformed: 5%, max_attempts: 3}\n"
    found = implied(read_scenario(text))
    # 100 people x 10 turns x (1 + E q + E q^2) attempts; q is Beta with first shape .2 and
    # mean .05, so E q^2 = .05 x 1.2 / (.2 / .05 + 1) = .012.
    assert found["answer: calls in 2026-12"].value == pytest.approx(1062)


def test_transport_errors_are_tried_again_but_not_billed():
    text = MINIMAL + "    failures: {transport: 10%, max_attempts: 2}\n"
    # 1.1 attempts a turn, of which 90 % are billed.
    assert billed_calls(read_scenario(text).features["answer"]) == pytest.approx(0.99)


def test_failed_answers_do_not_enter_the_history():
    text = MINIMAL + "    conversation: {turns: 4}\n    failures: {malformed: 5%}\n"
    feature = read_scenario(text).features["answer"]
    # Unanswered after three: E q^3 = .012 x 2.2 / (4 + 2) = .0044; the question is kept.
    assert history_tokens(feature) == pytest.approx(1.5 * (90 + 0.9956 * 300))
    whole = (4 * 1090 + 6 * (90 + 0.9956 * 300)) * 1.062
    assert conversation_tokens(feature, 4) == pytest.approx(whole)


@pytest.mark.parametrize("name", ["support_chatbot", str(DATA / "small.yaml")])
def test_tokens_and_calls_are_those_the_engine_bills(name):
    scenario = load_scenario(name)
    found = implied(scenario)
    central = simulate(scenario, draws=2, uncertainty=frozenset())
    for flow in central.ledger.lanes:
        feature, shape = flow.lane.feature, flow.step.shape
        row = first_month(scenario, scenario.features[feature]).since(scenario.start)
        lanes = [other for other in central.ledger.lanes if other.lane.feature == feature]
        turns = sum(float(lane.turns[row, 0]) for lane in lanes)
        at = f"{feature}: calls in {central.months[row]}"
        assert found[at].value == pytest.approx(turns * float(shape.tries.billed[0]))
        for text, array in (
            ("input tokens of a call, on average", shape.input),
            ("output tokens of a call, reasoning included", shape.output),
        ):
            sent = float(np.atleast_2d(array)[0, 0])
            assert found[f"{feature}: {text}"].value == pytest.approx(sent)


def test_check_and_explain_name_the_same_input_of_a_call():
    scenario = load_scenario("support_chatbot")
    found = implied(scenario)["answer: input tokens of a call, on average"].value
    assert f"{found:,.1f}" == "4,772.8"
    assert "4,772.8  input tokens of a call" in explain(simulate(scenario, draws=2))


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
    found = what_inputs_imply(load_scenario("support_chatbot"))
    assert found
    assert not any(item.odd for item in found)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1234.5, "tokens", "1,234 tokens"), (5.234, "turns", "5.23 turns"), (0.253, "%", "25%")],
)
def test_figures_are_rounded_for_people(value, unit, text):
    assert figure(value, unit) == text
