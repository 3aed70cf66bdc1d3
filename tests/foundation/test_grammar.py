import pytest

from costmodel.foundation.beliefs import Counted, Fixed, Interval
from costmodel.foundation.units import (
    ACTIVE_DAYS,
    BUDGET,
    CV,
    GROWTH,
    HALF_LIFE,
    PEOPLE,
    SECONDS_DURATION,
    SHARE,
    TOKENS,
    TURNS_PER_USER,
    USD_PER_MONTH,
)

from .reader import belief, number, refusal


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (1200, 1200.0),
        ("10k", 10_000.0),
        ("1_200", 1200.0),
        ("1.5M", 1_500_000.0),
        ("2B", 2e9),
        ("1e6", 1e6),
        (1e6, 1e6),
        ("0.5k", 500.0),
        (0, 0.0),
    ],
)
def test_counts(written, value):
    assert belief(written, PEOPLE) == Fixed(value=value)


@pytest.mark.parametrize(("written", "value"), [("25%", 0.25), (0.25, 0.25), ("0.2%", 0.002)])
def test_shares_are_exact(written, value):
    assert belief(written, SHARE) == Fixed(value=value)


def test_percentages_are_the_decimals_they_look_like():
    assert [belief(f"{n}%", SHARE).value for n in range(101)] == [
        float(f"{n / 100:.2f}") for n in range(101)
    ]


def test_an_interval_takes_the_law_of_its_field():
    assert belief("8 to 12", PEOPLE) == Interval(low=8, high=12, domain="positive")
    assert belief("3% to 9%", SHARE) == Interval(low=0.03, high=0.09, domain="share")
    growth = belief("-2% to 3% per month", GROWTH)
    assert growth == Interval(low=-0.02, high=0.03, domain="signed")


def test_counted_evidence():
    assert belief("27 of 30", SHARE) == Counted(successes=27, trials=30)


@pytest.mark.parametrize(
    ("written", "value"), [("$5k per month", 5000.0), ("$60_000 per year", 60_000.0), ("$0", 0.0)]
)
def test_money(written, value):
    assert number(written, BUDGET) == value


def test_money_may_name_its_currency_once():
    assert belief("$20 to 40 per month", USD_PER_MONTH).high == 40


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("6 months", HALF_LIFE, 6.0),
        ("1 year", HALF_LIFE, 12.0),
        ("137s", SECONDS_DURATION, 137.0),
        ("14min", SECONDS_DURATION, 840.0),
        ("2 h", SECONDS_DURATION, 7200.0),
        ("1d", SECONDS_DURATION, 86_400.0),
    ],
)
def test_durations(written, unit, value):
    assert number(written, unit) == value


def test_zero_needs_no_period():
    assert belief(0, GROWTH).value == 0.0
    assert belief("0%", GROWTH).value == 0.0


