"""Strategies that contradict themselves, each other or the rest: one clear message each."""

from __future__ import annotations

import pytest

from costmodel.scenario.loading import read_scenario

from .strategy_texts import AT, HIT_RATE, PROMPT, QUESTIONS, QUOTA, SCENE, SEMANTIC, strategies
from .texts import wrong

ONE = [
    # --- names
    (
        "kind: quta, segment: free",
        "x.kind: read the kind 'quta'; expected kind: response_cache, prompt_cache, quota, budget;"
        " fix: did you mean 'quota'?",
    ),
    ("segment: free", "read no kind; expected kind: response_cache,"),
    ("kind: [quota], segment: free", "read the kind a list; expected kind: response_cache,"),
    (
        "kind: quota, segment: fre, limit: 3 turns per day",
        "x.segment: read the segment 'fre'; expected one of free, pro, idle;"
        " fix: did you mean 'free'?",
    ),
    (
        QUOTA + ", feature: anser",
        "x.feature: read the feature 'anser'; expected one of answer, draft;"
        " fix: did you mean 'answer'?",
    ),
    (
        "kind: prompt_cache, feature: summary, ttl: 5m",
        "read the feature 'summary'; expected one of answer, draft;"
        " fix: add it under features, or use answer, draft",
    ),
    (
        "kind: quota, segment: pro, feature: answer, limit: 3 turns per day",
        "x.feature: read the feature 'answer', which 'pro' does not use; expected a feature of the"
        " segment; fix: name draft, or add turns_per_user.pro to answer",
    ),
    (
        "kind: quota, segment: idle, feature: answer, limit: 3 turns per day",
        "which 'idle' does not use; expected a feature of the segment;"
        " fix: add turns_per_user.idle to answer",
    ),
    (
        "kind: quota, segment: idle, limit: 3 turns per day",
        "x.segment: read 'idle', which uses no feature; expected a segment with turns",
    ),
    (
        "kind: quota, segment: [free, free], limit: 3 turns per day",
        "x.segment: read 'free' twice; expected each once; fix: remove one",
    ),
    (
        "kind: quota, segment: [], limit: 3 turns per day",
        "x.segment: read a list; expected the name of a segment, or a list of names",
    ),
    # --- keys
    (
        QUOTA + ", thn: block",
        "read the key 'thn'; expected one of description, from, kind, segment",
    ),
    (
        QUOTA + ", ttl: 5m",
        "fix: remove it: it is a key of kind response_cache and prompt_cache",
    ),
    (QUOTA + ", from_month: 2026-12", "x.from_month: read the key 'from_month'"),
    (HIT_RATE + ", ttl_seconds: 9", "x.ttl_seconds: read the key 'ttl_seconds'"),
    (
        "kind: quota, segment: free",
        "read nothing; expected the key 'limit'; fix: add limit: 30 turn",
    ),
    ("kind: budget", "read nothing; expected the key 'limit'; fix: add limit: $6k per month"),
    ("kind: prompt_cache, feature: answer", "expected the key 'ttl'; fix: add ttl: 5m"),
    # --- response caches
    (
        HIT_RATE + ", questions: 2k",
        "x: read hit_rate and questions; expected one of them; fix: leave out hit_rate, or",
    ),
    (
        "kind: response_cache, feature: answer",
        "x: read neither hit_rate nor questions; expected one of them; fix: add hit_rate: 10% to",
    ),
    (
        "kind: response_cache, feature: answer, ttl: 1h, questions: 2k",
        "x: read questions, without unique; expected the key 'unique'; fix: add unique: 40% to 70%",
    ),
    (
        "kind: response_cache, feature: answer, questions: 2k, unique: 50%",
        "x: read questions, without ttl; expected the key 'ttl'; fix: add ttl: 24h",
    ),
    (
        HIT_RATE + ", unique: 30%",
        "x.unique: read unique beside a measured hit_rate, which has it in it; expected keys that"
        " go together; fix: leave out unique",
    ),
    (HIT_RATE + ", tenants: 3", "x.tenants: read tenants beside a measured hit_rate"),
    (HIT_RATE + ", capacity: 300", "x.capacity: read capacity beside a measured hit_rate"),
    (
        "kind: response_cache, feature: answer, match: semantic, hit_rate: 20%",
        "x: read match: semantic, without false_hits; expected the key 'false_hits';"
        " fix: add false_hits: 0.5% to 2%",
    ),
    (
        QUESTIONS + ", recall: 80%",
        "x.recall: read recall with match: exact, which finds the same words only; expected keys"
        " that go together; fix: leave out recall",
    ),
    (QUESTIONS + ", false_hits: 1%", "x.false_hits: read false_hits with match: exact"),
    (QUESTIONS + ", wrong_answer: $4", "x.wrong_answer: read wrong_answer with match: exact"),
    (
        HIT_RATE + ", cacheable: 0%",
        "x.cacheable: read 0%; expected a share above 0%; fix: state the share of turns that may",
    ),
    (HIT_RATE + ", ttl: 5m", "x.ttl: read '5m'; expected a lifetime, in s, min, h or d"),
    (HIT_RATE + ", ttl: 24", "x.ttl: read 24; expected a lifetime, with its unit (s, min, h, d)"),
    (HIT_RATE + ", ttl: 0s", "x.ttl: read '0s'; expected a lifetime; fix: write at least 1 s"),
    (QUESTIONS + ", capacity: 0", "x.capacity: read 0; expected a whole number, at least 1"),
    (
        QUESTIONS + ", tenants: 1.5",
        "x.tenants: read 1.5; expected a whole number; fix: tenants: 20",
    ),
    (HIT_RATE + ", match: fuzzy", "x.match: read 'fuzzy'; expected exact or semantic"),
    (HIT_RATE + ", multi_turn: sometimes", "expected true or false; fix: multi_turn: false"),
    (
        "kind: response_cache, feature: answer, hit_rate: 120%",
        "x.hit_rate: read '120%'; expected a share between 0% and 100%, at most 100%",
    ),
    (SEMANTIC + ", false_hits: -1%", "x.false_hits: read '-1%'; expected a share between"),
    (
        HIT_RATE + ", lookup: $0.01 per call",
        "x.lookup: read '$0.01 per call'; expected an amount in USD per turn; fix: say 'per turn'",
    ),
    (QUESTIONS + ", flushes: 2", "every rate states its period; fix: add 'per month': 2 per month"),
    (QUESTIONS + ", popularity: 9", "x.popularity: read 9; expected a Zipf exponent, at most 5"),
    # --- prompt caches
    (
        "kind: prompt_cache, feature: answer, ttl: soon",
        "x.ttl: read 'soon'; expected a lifetime that the provider sells, by its name or as a"
        " duration; fix: write it like 5m, 1h or 30min",
    ),
    (
        "kind: prompt_cache, feature: answer, ttl: 300",
        "x.ttl: read 300; expected a lifetime that the provider sells, by its name or as a"
        " duration; fix: add its unit, like 5m, 1h or 30min",
    ),
    ("kind: prompt_cache, feature: answer, ttl: 0m", "x.ttl: read '0m'; expected a lifetime that"),
    (
        PROMPT + ", breakpoints: [sytem]",
        "x.breakpoints: read 'sytem'; expected parts of the prompt: system, history, user;"
        " fix: did you mean 'system'?",
    ),
    (
        PROMPT + ", breakpoints: [tools]",
        "read 'tools'; expected parts of the prompt: system, history, user;"
        " fix: name parts of the prompt of 'answer'",
    ),
    (
        PROMPT + ", breakpoints: [history, system]",
        "read [history, system]; expected each once, in the order sent: system, history, user;"
        " fix: write [system, history]",
    ),
    (PROMPT + ", breakpoints: [system, system]", "expected each once, in the order sent"),
    (
        PROMPT + ", breakpoints: system",
        "x.breakpoints: read 'system'; expected a list; fix: breakpoints: [system]",
    ),
    (PROMPT + ", breakpoints: []", "x.breakpoints: read a list; expected at least one"),
    # --- quotas
    (QUOTA + ", then: stop", "read 'stop'; expected block, degrade or overage; fix: then: block"),
    (
        QUOTA + ", model: openai/gpt-5-mini",
        "x.model: read model with then: block; expected keys that go together; fix: leave out mod",
    ),
    (QUOTA + ", price: $1", "x.price: read price with then: block"),
    (
        QUOTA + ", then: degrade",
        "x: read then: degrade, without model; expected the key 'model'; fix: add model: with the",
    ),
    (QUOTA + ", then: degrade, model: x/y, defer: 20%", "x.defer: read defer with then: degrade"),
    (QUOTA + ", then: overage, price: $1", "x: read then: overage, without take_up; expected the"),
    (QUOTA + ", defer: 120%", "x.defer: read '120%'; expected a share between 0% and 100%"),
    (
        "kind: quota, segment: free, limit: $2 per month, churn: 2% per month",
        "x.churn: read churn with a limit on use, for which it is not worked out; expected keys"
        " that go together; fix: leave out churn",
    ),
    (
        "kind: quota, segment: free, limit: 30 turns per month, burst: 10",
        "x.limit: read burst with 30 turns per month; expected a limit of turns per day or per"
        " week; fix: write limit: 10 turns per day, or leave out burst",
    ),
    (
        "kind: quota, segment: free, limit: 30 turns per day, burst: 10, defer: 20%",
        "x.defer: read defer with burst, for which no formula is known",
    ),
    (QUOTA + ", churn: 2%", "every rate states its period; fix: add 'per month': 2% per month"),
    (
        QUOTA + ", from: 2026-11",
        "x.from: read '2026-11'; expected a month from 2026-12 on; fix: leave out from: it then",
    ),
    (
        QUOTA + ", from: 2027-02",
        "x.from: read '2027-02'; expected a month up to 2027-01; fix: write 2027-01 or an earlier",
    ),
    ("kind: budget, limit: $0 per month", "x.limit: read $0; expected a limit above $0"),
    (
        "kind: budget, limit: 6000",
        "x.limit: read 6000; expected an amount in USD per month or year",
    ),
]

