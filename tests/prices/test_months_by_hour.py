"""Hours with their own prices in a month, weighted by when in the week the tokens fall.

DeepSeek's peak: 09:00-12:00 and 14:00-18:00 in Beijing (UTC+8, no summer time), Monday to
Friday, 35 of 168 hours, from 2026-08-22 16:00 UTC; in the six days before it 01:00-04:00 and
06:00-10:00 UTC on every day. Rates and windows: pricing/2026-11-23/deepseek.yaml.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError
from costmodel.prices import HourProfile, load_prices
from tests.prices.shelves import book_of, inputs

PRO = "deepseek/deepseek-v4-pro"
FLAT = (1 / 24,) * 24
OFFICE = tuple(1 / 8 if 9 <= hour < 17 else 0.0 for hour in range(24))


@pytest.fixture(scope="module")
def book():
    return load_prices()


def test_by_default_the_peak_has_its_share_of_the_weeks_hours(book):
    price = book.month(PRO, "standard", 2026, 12)
    assert inputs(price) == [
        (pytest.approx(35 / 168, rel=1e-12), 1.32),
        (pytest.approx(133 / 168, rel=1e-12), 0.66),
    ]
    assert price.notes == (
        "deepseek/deepseek-v4-pro costs more in peak hours (35 of 168 hours a week); use is taken "
        "to be flat over the week: an assumption",
    )


def test_a_months_share_does_not_move_with_its_number_of_mondays(book):
    shares = {book.month(PRO, "standard", 2027, month).parts[0][0] for month in range(1, 13)}
    assert len(shares) == 1


@pytest.mark.filterwarnings("ignore:the table does not say when")
def test_windows_meet_their_own_dates_and_the_periods_of_the_month(book):
    # August 2026: 15 2/3 days at the old price, 6 days with 7 of 24 hours of peak on every
    # day, 9 1/3 days with 35 of 168 hours of peak; 31 in all
    price = book.month(PRO, "standard", 2026, 8)
    old, daily, weekly = 15 + 2 / 3, 6 * 7 / 24, (9 + 1 / 3) * 35 / 168
    assert inputs(price) == [
        (pytest.approx(old / 31, rel=1e-12), 0.435),
        (pytest.approx((daily + weekly) / 31, rel=1e-12), 1.32),
        (pytest.approx((31 - old - daily - weekly) / 31, rel=1e-12), 0.66),
    ]
    assert "(49 of 168 hours a week and 35 of 168 hours a week)" in price.notes[0]


def test_before_its_windows_a_model_has_one_price_and_no_note_of_peaks(book):
    price = book.month(PRO, "standard", 2026, 6)
    assert inputs(price) == [(1.0, 0.435)]
    assert not any("peak" in note for note in price.notes)


def test_a_profile_weights_the_peak_on_its_own_clock(book):
    # 09:00-17:00 in Beijing: 3 of 8 hours before noon and 3 of 8 from 14:00 on, 5 days of 7
    price = book.month(PRO, "standard", 2026, 12, hours=HourProfile(OFFICE, "Asia/Shanghai"))
    assert price.parts[0][0] == pytest.approx(6 / 8 * 5 / 7, rel=1e-12)
    assert price.notes == (
        "deepseek/deepseek-v4-pro costs more in peak hours (35 of 168 hours a week); weighted by "
        "the given profile of hours in Asia/Shanghai",
    )


def test_a_profile_in_another_zone_follows_its_summer_time(book):
    # 09:00-17:00 in Berlin is 15:00-23:00 in Beijing in summer, 16:00-24:00 in winter: 3 and 2
    # of 8 hours before 18:00. In October 2026 clocks change on the 25th, at 01:00 UTC: 25 days
    # begin in summer time and 6 do not.
    berlin = HourProfile(OFFICE, "Europe/Berlin")
    summer, winter = 3 / 8 * 5 / 7, 2 / 8 * 5 / 7
    shares = [
        book.month(PRO, "standard", 2026, month, hours=berlin).parts[0][0] for month in (9, 10, 12)
    ]
    mixed = (25 * summer + 6 * winter) / 31
    assert shares == pytest.approx([summer, mixed, winter], rel=1e-12)


def test_a_profile_of_weekdays_has_its_peak_in_the_week(book):
    # Nobody asks at the weekend: 7 of 24 hours on every day there is
    week = HourProfile(FLAT, "Asia/Shanghai", day_shares=(0.2,) * 5 + (0.0, 0.0))
    price = book.month(PRO, "standard", 2026, 12, hours=week)
    assert price.parts[0][0] == pytest.approx(7 / 24, rel=1e-12)
    assert "the given profile of hours and weekdays in Asia/Shanghai" in price.notes[0]


def test_a_weekend_across_a_date_line_is_that_of_the_profile(book):
    # Saturdays of New York only, 00:00-24:00 UTC-5: 13:00 on Saturday to 13:00 on Sunday there
    alone = HourProfile(FLAT, "America/New_York", day_shares=(0, 0, 0, 0, 0, 1, 0))
    assert inputs(book.month(PRO, "standard", 2026, 12, hours=alone)) == [(1.0, 0.66)]
    # Sundays there reach into Monday morning in Beijing: from 13:00 on Sunday to 13:00 on
    # Monday, of which 09:00-12:00 is peak
    sunday = HourProfile(FLAT, "America/New_York", day_shares=(0, 0, 0, 0, 0, 0, 1))
    price = book.month(PRO, "standard", 2026, 12, hours=sunday)
    assert price.parts[0][0] == pytest.approx(3 / 24, rel=1e-12)


def test_a_flat_profile_is_the_default_said_aloud(book):
    flat = book.month(PRO, "standard", 2026, 12, hours=HourProfile(FLAT, "Asia/Shanghai"))
    assert flat.parts[0][0] == pytest.approx(35 / 168, rel=1e-12)
    assert "an assumption" not in flat.notes[0]


def test_a_model_without_windows_does_not_care_for_the_profile(book):
    plain, hours = "openai/gpt-5.4", HourProfile(OFFICE)
    profiled = book.month(plain, "standard", 2026, 12, hours=hours)
    assert profiled == book.month(plain, "standard", 2026, 12)


@given(st.lists(st.integers(0, 50), min_size=24, max_size=24).filter(any))
def test_the_shares_of_a_month_sum_to_one_whatever_the_profile(counts):
    hours = HourProfile(tuple(count / sum(counts) for count in counts), "America/New_York")
    price = load_prices().month(PRO, "standard", 2026, 10, hours=hours)
    assert sum(share for share, _ in price.parts) == pytest.approx(1.0, rel=1e-12)
    assert all(share > 0 for share, _ in price.parts)


WINDOWS = """\
windows:
  night: {tz: UTC, hours: ["00:00-06:00"], src: [s]}
  early: {tz: Europe/Berlin, hours: ["04:00-08:00"], src: [s]}
