"""A slow oracle: conversations drawn one by one against a real cache with expiry.

It knows nothing of the formulas: prompts are lists of texts (a name and a length), a cache is a
dictionary of beginnings with the time each runs out. It imports nothing from costmodel.
"""

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class World:
    """What is drawn. `order` lists (name, how it comes back, mean tokens); tokens of a user's
    message and an answer are lognormal, with a part of their spread common to a conversation."""

    order: tuple
    answer: float
    rate: float
    turns: float
    turns_cv: float
    gap: float
    gap_sigma: float
    lifetime: float
    entries: object = "anywhere"
    at_once: float = 0.0
    cv: float = 0.0
    alike: float = 0.0
    least: int = 0
    step: int | None = None
    writes_billed: bool = True
    fixed_lifetime: float | None = None
    skipped_first: float = 0.0
    skipped_later: float = 0.0
    servers: int = 1
    keys: int = 1
    fixed_hit: float = 0.0


@dataclass
class Sums:
    calls: int = 0
    sent: float = 0.0
    read: float = 0.0
    written: float = 0.0
    written_fixed: float = 0.0


@dataclass
class Conversation:
    number: int
    counted: bool
    key: int
    factor: float
    history: list = field(default_factory=list)


def drawn_turns(rng, mean, cv):
    """1 + a negative binomial of a mean and a variance (wider than Poisson), or a constant."""
    if cv == 0:
        assert mean == int(mean)
        return int(mean)
    variance = (cv * mean) ** 2
    r = (mean - 1) ** 2 / (variance - (mean - 1))
    return 1 + int(rng.poisson(rng.gamma(r, (mean - 1) / r)))


def simulate(world, rng, conversations):
    horizon = conversations / world.rate
    start, events, talks = 0.0, [], []
    while start < 1.3 * horizon:
        start += rng.exponential(1 / world.rate)
        sigma = math.sqrt(math.log1p(world.cv**2))
        common = math.sqrt(world.alike)
        shared = rng.standard_normal() * sigma * common
        talk = Conversation(
            len(talks), 0.2 * horizon < start <= horizon, int(rng.integers(world.keys)), shared
        )
        talks.append(talk)
        now = start
        for turn in range(drawn_turns(rng, world.turns, world.turns_cv)):
            if turn and rng.random() >= world.at_once:
                now += world.gap * math.exp(world.gap_sigma * rng.standard_normal())
            events.append((now, talk.number, turn))
    events.sort()
    caches = [{} for _ in range(world.servers * world.keys)]
    sums = Sums()
    for now, number, turn in events:
        take_turn(world, rng, talks[number], now, turn, caches, sums)
    return sums


def size(world, rng, talk, mean):
    if world.cv == 0:
        return mean
    sigma = math.sqrt(math.log1p(world.cv**2))
    own = rng.standard_normal() * sigma * math.sqrt(1 - world.alike)
    return mean * math.exp(talk.factor + own - sigma**2 / 2)


def take_turn(world, rng, talk, now, turn, caches, sums):
    prompt, ends, joins = [], {}, []
    for name, kind, mean in world.order:
        if kind == "fixed":
            prompt.append((name, mean))
        elif kind == "conversation":
            prompt.append(((name, talk.number), mean))
        elif kind == "history":
            prompt.extend(talk.history)
        else:
            tokens = size(world, rng, talk, mean) if kind == "joins" else mean
            text = ((name, talk.number, turn), tokens)
            prompt.append(text)
            if kind == "joins":
                joins.append(text)
        ends[name] = len(prompt)
    answer = (("answer", talk.number, turn), size(world, rng, talk, world.answer))
    talk.history.extend([*joins, answer])
    if rng.random() < (world.skipped_later if turn else world.skipped_first):
        return
    cache = caches[talk.key * world.servers + int(rng.integers(world.servers))]
    read, end, fixed_read, fixed_end = call(world, rng, prompt, ends, cache, now)
    if talk.counted:
        total = sum(tokens for _, tokens in prompt)
        sums.calls += 1
        sums.sent += total
        sums.read += read
        if world.writes_billed and end >= world.least:
            sums.written += end - read
            sums.written_fixed += fixed_end - fixed_read


def call(world, rng, prompt, ends, cache, now):
    """Tokens read, where the last beginning that is kept ends, and the same of the fixed parts."""
    fixed_count = 0
    for name, kind, _ in world.order:
        if kind != "fixed":
            break
        fixed_count = ends[name]
    if world.entries == "anywhere":
        places = set(range(1, len(prompt) + 1))
    elif world.entries == "end":
        places = {len(prompt)}
    else:
        places = {ends[name] for name in world.entries}
    beginnings, key, length = {}, None, 0.0
    for place, (text, tokens) in enumerate(prompt, start=1):
        key, length = hash((key, text)), length + tokens
        beginnings[place] = key, length
    read = 0.0
    for place in range(len(prompt), 0, -1):  # the longest that is kept
        key, length = beginnings[place]
        if cache.get(key, -1.0) >= now and length >= world.least:
            read = length if world.step is None else (
                world.least + (length - world.least) // world.step * world.step
            )  # fmt: skip
            break
    last = beginnings[max(places)][1]
    fixed_places = [place for place in places if place <= fixed_count]
    fixed_end = beginnings[max(fixed_places)][1] if fixed_places else 0.0
    if world.entries == "end" and fixed_count:
        # Reports conflict on whether the fixed parts are found: they are kept apart here.
        key, fixed_end = beginnings[fixed_count]
        alive = cache.get(("fixed", key), -1.0) >= now
        if read == 0.0 and alive and rng.random() < world.fixed_hit and fixed_end >= world.least:
            read = fixed_end
        cache["fixed", key] = now + world.lifetime
    if fixed_end < world.least or (world.entries == "end" and fixed_count < len(prompt)):
        fixed_end = 0.0
    for place in places:
        longer = world.fixed_lifetime or world.lifetime
        cache[beginnings[place][0]] = now + (longer if place <= fixed_count else world.lifetime)
    return read, last, min(read, fixed_end), fixed_end
