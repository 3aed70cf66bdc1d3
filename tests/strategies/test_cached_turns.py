"""Prompt caches of conversations: by hand, published figures, and what must always hold."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.reading import read_yaml
from costmodel.strategies.cache_rules import CacheRule
from costmodel.strategies.cached_turns import Traffic, cache_use
from costmodel.strategies.least_prefix import Widths
from costmodel.strategies.prompt_cache import InputPrices, prefix_hit
from costmodel.strategies.prompt_length import Prompt
from costmodel.strategies.prompt_order import Part, PromptOrder
from costmodel.strategies.turn_gaps import Gaps
from costmodel.strategies.turn_reach import Turns

CASES = {
    case["id"]: case
    for case in read_yaml(
        Path(__file__).parents[1] / "data" / "cases" / "published_cases.yaml"
    ).data["cases"]
}

SYSTEM, HISTORY, USER = Part("system", "fixed"), Part("history", "history"), Part("user", "joins")
PASSAGES, KEPT = Part("retrieved", "changes"), Part("retrieved", "joins")
FILE = Part("file", "conversation")
CHAT = PromptOrder((SYSTEM, HISTORY, USER))
ALWAYS = 1e9
"""Conversations a second at which the fixed parts are always found."""


def chat(system=1500.0, user=90.0, answer=250.0):
    return Prompt(CHAT, (system, 0.0, user), answer)


def traffic(conversations=0.01, mean=3.7, cv=1.1, gap=137.0, sigma=1.1, **more):
    return Traffic(conversations, Turns(np.array(mean), cv), Gaps(gap, sigma), **more)


def test_a_conversation_that_is_always_kept_reads_all_but_the_new_messages():
    # K = 10, S = 4000, u = 100, a = 300. Sent: 10 x 4100 + 400 x 45 = 59,000. Call t reads what
    # call t - 1 sent, so all nine later calls read 9 x 4100 + 400 x 36 = 51,300, with the first
    # call's 4,100 tokens and 400 more each time written: 4,100 + 9 x 400 = 7,700.
    use = cache_use(
        chat(4000.0, 100.0, 300.0),
        traffic(0.0, 10.0, 0.0, gap=1.0, sigma=0.1),
        CacheRule(300.0, writes_billed=True),
    )
    assert use.input == pytest.approx(5_900)
    assert use.read == pytest.approx(5_130)
    assert use.written == pytest.approx(770)
    assert use.plain == pytest.approx(0, abs=1e-9)
    assert use.written_fixed == pytest.approx(400)  # once per conversation, over ten calls


@pytest.mark.parametrize(
    ("kept", "five_minutes", "one_hour"),
    [(1, 59.8, 52.0), (0.9, 51.8, 38.8), (0.7, 35.9, 12.5), (0.5, 19.9, -13.9), (0, -19.9, -79.7)],
)
def test_the_saving_falls_with_the_share_of_turns_that_come_in_time(kept, five_minutes, one_hour):
    """K = 10, S = 4000, u = 100, a = 300, an output token at five input tokens; a turn that comes
    too late writes its whole prompt again (reference figures, worked out turn by turn)."""
    median, sigma = 137.0, 1.1
    score = {1: 9.0, 0.9: 1.281552, 0.7: 0.524401, 0.5: 0.0, 0: -9.0}[kept]
    lifetime = median * math.exp(sigma * score)
    use = cache_use(
        chat(4000.0, 100.0, 300.0),
        traffic(0.0, 10.0, 0.0, median, sigma),
        CacheRule(lifetime, writes_billed=True),
    )
    for written, saving in ((1.25, five_minutes), (2.0, one_hour)):
        prices = InputPrices(1.0, 0.1, written)
        output = 5 * 300 / 1e6
        without = use.input / 1e6 + output
        assert 100 * use.saving_usd(prices) / without == pytest.approx(saving, abs=0.1)


def test_the_published_saving_of_ten_turns_comes_out():
    case = CASES["anthropic_prompt_caching_multi_turn"]
    i = {**case["inputs"], **case["assumed"]}
    use = cache_use(
        chat(i["system"], i["user"], i["out_tok"]),
        traffic(0.0, i["turns"], 0.0, gap=1.0, sigma=0.1),
        CacheRule(300.0, writes_billed=True),
    )
    price = i["p_in"]
    prices = InputPrices(price, price * i["read_mult"], price * i["write_mult"])
    output = i["out_tok"] * i["p_out"] / 1e6
    saving = use.saving_usd(prices) / (use.input * price / 1e6 + output)
    assert saving == pytest.approx(case["checks"][0]["expected"], abs=case["checks"][0]["tol"])


def test_reads_of_a_chat_follow_the_identity_of_shares():
    """share(T) = s + (h_inf - s) F(T), where the fixed parts are always found."""
    prompt, busy = chat(), traffic(ALWAYS)
    first = cache_use(prompt, busy, CacheRule(1e-6))
    ever = cache_use(prompt, busy, CacheRule(1e9))
    s, h_inf = first.read / first.input, ever.read / ever.input
    assert s == pytest.approx(1500 / float(first.input.squeeze()))
    for lifetime in (30.0, 137.0, 300.0, 3600.0):
        use = cache_use(prompt, busy, CacheRule(lifetime))
        within = 0.5 * math.erfc(-math.log(lifetime / 137) / 1.1 / math.sqrt(2))
        assert use.read / use.input == pytest.approx(s + (h_inf - s) * within, abs=1e-5)


def test_single_turns_are_a_prefix_that_every_call_shares():
    order = PromptOrder((SYSTEM, USER))
    for rate in (1 / 2000, 1 / 300, 1 / 20):
        use = cache_use(
            Prompt(order, (3000.0, 200.0)),
            traffic(rate, 1.0, 0.0, skipped_first=0.25),
            CacheRule(300.0, ("system",), writes_billed=True),
        )
        hit = float(prefix_hit(0.75 * rate, 300.0))
        assert use.read == pytest.approx(3000 * hit, rel=1e-3)
        assert use.written == pytest.approx(3000 * (1 - hit), abs=0.3)
        assert use.plain == pytest.approx(200)
        assert use.calls == pytest.approx(0.75)


def test_a_response_cache_sends_the_second_call_back_to_the_fixed_parts():
    # Two turns, gaps of a second, the fixed parts always found. Without: call 2 reads S + u. With
    # half of the first turns answered: 1.5 calls a conversation; the second reads S + u half the
    # time and S otherwise. 0.5 S + .5 (S + u) + .5 S = 1.5 S + .5 u.
    use = cache_use(
        chat(2000.0, 100.0, 300.0),
        traffic(ALWAYS, 2.0, 0.0, 1.0, 0.1, skipped_first=0.5),
        CacheRule(300.0),
    )
    assert use.read == pytest.approx((1.5 * 2000 + 0.5 * 100) / 1.5)
    # Sent: .5 x 2100 + 2500, as the answered turn still stands in the history.
    assert use.input == pytest.approx((0.5 * 2100 + 2500) / 1.5)
    assert use.calls == pytest.approx(0.75)


def test_answers_from_a_response_cache_lengthen_gaps():
    def share(skipped):
        use = cache_use(chat(), traffic(ALWAYS, 6.0, 1.0, skipped_later=skipped), CacheRule(300.0))
        return float((use.read / use.input).squeeze())

    shares = [share(skipped) for skipped in (0.0, 0.2, 0.5, 0.8)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] > 0.1


def test_an_automatic_breakpoint_finds_nothing_once_passages_are_dropped():
    order = PromptOrder((SYSTEM, HISTORY, PASSAGES, USER))
    prompt = Prompt(order, (1500.0, 0.0, 2000.0, 90.0), 250.0)
    rule = CacheRule(1800.0, "end", least_tokens=1024, writes_billed=True)
    use = cache_use(prompt, traffic(ALWAYS), rule)
    assert use.read == pytest.approx(0)
    assert use.written == pytest.approx(float(use.input.squeeze()))
    believed = cache_use(prompt, traffic(ALWAYS), rule, fixed_hit=0.4)
    assert believed.read == pytest.approx(0.4 * 1500, rel=1e-3)
    named = cache_use(prompt, traffic(ALWAYS), replace(rule, entries=("system", "history")))
    assert named.read > 1500
    assert named.plain == pytest.approx(2090)


def test_what_a_prompt_keeps_is_decided_by_its_order():
    def lasting(*parts, as_sent=True):
        return PromptOrder(parts, as_sent).lasting

    assert lasting(SYSTEM, HISTORY, USER) == 3
    assert lasting(SYSTEM, HISTORY, PASSAGES, USER) == 2
    assert lasting(SYSTEM, HISTORY, USER, PASSAGES) == 3
    assert lasting(SYSTEM, HISTORY, KEPT, USER) == 4
    assert lasting(SYSTEM, PASSAGES, HISTORY, USER) == 1
    assert lasting(SYSTEM, USER, HISTORY) == 1
    assert lasting(HISTORY, SYSTEM, USER) == 1
    assert lasting(FILE, SYSTEM, HISTORY, USER) == 4
    assert lasting(SYSTEM, HISTORY, USER, as_sent=False) == 1
    assert PromptOrder((FILE, SYSTEM, HISTORY, USER)).shared == 0
    assert PromptOrder((SYSTEM, Part("tools", "fixed"), HISTORY, USER)).shared == 2


def test_a_date_at_the_top_of_the_system_prompt_costs_the_whole_cache():
    date = Part("date", "changes")
    dated = PromptOrder((date, SYSTEM, HISTORY, USER))
    use = cache_use(Prompt(dated, (10.0, 1500.0, 0.0, 90.0), 250.0), traffic(1.0), CacheRule(300.0))
    assert use.read == 0


def test_no_rule_is_no_cache():
    use = cache_use(chat(), traffic(), None)
    assert use.read == 0
    assert use.written == 0
    assert use.plain == use.input


def test_more_servers_and_keys_share_the_stream():
    def read(**more):
        return float(cache_use(chat(), traffic(1.0, **more), CacheRule(300.0)).read.squeeze())

    assert read(overflow_per_minute=15.0) < read(overflow_per_minute=60.0) < read()
    # a key for each conversation keeps its calls together; only the fixed parts are found less
    assert read(overflow_per_minute=15.0) < read(overflow_per_minute=15.0, keys=15.0)
    assert read(keys=1000.0) < read()


def test_the_write_premium_of_an_hour_can_lose_what_five_minutes_save():
    """Where nearly every turn comes within five minutes, at 2 x each new message costs more."""
    slow = traffic(0.0, 3.0, 1.0, gap=60.0, sigma=0.8)
    five = cache_use(chat(800.0), slow, CacheRule(300.0, writes_billed=True))
    hour = cache_use(chat(800.0), slow, CacheRule(3600.0, writes_billed=True))
    assert hour.read > five.read
    saved_five = five.saving_usd(InputPrices(1.0, 0.1, 1.25))
    saved_hour = hour.saving_usd(InputPrices(1.0, 0.1, 2.0))
    assert saved_five > saved_hour
    assert cache_use(
        chat(800.0), traffic(0.0, 1.0, 0.0), CacheRule(300.0, writes_billed=True)
    ).saving_usd(InputPrices(1.0, 0.1, 1.25)) < 0  # fmt: skip


def test_prices_that_are_alike_cost_what_no_cache_costs():
    use = cache_use(chat(), traffic(), CacheRule(300.0, writes_billed=True))
    assert use.saving_usd(InputPrices(3.0, 3.0, 3.0)) == pytest.approx(0, abs=1e-15)


def test_fixed_parts_may_be_written_at_their_own_rate():
    use = cache_use(
        chat(), traffic(1e-4), CacheRule(300.0, fixed_lifetime=3600.0, writes_billed=True)
    )
    same = use.input_usd(InputPrices(1.0, 0.1, 1.25))
    dearer = use.input_usd(InputPrices(1.0, 0.1, 1.25), fixed_written=2.0)
    assert dearer - same == pytest.approx(float(use.written_fixed.squeeze()) * 0.75 / 1e6)
    assert 0 < use.written_fixed < use.written


def test_futures_and_months_are_worked_out_together():
    rng = np.random.default_rng(3)
    means = rng.uniform(1, 8, 50)
    together = cache_use(
        Prompt(CHAT, (rng.uniform(500, 2000, 50), 0.0, rng.uniform(50, 150, (3, 50))), 200.0),
        Traffic(
            rng.uniform(1e-4, 1e-2, (3, 50)),
            Turns(means, 1.1),
            Gaps(rng.uniform(60, 300, 50), 1.0),
            skipped_first=rng.uniform(0, 0.5, (3, 50)),
            skipped_later=0.1,
        ),
        CacheRule(300.0, least_tokens=1024, step_tokens=128, writes_billed=True),
    )
    rng = np.random.default_rng(3)
    means, fixed = rng.uniform(1, 8, 50), rng.uniform(500, 2000, 50)
    user, rate = rng.uniform(50, 150, (3, 50)), rng.uniform(1e-4, 1e-2, (3, 50))
    gap, skipped = rng.uniform(60, 300, 50), rng.uniform(0, 0.5, (3, 50))
    for month, draw in ((0, 0), (2, 17), (1, 49)):
        alone = cache_use(
            Prompt(CHAT, (fixed[draw], 0.0, user[month, draw]), 200.0),
            Traffic(
                rate[month, draw],
                Turns(np.array(means[draw]), 1.1),
                Gaps(gap[draw], 1.0),
                skipped[month, draw],
                0.1,
            ),
            CacheRule(300.0, least_tokens=1024, step_tokens=128, writes_billed=True),
        )
        sent = float(alone.input.squeeze())
        assert together.input[month, draw] == pytest.approx(sent, rel=1e-3)
        share = float(alone.read.squeeze()) / sent
        assert together.read[month, draw] / sent == pytest.approx(share, abs=0.02)


# -- what must always hold ------------------------------------------------------------------------

worlds = st.fixed_dictionaries(
    {
        "rate": st.floats(1e-6, 10),
        "turns": st.floats(1, 12),
        "turns_cv": st.floats(0, 1.5),
        "gap": st.floats(1, 3000),
        "gap_sigma": st.floats(0, 2),
        "at_once": st.floats(0, 1),
        "skipped_first": st.floats(0, 0.9),
        "skipped_later": st.floats(0, 0.9),
        "system": st.floats(0, 5000),
        "user": st.floats(1, 2000),
        "answer": st.floats(0, 2000),
        "entries": st.sampled_from(["anywhere", "end", ("system",), ("system", "history")]),
        "passages": st.booleans(),
        "least": st.sampled_from([0, 1024, 4096]),
        "cv": st.floats(0, 1.5),
    }
)


def of(w, lifetime, rate=1.0):
    parts = (SYSTEM, HISTORY, PASSAGES, USER) if w["passages"] else (SYSTEM, HISTORY, USER)
    sizes = (w["system"], 0.0, *((1000.0,) if w["passages"] else ()), w["user"])
    return cache_use(
        Prompt(PromptOrder(parts), sizes, w["answer"], Widths(w["cv"], w["cv"], 0.3)),
        Traffic(
            w["rate"] * rate,
            Turns(np.array(w["turns"]), w["turns_cv"]),
            Gaps(w["gap"], w["gap_sigma"], w["at_once"]),
            w["skipped_first"],
            w["skipped_later"],
        ),
        CacheRule(lifetime, w["entries"], least_tokens=w["least"], writes_billed=True),
    )


@settings(max_examples=60, deadline=None)
@given(worlds, st.floats(1, 1e5), st.floats(1, 5), st.floats(1, 5))
def test_what_must_hold_of_every_conversation(w, lifetime, longer, more):
    use = of(w, lifetime)
    sent = float(use.input.squeeze())
    for tokens in (use.read, use.written, use.plain, use.written_fixed):
        assert -1e-6 * sent <= tokens <= sent * (1 + 1e-9)
    assert use.written_fixed <= use.written + 1e-9
    assert 0 <= use.fixed_found <= 1 + 1e-9
    assert use.read <= of(w, lifetime * longer).read + 2e-4 * sent
    assert use.read <= of(w, lifetime, more).read + 2e-4 * sent


@settings(max_examples=40, deadline=None)
@given(worlds)
def test_the_shortest_and_longest_lifetimes_are_limits(w):
    # Only what follows at once can be found by a cache that keeps nothing.
    assert of({**w, "at_once": 0.0, "gap": 100.0}, 1e-9).read <= 1e-3
    ever, whole = of(w, 1e12), {**w, "skipped_first": 0.0, "skipped_later": 0.0}
    if w["entries"] == "anywhere" and w["least"] == 0:
        assert ever.fixed_found == pytest.approx(1)
        assert ever.read >= w["system"] * (1 - 1e-6)
    if w["entries"] == "anywhere" and w["least"] == 0 and not w["passages"]:
        # All but each turn's new tokens are read; the first turn finds the fixed parts.
        use, pairs = of(whole, 1e12), Turns(np.array(w["turns"]), w["turns_cv"]).pairs
        later = w["turns"] - 1
        resent = (w["user"] + w["answer"]) * np.maximum(pairs - later, 0) + w["user"] * later
        expected = w["system"] + resent / w["turns"]
        assert use.read == pytest.approx(float(expected), rel=1e-3, abs=1e-3)


def test_a_prompt_that_is_never_sent_costs_nothing():
    use = cache_use(
        chat(), traffic(skipped_first=1.0, skipped_later=1.0), CacheRule(300.0, writes_billed=True)
    )
    assert use.calls == 0
    assert use.read == use.written == 0
