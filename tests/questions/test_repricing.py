"""Scenarios at the prices of two books, by hand."""

import pytest

from costmodel.prices import PriceBook, RateCard
from costmodel.questions.repricing import Outlay, reprice
from costmodel.scenario.loading import load_scenario

TEXT = """\
name: Jobs
start: 2026-12
months: 3
segments:
  all: {users: 100, growth: 10% per month}
features:
  job:
    model: acme/m
    turns_per_user: {all: {mean: 20 per month, cv: 0}}
    prompt:
      - system: {tokens: 1000}
    output: {mean: 100, cv: 0}
"""


@pytest.fixture
def jobs(tmp_path):
    (tmp_path / "jobs.yaml").write_text(TEXT)
    return {"jobs": load_scenario(tmp_path / "jobs.yaml")}


def book(usd_in, usd_out):
    return PriceBook.from_cards({"acme/m": RateCard(usd_in, output=usd_out)})


def test_a_scenario_costs_what_the_books_say(jobs):
    # 2,000 jobs x (1,000 x $2 + 100 x $10) / 1M = $6 in month 1; x 1.1 and x 1.21 after it.
    # At half the input rate $4.
    (found,) = reprice(jobs, book(2, 10), book(1, 10))
    assert found.old.total_usd == pytest.approx(6 * 3.31)
    assert found.old.dearest_month_usd == pytest.approx(6 * 1.21)
    assert str(found.old.dearest_month) == "2027-02"
    assert found.new.total_usd == pytest.approx(4 * 3.31)
    assert found.total_change_usd == pytest.approx(-2 * 3.31)
    assert found.dearest_change_usd == pytest.approx(-2 * 1.21)


def test_a_model_that_one_book_does_not_have_is_told_in_words(jobs):
    other = PriceBook.from_cards({"acme/n": RateCard(1, output=1)})
    (found,) = reprice(jobs, book(2, 10), other)
    assert isinstance(found.old, Outlay)
    assert "acme/m" in found.new
    assert found.total_change_usd is None
    assert found.dearest_change_usd is None
