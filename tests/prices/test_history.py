"""Histories of rates: the steps are what the tables say, at every instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError, PriceNotKnownError, UnknownModelError
from costmodel.prices import ModelPrices, PriceBook, RateCard, Retirement, load_prices
from costmodel.prices.figures import RATES
from costmodel.prices.offers import ModeCard, PricePeriod
from costmodel.prices.promotions import promotion_end
from costmodel.prices.steps import hours_text

BOOK = load_prices()
MODELS = [BOOK.model(name) for name in BOOK.models()]


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def steps_of(model, field="input", mode="standard"):
    return BOOK.history(model, [field], mode).steps


def period(start, rate, **more):
    began = None if start is None else day(start)
    return PricePeriod(began, more.pop("status", "effective"), {"standard": rate}, **more)


def rate(usd):
    return ModeCard(RateCard(input=usd, output=5 * usd))


def book_of(*periods, **more):
    model = ModelPrices(id="own/m", periods=periods, **more)
    return PriceBook("2026-11-23", "0" * 64, {"own": lambda: (model,)})


# --- the shipped tables


def test_an_announced_doubling_is_two_steps():
    # pricing/2026-11-23/google.yaml, gemini-3.8-flash: 0.75 (promotional), from 2027-01-01 1.50.
    first, second = steps_of("google/gemini-3.8-flash")
    assert (first.start, first.until) == (None, day("2027-01-01"))
    assert (first.usd_per_mtok, first.promo, first.ending) == (0.75, True, "changed")
    assert (second.start, second.until) == (day("2027-01-01"), None)
    assert (second.usd_per_mtok, second.status, second.ending) == (1.5, "announced", "")


def test_a_first_sighting_is_told_from_an_effective_date():
    # google.yaml, gemini-3.6-flash: launched 2026-07-22; the cut was seen on 2026-08-13.
    launch, seen, _ = steps_of("google/gemini-3.6-flash")
    assert not launch.observed
    assert (seen.start, seen.observed) == (day("2026-08-13"), True)


def test_a_mode_that_goes_ends_with_no_price_and_the_others_do_not_end():
    # anthropic.yaml, claude-opus-4-8: fast mode is removed on 2026-11-30, standard stays at 5.
    (fast,) = steps_of("anthropic/claude-opus-4-8", mode="fast")
    assert (fast.usd_per_mtok, fast.until, fast.ending) == (10.0, day("2026-11-30"), "no price")
    (standard,) = steps_of("anthropic/claude-opus-4-8")
    assert (standard.start, standard.until, standard.usd_per_mtok) == (None, None, 5.0)


def test_peak_hours_are_steps_of_their_own_while_they_are_in_force():
    # deepseek.yaml: twice the rate every day from 08-16T16:00Z, on weekdays from 08-22T16:00Z.
    history = BOOK.history("deepseek/deepseek-v4-pro", ["output"])
    daily, weekdays = history.of("output", peak=True)
    switch = day("2026-08-22") + timedelta(hours=16)
    assert (daily.until, daily.ending, weekdays.start) == (switch, "hours end", switch)
    assert daily.usd_per_mtok == weekdays.usd_per_mtok == 3.96
    assert hours_text(weekdays.hours) == "09:00-12:00, 14:00-18:00 Mon-Fri, Asia/Shanghai"
    assert hours_text(daily.hours) == "01:00-04:00, 06:00-10:00 every day, UTC"
    assert [s.usd_per_mtok for s in history.of("output")] == [0.87, 1.98]


def test_a_withdrawn_increase_is_kept_apart():
    # anthropic.yaml, claude-sonnet-5: 3 announced for 2026-09-01, withdrawn on 2026-08-14.
    history = BOOK.history("anthropic/claude-sonnet-5", ["input"])
    assert [step.usd_per_mtok for step in history.of("input")] == [2.0]
    (called_off,) = history.withdrawn("input")
    assert (called_off.usd_per_mtok, called_off.start) == (3.0, day("2026-09-01"))
    assert called_off.withdrawn_on == date(2026, 8, 14)


def test_a_retirement_ends_the_steps():
    # openai.yaml, gpt-5.4-nano: retires on 2027-04-01.
    (step,) = steps_of("openai/gpt-5.4-nano")
    assert (step.until, step.ending) == (day("2027-04-01"), "retired")


def test_an_embedding_has_input_steps_only():
    assert {step.field for step in BOOK.history("openai/text-embedding-3-small").steps} == {"input"}


def test_a_history_says_above_which_prompt_length_rates_differ():
    # openai.yaml: gpt-5.6-sol is dearer above 272,000 tokens; gemini-3.8-flash never is.
    assert BOOK.history("openai/gpt-5.6-sol").long_prompt_tokens == 272_000
    assert BOOK.history("google/gemini-3.8-flash").long_prompt_tokens is None


def test_rows_are_plain_data_with_the_model_in_each():
    row = BOOK.history("gemini-3.8-flash", "input").rows()[0]
    assert row == {
        "model": "google/gemini-3.8-flash",
        "mode": "standard",
        "field": "input",
        "from": None,
        "until": "2027-01-01T00:00:00+00:00",
        "usd_per_mtok": 0.75,
        "status": "effective",
        "promo": True,
        "observed": False,
        "ending": "changed",
        "peak_hours": None,
        "withdrawn_on": None,
    }


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))


def priced(model, mode, field, moment):
    """The rate of an instant as billing finds it; None where there is none."""
    gone = model.retirement is not None and moment.date() >= model.retirement.date
    try:
        offer = model.mode_card(model.period_at(moment), mode)
    except PriceNotKnownError:
        return None
    return None if gone else getattr(offer.at(moment), field)


@given(st.sampled_from(MODELS), st.sampled_from(RATES), MOMENTS)
def test_at_every_instant_the_steps_agree_with_billing(model, field, moment):
    for mode in {mode for each in model.live for mode in each.cards}:
        try:
            history = BOOK.history(model.id, [field], mode)
        except PriceNotKnownError:
            assert priced(model, mode, field, moment) is None
            continue
        now = [
            step
            for step in history.steps
            if step.status != "withdrawn"
            and (step.start is None or step.start <= moment)
            and (step.until is None or moment < step.until)
            and (step.hours is None or step.hours.contain(moment))
        ]
        peak = [step for step in now if step.hours is not None]
        found = (peak or now)[0].usd_per_mtok if now else None
        assert found == priced(model, mode, field, moment)


# --- prices made for a point


def test_a_change_that_leaves_the_rate_as_it_was_begins_no_step():
    book = book_of(period(None, rate(1)), period("2026-05-01", rate(1)))
    (step,) = book.history("own/m", "input").steps
    assert (step.start, step.until) == (None, None)


def test_the_end_of_a_promotion_begins_a_step_even_at_the_same_rate():
    book = book_of(period(None, rate(1), promo=True), period("2026-05-01", rate(1)))
    assert [step.promo for step in book.history("own/m", "input").steps] == [True, False]


def test_a_price_that_ends_before_the_next_leaves_a_gap():
    early = period(None, rate(1), until=day("2026-03-01"))
    first, second = book_of(early, period("2026-05-01", rate(2))).history("own/m", "input").steps
    assert (first.until, first.ending) == (day("2026-03-01"), "no price")
    assert second.start == day("2026-05-01")


def test_nothing_is_left_after_a_retirement():
    gone = Retirement(date(2026, 4, 1), None)
    book = book_of(period(None, rate(1)), period("2026-05-01", rate(2)), retirement=gone)
    (step,) = book.history("own/m", "input").steps
    assert (step.until, step.ending) == (day("2026-04-01"), "retired")


def test_dates_of_a_contract_are_steps_called_so(tmp_path):
    path = tmp_path / "contract.yaml"
    path.write_text(
        "schema: costmodel.contract/1\nname: Ours\ncurrency: USD\n"
        "discounts: [{provider: google, multiply: 0.9, from: 2026-12-01}]\n"
    )
    history = load_prices(contract=path).history("google/gemini-2.5-pro", "input")
    assert history.contract == "Ours"
    # 1.25 USD, from the contract's first day 0.9 x 1.25.
    assert [(s.status, s.usd_per_mtok) for s in history.steps] == [
        ("effective", 1.25),
        ("contract", 0.9 * 1.25),
    ]


def test_prices_given_in_python_are_one_step_without_dates():
    history = PriceBook.from_cards({"own/m": RateCard(input=1, output=2)}).history("own/m")
    assert [(s.start, s.until, s.usd_per_mtok) for s in history.steps] == [
        (None, None, 1),
        (None, None, 2),
    ]
    assert history.known_on is None


# --- promotions


def test_a_promotion_ends_with_the_next_price_that_is_none():
    model = book_of(
        period(None, rate(1), promo=True),
        period("2026-05-01", rate(2), promo=True),
        period("2026-07-01", rate(3)),
    ).model("own/m")
    assert [promotion_end(model, each) for each in model.live[:2]] == [day("2026-07-01")] * 2


def test_a_promotion_with_an_end_of_its_own_ends_there():
    model = book_of(period(None, rate(1), promo=True, until=day("2026-03-01"))).model("own/m")
    assert promotion_end(model, model.live[0]) == day("2026-03-01")


def test_the_end_of_a_promotion_may_be_unknown():
    model = book_of(period(None, rate(1), promo=True)).model("own/m")
    assert promotion_end(model, model.live[0]) is None


# --- what is refused


def test_an_unknown_rate_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"read 'inptu'; expected one of input, .*'input'"):
        BOOK.history("openai/gpt-5", ["inptu"])


def test_no_rate_at_all_is_refused():
    with pytest.raises(InputError, match="expected one of input, cache_read"):
        BOOK.history("openai/gpt-5", [])


def test_a_mode_that_was_never_offered_is_refused():
    words = "openai/gpt-5 has no 'bach' price; modes there are: standard, .*; did you mean 'batch'"
    with pytest.raises(PriceNotKnownError, match=words):
        BOOK.history("openai/gpt-5", mode="bach")


def test_a_rate_that_never_was_is_refused_with_those_there_are():
    words = "text-embedding-3-small has no output rate in standard mode; rates there are: input"
    with pytest.raises(PriceNotKnownError, match=words):
        BOOK.history("openai/text-embedding-3-small", "output")


def test_an_unknown_model_is_refused():
    with pytest.raises(UnknownModelError, match="nearest are openai/gpt-5"):
        BOOK.history("opnai/gpt-5")
