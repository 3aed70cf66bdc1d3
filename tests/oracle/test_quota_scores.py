"""Four hundred quotas at random: what people drawn one by one are served, by its standard score."""

import numpy as np

from costmodel.scenario.schema import Quota
from costmodel.strategies.months import limit_months
from costmodel.strategies.windows import TurnLimit, WindowRule

from .by_hand import Certain
from .demand import Lane, Lots, MonthOfDays
from .limits import TurnQuota

QUOTAS, PEOPLE = 400, 300
LONGEST_MONTH = 120.0
"""Turns of a person in the mean: more only take longer."""


def drawn_case(rng, number):
    """A limit, a window, people and conversations; the mean lies near what is allowed."""
    window = ("day", "week", "month")[number % 3]
    # Four whole weeks: one that lies in two months is shared by days, which is an approximation.
    days = 28 if window == "week" else 31
    active = int(rng.integers(1, days)) if rng.random() < 0.5 else None
    windows = {"day": active or days, "week": 4, "month": 1}[window]
    limit = int(rng.integers(1, 61))
    single = rng.random() < 0.5
    turns, cv = (1.0, 0.0) if single else (rng.uniform(1.5, 6), rng.uniform(0.5, 1.3))
    mean = min(limit * windows * np.exp(rng.uniform(np.log(0.2), np.log(2))), LONGEST_MONTH)
    return window, days, active, limit, float(turns), float(cv), float(mean), rng.uniform(0, 1.8)


def served_and_met(rng, window, days, active, limit, turns, cv, mean, sigma):
    """Turns served of each person, and who met the limit."""
    none = np.zeros(PEOPLE, dtype=int)
    lane = Lane(
        index=0,
        segment="free",
        feature="answer",
        people=slice(0, PEOPLE),
        future=none,
        rate=mean * np.exp(sigma * rng.standard_normal(PEOPLE) - sigma**2 / 2),
        period="month",
        active_days=None if active is None else np.array([float(active)]),
        mean_turns=np.array([turns]),
        cv=cv,
    )
    strategy = {"kind": "quota", "segment": "free", "limit": f"{limit} turns per {window}"}
    quota = TurnQuota("q", Quota.model_validate(strategy), [lane], none, Certain(), rng)
    month, here = MonthOfDays(0, 0, days), np.ones(PEOPLE, dtype=bool)
    lots = Lots(month, 0 if active is None else PEOPLE, rng)
    asked = lane.new(month, here, np.ones(1), lots, rng)
    kept, judged, met = quota.month(asked, month, here, lots)
    return np.bincount(kept.person, judged.within, minlength=PEOPLE), met


def test_what_random_quotas_serve_scores_like_chance():
    rng = np.random.default_rng(20261124)
    scores, people = [], []
    while len(scores) < QUOTAS:
        case = drawn_case(rng, len(scores))
        window, days, active, limit, turns, cv, mean, sigma = case
        rule = WindowRule(TurnLimit(limit, turns, cv), window)
        by_formula = limit_months(rule, sigma, mean, days, None if active is None else active)
        stopped = float(by_formula.affected)
        if not 0.05 < stopped < 0.95:  # a score needs some who are stopped, and some who are not
            continue
        served, met = served_and_met(rng, *case)
        error = served.std(ddof=1) / np.sqrt(PEOPLE)
        scores.append((served.mean() - float(by_formula.share) * mean) / error)
        people.append((met.mean() - stopped) / np.sqrt(stopped * (1 - stopped) / PEOPLE))
    assert 0.8 < np.mean(np.square(scores)) < 1.2
    assert abs(np.mean(scores)) < 4 / np.sqrt(QUOTAS)
    # With every day active the formula leaves out no day of four whole weeks.
    assert 0.8 < np.mean(np.square(people)) < 1.2
    assert abs(np.mean(people)) < 4 / np.sqrt(QUOTAS)
