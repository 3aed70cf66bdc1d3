"""Units in the report: their prices, what is free, and the words around them."""

import pytest

import costmodel as cm
from costmodel.prices import PriceBook, RateCard, UnitPrice
from costmodel.prices.charges import FreeUnits
from costmodel.report.assumptions import beliefs_table
from costmodel.report.charges import charges_table
from costmodel.report.page import render_html
from costmodel.report.tables import parts_of, parts_table, unit_table
from tests.engine.test_units import ALONE, PLAIN, scenario, unsure

CARD = RateCard(input=2.0, cache_read=None, cache_write=None, cache_write_1h=None, output=8.0)
SOURCED = ALONE.model_copy(update={"src": ("the vendor's <page>",)})
DAILY = UnitPrice(usd=35, per=1000, free=FreeUnits(count=1500, period="day", shared_group="g"))


@pytest.fixture(scope="module")
def projection():
    units = {"web_search": SOURCED, "image": PLAIN, "page": DAILY}
    prices = PriceBook.from_cards({"acme/one": CARD}, units={"acme/one": units})
    asked = unsure(web_search="0.5 to 0.9", image=0.2, page=6)
    return cm.simulate(scenario("700 to 1300", 3, ask=asked), prices=prices, draws=256)


def test_unit_prices_stand_with_what_is_free_and_their_source(projection):
    table = charges_table(projection)
    (flow,) = projection.flows().values()
    rows = {row[0]: row[1:] for row in table.rows}
    used = f"{flow['web_search units']:,.0f}"
    assert rows["web_search of acme/one"] == (
        "$14.00", "$14.00", "5,000 a month (web_search of acme/one)", used
    )  # fmt: skip
    assert rows["image of acme/one"][2] == "–"
    assert rows["page of acme/one"][2] == "1,500 a day (group g of acme)"
    assert table.about[0] == "Source: the vendor's <page>"
    assert table.about[1] == "No source given"


def test_a_projection_without_units_has_no_such_table():
    prices = PriceBook.from_cards({"acme/one": CARD})
    assert charges_table(cm.simulate(scenario(ask=unsure()), prices=prices, draws=2)) is None


def test_units_are_parts_of_the_spend_and_beliefs_with_their_path(projection):
    rows = [row[0] for row in parts_table(projection, [parts_of(projection, "meter")]).rows]
    assert {"web_search", "image", "page"} < set(rows)
    row = next(r for r in beliefs_table(projection.scenario).rows if r[0].endswith("web_search"))
    assert row[0] == "features.ask.units.web_search"
    assert row[1] == "0.5 to 0.9 per call"
    assert row[-1] == "units per call"


def test_what_a_turn_costs_includes_its_units(projection):
    (flow,) = projection.ledger.lanes
    spend, tokens = (
        (flow.turns * per_turn).sum() for per_turn in (flow.usd_per_turn, flow.step.total)
    )
    row = next(r for r in unit_table(projection).rows if r[0] == "One turn of ask")
    assert float(row[-1].removeprefix("$")) == pytest.approx(spend / flow.turns.sum(), rel=0.01)
    assert spend > 1.2 * tokens


def test_the_page_shows_them_with_every_text_escaped(projection):
    page = render_html(projection, None)
    assert "Unit prices, USD" in page
    assert "the vendor&#39;s &lt;page&gt;" in page
    assert "taken to be this scenario" in page
