"""A response cache, asked turn by turn in the order of time."""

import copy
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

CACHEABLE, UNIQUE, FOUND, FOOLED = range(4)
"""What the coins of a turn decide."""


class Kept:
    """The answers one cache keeps, by question, with the time each runs out."""

    def __init__(self, lifetime, *, sliding, room):
        self.lifetime, self.sliding, self.room = lifetime, sliding, room
        self.ends, self.in_turn = OrderedDict(), OrderedDict()

    def find(self, question, now):
        end = self.ends.get(question)
        if end is None or end <= now:
            return False
        if self.sliding:
            self.store(question, now)
        self.in_turn.move_to_end(question)
        return True

    def store(self, question, now):
        for table in (self.ends, self.in_turn):
            table.pop(question, None)
        self.ends[question], self.in_turn[question] = now + self.lifetime, True
        if self.room is not None:
            self._make_room(now)

    def _make_room(self, now):
        while self.ends and next(iter(self.ends.values())) <= now:
            self._drop(next(iter(self.ends)))
        while len(self.in_turn) > self.room:
            self._drop(next(iter(self.in_turn)))

    def _drop(self, question):
        del self.ends[question], self.in_turn[question]

    def clear(self):
        self.ends.clear()
        self.in_turn.clear()


@dataclass(frozen=True)
class Looked:
    """Whether each turn was looked up, and found the right or a wrong answer."""

    up: np.ndarray
    right: np.ndarray
    wrong: np.ndarray

    @property
    def hit(self):
        return self.right | self.wrong


class ResponseCache:
    """A strategy of that kind in some futures; `kept` is its state."""

    def __init__(self, name, strategy, beliefs):
        def belief(key):
            stated = getattr(strategy, key)
            return 0.0 if stated is None else beliefs.at(f"strategies.{name}.{key}", stated)

        self.strategy, self.futures = strategy, beliefs.futures
        exact = strategy.match == "exact"
        # Room that answers matched by meaning share would hold one question twice.
        assert exact or strategy.capacity is None
        self.cacheable, self.unique = belief("cacheable"), belief("unique")
        self.fooled = np.zeros(self.futures) + belief("false_hits")
        self.found = np.ones(self.futures) if exact else belief("recall")
        self.lookup, self.wrong_answer = belief("lookup"), belief("wrong_answer")
        self.hit_rate = None if strategy.hit_rate is None else belief("hit_rate")
        self.flushes = np.zeros(self.futures) + belief("flushes")
        if self.hit_rate is None:
            self._open(belief("questions"), belief("popularity"))

    def _open(self, count, exponent):
        self.laws = []
        for number, power in zip(np.maximum(np.round(count), 1), exponent, strict=True):
            weight = np.arange(1, int(number) + 1) ** -float(power)
            self.laws.append(np.cumsum(weight) / weight.sum())
        rules = {"sliding": self.strategy.renewal == "sliding", "room": self.strategy.capacity}
        self.kept = [
            [Kept(self.strategy.ttl_seconds, **rules) for _ in range(self.strategy.tenants)]
            for _ in range(self.futures)
        ]
        self.emptied = np.full(self.futures, -1)

    def state(self):
        return None if self.hit_rate is not None else copy.deepcopy((self.kept, self.emptied))

    def restore(self, state):
        if state is not None:
            self.kept, self.emptied = copy.deepcopy(state)

    def ask(self, turns, rng):
        """The question of each turn: below 0 one that nobody asks again."""
        if self.hit_rate is not None:
            return np.zeros(turns.talk.size, dtype=np.int64)
        question = -1 - np.arange(turns.talk.size)
        shared = np.flatnonzero(turns.coin[:, UNIQUE] >= self.unique[turns.future])
        for future, law in enumerate(self.laws):
            mine = shared[turns.future[shared] == future]
            question[mine] = np.searchsorted(law, rng.random(mine.size), side="right")
        return question

    def look_up(self, turns, question, let_through, month):
        """What the cache does with a month's turns of its feature."""
        first = let_through & (self.strategy.multi_turn | (turns.position == 0))
        up = first & (turns.coin[:, CACHEABLE] < self.cacheable[turns.future])
        if self.hit_rate is not None:
            return self._measured(turns, up)
        right, wrong = np.zeros_like(up), np.zeros_like(up)
        rows = np.flatnonzero(up)
        order = rows[np.lexsort((turns.position[rows], turns.time[rows], turns.future[rows]))]
        found, fooled = self._one_by_one(turns.rows(order), question[order], month)
        right[order], wrong[order] = found, fooled
        return Looked(up, right, wrong)

    def _measured(self, turns, up):
        # h = right + false hits x (1 - right)
        fooled = self.fooled[turns.future]
        rate = self.hit_rate[turns.future]
        true = np.clip((rate - fooled) / np.maximum(1 - fooled, 1e-9), 0.0, rate)
        coin = turns.coin[:, FOUND]
        return Looked(up, up & (coin < true), up & (coin >= true) & (coin < rate))

    def _one_by_one(self, turns, question, month):
        recalled = turns.coin[:, FOUND] < self.found[turns.future]
        misled = turns.coin[:, FOOLED] < self.fooled[turns.future]
        passed = turns.time / 86_400 - month.first
        flushed = np.floor((month.number + passed / month.days) * self.flushes[turns.future])
        tenant = turns.person % self.strategy.tenants
        columns = (
            turns.future, tenant, question, turns.time, recalled, misled, turns.answered, flushed
        )  # fmt: skip
        right, wrong = [], []
        for f, t, asked, now, lucky, unlucky, answered, emptying in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            if emptying > self.emptied[f]:
                self.emptied[f] = emptying
                for cache in self.kept[f]:
                    cache.clear()
            kept = self.kept[f][t]
            found = asked >= 0 and lucky and kept.find(asked, now)
            right.append(found)
            wrong.append(not found and unlucky)
            if not found and not unlucky and answered and (asked >= 0 or kept.room is not None):
                kept.store(asked, now)
        return right, wrong
