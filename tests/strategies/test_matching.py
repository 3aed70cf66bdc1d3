"""Thresholds and wordings: what was published of matching by meaning, and against exact text."""

import numpy as np
import pytest

from costmodel.foundation.errors import InputError
from costmodel.strategies.similarity import (
    DAILY_USD_WITHOUT_CACHE,
    PUBLISHED,
    at_threshold,
)
from costmodel.strategies.wordings import matching

from .asking import Cache, hit_rates

HALF_A_SECOND_FOR_AN_HOUR = 1800.0


def test_the_published_figures_are_returned_where_they_were_tested():
    for row in PUBLISHED:
        assert at_threshold(row.threshold) == row
    # $49.50 a day without a cache, $23.80 at .95: 51.9 % saved; $6.80 at .75: 86.3 %
    for threshold, daily_usd in ((0.95, 23.80), (0.75, 6.80)):
        saved = 1 - daily_usd / DAILY_USD_WITHOUT_CACHE
        assert at_threshold(threshold).saving == pytest.approx(saved, abs=5e-4)


def test_between_two_thresholds_figures_are_in_proportion():
    # half way from .80 to .90: (87.6 + 74.5) / 2 hits, (91.8 + 92.3) / 2 of them right
    found = at_threshold(0.85)
    assert found.hit_rate == pytest.approx(0.8105)
    assert found.accuracy == pytest.approx(0.9205)
    assert found.saving == pytest.approx(0.7855)
    assert found.wrong == pytest.approx(0.8105 * 0.0795)
    assert "ElastiCache" in found.source


def test_the_saving_stays_below_the_hit_rate_by_what_the_cache_costs():
    for row in PUBLISHED:
        assert 0.02 <= row.hit_rate - row.saving <= 0.08


@pytest.mark.parametrize("threshold", [0.49, 0.995, -1.0, float("nan")])
def test_thresholds_that_nobody_tested_are_refused(threshold):
    with pytest.raises(InputError, match=r"expected a threshold from 0\.50 to 0\.99, the range"):
        at_threshold(threshold)


@pytest.mark.parametrize(("intents", "wordings", "exponents", "exact", "semantic"), [
    (2_000, 50, (1.0, 1.0), 0.351, 0.596),
    (2_000, 500, (1.0, 0.8), 0.149, 0.596),
    (20_000, 200, (0.9, 1.0), 0.116, 0.363),
])  # fmt: skip
def test_the_reference_figures_of_the_claim_come_out(intents, wordings, exponents, exact, semantic):
    found = matching(
        HALF_A_SECOND_FOR_AN_HOUR, intents=intents, wordings=wordings,
        intent_exponent=exponents[0], wording_exponent=exponents[1], recall=0.8,
    )  # fmt: skip
    assert found.exact == pytest.approx(exact, abs=1e-3)
    assert found.semantic == pytest.approx(semantic, abs=1e-3)


def claim(wordings):
    return matching(
        HALF_A_SECOND_FOR_AN_HOUR, intents=2_000, wordings=wordings, intent_exponent=1.0,
        wording_exponent=1.0, recall=0.8,
    )  # fmt: skip


def test_a_hash_saves_what_is_claimed_for_buttons_and_not_for_free_text():
    assert claim(1).exact > 0.60  # buttons: one wording, more than the claim
    assert claim(50).claim_holds
    assert not claim(500).claim_holds
    # with one wording, a hash finds what matching by meaning misses
    assert claim(1).exact > claim(1).semantic


def test_more_wordings_never_help_a_hash_and_never_hurt_meaning():
    rates = [claim(wordings) for wordings in (1, 2, 10, 100, 1000)]
    assert np.all(np.diff([rate.exact for rate in rates]) < 0)
    assert len({float(rate.semantic) for rate in rates}) == 1


def test_worded_questions_drawn_one_by_one_hit_as_often():
    """Wordings of a few intents, as tenants of the simulator: each pair an entry of its own."""
    rng = np.random.default_rng(9)
    weight = 1 / np.arange(1, 21)
    found, _ = hit_rates(
        rng, Cache(1.0), questions=300, exponent=1.0, a_month=[300_000 / 24] * 2,
        hours=[300 / 24] * 2, tenants=tuple(weight / weight.sum()),
    )  # fmt: skip
    modelled = matching(
        1000.0, intents=300, wordings=20, intent_exponent=1.0, wording_exponent=1.0, recall=1.0
    )
    assert modelled.exact == pytest.approx(found[1], abs=0.01)