PAIRS = [
    (
        (QUOTA, "kind: quota, segment: [pro, free], limit: 3 turns per day, feature: draft"),
        "variants.v: read x and y: two quotas by turns on 'draft' in 'free'; expected one of them;"
        " fix: remove y, or put it into a variant of its own",
    ),
    (
        (
            "kind: quota, segment: free, limit: 30 calls per month",
            "kind: quota, segment: free, limit: $2 per month",
        ),
        "read x and y: two quotas by calls, tokens or money on 'free'; expected one of them",
    ),
    (
        (HIT_RATE, QUESTIONS),
        "read x and y: two strategies of kind response_cache on 'answer'; expected one of them",
    ),
    ((PROMPT, PROMPT), "two strategies of kind prompt_cache on 'answer'"),
    (("kind: budget, limit: $1 per month",) * 2, "read x and y: two caps on the whole bill"),
]

TOGETHER = [
    (QUOTA, "kind: quota, segment: free, limit: 30 calls per month"),
    (QUOTA, "kind: quota, segment: pro, limit: 30 turns per month"),
    (QUOTA + ", feature: answer", QUOTA + ", feature: draft"),
    (PROMPT, "kind: prompt_cache, feature: draft, ttl: 1h"),
    (PROMPT, HIT_RATE),
    (QUOTA, "kind: budget, limit: $1 per month"),
]

