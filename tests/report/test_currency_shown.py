"""What is shown in the scenario's own currency: by hand, and by what must not depend on it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import costmodel as cm
from costmodel.engine.explain import explain
from costmodel.foundation.currencies import Currency
from costmodel.report.amounts import DOLLARS, Amounts, amounts_of
from costmodel.report.assumptions import beliefs_table, differences_table
from costmodel.report.fan import fan_of
from costmodel.report.page import render_html
from costmodel.report.pictures import fan_svg
from costmodel.report.tables import months_table, parts_of, parts_table, unit_table
from costmodel.report.wording import RATE_IS_FIXED, currency_note, headline, usd_beside
from tests.report.conftest import DRAWS, PLAIN, SCENARIO
from tests.report.test_page import Reader

RATE = "currency: {{code: {}, usd: {}, date: 2026-11-20, source: ECB reference rate}}\nsegments:"


def text_in(code, usd, text=SCENARIO):
    return text.replace("segments:", RATE.format(code, usd), 1)


@pytest.fixture(scope="module")
def run(scenario_of, book):
    def simulated(text):
        return cm.simulate(scenario_of(text), prices=book, draws=DRAWS)

    return simulated


@pytest.fixture(scope="module")
def euros(run):
    return run(text_in("EUR", 1.25))


@pytest.fixture(scope="module")
def plain_euros(scenario_of, book):
    """The plain case at $1.25: 50 turns of $0.003 are $0.15 a month, EUR 0.12."""
    text = text_in("EUR", 1.25, PLAIN).replace("months: 2", "months: 2\nbudget: €1 per month")
    return cm.simulate(scenario_of(text), prices=book, draws=2, uncertainty=frozenset())


@pytest.mark.parametrize(
    ("code", "usd", "amount", "text"),
    [
        ("EUR", 1.25, 5250, "€4,200"),
        ("EUR", 1.25, 52.5, "€42.00"),
        ("EUR", 1.25, 0.00525, "€0.00420"),
        ("EUR", 1.25, -5250, "-€4,200"),
        ("JPY", 0.01, 35.4, "¥3,540"),
        ("JPY", 0.01, 0.354, "¥35"),
        ("JPY", 0.01, 0.0354, "¥3.54"),
        ("KWD", 2.5, 10, "KWD 4.000"),
        ("CHF", 1.25, 5250, "CHF 4,200"),
        ("INR", 0.0125, 12_500, "₹1,000,000"),
        ("CAD", 0.8, 80, "CA$100"),
        ("XYZ", 2, 4, "XYZ 2.00"),
    ],
)
def test_amounts_are_rounded_as_is_usual_in_the_currency(code, usd, amount, text):
    assert Amounts(Currency(code, usd))(amount) == text


def test_short_amounts_and_ticks_have_the_sign():
    money = Amounts(Currency("EUR", 1.25))
    assert (money.short(6250), money.short(5004), money.short(1.6e6)) == ("€5k", "€4.0k", "€1.3M")
    assert (money.tick(2500, 2500), money.tick(0, 20)) == ("€2.5k", "€0")
    assert Amounts(Currency("JPY", 0.0065)).short(6.5) == "¥1k"


def test_an_amount_that_reads_like_the_other_has_its_cents():
    money = Amounts(Currency("EUR", 1.25))
    assert usd_beside(6250.125, 6250, money) == "€5,000.10"
    assert usd_beside(6250, 6250, money) == "€5,000"
    assert usd_beside(50.004, 50, Amounts(Currency("JPY", 0.01))) == "¥5,000.40"


@given(st.floats(1e-3, 1e9), st.floats(1e-3, 10))
def test_what_is_shown_is_the_amount_over_the_rate(usd, rate):
    shown = Amounts(Currency("EUR", rate))(usd)
    found = float(shown.removeprefix("€").replace(",", ""))
    assert found == pytest.approx(usd / rate, rel=0.006, abs=0.0051 if usd / rate >= 1 else 0)


def test_every_table_is_in_the_currency_by_hand(plain_euros):
    # 50 turns x (1,000 x $2 + 100 x $10) / 1M = $0.15 = EUR 0.12; two turns a conversation
    months = months_table(plain_euros)
    assert months.caption == "Spend by month, EUR"
    assert months.head[:6] == ("Month", "P10", "P50", "P90", "Mean", "Chance over €1.00")
    assert months.rows[0] == ("2026-12", *["€0.120"] * 4, "0 %", "10", "€0.0120")
    assert months.foot[1][:5] == ("All 2 months", *["€0.240"] * 4)
    units = unit_table(plain_euros)
    assert units.caption == "Unit costs over the whole horizon, EUR"
    assert units.rows[0] == ("One turn of ask", *["€0.00240"] * 4)
    assert units.rows[1] == ("One conversation of ask", *["€0.00480"] * 4)
    parts = parts_table(plain_euros, [parts_of(plain_euros, "meter")])
    assert parts.caption == "Spend by part, EUR"
    assert parts.rows[1][:3] == ("input", "€0.160", "67 %")
    assert headline(plain_euros) == (
        "Month 2 (2027-01): P50 €0.120, P90 €0.120; the dearest month exceeds the budget of €1.00 "
        "in 0 % of futures."
    )


def test_the_multiplication_is_in_usd_and_ends_in_the_currency(plain_euros):
    text = explain(plain_euros)
    assert "1,000.0  plain input tokens x $2.00 / 1M = $0.002000" in text
    assert "= $0.003000 = €0.002400 a turn" in text
    assert "10 people make 50 turns x $0.003000 = $0.15 = €0.12 a month" in text
    assert "$ is USD, as providers bill; 1 EUR = 1.25 USD (2026-11-20, ECB reference rate)" in text


def amounts(projection):
    cells = [cell for row in months_table(projection).rows for cell in row[1:5]]
    return [float(cell.removeprefix("€").replace(",", "")) for cell in cells]


def test_at_a_rate_of_one_the_figures_are_those_in_usd(run, projection):
    same = run(text_in("EUR", 1))
    for table in (months_table, unit_table):
        ours, theirs = table(same), table(projection)
        assert [[c.replace("€", "$") for c in row] for row in ours.rows] == [
            list(row) for row in theirs.rows
        ]
    assert headline(same).replace("€", "$") == headline(projection)


def test_usd_at_one_shows_what_no_currency_shows(run):
    dollars, none = run(text_in("USD", 1)), run(SCENARIO)
    assert amounts_of(dollars.scenario) == DOLLARS
    assert currency_note(dollars.scenario) == ""
    assert months_table(dollars) == months_table(none)
    assert differences_table(dollars.scenario) == differences_table(none.scenario)
    assert fan_svg(fan_of(dollars)) == fan_svg(fan_of(none))
    assert dollars._repr_html_() == none._repr_html_()
    assert explain(dollars) == explain(none)


def test_twice_the_rate_halves_every_amount_that_is_shown(run, euros):
    twice = run(text_in("EUR", 2.5))
    assert amounts(twice) == pytest.approx([x / 2 for x in amounts(euros)], abs=0.51)
    ours, theirs = (one.to_dict()["in_own_currency"] for one in (twice, euros))
    assert ours["total"]["P90"] == theirs["total"]["P90"] / 2
    assert ours["months"][3]["mean"] == theirs["months"][3]["mean"] / 2
    # nothing that is computed has changed
    assert twice.to_dict()["total"] == euros.to_dict()["total"]
    assert twice.chance_over_budget == euros.chance_over_budget  # a budget in dollars


def test_plain_data_is_in_usd_and_once_more_in_the_currency(euros):
    figures = euros.to_dict()
    own = figures["in_own_currency"]
    assert figures["currency"] == "USD"
    assert own["currency"] == {
        "code": "EUR",
        "usd": 1.25,
        "date": "2026-11-20",
        "source": "ECB reference rate",
        "assumed": False,
    }
    assert own["dearest_month"]["P90"] == figures["dearest_month"]["P90"] / 1.25
    assert figures["budget"] == {"usd": 1500.0, "period": "month"}
    assert own["budget"] == {"amount": 1200.0, "period": "month"}


def test_a_scenario_without_a_currency_has_no_such_data(projection):
    assert "in_own_currency" not in projection.to_dict()
    assert list(projection.to_frame().columns)[-1] == "usd"


def test_a_frame_keeps_usd_in_usd(euros):
    frame = euros.to_frame()
    assert set(frame["currency"]) == {"EUR"}
    assert (frame["amount"] * 1.25).sum() == pytest.approx(frame["usd"].sum())
    assert frame["usd"].sum() == pytest.approx(euros.total.mean)
    assert frame.attrs["currency"]["usd"] == 1.25


def test_a_notebook_says_which_currency(euros):
    assert "<th>EUR</th>" in euros._repr_html_()
    assert f"<td>{euros.total.p90 / 1.25:,.0f}</td>" in euros._repr_html_()
    assert f"EUR a month at its dearest: P10 {euros.p10 / 1.25:,.0f}," in repr(euros)


def test_lines_of_a_chart_stand_at_round_amounts_of_the_currency(euros):
    svg = fan_svg(fan_of(euros))
    ticks = re.findall(r">€([\d.]+k?)<", svg)
    assert len(ticks) >= 3
    assert ticks[0] == "0"
    assert all(re.fullmatch(r"\d{1,3}(\.5)?k?", tick) for tick in ticks)
    assert "Budget €1.2k a month" in svg
    assert "$" not in svg.replace("$x^2$", "")


def test_a_code_has_room_before_the_amounts_of_a_chart(run):
    def left_end(projection):
        fan = fan_svg(fan_of(projection))
        return float(re.search(r'id="cm-grid">.*?d="M ([\d.]+)', fan, re.DOTALL)[1])

    assert left_end(run(text_in("CHF", 1.25))) > left_end(run(text_in("EUR", 1.25))) + 15


@pytest.fixture(scope="module")
def page(euros, error):
    return Reader(render_html(euros, error)).text


def test_the_report_names_rate_date_source_and_who_bills_what(page):
    assert (
        "Amounts are in EUR at 1 EUR = 1.25 USD (2026-11-20, ECB reference rate). Providers bill "
        "USD; prices per token are in USD." in page
    )
    assert "Spend by month, EUR" in page
    assert "The mean is all spend over all turns" in page


def test_the_report_says_once_that_the_rate_is_fixed(page):
    assert page.count(RATE_IS_FIXED) == 1


def test_the_report_has_no_dollars_but_prices_and_what_was_written_so(page):
    before = page.split("The scenario in full")[0]
    assert set(re.findall(r"\$\d+", before)) == {"$29"}


def test_assumptions_show_money_in_the_currency_and_as_it_was_written(euros):
    rows = {row[0]: row for row in beliefs_table(euros.scenario).rows}
    assert rows["segments.pro.revenue"][1:] == (
        "$29 per month", "–", "€23.20", "–", "EUR per month",
    )  # fmt: skip
    table = differences_table(euros.scenario)
    assert table.caption == "Exchange rate, spread, drift and correlation"
    assert table.rows[0] == ("currency.usd", "1 EUR = 1.25 USD", RATE_IS_FIXED)
    assert table.about[0] == "Source: ECB reference rate (2026-11-20)"


def test_a_source_that_is_markup_is_text(scenario_of, book, error):
    text = text_in("EUR", 1.25).replace("ECB reference rate", "<b onclick=alert(1)>ECB</b>")
    html = render_html(cm.simulate(scenario_of(text), prices=book, draws=2), error)
    assert "<b onclick" not in html
    assert "1 EUR = 1.25 USD (2026-11-20, &lt;b onclick=alert(1)&gt;ECB&lt;/b&gt;)" in html
