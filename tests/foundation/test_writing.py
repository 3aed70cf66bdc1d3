import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.forms import read_belief
from costmodel.foundation.grammar import parse_number
from costmodel.foundation.units import (
    ACTIVE_DAYS,
    BUDGET,
    CHUNKS,
    FLUSHES,
    GROWTH,
    HALF_LIFE,
    LEAVING,
    PEOPLE,
    POPULARITY,
    QUESTIONS,
    SHARE,
    TOKENS,
    TURNS,
    USD_EACH,
    USD_PER_MONTH,
    USD_PER_TURN,
)
from costmodel.foundation.writing import amount, belief_data, duration, rate

from .laws import beliefs
from .reader import marked

UNITS = [PEOPLE, TOKENS, CHUNKS, TURNS, SHARE, GROWTH, USD_PER_MONTH, ACTIVE_DAYS]
UNITS += [QUESTIONS, POPULARITY, FLUSHES, LEAVING, USD_PER_TURN, USD_EACH]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (8000, PEOPLE, "8k"),
        (8500, PEOPLE, "8500"),
        (2e6, PEOPLE, "2M"),
        (0.25, SHARE, "25%"),
        (0.002, SHARE, "0.2%"),
        (-0.02, GROWTH, "-2%"),
        (5000, BUDGET, "$5k"),
        (6, HALF_LIFE, "6 months"),
        (0, PEOPLE, "0"),
        (1e-7, PEOPLE, "0.0000001"),
    ],
)
def test_amounts_are_written_as_people_write_them(value, unit, text):
    assert amount(value, unit) == text


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.noun)
@given(data=st.data())
def test_numbers_read_back_to_the_last_bit(unit, data):
    value = data.draw(st.floats(unit.smallest, unit.largest))
    period = unit.periods[-1] if unit.periods else None
    assert parse_number(rate(value, unit, period), unit).value == value


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.noun)
@given(data=st.data())
def test_beliefs_read_back_equal(unit, data):
    belief = data.draw(beliefs(unit))
    found = read_belief(marked(belief_data(belief, unit)), unit)[0]
    assert found == type(belief)(**{**belief.__dict__, "origin": found.origin})


def test_a_law_without_a_yaml_form_is_a_programming_error():
    from costmodel.foundation.beliefs import Belief

    with pytest.raises(TypeError, match="no YAML form for Belief"):
        belief_data(Belief(), PEOPLE)


def test_counted_evidence_of_a_rate_keeps_its_period():
    belief, period = read_belief(marked("3 of 200 per month"), LEAVING)
    assert (belief.successes, belief.trials, period) == (3, 200, "month")
    assert belief_data(belief, LEAVING, "month") == "3 of 200 per month"
    assert belief_data(belief, SHARE) == "3 of 200"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(137, "137s"), (840, "14min"), (86400, "24h"), (172800, "2d"), (0.5, "0.5s"), (90, "90s")],
)
def test_durations_are_written_in_the_largest_unit_that_divides_them(seconds, text):
    assert duration(seconds) == text
