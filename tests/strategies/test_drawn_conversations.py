"""Prompt caches of conversations, against conversations drawn one by one."""

import math
from dataclasses import replace

import numpy as np
import pytest

from costmodel.strategies.cache_rules import CacheRule
from costmodel.strategies.cached_turns import Traffic, cache_use
from costmodel.strategies.least_prefix import Widths
from costmodel.strategies.prompt_length import Prompt
from costmodel.strategies.prompt_order import Part, PromptOrder
from costmodel.strategies.turn_gaps import Gaps
from costmodel.strategies.turn_reach import Turns
from tests.strategies.drawn_conversations import World, simulate


def of_world(world):
    order = PromptOrder(tuple(Part(name, kind) for name, kind, _ in world.order))
    sizes = tuple(tokens for *_, tokens in world.order)
    joining = sum(tokens for _, kind, tokens in world.order if kind == "joins")
    message, answer = joining, world.answer
    sigma = math.log1p(world.cv**2)
    alike = math.expm1(world.alike * sigma) / math.expm1(sigma) if world.cv else 0.0
    # The message and the answer of one turn are as alike as two turns are.
    both = message**2 + answer**2 + 2 * alike * message * answer
    turn_cv = world.cv * math.sqrt(both) / max(message + answer, 1e-9)
    one = turn_cv**2 * (message + answer) ** 2
    between = alike * world.cv**2 * (message + answer) ** 2
    widths = Widths(world.cv, turn_cv, between / one if one else 0.0)
    calls = 1 - world.skipped_first + (1 - world.skipped_later) * (world.turns - 1)
    return cache_use(
        Prompt(order, sizes, answer, widths),
        Traffic(
            world.rate,
            Turns(np.array(world.turns), world.turns_cv),
            Gaps(world.gap, world.gap_sigma, world.at_once),
            world.skipped_first,
            world.skipped_later,
            keys=world.keys,
            overflow_per_minute=world.rate * calls * 60 / world.keys / world.servers,
        ),
        CacheRule(
            world.lifetime, world.entries, world.fixed_lifetime, world.least, world.step,
            world.writes_billed,
        ),
        world.fixed_hit,
    )  # fmt: skip


ORDERS = {
    "chat": (("system", "fixed", 1200), ("history", "history", 0), ("user", "joins", 80)),
    "passages": (
        ("system", "fixed", 900), ("history", "history", 0), ("retrieved", "changes", 1500),
        ("user", "joins", 80),
    ),
    "passages first": (
        ("system", "fixed", 1500), ("retrieved", "changes", 800), ("history", "history", 0),
        ("user", "joins", 100),
    ),
    "kept passages": (
        ("system", "fixed", 500), ("history", "history", 0), ("retrieved", "joins", 700),
        ("user", "joins", 60),
    ),
    "a file": (
        ("system", "fixed", 700), ("file", "conversation", 4000), ("history", "history", 0),
        ("user", "joins", 50),
    ),
    "one turn": (("system", "fixed", 2000), ("user", "joins", 300)),
}  # fmt: skip


def drawn_world(seed):
    rng = np.random.default_rng(1000 + seed)
    names = list(ORDERS)
    order = ORDERS[names[seed % len(names)]]
    turns_cv = float(rng.uniform(0.8, 1.1))
    breakpoints = [name for name, kind, _ in order if kind != "changes"]
    entries = ["anywhere", "end", ("system",), tuple(breakpoints[:-1])][seed // len(names) % 4]
    lifetime = float(rng.choice([300, 1800, 3600]))
    skips = seed % 5 == 1
    return World(
        order=order,
        answer=float(rng.uniform(100, 400)),
        rate=float(np.exp(rng.uniform(math.log(1 / 5000), math.log(1 / 30)))),
        turns=1.0 if names[seed % len(names)] == "one turn" else float(rng.uniform(2.2, 6)),
        turns_cv=0.0 if names[seed % len(names)] == "one turn" else turns_cv,
        gap=float(np.exp(rng.uniform(math.log(40), math.log(600)))),
        gap_sigma=float(rng.uniform(0.4, 1.4)),
        lifetime=lifetime,
        entries=entries,
        at_once=float(rng.choice([0.0, 0.15])),
        writes_billed=bool(rng.integers(2)),
        fixed_lifetime=3600.0 if seed % 7 == 3 and entries != "end" else None,
        skipped_first=float(rng.uniform(0.1, 0.6)) if skips else 0.0,
        skipped_later=float(rng.uniform(0.1, 0.5)) if skips and seed % 2 else 0.0,
        servers=3 if seed % 8 == 6 else 1,
        keys=2 if seed % 9 == 5 else 1,
        fixed_hit=0.6 if seed % 3 == 0 else 0.0,
    )


def agree(world, seed, conversations, written=0.005):
    drawn = simulate(world, np.random.default_rng(seed), conversations)
    found = of_world(world)
    sent = float(found.input.squeeze())
    assert sent == pytest.approx(drawn.sent / drawn.calls, rel=0.03)
    assert found.read / sent == pytest.approx(drawn.read / drawn.sent, abs=0.005)
    assert found.written / sent == pytest.approx(drawn.written / drawn.sent, abs=written)
    fixed = drawn.written_fixed / drawn.sent
    assert found.written_fixed / sent == pytest.approx(fixed, abs=0.005)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(36))
def test_conversations_drawn_one_by_one_read_and_write_as_much(seed):
    world = drawn_world(seed)
    agree(world, seed, 60_000 if world.turns == 1 else 16_000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_prompts_near_the_least_length_read_and_write_as_much(seed):
    """Fixed parts too short to be kept alone: the history has to grow first."""
    rng, name = np.random.default_rng(500 + seed), list(ORDERS)[seed % 6]
    order = tuple(
        (part, kind, tokens * 0.3 if kind in ("fixed", "conversation") else tokens)
        for part, kind, tokens in ORDERS[name]
    )
    world = replace(
        drawn_world(seed % 6),
        order=order,
        least=int(rng.choice([1024, 2048, 4096])),
        step=[None, 128][seed % 2],
        cv=float(rng.choice([0.3, 0.6, 1.0])),
        alike=float(rng.choice([0.0, 0.4])),
        entries=["anywhere", "end"][seed // 6],
        writes_billed=True,
        fixed_hit=0.0,
        skipped_first=0.0,
        skipped_later=0.0,
        keys=1,
    )
    if world.turns > 1:  # without the rare very long ones, which need millions to be drawn fairly
        world = replace(world, turns_cv=0.7)
    agree(world, seed, 40_000)


@pytest.mark.parametrize("seed", [0, 3, 18])
def test_a_few_conversations_drawn_one_by_one_agree_quickly(seed):
    agree(drawn_world(seed), seed, 6_000)
