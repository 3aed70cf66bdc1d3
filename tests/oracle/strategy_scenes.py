"""Scenes with strategies, played slowly and by the engine, and how the two are compared."""

from dataclasses import dataclass

import numpy as np
import pytest

from costmodel.engine.projection import Projection
from costmodel.engine.simulate import simulate

from .results import SlowResult
from .scenes import MODEL, both_models, with_strategies
from .simulator import simulate_slowly

COST = 0.01
"""Relative difference of a mean cost that is let pass whatever the sample's error."""
POINTS = 0.005
"""Difference of shares of turns or people that is let pass."""

CHAT = {
    "months": 2,
    "segments.free.users": 400,
    "features.answer.turns_per_user.free": {"mean": "10 per month", "cv": 1.0},
    "features.answer.conversation": {
        "turns": {"mean": 3.7, "cv": 1.1},
        "gap": {"p50": "137s", "p95": "14min"},
        "history": "resend",
    },
    "features.answer.prompt": [
        {"system": {"tokens": 1500}},
        "history",
        {"retrieved": {"chunks": 3, "tokens_each": 100}},
        {"user": {"mean": 90, "cv": 1.2, "max": 4000}},
    ],
    "features.answer.output": {"mean": 240, "cv": 0.8, "max": 2000},
    "features.answer.reasoning": {"mean": 100, "cv": 1.0},
}
"""Four hundred people who differ by as much as they ask for on average, in conversations."""
SINGLE = {
    "features.answer.conversation.turns": {"mean": 1, "cv": 0},
    "features.answer.prompt": [{"system": {"tokens": 700}}, {"user": {"mean": 90, "cv": 1.2}}],
}
"""The same people, who ask one thing at a time."""
FAILING = {"features.answer.failures": {"malformed": "8%", "transport": "2%", "max_attempts": 3}}
DRAFT = {
    "model": MODEL,
    "turns_per_user": {"free": {"mean": "4 per month", "cv": 0.8}},
    "prompt": [{"system": {"tokens": 400}}, {"user": {"mean": 300, "cv": 1}}],
    "output": {"mean": 500, "cv": 0.6},
}
FEW_DAYS = {
    "features.answer.turns_per_user.free": {
        "mean": "10 per month",
        "cv": 1.0,
        "active_days": "4.5 per month",
    }
}


def quota(limit, **keys):
    return {"kind": "quota", "segment": "free", "limit": limit, **keys}


def faq(**keys):
    return {"kind": "response_cache", "feature": "answer", **keys}


def prefix(**keys):
    return {"kind": "prompt_cache", "feature": "answer", **keys}


@dataclass(frozen=True)
class Pair:
    """One variant, played slowly and projected."""

    slow: SlowResult
    fast: Projection

    def demanded(self, place=None, months=slice(None)):
        """Turns asked for: of the slow futures, and the engine's mean."""
        places = self.slow.lanes if place is None else [place]
        slow = sum(self.slow.lanes[p].fates["demanded"][:, months] for p in places)
        fast = sum(np.array(self.fast.fates[p].demanded)[months] for p in places)
        return slow.sum(axis=1), float(fast.sum(axis=0).mean())

    def turns(self, name, place=None, months=slice(None)):
        """Turns of one fate: of the slow futures, and the engine's mean."""
        places = self.slow.lanes if place is None else [place]
        slow = sum(self.slow.lanes[p].fates[name][:, months] for p in places)
        fast = sum(_by_engine(self.fast, p, name)[months] for p in places)
        return slow.sum(axis=1), float(fast.sum(axis=0).mean())

    def spend(self, months=slice(None)):
        fast = np.array(self.fast.spend).T[months]
        return self.slow.spend[:, months].sum(axis=1), float(fast.sum(axis=0).mean())

    @property
    def months(self):
        return [slice(m, m + 1) for m in range(self.slow.spend.shape[1])]


_PATHS = {"primary": "primary", "degraded": "degraded", "response_cache": "response cache"}


def _by_engine(projection, place, name):
    fate, shape = projection.fates[place], np.shape(projection.fates[place].demanded)
    if name in _PATHS:
        values = fate.answered.get(_PATHS[name], np.zeros(shape))
    else:
        values = getattr(fate, name)
    return np.broadcast_to(values, shape)


