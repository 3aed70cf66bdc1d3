"""The key `currency`: one dated rate, amounts in either currency, and what is refused."""

import pytest

from costmodel.foundation.converted import Converted, StatedAmount
from costmodel.foundation.errors import InputError
from costmodel.scenario.loading import load_scenario, read_scenario
from costmodel.scenario.sources import unsourced

from .texts import MINIMAL

EURO = "currency: {code: EUR, usd: 1.25, date: 2026-11-20, source: ECB}\n"
PAYING = MINIMAL.replace("{users: 100}", "{users: 100, revenue: €20 to €30 per month}")
TEXT = PAYING.replace("segments:", f"{EURO}budget: €900 per month\nsegments:")


def read(currency=EURO, **changes):
    text = TEXT.replace(EURO, currency)
    for old, new in changes.values():
        text = text.replace(old, new)
    return read_scenario(text, file="f.yaml")


def refused(currency=EURO, **changes):
    with pytest.raises(InputError) as caught:
        read(currency, **changes)
    return str(caught.value)


def test_amounts_are_usd_inside_and_euros_as_written():
    scenario = read()
    assert scenario.budget.usd == 1125.0  # 900 x 1.25
    revenue = scenario.segments["all"].revenue
    assert (revenue.quantile(0.05), revenue.quantile(0.95)) == pytest.approx((25.0, 37.5))
    assert (scenario.shown_in.code, scenario.shown_in.of(1125.0)) == ("EUR", 900.0)
    assert str(scenario.currency) == "1 EUR = 1.25 USD (2026-11-20, ECB)"
    assert "budget: €900 per month" in scenario.dump()
    assert "currency: {code: EUR, usd: 1.25, source: ECB, date: 2026-11-20}" in scenario.dump()


def test_dollars_stay_dollars():
    scenario = read(budget=("€900", "$900"), revenue=("€20 to €30", "$29"))
    assert scenario.budget.usd == 900.0
    assert not isinstance(scenario.budget.usd, StatedAmount)
    assert scenario.segments["all"].revenue.median == 29.0


def test_another_rate_leaves_the_amounts_in_the_currency_as_they_are():
    scenario = read().with_overrides({"currency.usd": 2.5})
    assert scenario.budget.usd == 2250.0
    assert scenario.segments["all"].revenue.quantile(0.95) == pytest.approx(75.0)
    assert str(scenario.overrides[0]) == "currency.usd: 1.25 -> 2.5"
    assert str(scenario.currency) == "1 EUR = 2.5 USD (set for this run)"
    assert scenario.with_overrides({"currency.usd": 1.25}).budget.usd == 1125.0


def test_a_currency_can_be_given_to_a_scenario_without_one():
    rate = {"code": "JPY", "usd": 0.0065, "date": "2026-11-20", "source": "BoJ"}
    scenario = load_scenario("support_chatbot", {"currency": rate, "budget": "¥800k per month"})
    assert scenario.budget.usd == 5200.0
    assert str(scenario.currency) == "1 JPY = 0.0065 USD (2026-11-20, BoJ)"


def test_a_child_states_the_date_of_its_own_rate(tmp_path):
    (tmp_path / "parent.yaml").write_text(TEXT, encoding="utf-8")
    child = tmp_path / "child.yaml"
    child.write_text("extends: parent.yaml\ncurrency: {usd: 2.5, date: 2027-01-04, source: ECB}\n")
    assert load_scenario(child).budget.usd == 2250.0
    child.write_text("extends: parent.yaml\ncurrency: {usd: 2.5}\n")
    with pytest.raises(InputError, match="currency: read no date; expected the day of the rate"):
        load_scenario(child)


def test_the_rate_is_part_of_the_content():
    scenario = read()
    assert read().digest == scenario.digest
    assert scenario.with_overrides({"currency.usd": 1.3}).digest != scenario.digest
    assert read_scenario(scenario.dump()).digest == scenario.digest


def test_a_rate_needs_a_source_like_every_number():
    assert "currency.usd" not in unsourced(read())
    assert "currency.usd" in unsourced(read(EURO.replace(", source: ECB", "")))
    assert "currency.usd" not in unsourced(read(EURO.replace("source: ECB", "assumed: true")))
    bare = read(EURO.replace(", source: ECB", ""))
    assert str(bare.currency) == "1 EUR = 1.25 USD (2026-11-20, no source given)"


WRONG_RATES = [
    ("usd: 0", "currency.usd: read 0; expected the USD that one unit of the currency is worth"),
    ("usd: -1", "currency.usd: read -1; expected the USD that one unit of the currency is worth"),
    ("usd: .nan", "currency.usd: read nan; expected the USD that one unit of the currency is worth,"
     " finite"),
    ("usd: .inf", "currency.usd: read inf; expected"),
    ("usd: 1e300", "currency.usd: read 1e+300; expected the USD that one unit of the currency is "
     "worth, at most 10"),
    ("usd: 150", "the Kuwaiti dinar, is worth about 3 USD; if 150 units are one USD, write 0.00"),
    ("usd: 1.05 to 1.12", "as one number; fix: a range has no place here"),
    ("usd: $1.25", "currency.usd: read '$1.25'; expected the USD that one unit of the currency is "
     "worth, not money; fix: leave out the $"),
    ("usd: true", "currency.usd: read true; expected"),
    ("usd: null", "currency.usd: read nothing; expected"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "message"), WRONG_RATES)