"""
BOTH = """\
  - id: one
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: none}
    periods:
      - from: null
        status: effective
        src: [s]
        cards:
          standard:
            per_mtok: {input: 4, output: 8}
            above: [{prompt_tokens_gt: 100, per_mtok: {input: 6, output: 8}}]
            windows:
              night:
                per_mtok: {input: 1, output: 2}
                above: [{prompt_tokens_gt: 100, per_mtok: {input: 2, output: 2}}]
              early:
                per_mtok: {input: 2, output: 4}
                above: [{prompt_tokens_gt: 100, per_mtok: {input: 3, output: 4}}]
    adjust: [{when: {geo: eu}, multiply: 1.1, src: [s]}]
"""


def test_where_windows_overlap_the_first_has_the_hours(tmp_path):
    # In winter 04:00-08:00 in Berlin is 03:00-07:00 UTC, of which the night leaves one hour
    book = book_of(tmp_path, BOTH, head=WINDOWS)
    assert inputs(book.month("acme/one", "standard", 2026, 12)) == [
        (pytest.approx(6 / 24), 1.0),
        (pytest.approx(1 / 24), 2.0),
        (pytest.approx(17 / 24), 4.0),
    ]


def test_windows_have_tiers_and_regions_like_any_card(tmp_path):
    price = book_of(tmp_path, BOTH, head=WINDOWS).month("acme/one", "standard", 2026, 12, geo="eu")
    night = price.parts[0][1]
    assert night.at(100).input == pytest.approx(1.1)
    assert night.at(101).input == pytest.approx(2.2)


def test_a_price_that_goes_up_in_the_month_has_its_windows_from_that_day(tmp_path):
    # One period of 10 days without windows, then 21 of 31 days with six hours of night
    second = """\
      - from: "2026-12-11T00:00:00Z"
        status: announced
        src: [s]
        cards:
          standard:
            per_mtok: {input: 5, output: 8}
            windows: {night: {per_mtok: {input: 1, output: 2}}}