def pair(changes, strategies, futures, *, prices=None, uncertainty=frozenset(), draws=64):
    """Play the variant "all" of a scene in both ways."""
    scenario = with_strategies({**CHAT, **changes}, **strategies)
    book = both_models() if prices is None else prices
    slow = simulate_slowly(
        scenario,
        futures=futures,
        rng=np.random.default_rng(20261124),
        uncertainty=uncertainty,
        prices=book,
        variant="all",
    )
    fast = simulate(scenario, prices=book, draws=draws, uncertainty=uncertainty, variant="all")
    return Pair(slow, fast)


def ratio(values, of):
    """The mean of values over that of something else, and its standard error."""
    share = values.mean() / of.mean()
    return share, (values - share * of).std(ddof=1) / np.sqrt(of.size) / of.mean()


def _require(known, told):
    """Fail where the sample is too small to tell: what differs then is no disagreement."""
    if not known:
        pytest.fail(f"not known well enough: {told}")


def assert_cost_agrees(both, months=None, within=COST, known=0.005):
    """Dollars per turn asked for agree within 1 % or three standard errors.

    Taken per turn, since what the heaviest people happen to ask for moves both sums alike.
    """
    for some in [*both.months, slice(None)] if months is None else months:
        asked, by_engine = both.demanded(months=some)
        spend, projected = both.spend(some)
        slow, error = ratio(spend, asked)
        fast = projected / by_engine
        gap = f"${fast:.6f} a turn, {fast / slow - 1:+.2%} of ${slow:.6f} +- {error:.6f}"
        _require(error < known * slow, gap)
        assert abs(fast - slow) < max(within * slow, 3 * error), f"months {some}: {gap}"


def assert_shares_agree(both, *names, places=None, months=None, within=POINTS, known=0.0035):
    """Shares of the turns asked for agree within half a point or three standard errors."""
    for place in both.slow.lanes if places is None else places:
        for some in both.months if months is None else months:
            asked, by_engine = both.demanded(place, some)
            for name in names:
                drawn, projected = both.turns(name, place, some)
                slow, error = ratio(drawn, asked)
                fast = projected / by_engine
                told = (
                    f"{name} of {place}, months {some}: {fast:.4f}, slow {slow:.4f} +- {error:.4f}"
                )
                _require(error < known, told)
                assert abs(fast - slow) < max(within, 3 * error), told


def assert_affected_agree(both, within=POINTS, months=None):
    """Shares of people who meet a quota agree within half a point or three standard errors."""
    for place, lane in both.slow.lanes.items():
        people = both.slow.people[place[0]]
        for some in both.months if months is None else months:
            slow, error = ratio(
                lane.fates["affected"][:, some].sum(axis=1), people[:, some].sum(axis=1)
            )
            shown = np.broadcast_to(
                both.fast.fates[place].affected, np.shape(both.fast.spend)[::-1]
            )
            fast = float(shown[some].mean())
            told = f"affected of {place}, months {some}: {fast:.4f}, slow {slow:.4f} +- {error:.4f}"
            assert abs(fast - slow) < max(within, 3 * error), told


def assert_hit_rates_agree(both, within=POINTS, first=0.015):
    """Hits per turn looked up; the month that starts with an empty cache may be further off."""
    for some in both.months:
        up, by_engine = both.turns("looked_up", months=some)
        drawn, projected = both.turns("response_cache", months=some)
        slow, error = ratio(drawn, up)
        fast = projected / by_engine
        allowed = first if some.start == 0 else within
        told = f"hit rate of months {some}: {fast:.4f}, slow {slow:.4f} +- {error:.4f}"
        _require(error < 0.003, told)
        assert abs(fast - slow) < max(allowed, 3 * error), told


def assert_input_agrees(both, within=POINTS):
    """Shares of the input that a provider's cache reads and stores."""
    flows = both.fast.flows().values()
    meters = {"uncached": "input", "cached": "cached input", "written": "cache write"}
    fast = {m: sum(f.get(f"{name} tokens", 0.0) for f in flows) for m, name in meters.items()}
    slow = {m: both.slow.tokens(m).sum() for m in meters}
    for meter in meters:
        ours, theirs = slow[meter] / sum(slow.values()), fast[meter] / sum(fast.values())
        told = f"{meter} share of the input: {theirs:.4f}, slow {ours:.4f}"
        assert abs(ours - theirs) < within, told
