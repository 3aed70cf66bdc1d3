"""A variant of a scenario, month by month: people, quotas, caches and calls."""

import numpy as np

from costmodel.scenario.schema import Quota, ResponseCache

from .cached_input import CachedInput
from .calls import Feature
from .demand import Lane, Lots, MonthOfDays, Talks, has_begun
from .laws import draw_people
from .ledger import Ledger
from .limits import Judged, TurnQuota, UsageQuota
from .questions import ResponseCache as Answers
from .turns import draw_turns

MOST_PASSES = 6
"""Times a month is played until quotas by what is billed refuse the same turns again."""


class Played:
    """Some futures of a scenario with the strategies of a variant."""

    def __init__(self, chunk, strategies, facts):
        self.chunk, self.scenario, self.beliefs = chunk, chunk.scenario, chunk.beliefs
        self.rng, self.strategies = chunk.rng, dict(strategies)
        self.crowds = {
            name: draw_people(chunk.levels(name), self.rng) for name in self.scenario.segments
        }
        self.future = np.concatenate([crowd.future for crowd in self.crowds.values()])
        self.lanes = [
            self._lane(i, segment, feature)
            for i, (segment, feature) in enumerate(
                (segment, name)
                for name, feature in self.scenario.features.items()
                for segment in feature.turns_per_user
            )
        ]
        self.gone = np.zeros(self.future.size, dtype=bool)
        self.quotas = {
            name: self._quota(name, quota)
            for name, quota in self.strategies.items()
            if isinstance(quota, Quota)
        }
        self.answers = {
            each.feature: Answers(name, each, self.beliefs)
            for name, each in self.strategies.items()
            if isinstance(each, ResponseCache)
        }
        self.steps = {name: chunk.step(name) for name in self.scenario.features}
        self.inputs = {
            name: CachedInput(name, self, facts, self._model(name))
            for name in self.scenario.features
        }
        self.ledger = Ledger(self.lanes, chunk.futures, self.scenario)

    def run(self):
        first = 0
        for m in range(self.scenario.months):
            when = self.scenario.start.plus(m)
            self._month(m, when, MonthOfDays(m, first, when.days))
            first += when.days
        return self.ledger.result()

    def _lane(self, index, segment, name):
        feature = self.scenario.features[name]
        use, path = feature.turns_per_user[segment], f"features.{name}.turns_per_user.{segment}"
        crowd, start = self.crowds[segment], 0
        for other in self.crowds:
            if other == segment:
                break
            start += self.crowds[other].future.size
        active = use.active_days
        return Lane(
            index=index,
            segment=segment,
            feature=name,
            people=slice(start, start + crowd.future.size),
            future=self.future,
            rate=self.beliefs.size(path, use.spread).at(crowd.score, crowd.future),
            period=use.period,
            active_days=None if active is None else self.beliefs.at(f"{path}.active_days", active),
            mean_turns=self.chunk.mean_turns(name),
            cv=feature.conversation.turns.cv,
        )

    def _quota(self, name, quota):
        lanes = [
            lane
            for lane in self.lanes
            if lane.segment in quota.segments and quota.feature in (None, lane.feature)
        ]
        if quota.unit == "turns":
            return TurnQuota(name, quota, lanes, self.future, self.beliefs, self.rng)
        return UsageQuota(name, quota, lanes, self.future, self.beliefs)

    def _active(self, kind, when):
        return [q for q in self.quotas.values() if isinstance(q, kind) and has_begun(q.quota, when)]

    def _month(self, m, when, month):
        here = np.concatenate([crowd.here(m) for crowd in self.crowds.values()]) & ~self.gone
        self.ledger.open(m, here)
        some = any(lane.active_days is not None for lane in self.lanes)
        lots = Lots(month, self.future.size if some else 0, self.rng)
        talks = Talks.stacked(
            [
                lane.new(month, here, self.chunk.drift.volume[lane.feature][:, m], lots, self.rng)
                for lane in self.lanes
                if has_begun(self.scenario.features[lane.feature], when)
            ]
            or [self.lanes[0].talks(np.zeros(0, int), np.zeros(0), self.rng, returned=False)]
        )
        limited = {}
        talks, judged = self._limit(talks, when, month, here, lots, limited)
        self.ledger.demand(talks, judged)
        self._play(talks, judged, m, when, month, limited)
        self._leave(limited, here)

    def _limit(self, talks, when, month, here, lots, limited):
        found, fates, free = [], [], np.ones(talks.turns.size, dtype=bool)
        for quota in self._active(TurnQuota, when):
            mine = quota.covers(talks)
            free &= ~mine
            kept, judged, stopped = quota.month(talks.rows(mine), month, here, lots)
            found.append(kept)
            fates.append(judged)
            limited[quota] = stopped
        rest = talks.rows(free)
        talks = Talks.stacked([*found, rest])
        judged = Judged.stacked([*fates, Judged.all_served(rest)])
        for quota in limited:
            if quota.quota.then == "overage":
                mine = np.isin(talks.lane, [lane.index for lane in quota.lanes])
                price = np.where(mine, quota.price[talks.future], 0.0)
                self.ledger.add("beside", "turns sold", talks, judged.bought * price)
        return talks, judged

    def _play(self, talks, judged, m, when, month, limited):
        features = self.scenario.features
        drift = {lane.index: self.chunk.drift.tokens[lane.feature][:, m] for lane in self.lanes}
        gaps = {lane.index: _gap(features[lane.feature]) for lane in self.lanes}
        steps = {lane.index: self.steps[lane.feature] for lane in self.lanes}
        turns = draw_turns(talks, judged, steps, gaps, drift, self.rng)
        rows = {name: self._of_feature(turns, name) for name in features}
        calls = {
            name: self._feature(name, turns.rows(mine), when, month) for name, mine in rows.items()
        }
        quotas, refused = self._active(UsageQuota, when), np.zeros(turns.talk.size, dtype=bool)
        stale = list(calls)
        for _ in range(MOST_PASSES):
            for name in stale:
                calls[name].play(refused[rows[name]])
            again = np.zeros_like(refused)
            for quota in quotas:
                again |= quota.refuse(turns, self._used(quota, calls, rows, turns), month)
            stale = [name for name, mine in rows.items() if (again != refused)[mine].any()]
            refused = again
            if not stale:
                break
        for quota in quotas:
            used = self._used(quota, calls, rows, turns)
            quota.close(turns, np.where(refused, 0.0, used), month)
            limited[quota] = self._people(turns, refused & self._of(turns, quota.lanes))
        for name, mine in rows.items():
            self.ledger.close(calls[name], refused[mine], steps, self.rng)
        self.ledger.limited(limited)

    def _feature(self, name, turns, when, month):
        answers = self.answers.get(name)
        if answers is not None and not has_begun(answers.strategy, when):
            answers = None
        prompts = self.inputs[name].of_month(when)
        cards = [self._parts(name, when, cheaper) for cheaper in (False, True)]
        return Feature(turns, answers, prompts, cards, month, self.rng)

    def _used(self, quota, calls, rows, turns):
        used = np.zeros(turns.talk.size)
        for name, mine in rows.items():
            used[mine] = calls[name].used(quota.quota.unit)
        return used

    def _of(self, turns, lanes):
        return np.isin(turns.lane, [lane.index for lane in lanes])

    def _people(self, turns, chosen):
        found = np.zeros(self.future.size, dtype=bool)
        found[turns.person[chosen]] = True
        return found

    def _of_feature(self, turns, name):
        return np.flatnonzero(
            self._of(turns, [lane for lane in self.lanes if lane.feature == name])
        )

    def _parts(self, name, when, cheaper):
        ((_, step),) = self.scenario.features[name].steps
        model = self._model(name) if cheaper else step.model
        if model is None:
            return ()
        return self.chunk.month_price(model, step.mode, when.year, when.month).parts

    def _model(self, name):
        """The model that a quota of the feature degrades to, or None."""
        models = {
            quota.quota.model
            for quota in self.quotas.values()
            if quota.quota.then == "degrade" and name in {lane.feature for lane in quota.lanes}
        }
        assert len(models) <= 1
        return next(iter(models), None)

    def _leave(self, limited, here):
        for quota, stopped in limited.items():
            chance = quota.churn[self.future]
            self.gone |= stopped & here & (self.rng.random(self.future.size) < chance)
        for quota in self.quotas.values():
            if isinstance(quota, TurnQuota):
                quota.forget(self.gone)


def _gap(feature):
    gap = feature.conversation.gap
    return None if gap is None else (gap.p50_seconds, gap.p95_seconds)
