"""People drawn one by one: their days, conversations, turns and calls, and limits applied in turn.

It knows nothing of costmodel.strategies.
"""

import numpy as np
from scipy.special import ndtri

from tests.oracle.laws import draw_counts


def intensities(rng, count, sigma):
    """One person from each of `count` equal parts of the law: less chance than drawing them all."""
    score = ndtri((np.arange(count) + rng.random(count)) / count)
    return np.exp(sigma * score - sigma**2 / 2)


def turns_by_day(rng, persons, days, active, turns=1.0, turns_cv=0.0):
    """Turns of each person (with the mean demands `persons`) on each day of a month."""
    order = np.argsort(rng.random((persons.size, days)), axis=1)  # the first `active` are active
    conversations = rng.poisson(persons / turns)
    owner = np.repeat(np.arange(persons.size), conversations)
    day = order[owner, rng.integers(0, active, owner.size)]
    lengths = draw_counts(np.full(owner.size, turns), turns_cv, rng)
    made = np.bincount(owner * days + day, weights=lengths, minlength=persons.size * days)
    return made.reshape(persons.size, days)


def turns_by_week(rng, persons, days, active, months, turns=1.0, turns_cv=0.0):
    """Turns of each person in each whole week of consecutive months that begin on any weekday."""
    made = [turns_by_day(rng, persons, days, active, turns, turns_cv) for _ in range(months)]
    line = np.concatenate(made, axis=1)
    first = rng.integers(0, 7) if days % 7 else 0
    weeks = (line.shape[1] - first) // 7
    return line[:, first : first + 7 * weeks].reshape(persons.size, weeks, 7).sum(axis=2)


def spend_in_window(rng, persons, cap, cost, calls=1.0, calls_cv=0.0):
    """What each person is billed, and who is stopped, when each call is checked before it is made.

    `cost` draws the cost of a number of calls.
    """
    conversations = rng.poisson(persons / calls)
    owner = np.repeat(np.arange(persons.size), conversations)
    owner = np.repeat(owner, draw_counts(np.full(owner.size, calls), calls_cv, rng))
    usd = cost(owner.size)
    total = np.concatenate([[0.0], np.cumsum(usd)])
    first = np.searchsorted(owner, owner)  # the person's first call
    let = total[:-1] - total[first] < cap
    billed = np.bincount(owner, weights=usd * let, minlength=persons.size)
    stopped = np.bincount(owner, weights=~let, minlength=persons.size) > 0
    return billed, stopped


def lognormal_costs(rng, cv):
    """Return a function that draws lognormal costs of mean one."""
    sigma = np.sqrt(np.log1p(cv**2))
    return lambda count: np.exp(sigma * rng.standard_normal(count) - sigma**2 / 2)


def deferring(rng, new, limit, share, again):
    """Limit windows in which a share of what was refused comes back in the next.

    `new` is people x windows. Returns answered, carried in, deferred and lost: people x windows.
    """
    back = np.zeros(new.shape[0], dtype=np.int64)
    rows = []
    for fresh in new.T.astype(np.int64):
        arriving = fresh + back
        refused = np.maximum(arriving - limit, 0)
        fresh_refused = np.minimum(refused, fresh)
        some = (arriving > 0) & (refused > 0)
        fresh_refused[some] = rng.hypergeometric(fresh[some], back[some], refused[some])
        later = rng.binomial(refused if again else fresh_refused, share)
        rows.append((arriving - refused, back, later, refused - later))
        back = later
    return (np.stack(column, axis=1) for column in zip(*rows, strict=True))


def bucket(rng, persons, days, active, months, rate, burst, turns=1.0, turns_cv=0.0):
    """Token buckets over some months; asked, served and stopped of each person in the last."""
    asked, served = np.zeros(persons.size), np.zeros(persons.size)
    stopped = np.zeros(persons.size, dtype=bool)
    for person, mean in enumerate(persons):
        when, size = _conversations(rng, mean, days, active, months, turns, turns_cv)
        level, before = float(burst), 0.0
        for now, wanted in zip(when.tolist(), size.tolist(), strict=True):
            level, before = min(burst, level + rate * (now - before)), now
            taken = min(wanted, int(level + 1e-12))
            level -= taken
            if now >= (months - 1) * days:
                asked[person] += wanted
                served[person] += taken
                stopped[person] |= taken < wanted
    return asked, served, stopped


def _conversations(rng, mean, days, active, months, turns, turns_cv):
    when = []
    for month in range(months):
        count = rng.poisson(mean / turns)
        chosen = rng.permutation(days)[:active]
        when.append(month * days + rng.choice(chosen, count) + rng.random(count))
    when = np.sort(np.concatenate(when))
    return when, draw_counts(np.full(when.size, turns), turns_cv, rng)