def test_a_rate_that_cannot_be_is_refused_alone(written, message):
    said = refused(EURO.replace("usd: 1.25", written))
    assert message in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("code", "fix"),
    [
        ("euro", "did you mean 'EUR'?"),
        ("eur", "did you mean 'EUR'?"),
        ("€", "did you mean 'EUR'?"),
        ("¥", "did you mean 'JPY'?"),
        ("EURO", "did you mean 'EUR'?"),
        ("pound", "code: EUR"),
        ("123", "code: EUR"),
        ("[EUR]", "code: EUR"),
        ("null", "code: EUR"),
    ],
)
def test_a_code_is_three_capital_letters(code, fix):
    said = refused(EURO.replace("EUR", code))
    assert f"expected an ISO 4217 code, three capital letters; fix: {fix}" in said
    assert len(said.splitlines()) == 1


def test_any_three_letters_are_a_code():
    zed = {"rate": ("€", ""), "unit": ("900 per", "900 XYZ per"), "u": ("30 per", "30 XYZ per")}
    assert read(EURO.replace("EUR", "XYZ"), **zed).budget.usd == 1125.0


def test_usd_is_worth_one_usd():
    said = refused(EURO.replace("EUR", "USD"))
    assert "currency.usd: read USD at 1.25; expected 1 USD, which is worth 1 USD" in said
    dollars = {"budget": ("€900", "$900"), "revenue": ("€20 to €30", "$29")}
    scenario = read("currency: {code: USD, usd: 1}\n", **dollars)
    assert scenario.shown_in.is_usd
    assert "currency.usd" not in unsourced(scenario)


@pytest.mark.parametrize(
    ("currency", "message"),
    [
        ("currency: EUR\n", "currency: read 'EUR'; expected a mapping (key: value); fix: currency: "
         "{code: EUR, usd: 1.08, date: 2026-11-20, source: ECB reference rate}"),
        ("currency: []\n", "currency: read a list; expected a mapping"),
        ("currency: {code: EUR, date: 2026-11-20}\n", "currency.usd: read nothing; expected the "
         "key 'usd'; fix: add usd: 1.08, the USD that one unit of the currency is worth"),
        ("currency: {usd: 1.25, date: 2026-11-20}\n", "currency.code: read nothing; expected the "
         "key 'code'; fix: add code: EUR"),
        ("currency: {code: EUR, usd: 1.25}\n", "currency: read no date; expected the day of the "
         "rate; fix: add date: 2026-11-20, with the rate's own day"),
        ("currency: {code: EUR, usd: 1.25, date: 2026-02-30}\n", "currency.date: read '2026-02-30';"
         " expected the day of the rate, a date there is"),
        ("currency: {code: EUR, usd: 1.25, date: soon}\n", "currency.date: read 'soon'; expected a "
         "date as YYYY-MM-DD or YYYY-MM"),
        ("currency: {code: EUR, usd: 1.25, date: 2026-11-20, rate: 2}\n", "currency.rate: read the "
         "key 'rate'; expected one of code, usd"),
    ],
)  # fmt: skip
def test_a_currency_has_code_rate_and_date(currency, message):
    said = refused(currency)
    assert message in said
    assert len(said.splitlines()) == 1


def test_euros_without_the_key_are_refused_where_they_stand():
    said = refused("")
    assert "f.yaml:4:9: budget: read '€900'; expected an amount in USD per month or year" in said
    assert "segments.all.revenue: read '€20'" in said


def test_a_currency_that_amounts_are_written_in_cannot_be_taken_away():
    with pytest.raises(InputError, match="budget: read '€900'; expected an amount in USD"):
        read().with_overrides({"currency": None})
    with pytest.raises(InputError, match=r"an amount in EUR at 1\.25 USD; expected amounts in USD"):
        read(budget=("€900", "$900")).with_overrides({"currency": None})
    with pytest.raises(InputError, match=r"an amount in EUR at 1\.25 USD; expected GBP at 1\.25"):
        read(budget=("€900", "$900")).with_overrides({"currency.code": "GBP"})


def test_an_amount_converted_at_another_rate_is_refused():
    scenario = read()
    other = Converted(stated=scenario.segments["all"].users, code="EUR", usd=2.0)
    segment = scenario.segments["all"].model_copy(update={"revenue": other})
    content = {name: getattr(scenario, name) for name in type(scenario).model_fields}
    with pytest.raises(ValueError, match=r"read an amount in EUR at 2 USD; expected EUR at 1\.25"):
        type(scenario)(**{**content, "segments": {"all": segment}})


@pytest.mark.parametrize(
    ("date", "warnings"),
    [
        ("2026-12-31", 0),
        ("2027-01-04", "the rate of EUR is dated 2027-01-04, after the first month"),
        ("2027-02", "the rate of EUR is dated 2027-02, after the last month, 2027-01"),
    ],
)
def test_a_rate_from_after_the_start_is_worth_a_word(date, warnings):
    found = [text for text in read(EURO.replace("2026-11-20", date)).warnings if "rate" in text]
    assert found == ([warnings] if warnings else [])


def test_a_plain_dollar_beside_another_dollar_is_worth_a_word():
    dollars = {"budget": ("€900", "$900"), "revenue": ("€20 to €30", "CA$29")}
    scenario = read(EURO.replace("EUR", "CAD"), **dollars)
    assert scenario.budget.usd == 900.0
    assert (
        "budget: $ is US dollars; write CA$5k or 5k CAD if another dollar is meant"
        in scenario.warnings
    )
    own = {"budget": ("€900", "CA$900"), "revenue": ("€20 to €30", "29 CAD")}
    assert not any("US dollars" in t for t in read(EURO.replace("EUR", "CAD"), **own).warnings)
