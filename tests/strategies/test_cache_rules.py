"""Rules of providers' caches as the shipped price tables state them, and what is refused."""

import numpy as np
import pytest

from costmodel.foundation.errors import InputError
from costmodel.prices import PriceBook, RateCard, load_prices
from costmodel.prices.caching import cacheable, whole_steps
from costmodel.strategies.cache_rules import (
    ASSUMED_LIFETIME,
    explicit_rule,
    implicit_rule,
    lifetime_text,
    sold_lifetime,
)
from costmodel.strategies.prompt_order import Part, PromptOrder

BOOK = load_prices()
OPUS, TERRA = BOOK.model("anthropic/claude-opus-5-5"), BOOK.model("openai/gpt-5.6-terra")
GPT5, PRO = BOOK.model("openai/gpt-5"), BOOK.model("google/gemini-2.5-pro")
DEEPSEEK, VECTORS = (
    BOOK.model("deepseek/deepseek-flash"),
    BOOK.model("openai/text-embedding-3-small"),
)


def test_what_providers_keep_unasked():
    old = implicit_rule(GPT5)
    assert (old.lifetime, old.entries, old.writes_billed) == (300, "anywhere", False)
    assert (old.least_tokens, old.step_tokens) == (1024, 128)
    new = implicit_rule(TERRA)
    assert (new.lifetime, new.entries, new.writes_billed) == (1800, "end", True)
    assert implicit_rule(OPUS) is None
    assert implicit_rule(VECTORS) is None
    assert implicit_rule(DEEPSEEK).lifetime == ASSUMED_LIFETIME
    assert implicit_rule(DEEPSEEK, 7200.0).lifetime == 7200


def test_breakpoints_and_lifetimes_that_are_sold():
    rule = explicit_rule(OPUS, ("system", "history"))
    assert (rule.lifetime, rule.entries, rule.writes_billed) == (300, ("system", "history"), True)
    assert rule.least_tokens == 512
    hour = explicit_rule(OPUS, ("system",), 3600.0)
    assert hour.lifetime == 3600
    both = explicit_rule(OPUS, ("system", "history"), 300.0, 3600.0)
    assert (both.lifetime, both.fixed_lifetime) == (300, 3600)
    assert explicit_rule(OPUS).entries == "anywhere"
    assert explicit_rule(TERRA).entries == "end"


def test_lifetimes_name_the_rate_of_their_writes():
    assert sold_lifetime(OPUS).rate == "cache_write"
    assert sold_lifetime(OPUS, 3600.0).rate == "cache_write_1h"
    assert sold_lifetime(TERRA, 1800.0).rate == "cache_write"
    # an explicit cache billed by the hour is kept for as long as one likes
    assert sold_lifetime(PRO, 7200.0).seconds == 7200
    assert sold_lifetime(PRO).seconds == 3600


@pytest.mark.parametrize(
    ("model", "seconds", "message"),
    [
        (
            OPUS, 1800.0,
            r"ttl: read a lifetime of 30min; expected one that anthropic/claude-opus-5-5 sells: "
            r"5m or 1h; fix: ttl: 5m",
        ),
        (
            TERRA, 3600.0,
            r"ttl: read a lifetime of 1h; expected one that openai/gpt-5.6-terra sells: 30min; "
            r"fix: ttl: 30min",
        ),
        (
            DEEPSEEK, 300.0,
            r"ttl: read a lifetime of 5m; expected no lifetime: deepseek/deepseek-flash's cache "
            r"has none that can be chosen; fix: leave out ttl",
        ),
    ],
)  # fmt: skip
def test_a_lifetime_that_is_not_sold_is_refused_with_those_that_are(model, seconds, message):
    with pytest.raises(InputError, match=message):
        sold_lifetime(model, seconds)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: explicit_rule(VECTORS),
            r"read a prompt cache on openai/text-embedding-3-small; expected a model that has one",
        ),
        (
            lambda: explicit_rule(GPT5, ("system",)),
            r"read an explicit prompt cache on openai/gpt-5; expected a model that lets you set",
        ),
        (
            lambda: explicit_rule(OPUS, ("a", "b", "c", "d", "e")),
            r"breakpoints: read 5 breakpoints; expected at most 4, which is what "
            r"anthropic/claude-opus-5-5 takes; fix: breakpoints: \[b, c, d, e\]",
        ),
        (
            lambda: explicit_rule(OPUS, ("system",), 3600.0, 300.0),
            r"ttl: read 5m for the fixed parts before 1h for the rest; expected at least as long",
        ),
    ],
)
def test_caches_that_cannot_be_had_are_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_a_model_without_a_price_of_cached_input_is_refused():
    facts = OPUS.cache
    bare = PriceBook.from_cards({"case/model": RateCard(1.0, output=2.0)}).model("case/model")
    from dataclasses import replace

    with pytest.raises(InputError, match="expected a model with a price of cached input"):
        explicit_rule(replace(bare, cache=facts))


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(InputError) as error:
        explicit_rule(OPUS, ("a", "b", "c", "d", "e"), 1800.0, 60.0)
    assert len(error.value.problems) == 3


def test_a_breakpoint_after_no_part_is_refused():
    order = PromptOrder((Part("system", "fixed"), Part("history", "history")))
    assert order.after(("history", "system")) == (1, 2)
    with pytest.raises(
        InputError,
        match=r"breakpoints: read a breakpoint after 'sytem'; expected a part of the prompt: "
        r"system, history; fix: did you mean 'system'\?",
    ):
        order.after(("sytem",))


def test_cached_tokens_come_in_the_steps_openai_states():
    # 2,006 tokens: 1,024 + 7 x 128 = 1,920; 1,023: none
    assert whole_steps(np.array([2006.0, 1023.0, 1024.0]), 1024, 128).tolist() == [1920, 0, 1024]
    assert cacheable(GPT5, [2006, 1023]).tokens.tolist() == [1920, 0]


def test_lifetimes_are_written_as_they_are_typed():
    texts = [lifetime_text(seconds) for seconds in (300.0, 3600.0, 1800.0, 7200.0, 90.0)]
    assert texts == ["5m", "1h", "30min", "2h", "90s"]
