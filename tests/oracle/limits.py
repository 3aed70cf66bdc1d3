"""Quotas on each person and a cap on the whole bill."""

from dataclasses import dataclass, replace

import numpy as np

from .demand import Table, Talks, has_begun


@dataclass(frozen=True)
class Judged(Table):
    """What becomes of the turns of each conversation: the first `within` as usual, then the rest.

    within + bought + degraded + deferred + blocked = its turns.
    """

    within: np.ndarray
    bought: np.ndarray
    degraded: np.ndarray
    deferred: np.ndarray
    blocked: np.ndarray

    @staticmethod
    def all_served(talks):
        none = np.zeros_like(talks.turns)
        return Judged(talks.turns, none, none, none, none)


def running(group, values, used):
    """The sum of the values before each row in its group (sorted), with what was used before."""
    total = np.cumsum(values) - values
    return total - total[np.searchsorted(group, group)] + used


class TurnQuota:
    """A quota by turns, window after window."""

    def __init__(self, name, quota, lanes, future, beliefs, rng):
        at = f"strategies.{name}"
        assert quota.burst is None  # no item of what is played here
        self.quota, self.lanes, self.future, self.rng = quota, lanes, future, rng
        self.defer = beliefs.at(f"{at}.defer", quota.defer)
        self.churn = beliefs.at(f"{at}.churn", quota.churn)
        self.buys = np.zeros(future.size, dtype=bool)
        if quota.then == "overage":
            take_up = beliefs.at(f"{at}.take_up", quota.take_up)
            self.buys = rng.random(future.size) < take_up[future]
            self.price = beliefs.at(f"{at}.price", quota.price)
        self.window, self.used = None, np.zeros(future.size, dtype=np.int64)
        self.put_off = {lane.index: np.zeros(future.size, dtype=np.int64) for lane in lanes}
        self.due = {lane.index: np.zeros(future.size, dtype=np.int64) for lane in lanes}

    def covers(self, talks):
        return np.isin(talks.lane, [lane.index for lane in self.lanes])

    def month(self, talks, month, here, lots):
        """The month's conversations with those that come back, what becomes of each, and who met
        the limit and could not buy."""
        found, judged = [talks.rows(slice(0, 0))], [Judged.all_served(talks.rows(slice(0, 0)))]
        limited = np.zeros(self.future.size, dtype=bool)
        for number, first, last in month.windows(self.quota.period):
            self._enter(number)
            back = [self._back(lane, first, last, here, lots) for lane in self.lanes]
            inside = (talks.day >= first) & (talks.day < last)
            found.append(Talks.stacked([talks.rows(inside), *back]))
            judged.append(self._judge(found[-1]))
            over = judged[-1].within + judged[-1].bought < found[-1].turns
            limited[found[-1].person[over]] = True
        return Talks.stacked(found), Judged.stacked(judged), limited

    def forget(self, gone):
        """Those who left do not come back."""
        for bank in (*self.put_off.values(), *self.due.values()):
            bank[gone] = 0

    def _enter(self, number):
        if number == self.window:
            return
        self.window = number
        self.used[:] = 0
        for index, later in self.put_off.items():
            self.due[index] += later
            later[:] = 0

    def _back(self, lane, first, last, here, lots):
        due = self.due[lane.index]
        talks, person = lane.back(np.where(here, due, 0), first, last, lots, self.rng)
        due[person] = 0
        return talks

    def _judge(self, talks):
        order = np.lexsort((talks.start, talks.person))
        person, turns = talks.person[order], talks.turns[order]
        before = running(person, turns, self.used[person])
        within = np.empty_like(turns)
        within[order] = np.clip(int(self.quota.amount) - before, 0, turns)
        np.add.at(self.used, person, turns)
        excess, none = talks.turns - within, np.zeros_like(turns)
        if self.quota.then == "degrade":
            return Judged(within, none, excess, none, none)
        bought = np.where(self.buys[talks.person], excess, 0)
        deferred = self.rng.binomial(excess - bought, self.defer[talks.future])
        for lane in self.lanes:
            mine = talks.lane == lane.index
            np.add.at(self.put_off[lane.index], talks.person[mine], deferred[mine])
        return Judged(within, bought, none, deferred, excess - bought - deferred)


class UsageQuota:
    """A quota by calls, tokens or USD: a turn is let through while less than it was used."""

    def __init__(self, name, quota, lanes, future, beliefs):
        assert quota.then == "block"
        assert quota.defer.mean == 0
        self.quota, self.lanes, self.future = quota, lanes, future
        self.churn = beliefs.at(f"strategies.{name}.churn", quota.churn)
        self.window, self.used = None, np.zeros(future.size)

    def refuse(self, turns, usage, month):
        """Which turns are refused; `usage` is what each would use if it were let through."""
        mine = np.flatnonzero(np.isin(turns.lane, [lane.index for lane in self.lanes]))
        window = month.window_of(turns.day[mine], self.quota.period)
        first = int(window.min(initial=0))
        group = turns.person[mine] * 100 + (window - first)
        order = np.lexsort((turns.position[mine], turns.start[mine], group))
        carried = np.where(window == self.window, self.used[turns.person[mine]], 0.0)
        before = running(group[order], usage[mine][order], carried[order])
        refused = np.zeros(turns.lane.size, dtype=bool)
        refused[mine[order]] = before >= self.quota.amount
        return refused

    def close(self, turns, billed, month):
        """Keep what was used in the window that goes on in the next month."""
        mine = np.isin(turns.lane, [lane.index for lane in self.lanes])
        number, first, _ = month.windows(self.quota.period)[-1]
        if number != self.window:
            self.window = number
            self.used[:] = 0
        late = mine & (turns.day >= first)
        np.add.at(self.used, turns.person[late], billed[late])


THINNED = ("usd", "tokens", "counts", "units", "path_usd", "beside")
ENDS = ("primary", "degraded", "response_cache", "right", "wrong", "looked_up", "failed")
"""What a cap on the bill cuts alike; what is cut counts as blocked."""


def under_cap(scenario, cap, result):
    """The result with each month's bill S cut to min(S, B), all lanes thinned alike."""
    spend = result.spend
    share, left = np.ones_like(spend), np.zeros(spend.shape[0])
    for m in range(scenario.months):
        if cap.limit.period == "month" or m % 12 == 0:
            left = np.full(spend.shape[0], float(cap.limit.usd))
        paid = spend[:, m]
        if has_begun(cap, scenario.start.plus(m)):
            paid = np.minimum(paid, left)
            share[:, m] = np.where(spend[:, m] > left, paid / np.maximum(spend[:, m], 1e-300), 1.0)
        left = np.maximum(left - paid, 0.0)
    return replace(result, lanes={k: _thinned(lane, share) for k, lane in result.lanes.items()})


def _thinned(lane, share):
    tables = {
        name: {key: values * share for key, values in getattr(lane, name).items()}
        for name in THINNED
    }
    fates = {k: v * share if k in ENDS else v for k, v in lane.fates.items()}
    answered = sum(lane.fates[k] for k in ("primary", "degraded", "response_cache", "failed"))
    fates["blocked"] = lane.fates["blocked"] + answered * (1 - share)
    return replace(lane, **tables, fates=fates)