REFUSED = [
    # what a number is not
    (
        "ten thousand",
        PEOPLE,
        "read 'ten thousand'; expected a number of people; fix: write it like",
    ),
    ("8,000", PEOPLE, "expected a number of people, without commas; fix: write 8000 or 8k"),
    ("8,000 to 12,000", PEOPLE, "read '8,000 to 12,000'; "),
    ("8,000 to 12,000", PEOPLE, "fix: write 8000 to 12000 or 8k to 12k"),
    ("8,000,000", PEOPLE, "fix: write 8000000 or 8M"),
    ("0,5%", SHARE, "fix: write 0.5%"),
    ("1,2,3", PEOPLE, "read '1,2,3'; expected a number of people; fix: write it like 8k to 12k"),
    ("$1,234", USD_PER_MONTH, "fix: write $1234 per month"),
    (True, PEOPLE, "read true; expected a number of people; fix: write it like 8k to 12k"),
    (None, PEOPLE, "read nothing; expected a number of people"),
    ("", PEOPLE, "read nothing; expected a number of people"),
    ([1, 2], PEOPLE, "read a list; expected a number of people"),
    ("x" * 1000, PEOPLE, "expected a number of people"),
    ("1.5.2", PEOPLE, "read '1.5.2'; expected a number of people"),
    # finite and within bounds
    (float("nan"), PEOPLE, "read nan; expected a number of people, finite"),
    (float("inf"), TOKENS, "read inf; expected a number of tokens, finite"),
    (".inf", TOKENS, "read '.inf'; expected a number of tokens, finite"),
    (-5, PEOPLE, "read -5; expected a number of people, not negative; fix: write it like"),
    ("-5 to 10", PEOPLE, "read '-5'; expected a number of people, not negative"),
    (
        1e308,
        PEOPLE,
        "read 1e+308; expected a number of people, at most 10B; fix: check the digits",
    ),
    ("1e308", TOKENS, "at most 100M; fix: check the digits: ten times the largest context window"),
    (
        10**300,
        PEOPLE,
        "read 10000000000000000000... (301 characters); expected a number of people,",
    ),
    (30, SHARE, "read 30; expected a share between 0% and 100%; fix: write 30%"),
    ("150%", SHARE, "read '150%'; expected a share between 0% and 100%, at most 100%"),
    ("-2%", SHARE, "read '-2%'; expected a share between 0% and 100%, not negative"),
    (5, GROWTH, "read 5; expected a growth rate per month; fix: write 5% per month"),
    ("-150% per month", GROWTH, "fix: write at least -100%, like 3% to 9% per month"),
    ("40 per month", ACTIVE_DAYS, "at most 31; fix: check the digits: no month has more than 31"),
    # the right marks in the right field
    ("25%", PEOPLE, "read '25%'; expected a number of people, not a percentage"),
    (
        "80%",
        CV,
        "expected a coefficient of variation (standard deviation / mean), not a percentage",
    ),
    ("$5", PEOPLE, "read '$5'; expected a number of people, not money; fix: leave out the $"),
    (35, USD_PER_MONTH, "read 35; expected an amount in USD per month; fix: write $35 per month"),
    ("35 per month", USD_PER_MONTH, "fix: write $35 per month"),
    (
        "5000 per year",
        BUDGET,
        "read '5000'; expected an amount in USD per month or year; fix: write $5",
    ),
    ("€29 per month", USD_PER_MONTH, "fix: amounts are in USD: convert, and write it like $29"),
    ("10m", PEOPLE, "read '10m'; expected a number of people; fix: write 10M; k, M and B scale"),
    ("10bn", PEOPLE, "fix: write 10B; k, M and B scale a count"),
    ("5kk", PEOPLE, "fix: leave out 'kk': write 5"),
    ("25 percent", SHARE, "fix: write 25%"),
    ("27 of 30", PEOPLE, "fix: 'k of n' is a share; write it like 8k to 12k"),
    ("6", HALF_LIFE, "read '6'; expected a duration in months, with its unit"),
    (6, HALF_LIFE, "read 6; expected a duration in months, with its unit"),
    ("6 weeks", HALF_LIFE, "read '6 weeks'; expected a duration in months, in month"),
    # periods
    ("5%", GROWTH, "every rate states its period; fix: add 'per month': 5% per month"),
    ("3% to 9%", GROWTH, "fix: add 'per month': 3% to 9% per month"),
    ("5% per year", GROWTH, "fix: say 'per month', like 3% to 9% per month"),
    ("5%/month", GROWTH, "fix: write 5% per month"),
    ("5 percent per month", GROWTH, "fix: write 5% per month"),
    ("10 turns per week", TURNS_PER_USER, "fix: leave out 'turns': write 10 per week"),
    ("8k/month", PEOPLE, "fix: leave out '/month'"),
    ("5 to 12", TURNS_PER_USER, "fix: add 'per day', 'per week' or 'per month': 5 to 12 per month"),
    (5000, BUDGET, "fix: write it like $5k per month"),
    (
        "5 per month",
        PEOPLE,
        "expected a number of people, which is not a rate; fix: leave out 'per",
    ),
    ("$29", USD_PER_MONTH, "fix: add 'per month': $29 per month"),
    # intervals
    (
        "12 to 8",
        PEOPLE,
        "read '12 to 8'; expected low to high, the low end first; fix: write 8 to 12",
    ),
    ("9% to 3% per month", GROWTH, "fix: write 3% to 9% per month"),
    ("8 to 8", PEOPLE, "expected two different ends; fix: write 8 if it is certain"),
    ("0 to 5", PEOPLE, "fix: give the most likely value: {low: 0, likely: 2, high: 5}"),
    ("0% to 3%", SHARE, "fix: give the most likely value: {low: 0%, likely: 1%, high: 3%}"),
    ("95% to 100%", SHARE, "fix: give the most likely value: {low: 95%, likely: 97%, high: 100%}"),
    ("1 to 1M", PEOPLE, "expected ends at most a factor of 50,120 apart"),
    ("1 to 1M", PEOPLE, "fix: give the most likely value: {low: 1, likely: 400k, high: 1M}"),
    ("8 to 12M", PEOPLE, "expected both ends in the same unit; fix: write 8M to 12M"),
    ("8k to 12", PEOPLE, "expected both ends in the same unit; fix: write 8k to 12k"),
    ("8 to 12k per day", TURNS_PER_USER, "fix: write 8k to 12k per day, or 8 to 12000 per day if"),
    ("1 to 1000000", PEOPLE, "expected ends at most a factor of 50,120 apart"),
    ("8 to 12k", PEOPLE, "fix: write 8k to 12k, or 8 to 12000 if that is meant"),
    ("3 to 9%", SHARE, "read '3 to 9%'; expected both ends in the same unit; fix: write 3% to 9%"),
    ("20 to $40 per month", USD_PER_MONTH, "fix: write $20 to $40 per month"),
    ("20 to 40 per month", USD_PER_MONTH, "fix: write $20 to $40 per month"),
    ("3 to 9% per month", GROWTH, "fix: write 3% to 9% per month"),
    ("3 to 9 per month", GROWTH, "fix: write 3% to 9% per month"),
    ("3% to 9 per month", GROWTH, "fix: write 3% to 9% per month"),
    # counted evidence
    ("30 of 27", SHARE, "expected k of n with k at most n, and n above 0; fix: write 27 of 30"),
    ("0 of 0", SHARE, "expected k of n with k at most n, and n above 0"),
]


@pytest.mark.parametrize(
    ("written", "low", "high"), [("8 to 1k", 8, 1000), ("50 to 12k", 50, 12_000)]
)
def test_ends_far_apart_are_taken_as_written_where_no_slip_explains_them(written, low, high):
    # 8k to 1k runs backwards, so no k was forgotten; so does 50k to 12k.
    assert belief(written, PEOPLE) == Interval(low=low, high=high)


@pytest.mark.parametrize(("written", "unit", "part"), REFUSED)
def test_what_a_field_cannot_be_is_refused_with_a_fix(written, unit, part):
    assert part in refusal(belief, written, unit)


def test_zero_is_part_of_a_pert_fix_for_rates_too():
    text = refusal(belief, "0 to 5 per month", ACTIVE_DAYS)
    assert "{low: 0, likely: 2, high: 5, per: month}" in text


@pytest.mark.parametrize("written", [5000, "5k per month", "$5k per week"])
def test_a_budget_needs_a_currency_and_a_period(written):
    assert "$5k per month" in refusal(number, written, BUDGET)


def test_a_range_has_no_place_where_one_number_is_meant():
    assert "expected a coefficient of variation (standard deviation / mean), as one number" in (
        refusal(number, "1 to 2", CV)
    )
