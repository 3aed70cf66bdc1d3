"""Growing conversations: closed formulas against adding up turn by turn, and overflow."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.counts import count_pmf
from costmodel.foundation.errors import InputError
from costmodel.prices import PriceBook, RateCard, load_prices
from costmodel.tokens import Size, overflow, resent, summarised, windowed
from costmodel.tokens.overflowing import overflow_share, users_share
from costmodel.tokens.windows import (
    overflow_turn,
    prompt_window,
    summarised_overflow_turn,
    windowed_overflow_turn,
)

CASES = 10_000


def prompts_resent(s, u, a, n):
    """The prompt of each turn, by keeping the list of what was said."""
    said, prompts = [], []
    for _ in range(n):
        prompts.append(s + sum(said) + u)
        said += [u, a]
    return prompts


def prompts_windowed(s, u, a, n, w):
    turns, prompts = [], []
    for _ in range(n):
        prompts.append(s + sum(turns[-w:] if w else []) + u)
        turns.append(u + a)
    return prompts


def prompts_summarised(s, u, a, n, k, b, instruction):
    """The prompts of answering and of summarising calls."""
    said, summary, prompts, read = [], 0, [], []
    for _ in range(n):
        prompts.append(s + summary + sum(said) + u)
        said.append(u + a)
        if len(said) == k:
            read.append(instruction + summary + sum(said))
            said, summary = [], b
    return prompts, read


def cases(count=CASES, largest=60):
    draws = np.random.default_rng(4)
    columns = [draws.integers(0, 3000, count) for _ in range(5)]
    columns += [draws.integers(0, largest, count), draws.integers(0, 12, count)]
    return [column.astype(int) for column in columns]


def test_the_golden_conversation_sends_88_000_tokens():
    # 20 x 500 + 100 x 20 x 21 / 2 + 300 x 20 x 19 / 2; without history 20 x 600 = 12,000
    assert resent(500, 100, 300, 20).input_tokens == 88_000
    assert windowed(500, 100, 300, 20, 0).input_tokens == 12_000
    assert resent(500, 100, 300, 20).output_tokens == 6_000


def test_resending_equals_adding_up_in_ten_thousand_cases():
    s, u, a, _, _, n, _ = cases()
    expected = [sum(prompts_resent(*case)) for case in zip(s, u, a, n, strict=True)]
    growth = resent(s, u, a, n)
    np.testing.assert_array_equal(growth.input_tokens, expected)
    np.testing.assert_array_equal(growth.output_tokens, n * a)
    assert not growth.summary_input_tokens.any()


def test_a_window_equals_adding_up_in_ten_thousand_cases():
    s, u, a, _, _, n, w = cases()
    expected = [sum(prompts_windowed(*case)) for case in zip(s, u, a, n, w, strict=True)]
    np.testing.assert_array_equal(windowed(s, u, a, n, w).input_tokens, expected)


def test_a_rolling_summary_equals_adding_up_in_ten_thousand_cases():
    s, u, a, b, i, n, k = cases()
    k = k + 1
    told = [prompts_summarised(*case) for case in zip(s, u, a, n, k, b, i, strict=True)]
    growth = summarised(s, u, a, n, every=k, summary=b, instruction=i)
    np.testing.assert_array_equal(growth.input_tokens, [sum(prompts) for prompts, _ in told])
    np.testing.assert_array_equal(growth.summary_input_tokens, [sum(read) for _, read in told])
    written = [len(read) * size for (_, read), size in zip(told, b, strict=True)]
    np.testing.assert_array_equal(growth.summary_output_tokens, written)
    np.testing.assert_array_equal(
        growth.total_input_tokens, growth.input_tokens + growth.summary_input_tokens
    )
    np.testing.assert_array_equal(growth.total_output_tokens, n * a + np.array(written))


def test_a_window_as_long_as_the_conversation_resends_all():
    s, u, a, _, _, n, _ = cases(500)
    whole = windowed(s, u, a, n, n).input_tokens
    np.testing.assert_array_equal(whole, resent(s, u, a, n).input_tokens)


def test_arrays_broadcast():
    turns = np.arange(1, 4)
    assert resent(10, 1, 2, turns).input_tokens.tolist() == [11, 25, 42]
    assert windowed(10, 1, 2, turns[:, None], [0, 1]).input_tokens.shape == (3, 2)


# --- overflow


def first_over(prompts, limit):
    return next((n for n, tokens in enumerate(prompts, 1) if tokens > limit), math.inf)


def test_the_turn_of_overflow_is_the_first_prompt_over_the_limit():
    s, u, a, b, limit, _, k = cases(2000)
    limit, k, n = limit * 10, k + 1, 200
    u[:50] = a[:50] = 0  # nothing grows
    u[50:1500] //= 10
    for turn, expected in (
        (overflow_turn(s, u, a, limit), [prompts_resent(*c, n) for c in zip(s, u, a, strict=True)]),
        (
            windowed_overflow_turn(s, u, a, limit, k),
            [prompts_windowed(*c[:3], n, c[3]) for c in zip(s, u, a, k, strict=True)],
        ),
        (
            summarised_overflow_turn(s, u, a, limit, every=k, summary=b),
            [prompts_summarised(*c[:3], n, *c[3:], 0)[0] for c in zip(s, u, a, k, b, strict=True)],
        ),
    ):
        found = [first_over(*case) for case in zip(expected, limit, strict=True)]
        shown = np.where(turn > n, np.inf, turn)
        np.testing.assert_array_equal(shown, found)
        assert len(set(found)) > 10


def test_the_smaller_of_input_limit_and_context_less_the_answer_binds():
    # gpt-5 in the table of 2026-11-23: context 400,000, longest input 272,000
    assert prompt_window("openai/gpt-5").tokens == 272_000
    assert prompt_window("openai/gpt-5").limit == "max_input"
    tight = prompt_window("openai/gpt-5", output_reserved=200_000)
    assert (tight.tokens, tight.limit) == (200_000, "context")


def draws_of_conversations(s, user, answer, turns, cv, limit, count):
    """Share of drawn conversations over the limit: correlated lognormal messages, drawn one by one.

    Messages share a factor of their conversation, so that two of them have the correlation.
    """
    draws = np.random.default_rng(7)
    pmf = count_pmf(turns, cv)
    lengths = draws.choice(len(pmf), count, p=pmf) + 1
    over = 0
    for length in lengths:
        total = s
        for size, messages in ((user, length), (answer, length - 1)):
            s2 = math.log1p(size.cv**2)
            shared = math.log1p(size.correlation * size.cv**2)
            z = math.sqrt(shared) * draws.standard_normal()
            z = z + math.sqrt(s2 - shared) * draws.standard_normal(messages)
            total += (size.mean * np.exp(z - s2 / 2)).sum()
        over += total > limit
    return over / count


@pytest.mark.parametrize("limit", [3_000, 8_000, 15_000])
def test_the_share_of_overflowing_conversations_equals_drawing_them(limit):
    user, answer = Size(120, 1.0, 0.3), Size(400, 0.8, 0.5)
    closed = overflow_share(500, user, answer, limit, 6, 1.1)
    drawn = draws_of_conversations(500, user, answer, 6, 1.1, limit, 20_000)
    assert closed == pytest.approx(drawn, abs=0.012)  # 3 standard errors of the draws, at p = .4
    assert 0.01 < closed < 0.99


def test_with_equal_messages_the_share_is_the_tail_of_the_turns():
    # 500 + 100 k + 300 (k - 1) > 2,000 from k = 5 on: 500 + 500 + 1,200 = 2,200
    tail = count_pmf(3.7, 1.1)[4:].sum()
    assert overflow_share(500, Size(100), Size(300), 2_000, 3.7, 1.1) == pytest.approx(tail)


def test_a_system_prompt_over_the_limit_overflows_always():
    assert overflow_share(500, Size(1, 1), Size(1, 1), 499, 3, 1) == pytest.approx(1)
    assert overflow_share(500, Size(0), Size(0), 500, 3, 1) == 0


def test_users_with_several_conversations_overflow_more_often():
    assert users_share(0.1, 5) == pytest.approx(1 - math.exp(-0.5))
    rng = np.random.default_rng(1)
    sigma = math.sqrt(math.log(2))
    intensity = 5 * np.exp(sigma * rng.standard_normal(200_000) - sigma**2 / 2)
    drawn = (rng.random(200_000) > np.exp(-0.1 * intensity)).mean()
    assert users_share(0.1, 5, cv=1.0) == pytest.approx(drawn, abs=0.004)


def test_overflow_of_a_model_says_the_limit_the_turn_and_both_shares():
    found = overflow(
        "openai/gpt-4o",
        system=2_000,
        user=Size(300, 1.0),
        answer=700,
        turns=20,
        turns_cv=1.5,
        output_reserved=16_384,
        conversations=4,
    )
    assert (found.window.tokens, found.window.limit) == (128_000 - 16_384, "context")
    # 2,000 + 300 n + 700 (n - 1) > 111,616 from n = 111 on: 1,300 + 1,000 n > 111,616
    assert found.turn == 111
    assert found.conversations == pytest.approx(count_pmf(20, 1.5)[110:].sum(), rel=0.1)
    assert found.users == pytest.approx(users_share(found.conversations, 4))
    assert overflow("gpt-4o", system=1, user=1, answer=1, turns=1, turns_cv=0).users is None


def test_a_longer_window_overflows_no_more_often():
    shares = [
        overflow_share(500, Size(120, 1, 0.3), Size(400, 1, 0.5), limit, 6, 1.1)
        for limit in (1_000, 2_000, 5_000, 10_000, 50_000)
    ]
    assert shares == sorted(shares, reverse=True)


@given(st.floats(0, 1), st.floats(0, 50), st.floats(0, 3))
def test_a_share_of_users_is_a_share(share, conversations, cv):
    assert -1e-12 <= users_share(share, conversations, cv) <= 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: resent(-1, 1, 1, 1), r"^system: read -1; expected a number of tokens from 0 up$"),
        (lambda: resent(1, np.nan, 1, 1), r"^user: read nan; expected a number of tokens"),
        (lambda: resent(1, 1, 1, 2.5), r"^turns: read 2.5; expected a whole number from 0 up$"),
        (lambda: windowed(1, 1, 1, 1, -2), r"^window: read -2; expected a whole number from 0"),
        (
            lambda: summarised(1, 1, 1, 1, every=0, summary=1),
            r"^every: read 0; expected a whole number from 1 up$",
        ),
        (
            lambda: overflow("gpt-5", system=1, user=Size(-1), answer=1, turns=0.5, turns_cv=1),
            r"^user.mean: read -1; expected a number from 0 up, finite\n"
            r"turns: read 0.5; expected a number from 1 up, finite$",
        ),
        (
            lambda: overflow("gpt-5", system=1, user=Size(1, 1, 2), answer=1, turns=1, turns_cv=1),
            r"^user.correlation: read 2; expected a number from 0 to 1$",
        ),
        (
            lambda: prompt_window("openai/gpt-4o", 128_000),
            r"^output_reserved: read 128,000 tokens reserved of a context of 128,000; expected "
            r"less than the context$",
        ),
        (
            lambda: prompt_window("a/b", 0, PriceBook.from_cards({"a/b": RateCard(1, 1)})),
            r"^model: read a/b, whose limits are not in the price table; expected a model with",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_the_price_book_given_is_the_one_used():
    book = load_prices()
    assert prompt_window("gpt-5", prices=book) == prompt_window("gpt-5")
