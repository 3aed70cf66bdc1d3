import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.report.amounts import number, percent, short_usd, tick_usd, usd


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0"),
        (4213.4, "$4,213"),
        (100, "$100"),
        (42.1, "$42.10"),
        (1, "$1.00"),
        (0.00421, "$0.00421"),
        (0.25, "$0.250"),
        (-5.5, "-$5.50"),
    ],
)
def test_dollars_keep_what_matters(amount, text):
    assert usd(amount) == text


def test_a_column_of_dollars_takes_the_decimals_of_its_largest():
    assert [usd(x, largest=250) for x in (0.4, 12.5, 250)] == ["$0", "$12", "$250"]
    assert [usd(x, largest=12.5) for x in (0.4, 12.5)] == ["$0.40", "$12.50"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (5000, "$5k"),
        (4003, "$4.0k"),
        (60252, "$60.3k"),
        (999_960, "$1.0M"),
        (123_456, "$123k"),
        (2.5e9, "$2.5B"),
        (950, "$950"),
        (17.53, "$17.5"),
        (0.0123, "$0.0123"),
    ],
)
def test_short_dollars_have_two_or_three_digits(amount, text):
    assert short_usd(amount) == text


@pytest.mark.parametrize(
    ("amount", "step", "text"),
    [(2500, 2500, "$2.5k"), (10_000, 5000, "$10k"), (0, 20, "$0"), (0.02, 0.01, "$0.02")],
)
def test_ticks_are_exact(amount, step, text):
    assert tick_usd(amount, step) == text


@given(st.floats(0, 1))
def test_a_share_is_called_none_or_all_only_where_it_is(share):
    text = percent(share)
    assert (text == "0 %") == (share == 0)
    assert (text == "100 %") == (share == 1)


def test_shares_are_whole_percents():
    assert [percent(s) for s in (0.374, 0.0099, 0.991)] == ["37 %", "<1 %", ">99 %"]


def test_numbers_have_three_digits_below_a_hundred():
    assert [number(x) for x in (8192, 3.704, 0.01234, 0, 0.00001)] == [
        "8,192",
        "3.7",
        "0.0123",
        "0",
        "1.0e-05",
    ]
