"""A response cache simulated request by request. It knows nothing of costmodel."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass

import numpy as np


@dataclass
class Cache:
    """Answers kept. One expires a lifetime after it was stored, or last used if sliding.

    When room runs out the least recently used leaves, or the oldest if `oldest_leaves`.
    """

    lifetime: float = float("inf")
    sliding: bool = False
    room: float = float("inf")
    oldest_leaves: bool = False

    def __post_init__(self):
        self.clear()

    def clear(self):
        self.expires = OrderedDict()  # in the order of their ends
        self.in_turn = OrderedDict()  # in the order in which they make room
        self.answers = defaultdict(OrderedDict)  # of each question, the latest last

    def drop(self, key):
        del self.expires[key], self.in_turn[key], self.answers[key[0]][key]

    def expire(self, now):
        while self.expires and next(iter(self.expires.values())) <= now:
            self.drop(next(iter(self.expires)))

    def find(self, question, now):
        """Whether an answer to the question is kept, and so used."""
        keys = self.answers.get(question)
        if not keys:
            return False
        key = next(reversed(keys))
        if self.sliding:
            self.expires[key] = now + self.lifetime
            self.expires.move_to_end(key)
        if not self.oldest_leaves:
            self.in_turn.move_to_end(key)
        return True

    def store(self, question, now):
        key = (question, now)
        self.expires[key] = now + self.lifetime
        self.in_turn[key] = self.answers[question][key] = True
        if len(self.in_turn) > self.room:
            self.drop(next(iter(self.in_turn)))


def hit_rates(
    rng, cache, *, questions, exponent, a_month, hours, unique=0.0, recall=1.0, false_hits=0.0,
    flushes=0, tenants=(1.0,),
):  # fmt: skip
    """Right and wrong hits per request in each month, the cache empty at first: two arrays."""
    weight = np.arange(1, questions + 1) ** -float(exponent)
    right, wrong, start = [], [], 0.0
    for requests, length in zip(a_month, hours, strict=True):
        n = rng.poisson(requests)
        times = start + np.sort(rng.random(n)) * length
        whose = rng.choice(len(tenants), size=n, p=tenants) * questions
        asked = whose + rng.choice(questions, size=n, p=weight / weight.sum())
        personal = rng.random(n) < unique
        asked[personal] = -1 - np.flatnonzero(personal) - round(start) * 10**7
        found_if_kept, mistaken = rng.random(n) < recall, rng.random(n) < false_hits
        emptied = list(start + length * (np.arange(flushes) / max(flushes, 1)))
        hits = fooled = 0
        for question, now, lucky, unlucky in zip(
            asked.tolist(), times.tolist(), found_if_kept.tolist(), mistaken.tolist(), strict=True
        ):
            while emptied and emptied[0] <= now:
                emptied.pop(0)
                cache.clear()
            cache.expire(now)
            if lucky and cache.find(question, now):
                hits += 1
            elif unlucky:
                fooled += 1
            else:
                cache.store(question, now)
        right.append(hits / n)
        wrong.append(fooled / n)
        start += length
    return np.array(right), np.array(wrong)