VARIANTS = [
    (
        "{today: [], cached: [faq_cach]}",
        "f.yaml:27:31: variants.cached: read the strategy 'faq_cach'; expected one of faq_cache;"
        " fix: did you mean 'faq_cache'?",
    ),
    (
        "{v: [faq_cache, faq_cache]}",
        "variants.v: read 'faq_cache' twice; expected each strategy once",
    ),
    ("{v: faq_cache}", "variants.v: read 'faq_cache'; expected a list; fix: v: [faq_cache]"),
    ("{today: }", "variants.today: read nothing; expected a list; fix: today: []"),
    (
        "[today]",
        "variants: read a list; expected a mapping (key: value); fix: variants: {today: []",
    ),
    ("{2nd: []}", "variants.2nd: read '2nd'; expected a name of letters, digits, _ and -"),
]


@pytest.mark.parametrize(("body", "part"), ONE)
def test_a_strategy_that_cannot_be_is_refused_at_its_place(body, part):
    said = wrong(strategies(body))
    assert part in said
    assert said.startswith(AT)
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(("bodies", "part"), PAIRS)
def test_strategies_that_exclude_each_other_stand_in_no_variant(bodies, part):
    text = strategies(*bodies, variants="variants: {v: [x, y]}\n")
    assert wrong(text).startswith("f.yaml:27:15: ")
    assert part in wrong(text)
    apart = read_scenario(strategies(*bodies, variants="variants: {v: [x], w: [y]}\n"))
    assert list(apart.variants) == ["v", "w"]


