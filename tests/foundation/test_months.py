from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError
from costmodel.foundation.months import Month

months = st.builds(Month, st.integers(2020, 2100), st.integers(1, 12))


def test_a_month_reads_and_writes_itself():
    assert str(Month.parse("2026-12")) == "2026-12"
    assert Month.parse("2026-12") == Month(2026, 12)


def test_february_has_29_days_in_a_leap_year():
    assert (Month(2027, 2).days, Month(2028, 2).days) == (28, 29)


def test_adding_months_crosses_years():
    assert Month(2026, 12).plus(1) == Month(2027, 1)
    assert Month(2026, 12).plus(13) == Month(2028, 1)
    assert Month(2026, 1).plus(-1) == Month(2025, 12)


def test_first_and_last_day():
    assert Month(2028, 2).first_day == date(2028, 2, 1)
    assert Month(2028, 2).last_day == date(2028, 2, 29)


@given(months, st.integers(-500, 500))
def test_since_undoes_plus(month, n):
    assert month.plus(n).since(month) == n


@given(months)
def test_what_is_written_reads_back(month):
    assert Month.parse(str(month)) == month


def test_months_are_ordered():
    assert Month(2026, 12) < Month(2027, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("December", "read 'December'; expected a month as YYYY-MM; fix: write it like 2026-12"),
        ("2026-13", "read '2026-13'; expected a month from 2020-01 to 2100-12; fix: write it"),
        ("1999-01", "read '1999-01'; expected a month from 2020-01 to 2100-12"),
        ("2026-12-01", "read '2026-12-01'; expected a month as YYYY-MM"),
        (2026, "read 2026; expected a month as YYYY-MM"),
    ],
)
def test_what_is_no_month_is_refused(value, text):
    with pytest.raises(InputError) as error:
        Month.parse(value)
    assert str(error.value).startswith(text)
