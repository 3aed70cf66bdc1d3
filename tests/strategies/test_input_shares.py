"""The short formulas of a month give what the reference does, wherever they are used."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.strategies.cache_rules import CacheRule
from costmodel.strategies.cached_turns import Traffic, cache_use
from costmodel.strategies.input_shares import input_shares
from costmodel.strategies.prompt_length import Prompt
from costmodel.strategies.prompt_order import Part, PromptOrder
from costmodel.strategies.turn_gaps import Gaps
from costmodel.strategies.turn_reach import Turns

ORDERS = [
    PromptOrder((Part("system", "fixed"), Part("history", "history"), Part("user", "joins"))),
    PromptOrder((Part("system", "fixed"), Part("history", "history"),
                 Part("retrieved", "changes"), Part("user", "joins"))),
    PromptOrder((Part("system", "fixed"), Part("user", "joins"))),
]  # fmt: skip
RULES = [
    CacheRule(300.0, least_tokens=1024, step_tokens=128),
    CacheRule(1800.0, entries="end", writes_billed=True),
    CacheRule(3600.0, entries=("system",), writes_billed=True),
]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ORDERS), st.sampled_from(RULES), st.integers(0, 1000),
    st.sampled_from([None, 15.0, 0.5]), st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from([300.0, 2000.0]),
)  # fmt: skip
def test_short_formulas_equal_the_reference(
    order, rule, seed, overflow, kept_answers, limited, steady_turns, system
):
    rng = np.random.default_rng(seed)
    months, draws = 3, 17

    def between(low, high, shape=(months, draws)):
        return rng.uniform(low, high, shape)

    mean = np.array([3.0]) if steady_turns else between(1, 5, draws)
    shares = {"later_share": between(0.2, 1), "resent_share": between(0.1, 1)} if limited else {}
    traffic = Traffic(
        conversations=10 ** between(-5, 0),
        turns=Turns(mean, 0.9, **shares),
        gaps=Gaps.of(137.0, 816.0),
        skipped_first=between(0, 0.6) if kept_answers else np.zeros((1, 1)),
        overflow_per_minute=overflow,
    )
    sizes = [np.array([0.0]) if part.kind == "history" else between(50, 150)
             for part in order.parts]  # fmt: skip
    sizes[0] = system + between(0, 10, draws)
    prompt = Prompt(order, sizes, answer=between(100, 300))
    again, hit = between(0, 0.1, draws), np.array([0.3])
    read, written = input_shares(prompt, traffic, rule, hit, again)
    use = cache_use(prompt, traffic, rule, hit)
    expected = ((1 - again) * use.read + again * use.repeated) / use.input
    # How far back it matters to look is decided for the spilt futures alone: 1e-3 of the tokens.
    close = 1e-9 if overflow is None else 2e-3
    np.testing.assert_allclose(
        np.broadcast_to(read, (months, draws)), np.broadcast_to(expected, (months, draws)),
        atol=close,
    )  # fmt: skip
    np.testing.assert_allclose(
        np.broadcast_to(written, (months, draws)),
        np.broadcast_to((1 - again) * use.written / use.input, (months, draws)), atol=close,
    )  # fmt: skip


def test_where_no_calls_spill_they_are_the_same_to_rounding():
    traffic = Traffic(np.full((2, 3), 1e-3), Turns(np.array([3.7]), 1.1), Gaps.of(137.0, 816.0))
    prompt = Prompt(ORDERS[0], [np.array([1500.0]), np.zeros(1), np.full((2, 3), 90.0)],
                    answer=np.full((2, 3), 250.0))  # fmt: skip
    rule = CacheRule(1800.0, entries=("system", "history"), writes_billed=True)
    read, written = input_shares(prompt, traffic, rule)
    use = cache_use(prompt, traffic, rule)
    assert read[0, 0] == pytest.approx(use.read[0, 0] / use.input[0, 0], rel=1e-12)
    assert written[1, 2] == pytest.approx(use.written[1, 2] / use.input[1, 2], rel=1e-12)