"""
    first = BOTH.split("            above")[0].replace("input: 4", "input: 3")
    price = book_of(tmp_path, first + second, head=WINDOWS).month("acme/one", "standard", 2026, 12)
    assert inputs(price) == [
        (pytest.approx(10 / 31), 3.0),
        (pytest.approx(21 / 31 * 6 / 24), 1.0),
        (pytest.approx(21 / 31 * 18 / 24), 5.0),
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"shares": (1.0,)}, "shares: read 1 shares; expected 24 shares that sum to 1; fix: div"),
        ({"shares": (0.05,) * 24}, "shares: read a sum of 1.2; expected 24 shares that sum to 1"),
        ({"shares": (-0.5, 1.5) + (0.0,) * 22}, "shares: read -0.5; expected shares from 0 up"),
        ({"shares": (float("nan"),) * 24}, "shares: read nan; expected shares from 0 up, finite"),
        ({"shares": FLAT, "day_shares": (1.0,)}, "day_shares: read 1 shares; expected 7 shares"),
        ({"shares": FLAT, "tz": "Europe/Berlim"}, "tz: read 'Europe/Berlim'; expected a name of "
         "the tz database; fix: did you mean 'Europe/Berlin'"),
        ({"shares": FLAT, "tz": "../etc"}, "tz: read '../etc'; expected a name of the tz"),
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_is_refused(words, message):
    with pytest.raises(InputError, match=message):
        HourProfile(**words)


def test_shares_may_come_as_a_list():
    assert HourProfile(list(FLAT)) == HourProfile(FLAT)


BAD = [
    ('hours: ["00:00-06:00"]', 'hours: ["22:00-06:00"]', "windows.night.hours.0: read '22:00-06:00"
     "', which ends before it starts; expected hours that run forwards; fix: split it at midnight:"
     " 22:00-24:00 and 00:00-06:00"),
    ("tz: UTC", "tz: Mars/Olympus", "windows.night.tz: read 'Mars/Olympus'; expected a name of"),
    ("hours:", "from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z', hours:",
     "windows.night.to: read 2026-01-01T00:00:00.*, not after 2026-02-01.*; expected an end after"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), BAD, ids=range(len(BAD)))
def test_a_window_that_cannot_be_is_refused(tmp_path, good, bad, message):
    with pytest.raises(InputError, match=message):
        book_of(tmp_path, BOTH, head=WINDOWS.replace(good, bad, 1)).models()


def test_a_window_without_the_tiers_of_its_card_is_refused(tmp_path):
    cut = BOTH.replace(
        "                above: [{prompt_tokens_gt: 100, per_mtok: {input: 3, output: 4}}]\n", ""
    )
    with pytest.raises(
        InputError,
        match=r"windows.early: read no tier; expected the tiers of the card "
        r"\(prompt_tokens_gt 100\); fix: state the long-context rates inside the window",
    ):
        book_of(tmp_path, cut, head=WINDOWS).models()
