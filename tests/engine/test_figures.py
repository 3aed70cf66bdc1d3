"""A projection as plain data and as text."""

from __future__ import annotations

import json

import numpy as np
import pytest

from costmodel.engine.montecarlo import monte_carlo_error
from costmodel.engine.provenance import reproducing_command
from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError
from costmodel.questions.sensitivity import sensitivity, variance_share
from tests.engine.sample import CLIFF, book, chat


@pytest.fixture(scope="module")
def projection():
    return simulate(chat(), prices=book(), draws=2048)


def test_the_plain_figures_are_json_and_equal_the_projections(projection):
    figures = json.loads(json.dumps(projection.to_dict()))
    assert figures["months"][11]["P90"] == projection.month(12).p90
    assert figures["dearest_month"]["P50"] == projection.p50
    assert figures["total"]["mean"] == pytest.approx(projection.total.mean)
    assert figures["chance_over_budget"] == projection.chance_over(5000)
    for spent in figures["mean_spend_by"].values():
        assert sum(spent.values()) == pytest.approx(projection.total.mean)
    assert figures["provenance"]["draws"] == 2048


def test_the_frame_sums_to_the_mean_total(projection):
    frame = projection.to_frame()
    assert frame["usd"].sum() == pytest.approx(projection.total.mean)
    assert set(frame["meter"]) == {"input", "cached input", "cache write", "output"}


def test_a_projection_shows_itself_in_one_line_and_in_a_table(projection):
    assert repr(projection).startswith("<Projection of 'chat', 2026-12 to 2027-11")
    table = projection._repr_html_()
    assert f"{projection.month(12).p90:,.0f}" in table
    hostile = simulate(chat({"name": "<script>alert(1)</script>"}), prices=book(), draws=64)
    assert "<script>" not in hostile._repr_html_()


def test_the_explanation_multiplies_out():
    plain = simulate(chat(), prices=book(), draws=64)
    text = plain.explain("answer")
    assert "plain input tokens x $2.00 / 1M" in text
    assert "output tokens x $12.00 / 1M" in text
    assert "billed calls a turn" in text
    assert "more for calls above" not in text
    assert (
        "more for calls above a long-context threshold"
        in simulate(chat(), prices=book(CLIFF), draws=64).explain()
    )


def test_explaining_a_feature_that_is_not_there_names_the_nearest(projection):
    with pytest.raises(InputError, match=r"feature 'answr'.*did you mean 'answer'"):
        projection.explain("answr")


def test_explaining_a_feature_like_no_other_says_how_to_see_them_all(projection):
    with pytest.raises(InputError, match="expected one of answer; fix: leave it out to see every"):
        projection.explain("§§§")


def test_the_reproducing_command_has_the_overrides_unless_an_option_says_them():
    scenario = chat().with_overrides({"budget": "$5k per month", "months": 3})
    end = "--snapshot 2026-11-23 --seed 0 --draws 64"
    plain = reproducing_command(scenario, "2026-11-23", 0, 64)
    assert plain == f"costmodel run chat --set 'budget=$5k per month' --set months=3 {end}"
    options = {"--budget": "5000", "--quantile": "p95"}
    gated = reproducing_command(scenario, "2026-11-23", 0, 64, options=options)
    assert gated == f"costmodel run chat --set months=3 --budget 5000 --quantile p95 {end}"


def test_a_month_outside_the_horizon_is_an_index_error(projection):
    with pytest.raises(IndexError, match="month 13 is not in the projection: 1 to 12"):
        projection.month(13)


def test_flows_hold_attempts_at_least_as_many_as_calls_and_turns(projection):
    for flow in projection.flows().values():
        assert flow["attempts"] >= flow["calls"] >= flow["turns"] > 0


def test_the_monte_carlo_error_is_the_scatter_of_ten_runs(projection):
    error = monte_carlo_error(projection)
    assert error.runs == 10
    assert 0 < error.dearest_month[0.5] < 0.02
    assert error.largest == max(*error.dearest_month.values(), *error.total.values())
    larger = monte_carlo_error(simulate(chat(), prices=book(), draws=8192))
    assert larger.total[0.5] < error.total[0.5] * 1.5


def test_variance_shares_find_what_the_spread_comes_from():
    """y = 3 a + b with independent normals: shares .9 and .1, and 0 for a bystander."""
    rng = np.random.default_rng(0)
    a, b, bystander = rng.standard_normal((3, 20_000))
    y = 3 * a + b
    assert variance_share(a, y) == pytest.approx(0.9, abs=0.02)
    assert variance_share(b, y) == pytest.approx(0.1, abs=0.02)
    assert variance_share(bystander, y) == pytest.approx(0.0, abs=0.005)
    assert variance_share(a, np.ones(20_000)) == 0.0


def test_sensitivity_ranks_the_uncertain_beliefs_only(projection):
    influences = sensitivity(projection)
    shares = [one.share for one in influences]
    assert shares == sorted(shares, reverse=True)
    assert {one.path for one in influences} == set(projection.beliefs)
    assert influences[0].share > 0.05
    assert "features.answer.prompt.system.tokens" not in projection.beliefs


def test_with_beliefs_off_nothing_is_influential():
    calm = simulate(chat(), prices=book(), draws=64, uncertainty={"drift"})
    assert sensitivity(calm) == ()