@pytest.mark.parametrize("bodies", TOGETHER)
def test_strategies_that_do_not_meet_stand_together(bodies):
    text = strategies(*bodies, variants="variants: {v: [x, y]}\n")
    assert read_scenario(text).variants["v"] == ("x", "y")
    assert "all" in read_scenario(strategies(*bodies)).variants


@pytest.mark.parametrize(("variants", "part"), VARIANTS)
def test_a_variant_that_cannot_be_is_refused(variants, part):
    text = f"{SCENE}strategies: {{faq_cache: {{{HIT_RATE}}}}}\nvariants: {variants}\n"
    assert part in wrong(text)


def test_strategies_and_variants_are_mappings():
    assert "fix: {kind: quota, segment: free, limit" in wrong(SCENE + "strategies: {x: 30}\n")
    assert "fix: strategies: {fair_use: {kind: quota" in wrong(SCENE + "strategies: [x]\n")


def test_all_that_is_wrong_is_told_at_once():
    said = wrong(strategies(QUOTA + ", thn: block, from: May", SEMANTIC + ", cacheable: 3"))
    assert len(said.splitlines()) == 3


def test_a_strategy_called_as_the_baseline_needs_variants_that_are_stated():
    text = SCENE + "strategies: {baseline: {kind: budget, limit: $1 per month}}\n"
    assert "strategies.baseline: read the strategy 'baseline'; expected the name of no" in wrong(
        text
    )
    assert read_scenario(text + "variants: {v: [baseline]}\n").variants == {"v": ("baseline",)}


def test_keys_of_a_strategy_that_stand_elsewhere_are_told_their_place():
    said = wrong(SCENE + "hit_rate: 20%\n")
    assert "fix: put it under strategies.NAME, of kind response_cache" in said


def test_a_gap_has_two_ends_in_order():
    at = "    conversation: {turns: 3, gap: %s}\n"
    assert "gap: read p50 120 s and p95 60 s; expected p95 above p50; fix: state the gap" in wrong(
        SCENE + at % "{p50: 2min, p95: 60s}"
    )
    assert "expected the key 'p95'; fix: add p95: 14min" in wrong(SCENE + at % "{p50: 2min}")
    assert "gap.p50: read 2; expected a duration above 0, with its unit" in wrong(
        SCENE + at % "{p50: 2, p95: 60s}"
    )
    assert "gap: read '2min'; expected a mapping (key: value); fix: gap: {p50: 137s" in wrong(
        SCENE + at % "2min"
    )
